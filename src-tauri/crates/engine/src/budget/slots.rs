//! How many requests may be under way at once. Pure: it is told the time.

use std::time::Duration;
use tokio::time::Instant;

/// At once, in all: more never helped.
const MOST: u32 = 16;
/// At once for each active company, says Codat.
const A_COMPANY: u32 = 10;
/// What is taken while nobody said how many companies are active, or that none is.
const UNSAID: u32 = 4;
/// How long a lowered number is kept for each step back.
const REST: Duration = Duration::from_secs(30);

/// The slots.
#[derive(Debug, Default)]
pub(super) struct Slots {
    taken: u32,
    background: u32,
    active: Option<u32>,
    others: u32,
    lowered: Option<(u32, Instant)>,
}

impl Slots {
    /// At once now.
    pub(super) fn most(&mut self, now: Instant) -> u32 {
        let of_all = self.active.map_or(UNSAID, |active| active.saturating_mul(A_COMPANY)).clamp(UNSAID, MOST);
        let ceiling = (of_all / (self.others + 1)).max(1);
        if let Some((most, raised_at)) = &mut self.lowered {
            while *raised_at <= now && *most < ceiling {
                *most += 1;
                *raised_at += REST;
            }
            if *most < ceiling {
                return *most;
            }
            self.lowered = None;
        }
        ceiling
    }

    /// Whether one more may be taken.
    pub(super) fn is_free(&mut self, now: Instant, in_background: bool) -> bool {
        let most = self.most(now);
        let kept = if most > UNSAID { 2 } else { 1 };
        self.taken < most && (!in_background || self.background < most.saturating_sub(kept).max(1))
    }

    /// Under way.
    pub(super) fn taken(&self) -> u32 {
        self.taken
    }

    /// Takes one.
    pub(super) fn take(&mut self, in_background: bool) {
        self.taken += 1;
        self.background += u32::from(in_background);
    }

    /// Gives one back.
    pub(super) fn give(&mut self, in_background: bool) {
        self.taken -= 1;
        self.background -= u32::from(in_background);
    }

    /// So many companies are active.
    pub(super) fn tell_active(&mut self, active: u32) {
        self.active = Some(active);
    }

    /// So many other copies are at work: each takes its part.
    pub(super) fn tell_others(&mut self, others: u32) {
        self.others = others;
    }

    /// One was refused: as many as are still under way, then. False when that cannot have been it: none is, or they were made fewer before.
    pub(super) fn lower(&mut self, now: Instant) -> bool {
        let most = self.most(now);
        if self.taken == 0 || self.lowered.is_some() {
            return false;
        }
        self.lowered = Some((self.taken.min(most), now + REST));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(active: Option<u32>) -> u32 {
        let mut slots = Slots::default();
        if let Some(active) = active {
            slots.tell_active(active);
        }
        slots.most(Instant::now())
    }

    #[test]
    fn ten_at_once_for_each_active_company_and_sixteen_in_all() {
        assert_eq!([None, Some(0), Some(1), Some(2), Some(u32::MAX)].map(most), [4, 4, 10, 16, 16]);
    }

    #[test]
    fn the_background_leaves_two_of_sixteen_to_persons() {
        let (now, mut slots) = (Instant::now(), Slots::default());
        slots.tell_active(9);
        let background = std::iter::repeat_with(|| slots.is_free(now, true).then(|| slots.take(true))).take_while(Option::is_some).count();
        let persons = std::iter::repeat_with(|| slots.is_free(now, false).then(|| slots.take(false))).take_while(Option::is_some).count();
        assert_eq!((background, persons), (14, 2));
    }

    #[test]
    fn too_many_at_once_are_made_fewer_and_come_back_one_by_one() {
        let (now, mut slots) = (Instant::now(), Slots::default());
        slots.tell_active(9);
        (0..11).for_each(|_| slots.take(true));
        assert!(slots.lower(now));
        assert!(!slots.lower(now), "once is enough");
        assert_eq!(slots.most(now), 11);
        assert_eq!(slots.most(now + REST * 2), 13);
        assert_eq!(slots.most(now + REST * 9), 16);
        (0..11).for_each(|_| slots.give(true));
        assert!(!slots.lower(now), "one alone was not too many at once");
        assert_eq!(slots.most(now), 16);
    }
}
