//! The catalogs, read once, and how a sentence is found in them.

use crate::Language;
use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::sync::LazyLock;

type Catalog = HashMap<String, String>;

static GERMAN: LazyLock<Catalog> = LazyLock::new(|| read(include_str!("../languages/de.json")));
static FRENCH: LazyLock<Catalog> = LazyLock::new(|| read(include_str!("../languages/fr.json")));
static SPANISH: LazyLock<Catalog> = LazyLock::new(|| read(include_str!("../languages/es.json")));

/// A catalog that cannot be read would be one without words; a test reads all of them.
fn read(text: &str) -> Catalog {
    serde_json::from_str(text).unwrap_or_default()
}

fn catalog() -> Option<&'static Catalog> {
    match crate::language() {
        Language::English => None,
        Language::German => Some(&GERMAN),
        Language::French => Some(&FRENCH),
        Language::Spanish => Some(&SPANISH),
    }
}

/// What stands behind `##` tells apart what English says with one word.
fn english(sentence: &str) -> &str {
    sentence.split("##").next().unwrap_or(sentence)
}

/// A sentence without gaps.
#[must_use]
pub fn word(sentence: &'static str) -> &'static str {
    catalog().and_then(|catalog| catalog.get(sentence)).map_or_else(|| english(sentence), String::as_str)
}

/// A sentence with its gaps filled. What fills one is never looked into: banks and customers write it.
#[must_use]
pub fn told(sentence: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let mut said = String::new();
    for part in parts(word(sentence)) {
        match part {
            Part::Text(text) => said.push_str(text),
            Part::Gap(name) => match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => {
                    let _ = write!(said, "{value}");
                }
                None => said.push_str(name),
            },
        }
    }
    said
}

/// A sentence that was kept or handed on in English, said in the language of now where it is one of ours; anything else comes back as it is.
#[must_use]
pub fn again(text: &str) -> String {
    let Some(catalog) = catalog() else { return text.to_owned() };
    if let Some(said) = catalog.get(text) {
        return said.clone();
    }
    let found = catalog.iter().filter(|(sentence, _)| sentence.contains('{')).find_map(|(sentence, said)| {
        let values = values_of(english(sentence), text)?;
        Some(parts(said).map(move |part| match part {
            Part::Text(text) => text,
            Part::Gap(name) => values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value),
        }))
    });
    found.map_or_else(|| text.to_owned(), Iterator::collect)
}

/// What stands in the gaps of a sentence that begins with words of its own and has enough of them not to fit by accident.
fn values_of<'a>(sentence: &'a str, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    const ENOUGH: usize = 12;
    let parts: Vec<Part<'a>> = parts(sentence).collect();
    let own: usize = parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum();
    let Some(Part::Text(first)) = parts.first() else { return None };
    let mut rest = text.strip_prefix(first).filter(|_| own >= ENOUGH)?;
    let mut values = vec![];
    for (at, part) in parts.iter().enumerate().skip(1) {
        match part {
            Part::Text(text) => rest = rest.strip_prefix(text)?,
            Part::Gap(name) => {
                let end = match parts.get(at + 1) {
                    None => rest.len(),
                    // What a person or a bank wrote may hold the same words: the last of them end the sentence.
                    Some(Part::Text(next)) if at + 2 == parts.len() => rest.len().checked_sub(next.len())?,
                    Some(Part::Text(next)) => rest.find(next)?,
                    Some(Part::Gap(_)) => return None,
                };
                values.push((*name, rest.get(..end)?));
                rest = &rest[end..];
            }
        }
    }
    rest.is_empty().then_some(values)
}

enum Part<'a> {
    Text(&'a str),
    Gap(&'a str),
}

/// The words of a sentence and its gaps, in their order.
fn parts(sentence: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = sentence;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            rest = after;
            return Some(Part::Gap(name));
        }
        let end = rest.char_indices().skip(1).find(|(_, mark)| *mark == '{').map_or(rest.len(), |(at, _)| at);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Part::Text(text))
    })
}
