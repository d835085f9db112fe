//! How many requests may be repetitions: when everything fails, repeating everything only adds to it.

/// Ten repetitions may come at once.
const FULL: u32 = 100;
/// What one costs.
const COST: u32 = 10;

/// Tokens for repetitions. A good answer gives one back, so that in the long run one request in eleven is a repetition.
#[derive(Debug)]
pub(super) struct Retries(u32);

impl Default for Retries {
    fn default() -> Self {
        Self(FULL)
    }
}

impl Retries {
    /// Takes one, if there is any.
    pub(super) fn take(&mut self) -> bool {
        let left = self.0.checked_sub(COST);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }

    /// Something went well.
    pub(super) fn refund(&mut self) {
        self.0 = (self.0 + 1).min(FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn repetitions_are_at_most_a_tenth_of_what_went_well_and_ten(went_well in proptest::collection::vec(any::<bool>(), 0..2_000)) {
            let mut retries = Retries::default();
            let (mut good, mut repeated) = (0, 0);
            for is_good in went_well {
                if is_good {
                    retries.refund();
                    good += 1;
                } else if retries.take() {
                    repeated += 1;
                }
                prop_assert!(repeated <= 10 + good / 10);
            }
        }
    }
}
