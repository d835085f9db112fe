//! How old data is, and the words for days. Pure: now is handed in.

use jiff::civil::Date;

const DAY_MS: i64 = 86_400_000;
/// What was last read longer ago than this week is stale.
pub const STALE_AFTER_MS: i64 = 7 * DAY_MS;

/// A day of the epoch's count.
#[must_use]
pub fn day_of_number(days_since_1970: i64) -> Option<Date> {
    let days = i32::try_from(days_since_1970).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days since 1970-01-01.
#[must_use]
pub fn number_of_day(day: Date) -> i64 {
    day.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24
}

/// `22 Nov 2026`, as the window writes days.
#[must_use]
pub fn in_words(day: Date) -> String {
    say::day(day.year(), day.month(), day.day())
}

/// How long ago something was last read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Never.
    Never,
    /// Within a week.
    Fresh,
    /// This many whole days.
    Stale(i64),
}

/// `last` against `now`, both UTC milliseconds; the future is fresh.
#[must_use]
pub fn of(last: Option<i64>, now: i64) -> Freshness {
    match last.map(|last| now.saturating_sub(last)) {
        None => Freshness::Never,
        Some(age) if age > STALE_AFTER_MS => Freshness::Stale(age / DAY_MS),
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
    fn a_week_is_fresh_and_a_moment_more_is_not() {
        let now = 1_800_000_000_000;
        assert_eq!(of(Some(now - STALE_AFTER_MS), now), Freshness::Fresh);
        assert_eq!(of(Some(now - STALE_AFTER_MS - 1), now), Freshness::Stale(7));
        assert_eq!(of(Some(now - 11 * DAY_MS), now), Freshness::Stale(11));
        assert_eq!(of(Some(now + DAY_MS), now), Freshness::Fresh, "another computer's clock may be ahead");
        assert_eq!(of(None, now), Freshness::Never);
    }
}
