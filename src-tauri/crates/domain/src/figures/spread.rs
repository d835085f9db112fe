//! How much months differ. Pure.

use rust_decimal::Decimal;

/// Standard deviation of the months (all of them, not a sample) by their mean, in percent with one decimal. `None` with fewer than three months or
/// a mean of nothing.
#[must_use]
pub fn volatility(months: &[Decimal]) -> Option<Decimal> {
    if months.len() < 3 {
        return None;
    }
    let count = Decimal::from(months.len());
    let mut sum = Decimal::ZERO;
    for month in months {
        sum = sum.checked_add(*month)?;
    }
    let mean = sum.checked_div(count)?;
    let mut squares = Decimal::ZERO;
    for month in months {
        // Relative to the mean, so that large amounts do not outgrow the digits.
        let off = (*month - mean).checked_div(mean)?;
        squares = squares.checked_add(off.checked_mul(off)?)?;
    }
    Some((root(squares.checked_div(count)?)? * Decimal::ONE_HUNDRED).round_dp(1))
}

/// Square root by Newton's steps, to 20 decimals.
fn root(square: Decimal) -> Option<Decimal> {
    if square.is_zero() {
        return Some(Decimal::ZERO);
    }
    let mut guess = square.max(Decimal::ONE);
    for _ in 0..120 {
        let next = (guess + square.checked_div(guess)?) / Decimal::TWO;
        if (next - guess).abs() < Decimal::new(1, 20) {
            return Some(next);
        }
        guess = next;
    }
    Some(guess)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(months: &[i64]) -> Option<Decimal> {
        volatility(&months.iter().map(|month| Decimal::from(*month)).collect::<Vec<_>>())
    }

    #[test]
    fn volatility_is_that_computed_by_hand() {
        assert_eq!(of(&[100, 100, 100]), Some(Decimal::ZERO));
        // Mean 100, deviations −20, 0, 20: root of 800/3 = 16.33.
        assert_eq!(of(&[80, 100, 120]), Some(Decimal::new(163, 1)));
        // Mean 5, the textbook's deviation of 2.
        assert_eq!(of(&[2, 4, 4, 4, 5, 5, 7, 9]), Some(Decimal::new(400, 1)));
        assert_eq!(of(&[0, 0, 0]), None);
        assert_eq!(of(&[5, 6]), None, "two months tell nothing");
    }

    proptest! {
        #[test]
        fn it_does_not_depend_on_the_unit(months in prop::collection::vec(1_i64..1_000_000, 3..24), factor in 1_i64..1_000) {
            let larger: Vec<i64> = months.iter().map(|month| month * factor).collect();
            prop_assert_eq!(of(&months), of(&larger));
        }

        #[test]
        fn a_root_squared_is_the_number(units in 0_i64..1_000_000_000) {
            let number = Decimal::new(units, 4);
            let root = root(number).expect("a root");
            prop_assert_eq!((root * root).round_dp(10), number);
        }
    }
}
