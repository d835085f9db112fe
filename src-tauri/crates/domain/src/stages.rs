//! From what a poller saw of a read to stretches of stages with durations. Pure: the time is handed in.
//!
//! Polls are seconds apart, so a stretch is known to within a poll. When the read has ended, its whole length is known exactly, and the
//! stretches are fitted to it.

use crate::status::Phase;

/// A stage of a read at Codat, or our own fetch after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Waiting at Codat.
    Queued,
    /// Reading from the bank.
    Fetching,
    /// Converting.
    Mapping,
    /// Checking.
    Validating,
    /// Storing at Codat.
    Processing,
    /// Our own fetch.
    Downloading,
}

impl Stage {
    const ALL: [Self; 6] = [Self::Queued, Self::Fetching, Self::Mapping, Self::Validating, Self::Processing, Self::Downloading];

    /// The word that is kept.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Fetching => "fetching",
            Self::Mapping => "mapping",
            Self::Validating => "validating",
            Self::Processing => "processing",
            Self::Downloading => "downloading",
        }
    }

    /// Reads the kept word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// The stage a running read is in; `None` when it has ended.
    #[must_use]
    pub fn of(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Queued => Some(Self::Queued),
            Phase::Fetching => Some(Self::Fetching),
            Phase::Mapping => Some(Self::Mapping),
            Phase::Validating => Some(Self::Validating),
            Phase::Processing => Some(Self::Processing),
            Phase::Done | Phase::Failed => None,
        }
    }
}

/// How long a stage took, as far as was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Which.
    pub stage: Stage,
    /// Milliseconds.
    pub ms: u32,
}

/// What one look at a read showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How far it is.
    pub phase: Phase,
    /// Milliseconds since it was requested, by the watcher's clock; after its end, by Codat's own stamps.
    pub elapsed_ms: i64,
}

/// The stretches after one more look. Time between two looks of which the second found another stage is shared between both;
/// stages that went by unseen are left out, never guessed.
#[must_use]
pub fn watch(before: &[Stretch], seen: Seen) -> Vec<Stretch> {
    let elapsed = u32::try_from(seen.elapsed_ms.max(0)).unwrap_or(u32::MAX);
    let mut stretches: Vec<Stretch> = before.to_vec();
    let Some(stage) = Stage::of(seen.phase) else { return fitted(stretches, elapsed) };
    let known: u32 = total(&stretches);
    let new = elapsed.saturating_sub(known);
    match stretches.last_mut() {
        Some(last) if last.stage == stage => last.ms = last.ms.saturating_add(new),
        // Looks may arrive out of order: a stage never goes back.
        Some(last) if last.stage > stage => last.ms = last.ms.saturating_add(new),
        Some(last) => {
            last.ms = last.ms.saturating_add(new / 2);
            stretches.push(Stretch { stage, ms: new - new / 2 });
        }
        None => stretches.push(Stretch { stage, ms: new }),
    }
    stretches
}

/// Our own fetch took this long.
#[must_use]
pub fn downloaded(before: &[Stretch], ms: i64) -> Vec<Stretch> {
    let ms = u32::try_from(ms.max(0)).unwrap_or(u32::MAX);
    let mut stretches: Vec<Stretch> = before.iter().copied().filter(|stretch| stretch.stage != Stage::Downloading).collect();
    stretches.push(Stretch { stage: Stage::Downloading, ms });
    stretches
}

fn total(stretches: &[Stretch]) -> u32 {
    stretches.iter().fold(0, |sum, stretch| sum.saturating_add(stretch.ms))
}

/// Scaled to the whole, which is exact. What our own fetch took stays as it is.
fn fitted(mut stretches: Vec<Stretch>, whole: u32) -> Vec<Stretch> {
    let own =
        stretches.iter().position(|stretch| stretch.stage == Stage::Downloading).map(|at| stretches.split_off(at)).unwrap_or_default();
    let known = total(&stretches);
    let mut left = whole;
    let count = stretches.len();
    for (nth, stretch) in stretches.iter_mut().enumerate() {
        let share = u64::from(whole) * u64::from(stretch.ms) / u64::from(known.max(1));
        stretch.ms = if nth + 1 == count { left } else { u32::try_from(share).unwrap_or(left).min(left) };
        left -= stretch.ms;
    }
    stretches.extend(own);
    stretches
}

/// Lower and upper quartile of durations; `None` under five, because four cases are no habit.
#[must_use]
pub fn usual(durations_ms: &[i64]) -> Option<(u32, u32)> {
    let mut sorted: Vec<u32> = durations_ms.iter().filter_map(|ms| u32::try_from(*ms).ok()).collect();
    if sorted.len() < 5 {
        return None;
    }
    sorted.sort_unstable();
    let at = |quarter: usize| sorted.get((sorted.len() - 1) * quarter / 4).copied();
    Some((at(1)?, at(3)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn looks(looks: &[(Phase, i64)]) -> Vec<(&'static str, u32)> {
        let stretches =
            looks.iter().fold(vec![], |before, (phase, elapsed_ms)| watch(&before, Seen { phase: *phase, elapsed_ms: *elapsed_ms }));
        stretches.iter().map(|stretch| (stretch.stage.word(), stretch.ms)).collect()
    }

    #[test]
    fn a_watched_read_becomes_stretches_that_add_up_to_its_length() {
        let seen = looks(&[
            (Phase::Queued, 400),
            (Phase::Fetching, 2_400),
            (Phase::Fetching, 4_400),
            (Phase::Mapping, 6_400),
            (Phase::Processing, 8_400),
            (Phase::Done, 9_000),
        ]);
        assert_eq!(seen.iter().map(|(stage, _)| *stage).collect::<Vec<_>>(), ["queued", "fetching", "mapping", "processing"]);
        assert_eq!(seen.iter().map(|(_, ms)| ms).sum::<u32>(), 9_000, "the whole is known exactly once it has ended");
    }

    #[test]
    fn a_stage_that_went_by_between_two_looks_is_left_out_not_guessed() {
        assert_eq!(looks(&[(Phase::Queued, 1_000), (Phase::Processing, 3_000)]), [("queued", 2_000), ("processing", 1_000)]);
        assert_eq!(looks(&[(Phase::Done, 5_000)]), [], "nothing was seen, so nothing is drawn");
    }

    #[test]
    fn looks_out_of_order_and_clocks_that_run_backwards_do_not_turn_a_read_back() {
        let seen = looks(&[(Phase::Mapping, 4_000), (Phase::Fetching, 3_000), (Phase::Mapping, -20)]);
        assert_eq!(seen, [("mapping", 4_000)]);
    }

    #[test]
    fn our_own_fetch_is_the_last_stretch_and_replaces_itself() {
        let read = watch(&[Stretch { stage: Stage::Fetching, ms: 70 }], Seen { phase: Phase::Done, elapsed_ms: 100 });
        let once = downloaded(&read, 40);
        let words = |stretches: &[Stretch]| stretches.iter().map(|stretch| (stretch.stage.word(), stretch.ms)).collect::<Vec<_>>();
        assert_eq!(words(&downloaded(&once, 55)), [("fetching", 100), ("downloading", 55)]);
        assert_eq!(
            words(&watch(&once, Seen { phase: Phase::Done, elapsed_ms: 100 })),
            [("fetching", 100), ("downloading", 40)],
            "another look at an ended read changes nothing"
        );
    }

    #[test]
    fn usual_is_the_middle_half_of_at_least_five_cases() {
        assert_eq!(usual(&[1, 2, 3, 4]), None);
        assert_eq!(usual(&[50, 10, 20, 40, 30]), Some((20, 40)));
        assert_eq!(usual(&[5, 5, 5, 5, -1]), None, "a case with impossible stamps is none");
    }

    proptest! {
        #[test]
        fn stretches_always_add_up_and_never_go_back(steps in proptest::collection::vec((0_usize..5, 0_i64..4_000), 1..20), rest in 0_i64..2_000) {
            let phases = [Phase::Queued, Phase::Fetching, Phase::Mapping, Phase::Validating, Phase::Processing];
            let (mut stretches, mut elapsed, mut at) = (vec![], 0, 0);
            for (step, pause) in steps {
                at = (at + step % 2).min(4);
                elapsed += pause;
                stretches = watch(&stretches, Seen { phase: phases[at], elapsed_ms: elapsed });
                prop_assert_eq!(i64::from(total(&stretches)), elapsed);
            }
            let ended = watch(&stretches, Seen { phase: Phase::Done, elapsed_ms: elapsed + rest });
            prop_assert_eq!(i64::from(total(&ended)), elapsed + rest);
            prop_assert!(ended.windows(2).all(|pair| pair[0].stage < pair[1].stage));
        }
    }
}
