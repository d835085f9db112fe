//! When something is due. Pure: what is wanted, what is known, and the answer. Asks nobody and looks at no clock.

use crate::view::Cadence;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// What fell due while nobody could act is spread over this long.
const SPREAD_MS: i64 = 10 * MINUTE_MS;
/// The first pause after a try that brought nothing; it doubles, up to the cadence itself.
const AGAIN_MS: i64 = 15 * MINUTE_MS;
/// Two computers' clocks may differ by this.
const CLOCKS_MS: i64 = 5 * MINUTE_MS;
/// A clock that moved by this much more than the time that passed was turned, or slept. What falls due in less is no herd, and a computer that dozes
/// every few minutes must not put everything off each time.
const JUMP_MS: i64 = 5 * MINUTE_MS;

/// Between two reads; `None` = never by ourselves.
pub(crate) fn interval(cadence: Cadence) -> Option<i64> {
    match cadence {
        Cadence::Off => None,
        Cadence::Hourly => Some(HOUR_MS),
        Cadence::Daily => Some(24 * HOUR_MS),
        Cadence::Weekly => Some(7 * 24 * HOUR_MS),
        Cadence::Monthly => Some(30 * 24 * HOUR_MS),
    }
}

/// Where a company stands among all: the same place every time, so that a portfolio never asks as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Jitter(u32);

impl Jitter {
    /// From this installation's seed and the company's id.
    pub(crate) fn of(seed: &str, company: &str) -> Self {
        use sha2::{Digest as _, Sha256};
        let hash = Sha256::new().chain_update(seed).chain_update([0]).chain_update(company).finalize();
        Self(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]))
    }

    /// This place within a stretch of time.
    pub(crate) fn within(self, ms: i64) -> i64 {
        i64::try_from((i128::from(ms) * i128::from(self.0)) >> 32).unwrap_or(0)
    }
}

/// What is known of one data type of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How often the team wants it.
    pub(crate) cadence: Cadence,
    /// Codat reads it by itself at least that often.
    pub(crate) by_codat: bool,
    /// When the last good read ended, UTC milliseconds.
    pub(crate) last_good: Option<i64>,
    /// When a read was last asked for, by whomever.
    pub(crate) last_tried: Option<i64>,
    /// Tries in a row since then that brought nothing.
    pub(crate) failures: u32,
}

/// When a read of it is due; `None` = never by ourselves. `woke` is the last moment before which nobody could act: the start, the end of a sleep, the
/// network's return.
pub(crate) fn due(standing: &Standing, now: i64, woke: i64, jitter: Jitter) -> Option<i64> {
    let interval = interval(standing.cadence)?;
    if standing.by_codat {
        return None;
    }
    // A stamp from the future was made by a wrong clock and says nothing.
    let past = |at: &i64| *at <= now + CLOCKS_MS;
    let fresh_until = standing.last_good.filter(past).map(|good| good + interval + jitter.within(interval / 10));
    let failures = standing.failures.min(20);
    let not_before = standing.last_tried.filter(past).map(|tried| tried + (AGAIN_MS << failures).min(interval));
    let at = fresh_until.max(not_before).unwrap_or(woke);
    Some(if at <= woke { woke + jitter.within(SPREAD_MS) } else { at })
}

/// Did the clock move otherwise than time passed? Both in milliseconds; `planned` is how long was to be slept at most.
pub(crate) fn has_jumped(planned: i64, by_the_wall: i64, passed: i64) -> bool {
    (by_the_wall - passed).abs() > JUMP_MS || by_the_wall > planned + JUMP_MS
}

/// What a person can see now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Screen {
    /// Some of the window can be seen.
    pub(crate) visible: bool,
    /// The company whose page is open.
    pub(crate) company: Option<String>,
    /// Since when it is like this, UTC milliseconds.
    pub(crate) since: i64,
}

/// The pause until the list of companies is asked for again: one request a 5,000 companies.
pub(crate) fn list_pause(screen: &Screen, now: i64) -> i64 {
    match (screen.visible, now - screen.since) {
        (true, ..600_000) => 2 * MINUTE_MS,
        (true, _) => 5 * MINUTE_MS,
        (false, _) => 15 * MINUTE_MS,
    }
}

/// The pause until the open company is looked at again; `None` = none is open where anybody can see it.
pub(crate) fn company_pause(screen: &Screen, now: i64) -> Option<i64> {
    screen.company.as_ref().filter(|_| screen.visible)?;
    Some(match now - screen.since {
        ..120_000 => 15_000,
        120_000..600_000 => MINUTE_MS,
        _ => 5 * MINUTE_MS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const NOW: i64 = 1_800_000_000_000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    fn daily() -> Standing {
        Standing { cadence: Cadence::Daily, by_codat: false, last_good: Some(NOW - HOUR_MS), last_tried: Some(NOW - HOUR_MS), failures: 0 }
    }

    #[test]
    fn a_read_is_due_an_interval_and_its_own_place_after_the_last_good_one() {
        let at = |standing: Standing, woke| due(&standing, NOW, woke, Jitter(u32::MAX / 2)).map(|at| (at - NOW) / MINUTE_MS);
        let long_awake = NOW - 90 * DAY_MS;
        assert_eq!(at(daily(), long_awake), Some(23 * 60 + 71), "a day after it ended, and half of a tenth of a day");
        assert_eq!(at(Standing { cadence: Cadence::Off, ..daily() }, long_awake), None);
        assert_eq!(at(Standing { by_codat: true, ..daily() }, long_awake), None, "what Codat does by itself is not asked for");
        let failed = |failures| Standing { last_good: Some(NOW - 3 * DAY_MS), last_tried: Some(NOW), failures, ..daily() };
        assert_eq!([0, 1, 3, 30].map(|failures| at(failed(failures), long_awake)), [15, 30, 120, 1_440].map(Some), "spaced, then daily");
        let never = Standing { last_good: None, last_tried: None, ..daily() };
        assert_eq!(at(never, NOW), Some(4), "never read: soon, but not all at once");
        let overdue = Standing { last_good: Some(NOW - 9 * DAY_MS), last_tried: None, ..daily() };
        assert_eq!(at(overdue, NOW - MINUTE_MS), Some(3), "overdue after a sleep: spread over ten minutes from the waking");
        let ahead = Standing { last_good: Some(NOW + 5 * DAY_MS), last_tried: Some(NOW + 5 * DAY_MS), ..daily() };
        assert_eq!(at(ahead, NOW), Some(4), "stamps of a clock that was days ahead do not silence a company for days");
    }

    #[test]
    fn only_a_clock_that_moved_otherwise_than_time_has_jumped() {
        assert!(!has_jumped(60_000, 60_020, 60_000) && !has_jumped(60_000, 400, 400), "slept, and woken early by a bell");
        assert!(has_jumped(60_000, 8 * HOUR_MS, 60_000), "the lid was closed: time did not pass for us");
        assert!(has_jumped(60_000, 8 * HOUR_MS, 8 * HOUR_MS), "nor where it did");
        assert!(has_jumped(60_000, -DAY_MS, 60_000), "turned back");
        assert!(!has_jumped(60_000, 4 * MINUTE_MS, 60_000), "a doze");
    }

    #[test]
    fn what_is_on_screen_is_looked_at_more_often_and_less_the_longer_it_stands() {
        let open = Screen { visible: true, company: Some("c".into()), since: NOW };
        assert_eq!([0, 120_000, 600_000].map(|ago| company_pause(&open, NOW + ago)), [15_000, 60_000, 300_000].map(Some));
        assert_eq!(company_pause(&Screen { visible: false, ..open.clone() }, NOW), None);
        assert_eq!(company_pause(&Screen { company: None, ..open.clone() }, NOW), None);
        assert_eq!([0, 600_000].map(|ago| list_pause(&open, NOW + ago) / MINUTE_MS), [2, 5]);
        assert_eq!(list_pause(&Screen::default(), NOW) / MINUTE_MS, 15, "hidden");
    }

    /// A portfolio over a week of paused time; every read ends well at once. Returns when each was made.
    fn week(companies: u32, mut last_good: impl FnMut(u32) -> Option<i64>, woke: i64) -> Vec<(u32, i64)> {
        let jitters: Vec<Jitter> = (0..companies).map(|number| Jitter::of("seed", &number.to_string())).collect();
        let mut standings: Vec<Standing> =
            (0..companies).map(|number| Standing { last_good: last_good(number), last_tried: last_good(number), ..daily() }).collect();
        let mut made = vec![];
        let mut now = NOW;
        while now < NOW + 7 * DAY_MS {
            for (number, standing) in (0..).zip(&mut standings) {
                if due(standing, now, woke, jitters[usize::try_from(number).expect("small")]).is_some_and(|at| at <= now) {
                    made.push((number, now));
                    (standing.last_good, standing.last_tried) = (Some(now), Some(now));
                }
            }
            now += MINUTE_MS;
        }
        made
    }

    #[test]
    fn a_portfolio_that_was_read_as_one_comes_apart_and_misses_no_day() {
        let made = week(500, |_| Some(NOW - DAY_MS), NOW - DAY_MS);
        let mut a_minute = BTreeMap::<i64, u32>::new();
        for (_, at) in &made {
            *a_minute.entry(*at).or_default() += 1;
        }
        assert!(a_minute.values().all(|count| *count <= 20), "no minute has more than 20 of 500: {:?}", a_minute.values().max());
        let least = (0..500).map(|number| made.iter().filter(|(whose, _)| *whose == number).count()).min();
        assert!(least >= Some(6), "everybody is read every day, at most a tenth late: {least:?}");
    }

    #[test]
    fn what_fell_due_in_a_sleep_comes_over_minutes_and_each_once() {
        let made = week(600, |_| Some(NOW - 30 * DAY_MS), NOW);
        let first: Vec<i64> = made.iter().filter(|(_, at)| *at <= NOW + SPREAD_MS).map(|(_, at)| *at).collect();
        assert_eq!(first.len(), 600, "all of them, once");
        let worst = (0..=10).map(|minute| first.iter().filter(|at| **at == NOW + minute * MINUTE_MS).count()).max();
        assert!(worst < Some(100), "never more than a sixth at once: {worst:?}");
    }

    prop_compose! {
        fn standing()(hours in 0..2_000_i64, tried in 0..2_000_i64, has in any::<(bool, bool)>(), failures in 0..40_u32, kind in 0..5_u8) -> Standing {
            let cadence = [Cadence::Off, Cadence::Hourly, Cadence::Daily, Cadence::Weekly, Cadence::Monthly][usize::from(kind)];
            let ago = |hours: i64| NOW - hours * HOUR_MS;
            Standing { cadence, by_codat: false, last_good: has.0.then_some(ago(hours)), last_tried: has.1.then_some(ago(tried)), failures }
        }
    }

    proptest! {
        #[test]
        fn the_answer_does_not_move_while_time_passes(standing in standing(), later in 0..DAY_MS, place: u32) {
            prop_assert_eq!(due(&standing, NOW, NOW, Jitter(place)), due(&standing, NOW + later, NOW, Jitter(place)));
        }

        #[test]
        fn nothing_is_asked_twice_within_the_pause_nor_forgotten(standing in standing(), slept in 0..400 * HOUR_MS, place: u32) {
            let woke = NOW - slept;
            let Some(at) = due(&standing, NOW, woke, Jitter(place)) else {
                prop_assert_eq!(standing.cadence, Cadence::Off);
                return Ok(());
            };
            let interval = interval(standing.cadence).expect("on");
            prop_assert!(at >= woke);
            if let Some(tried) = standing.last_tried {
                prop_assert!(at - tried >= AGAIN_MS);
            }
            if let Some(good) = standing.last_good {
                prop_assert!(at - good >= interval);
            }
            // Bounded: within one interval, a tenth of it and the spread of the last thing that is known.
            let known = standing.last_good.max(standing.last_tried).unwrap_or(woke).max(woke);
            prop_assert!(at <= known + interval + interval / 10 + SPREAD_MS);
        }

        #[test]
        fn a_try_moves_the_next_one_away(standing in standing(), place: u32) {
            let tried = Standing { last_tried: Some(NOW), failures: standing.failures + 1, ..standing };
            if let Some(at) = due(&tried, NOW, NOW - DAY_MS, Jitter(place)) {
                prop_assert!(at >= NOW + AGAIN_MS);
            }
        }

        #[test]
        fn a_place_stays_within_its_stretch(seed in "[a-z]{0,8}", company in "[a-z0-9-]{0,36}", ms in 0..100 * DAY_MS) {
            let jitter = Jitter::of(&seed, &company);
            prop_assert!((0..=ms).contains(&jitter.within(ms)));
            prop_assert_eq!(jitter, Jitter::of(&seed, &company));
        }
    }
}
