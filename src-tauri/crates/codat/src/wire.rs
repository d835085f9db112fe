//! How values stand on the wire: numbers by their digits, dates by their text, and nothing where null, absent and empty all mean nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A number's literal digits, lent by the answer they stand in, so that no amount ever passes through a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits<'a>(&'a str);

impl<'a> Digits<'a> {
    /// The digits exactly as sent, for example `-1234.50` or `1.5e3`.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Digits<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(from)?.get();
        if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Ok(Self(text));
        }
        Err(serde::de::Error::custom("expected a number"))
    }
}

impl fmt::Display for Digits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A date or time as it was sent, in any of six forms. An unzoned one is never shifted into another zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WireDate(String);

impl WireDate {
    /// The text exactly as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day that the text names, whatever its zone; `None` when it names none.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.0.get(..10)?.parse().ok()
    }

    /// The instant, only when the text says its zone.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }
}

impl From<String> for WireDate {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for WireDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// null and absent are the same; so is an empty text, which Codat sends where it means nothing.
pub(crate) fn filled<'de, D: Deserializer<'de>, T: From<String>>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()).map(T::from))
}

/// The same, lent by the answer where it holds no escapes.
pub(crate) fn lent<'de, D: Deserializer<'de>, T: From<Cow<'de, str>>>(from: D) -> Result<Option<T>, D::Error> {
    struct Text;

    impl<'de> Visitor<'de> for Text {
        type Value = Option<Cow<'de, str>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_none<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
            from.deserialize_str(self)
        }

        fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
            Ok(Some(Cow::Borrowed(text)))
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(Cow::Owned(text.to_owned())))
        }
    }

    Ok(from.deserialize_option(Text)?.filter(|text| !text.is_empty()).map(T::from))
}

/// null where the reference says there is always something.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A text that was a number in some answers.
pub(crate) fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(from)?;
    Ok(raw.map(|raw| serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())).unwrap_or_default())
}

/// Old answers wrote members with a capital. Gives the same JSON with every member's first letter small; values stay to the letter.
pub(crate) fn small_members(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(open) = rest.find('"') {
        let Some(length) = text_length(&rest[open + 1..]) else { break };
        let close = open + 1 + length;
        let is_member = rest[close + 1..].trim_start().starts_with(':');
        out.push_str(&rest[..=open]);
        let text = &rest[open + 1..close];
        match text.chars().next().filter(|_| is_member) {
            Some(first) => {
                out.push(first.to_ascii_lowercase());
                out.push_str(&text[first.len_utf8()..]);
            }
            None => out.push_str(text),
        }
        out.push('"');
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

// Bytes up to the quote that closes a JSON text.
fn text_length(after_quote: &str) -> Option<usize> {
    let mut escaped = false;
    after_quote.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c28_all_six_forms_name_their_day_and_only_zoned_ones_an_instant() {
        let forms = [
            ("2022-10-27T10:22:43.6464237Z", true),
            ("2022-10-27T10:22:43.497225Z", true),
            ("2022-10-27T10:22:43Z", true),
            ("2022-10-27T23:30:00+02:00", true),
            ("2022-10-27T00:00:00", false),
            ("2022-10-27", false),
        ];
        for (text, zoned) in forms {
            let date = WireDate::from(text.to_owned());
            assert_eq!((date.as_str(), date.day()), (text, Some(jiff::civil::date(2022, 10, 27))), "{text} is the day it names");
            assert_eq!(date.instant().is_some(), zoned, "{text}");
        }
        assert_eq!(WireDate::from("soon".to_owned()).day(), None);
    }

    #[test]
    fn c27_digits_are_kept_and_a_text_is_no_amount() {
        for text in ["0", "-25", "205.78", "-1234567890123456.10", "1.5e3", "123456789012345678901234567890.12"] {
            assert_eq!(serde_json::from_str::<Digits<'_>>(text).expect(text).as_str(), text, "a float would have lost digits");
        }
        for text in ["\"5\"", "true", "null", "[1]"] {
            assert!(serde_json::from_str::<Digits<'_>>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn members_lose_their_capital_and_values_do_not() {
        let json = r#"{"Id":"Id","Amount": -1.50 ,"List":[{"Name" : "A \" : B"}],"odd\\":"Q","É":"x"}"#;
        assert_eq!(small_members(json), r#"{"id":"Id","amount": -1.50 ,"list":[{"name" : "A \" : B"}],"odd\\":"Q","É":"x"}"#);
        assert_eq!(small_members("\"broken"), "\"broken");
    }
}
