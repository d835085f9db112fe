//! A month of the calendar.

use jiff::ToSpan as _;
use jiff::civil::Date;
use std::fmt;

/// A month of the calendar, by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// The month that a day is in.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// From months since the year 0. `None` outside the calendar.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let (year, month) = (i16::try_from(number.div_euclid(12)).ok()?, i8::try_from(number.rem_euclid(12) + 1).ok()?);
        Date::new(year, month, 1).ok().map(Self)
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Date {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// So many months later, or earlier. Stays where it is at the calendar's end.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        self.0.checked_add(months.months()).map_or(self, Self)
    }

    /// This month and those after it, up to and with `last`.
    pub fn up_to(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.plus(1)).filter(|next| next > month)).take_while(move |month| *month <= last)
    }

    /// `Mar 2026`.
    #[must_use]
    pub fn in_words(self) -> String {
        say::month(self.0.year(), self.0.month())
    }
}

impl fmt::Display for Month {
    /// `2026-03`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_are_counted_named_and_walked() {
        let march = Month::of(date(2026, 3, 31));
        assert_eq!((march.to_string(), march.in_words()), ("2026-03".into(), "Mar 2026".into()));
        assert_eq!((march.first(), march.last()), (date(2026, 3, 1), date(2026, 3, 31)));
        assert_eq!(Month::from_number(2026 * 12 + 2), Some(march));
        assert_eq!(Month::from_number(i64::MAX), None);
        let walked: Vec<String> = march.plus(-3).up_to(march).map(|month| month.to_string()).collect();
        assert_eq!(walked, ["2025-12", "2026-01", "2026-02", "2026-03"]);
        assert_eq!(march.up_to(march.plus(-1)).count(), 0);
    }
}
