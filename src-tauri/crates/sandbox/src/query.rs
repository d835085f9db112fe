//! Codat's query language: `property op value`, joined by `&&` and `||`, grouped by `{}`.

use crate::answer::Refused;
use crate::world::Field;
use jiff::civil::DateTime;
use rust_decimal::Decimal;

/// A parsed query.
#[derive(Debug)]
pub(crate) enum Query {
    Test { property: String, op: Op, value: String },
    Both(Box<Query>, Box<Query>),
    Either(Box<Query>, Box<Query>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Unequal,
    Contains,
    Less,
    AtMost,
    More,
    AtLeast,
}

const OPS: [(&str, Op); 7] =
    [("!=", Op::Unequal), (">=", Op::AtLeast), ("<=", Op::AtMost), ("=", Op::Equal), ("~", Op::Contains), (">", Op::More), ("<", Op::Less)];

pub(crate) fn malformed() -> Refused {
    Refused::api(400, "Error parsing query - Malformed query.")
}

pub(crate) fn unresolved(property: &str, what: &str) -> Refused {
    Refused::api(400, format!("Error parsing query - Could not resolve property {property} on {what}"))
}

impl Query {
    pub(crate) fn parse(text: &str) -> Result<Self, Refused> {
        let mut rest = text.trim();
        let query = Self::either(&mut rest)?;
        if rest.trim().is_empty() { Ok(query) } else { Err(malformed()) }
    }

    fn either(rest: &mut &str) -> Result<Self, Refused> {
        let mut left = Self::both(rest)?;
        while let Some(after) = rest.trim_start().strip_prefix("||") {
            *rest = after;
            left = Self::Either(Box::new(left), Box::new(Self::both(rest)?));
        }
        Ok(left)
    }

    fn both(rest: &mut &str) -> Result<Self, Refused> {
        let mut left = Self::group(rest)?;
        while let Some(after) = rest.trim_start().strip_prefix("&&") {
            *rest = after;
            left = Self::Both(Box::new(left), Box::new(Self::group(rest)?));
        }
        Ok(left)
    }

    fn group(rest: &mut &str) -> Result<Self, Refused> {
        let text = rest.trim_start();
        if let Some(inside) = text.strip_prefix('{') {
            *rest = inside;
            let query = Self::either(rest)?;
            *rest = rest.trim_start().strip_prefix('}').ok_or_else(malformed)?;
            return Ok(query);
        }
        let end = ["&&", "||", "}"].iter().filter_map(|stop| text.find(stop)).min().unwrap_or(text.len());
        let (test, after) = text.split_at(end);
        *rest = after;
        let at = OPS.iter().filter_map(|(sign, op)| test.find(sign).map(|at| (at, sign.len(), *op)));
        // The earliest sign wins; at the same place the longer one.
        let (at, length, op) = at.min_by_key(|(at, length, _)| (*at, usize::MAX - length)).ok_or_else(malformed)?;
        let (property, value) = (test[..at].trim(), test[at + length..].trim());
        if property.is_empty() || value.is_empty() {
            return Err(malformed());
        }
        Ok(Self::Test { property: property.to_owned(), op, value: value.to_owned() })
    }

    /// Refuses a query that asks for a property which nothing in the list can have; an empty list refuses it too.
    pub(crate) fn check(&self, what: &str, known: &dyn Fn(&str) -> bool) -> Result<(), Refused> {
        match self {
            Self::Both(left, right) | Self::Either(left, right) => left.check(what, known).and_then(|()| right.check(what, known)),
            Self::Test { property, .. } if known(property) => Ok(()),
            Self::Test { property, .. } => Err(unresolved(property, what)),
        }
    }

    /// Whether a thing matches; `field` gives its properties.
    pub(crate) fn matches<'a>(&self, what: &str, field: &dyn Fn(&str) -> Field<'a>) -> Result<bool, Refused> {
        match self {
            Self::Both(left, right) => Ok(left.matches(what, field)? & right.matches(what, field)?),
            Self::Either(left, right) => Ok(left.matches(what, field)? | right.matches(what, field)?),
            Self::Test { property, op, value } => {
                let resolved = field(property);
                if resolved == Field::Unknown {
                    return Err(unresolved(property, what));
                }
                compare(&resolved, *op, value).ok_or_else(malformed)
            }
        }
    }
}

fn compare(field: &Field<'_>, op: Op, value: &str) -> Option<bool> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let ordering = match field {
        Field::Unknown => return None,
        Field::Missing => return Some(op == Op::Unequal),
        Field::Text(text) => {
            return match op {
                Op::Equal => Some(text.eq_ignore_ascii_case(value)),
                Op::Unequal => Some(!text.eq_ignore_ascii_case(value)),
                Op::Contains => Some(text.to_lowercase().contains(&value.to_lowercase())),
                _ => None,
            };
        }
        Field::Flag(flag) => flag.cmp(&value.parse().ok()?),
        Field::Number(number) => number.cmp(&value.parse::<Decimal>().ok()?),
        Field::When(when) => when.cmp(&moment(value)?),
    };
    match op {
        Op::Equal => Some(ordering == Equal),
        Op::Unequal => Some(ordering != Equal),
        Op::Less => Some(ordering == Less),
        Op::AtMost => Some(ordering != Greater),
        Op::More => Some(ordering == Greater),
        Op::AtLeast => Some(ordering != Less),
        Op::Contains => None,
    }
}

/// A date in any of the forms a client may send; zoned ones are read as UTC.
pub(crate) fn moment(text: &str) -> Option<DateTime> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(jiff::tz::Offset::UTC.to_datetime(instant));
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn field(name: &str) -> Field<'static> {
        match name {
            "name" => Field::Text(Cow::Borrowed("Acme Bakery")),
            "amount" => Field::Number("-25.5".parse().expect("number")),
            "posted" => Field::When(jiff::civil::date(2026, 3, 1).at(0, 0, 0, 0)),
            "none" => Field::Missing,
            _ => Field::Unknown,
        }
    }

    fn ask(text: &str) -> Result<bool, String> {
        Query::parse(text).and_then(|query| query.matches("Thing", &field)).map_err(|refused| refused.error)
    }

    #[test]
    fn s19_operators_precedence_and_groups() {
        for (text, wanted) in [
            ("name=acme bakery", true),
            ("name~BAKE", true),
            ("name!=Acme Bakery", false),
            ("amount<-25&&amount>=-25.5", true),
            ("posted>=2026-03-01", true),
            ("posted>2026-03-01T00:00:00Z", false),
            ("none=1", false),
            ("none!=1", true),
            ("name=x||name~acme&&amount>0", false),
            ("{name=x||name~acme}&&amount<0", true),
        ] {
            assert_eq!(ask(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn s19_bad_queries_are_refused_in_codats_words() {
        for text in ["name", "=x", "name=", "{name=x", "name=x}", "name=x&&", "name>x", "amount~5", "amount=x", "posted>soon"] {
            assert_eq!(ask(text), Err("Error parsing query - Malformed query.".into()), "{text}");
        }
        assert_eq!(ask("colour=red"), Err("Error parsing query - Could not resolve property colour on Thing".into()));
    }
}
