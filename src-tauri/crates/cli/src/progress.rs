//! Progress on standard error: a line a step, and a bar where somebody looks on.

use engine::view::{Millis, WaitReason};
use engine::{Engine, SyncProgress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// A bar is drawn anew this often; where there is none, a line is said that often.
const DRAW: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(10);

/// One line.
pub(crate) fn say(line: &str) {
    use std::io::Write as _;
    // Nobody reads it when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Shows how far a sync is, for as long as it is polled. Ends never.
pub(crate) async fn show(engine: &Engine) {
    let mut progress = engine.sync_progress();
    let is_seen = std::io::stderr().is_terminal();
    let bar = ProgressBar::with_draw_target(None, if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} companies  {wide_msg}") {
        bar.set_style(style);
    }
    let _gone = Gone(bar.clone());
    let (began, mut said, mut has_warned) = (Instant::now(), Instant::now(), false);
    let mut ticks = tokio::time::interval(if is_seen { DRAW } else { DRAW * 5 });
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // Said before the first page is asked for, however soon it all ends.
            _ = progress.wait_for(SyncProgress::is_too_much_for_today), if !has_warned => {}
        }
        let now = progress.borrow().clone();
        if !has_warned && let Some(warning) = warning(&now) {
            has_warned = true;
            bar.suspend(|| say(&warning));
        }
        let details = details(&now, began.elapsed(), engine.waits());
        bar.set_length(now.companies.into());
        bar.set_position(now.done.into());
        bar.set_message(details.clone());
        if !is_seen && said.elapsed() >= LINE {
            said = Instant::now();
            say(&format!("{} of {} companies, {details}", now.done, now.companies));
        }
    }
}

/// Takes the bar away, however the showing ends.
struct Gone(ProgressBar);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// What is to be said of a plan that today's quota does not hold.
pub(crate) fn warning(progress: &SyncProgress) -> Option<String> {
    let plan = progress.plan.as_ref().filter(|_| progress.is_too_much_for_today())?;
    let left = plan.today?;
    let until = plan.until.map_or_else(String::new, |until| format!(" All of it would be through by {}.", time(until)));
    Some(format!(
        "This needs about {} requests, and {left} are left today. What fits is done now, the rest with the next run.{until}",
        plan.needed
    ))
}

fn details(progress: &SyncProgress, elapsed: Duration, waits: Option<(WaitReason, Millis)>) -> String {
    let rate = progress.rows * 1_000 / u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let mut text = format!("{} rows on {} pages, {rate} rows/s", progress.rows, progress.pages);
    if let Some((why, until)) = waits {
        text = format!("{text}, waiting until {}: {}", time(until), reason(why));
    }
    text
}

/// Why nothing is asked.
pub(crate) fn reason(why: WaitReason) -> &'static str {
    match why {
        WaitReason::Limited => "Codat asked for a pause",
        WaitReason::Away => "Codat is away for a while",
        WaitReason::Minute => "this minute's requests are used up",
        WaitReason::Day => "today's requests are used up",
    }
}

/// A moment for a person.
pub(crate) fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| "-".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::view::Fits;

    fn planned(needed: u32, today: Option<u32>) -> SyncProgress {
        let plan = Fits { needed, now: 0, today, until: Some(Millis(1_767_225_600_000)) };
        SyncProgress { plan: Some(plan), companies: 7, done: 2, rows: 9_000, pages: 3, ..SyncProgress::default() }
    }

    #[test]
    fn only_a_plan_that_does_not_fit_today_is_warned_of() {
        assert_eq!(warning(&SyncProgress::default()), None);
        assert_eq!((warning(&planned(40, Some(40))), warning(&planned(40, None))), (None, None));
        let warning = warning(&planned(41, Some(40))).expect("a warning");
        assert!(warning.starts_with("This needs about 41 requests, and 40 are left today."), "{warning}");
        assert!(warning.ends_with("by 2026-01-01 00:00:00 UTC."), "{warning}");
    }

    #[test]
    fn it_says_the_rate_and_what_it_waits_for() {
        let text = details(&planned(1, None), Duration::from_secs(3), Some((WaitReason::Minute, Millis(1_767_225_600_000))));
        assert_eq!(text, "9000 rows on 3 pages, 3000 rows/s, waiting until 2026-01-01 00:00:00 UTC: this minute's requests are used up");
    }
}
