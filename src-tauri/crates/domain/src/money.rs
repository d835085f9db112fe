//! Exact money. An amount is read from the digits on the wire and is never a floating-point number.

use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr as _;

/// An exact decimal, with as many decimals as were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// The text is not a number that we can hold exactly (28 significant digits).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an exact amount")]
pub struct NotAnAmount;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Reads a JSON number's literal text: `-25`, `205.78`, `1.5e3`.
    ///
    /// # Errors
    /// When it is no number or has more digits than can be held exactly.
    pub fn parse(text: &str) -> Result<Self, NotAnAmount> {
        let scientific = text.contains(['e', 'E']);
        let read = if scientific { Decimal::from_scientific(text).ok() } else { Decimal::from_str_exact(text).ok() };
        read.or_else(|| if scientific { None } else { Decimal::from_str(text).ok().filter(|number| number.to_string() == text) })
            .map(Self)
            .ok_or(NotAnAmount)
    }

    /// From units of ten to the minus `scale`: `(12345, 2)` is 123.45. `None` over 28 decimals.
    #[must_use]
    pub fn from_units(units: i64, scale: u32) -> Option<Self> {
        Decimal::try_new(units, scale).ok().map(Self)
    }

    /// As units and scale, when the units fit 64 bits.
    #[must_use]
    pub fn units(self) -> Option<(i64, u32)> {
        i64::try_from(self.0.mantissa()).ok().map(|units| (units, self.0.scale()))
    }

    /// Exact sum; `None` when it needs more digits than can be held.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The same without its sign.
    #[must_use]
    pub fn magnitude(self) -> Self {
        Self(self.0.abs())
    }

    /// Less than nothing.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// The decimal inside, for arithmetic that this type does not offer.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }
}

impl From<Decimal> for Amount {
    fn from(decimal: Decimal) -> Self {
        Self(decimal)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_what_is_shown() {
        for text in ["-25", "205.78", "0", "0.00", "-0.01", "123456789012345.67", "1234567890123456789.0001"] {
            assert_eq!(Amount::parse(text).expect(text).to_string(), text, "decimals are kept as sent");
        }
        assert_eq!(Amount::parse("1.5e3").expect("exponent").to_string(), "1500");
        assert_eq!(Amount::parse("-2.5E-3").expect("exponent").to_string(), "-0.0025");
    }

    #[test]
    fn sums_are_exact_where_floats_are_not() {
        let ten = (0..10).try_fold(Amount::ZERO, |sum, _| sum.plus(Amount::parse("0.1").expect("a tenth")));
        assert_eq!(ten.expect("fits").to_string(), "1.0");
    }

    #[test]
    fn what_cannot_be_held_exactly_is_refused() {
        for text in ["", "abc", "1,5", "1e400", "12345678901234567890123456789012345", "0.12345678901234567890123456789012345"] {
            assert_eq!(Amount::parse(text), Err(NotAnAmount), "{text}");
        }
    }
}
