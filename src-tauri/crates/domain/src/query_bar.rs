//! The transactions' query bar: `>1000 out payroll 2026-03`. Pure; what is not understood is said, never dropped.

use crate::money::Amount;
use jiff::civil::Date;

/// What was typed, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Lower-case words to find.
    pub words: Vec<String>,
    /// Money in (true) or out (false) only.
    pub money_in: Option<bool>,
    /// Magnitude at least.
    pub at_least: Option<Amount>,
    /// Magnitude at most.
    pub at_most: Option<Amount>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// Currency.
    pub currency: Option<String>,
    /// The pieces, for showing back.
    pub chips: Vec<Chip>,
}

/// A piece of what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// As typed.
    pub text: String,
    /// In words.
    pub meaning: String,
    /// Understood.
    pub valid: bool,
}

const CURRENCIES: [&str; 12] = ["GBP", "EUR", "USD", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "JPY", "CZK"];

impl Query {
    /// Reads the typed text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for piece in text.split_whitespace().take(24) {
            if !query.take(piece) {
                let word = piece.to_lowercase();
                query.words.push(word);
            }
        }
        query
    }

    /// True when the piece was a chip.
    fn take(&mut self, piece: &str) -> bool {
        if let Some(sign) = piece.chars().next().filter(|first| "<>=".contains(*first)) {
            self.size(piece, sign);
            return true;
        }
        match piece.to_lowercase().as_str() {
            "in" => self.direction(piece, true),
            "out" => self.direction(piece, false),
            _ if CURRENCIES.contains(&piece) => {
                self.currency = Some(piece.to_owned());
                self.chip(piece, format!("in {piece} only"), true);
            }
            _ => return self.period(piece),
        }
        true
    }

    fn direction(&mut self, piece: &str, money_in: bool) {
        self.money_in = Some(money_in);
        self.chip(piece, if money_in { "money in" } else { "money out" }, true);
    }

    fn size(&mut self, piece: &str, sign: char) {
        let digits = piece.trim_start_matches(['<', '>', '=']).replace(',', "");
        let Ok(amount) = Amount::parse(&digits) else {
            self.chip(piece, "no amount", false);
            return;
        };
        let amount = amount.magnitude();
        if sign != '<' {
            self.at_least = Some(amount);
        }
        if sign != '>' {
            self.at_most = Some(amount);
        }
        let words = match sign {
            '>' => "at least",
            '<' => "at most",
            _ => "exactly",
        };
        self.chip(piece, format!("{words} {amount}"), true);
    }

    /// `2026`, `2026-03`, `2026-03-01`, or two of them with `..` between.
    fn period(&mut self, piece: &str) -> bool {
        if !piece.starts_with(|c: char| c.is_ascii_digit()) && !piece.contains("..") {
            return false;
        }
        let (first, last) = piece.split_once("..").unwrap_or((piece, piece));
        let looks_like_a_day =
            |text: &str| text.is_empty() || (text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
        if !looks_like_a_day(first)
            || !looks_like_a_day(last)
            || (!piece.contains(['-', '.']) && !(1990..2100).contains(&piece.parse::<i32>().unwrap_or(0)))
        {
            return false;
        }
        let from = span(first).map(|(from, _)| from);
        let to = span(last).map(|(_, to)| to);
        if (from.is_none() && !first.is_empty()) || (to.is_none() && !last.is_empty()) || (first.is_empty() && last.is_empty()) {
            self.chip(piece, "no such day", false);
            return true;
        }
        self.from = from.or(self.from);
        self.to = to.or(self.to);
        let meaning = match (from, to) {
            (Some(from), Some(to)) if from == to => from.to_string(),
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(to)) => format!("up to {to}"),
            (None, None) => String::new(),
        };
        self.chip(piece, meaning, true);
        true
    }

    fn chip(&mut self, text: &str, meaning: impl Into<String>, valid: bool) {
        self.chips.push(Chip { text: text.to_owned(), meaning: meaning.into(), valid });
    }
}

/// First and last day of a day, month or year.
fn span(text: &str) -> Option<(Date, Date)> {
    match text.len() {
        4 => {
            let first = format!("{text}-01-01").parse::<Date>().ok()?;
            Some((first, first.last_of_year()))
        }
        7 => {
            let first = format!("{text}-01").parse::<Date>().ok()?;
            Some((first, first.last_of_month()))
        }
        10 => text.parse().ok().map(|day| (day, day)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn chips_and_words_are_told_apart() {
        let query = Query::parse(">1,000 out Payroll 2026-03 GBP");
        assert_eq!(query.words, ["payroll"]);
        assert_eq!(
            (query.money_in, query.at_least.map(|a| a.to_string()), query.currency.as_deref()),
            (Some(false), Some("1000".into()), Some("GBP"))
        );
        assert_eq!((query.from, query.to), (Some(date(2026, 3, 1)), Some(date(2026, 3, 31))));
        assert!(query.chips.iter().all(|chip| chip.valid));
    }

    #[test]
    fn periods_may_be_open_and_nonsense_is_said() {
        let query = Query::parse("2026-02..");
        assert_eq!((query.from, query.to), (Some(date(2026, 2, 1)), None));
        let query = Query::parse("2026-01-10..2026-02");
        assert_eq!((query.from, query.to), (Some(date(2026, 1, 10)), Some(date(2026, 2, 28))));
        for text in [">much", "2026-13", "2026-02-30"] {
            assert!(Query::parse(text).chips.iter().any(|chip| !chip.valid), "{text} is shown as not understood");
        }
        assert_eq!(Query::parse("4417 invoice").words, ["4417", "invoice"], "a number alone is a word to find");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            let _ = Query::parse(&text);
        }
    }
}
