//! The balance line: what was in the accounts at the end of each day. Pure.

use crate::money::{Amount, Total};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Closing balances of one account, oldest first.
pub type Closings = Vec<(Date, Amount)>;

/// What an account held at the end of a day: its last closing balance of that day or before. `None` before its first.
#[must_use]
pub fn on(closings: &[(Date, Amount)], day: Date) -> Option<Amount> {
    let after = closings.partition_point(|(closed, _)| *closed <= day);
    closings.get(after.checked_sub(1)?).map(|(_, amount)| *amount)
}

/// The last day on which any of the accounts told its balance: what was after it nobody knows.
#[must_use]
pub fn last_told(accounts: &[Closings]) -> Option<Date> {
    accounts.iter().filter_map(|closings| closings.last()).map(|(day, _)| *day).max()
}

/// What the accounts held together at the end of a day. `None` while one of them is not known, and after the last day that was told.
#[must_use]
pub fn together(accounts: &[Closings], day: Date) -> Option<Total> {
    let mut sum = Total::default();
    if last_told(accounts)? < day {
        return None;
    }
    for closings in accounts {
        sum.add(on(closings, day)?);
    }
    Some(sum)
}

/// Figures over the days of a period on which all accounts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// First such day.
    pub from: Date,
    /// Last such day.
    pub to: Date,
    /// Such days.
    pub days: u32,
    /// Sum of the days' balances by the number of days.
    pub average: Decimal,
    /// Smallest, and the first day it stood so.
    pub lowest: (Date, Decimal),
    /// Days that ended below zero.
    pub negative: u32,
}

/// Average, lowest and days below zero from `from` to `to`. `None` without a day on which all accounts are known.
#[must_use]
pub fn standing(accounts: &[Closings], from: Date, to: Date) -> Option<Standing> {
    let mut standing: Option<Standing> = None;
    let mut sum = Decimal::ZERO;
    let mut day = from;
    while day <= to {
        if let Some(held) = together(accounts, day) {
            let held = held.amount()?.decimal();
            sum = sum.checked_add(held)?;
            let so_far = standing.get_or_insert(Standing { from: day, to: day, days: 0, average: held, lowest: (day, held), negative: 0 });
            so_far.to = day;
            so_far.days += 1;
            so_far.negative += u32::from(held.is_sign_negative() && !held.is_zero());
            if held < so_far.lowest.1 {
                so_far.lowest = (day, held);
            }
        }
        day = day.checked_add(1.day()).ok()?;
    }
    let mut standing = standing?;
    standing.average = sum.checked_div(Decimal::from(standing.days))?;
    Some(standing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn closings(told: &[(i8, &str)]) -> Closings {
        told.iter().map(|(day, text)| (date(2026, 3, *day), Amount::parse(text).expect(text))).collect()
    }

    fn dec(text: &str) -> Decimal {
        text.parse().expect(text)
    }

    #[test]
    fn average_lowest_and_days_below_zero_are_those_computed_by_hand() {
        let accounts = [closings(&[(1, "100"), (4, "-50.50")]), closings(&[(2, "10"), (5, "20")])];
        let got = standing(&accounts, date(2026, 3, 1), date(2026, 3, 6)).expect("known from the 2nd");
        // 110, 110, −40.50, −30.50; the 6th was told by nobody.
        assert_eq!((got.from, got.to, got.days, got.negative), (date(2026, 3, 2), date(2026, 3, 5), 4, 2));
        assert_eq!((got.average, got.lowest), (dec("37.25"), (date(2026, 3, 4), dec("-40.50"))));
        assert_eq!(together(&accounts, date(2026, 3, 1)), None, "half of a sum is none");
        assert_eq!(standing(&accounts, date(2026, 2, 1), date(2026, 2, 28)), None);
        assert_eq!(standing(&[], date(2026, 3, 1), date(2026, 3, 6)), None);
    }

    proptest! {
        #[test]
        fn the_average_lies_between_the_lowest_and_the_highest(cents in prop::collection::vec(-100_000_i64..100_000, 1..60)) {
            let start = date(2026, 1, 1);
            let closings: Closings = (0_i64..).zip(&cents).map(|(number, cents)| {
                (start.checked_add(jiff::Span::new().days(number)).expect("day"), Amount::from_units(*cents, 2).expect("fits"))
            }).collect();
            let to = closings.last().expect("one").0;
            let got = standing(&[closings], start, to).expect("known");
            let highest = Decimal::new(*cents.iter().max().expect("one"), 2);
            prop_assert!(got.lowest.1 <= got.average.round_dp(10) && got.average.round_dp(10) <= highest);
            prop_assert_eq!(got.negative as usize, cents.iter().filter(|cents| **cents < 0).count());
        }
    }
}
