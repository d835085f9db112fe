//! How a transaction is packed: its key, its id, its date. Pure; the words of migration 0002 say why.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use std::borrow::Cow;

/// Days that fit a key: 1850-01-01 to 2208-11-08, as days since 1970.
const DAYS: std::ops::RangeInclusive<i64> = -43_829..=87_242;
const LARGEST_COMPANY: i64 = (1 << 22) - 1;

/// The smallest key of a company's day; a day that does not fit goes to the nearest that does.
pub(crate) fn floor(company: i64, day: i64) -> i64 {
    company << 41 | (day.clamp(*DAYS.start(), *DAYS.end()) - DAYS.start()) << 24
}

/// The largest key of a company's day.
pub(crate) fn ceiling(company: i64, day: i64) -> i64 {
    floor(company, day) | 0xFF_FFFF
}

/// The day of a key.
pub(crate) fn day_of(k: i64) -> i64 {
    (k >> 24 & 0x1_FFFF) + DAYS.start()
}

/// The company of a key.
pub(crate) fn company_of(k: i64) -> i64 {
    k >> 41
}

/// The number of a company, if keys have room for it.
pub(crate) fn checked_company(n: i64) -> rusqlite::Result<i64> {
    if (0..=LARGEST_COMPANY).contains(&n) { Ok(n) } else { Err(rusqlite::Error::IntegralValueOutOfRange(0, n)) }
}

/// The day itself, when the key cannot hold it.
pub(crate) fn odd_day(day: i64) -> Option<i64> {
    if DAYS.contains(&day) { None } else { Some(day) }
}

/// Year, month and day of a day since 1970, by the Gregorian calendar's 400-year cycle.
fn civil(day: i64) -> (i64, i64, i64) {
    // Counted from 1 March of the year 0: leap days then come last.
    let shifted = day + 719_468;
    let (cycle, of_cycle) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + cycle * 400 + i64::from(month <= 2), month, date)
}

/// Months since the year 0.
pub(crate) fn month_of(day: i64) -> i64 {
    let (year, month, _) = civil(day.clamp(-4_000_000, 4_000_000));
    year * 12 + month - 1
}

/// First day of a month since the year 0.
pub(crate) fn first_day_of(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let (year, shifted) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (cycle, of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    cycle * 146_097 + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + (153 * shifted + 2) / 5 - 719_468
}

/// A day as dates begin, while its year has four digits.
pub(crate) fn day_text(day: i64) -> Option<String> {
    if !(-719_528..=2_932_896).contains(&day) {
        return None;
    }
    let (year, month, date) = civil(day);
    Some(format!("{year:04}-{month:02}-{date:02}"))
}

/// What a date as sent has beside its day. `None` is midnight without a zone, which most have.
pub(crate) fn rest<'a>(day_text: Option<&str>, date_text: &'a str) -> Option<Cow<'a, str>> {
    let rest = day_text.and_then(|day| date_text.strip_prefix(day));
    match rest {
        Some("T00:00:00") => None,
        Some(rest) => Some(Cow::Borrowed(rest)),
        None => Some(Cow::Owned(format!("={date_text}"))),
    }
}

/// The date as it was sent.
pub(crate) fn date_text(day: i64, rest: Option<&str>) -> String {
    match rest.map(|rest| rest.strip_prefix('=').ok_or(rest)) {
        Some(Ok(whole)) => whole.to_owned(),
        Some(Err(rest)) => day_text(day).unwrap_or_default() + rest,
        None => day_text(day).unwrap_or_default() + "T00:00:00",
    }
}

/// A transaction's id: 16 bytes when it is a UUID as usually written, which halves the index, else its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PackedId<'a> {
    Uuid([u8; 16]),
    Text(Cow<'a, str>),
}

impl<'a> PackedId<'a> {
    pub(crate) fn new(id: &'a str) -> Self {
        uuid(id).map_or(Self::Text(Cow::Borrowed(id)), Self::Uuid)
    }

    /// From its column, without a copy.
    pub(crate) fn read(value: ValueRef<'a>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(bytes) => bytes.try_into().map(Self::Uuid).map_err(|_| FromSqlError::InvalidType),
            ValueRef::Text(_) => Ok(Self::Text(Cow::Borrowed(value.as_str()?))),
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Err(FromSqlError::InvalidType),
        }
    }
}

fn uuid(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 16];
    let mut half = 0;
    for (place, byte) in text.iter().enumerate() {
        if matches!(place, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
            continue;
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        let slot: &mut u8 = bytes.get_mut(half / 2)?;
        *slot = *slot << 4 | digit;
        half += 1;
    }
    Some(bytes)
}

impl ToSql for PackedId<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Uuid(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl FromSql for PackedId<'static> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        PackedId::read(value).map(|id| match id {
            PackedId::Uuid(bytes) => Self::Uuid(bytes),
            PackedId::Text(text) => Self::Text(Cow::Owned(text.into_owned())),
        })
    }
}

impl std::fmt::Display for PackedId<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Uuid(bytes) => {
                for (place, byte) in bytes.iter().enumerate() {
                    let dash = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
                    write!(f, "{dash}{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn since_1970(day: jiff::civil::Date) -> i64 {
        day.duration_since(date(1970, 1, 1)).as_hours() / 24
    }

    #[test]
    fn keys_of_a_company_are_one_range_in_the_order_of_days() {
        let first = since_1970(date(1850, 1, 1));
        assert_eq!((floor(3, first), day_of(floor(3, first)), odd_day(first)), (3 << 41, first, None));
        assert!(ceiling(3, i64::MAX) < floor(4, i64::MIN), "companies do not touch");
        assert_eq!(company_of(ceiling(LARGEST_COMPANY, i64::MAX)), LARGEST_COMPANY);
        assert!(checked_company(LARGEST_COMPANY + 1).is_err(), "rather no key than a wrong one");
    }

    #[test]
    fn a_date_comes_back_as_it_was_sent() {
        for text in
            ["2026-03-01T00:00:00", "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01T23:30:00+02:00", "2026-02-30", "=x", "", "soon"]
        {
            let day = since_1970(date(2026, 3, 1));
            assert_eq!(date_text(day, rest(day_text(day).as_deref(), text).as_deref()), text);
        }
        assert_eq!(rest(Some("2026-03-01"), "2026-03-01T00:00:00"), None, "what most rows have takes no room");
    }

    #[test]
    fn only_a_uuid_as_usually_written_is_packed() {
        assert!(matches!(PackedId::new("6f9619ff-8b86-d011-b42d-00c04fc964ff"), PackedId::Uuid(_)));
        for id in [
            "6F9619FF-8B86-D011-B42D-00C04FC964FF",
            "6f9619ff8b86d011b42d00c04fc964ff",
            "plaid_Xy",
            "",
            "6f9619ff-8b86-d011-b42d-00c04fc964f-",
        ] {
            assert_eq!(PackedId::new(id), PackedId::Text(id.into()));
        }
    }

    proptest! {
        #[test]
        fn the_calendar_agrees_with_the_library(day in -719_162_i64..2_932_896) {
            let known = date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).expect("in range");
            prop_assert_eq!(day_text(day), Some(known.to_string()));
            let month = month_of(day);
            prop_assert_eq!(month, i64::from(known.year()) * 12 + i64::from(known.month()) - 1);
            prop_assert_eq!(first_day_of(month), since_1970(known.first_of_month()));
            prop_assert_eq!(day_of(floor(9, day)), day.clamp(*DAYS.start(), *DAYS.end()));
        }

        #[test]
        fn any_id_comes_back(bytes in any::<[u8; 16]>(), text in ".{0,40}") {
            let written = PackedId::Uuid(bytes).to_string();
            prop_assert_eq!(PackedId::new(&written), PackedId::Uuid(bytes));
            prop_assert_eq!(PackedId::new(&text).to_string(), text.clone());
        }
    }
}
