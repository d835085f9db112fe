//! Whether a plan fits into what is left, and when it will be through. Pure.

use super::day::DAY_MS;
use crate::view::{Fits, Millis};

/// What background work may count on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supply {
    /// UTC milliseconds.
    pub(super) now: i64,
    /// When a pause ends, or now.
    pub(super) starts_at: i64,
    /// Requests that may leave in this minute yet.
    pub(super) at_once: u32,
    /// Requests a minute.
    pub(super) a_minute: u32,
    /// Requests left today, when known.
    pub(super) today: Option<u32>,
    /// Requests a day, when known.
    pub(super) a_day: Option<u32>,
    /// When the day's quota is full again.
    pub(super) refills_at: i64,
}

/// Lays `needed` requests out over the minutes and days they take.
pub(super) fn fits(needed: u32, supply: &Supply) -> Fits {
    let today = supply.today.unwrap_or(u32::MAX);
    let is_paused = supply.starts_at > supply.now;
    let now = if is_paused { 0 } else { supply.at_once.min(today).min(needed) };
    Fits { needed, now, today: supply.today, until: until(needed, today, supply).map(Millis) }
}

fn until(needed: u32, today: u32, supply: &Supply) -> Option<i64> {
    if needed <= today {
        return Some(supply.starts_at + minutes(needed.saturating_sub(supply.at_once), supply));
    }
    let a_day = supply.a_day.filter(|a_day| *a_day > 0)?;
    let later = needed - today;
    let full_days = (later - 1) / a_day;
    let last = later - full_days * a_day;
    let refilled = supply.refills_at + i64::from(full_days) * DAY_MS;
    Some(refilled + minutes(last.saturating_sub(supply.a_minute), supply))
}

/// How long so many take, when each minute begins with as many as it allows.
fn minutes(requests: u32, supply: &Supply) -> i64 {
    i64::from(requests) * 60_000 / i64::from(supply.a_minute.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;

    fn supply() -> Supply {
        let (now, refills_at) = (NOON, NOON + DAY_MS / 2);
        Supply { now, starts_at: now, at_once: 990, a_minute: 990, today: Some(100_000), a_day: Some(95_950), refills_at }
    }

    #[test]
    fn small_work_fits_now_and_more_takes_minutes() {
        assert_eq!(fits(500, &supply()), Fits { needed: 500, now: 500, today: Some(100_000), until: Some(Millis(NOON)) });
        assert_eq!(fits(9_900, &supply()).until, Some(Millis(NOON + 9 * 60_000)));
    }

    #[test]
    fn what_does_not_fit_today_is_spread_over_days() {
        let fits = fits(240_000, &supply());
        assert_eq!((fits.now, fits.today), (990, Some(100_000)));
        let until = fits.until.expect("an end").0;
        assert_eq!((until - NOON + DAY_MS / 2) / DAY_MS, 2, "in the course of the day after tomorrow");
    }

    #[test]
    fn with_a_quota_of_zero_there_is_no_end() {
        let nothing = Supply { today: Some(0), a_day: Some(0), ..supply() };
        assert_eq!(fits(1, &nothing), Fits { needed: 1, now: 0, today: Some(0), until: None });
    }

    #[test]
    fn a_quota_that_nobody_told_limits_nothing_and_a_pause_comes_first() {
        let supply = Supply { today: None, a_day: None, starts_at: NOON + 9_000, ..supply() };
        assert_eq!(fits(1, &supply), Fits { needed: 1, now: 0, today: None, until: Some(Millis(NOON + 9_000)) });
    }
}
