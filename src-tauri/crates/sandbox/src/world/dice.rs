//! Chance that is the same every time: a counter-based generator (SplitMix64), keyed by what is being decided.
//! Keying each day and each event on its own is what lets a later ledger only append.

/// A small deterministic generator. Not for secrets.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A generator for a seed and the parts that name what is being decided.
    #[must_use]
    pub fn new(seed: u64, parts: &[u64]) -> Self {
        let mut state = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
        for part in parts {
            state = mix(state ^ mix(part.wrapping_add(0x632b_e59b_d9b4_e019)));
        }
        Self(state)
    }

    /// A generator named by text, for example a bank's key.
    #[must_use]
    pub fn named(seed: u64, name: &str) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self::new(seed, &[hash])
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.roll() % n }
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True `n` times in `of`.
    pub fn chance(&mut self, n: u64, of: u64) -> bool {
        self.below(of) < n
    }

    /// One of the choices; the slice must not be empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(choices.len() as u64)).unwrap_or(0);
        &choices[index]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_key_rolls_the_same_and_a_neighbour_differs() {
        let roll = |parts: &[u64]| Dice::new(7, parts).roll();
        assert_eq!(roll(&[1, 2]), roll(&[1, 2]), "a ledger must be reproducible from its seed");
        assert_ne!(roll(&[1, 2]), roll(&[2, 1]), "order of the parts is part of the key");
    }

    #[test]
    fn ranges_hold_at_their_ends() {
        let mut dice = Dice::named(1, "ends");
        for _ in 0..1_000 {
            assert!((-2..=2).contains(&dice.between(-2, 2)));
        }
        assert_eq!(dice.below(0), 0, "an empty range has one harmless answer");
    }
}
