//! Transfers between a company's own accounts: money that neither came in nor went out. Pure.
//!
//! A row out of one account and a row into another of the same company and currency, of exactly the same amount and at most three days apart, are one
//! transfer. Each row is used once, the nearest pair first in time.

use crate::money::Amount;
use std::collections::{BTreeMap, VecDeque};

/// Days between the two sides: a weekend.
pub const DAYS: i64 = 3;

/// A row as far as transfers are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Days since 1970.
    pub day: i64,
    /// Which account, by any number that tells accounts apart.
    pub account: usize,
    /// Exact.
    pub amount: Amount,
}

/// For each row, oldest first, whether it is one side of a transfer.
#[must_use]
pub fn own(legs: &[Leg]) -> Vec<bool> {
    let mut own = vec![false; legs.len()];
    let mut waiting: BTreeMap<Amount, VecDeque<usize>> = BTreeMap::new();
    for (index, leg) in legs.iter().enumerate() {
        if leg.amount == Amount::ZERO {
            continue;
        }
        let open = waiting.entry(leg.amount.magnitude()).or_default();
        while open.front().is_some_and(|first| legs[*first].day < leg.day - DAYS) {
            open.pop_front();
        }
        let other_side =
            |other: &usize| legs[*other].account != leg.account && legs[*other].amount.is_negative() != leg.amount.is_negative();
        match open.iter().rposition(other_side).and_then(|place| open.remove(place)) {
            Some(other) => {
                own[index] = true;
                own[other] = true;
            }
            None => open.push_back(index),
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leg(day: i64, account: usize, text: &str) -> Leg {
        Leg { day, account, amount: Amount::parse(text).expect(text) }
    }

    #[test]
    fn only_equal_amounts_between_two_accounts_within_a_weekend_are_a_transfer() {
        let legs = [
            leg(1, 0, "-500.00"),
            leg(1, 0, "500"),
            leg(3, 1, "500"),
            leg(3, 1, "500"),
            leg(9, 0, "-20"),
            leg(13, 1, "20"),
            leg(14, 1, "0"),
        ];
        assert_eq!(own(&legs), [true, false, true, false, false, false, false], "the same account, a second time and four days are none");
    }

    proptest! {
        #[test]
        fn what_is_left_out_adds_up_to_nothing(rows in prop::collection::vec((0_i64..40, 0_usize..3, -5_i64..5), 0..80)) {
            let mut legs: Vec<Leg> =
                rows.iter().map(|(day, account, units)| Leg { day: *day, account: *account, amount: Amount::from_units(*units, 0).expect("fits") }).collect();
            legs.sort_by_key(|leg| leg.day);
            let left_out = own(&legs);
            let sum: crate::money::Total = legs.iter().zip(&left_out).filter(|(_, own)| **own).map(|(leg, _)| leg.amount).collect();
            prop_assert_eq!(sum, crate::money::Total::default());
            prop_assert_eq!(left_out.iter().filter(|own| **own).count() % 2, 0);
        }
    }
}
