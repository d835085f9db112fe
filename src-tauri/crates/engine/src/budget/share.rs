//! What the copies of the program that have one profile open tell each other through its store, so that together they keep what one would. Pure:
//! it is told the time.
//!
//! Nobody writes for each request: a copy takes a block of requests at a time, which count as sent until it says how many were. A copy that
//! crashes says nothing: its block counts as sent until somebody sees that it is gone, and a minute longer, or else runs out.

use super::minute::WINDOW;
use crate::view::WaitReason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Requests that are taken at a time.
pub(super) const BLOCK: u32 = 50;
/// The first time: most who come want a few, and one that is killed soon leaves few in the way. Each block is twice the last.
pub(super) const FIRST_BLOCK: u32 = 8;
/// How long a block may be used.
const LEASE: Duration = Duration::from_secs(120);
/// A copy that took a block within this long is at work now.
const AT_WORK: Duration = Duration::from_secs(15);
/// Requests that end within this long are counted as one lot, until the last of them runs out.
pub(super) const LOT: Duration = Duration::from_millis(500);

/// The row. Times are UTC milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Shared {
    written: i64,
    lots: Vec<Lot>,
    pub(super) paused: Option<PauseKept>,
    pub(super) lowered: Option<LoweredKept>,
    pub(super) day: DayKept,
}

/// Requests of one copy. There are many of them: they are written without names.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "(u64, u32, Option<i64>, i64)", into = "(u64, u32, Option<i64>, i64)")]
struct Lot {
    holder: u64,
    requests: u32,
    /// When it was taken, as long as it may be used.
    open_since: Option<i64>,
    /// When the last of them was, or may be, answered.
    last: i64,
}

/// Nobody sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PauseKept {
    pub(super) until: i64,
    pub(super) why: WaitReason,
}

/// A pace below the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoweredKept {
    pub(super) most: u32,
    pub(super) raised_at: i64,
    pub(super) rest: i64,
}

/// The day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DayKept {
    pub(super) number: i64,
    pub(super) sent: u32,
    pub(super) limit: Option<u32>,
    pub(super) remaining: Option<u32>,
    pub(super) resets: Option<i64>,
    pub(super) skew: i64,
    pub(super) told: i64,
    pub(super) spent: BTreeMap<String, u32>,
}

/// What one copy has to say, and wants.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) holder: u64,
    /// Requests that ended since it last spoke, in lots: how many, and when the last of them did.
    pub(super) ended: Vec<(u32, i64)>,
    /// Requests under way.
    pub(super) under_way: u32,
    /// Requests it would like to send.
    pub(super) want: u32,
    /// Requests a minute in force.
    pub(super) most: u32,
    /// What of them it has to leave to others.
    pub(super) keep: u32,
}

/// What it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    /// So many may leave.
    pub(super) requests: u32,
    /// Before then.
    pub(super) until: i64,
    /// When there will be more.
    pub(super) more_at: i64,
}

impl Shared {
    /// Reads the row. What cannot be read is as if there were nothing.
    pub(super) fn read(text: Option<&str>, now: i64) -> Self {
        let mut shared: Self = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        shared.set_back(now);
        shared.lots.retain(|lot| lot.counts(now));
        shared
    }

    pub(super) fn write(&mut self, now: i64) -> String {
        self.written = now;
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The computer's clock was set back: what was to come comes as soon after now as it was to come after that writing.
    fn set_back(&mut self, now: i64) {
        let by = self.written - now;
        if by <= 1_000 {
            return;
        }
        for lot in &mut self.lots {
            lot.last -= by;
            lot.open_since = lot.open_since.map(|since| since - by);
        }
        self.paused.iter_mut().for_each(|paused| paused.until -= by);
        self.lowered.iter_mut().for_each(|lowered| lowered.raised_at -= by);
        self.day.resets.iter_mut().for_each(|resets| *resets -= by);
    }

    /// These copies are gone: all they took may have left until now, and none of it will any more.
    pub(super) fn bury(&mut self, gone: &[u64], now: i64) {
        for lot in self.lots.iter_mut().filter(|lot| gone.contains(&lot.holder) && lot.open_since.is_some()) {
            (lot.open_since, lot.last) = (None, lot.last.min(now));
        }
    }

    /// Takes in what a copy has to say, and grants it what there is room for.
    pub(super) fn exchange(&mut self, ask: &Ask, now: i64) -> Grant {
        self.lots.retain(|lot| lot.counts(now) && !(lot.holder == ask.holder && lot.open_since.is_some()));
        let ended = ask.ended.iter().map(|&(requests, last)| Lot { holder: ask.holder, requests, open_since: None, last });
        self.lots.extend(ended.filter(|lot| lot.counts(now)));
        let room = ask.most.saturating_sub(ask.keep + self.counted() + ask.under_way);
        let grant = Grant { requests: ask.want.min(room), until: now + ms(LEASE), more_at: self.more_at(now) };
        let open = ask.under_way + grant.requests;
        if open > 0 {
            self.lots.push(Lot { holder: ask.holder, requests: open, open_since: Some(now), last: grant.until });
        }
        grant
    }

    fn counted(&self) -> u32 {
        self.lots.iter().map(|lot| lot.requests).sum()
    }

    fn more_at(&self, now: i64) -> i64 {
        self.lots.iter().map(|lot| lot.last + ms(WINDOW)).min().unwrap_or(now + 1_000)
    }

    /// What other copies sent or may send within a minute.
    pub(super) fn of_others(&self, holder: u64, now: i64) -> u32 {
        self.lots.iter().filter(|lot| lot.holder != holder && lot.counts(now)).map(|lot| lot.requests).sum()
    }

    /// What other copies may still send.
    pub(super) fn open_to_others(&self, holder: u64, now: i64) -> u32 {
        self.open_lots(holder).filter(|lot| lot.last > now).map(|lot| lot.requests).sum()
    }

    /// Other copies that are at work.
    pub(super) fn others_at_work(&self, holder: u64, now: i64) -> u32 {
        let at_work = self.open_lots(holder).filter(|lot| lot.open_since.is_some_and(|since| since + ms(AT_WORK) > now)).count();
        u32::try_from(at_work).unwrap_or(u32::MAX)
    }

    /// Other copies that may send.
    pub(super) fn others(&self, holder: u64) -> Vec<u64> {
        self.open_lots(holder).map(|lot| lot.holder).collect()
    }

    fn open_lots(&self, holder: u64) -> impl Iterator<Item = &Lot> {
        self.lots.iter().filter(move |lot| lot.holder != holder && lot.open_since.is_some())
    }
}

impl From<(u64, u32, Option<i64>, i64)> for Lot {
    fn from((holder, requests, open_since, last): (u64, u32, Option<i64>, i64)) -> Self {
        Self { holder, requests, open_since, last }
    }
}

impl From<Lot> for (u64, u32, Option<i64>, i64) {
    fn from(lot: Lot) -> Self {
        (lot.holder, lot.requests, lot.open_since, lot.last)
    }
}

impl Lot {
    fn counts(&self, now: i64) -> bool {
        self.last + ms(WINDOW) > now
    }
}

pub(super) fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000_000;

    fn ask(holder: u64, want: u32) -> Ask {
        Ask { holder, ended: vec![], under_way: 0, want, most: 100, keep: 0 }
    }

    #[test]
    fn a_block_counts_until_its_holder_says_how_much_of_it_was_used() {
        let mut shared = Shared::default();
        assert_eq!(shared.exchange(&ask(1, 60), NOW).requests, 60);
        assert_eq!(shared.exchange(&ask(2, 60), NOW).requests, 40);
        let said = Ask { ended: vec![(10, NOW + 500)], ..ask(1, 0) };
        assert_eq!(shared.exchange(&said, NOW + 1_000).requests, 0);
        assert_eq!((shared.of_others(2, NOW + 1_000), shared.open_to_others(2, NOW + 1_000)), (10, 0));
        assert_eq!(shared.exchange(&ask(3, 60), NOW + 1_000).requests, 50);
    }

    #[test]
    fn the_block_of_a_copy_that_crashed_runs_out() {
        let mut shared = Shared::default();
        shared.exchange(&ask(1, 100), NOW);
        let dry = shared.exchange(&ask(2, 50), NOW + 1);
        assert_eq!((dry.requests, dry.more_at), (0, NOW + ms(LEASE + WINDOW)));
        assert_eq!(shared.exchange(&ask(2, 50), dry.more_at).requests, 50);
    }

    #[test]
    fn what_a_copy_took_that_is_gone_counts_for_a_minute_and_it_is_at_work_no_more() {
        let mut shared = Shared::default();
        shared.exchange(&ask(1, 100), NOW);
        assert_eq!((shared.others(2), shared.others_at_work(2, NOW + 1)), (vec![1], 1));
        shared.bury(&[1], NOW + 1);
        assert_eq!((shared.others(2), shared.others_at_work(2, NOW + 1)), (vec![], 0));
        let dry = shared.exchange(&ask(2, 50), NOW + 1);
        assert_eq!((dry.requests, dry.more_at), (0, NOW + 1 + ms(WINDOW)), "all of it may have left just now");
        assert_eq!(shared.exchange(&ask(2, 50), dry.more_at).requests, 50);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nobody_wait_longer() {
        let mut shared = Shared { paused: Some(PauseKept { until: NOW + 9_000, why: WaitReason::Limited }), ..Shared::default() };
        shared.exchange(&Ask { ended: vec![(100, NOW)], ..ask(1, 0) }, NOW);
        let text = shared.write(NOW);
        let yesterday = NOW - 86_400_000;
        let mut shared = Shared::read(Some(&text), yesterday);
        assert_eq!(shared.paused.map(|paused| paused.until), Some(yesterday + 9_000));
        assert_eq!(shared.exchange(&ask(2, 1), yesterday).more_at, yesterday + ms(WINDOW));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_as_none() {
        assert_eq!(Shared::read(Some("{\"lots\": 7"), NOW), Shared::default());
    }

    proptest! {
        /// Copies that send what they were granted at any time within it, and some of which never say so.
        #[test]
        fn no_minute_sees_more_than_the_limit_from_all_copies_together(
            steps in proptest::collection::vec((0_u64..3, 0_i64..20_000, 0_u32..60, any::<bool>()), 1..80),
        ) {
            let (mut shared, mut now) = (Shared::default(), NOW);
            let mut said = [(0_u32, 0_i64); 3];
            let mut left = [(0_u32, 0_i64); 3];
            let mut sent: Vec<i64> = vec![];
            for (holder, wait, use_up, speaks) in steps {
                now += wait;
                let copy = holder as usize;
                if left[copy].1 > now {
                    let used = use_up.min(left[copy].0);
                    left[copy].0 -= used;
                    sent.extend((0..used).map(|_| now));
                    said[copy] = (said[copy].0 + used, if used > 0 { now } else { said[copy].1 });
                }
                if speaks {
                    let (ended, ended_at) = std::mem::take(&mut said[copy]);
                    let grant = shared.exchange(&Ask { ended: vec![(ended, ended_at)], ..ask(holder, BLOCK) }, now);
                    left[copy] = (grant.requests, grant.until);
                    let text = shared.write(now);
                    shared = Shared::read(Some(&text), now);
                }
            }
            for minute in sent.windows(101) {
                prop_assert!(minute[100] - minute[0] > 60_000);
            }
        }
    }
}
