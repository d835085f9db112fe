//! What all four kinds of banking record share: an identity, a day to filter by, fields to query and sort by, and
//! their JSON as it goes over the wire. Paging, querying and stamping belong to the API, not here.

use jiff::{Timestamp, civil::DateTime};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::fmt::Write as _;

/// One banking record of a ledger.
pub trait Record {
    /// Codat's data type key, for example `banking-transactions`.
    const DATA_TYPE: &'static str;

    /// The record's own id; balances have none.
    fn id(&self) -> Option<&str>;

    /// A key that stays the same for the life of the record: its id, or for a balance its account and day.
    fn key(&self) -> Cow<'_, str>;

    /// When it happened, in the business's local time. The history limits of a provider filter by this.
    fn at(&self) -> DateTime;

    /// The value behind a (dotted, case-insensitive) property path of Codat's query language. `modifiedDate` is the
    /// caller's: it belongs to the sync that last touched the record.
    fn field(&self, path: &str) -> Field<'_>;

    /// Appends the record as one JSON object. `modified` becomes `modifiedDate`, in the form this record uses.
    fn write_json(&self, modified: Timestamp, out: &mut String);

    /// The record as a JSON object of its own.
    fn to_json(&self, modified: Timestamp) -> String {
        let mut out = String::with_capacity(640);
        self.write_json(modified, &mut out);
        out
    }
}

/// A value a query can compare.
#[derive(Clone, Debug, PartialEq)]
pub enum Field<'a> {
    /// The type has no such property: the query is wrong.
    Unknown,
    /// The property exists; this record does not have it (absent or null).
    Missing,
    /// Text.
    Text(Cow<'a, str>),
    /// An exact number.
    Number(Decimal),
    /// A flag.
    Flag(bool),
    /// A date, in the business's local time.
    When(DateTime),
}

/// The forms in which dates travel. One connection mixes them, as Codat's own examples do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateForm {
    /// `2022-10-27T10:22:43.6464237Z`
    SevenDigits,
    /// `2022-10-27T10:22:43.497225Z`
    SixDigits,
    /// `2022-10-27T10:22:43.000Z`
    Millis,
    /// `2022-10-27T10:22:43Z`
    Seconds,
    /// `2022-10-27T00:00:00`: no zone, the business's local time
    Unzoned,
    /// `2022-10-27`
    DateOnly,
    /// `2022-10-27T10:22:43+01:00`: named by the contract, rare
    Offset,
}

impl DateForm {
    /// All seven, the six observed ones first.
    pub const ALL: [Self; 7] =
        [Self::SevenDigits, Self::SixDigits, Self::Millis, Self::Seconds, Self::Unzoned, Self::DateOnly, Self::Offset];

    /// Appends a local date and time in this form (no quotes). The written time is the given one in every form: the
    /// sandbox's businesses live on UTC, except for [`DateForm::Offset`], where they live an hour east of it.
    pub fn write(self, at: DateTime, out: &mut String) {
        let (date, time) = (at.date(), at.time());
        // `String` never refuses a write.
        let _ = write!(out, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
        if self == Self::DateOnly {
            return;
        }
        let _ = write!(out, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        let nanos = time.subsec_nanosecond();
        let _ = match self {
            Self::SevenDigits => write!(out, ".{:07}Z", nanos / 100),
            Self::SixDigits => write!(out, ".{:06}Z", nanos / 1_000),
            Self::Millis => write!(out, ".{:03}Z", nanos / 1_000_000),
            Self::Seconds => write!(out, "Z"),
            Self::Offset => write!(out, "+01:00"),
            Self::Unzoned | Self::DateOnly => Ok(()),
        };
    }

    /// Appends an instant in this form, read as UTC where the form has no zone.
    pub fn write_instant(self, at: Timestamp, out: &mut String) {
        let shift = if self == Self::Offset { jiff::tz::offset(1) } else { jiff::tz::Offset::UTC };
        self.write(shift.to_datetime(at), out);
    }
}

/// Appends a JSON string literal.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends an amount as a JSON number literal: `-25`, `205.78`, `0`; trailing noughts are dropped.
pub(crate) fn write_amount(amount: Decimal, out: &mut String) {
    let _ = write!(out, "{}", amount.normalize());
}

/// Writes the members of one JSON object, commas and all.
pub(crate) struct Object<'o> {
    out: &'o mut String,
    first: bool,
}

impl<'o> Object<'o> {
    pub(crate) fn open(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    /// Writes the member's name and hands out the place for its value.
    pub(crate) fn member(&mut self, name: &str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        write_text(value, self.member(name));
    }

    /// A member whose name came from outside.
    pub(crate) fn text_as(&mut self, name: &str, value: &str) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        write_text(name, self.out);
        self.out.push(':');
        write_text(value, self.out);
    }

    pub(crate) fn amount(&mut self, name: &str, value: Decimal) {
        write_amount(value, self.member(name));
    }

    pub(crate) fn null(&mut self, name: &str) {
        self.member(name).push_str("null");
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.member(name).push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn date(&mut self, name: &str, form: DateForm, at: DateTime) {
        let out = self.member(name);
        out.push('"');
        form.write(at, out);
        out.push('"');
    }

    pub(crate) fn instant(&mut self, name: &str, form: DateForm, at: Timestamp) {
        let out = self.member(name);
        out.push('"');
        form.write_instant(at, out);
        out.push('"');
    }

    pub(crate) fn close(self) {
        self.out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_date_form_is_written_as_observed() {
        let at = date(2022, 10, 27).at(10, 22, 43, 646_423_700);
        let written: Vec<String> = DateForm::ALL
            .iter()
            .map(|form| {
                let mut out = String::new();
                form.write(at, &mut out);
                out
            })
            .collect();
        assert_eq!(
            written,
            [
                "2022-10-27T10:22:43.6464237Z",
                "2022-10-27T10:22:43.646423Z",
                "2022-10-27T10:22:43.646Z",
                "2022-10-27T10:22:43Z",
                "2022-10-27T10:22:43",
                "2022-10-27",
                "2022-10-27T10:22:43+01:00",
            ],
            "S64: clients meet all of them"
        );
    }

    #[test]
    fn amounts_are_number_literals_without_noise() {
        let literal = |text: &str| {
            let mut out = String::new();
            write_amount(text.parse().expect("a decimal"), &mut out);
            out
        };
        assert_eq!(literal("-25.00"), "-25", "whole amounts travel without a point");
        assert_eq!(literal("205.78"), "205.78");
        assert_eq!(literal("0.00"), "0");
        assert_eq!(literal("3.4127397260273973"), "3.4127397260273973", "more digits than a double can hold");
    }

    #[test]
    fn text_from_anywhere_stays_json() {
        let mut out = String::new();
        write_text("a \"b\" \\ \n é 漢", &mut out);
        assert_eq!(serde_json::from_str::<String>(&out).expect("valid JSON"), "a \"b\" \\ \n é 漢");
    }
}
