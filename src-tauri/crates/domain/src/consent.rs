//! When a consent ends, estimated: no bank and no provider tells it. The estimate begins with what is usual and is corrected by what happened.

use std::collections::BTreeMap;

/// Days after which a bank as a rule asks again.
pub const USUAL_DAYS: i64 = 90;
/// One day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// Terms that banks are known to grant.
const STEPS: [i64; 3] = [USUAL_DAYS, 180, 365];
/// What ended sooner was stopped by somebody, or the log-in changed: no bank grants less.
const SHORTEST_DAYS: i64 = 28;
/// A consent that stands longer than this after its estimate has outlived it.
const GRACE_DAYS: i64 = 2;

/// A consent that ended, or still stands.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Its bank.
    pub bank: Option<&'a str>,
    /// Its provider.
    pub provider: Option<&'a str>,
    /// Days it stood, or has stood until now.
    pub days: i64,
    /// It ended.
    pub has_ended: bool,
}

/// What an estimate rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// What is usual: nothing is known here yet.
    #[default]
    Usual,
    /// Consents of its provider.
    Provider,
    /// Consents at its bank.
    Bank,
    /// It has outlived the estimate itself: the next longer term.
    Outlived,
}

/// How long a consent stands, by our estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Days.
    pub days: i64,
    /// What it rests on.
    pub basis: Basis,
    /// Consents that ended and were counted.
    pub ended: u32,
    /// Consents that outlived the usual term and were counted.
    pub outlived: u32,
}

/// What was learned from all consents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    providers: BTreeMap<String, Term>,
    banks: BTreeMap<String, Term>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Term {
    days: i64,
    ended: u32,
    outlived: u32,
}

/// Bank, and the provider behind it where one is known.
type BankOfProvider<'a> = (&'a str, Option<&'a str>);

impl Terms {
    /// Learns from what happened: the middle of what was assumed and what was seen, the shorter of two middles. One consent that ended early shortens the
    /// assumption, one that stood longer does not lengthen it yet: being asked too early costs little.
    #[must_use]
    pub fn learn<'a>(past: impl IntoIterator<Item = Past<'a>>) -> Self {
        let mut of_provider: BTreeMap<&str, Vec<(i64, bool)>> = BTreeMap::new();
        let mut of_bank: BTreeMap<BankOfProvider<'_>, Vec<(i64, bool)>> = BTreeMap::new();
        for one in past {
            let Some(told) = told(&one) else { continue };
            if let Some(provider) = one.provider {
                of_provider.entry(provider).or_default().push(told);
            }
            if let Some(bank) = one.bank {
                of_bank.entry((bank, one.provider)).or_default().push(told);
            }
        }
        let providers: BTreeMap<String, Term> =
            of_provider.into_iter().map(|(provider, told)| (provider.to_owned(), middle(USUAL_DAYS, &told))).collect();
        let banks = of_bank.into_iter().map(|((bank, provider), told)| {
            let assumed = provider.and_then(|provider| providers.get(provider)).map_or(USUAL_DAYS, |term| term.days);
            (bank.to_owned(), middle(assumed, &told))
        });
        Self { banks: banks.collect(), providers }
    }

    /// How long a consent stands that has stood for `age` days.
    #[must_use]
    pub fn of(&self, bank: Option<&str>, provider: Option<&str>, age: i64) -> Estimate {
        let known = bank.and_then(|bank| self.banks.get(bank)).map(|term| (*term, Basis::Bank));
        let known = known.or_else(|| provider.and_then(|provider| self.providers.get(provider)).map(|term| (*term, Basis::Provider)));
        let (term, basis) = known.unwrap_or((Term { days: USUAL_DAYS, ended: 0, outlived: 0 }, Basis::Usual));
        let Term { days, ended, outlived } = term;
        if age > days + GRACE_DAYS {
            return Estimate { days: next_step(age), basis: Basis::Outlived, ended, outlived };
        }
        Estimate { days, basis, ended, outlived }
    }
}

/// What one consent says about the term, if anything.
fn told(one: &Past<'_>) -> Option<(i64, bool)> {
    if one.has_ended {
        (one.days >= SHORTEST_DAYS).then_some((one.days, true))
    } else {
        (one.days > USUAL_DAYS + GRACE_DAYS).then(|| (next_step(one.days), false))
    }
}

/// The next longer term that banks grant; beyond all, the same again.
fn next_step(age: i64) -> i64 {
    let longest = STEPS[STEPS.len() - 1];
    STEPS.into_iter().find(|step| age <= step + GRACE_DAYS).unwrap_or_else(|| (age / longest + 1) * longest)
}

fn middle(assumed: i64, told: &[(i64, bool)]) -> Term {
    let mut all: Vec<i64> = told.iter().map(|(days, _)| *days).chain([assumed]).collect();
    all.sort_unstable();
    let count = |ended: bool| u32::try_from(told.iter().filter(|(_, has)| *has == ended).count()).unwrap_or(u32::MAX);
    Term { days: all[(all.len() - 1) / 2], ended: count(true), outlived: count(false) }
}

/// When a consent ends, seen from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Its estimate has passed and it still stands: any day.
    Overdue,
    /// Within seven days.
    Week,
    /// Within thirty.
    Month,
    /// Later.
    Later,
    /// Nobody here knows when it was given.
    Unknown,
}

/// Where an estimated end stands.
#[must_use]
pub fn when(ends_at: Option<i64>, now: i64) -> When {
    match ends_at.map(|at| at - now) {
        None => When::Unknown,
        Some(left) if left < 0 => When::Overdue,
        Some(left) if left < 7 * DAY_MS => When::Week,
        Some(left) if left < 30 * DAY_MS => When::Month,
        Some(_) => When::Later,
    }
}

/// The nearest of the team's steps (days before the end) that has been reached; none when the end is farther away, or past.
#[must_use]
pub fn step(ends_at: i64, now: i64, steps: &[u16]) -> Option<u16> {
    let left = ends_at - now;
    steps.iter().copied().filter(|days| left >= 0 && left < i64::from(*days) * DAY_MS).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(days: i64) -> Past<'static> {
        Past { bank: Some("natwest"), provider: Some("truelayer"), days, has_ended: true }
    }

    fn stands(days: i64) -> Past<'static> {
        Past { has_ended: false, ..ended(days) }
    }

    fn days(past: &[Past<'static>]) -> i64 {
        Terms::learn(past.iter().copied()).of(Some("natwest"), Some("truelayer"), 1).days
    }

    #[test]
    fn what_happened_corrects_the_usual_ninety_days_and_early_counts_sooner_than_late() {
        assert_eq!(days(&[]), 90);
        assert_eq!(days(&[ended(60)]), 60, "one that ended early is enough to ask earlier");
        assert_eq!(days(&[ended(180)]), 90, "one that stood longer may be an exception");
        assert_eq!(days(&[ended(180), ended(181)]), 180);
        assert_eq!(days(&[ended(60), ended(90), ended(91)]), 90, "and an exception is outvoted");
        assert_eq!(days(&[ended(3), ended(3), ended(12)]), 90, "stopped by somebody: that is no term");
    }

    #[test]
    fn consents_that_stand_beyond_the_usual_term_lengthen_it_once_they_are_the_rule() {
        assert_eq!(days(&[stands(40), stands(80)]), 90, "young ones say nothing");
        assert_eq!(days(&[stands(120)]), 90);
        assert_eq!(days(&[stands(120), stands(130)]), 180);
        assert_eq!(days(&[stands(200), stands(200), stands(200)]), 365);
        let own = Terms::default().of(Some("natwest"), None, 93);
        assert_eq!((own.days, own.basis), (180, Basis::Outlived), "its own estimate is corrected in any case");
        assert_eq!(Terms::default().of(None, None, 92).days, 90, "any day now");
        assert_eq!(Terms::default().of(None, None, 400).days, 730);
    }

    #[test]
    fn a_bank_speaks_before_its_provider_and_a_provider_before_what_is_usual() {
        let other = |days| Past { bank: Some("tide"), ..ended(days) };
        let terms = Terms::learn([other(60), other(62), ended(180), ended(180), ended(180)]);
        let of = |bank, provider| {
            let told = terms.of(bank, provider, 0);
            (told.days, told.basis)
        };
        assert_eq!(of(Some("tide"), Some("truelayer")), (62, Basis::Bank));
        assert_eq!(of(Some("natwest"), Some("truelayer")), (180, Basis::Bank));
        assert_eq!(of(Some("new"), Some("truelayer")), (90, Basis::Provider));
        assert_eq!(of(Some("new"), Some("plaid")), (90, Basis::Usual));
        assert_eq!((terms.of(Some("tide"), None, 0).ended, terms.of(Some("tide"), None, 0).outlived), (2, 0));
    }

    #[test]
    fn an_end_is_told_at_the_nearest_step_and_not_after_it_has_passed() {
        let steps = [30, 14, 3];
        let told = |days| step(days * DAY_MS, 0, &steps);
        assert_eq!([31, 30, 29, 14, 13, 3, 2, 0].map(told), [None, None, Some(30), Some(30), Some(14), Some(14), Some(3), Some(3)]);
        assert_eq!(told(-1), None);
        assert_eq!([-1, 0, 7, 30].map(|days| when(Some(days * DAY_MS), 0)), [When::Overdue, When::Week, When::Month, When::Later]);
        assert_eq!(when(None, 0), When::Unknown);
    }
}
