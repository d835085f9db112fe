//! How many requests any rolling minute may see, and how many it saw. Pure: it is told the time.
//!
//! The server counts when a request arrives, and all we know is that it was between sending and answer. So a request counts from its sending
//! until a minute and a margin after its answer: whatever lies between, no minute of the server's sees more than the limit.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Codat's limit for an address; it may block who passes it.
pub(super) const LIMIT: u32 = 1_000;
/// A minute, and what clocks may differ by.
pub(super) const WINDOW: Duration = Duration::from_millis(60_250);
/// One in so many is left to persons: ten of a thousand.
const RESERVED: u32 = 100;
/// Besides, for each link that somebody may use any moment: a look at it, its four reads, and a retry.
const FOR_A_LINK: u32 = 6;
/// But never more than two in so many: a thousand open links must not end all background work.
const FOR_LINKS: u32 = 5;
/// A refusal lowers the pace no further: it may have been meant for others behind the same address.
const FLOOR: u32 = 100;
/// How long a lowered pace is kept before it is raised; doubled each time that fails.
const REST: Duration = Duration::from_secs(300);
/// The longest such time.
const LONGEST_REST: Duration = Duration::from_secs(3_600);
/// Then it is raised by so much a minute.
const RAISE: u32 = 50;

/// The rolling minute.
#[derive(Debug, Default)]
pub(super) struct Minute {
    sent: u32,
    answered: VecDeque<Ended>,
    told: Option<u32>,
    lowered: Option<Lowered>,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    at: Instant,
    was_refused: bool,
}

/// A pace below the limit, and when it is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lowered {
    pub(super) most: u32,
    pub(super) raised_at: Instant,
    pub(super) rest: Duration,
}

/// Whether the minute has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// It has.
    Now,
    /// It will have then.
    At(Instant),
    /// Once one of those under way has ended.
    AfterAnswers,
}

impl Minute {
    /// One leaves.
    pub(super) fn begin(&mut self) {
        self.sent += 1;
    }

    /// One ended.
    pub(super) fn end(&mut self, at: Instant, was_refused: bool) {
        self.sent -= 1;
        self.answered.push_back(Ended { at, was_refused });
    }

    /// Requests that the server may count now.
    pub(super) fn used(&mut self, now: Instant) -> u32 {
        while self.answered.front().is_some_and(|ended| ended.at + WINDOW <= now) {
            self.answered.pop_front();
        }
        self.sent + count(self.answered.len())
    }

    /// Requests a minute in force.
    pub(super) fn most(&mut self, now: Instant) -> u32 {
        let ceiling = self.told.map_or(LIMIT, |told| told.min(LIMIT));
        if let Some(lowered) = &mut self.lowered {
            while lowered.raised_at <= now && lowered.most < ceiling {
                lowered.most += RAISE;
                lowered.raised_at += Duration::from_secs(60);
            }
            if lowered.most < ceiling {
                return lowered.most;
            }
            self.lowered = None;
        }
        ceiling
    }

    /// What of `most` is left to persons, and to the links that are waited for.
    pub(super) fn reserve(most: u32, links: u32) -> u32 {
        most / RESERVED + links.saturating_mul(FOR_A_LINK).min(most * 2 / FOR_LINKS)
    }

    /// Whether one more may leave when `keep` are left to others.
    pub(super) fn room(&mut self, now: Instant, keep: u32) -> Room {
        let most = self.most(now).saturating_sub(keep);
        let used = self.used(now);
        if used < most {
            return Room::Now;
        }
        let excess = (used - most) as usize;
        self.answered.get(excess).map_or(Room::AfterAnswers, |ended| Room::At(ended.at + WINDOW))
    }

    /// When the next request of the minute counts no more.
    pub(super) fn next_room(&mut self, now: Instant) -> Option<Instant> {
        self.used(now);
        self.answered.front().map(|ended| ended.at + WINDOW)
    }

    /// The pace below the limit, if it is.
    pub(super) fn lowered(&self) -> Option<Lowered> {
        self.lowered
    }

    /// Another copy learnt of a lower pace.
    pub(super) fn adopt(&mut self, lowered: Lowered) {
        if self.lowered.is_none_or(|ours| lowered.most < ours.most) {
            self.lowered = Some(lowered);
        }
    }

    /// The server named a limit for a minute.
    pub(super) fn tell(&mut self, limit: u32) {
        // Nothing at all would never be asked about again: what is left of it is told beside it.
        self.told = Some(limit.max(1));
    }

    /// It refused for the minute's sake: from now on only as much as went well, `of_others` included.
    pub(super) fn lower(&mut self, of_others: u32, now: Instant) {
        let most = self.most(now);
        self.used(now);
        let went_well = of_others + count(self.answered.iter().filter(|ended| !ended.was_refused).count());
        let rest = self.lowered.map_or(REST, |before| (before.rest * 2).min(LONGEST_REST));
        let seen = (went_well - went_well / 32).max(FLOOR).min(most);
        self.lowered = Some(Lowered { most: seen, raised_at: now + rest, rest });
    }
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sends as fast as the minute allows, each taking `latency`; returns when each left.
    fn run(minute: &mut Minute, begun: Instant, requests: usize, latencies: &[u64]) -> Vec<(Instant, Instant)> {
        let mut now = begun;
        (0..requests)
            .map(|index| {
                while let Room::At(then) = minute.room(now, 0) {
                    now = then;
                }
                minute.begin();
                let answered = now + Duration::from_millis(latencies[index % latencies.len()]);
                let left = now;
                now = answered;
                minute.end(answered, false);
                (left, answered)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn c24_no_minute_sees_more_than_its_limit_wherever_between_sending_and_answer_they_arrive(
            limit in 1_u32..60,
            latencies in proptest::collection::vec(0_u64..3_000, 1..9),
            arrivals in proptest::collection::vec(0_u32..=100, 1..9),
        ) {
            let begun = Instant::now();
            let mut minute = Minute::default();
            minute.tell(limit);
            let sent = run(&mut minute, begun, 200, &latencies);
            let mut arrived: Vec<Instant> = sent
                .iter()
                .enumerate()
                .map(|(index, (left, answered))| *left + (*answered - *left) * arrivals[index % arrivals.len()] / 100)
                .collect();
            arrived.sort_unstable();
            for window in arrived.windows(limit as usize + 1) {
                prop_assert!(window[limit as usize] - window[0] > Duration::from_secs(60));
            }
        }
    }

    #[test]
    fn short_work_is_not_slowed_and_long_work_runs_at_the_limit() {
        let (begun, mut minute) = (Instant::now(), Minute::default());
        let sent = run(&mut minute, begun, 20_000, &[1]);
        assert_eq!(sent[999].0 - begun, Duration::from_millis(999), "a thousand go as they come");
        let took = sent[19_999].1 - begun;
        assert!(took * 100 <= Duration::from_secs(20 * 60) * 103, "{took:?}");
    }

    #[test]
    fn a_refusal_lowers_the_pace_to_what_went_well_and_it_comes_back_slowly() {
        let (begun, mut minute) = (Instant::now(), Minute::default());
        run(&mut minute, begun, 320, &[1]);
        let now = begun + Duration::from_secs(1);
        minute.lower(0, now);
        assert_eq!(minute.most(now), 310);
        assert_eq!(minute.most(now + REST - Duration::from_secs(1)), 310);
        assert_eq!(minute.most(now + REST), 360);
        assert_eq!(minute.most(now + REST * 2), 610);
        assert_eq!(minute.most(now + REST * 4), LIMIT);
    }

    #[test]
    fn a_pace_that_fails_again_rests_twice_as_long() {
        let (begun, mut minute) = (Instant::now(), Minute::default());
        run(&mut minute, begun, 320, &[1]);
        minute.lower(0, begun + Duration::from_secs(1));
        let again = begun + REST + Duration::from_secs(2);
        run(&mut minute, again, 320, &[1]);
        minute.lower(0, again + Duration::from_secs(1));
        assert_eq!(minute.most(again + REST * 2), 310);
        assert_eq!(minute.most(again + REST * 2 + Duration::from_secs(1)), 360);
    }

    #[test]
    fn a_limit_that_shrinks_holds_from_the_next_request_on() {
        let (begun, mut minute) = (Instant::now(), Minute::default());
        run(&mut minute, begun, 500, &[1]);
        minute.tell(200);
        let now = begun + Duration::from_secs(1);
        let Room::At(then) = minute.room(now, 0) else { panic!("500 are more than 200") };
        assert_eq!(then - begun, Duration::from_millis(301) + WINDOW, "when 300 of them count no more");
    }
}
