//! The shapes in which providers write ids. All are opaque, case-sensitive text.

use crate::world::{Bank, Dice, Mode};

/// How one connection's provider writes ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum IdShape {
    /// `8f14e45f-ceea-4e7a-9c1b-6f2d3a4b5c6d`
    Guid,
    /// 32 hex digits.
    Hex,
    /// 25 lower-case letters and digits.
    Base36,
    /// Figures only; counts within a day, so that two connections of such a bank share ids.
    Digits,
    /// 70 letters of both cases, digits and `_`; now and then two ids differ in case only.
    Long,
}

impl IdShape {
    pub(crate) fn of(mode: Mode, bank: &Bank, seed: u64) -> Self {
        match mode {
            Mode::Plaid => Self::Long,
            Mode::TrueLayer => *Dice::named(seed ^ 0x1d, &bank.key).pick(&[Self::Guid, Self::Hex, Self::Hex, Self::Base36, Self::Digits]),
        }
    }

    /// An id for the `ordinal`th thing of a day (`yyyymmdd`; 0 for things without a day).
    pub(crate) fn write(self, dice: &mut Dice, day: u32, ordinal: u32) -> String {
        match self {
            Self::Guid => super::super::catalogue::uuid(dice).to_string(),
            Self::Hex => letters(dice, b"0123456789abcdef", 32),
            Self::Base36 => letters(dice, b"0123456789abcdefghijklmnopqrstuvwxyz", 25),
            Self::Digits => format!("{day}{ordinal:06}"),
            Self::Long => letters(dice, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", 70),
        }
    }
}

/// The same letters in the other case: another id.
pub(crate) fn other_case(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

fn letters(dice: &mut Dice, alphabet: &[u8], count: usize) -> String {
    let base = alphabet.len() as u64;
    let mut out = String::with_capacity(count);
    let mut bits = 0_u64;
    for place in 0..count {
        // Ten letters a roll: 63^10 is below 2^64.
        if place % 10 == 0 {
            bits = dice.roll();
        }
        out.push(char::from(alphabet[usize::try_from(bits % base).unwrap_or(0)]));
        bits /= base;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_as_providers_write_them() {
        let mut dice = Dice::new(1, &[]);
        assert_eq!(IdShape::Guid.write(&mut dice, 0, 0).len(), 36);
        assert_eq!(IdShape::Digits.write(&mut dice, 20_250_103, 7), "20250103000007", "no dice: another connection has it too");
        let long = IdShape::Long.write(&mut dice, 0, 0);
        assert_eq!(long.len(), 70, "S65");
        assert_ne!(other_case(&long), long);
        assert!(IdShape::Base36.write(&mut dice, 0, 0).bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }
}
