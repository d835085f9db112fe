//! The banks taken apart into words, once: every word with the banks it leads to and why.

use super::fold::{Word, words};
use super::{BankName, fold};
use crate::bank_aliases::{ALIASES, COUNTRIES, PROMINENT, Why};
use crate::bank_kind::BankKind;
use std::collections::HashMap;

/// Where a word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The name's `word`th word.
    Name { word: u8 },
    /// The name's `word`th word, which only says what the log-in is for.
    KindName { word: u8 },
    /// Two neighbouring words of the name, written as one.
    Joined { word: u8 },
    /// A word of another name, by its place in the table. When it is the `whole` other name, small words aside, it
    /// stands for the name's words `covers`.
    Alias { alias: u16, whole: bool, small: bool, covers: u32 },
    /// The first letters of the name's words.
    Initials { small: bool },
    /// What the log-in is for, said by the key only.
    Kind,
    /// The country in the key.
    Country(u8),
    /// The platform key itself.
    Key,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub bank: u32,
    pub source: Source,
}

/// A word of the vocabulary.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub text: String,
    pub letters: Vec<char>,
    pub postings: Vec<Posting>,
}

/// One bank, prepared.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub kind: BankKind,
    /// The name's words, with the way back to its letters.
    pub words: Vec<Word>,
    /// Bits of the words that make up the name proper, without what the log-in is for.
    pub core: u32,
    pub whole: String,
    pub prominence: u32,
    /// Place in the order of names; settles ties.
    pub rank: u32,
}

/// Small words that may be left out or added.
pub(super) fn is_small(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "of"
            | "and"
            | "bank"
            | "banking"
            | "plc"
            | "ltd"
            | "group"
            | "online"
            | "account"
            | "accounts"
            | "de"
            | "di"
            | "da"
            | "du"
            | "del"
            | "la"
            | "le"
            | "les"
            | "der"
            | "die"
            | "und"
            | "et"
            | "e"
            | "y"
            | "d"
            | "l"
            | "s"
            | "banque"
            | "banco"
            | "banca"
    )
}

/// Words for what a log-in is for, and the kind they ask for.
pub(super) fn kind_asked(word: &str) -> Option<BankKind> {
    match word {
        "business" | "commercial" | "corporate" | "company" | "entreprises" | "firmenkunden" | "empresas" | "imprese" | "zakelijk" => {
            Some(BankKind::Business)
        }
        "personal" | "private" | "particuliers" | "privatkunden" | "particulares" | "privati" | "particulier" => Some(BankKind::Personal),
        _ => None,
    }
}

pub(super) struct Prepared {
    pub entries: Vec<Entry>,
    pub terms: Vec<Term>,
}

pub(super) fn prepare(banks: &[BankName]) -> Prepared {
    let aliases: Vec<(Vec<String>, Vec<String>)> = ALIASES.iter().map(|alias| (texts(alias.bank), texts(alias.name))).collect();
    let prominent: Vec<(Vec<String>, u32)> = PROMINENT.iter().map(|(name, weight)| (texts(name), *weight)).collect();
    let mut vocabulary: HashMap<String, Vec<Posting>> = HashMap::new();
    let mut entries = Vec::with_capacity(banks.len());
    for (bank, row) in (0_u32..).zip(banks) {
        let mut add = |text: &str, source: Source| {
            if !text.is_empty() {
                vocabulary.entry(text.to_owned()).or_default().push(Posting { bank, source });
            }
        };
        let name_words = words(&row.name);
        let kind = BankKind::of(&row.key, &row.name);
        let mut core = 0_u32;
        for (index, word) in (0_u8..32).zip(&name_words) {
            let source = match kind_asked(&word.text) {
                Some(_) => Source::KindName { word: index },
                None => Source::Name { word: index },
            };
            add(&word.text, source);
            if let Some(spelled) = &word.spelled_out {
                add(spelled, source);
            }
            if let Some(next) = name_words.get(usize::from(index) + 1) {
                add(&format!("{}{}", word.text, next.text), Source::Joined { word: index });
            }
            if kind_asked(&word.text).is_none() {
                core |= 1 << index;
            }
        }
        add_initials(&name_words, core, &mut add);
        for (index, (of, other)) in (0_u16..).zip(&aliases) {
            let Some(start) = begins(&name_words, of) else { continue };
            let is_group = ALIASES.get(usize::from(index)).is_some_and(|alias| alias.why == Why::Group);
            let span = (start..start + of.len())
                .fold(0_u32, |bits, word| bits | u32::try_from(word).map_or(0, |word| 1_u32.checked_shl(word).unwrap_or(0)));
            let covers = if is_group { 0 } else { span };
            let whole = other.iter().filter(|word| !is_small(word)).count() == 1;
            for word in other {
                let small = other.len() > 1 && is_small(word);
                add(word, Source::Alias { alias: index, whole: whole && !small, small, covers: if whole && !small { covers } else { 0 } });
            }
            if (2..4).contains(&other.len()) {
                add(&other.concat(), Source::Alias { alias: index, whole: true, small: false, covers });
            }
        }
        match kind {
            BankKind::Business => add("business", Source::Kind),
            BankKind::Personal => add("personal", Source::Kind),
            BankKind::Unsaid => {}
        }
        let ending = row.key.split('_').find_map(|part| (0_u8..).zip(COUNTRIES).find(|(_, (code, ..))| *code == part && row.key.len() > 3));
        if let Some((country, (.., spoken))) = ending {
            for word in *spoken {
                add(word, Source::Country(country));
            }
        }
        add(&fold(&row.key).replace('_', ""), Source::Key);
        let prominence = prominent.iter().filter(|(name, _)| begins(&name_words, name).is_some()).map(|(_, weight)| *weight).max();
        entries.push(Entry {
            kind,
            whole: name_words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
            core: if core == 0 { u32::MAX } else { core },
            words: name_words,
            prominence: prominence.unwrap_or(0),
            rank: 0,
        });
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by(|a, b| {
        let key = |index: &usize| entries.get(*index).map(|entry| (entry.words.len(), entry.whole.as_str(), entry.kind));
        key(a).cmp(&key(b)).then(a.cmp(b))
    });
    for (rank, index) in (0_u32..).zip(order) {
        if let Some(entry) = entries.get_mut(index) {
            entry.rank = rank;
        }
    }
    let mut terms: Vec<Term> =
        vocabulary.into_iter().map(|(text, postings)| Term { letters: text.chars().collect(), text, postings }).collect();
    terms.sort_by(|a, b| a.text.cmp(&b.text));
    Prepared { entries, terms }
}

fn add_initials(name_words: &[Word], core: u32, add: &mut impl FnMut(&str, Source)) {
    let first = |with_small: bool| -> String {
        (0_u32..32)
            .zip(name_words)
            .filter(|(index, word)| core & (1 << index) != 0 && (with_small || !is_small_in_initials(&word.text)))
            .filter_map(|(_, word)| word.text.chars().next())
            .collect()
    };
    let (short, long) = (first(false), first(true));
    if short.len() >= 3 {
        add(&short, Source::Initials { small: false });
    }
    if long.len() >= 3 && long != short {
        add(&long, Source::Initials { small: true });
    }
}

/// In initials "bank" counts (RBS, BoI), articles may not.
pub(super) fn is_small_in_initials(word: &str) -> bool {
    matches!(word, "the" | "of" | "and" | "de" | "di" | "du" | "la" | "le" | "der" | "und" | "et" | "d" | "l")
}

fn texts(name: &str) -> Vec<String> {
    words(name).into_iter().map(|word| word.text).collect()
}

/// Where a name begins with these words, an article before them aside.
fn begins(name: &[Word], start: &[String]) -> Option<usize> {
    let at = usize::from(name.first().is_some_and(|word| word.text == "the") && start.first().is_none_or(|word| word != "the"));
    let rest = name.get(at..)?;
    (rest.len() >= start.len() && rest.iter().zip(start).all(|(word, wanted)| word.text == *wanted)).then_some(at)
}
