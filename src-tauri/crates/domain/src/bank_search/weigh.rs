//! How well does a bank fit what was typed? Every typed word is weighed against the vocabulary once; what it is worth
//! to a bank depends on how it fits (whole, beginning, inside, slip) and on what it fits (name, other name, group).

use super::fold::words;
use super::index::{Entry, Posting, Source, Term, is_small, is_small_in_initials};
use super::slip::{Slip, Slipped, slip};
use crate::bank_aliases::{ALIASES, COUNTRIES, Why};
use crate::bank_kind::BankKind;
use say::say;

/// Words beyond this many are ignored.
const MOST_WORDS: usize = 8;

/// How a typed word fits a word of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Whole,
    /// It begins the word; so many letters are left.
    Beginning(u16),
    /// It stands inside the word, from this letter on.
    Inside(u16),
    Slipped(Slipped),
}

/// The best thing a typed word found in one bank.
#[derive(Clone, Copy, Debug)]
struct Found {
    score: u32,
    term: u32,
    fit: Fit,
    source: Source,
}

/// One typed word and what it found: per bank, the best.
pub(super) struct WordFinds {
    typed: String,
    length: usize,
    by_bank: Vec<Option<Found>>,
    terms: Vec<(u32, String)>,
}

/// A bank in the list.
pub(super) struct Ranked {
    pub bank: usize,
    pub score: u32,
    order: (u32, u8, u32),
}

/// The outcome of weighing.
pub(super) struct Weighed {
    pub ranked: Vec<Ranked>,
    pub words: Vec<WordFinds>,
}

/// The folded words of a text, without repeats.
pub(super) fn typed_words(text: &str) -> Vec<String> {
    let mut typed: Vec<String> = Vec::new();
    for word in words(text) {
        if !typed.contains(&word.text) && typed.len() < MOST_WORDS {
            typed.push(word.text);
        }
    }
    typed
}

/// All banks: the well-known first, then by kind and name.
pub(super) fn everything(entries: &[Entry]) -> Weighed {
    let mut ranked: Vec<Ranked> = entries.iter().enumerate().map(|(bank, entry)| rank(bank, entry, entry.prominence)).collect();
    ranked.sort_unstable_by_key(|ranked| ranked.order);
    Weighed { ranked, words: Vec::new() }
}

fn rank(bank: usize, entry: &Entry, score: u32) -> Ranked {
    let kind = match entry.kind {
        BankKind::Business => 0,
        BankKind::Unsaid => 1,
        BankKind::Personal => 2,
    };
    Ranked { bank, score, order: (u32::MAX - score, kind, entry.rank) }
}

/// Weighs every bank. First every word must fit; if none does, small words ("bank", "the") may be left out; and if
/// still none does, slips are looked for in words that fit something too.
pub(super) fn weigh(entries: &[Entry], terms: &[Term], typed: &[String]) -> Weighed {
    let several = typed.len() > 1;
    let mut found: Vec<WordFinds> = typed.iter().map(|word| find(entries.len(), terms, word, several, false)).collect();
    let only_small = typed.iter().all(|word| is_small(word));
    let mut ranked = add_up(entries, typed, &found, false);
    if ranked.is_empty() && several && !only_small {
        ranked = add_up(entries, typed, &found, true);
    }
    if ranked.is_empty() {
        found = typed.iter().map(|word| find(entries.len(), terms, word, several, true)).collect();
        ranked = add_up(entries, typed, &found, several && !only_small);
    }
    ranked.sort_unstable_by_key(|ranked| ranked.order);
    Weighed { ranked, words: found }
}

fn add_up(entries: &[Entry], typed: &[String], found: &[WordFinds], small_may_miss: bool) -> Vec<Ranked> {
    let whole = typed.join(" ");
    let mut ranked = Vec::new();
    for (bank, entry) in entries.iter().enumerate() {
        let (mut sum, mut covered, mut fits, mut counted) = (0_u32, 0_u32, true, 0_u32);
        for (word, finds) in typed.iter().zip(found) {
            match finds.by_bank.get(bank).copied().flatten() {
                Some(found) => {
                    sum += found.score;
                    counted += 1;
                    covered |= covers(&found);
                }
                None if small_may_miss && is_small(word) => {}
                None => {
                    fits = false;
                    break;
                }
            }
        }
        if !fits || counted == 0 {
            continue;
        }
        let missed = u32::try_from(typed.len()).unwrap_or(0) - counted;
        // The whole name was typed, or what part of it.
        let core = entry.core & mask(entry.words.len());
        let (of, by) = (core.count_ones().max(1), (covered & core).count_ones());
        let coverage = if by >= of { 800 } else { 400 * by / of };
        let exact = if entry.whole == whole { 150 } else { 0 };
        let score = sum / counted + coverage + exact + entry.prominence - (60 * missed).min(sum / counted);
        ranked.push(rank(bank, entry, score));
    }
    ranked
}

fn mask(words: usize) -> u32 {
    if words >= 32 { u32::MAX } else { (1 << words) - 1 }
}

/// Which words of the name a find accounts for.
fn covers(found: &Found) -> u32 {
    let complete = matches!(found.fit, Fit::Whole | Fit::Slipped(Slipped { whole: true, .. }));
    match found.source {
        _ if !complete => 0,
        Source::Name { word } => 1 << word,
        Source::Joined { word } => 0b11_u32.checked_shl(word.into()).unwrap_or(0),
        Source::Alias { covers, .. } => covers,
        Source::Initials { .. } | Source::KindName { .. } | Source::Kind | Source::Country(_) | Source::Key => 0,
    }
}

fn find(banks: usize, terms: &[Term], typed: &str, several: bool, slips_too: bool) -> WordFinds {
    let letters: Vec<char> = typed.chars().collect();
    let mut finds = WordFinds { typed: typed.to_owned(), length: letters.len(), by_bank: vec![None; banks], terms: Vec::new() };
    let mut direct = false;
    for (index, term) in (0_u32..).zip(terms) {
        let fit = if term.text == typed {
            Fit::Whole
        } else if term.text.starts_with(typed) {
            Fit::Beginning(u16::try_from(term.letters.len() - letters.len()).unwrap_or(u16::MAX))
        } else if letters.len() >= 2 && term.letters.len() > letters.len() {
            match term.text.find(typed) {
                Some(at) => Fit::Inside(u16::try_from(term.text.get(..at).unwrap_or_default().chars().count()).unwrap_or(u16::MAX)),
                None => continue,
            }
        } else {
            continue;
        };
        let used = take(&mut finds, index, term, fit, several, letters.len());
        direct |= used;
    }
    let long_enough = letters.len() >= 4;
    if long_enough && (slips_too || !direct) {
        for (index, term) in (0_u32..).zip(terms) {
            if let Some(slipped) = slip(&letters, &term.letters)
                && (slipped.whole || letters.len() >= 5)
                && term.letters.len() >= 4
            {
                take(&mut finds, index, term, Fit::Slipped(slipped), several, letters.len());
            }
        }
    }
    finds
}

/// Offers a term's postings to the banks; true when a name or another name took it.
fn take(finds: &mut WordFinds, index: u32, term: &Term, fit: Fit, several: bool, length: usize) -> bool {
    let mut used = false;
    for &Posting { bank, source } in &term.postings {
        let Some(score) = worth(fit, source, several, length) else { continue };
        used |= !matches!(source, Source::Country(_) | Source::Kind | Source::KindName { .. });
        let Some(best) = usize::try_from(bank).ok().and_then(|bank| finds.by_bank.get_mut(bank)) else { continue };
        if best.is_none_or(|best| best.score < score) {
            *best = Some(Found { score, term: index, fit, source });
        }
    }
    if used && matches!(fit, Fit::Slipped(_)) {
        finds.terms.push((index, term.text.clone()));
    }
    used
}

/// What a find is worth; `None` when it does not count at all.
fn worth(fit: Fit, source: Source, several: bool, length: usize) -> Option<u32> {
    let is_group = |alias: u16| ALIASES.get(usize::from(alias)).is_some_and(|alias| alias.why == Why::Group);
    let left = |left: u16| u32::from(left.min(25)) * 4;
    Some(match (source, fit) {
        (Source::Name { word }, fit) => {
            let place = match word {
                0 => 60,
                1 => 20,
                _ => 0,
            };
            place
                + match fit {
                    Fit::Whole => 1000,
                    Fit::Beginning(rest) => 800 - left(rest),
                    Fit::Inside(at) => 350 - left(at),
                    Fit::Slipped(slipped) => slip_worth(slipped),
                }
        }
        (Source::Joined { .. }, Fit::Whole) => 780,
        (Source::Joined { .. }, Fit::Beginning(rest)) if length >= 4 => 600 - left(rest),
        (Source::Joined { .. }, Fit::Slipped(slipped)) if slipped.whole => slip_worth(slipped) - 40,
        (Source::Alias { alias, .. }, Fit::Whole) if is_group(alias) => 300,
        (Source::Alias { alias, .. }, Fit::Beginning(_)) if is_group(alias) && length >= 3 => 240,
        (Source::Alias { alias, .. }, Fit::Slipped(slipped)) if is_group(alias) && slipped.whole => 160,
        (Source::Alias { alias, .. }, _) if is_group(alias) => return None,
        (Source::Alias { small: true, .. }, Fit::Whole) => 100,
        (Source::Alias { small: true, .. }, _) => return None,
        (Source::Alias { whole, .. }, Fit::Whole) => {
            if whole {
                960
            } else {
                700
            }
        }
        (Source::Alias { .. }, Fit::Beginning(rest)) if length >= 2 => 560 - left(rest),
        (Source::Alias { .. }, Fit::Slipped(slipped)) => slip_worth(slipped) - 60,
        (Source::Initials { .. }, Fit::Whole) => 640,
        (Source::Kind | Source::KindName { .. }, Fit::Whole) => 220,
        (Source::Kind | Source::KindName { .. }, Fit::Beginning(_)) if length >= if several { 3 } else { 4 } => 200,
        (Source::Country(_), Fit::Whole) => {
            if several {
                300
            } else {
                120
            }
        }
        (Source::Country(_), Fit::Beginning(_)) if several && length >= 4 => 200,
        (Source::Key, Fit::Whole) => 1100,
        _ => return None,
    })
}

fn slip_worth(slipped: Slipped) -> u32 {
    let kind = match slipped.slip {
        Slip::Swapped => 60,
        Slip::Missing | Slip::Extra => 40,
        Slip::Other => 0,
    };
    kind + if slipped.whole { 460 } else { 380 }
}

/// The letters to underline, and the reason when they do not tell it.
pub(super) fn explain(entry: &Entry, ranked: &Ranked, words: &[WordFinds]) -> (Vec<(u32, u32)>, Option<String>) {
    let mut letters: Vec<u32> = Vec::new();
    let mut reason: Option<(u8, String)> = None;
    let mut because = |weight: u8, text: String| {
        if reason.as_ref().is_none_or(|(old, _)| *old < weight) {
            reason = Some((weight, text));
        }
    };
    for finds in words {
        let Some(found) = finds.by_bank.get(ranked.bank).copied().flatten() else { continue };
        match found.source {
            Source::Name { word } | Source::KindName { word } => {
                let Some(word) = entry.words.get(usize::from(word)) else { continue };
                let (from, to) = match found.fit {
                    Fit::Inside(at) => (usize::from(at), usize::from(at) + finds.length),
                    Fit::Beginning(_) => (0, finds.length),
                    Fit::Slipped(Slipped { whole: false, .. }) => (0, finds.length.min(word.from.len())),
                    Fit::Whole | Fit::Slipped(_) => (0, word.from.len()),
                };
                // A word found in its spelled-out form has more letters than it shows.
                let to = to.min(word.from.len());
                letters.extend(word.from.get(from.min(to)..to).unwrap_or_default());
            }
            Source::Joined { word } => {
                let both = entry.words.iter().skip(usize::from(word)).take(2).flat_map(|word| word.from.iter().copied());
                let count = if matches!(found.fit, Fit::Beginning(_)) { finds.length } else { usize::MAX };
                letters.extend(both.take(count));
            }
            Source::Initials { small } => {
                let counted =
                    entry.words.iter().enumerate().filter(|(index, word)| {
                        *index < 32 && entry.core & (1 << index) != 0 && (small || !is_small_in_initials(&word.text))
                    });
                letters.extend(counted.filter_map(|(_, word)| word.from.first().copied()));
                because(1, say!("Initials {typed}", typed = finds.typed.to_uppercase()));
            }
            Source::Alias { alias, .. } => {
                if let Some(alias) = ALIASES.get(usize::from(alias)) {
                    because(3, alias.reason());
                }
            }
            Source::Country(country) => {
                if let Some((_, name, _)) = COUNTRIES.get(usize::from(country)) {
                    because(2, say!("In {name}", name));
                }
            }
            Source::Key => because(2, say!("Its key at Codat")),
            Source::Kind => {}
        }
    }
    letters.sort_unstable();
    letters.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for letter in letters {
        match ranges.last_mut() {
            Some((start, length)) if *start + *length == letter => *length += 1,
            _ => ranges.push((letter, 1)),
        }
    }
    (ranges, reason.map(|(_, text)| text))
}

/// The sentence that says which words were bent, when the best hit needed it.
pub(super) fn note(best: &Ranked, shown: &[Ranked], words: &[WordFinds]) -> Option<String> {
    let (finds, slip, shown_word) = words.iter().find_map(|finds| {
        let found = finds.by_bank.get(best.bank).copied().flatten()?;
        let Fit::Slipped(slipped) = found.fit else { return None };
        let (_, text) = finds.terms.iter().find(|(term, _)| *term == found.term)?;
        Some((finds, slipped.slip, text.clone()))
    })?;
    let others = shown.iter().any(|ranked| {
        finds.by_bank.get(ranked.bank).copied().flatten().is_some_and(|found| {
            let text = finds.terms.iter().find(|(term, _)| *term == found.term).map(|(_, text)| text);
            text.is_some_and(|text| !text.starts_with(&shown_word) && !shown_word.starts_with(text.as_str()))
        })
    });
    let (typed, slip) = (&finds.typed, slip.in_words());
    Some(if others {
        say!("Showing {shown} and what is as close. You typed {typed}, {slip}.", shown = shown_word, typed, slip)
    } else {
        say!("Showing {shown}. You typed {typed}, {slip}.", shown = shown_word, typed, slip)
    })
}
