//! The consent desk: what ends when, what the estimate rests on, and renewals that go out together.
//!
//! The estimate is pure (`domain::consent`) and learned anew from all consents whenever somebody looks; the database keeps it beside each consent, so that
//! every list goes by the same. Ends as a calendar are `calendar`; renewals that go out together, and what became of them, are `batch`.

mod batch;
mod calendar;
pub mod view;

pub use batch::RenewTo;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::place::refuse_taken;
use crate::view::{ConsentCounts, ConsentGroup, ConsentQuery, ConsentRow, ConsentsView, EndDay, Millis};
use domain::consent::{Basis, DAY_MS, Estimate, Past, Terms, When};
use domain::display::shown;
use jiff::Timestamp;
use say::say;
use std::collections::BTreeMap;
use std::path::PathBuf;
use store::{Consent, Ending, ListedConsent, NearEnd};

/// Rows of the desk.
const SHOWN: u32 = 1_000;
/// Batches that are shown.
const BATCHES: u32 = 20;
/// The calendar of the desk.
const CALENDAR_MS: i64 = 13 * 7 * DAY_MS;
/// Ends of a calendar file.
const MOST_IN_CALENDAR: u32 = 5_000;

impl Engine {
    /// The consent desk.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn consents(&self, query: ConsentQuery) -> Result<ConsentsView> {
        let terms = self.learn_ends().await?;
        let now = self.now();
        let before = query.within.map(|days| now + i64::from(days) * DAY_MS);
        let (listed, (ends, over), batches) =
            self.store(move |store| Ok((store.listed_consents(before, SHOWN)?, store.ends()?, store.batches(BATCHES)?))).await?;
        Ok(ConsentsView {
            rows: listed.into_iter().map(|one| row(one, &terms, now)).collect(),
            counts: counts(&ends, over, now),
            days: days(&ends, now),
            steps: self.preferences().notices.steps(),
            batches: batch::views(batches, query.batch.as_deref(), now),
        })
    }

    /// Writes the estimated ends as a calendar file.
    ///
    /// # Errors
    /// When nothing ends, something lies there already, or the file cannot be written.
    pub async fn consent_calendar(&self, within: Option<u32>, out: PathBuf, overwrite: bool) -> Result<u32> {
        refuse_taken(out.exists(), overwrite, say::word("Something"))?;
        self.learn_ends().await?;
        let (now, steps) = (self.now(), self.preferences().notices.steps());
        let before = within.map(|days| now + i64::from(days) * DAY_MS);
        let listed = self.store(move |store| store.listed_consents(before, MOST_IN_CALENDAR)).await?;
        let ends: Vec<calendar::End> = listed.iter().filter_map(calendar::end_of).collect();
        if ends.is_empty() {
            return Err(Error::BadRequest(say!("No consent ends in that time, by our estimate: there is nothing to write.")));
        }
        let text = calendar::of(&ends, steps, now);
        self.write_file(out, text.into_bytes(), overwrite, "writing the calendar").await?;
        Ok(u32::try_from(ends.len()).unwrap_or(u32::MAX))
    }

    /// Learns from all consents, and keeps the estimates that changed.
    pub(crate) async fn learn_ends(&self) -> Result<Terms> {
        let now = self.now();
        self.store(move |store| {
            let all = store.consents()?;
            let terms = learned(&all, now);
            let changed: Vec<(i64, Option<i64>)> = all
                .iter()
                .filter(|one| one.ended.is_none())
                .map(|one| (one, ends_at(one, &terms, now)))
                .filter(|(one, ends_at)| one.ends_at != *ends_at)
                .map(|(one, ends_at)| (one.n, ends_at))
                .collect();
            if !changed.is_empty() {
                store.keep_ends(&changed)?;
            }
            Ok(terms)
        })
        .await
    }

    /// Ends that have come as near as one of the team's steps.
    pub(crate) async fn near_ends(&self) -> Result<Vec<Ending>> {
        self.learn_ends().await?;
        let (now, steps) = (self.now(), self.preferences().notices.steps());
        let farthest = i64::from(steps[0]);
        let near = self.store(move |store| store.ends_before(now + farthest * DAY_MS)).await?;
        Ok(near
            .into_iter()
            .filter_map(|one| {
                let step = domain::consent::step(one.ends_at, now, &steps)?;
                // Kept with the notice, so in English.
                let says = say::plainly(|| say!("By our estimate on {day}", day = day_words(one.ends_at)));
                let NearEnd { connection, company, bank_key, given, .. } = one;
                Some(Ending { connection, company, bank_key, given, step, says })
            })
            .collect())
    }
}

/// What was learned: ends that Codat calls the provider's or the customer's, and consents that stand. What was given before we looked says nothing.
fn learned(all: &[Consent], now: i64) -> Terms {
    let told = all.iter().filter(|one| one.exact && one.how.as_deref().is_none_or(|how| how.eq_ignore_ascii_case("deauthorized")));
    Terms::learn(told.map(|one| Past {
        bank: one.bank_key.as_deref(),
        provider: one.provider.as_deref(),
        days: (one.ended.unwrap_or(now) - one.given) / DAY_MS,
        has_ended: one.ended.is_some(),
    }))
}

fn ends_at(one: &Consent, terms: &Terms, now: i64) -> Option<i64> {
    let age = if one.exact { (now - one.given) / DAY_MS } else { 0 };
    let ends_at = one.given + terms.of(one.bank_key.as_deref(), one.provider.as_deref(), age).days * DAY_MS;
    // Of a consent that was here before us only the earliest moment is known: once its end has passed, it was given anew, and nobody here knows when.
    (one.exact || ends_at > now).then_some(ends_at)
}

fn row(one: ListedConsent, terms: &Terms, now: i64) -> ConsentRow {
    let has_ended = one.status.eq_ignore_ascii_case("deauthorized");
    let ends_at = if has_ended { one.ended } else { one.ends_at };
    let group = if has_ended { ConsentGroup::Ended } else { group(domain::consent::when(ends_at, now)) };
    let since = if has_ended { one.ended } else { one.given };
    ConsentRow {
        why: match (group, one.given) {
            (ConsentGroup::Ended, _) => ended_words(one.ended),
            (ConsentGroup::Unknown, _) => say!("It was given before Fairlead looked: Codat does not tell when."),
            (_, Some(given)) => {
                let age = if one.exact { (now - given) / DAY_MS } else { 0 };
                why(terms.of(one.bank_key.as_deref(), one.provider.as_deref(), age), one.exact)
            }
            (_, None) => String::new(),
        },
        renewal: one.sent_at.filter(|sent| since.is_none_or(|since| *sent > since)).map(|sent| batch::sent_pill(sent, now)),
        company_id: one.company,
        company_name: shown(&one.name),
        reference: one.reference.as_deref().map(shown),
        connection_id: one.connection,
        bank: shown(&one.bank_name),
        group,
        given_at: one.given.map(Millis),
        ends_at: ends_at.map(Millis),
    }
}

fn ended_words(ended: Option<i64>) -> String {
    ended.map_or_else(|| say!("Codat says that it ended."), |at| say!("Codat says that it ended on {day}.", day = day_words(at)))
}

fn why(estimate: Estimate, exact: bool) -> String {
    let Estimate { days, basis, ended, outlived } = estimate;
    let ended_here =
        |n: u32| if n == 1 { say!("1 consent at this bank ended") } else { say!("{count} consents at this bank ended", count = n) };
    let ended_there =
        |n: u32| if n == 1 { say!("1 consent of this provider ended") } else { say!("{count} consents of this provider ended", count = n) };
    let stood = |n: u32, seen: Option<String>, here: bool| match (seen, n, here) {
        (Some(seen), n, _) => say!("{seen}, {count} stood longer than 90", seen, count = n),
        (None, 1, true) => say!("1 consent at this bank stood longer than 90"),
        (None, n, true) => say!("{count} consents at this bank stood longer than 90", count = n),
        (None, 1, false) => say!("1 consent of this provider stood longer than 90"),
        (None, n, false) => say!("{count} consents of this provider stood longer than 90", count = n),
    };
    let seen = |here: bool| {
        let of_ended = |n| if here { ended_here(n) } else { ended_there(n) };
        match (ended, outlived) {
            (0, n) => stood(n, None, here),
            (n, 0) => of_ended(n),
            (n, more) => stood(more, Some(of_ended(n)), here),
        }
    };
    let basis = match basis {
        Basis::Usual => say!("{days} days, as is usual", days),
        Basis::Bank => say!("{days} days: {seen}", days, seen = seen(true)),
        Basis::Provider => say!("{days} days: {seen}", days, seen = seen(false)),
        Basis::Outlived => say!("{days} days: it has outlived the shorter estimate", days),
    };
    if exact { format!("{basis}.") } else { say!("{basis}, counted from when the connection was made.", basis) }
}

const fn group(when: When) -> ConsentGroup {
    match when {
        When::Overdue => ConsentGroup::Overdue,
        When::Week => ConsentGroup::Week,
        When::Month => ConsentGroup::Month,
        When::Later => ConsentGroup::Later,
        When::Unknown => ConsentGroup::Unknown,
    }
}

fn counts(ends: &[Option<i64>], ended: u32, now: i64) -> ConsentCounts {
    let mut counts = ConsentCounts { ended, ..ConsentCounts::default() };
    for end in ends {
        let of = match domain::consent::when(*end, now) {
            When::Overdue => &mut counts.overdue,
            When::Week => &mut counts.week,
            When::Month => &mut counts.month,
            When::Later => &mut counts.later,
            When::Unknown => &mut counts.unknown,
        };
        *of += 1;
    }
    counts
}

fn days(ends: &[Option<i64>], now: i64) -> Vec<EndDay> {
    let mut days: BTreeMap<i64, u32> = BTreeMap::new();
    for end in ends.iter().flatten().filter(|end| (now..now + CALENDAR_MS).contains(*end)) {
        *days.entry(end.div_euclid(DAY_MS)).or_default() += 1;
    }
    days.into_iter().map(|(day, ends)| EndDay { day: crate::companies::day_text(day), ends }).collect()
}

/// "3 Dec 2026", the day in UTC: an estimate is not exact to the hour.
pub(crate) fn day_words(at: i64) -> String {
    let day = Timestamp::from_millisecond(at).map(|at| at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date());
    day.map(domain::freshness::in_words).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn stands(given_ago: i64, exact: bool) -> Consent {
        Consent { bank_key: Some("b".into()), given: NOW - given_ago * DAY_MS, exact, ..Consent::default() }
    }

    #[test]
    fn what_was_given_before_we_looked_gets_no_end_that_has_passed_and_teaches_nothing() {
        let terms = learned(&[stands(120, false), stands(120, false)], NOW);
        assert_eq!(terms, Terms::default());
        assert_eq!(ends_at(&stands(80, false), &terms, NOW), Some(NOW + 10 * DAY_MS));
        assert_eq!(ends_at(&stands(100, false), &terms, NOW), None);
        assert_eq!(ends_at(&stands(91, true), &terms, NOW), Some(NOW - DAY_MS), "any day now");
        assert_eq!(ends_at(&stands(100, true), &terms, NOW), Some(NOW + 80 * DAY_MS));
    }

    #[test]
    fn what_we_ended_ourselves_is_no_term() {
        let ended = |how: &str| Consent { ended: Some(NOW - 40 * DAY_MS), how: Some(how.into()), ..stands(100, true) };
        assert_eq!(learned(&[ended("Unlinked"), ended("gone")], NOW), Terms::default());
        assert_eq!(learned(&[ended("Deauthorized")], NOW).of(Some("b"), None, 0).days, 60);
    }

    #[test]
    fn an_estimate_says_what_it_rests_on() {
        let of = |basis, ended, outlived| why(Estimate { days: 62, basis, ended, outlived }, true);
        assert_eq!(of(Basis::Usual, 0, 0), "62 days, as is usual.");
        assert_eq!(of(Basis::Bank, 1, 0), "62 days: 1 consent at this bank ended.");
        assert_eq!(of(Basis::Provider, 2, 3), "62 days: 2 consents of this provider ended, 3 stood longer than 90.");
        assert!(why(Estimate { days: 90, ..Estimate::default() }, false).ends_with("counted from when the connection was made."));
    }
}
