//! How old data is, and the words for it. Pure: today is handed in.

use jiff::civil::Date;

/// Data this old is stale, in days.
pub const STALE_DAYS: i64 = 7;

/// A day of the epoch's count.
#[must_use]
pub fn day_of_number(days_since_1970: i64) -> Option<Date> {
    let days = i32::try_from(days_since_1970).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days since 1970-01-01.
#[must_use]
pub fn number_of_day(day: Date) -> i64 {
    i64::from(day.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24)
}

/// `22 Nov 2026`.
#[must_use]
pub fn in_words(day: Date) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = usize::try_from(day.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

/// How old the newest data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing was ever read.
    Never,
    /// Within a week.
    Fresh,
    /// This many days.
    Stale(i64),
}

/// `newest` day against `today`; a day in the future is fresh.
#[must_use]
pub fn of(newest: Option<Date>, today: Date) -> Freshness {
    match newest.map(|newest| number_of_day(today) - number_of_day(newest)) {
        None => Freshness::Never,
        Some(days) if days > STALE_DAYS => Freshness::Stale(days),
        Some(_) => Freshness::Fresh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_numbers_agree_both_ways() {
        for (day, number) in [(date(1970, 1, 1), 0), (date(1969, 12, 31), -1), (date(2026, 11, 22), 20_779)] {
            assert_eq!((number_of_day(day), day_of_number(number)), (number, Some(day)));
        }
        assert_eq!(day_of_number(i64::MAX), None);
        assert_eq!(in_words(date(2026, 11, 2)), "2 Nov 2026");
    }

    #[test]
    fn a_week_is_fresh_and_the_eighth_day_is_not() {
        let today = date(2026, 11, 25);
        assert_eq!(of(Some(date(2026, 11, 18)), today), Freshness::Fresh);
        assert_eq!(of(Some(date(2026, 11, 17)), today), Freshness::Stale(8));
        assert_eq!(of(Some(date(2026, 12, 1)), today), Freshness::Fresh, "a bank's value date may lie ahead");
        assert_eq!(of(None, today), Freshness::Never);
    }
}
