//! Dates as Codat sends them, in six forms. The text is kept; an unzoned time is never shifted into another zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::fmt;

/// A date or time as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WireDate(String);

impl WireDate {
    /// Keeps the text as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day that the text names, whatever its zone. `None` when it names none.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        day(&self.0)
    }

    /// The instant, only when the text says its zone.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }

    /// The instant, reading an unzoned text as UTC: for ordering Codat's own stamps, never for showing.
    #[must_use]
    pub fn instant_or_utc(&self) -> Option<Timestamp> {
        instant_or_utc(&self.0)
    }
}

/// The day that a text names, whatever its zone.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// The instant that a text names, reading an unzoned one as UTC.
#[must_use]
pub fn instant_or_utc(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
    })
}

impl fmt::Display for WireDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_six_forms_name_their_day_and_only_zoned_ones_an_instant() {
        let forms = [
            ("2022-10-27T10:22:43.6464237Z", true),
            ("2022-10-27T10:22:43.497225Z", true),
            ("2022-10-27T10:22:43Z", true),
            ("2022-10-27T23:30:00+02:00", true),
            ("2022-10-27T00:00:00", false),
            ("2022-10-27", false),
        ];
        for (text, zoned) in forms {
            let date = WireDate::new(text);
            assert_eq!(date.day(), Some(jiff::civil::date(2022, 10, 27)), "{text} is shown as the day it names");
            assert_eq!(date.instant().is_some(), zoned, "{text}");
            assert!(date.instant_or_utc().is_some(), "{text} can be ordered");
        }
    }

    #[test]
    fn nonsense_has_no_day_and_keeps_its_text() {
        for text in ["", "soon", "2022-13-45", "été-2022-1"] {
            assert_eq!((WireDate::new(text).day(), WireDate::new(text).as_str()), (None, text));
        }
    }
}
