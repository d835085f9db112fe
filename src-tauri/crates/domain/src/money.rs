//! Exact money. An amount is read from the digits on the wire and is never a floating-point number; a sum is exact whatever is added.

use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt;

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

    /// Reads a JSON number's literal text: `-25`, `205.78`, `1.5e3`. Every digit counts: nothing is rounded.
    ///
    /// # Errors
    /// When it is no number or has more digits than can be held exactly.
    pub fn parse(text: &str) -> Result<Self, NotAnAmount> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i64>().map_err(|_| NotAnAmount)?),
            None => (text, 0),
        };
        let (negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
        let (whole, decimals) = match number.split_once('.') {
            Some((_, "")) => return Err(NotAnAmount),
            Some(parts) => parts,
            None => (number, ""),
        };
        if whole.is_empty() {
            return Err(NotAnAmount);
        }
        let mut units = 0_i128;
        for digit in whole.bytes().chain(decimals.bytes()) {
            if !digit.is_ascii_digit() {
                return Err(NotAnAmount);
            }
            units = units.checked_mul(10).and_then(|units| units.checked_add(i128::from(digit - b'0'))).ok_or(NotAnAmount)?;
        }
        let decimals = i64::try_from(decimals.len()).map_err(|_| NotAnAmount)?;
        let scale = decimals.checked_sub(exponent).ok_or(NotAnAmount)?;
        fit(if negative { -units } else { units }, scale).ok_or(NotAnAmount)
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

    /// Exact sum; `None` when it needs more digits than can be held. A [`Total`] has no such limit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.0.scale().max(other.0.scale());
        let at = |amount: Self| amount.0.mantissa().checked_mul(10_i128.checked_pow(scale - amount.0.scale())?);
        fit(at(self)?.checked_add(at(other)?)?, i64::from(scale))
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

/// Units and scale as an amount. Zeros at the end go only where there is no room for them.
fn fit(mut units: i128, mut scale: i64) -> Option<Amount> {
    if units == 0 {
        scale = scale.clamp(0, 28);
    }
    while scale < 0 {
        units = units.checked_mul(10)?;
        scale += 1;
    }
    loop {
        let held = u32::try_from(scale).ok().filter(|scale| *scale <= 28);
        if let Some(Ok(decimal)) = held.map(|scale| Decimal::try_from_i128_with_scale(units, scale)) {
            return Some(Amount(decimal));
        }
        if scale == 0 || units % 10 != 0 {
            return None;
        }
        units /= 10;
        scale -= 1;
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

/// A sum of amounts of one currency. Exact whatever is added, up to two thousand million amounts of 28 digits.
#[derive(Clone, Debug, Default)]
pub struct Total {
    /// Units per scale: amounts of one scale are whole numbers, and whole numbers add up exactly.
    parts: BTreeMap<u32, i128>,
}

impl Total {
    /// Adds an amount.
    pub fn add(&mut self, amount: Amount) {
        self.add_units(amount.0.mantissa(), amount.0.scale());
    }

    /// Takes an amount away.
    pub fn take(&mut self, amount: Amount) {
        self.add_units(-amount.0.mantissa(), amount.0.scale());
    }

    /// Adds units of ten to the minus `scale`.
    pub fn add_units(&mut self, units: i128, scale: u32) {
        let part = self.parts.entry(scale).or_insert(0);
        *part = part.saturating_add(units);
    }

    /// Adds another sum.
    pub fn add_total(&mut self, other: &Self) {
        for (scale, units) in &other.parts {
            self.add_units(*units, *scale);
        }
    }

    /// Takes another sum away.
    pub fn take_total(&mut self, other: &Self) {
        for (scale, units) in &other.parts {
            self.add_units(-*units, *scale);
        }
    }

    /// The sum as one amount; `None` when it needs more digits than one can hold.
    #[must_use]
    pub fn amount(&self) -> Option<Amount> {
        Amount::parse(&self.to_string()).ok()
    }

    /// The sum as compact text that [`Total::unpack`] reads back: `1234e-2 5e0`.
    #[must_use]
    pub fn pack(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(|(scale, units)| format!("{units}e-{scale}")).collect();
        parts.join(" ")
    }

    /// Reads what [`Total::pack`] wrote.
    #[must_use]
    pub fn unpack(text: &str) -> Option<Self> {
        let mut total = Self::default();
        for part in text.split_whitespace() {
            let (units, scale) = part.split_once("e-")?;
            total.add_units(units.parse().ok()?, scale.parse().ok().filter(|scale| *scale <= 28)?);
        }
        Some(total)
    }

    /// Sign, digits (largest first) and how many of them are decimals.
    fn digits(&self) -> (bool, Vec<u8>, usize) {
        let scale = self.parts.keys().next_back().copied().unwrap_or(0);
        let (mut plus, mut minus) = (vec![], vec![]);
        for (own, units) in &self.parts {
            let side = if *units < 0 { &mut minus } else { &mut plus };
            let zeros = usize::try_from(scale - own).unwrap_or(0);
            add_digits(side, &format!("{}{}", units.unsigned_abs(), "0".repeat(zeros)));
        }
        let negative = longer(&minus, &plus);
        let (large, small) = if negative { (minus, plus) } else { (plus, minus) };
        let mut digits = take_digits(large, &small);
        let decimals = usize::try_from(scale).unwrap_or(0);
        digits.resize(digits.len().max(decimals + 1), 0);
        digits.reverse();
        (negative, digits, decimals)
    }
}

/// Digits smallest first, without zeros at the end: is left the larger number.
fn longer(left: &[u8], right: &[u8]) -> bool {
    left.len() > right.len() || left.len() == right.len() && left.iter().rev().gt(right.iter().rev())
}

/// Adds a decimal text to digits, smallest first.
fn add_digits(digits: &mut Vec<u8>, text: &str) {
    let mut carry = 0;
    let mut more = text.trim_start_matches('0').bytes().rev();
    for place in 0.. {
        let next = more.next();
        if next.is_none() && carry == 0 {
            return;
        }
        if place == digits.len() {
            digits.push(0);
        }
        if let Some(digit) = digits.get_mut(place) {
            let sum = *digit + next.map_or(0, |byte| byte - b'0') + carry;
            *digit = sum % 10;
            carry = sum / 10;
        }
    }
}

/// Takes the smaller number from the larger, both smallest digit first.
fn take_digits(mut large: Vec<u8>, small: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    for (place, digit) in large.iter_mut().enumerate() {
        let less = small.get(place).copied().unwrap_or(0) + borrow;
        borrow = u8::from(*digit < less);
        *digit = *digit + 10 * borrow - less;
    }
    while large.last() == Some(&0) {
        large.pop();
    }
    large
}

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        let value = |total: &Self| {
            let (negative, mut digits, mut decimals) = total.digits();
            while decimals > 0 && digits.last() == Some(&0) {
                digits.pop();
                decimals -= 1;
            }
            (negative, digits, decimals)
        };
        value(self) == value(other)
    }
}

impl Eq for Total {}

impl From<Amount> for Total {
    fn from(amount: Amount) -> Self {
        let mut total = Self::default();
        total.add(amount);
        total
    }
}

impl FromIterator<Amount> for Total {
    fn from_iter<I: IntoIterator<Item = Amount>>(amounts: I) -> Self {
        let mut total = Self::default();
        amounts.into_iter().for_each(|amount| total.add(amount));
        total
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, digits, decimals) = self.digits();
        if negative {
            f.write_str("-")?;
        }
        let point = digits.len() - decimals;
        for (place, digit) in digits.iter().enumerate() {
            if place == point {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).expect(text)
    }

    fn total(texts: &[&str]) -> Total {
        texts.iter().map(|text| amount(text)).collect()
    }

    #[test]
    fn what_was_sent_is_what_is_shown() {
        for text in
            ["-25", "205.78", "0", "0.00", "-0.01", "123456789012345.67", "1234567890123456789.0001", "1234567890123456789012345678"]
        {
            assert_eq!(amount(text).to_string(), text, "decimals are kept as sent");
        }
        for (text, shown) in
            [("1.5e3", "1500"), ("-2.5E-3", "-0.0025"), ("1E+2", "100"), ("0e99", "0"), ("10e-29", "0.0000000000000000000000000001")]
        {
            assert_eq!(amount(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn sums_are_exact_where_floats_are_not() {
        let ten = (0..10).try_fold(Amount::ZERO, |sum, _| sum.plus(amount("0.1")));
        assert_eq!(ten.expect("fits").to_string(), "1.0");
        assert_eq!(amount("99999999999999999999999999").plus(amount("0.001")), None, "never rounded: rather no sum than a wrong one");
    }

    #[test]
    fn what_cannot_be_held_exactly_is_refused() {
        let refused = [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "abc",
            "1,5",
            "+1",
            "1 ",
            "1_000",
            "0x10",
            "NaN",
            "1e",
            "1e1.5",
            "1e400",
            "1e-30",
            "1e99999999999999999999",
            "12345678901234567890123456789012345",
            "0.12345678901234567890123456789012345",
        ];
        for text in refused {
            assert_eq!(Amount::parse(text), Err(NotAnAmount), "{text}");
        }
    }

    #[test]
    fn a_total_is_exact_where_an_amount_has_no_room() {
        let far_apart = ["7900000000000000000000000000", "0.0000000000000000000000000001"];
        assert_eq!(total(&far_apart).to_string(), "7900000000000000000000000000.0000000000000000000000000001");
        assert_eq!(total(&["5.00", "-5"]).to_string(), "0.00");
        assert_eq!(total(&[]).to_string(), "0");
        assert_eq!(total(&["0.1", "0.25", "-1"]).to_string(), "-0.65");
        let mut sum = total(&["10", "0.5"]);
        sum.take(amount("0.5"));
        assert_eq!(sum, Total::from(amount("10.00")), "equal is what is worth the same");
    }

    proptest! {
        #[test]
        fn a_total_agrees_with_whole_number_arithmetic(rows in prop::collection::vec((-10_i64.pow(12)..10_i64.pow(12), 0_u32..7), 0..40)) {
            let mut total = Total::default();
            let mut micro = 0_i128;
            for (units, scale) in &rows {
                total.add(Amount::from_units(*units, *scale).expect("fits"));
                micro += i128::from(*units) * 10_i128.pow(6 - scale);
            }
            let mut other = Total::default();
            other.add_units(micro, 6);
            prop_assert_eq!(&total, &other);
            prop_assert_eq!(Total::unpack(&total.pack()), Some(total.clone()));
            if let Ok(amount) = Amount::parse(&total.to_string()) {
                prop_assert_eq!(Total::from(amount), total, "what is shown is what it is");
            }
        }

        #[test]
        fn every_number_that_is_held_is_held_exactly(units in any::<i64>(), scale in 0_u32..19) {
            let amount = Amount::from_units(units, scale).expect("fits");
            prop_assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Amount::parse(&format!("{units}e-{scale}")), Ok(amount));
        }
    }
}
