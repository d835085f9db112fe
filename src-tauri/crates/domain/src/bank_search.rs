//! Finding a bank while its name is being typed: accents folded, words in any order, other names of a bank known,
//! one slip of a finger forgiven and said. Pure and instant; it lists and never picks.
//!
//! An [`Index`] takes the names apart once. A search weighs every typed word against the vocabulary (whole word, other
//! name, beginning, inside, one slip away), adds up per bank, and prefers banks whose whole name was typed, then
//! business log-ins. A team's own history with a bank is not known here.

mod fold;
mod index;
mod paste;
mod slip;
mod weigh;

use crate::bank_kind::BankKind;
use index::{Entry, Term};
use say::say;

pub use fold::fold;
pub(crate) use fold::fold_into;

/// How much of a typed text is looked at, in characters.
pub const LONGEST_TEXT: usize = 100;

/// One bank to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankName {
    /// Platform key.
    pub key: String,
    /// Name as Codat tells it.
    pub name: String,
}

/// What to leave out and how much to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Also list personal log-ins. Asking for "personal" in words lists them too.
    pub personal: bool,
    /// First hit to tell.
    pub offset: usize,
    /// How many hits to tell; `total` counts all.
    pub limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { personal: false, offset: 0, limit: 200 }
    }
}

/// What was found, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// Matches in all.
    pub total: usize,
    /// Personal log-ins that matched and are hidden.
    pub hidden_personal: usize,
    /// Why the list is what it is, when the words were bent: "Showing natwest. You typed natwset, two letters swapped."
    pub note: Option<String>,
    /// The hits of the window.
    pub hits: Vec<Hit>,
}

/// One bank that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which bank, in the order the index was made from.
    pub bank: usize,
    /// How well; higher is better, comparable within one search only.
    pub score: u32,
    /// Matched parts of the name: start and length in characters, in order, without overlap.
    pub matched: Vec<(u32, u32)>,
    /// Why it matched when the name alone does not show it, for example "Part of NatWest Group".
    pub reason: Option<String>,
}

/// The banks, prepared once for many searches.
#[derive(Clone, Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
    terms: Vec<Term>,
}

impl Index {
    /// Prepares a list of banks.
    #[must_use]
    pub fn new(banks: impl IntoIterator<Item = BankName>) -> Self {
        let banks: Vec<BankName> = banks.into_iter().collect();
        let index::Prepared { entries, terms } = index::prepare(&banks);
        Self { entries, terms }
    }

    /// How many banks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A bank's kind, as read from its key and name.
    #[must_use]
    pub fn kind(&self, bank: usize) -> BankKind {
        self.entries.get(bank).map_or(BankKind::Unsaid, |entry| entry.kind)
    }

    /// Lists what fits the typed text, best first. An empty text lists all, the well-known first.
    #[must_use]
    pub fn search(&self, text: &str, options: Options) -> Matches {
        let text: String = text.chars().take(LONGEST_TEXT).collect();
        let Some(pasted) = paste::recognise(text.trim()) else { return self.search_words(&text, options) };
        let what = pasted.what;
        let Some(bank) = pasted.bank else {
            let note = say!("This looks like a customer's {what}, of a bank not known by its number. Type the bank's name instead.", what);
            return Matches { note: Some(note), ..Matches::default() };
        };
        let found = self.search_words(bank, options);
        let note = if what == "IBAN" {
            say!("Showing {bank}. You pasted an IBAN, and it names that bank.", bank)
        } else {
            say!("Showing {bank}. You pasted a {what}, and it names that bank.", bank, what)
        };
        Matches { note: Some(note), ..found }
    }

    fn search_words(&self, text: &str, options: Options) -> Matches {
        let typed = weigh::typed_words(text);
        let found = if typed.is_empty() { weigh::everything(&self.entries) } else { weigh::weigh(&self.entries, &self.terms, &typed) };
        let personal_asked = options.personal || typed.iter().any(|word| index::kind_asked(word) == Some(BankKind::Personal));
        let all = found.ranked.len();
        let shown: Vec<_> =
            found.ranked.into_iter().filter(|ranked| personal_asked || self.kind(ranked.bank) != BankKind::Personal).collect();
        let hits = shown
            .iter()
            .skip(options.offset)
            .take(options.limit)
            .filter_map(|ranked| {
                let entry = self.entries.get(ranked.bank)?;
                let (matched, reason) = weigh::explain(entry, ranked, &found.words);
                Some(Hit { bank: ranked.bank, score: ranked.score, matched, reason })
            })
            .collect();
        let note = shown.first().and_then(|best| weigh::note(best, &shown, &found.words));
        Matches { total: shown.len(), hidden_personal: all - shown.len(), note, hits }
    }
}

#[cfg(test)]
mod tests;
