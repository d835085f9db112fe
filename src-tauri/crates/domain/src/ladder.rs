//! When to ask next. Fewer than a hundred questions in half an hour, quick when a person is likely to be waiting.

/// How long we ask by ourselves.
const WAIT_MS: i64 = 30 * 60_000;

/// How long ago the wait began, to the pause until the next question; both in milliseconds. `None` = stop asking by ourselves.
#[must_use]
pub fn waiting_for_consent(elapsed_ms: i64) -> Option<i64> {
    match elapsed_ms {
        ..120_000 => Some(5_000),
        120_000..600_000 => Some(15_000),
        600_000..WAIT_MS => Some(60_000),
        _ => None,
    }
}

/// After the customer's browser came back, Codat usually confirms within seconds.
#[must_use]
pub fn after_return(elapsed_ms: i64) -> Option<i64> {
    match elapsed_ms {
        ..10_000 => Some(1_000),
        10_000..120_000 => Some(5_000),
        other => waiting_for_consent(other),
    }
}

/// While reads run at Codat.
#[must_use]
pub fn following_reads(elapsed_ms: i64) -> Option<i64> {
    match elapsed_ms {
        ..20_000 => Some(2_000),
        20_000..120_000 => Some(5_000),
        120_000..900_000 => Some(15_000),
        900_000..7_200_000 => Some(120_000),
        _ => None,
    }
}

/// When the wait began that is asked about until then.
#[must_use]
pub fn began(until: i64) -> i64 {
    until.saturating_sub(WAIT_MS)
}

/// Until when a wait that began at `started` is asked about, UTC milliseconds.
#[must_use]
pub fn waits_until(started: i64) -> i64 {
    started.saturating_add(WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(next: fn(i64) -> Option<i64>) -> usize {
        let mut at = 0;
        let mut asked = 0;
        while let Some(pause) = next(at) {
            at += pause;
            asked += 1;
        }
        asked
    }

    #[test]
    fn half_an_hour_of_waiting_costs_fewer_than_eighty_questions_and_ends() {
        assert_eq!(questions(waiting_for_consent), 24 + 32 + 20, "a fresh client has 1,000 a day for everything");
    }

    #[test]
    fn a_return_is_followed_closely_without_a_storm() {
        assert_eq!(after_return(0), Some(1_000));
        assert_eq!(after_return(60_000), Some(5_000));
        assert_eq!(after_return(130_000), waiting_for_consent(130_000), "late confirmations are waited for like any other");
        assert_eq!(after_return(1_800_000), None);
        assert!(questions(after_return) <= 90);
        assert_eq!(began(waits_until(7)), 7);
    }

    #[test]
    fn following_a_read_is_quick_at_first_and_ends() {
        assert_eq!(following_reads(0), Some(2_000));
        assert!(questions(following_reads) < 150);
    }
}
