//! Who pays in and who is paid, from the bank's own words. Pure.

use crate::bank_search::fold;
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

/// The merchant as told, else the words of the description that stay when numbers and payment words are taken out. `None` when nothing stays.
#[must_use]
pub fn of(merchant: Option<&str>, description: &str) -> Option<Counterparty> {
    if let Some(merchant) = merchant.map(str::trim).filter(|merchant| !merchant.is_empty()) {
        return Some(Counterparty {
            key: fold(merchant),
            name: merchant.to_owned(),
            finds: format!("\"{}\"", merchant.replace('"', " ").trim()),
        });
    }
    let telling = |word: &&str| {
        let folded = fold(word);
        !folded.is_empty() && !word.contains(|c: char| c.is_ascii_digit()) && !PAYMENT_WORDS.contains(&folded.as_str())
    };
    let words: Vec<&str> = description.split_whitespace().filter(telling).take(8).collect();
    if words.is_empty() {
        return None;
    }
    let name = words.join(" ");
    let finds = words.iter().map(|word| format!("\"{}\"", word.replace('"', ""))).collect::<Vec<_>>().join(" ");
    Some(Counterparty { key: fold(&name), name, finds })
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

impl Parties {
    /// Adds a row by its magnitude.
    pub fn add(&mut self, who: Option<Counterparty>, amount: Amount) {
        let amount = amount.magnitude();
        self.whole.add(amount);
        self.rows += 1;
        let party = match who {
            None => {
                let square = amount.decimal().checked_mul(amount.decimal());
                self.unnamed_squares = square.and_then(|square| self.unnamed_squares.checked_add(square)).unwrap_or(self.unnamed_squares);
                &mut self.unnamed
            }
            Some(who) => self.found.entry(who.key).or_insert_with(|| Party { name: who.name, finds: who.finds, ..Party::default() }),
        };
        party.sum.add(amount);
        party.rows += 1;
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
        let name = |text: &str| of(None, text).map(|who| who.name);
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
            parties.add(of(Some(who), ""), amount(paid));
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
                parties.add(of(Some(&format!("payer {number}x")), ""), Amount::from_units(*cents, 2).expect("fits"));
            }
            let hhi = parties.hhi().expect("an index");
            prop_assert!(hhi <= 10_000);
            prop_assert!(u64::from(hhi) + 1 >= 10_000 / u64::try_from(sums.len()).expect("few"));
        }
    }
}
