//! Who pays in and who is paid, from the bank's own words. Pure.

use crate::bank_search::{fold, fold_into};
use crate::money::{Amount, Total};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// What banks write before or behind a name: how it was paid, not by whom.
const PAYMENT_WORDS: [&str; 40] = [
    "bacs",
    "bgc",
    "bp",
    "card",
    "chaps",
    "chq",
    "credit",
    "ct",
    "cpt",
    "dd",
    "deb",
    "debit",
    "direct",
    "dpc",
    "fp",
    "fpi",
    "fpo",
    "fps",
    "from",
    "inst",
    "instant",
    "inv",
    "invoice",
    "no",
    "number",
    "order",
    "payment",
    "ref",
    "reference",
    "received",
    "sct",
    "sdd",
    "sepa",
    "sent",
    "slip",
    "so",
    "standing",
    "stn",
    "tfr",
    "to",
];

/// Words of a description that make a name.
const MOST_WORDS: usize = 8;

/// A counterparty as far as the bank tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Counterparty {
    /// What makes rows belong together: folded words, numbers and payment words left out.
    pub key: String,
    /// For showing.
    pub name: String,
    /// What finds its rows in the query bar.
    pub finds: String,
}

/// Where a row tells its counterparty. Rows come by the ten thousand and counterparties by the hundred: a name is made for those only.
#[derive(Clone, Copy, Debug)]
pub enum Told<'r> {
    /// The merchant, as told.
    Merchant(&'r str),
    /// Words of the description that stay when numbers and payment words are taken out.
    Words([&'r str; MOST_WORDS], usize),
}

impl<'r> Told<'r> {
    /// `None` when nothing names anybody.
    #[must_use]
    pub fn by(merchant: Option<&'r str>, description: &'r str) -> Option<Self> {
        if let Some(merchant) = merchant.map(str::trim).filter(|merchant| !merchant.is_empty()) {
            return Some(Self::Merchant(merchant));
        }
        let (mut words, mut count) = ([""; MOST_WORDS], 0);
        for (place, word) in words.iter_mut().zip(description.split_whitespace().filter(|word| is_telling(word))) {
            *place = word;
            count += 1;
        }
        (count > 0).then_some(Self::Words(words, count))
    }

    /// Writes the key behind what stands there.
    pub fn key(&self, out: &mut String) {
        match self {
            Self::Merchant(merchant) => fold_into(merchant, out),
            Self::Words(words, count) => {
                for (at, word) in words[..*count].iter().enumerate() {
                    if at > 0 {
                        out.push(' ');
                    }
                    fold_into(word, out);
                }
            }
        }
    }

    /// All of it.
    #[must_use]
    pub fn counterparty(&self) -> Counterparty {
        let mut key = String::new();
        self.key(&mut key);
        match self {
            Self::Merchant(merchant) => {
                Counterparty { key, name: (*merchant).to_owned(), finds: format!("\"{}\"", merchant.replace('"', " ").trim()) }
            }
            Self::Words(words, count) => {
                let words = &words[..*count];
                let finds = words.iter().map(|word| format!("\"{}\"", word.replace('"', ""))).collect::<Vec<_>>().join(" ");
                Counterparty { key, name: words.join(" "), finds }
            }
        }
    }
}

fn is_telling(word: &str) -> bool {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if word.is_ascii() {
        return !PAYMENT_WORDS.iter().any(|payment| payment.eq_ignore_ascii_case(word));
    }
    let folded = fold(word);
    !folded.is_empty() && !PAYMENT_WORDS.contains(&folded.as_str())
}

/// Sums per counterparty of one direction and currency.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    found: HashMap<String, Party>,
    whole: Total,
    rows: u32,
    unnamed: Party,
    /// Squares of rows without a name: each counts as a counterparty of its own.
    unnamed_squares: Decimal,
    /// The key at hand.
    key: String,
}

/// What one counterparty paid or was paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Name for showing; empty when the bank told none.
    pub name: String,
    /// What finds its rows in the query bar.
    pub finds: String,
    /// Sum, always positive.
    pub sum: Total,
    /// Rows.
    pub rows: u32,
}

impl Party {
    fn add(&mut self, amount: Amount) {
        self.sum.add(amount);
        self.rows += 1;
    }
}

impl Parties {
    /// Adds a row by its magnitude.
    pub fn add(&mut self, who: Option<Told<'_>>, amount: Amount) {
        let Some(told) = who else { return self.add_unnamed(amount) };
        let amount = self.counted(amount);
        self.key.clear();
        told.key(&mut self.key);
        match self.found.get_mut(&self.key) {
            Some(party) => party.add(amount),
            None => self.meet(&told.counterparty()).add(amount),
        }
    }

    /// Adds a row whose counterparty is made already.
    pub fn add_named(&mut self, who: &Counterparty, amount: Amount) {
        let amount = self.counted(amount);
        match self.found.get_mut(&who.key) {
            Some(party) => party.add(amount),
            None => self.meet(who).add(amount),
        }
    }

    /// Adds a row that names nobody.
    pub fn add_unnamed(&mut self, amount: Amount) {
        let amount = self.counted(amount);
        let square = amount.decimal().checked_mul(amount.decimal());
        self.unnamed_squares = square.and_then(|square| self.unnamed_squares.checked_add(square)).unwrap_or(self.unnamed_squares);
        self.unnamed.add(amount);
    }

    fn counted(&mut self, amount: Amount) -> Amount {
        let amount = amount.magnitude();
        self.whole.add(amount);
        self.rows += 1;
        amount
    }

    fn meet(&mut self, who: &Counterparty) -> &mut Party {
        let party = Party { name: who.name.clone(), finds: who.finds.clone(), ..Party::default() };
        self.found.entry(who.key.clone()).or_insert(party)
    }

    /// Largest first, by name where sums are equal; rows without a name are nobody's.
    #[must_use]
    pub fn ranked(&self) -> Vec<&Party> {
        let worth = |party: &Party| party.sum.amount().map_or(Decimal::MAX, Amount::decimal);
        let mut ranked: Vec<(Decimal, &Party)> = self.found.values().map(|party| (worth(party), party)).collect();
        ranked.sort_by(|(left, one), (right, other)| right.cmp(left).then_with(|| one.name.cmp(&other.name)));
        ranked.into_iter().map(|(_, party)| party).collect()
    }

    /// Sum over all rows.
    #[must_use]
    pub fn whole(&self) -> &Total {
        &self.whole
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Rows whose words name nobody.
    #[must_use]
    pub fn unnamed(&self) -> &Party {
        &self.unnamed
    }

    /// A sum's share of the whole in percent, one decimal.
    #[must_use]
    pub fn share(&self, sum: &Total) -> Option<Decimal> {
        let (part, whole) = (sum.amount()?.decimal(), self.whole.amount()?.decimal());
        Some((part.checked_div(whole)? * Decimal::ONE_HUNDRED).round_dp(1))
    }

    /// Herfindahl-Hirschman index: the sum of the squared percent shares, 10,000 when one pays everything. Whoever has no name counts by himself, so
    /// the figure is never too high.
    #[must_use]
    pub fn hhi(&self) -> Option<u32> {
        let whole = self.whole.amount()?.decimal();
        let share = |sum: Decimal| sum.checked_div(whole).map(|share| share * share);
        let mut index = self.unnamed_squares.checked_div(whole)?.checked_div(whole)?;
        for party in self.found.values() {
            index = index.checked_add(share(party.sum.amount()?.decimal())?)?;
        }
        u32::try_from((index * Decimal::from(10_000)).round()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).expect(text)
    }

    #[test]
    fn a_name_is_what_stays_of_the_banks_words() {
        let of = |merchant, text| Told::by(merchant, text).map(|told| told.counterparty());
        let name = |text| of(None, text).map(|who| who.name);
        assert_eq!(name("FPI ALDERTON HOTELS INV 48211").as_deref(), Some("ALDERTON HOTELS"));
        assert_eq!(name("SEPA CT Müller & Söhne RF4711").as_deref(), Some("Müller & Söhne"));
        assert_eq!(name("REF 99 TO 2026-03-01"), None, "no name is no name");
        let one = of(None, "DD ALDERTON hotels 7").expect("a name");
        assert_eq!(one.key, of(None, "FPI Alderton Hotels INV 8").expect("a name").key, "the same whatever the case and the number");
        let told = of(Some(" Lidl \"GB\" "), "CARD 1").expect("a name");
        assert_eq!((told.name.as_str(), told.finds.as_str()), ("Lidl \"GB\"", "\"Lidl  GB\""));
        assert_eq!(one.finds, "\"ALDERTON\" \"hotels\"");
    }

    #[test]
    fn shares_and_the_index_are_those_computed_by_hand() {
        let mut parties = Parties::default();
        for (who, paid) in [("A", "50"), ("B", "20"), ("A", "10.00"), ("C", "-20")] {
            parties.add(Told::by(Some(who), ""), amount(paid));
        }
        let ranked = parties.ranked();
        assert_eq!(ranked.iter().map(|party| (party.name.as_str(), party.rows)).collect::<Vec<_>>(), [("A", 2), ("B", 1), ("C", 1)]);
        assert_eq!(parties.share(&ranked[0].sum), Some(Decimal::new(600, 1)));
        assert_eq!(parties.hhi(), Some(4_400), "60² + 20² + 20²");
        for _ in 0..2 {
            parties.add(None, amount("50"));
        }
        assert_eq!(parties.hhi(), Some(2_350), "30² + 10² + 10² + 25² + 25² = 900 + 200 + 1250");
        assert_eq!((parties.unnamed().rows, parties.rows()), (2, 6));
        assert_eq!(Parties::default().hhi(), None, "of nothing there is no share");
    }

    proptest! {
        #[test]
        fn the_index_lies_between_an_equal_split_and_one_payer(sums in prop::collection::vec(1_i64..1_000_000, 1..40)) {
            let mut parties = Parties::default();
            for (number, cents) in sums.iter().enumerate() {
                parties.add(Told::by(Some(&format!("payer {number}x")), ""), Amount::from_units(*cents, 2).expect("fits"));
            }
            let hhi = parties.hhi().expect("an index");
            prop_assert!(hhi <= 10_000);
            prop_assert!(u64::from(hhi) + 1 >= 10_000 / u64::try_from(sums.len()).expect("few"));
        }
    }
}
