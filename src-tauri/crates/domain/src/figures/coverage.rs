//! Coverage: which whole months of an account are here, and what brings the ones that are not. Pure.
//!
//! A required month counts when it is over, was read to its end, and has rows or is proven empty: the balance stood still.

use crate::figures::Month;
use crate::money::Amount;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A history that begins later than this day of its month does not have that month whole.
pub const BEGINS_BY: i8 = 7;

/// What of an account is here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Rows per month.
    pub months: BTreeMap<Month, Rows>,
    /// Closing balances, oldest first.
    pub balances: Vec<(Date, Amount)>,
    /// Day of the last read that got to its end.
    pub read_to: Option<Date>,
}

/// Rows of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// How many.
    pub count: u32,
    /// Day of the first.
    pub first: Date,
    /// Day of the last.
    pub last: Date,
}

/// What is here of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Rows.
    Rows(u32),
    /// No row, and the balance stood still: an empty month is data.
    Empty,
    /// No row, but the balance moved: rows are missing.
    Gap,
    /// No row between months with rows, and no balance to tell why.
    Unproven,
    /// Before the first row that the bank gave.
    NotGiven,
    /// After what was read.
    NotRead,
}

/// A month of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Which.
    pub month: Month,
    /// What is here.
    pub cell: Cell,
    /// Why it is not here from its first day to its last.
    pub part: Option<Part>,
}

/// Why a month with rows, or without any, is not here whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is not over yet.
    NotOver,
    /// The last read was before its end.
    NotReadToEnd,
    /// The history begins after its first week.
    BeginsLate,
}

impl Covered {
    /// It counts among the required months.
    #[must_use]
    pub fn counts(self) -> bool {
        self.part.is_none() && matches!(self.cell, Cell::Rows(_) | Cell::Empty)
    }
}

/// The state of the connection that an account comes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Reads are possible.
    Open,
    /// The customer's consent is needed again.
    Closed,
}

/// What brings missing months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fix {
    /// Read the transactions.
    Refresh,
    /// Ask the customer for consent again.
    Renew,
    /// The bank has no more of this account: ask for the account used before it.
    AskAnother,
}

/// The months from `from` to `to`, as far as the account has them.
#[must_use]
pub fn cells(history: &History, from: Month, to: Month, today: Date) -> Vec<Covered> {
    from.up_to(to)
        .map(|month| {
            let cell = cell(history, month);
            Covered { month, cell, part: part(history, month, today) }
        })
        .collect()
}

fn cell(history: &History, month: Month) -> Cell {
    if let Some(rows) = history.months.get(&month) {
        return Cell::Rows(rows.count);
    }
    let Some((first, _)) = history.months.first_key_value() else {
        return match (history.read_to, history.balances.first()) {
            // The bank was asked, has the account, and told no row at all.
            (Some(read), Some(_)) if month <= Month::of(read) => stillness(history, month),
            (Some(read), None) if month <= Month::of(read) => Cell::NotGiven,
            _ => Cell::NotRead,
        };
    };
    if month < *first {
        return Cell::NotGiven;
    }
    if history.months.range(month..).next().is_none() && history.read_to.is_none_or(|read| read < month.first()) {
        return Cell::NotRead;
    }
    stillness(history, month)
}

/// What the balances on both sides of a month without rows tell.
fn stillness(history: &History, month: Month) -> Cell {
    let last_row = history.months.range(..month).next_back().map(|(_, rows)| rows.last);
    // A balance older than the last row tells nothing: the row moved it.
    let before = history.balances.iter().rev().find(|(day, _)| *day < month.first());
    let before = before.filter(|(day, _)| last_row.is_none_or(|last| *day >= last));
    let after = history.balances.iter().rev().find(|(day, _)| *day >= month.first() && *day <= month.last());
    match (before, after) {
        (Some((_, before)), Some((_, after))) if before == after => Cell::Empty,
        (Some(_), Some(_)) => Cell::Gap,
        _ if history.months.is_empty() => Cell::NotGiven,
        _ => Cell::Unproven,
    }
}

fn part(history: &History, month: Month, today: Date) -> Option<Part> {
    // Rows of a later month prove that the bank told this one to its end.
    let told = history.months.range(month.plus(1)..).next().is_some();
    let read = told || history.read_to.is_some_and(|read| read > month.last());
    if month.last() >= today {
        Some(Part::NotOver)
    } else if !read {
        Some(Part::NotReadToEnd)
    } else {
        let first = history.months.first_key_value().filter(|(first, rows)| **first == month && rows.first.day() > BEGINS_BY);
        first.map(|_| Part::BeginsLate)
    }
}

/// What would bring the missing ones of the required months; `None` when none is missing. `cut` says that the bank gave less than it has, because
/// the first read came late.
#[must_use]
pub fn fix(required: &[Covered], line: Line, cut: bool) -> Option<Fix> {
    let missing = || required.iter().filter(|each| !each.counts());
    // What lies before the bank's first row no read brings.
    let before_history = |each: &Covered| each.cell == Cell::NotGiven || each.part == Some(Part::BeginsLate);
    missing().next()?;
    Some(match line {
        Line::Closed => Fix::Renew,
        Line::Open if !missing().all(before_history) => Fix::Refresh,
        Line::Open if cut => Fix::Renew,
        Line::Open => Fix::AskAnother,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 25);

    fn month(number: i8) -> Month {
        Month::of(date(2026, number, 1))
    }

    fn history(rows: &[(i8, u32, i8, i8)], balances: &[(i8, i8, &str)], read_to: Option<Date>) -> History {
        let rows = rows.iter().map(|(of, count, first, last)| {
            (month(*of), Rows { count: *count, first: date(2026, *of, *first), last: date(2026, *of, *last) })
        });
        let balances = balances.iter().map(|(of, day, amount)| (date(2026, *of, *day), Amount::parse(amount).expect("amount")));
        History { months: rows.collect(), balances: balances.collect(), read_to }
    }

    fn told(history: &History, from: i8, to: i8) -> Vec<(Cell, bool)> {
        cells(history, month(from), month(to), TODAY).into_iter().map(|each| (each.cell, each.counts())).collect()
    }

    #[test]
    fn a_month_without_rows_is_data_when_the_balance_stood_still_and_a_gap_when_it_moved() {
        let rows = [(3, 4, 2, 20), (5, 2, 1, 9), (7, 1, 4, 4), (9, 1, 1, 1)];
        let balances = [(3, 31, "100.0"), (4, 30, "100.00"), (5, 31, "80"), (6, 30, "75.50"), (7, 31, "75.50")];
        let all = told(&history(&rows, &balances, Some(TODAY)), 2, 9);
        assert_eq!(
            all,
            [
                (Cell::NotGiven, false),
                (Cell::Rows(4), true),
                (Cell::Empty, true),
                (Cell::Rows(2), true),
                (Cell::Gap, false),
                (Cell::Rows(1), true),
                (Cell::Unproven, false),
                (Cell::Rows(1), true),
            ]
        );
    }

    #[test]
    fn a_balance_older_than_the_last_row_proves_nothing() {
        let rows = [(3, 4, 2, 20), (5, 2, 1, 9)];
        assert_eq!(told(&history(&rows, &[(3, 15, "100"), (4, 30, "90")], Some(TODAY)), 4, 4), [(Cell::Unproven, false)]);
        assert_eq!(told(&history(&rows, &[(3, 20, "100"), (4, 30, "90")], Some(TODAY)), 4, 4), [(Cell::Gap, false)]);
    }

    #[test]
    fn half_months_do_not_count() {
        let rows = [(8, 4, 8, 20), (9, 4, 1, 30), (10, 4, 1, 14), (11, 3, 1, 20)];
        let all = cells(&history(&rows, &[], Some(TODAY)), month(8), month(11), TODAY);
        assert_eq!(all.iter().map(|each| each.part).collect::<Vec<_>>(), [Some(Part::BeginsLate), None, None, Some(Part::NotOver)]);
        let stopped = history(&rows[..3], &[], Some(date(2026, 10, 15)));
        let all = cells(&stopped, month(8), month(11), TODAY);
        assert_eq!(all[2].part, Some(Part::NotReadToEnd), "rows to 14 October, read on the 15th");
        assert_eq!(all[3].cell, Cell::NotRead);
        let by_the_seventh = history(&[(8, 4, 7, 20), (9, 1, 1, 1)], &[], Some(TODAY));
        assert_eq!(told(&by_the_seventh, 8, 8), [(Cell::Rows(4), true)], "a week without rows is usual");
    }

    #[test]
    fn an_account_without_a_row_is_empty_only_when_its_balance_says_so() {
        assert_eq!(told(&history(&[], &[], None), 10, 10), [(Cell::NotRead, false)]);
        assert_eq!(told(&history(&[], &[], Some(TODAY)), 10, 10), [(Cell::NotGiven, false)]);
        let still = history(&[], &[(9, 30, "5"), (10, 31, "5")], Some(TODAY));
        assert_eq!(told(&still, 9, 10), [(Cell::NotGiven, false), (Cell::Empty, true)]);
    }

    #[test]
    fn what_is_missing_names_what_brings_it() {
        let of = |history: &History, line, cut| fix(&cells(history, month(5), month(10), TODAY), line, cut);
        let full: Vec<(i8, u32, i8, i8)> = (5..=11).map(|number| (number, 3, 1, 20)).collect();
        let complete = history(&full, &[], Some(TODAY));
        assert_eq!(of(&complete, Line::Closed, true), None, "nothing is missing");
        let begins_in_august = history(&full[3..], &[], Some(TODAY));
        assert_eq!(of(&begins_in_august, Line::Open, false), Some(Fix::AskAnother));
        assert_eq!(of(&begins_in_august, Line::Open, true), Some(Fix::Renew), "the first read came late: a new consent gives more");
        let stopped = history(&full[..4], &[], Some(date(2026, 8, 21)));
        assert_eq!(of(&stopped, Line::Open, true), Some(Fix::Refresh));
        assert_eq!(of(&stopped, Line::Closed, true), Some(Fix::Renew));
    }

    proptest! {
        #[test]
        fn more_rows_never_cover_less(days in prop::collection::btree_set(0_i32..330, 1..60), more in 0_i32..330) {
            let of = |days: &std::collections::BTreeSet<i32>| {
                let mut months = BTreeMap::new();
                for day in days {
                    let day = date(2026, 1, 1).checked_add(jiff::Span::new().days(*day)).expect("in 2026");
                    let rows = months.entry(Month::of(day)).or_insert(Rows { count: 0, first: day, last: day });
                    rows.count += 1;
                    rows.last = day;
                }
                let history = History { months, balances: vec![], read_to: Some(TODAY) };
                cells(&history, month(1), month(10), TODAY).into_iter().map(Covered::counts).collect::<Vec<_>>()
            };
            let fewer = of(&days);
            let mut all = days.clone();
            all.insert(more);
            // An earlier beginning may leave a new half month, but never takes one away that was whole.
            for (before, after) in fewer.iter().zip(of(&all)) {
                prop_assert!(!before || after);
            }
        }
    }
}
