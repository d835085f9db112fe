//! The day's quota as it was last told, in the server's time. Pure: it is told the time.

use super::share::DayKept;
use codat::rate::RateInfo;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

pub(super) const DAY_MS: i64 = 86_400_000;
/// One in so many is left to persons.
const RESERVED: u32 = 20;
/// Codat's quota: so many for the client, and for each active company.
const A_COMPANY: u32 = 1_000;
/// A reset sooner than this is a minute's, unless it is midnight.
const A_MINUTE_MS: i64 = 120_000;

/// A moment by both clocks. The wall clock may be set, the other stands still while the computer sleeps: whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// By the clock that nobody can set.
    pub(super) at: Instant,
    /// UTC milliseconds, for people.
    pub(super) wall: i64,
}

impl Moment {
    /// In so long from now.
    pub(super) fn after(now: Self, wait: Duration) -> Self {
        Self { at: now.at + wait, wall: now.wall.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)) }
    }

    /// At that wall time.
    pub(super) fn at_wall(now: Self, wall: i64) -> Self {
        let ahead = Duration::from_millis(u64::try_from(wall - now.wall).unwrap_or(0));
        Self { at: now.at + ahead, wall }
    }

    /// It is still to come.
    pub(super) fn is_ahead_of(self, now: Self) -> bool {
        self.at > now.at && self.wall > now.wall
    }
}

/// The day.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Day {
    number: i64,
    sent: u32,
    limit: Option<u32>,
    remaining: Option<u32>,
    resets: Option<Moment>,
    /// The server's clock less ours.
    skew: i64,
    /// When an answer last told of it, UTC milliseconds.
    told: i64,
}

/// What headers of limits were about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing of use.
    Nothing,
    /// The day.
    Day,
    /// A minute: its limit, and the time until it is over when nothing is left of it.
    Minute(Option<u32>, Option<Duration>),
}

impl Day {
    /// One leaves.
    pub(super) fn send(&mut self, now: Moment) {
        self.turn_over(now);
        self.sent += 1;
    }

    /// Takes in what an answer told.
    pub(super) fn tell(&mut self, rate: &RateInfo, now: Moment) -> About {
        if let Some(theirs) = rate.date {
            // Their clock has whole seconds.
            let skew = theirs.as_millisecond() - now.wall;
            self.skew = if skew.abs() < 2_000 { 0 } else { skew };
        }
        self.turn_over(now);
        let told_now = rate.date.map_or(now.wall + self.skew, jiff::Timestamp::as_millisecond);
        let reset = rate.reset.map(jiff::Timestamp::as_millisecond);
        // Measured against the answer's own clock: ours may be wrong.
        let left = reset.map(|reset| (reset - told_now).max(0));
        if let (Some(reset), Some(left)) = (reset, left)
            && left <= A_MINUTE_MS
            && reset.rem_euclid(DAY_MS) > 1_000
        {
            return About::Minute(rate.limit, (rate.remaining == Some(0)).then(|| millis(left)));
        }
        if rate.limit.is_none() && rate.remaining.is_none() {
            return About::Nothing;
        }
        // Answers overtake each other: within a day what is left only falls, unless the limit itself was moved.
        let is_same = rate.limit.is_none_or(|limit| self.limit == Some(limit));
        if let Some(remaining) = rate.remaining.or(rate.limit.filter(|limit| *limit == 0)) {
            self.remaining = Some(self.remaining.filter(|_| is_same).map_or(remaining, |before| before.min(remaining)));
            self.resets = left.map(|left| Moment::after(now, millis(left)));
        }
        self.limit = rate.limit.or(self.limit);
        self.told = now.wall;
        About::Day
    }

    /// Takes in what copies kept of the day, and adds what this one knows and sent since.
    pub(super) fn meet(&mut self, kept: &mut DayKept, unsaid: &BTreeMap<&'static str, u32>, now: Moment) {
        let is_ours_newer = self.told > kept.told;
        if !is_ours_newer {
            self.skew = kept.skew;
        }
        self.turn_over(now);
        let is_over = kept.resets.is_some_and(|resets| resets <= now.wall);
        if kept.number != self.number || is_over {
            *kept = DayKept { number: self.number, limit: kept.limit, told: kept.told, ..DayKept::default() };
        }
        for (what, sent) in unsaid {
            kept.sent += sent;
            *kept.spent.entry((*what).to_owned()).or_default() += sent;
        }
        let ours = (self.limit, self.remaining, self.resets);
        let theirs = (kept.limit, kept.remaining, kept.resets.map(|resets| Moment::at_wall(now, resets)));
        let (newer, older) = if is_ours_newer { (ours, theirs) } else { (theirs, ours) };
        self.limit = newer.0.or(older.0);
        // As above: what is left only falls.
        self.remaining = match (newer.1, older.1) {
            (Some(newer_left), Some(older_left)) if newer.0 == older.0 => Some(newer_left.min(older_left)),
            (newer_left, older_left) => newer_left.or(older_left),
        };
        self.resets = newer.2.or(older.2);
        self.sent = kept.sent;
        self.told = self.told.max(kept.told);
        kept.limit = self.limit;
        kept.remaining = self.remaining;
        kept.resets = self.resets.map(|resets| resets.wall);
        kept.skew = self.skew;
        kept.told = self.told;
    }

    /// Active companies when the day began, as the quota tells them.
    pub(super) fn active_companies(&self) -> Option<u32> {
        self.limit.map(|limit| (limit / A_COMPANY).saturating_sub(1))
    }

    /// A new day has begun.
    pub(super) fn turn_over(&mut self, now: Moment) {
        let number = (now.wall + self.skew).div_euclid(DAY_MS);
        if self.number != number || self.resets.is_some_and(|resets| !resets.is_ahead_of(now)) {
            *self = Self { number, limit: self.limit.filter(|limit| *limit > 0), skew: self.skew, told: self.told, ..Self::default() };
        }
    }

    /// The own count is not all: other computers share the quota.
    pub(super) fn calls(&self) -> u32 {
        let told = self.limit.zip(self.remaining).map_or(0, |(limit, remaining)| limit.saturating_sub(remaining));
        self.sent.max(told)
    }

    /// Codat's clock less ours, milliseconds.
    pub(super) fn skew(&self) -> i64 {
        self.skew
    }

    pub(super) fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// What of the quota is left to persons.
    pub(super) fn reserve(&self) -> u32 {
        self.limit.unwrap_or(0) / RESERVED
    }

    /// When the quota is full again, UTC milliseconds by our clock.
    pub(super) fn resets_at(&self, now: Moment) -> i64 {
        self.resets.map_or_else(|| ((now.wall + self.skew).div_euclid(DAY_MS) + 1) * DAY_MS - self.skew, |resets| resets.wall)
    }

    /// Until when nothing may leave, `under_way` having left without an answer yet.
    pub(super) fn spent_until(&self, keep: u32, under_way: u32, now: Moment) -> Option<i64> {
        (self.left(under_way)? <= keep).then(|| self.resets_at(now))
    }

    /// What is left of the quota, when known.
    pub(super) fn left(&self, under_way: u32) -> Option<u32> {
        self.remaining.map(|remaining| remaining.saturating_sub(under_way))
    }
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;

    fn now() -> Moment {
        Moment { at: Instant::now(), wall: NOON }
    }

    fn stamp(ms: i64) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_millisecond(ms).ok()
    }

    fn told(limit: u32, remaining: u32, reset: i64) -> RateInfo {
        RateInfo { limit: Some(limit), remaining: Some(remaining), reset: stamp(reset), date: stamp(NOON), retry_after: None }
    }

    #[test]
    fn a_reset_within_two_minutes_is_a_minutes_unless_it_is_midnight() {
        let (mut day, now) = (Day::default(), now());
        assert_eq!(day.tell(&told(300, 5, NOON + 40_000), now), About::Minute(Some(300), None));
        assert_eq!(day.tell(&told(300, 0, NOON + 40_000), now), About::Minute(Some(300), Some(Duration::from_secs(40))));
        assert_eq!(day.tell(&told(3_000, 0, NOON + DAY_MS / 2), now), About::Day);
        let late = Moment { wall: NOON + DAY_MS / 2 - 30_000, ..now };
        let rate = RateInfo { date: stamp(late.wall), ..told(3_000, 0, NOON + DAY_MS / 2) };
        assert_eq!(Day::default().tell(&rate, late), About::Day);
    }

    #[test]
    fn answers_that_overtake_each_other_do_not_give_quota_back() {
        let (mut day, now) = (Day::default(), now());
        day.tell(&told(1_000, 10, NOON + DAY_MS / 2), now);
        day.tell(&told(1_000, 12, NOON + DAY_MS / 2), now);
        assert_eq!(day.calls(), 990);
        day.tell(&told(2_000, 1_012, NOON + DAY_MS / 2), now);
        assert_eq!((day.calls(), day.active_companies()), (988, Some(1)), "a limit that was raised does");
    }

    #[test]
    fn a_quota_of_zero_is_a_state_with_an_end() {
        let (mut day, now) = (Day::default(), now());
        day.tell(&RateInfo { limit: Some(0), ..RateInfo::default() }, now);
        assert_eq!(day.spent_until(0, 0, now), Some(NOON + DAY_MS / 2));
        let tomorrow = Moment::after(now, Duration::from_millis(DAY_MS as u64 / 2 + 1));
        day.turn_over(tomorrow);
        assert_eq!(day.spent_until(0, 0, tomorrow), None);
    }

    #[test]
    fn midnight_is_the_servers_when_our_clock_is_off_by_days() {
        let (mut day, now) = (Day::default(), now());
        let theirs = NOON + 3 * DAY_MS + DAY_MS / 4;
        day.tell(&RateInfo { limit: Some(1_000), remaining: Some(0), date: stamp(theirs), ..RateInfo::default() }, now);
        assert_eq!(day.spent_until(0, 0, now), Some(NOON + DAY_MS / 4));
    }

    #[test]
    fn requests_under_way_are_taken_off_what_is_left() {
        let (mut day, now) = (Day::default(), now());
        day.tell(&told(1_000, 60, NOON + DAY_MS / 2), now);
        assert_eq!(day.spent_until(day.reserve(), 9, now), None);
        assert!(day.spent_until(day.reserve(), 10, now).is_some());
    }
}
