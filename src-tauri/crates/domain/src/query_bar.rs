//! The transactions' query bar: `>1000 out payroll last 90 days`. Pure: today is handed in. What is not understood is said, never dropped.

use crate::money::Amount;
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use say::{say, word};

/// What was typed, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Lower-case words (or quoted phrases) to find; all of them.
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
    /// Lower-case part of a category's name, Codat's or the lender's own.
    pub category: Option<String>,
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

/// Pieces that count; the rest of a pasted book does not.
const MOST: usize = 24;
/// Written in capitals these are currencies, otherwise words to find.
const CURRENCIES: [&str; 30] = [
    "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "ISK", "JPY", "KRW", "MXN",
    "NOK", "NZD", "PLN", "RON", "RUB", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
];

impl Query {
    /// Reads the typed text. `today` is what "last 90 days" counts from.
    #[must_use]
    pub fn parse(text: &str, today: Date) -> Self {
        let mut query = Self::default();
        let pieces = pieces(text);
        let mut rest = pieces.as_slice();
        while let Some(piece) = rest.first() {
            if piece.quoted {
                query.word(piece.text);
                rest = &rest[1..];
                continue;
            }
            let spoken = spoken_period(rest, today);
            if let Some((count, from, to)) = spoken {
                let typed = rest[..count].iter().map(|piece| piece.text).collect::<Vec<_>>().join(" ");
                query.between(&typed, Some(from), Some(to));
                rest = &rest[count..];
                continue;
            }
            if !query.take(piece.text) {
                query.word(piece.text);
            }
            rest = &rest[1..];
        }
        query
    }

    fn word(&mut self, text: &str) {
        let word = text.trim().to_lowercase();
        if !word.is_empty() {
            self.words.push(word);
        }
    }

    /// True when the piece was a chip.
    fn take(&mut self, piece: &str) -> bool {
        if let Some(sign) = piece.chars().next().filter(|first| "<>=".contains(*first)) {
            self.size(piece, sign);
            return true;
        }
        if let Some(named) = named(piece) {
            let name = named.trim().to_lowercase();
            self.chip(piece, if name.is_empty() { say!("no category") } else { say!("category {name}", name) }, !name.is_empty());
            self.category = Some(name).filter(|name| !name.is_empty()).or(self.category.take());
            return true;
        }
        match piece.to_lowercase().as_str() {
            "in" => self.direction(piece, true),
            "out" => self.direction(piece, false),
            _ if CURRENCIES.contains(&piece) => {
                self.currency = Some(piece.to_owned());
                self.chip(piece, say!("in {currency} only", currency = piece), true);
            }
            _ => return self.period(piece),
        }
        true
    }

    fn direction(&mut self, piece: &str, money_in: bool) {
        self.money_in = Some(money_in);
        self.chip(piece, if money_in { word("money in") } else { word("money out") }, true);
    }

    fn size(&mut self, piece: &str, sign: char) {
        let digits = piece.trim_start_matches(['<', '>', '=']).trim_start_matches(['£', '€', '$']).replace(',', "");
        let Ok(amount) = Amount::parse(&digits) else {
            self.chip(piece, word("no amount"), false);
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
            '>' => say!("at least {amount}", amount),
            '<' => say!("at most {amount}", amount),
            _ => say!("exactly {amount}", amount),
        };
        self.chip(piece, words, true);
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
            self.chip(piece, word("no such day"), false);
            return true;
        }
        self.between(piece, from, to);
        true
    }

    fn between(&mut self, typed: &str, from: Option<Date>, to: Option<Date>) {
        self.from = from.or(self.from);
        self.to = to.or(self.to);
        let meaning = match (from, to) {
            (Some(from), Some(to)) if from == to => from.to_string(),
            (Some(from), Some(to)) if from > to => {
                self.chip(typed, word("ends before it begins"), false);
                return;
            }
            (Some(from), Some(to)) => say!("{from} to {to}", from, to),
            (Some(from), None) => say!("from {from}", from),
            (None, Some(to)) => say!("up to {to}", to),
            (None, None) => String::new(),
        };
        self.chip(typed, meaning, true);
    }

    fn chip(&mut self, text: &str, meaning: impl Into<String>, valid: bool) {
        self.chips.push(Chip { text: text.to_owned(), meaning: meaning.into(), valid });
    }
}

/// What stands behind `category:`, without its quotes.
fn named(piece: &str) -> Option<&str> {
    let named = piece.get(..9).filter(|head| head.eq_ignore_ascii_case("category:")).and(piece.get(9..))?;
    Some(named.trim_matches('"'))
}

#[derive(Clone, Copy, Debug)]
struct Piece<'a> {
    text: &'a str,
    quoted: bool,
}

/// Words, and phrases in double quotes. A quote that is not closed reaches to the end.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = vec![];
    let mut rest = text.trim_start();
    while !rest.is_empty() && found.len() < MOST {
        let (piece, after) = match rest.strip_prefix('"') {
            Some(inside) => {
                let (text, after) = inside.split_once('"').unwrap_or((inside, ""));
                (Piece { text, quoted: true }, after)
            }
            None => {
                // A name of several words stands in quotes behind `category:`.
                let inside = named(rest).and_then(|_| rest[9..].strip_prefix('"'));
                let quoted = inside.and_then(|inside| inside.find('"')).map(|end| rest.split_at(9 + 1 + end + 1));
                let (text, after) = quoted.or_else(|| rest.split_once(char::is_whitespace)).unwrap_or((rest, ""));
                (Piece { text, quoted: false }, after)
            }
        };
        found.push(piece);
        rest = after.trim_start();
    }
    found
}

/// `today`, `yesterday`, `this month`, `last month`, `last year`, `last 90 days`, `last full 12 months`: how many pieces, first and last day.
fn spoken_period(pieces: &[Piece<'_>], today: Date) -> Option<(usize, Date, Date)> {
    let words: Vec<String> = pieces.iter().take(4).take_while(|piece| !piece.quoted).map(|piece| piece.text.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let back = |span: Span| today.checked_sub(span).ok();
    let month_before = back(1.month())?;
    let year_before = back(1.year())?;
    match words.as_slice() {
        ["today", ..] => Some((1, today, today)),
        ["yesterday", ..] => back(1.day()).map(|day| (1, day, day)),
        ["this", "month", ..] => Some((2, today.first_of_month(), today.last_of_month())),
        ["this", "year", ..] => Some((2, today.first_of_year(), today.last_of_year())),
        ["last", "month", ..] => Some((2, month_before.first_of_month(), month_before.last_of_month())),
        ["last", "year", ..] => Some((2, year_before.first_of_year(), year_before.last_of_year())),
        ["last", "week", ..] => back(6.days()).map(|day| (2, day, today)),
        ["last", "full", count, "month" | "months", ..] => {
            let first = back(Span::new().try_months(number(count)?).ok()?)?;
            Some((4, first.first_of_month(), month_before.last_of_month()))
        }
        ["last", count, unit, ..] => {
            let count = number(count)?;
            let span = match *unit {
                "day" | "days" => Span::new().try_days(count - 1),
                "week" | "weeks" => Span::new().try_days(count * 7 - 1),
                "month" | "months" => Span::new().try_months(count),
                "year" | "years" => Span::new().try_years(count),
                _ => return None,
            };
            back(span.ok()?).map(|day| (3, day, today))
        }
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|count| (1..=3_660).contains(count))
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

    fn parse(text: &str) -> Query {
        Query::parse(text, date(2026, 11, 25))
    }

    #[test]
    fn chips_and_words_are_told_apart() {
        let query = parse(">1,000 out Payroll 2026-03 GBP");
        assert_eq!(query.words, ["payroll"]);
        assert_eq!(
            (query.money_in, query.at_least.map(|a| a.to_string()), query.currency.as_deref()),
            (Some(false), Some("1000".into()), Some("GBP"))
        );
        assert_eq!((query.from, query.to), (Some(date(2026, 3, 1)), Some(date(2026, 3, 31))));
        assert!(query.chips.iter().all(|chip| chip.valid));
    }

    #[test]
    fn a_category_is_named_in_one_word_or_in_quotes() {
        let query = parse("out category:\"Bank Charges\" Category:x fee");
        assert_eq!((query.category.as_deref(), query.words.as_slice()), (Some("x"), &["fee".to_owned()][..]), "the last one counts");
        let query = parse("category:\"Bank Charges\" fee");
        assert_eq!((query.category.as_deref(), query.chips[0].meaning.as_str()), (Some("bank charges"), "category bank charges"));
        assert!(!parse("category:").chips[0].valid && parse("category:").category.is_none());
        assert_eq!(parse("categoryé category").words, ["categoryé", "category"]);
    }

    #[test]
    fn sizes_are_magnitudes_and_may_carry_a_sign_of_money() {
        let table = [
            (">1000", Some("1000"), None),
            ("<50", None, Some("50")),
            ("=20", Some("20"), Some("20")),
            (">=£12.50", Some("12.50"), None),
            ("<=-3", None, Some("3")),
        ];
        for (text, least, most) in table {
            let query = parse(text);
            let shown = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
            assert_eq!((shown(query.at_least).as_deref(), shown(query.at_most).as_deref()), (least, most), "{text}");
        }
        assert_eq!(parse("in").money_in, Some(true));
        assert_eq!((parse("gbp").words, parse("GBP").words), (vec!["gbp".to_owned()], vec![]), "small letters are a word to find");
    }

    #[test]
    fn periods_may_be_open_and_nonsense_is_said() {
        let query = parse("2026-02..");
        assert_eq!((query.from, query.to), (Some(date(2026, 2, 1)), None));
        let query = parse("2026-01-10..2026-02");
        assert_eq!((query.from, query.to), (Some(date(2026, 1, 10)), Some(date(2026, 2, 28))));
        for text in [">much", "2026-13", "2026-02-30", "2026-05..2026-04"] {
            assert!(parse(text).chips.iter().any(|chip| !chip.valid), "{text} is shown as not understood");
        }
        assert_eq!(parse("4417 invoice").words, ["4417", "invoice"], "a number alone is a word to find");
    }

    #[test]
    fn spoken_periods_count_from_today() {
        let table = [
            ("today", date(2026, 11, 25), date(2026, 11, 25)),
            ("Yesterday", date(2026, 11, 24), date(2026, 11, 24)),
            ("last 90 days", date(2026, 8, 28), date(2026, 11, 25)),
            ("last week", date(2026, 11, 19), date(2026, 11, 25)),
            ("last 3 months", date(2026, 8, 25), date(2026, 11, 25)),
            ("last month", date(2026, 10, 1), date(2026, 10, 31)),
            ("this month", date(2026, 11, 1), date(2026, 11, 30)),
            ("last year", date(2025, 1, 1), date(2025, 12, 31)),
            ("last full 12 months", date(2025, 11, 1), date(2026, 10, 31)),
        ];
        for (text, from, to) in table {
            let query = parse(&format!("rent {text} out"));
            assert_eq!((query.from, query.to), (Some(from), Some(to)), "{text}");
            assert_eq!(
                (query.words.as_slice(), query.money_in),
                (&["rent".to_owned()][..], Some(false)),
                "{text}: the words around it stay"
            );
        }
        assert_eq!(parse("last orders 90").words, ["last", "orders", "90"], "a pub is no period");
    }

    #[test]
    fn quotes_hold_a_phrase_together_and_take_chips_their_meaning() {
        assert_eq!(parse("\"card fee\" \"in\"").words, ["card fee", "in"]);
        assert_eq!(parse("\"not closed").words, ["not closed"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,200}", words in proptest::collection::vec("last|full|[0-9]{1,6}|days|months|years|this|\"", 0..9)) {
            let _ = parse(&text);
            let _ = parse(&words.join(" "));
        }
    }
}
