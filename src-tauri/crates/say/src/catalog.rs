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
    let with_gaps = catalog.iter().filter(|(sentence, _)| sentence.contains('{'));
    let fit = with_gaps.filter_map(|(sentence, said)| Some((values_of(english(sentence), text)?, said)));
    let Some(((_, values), said)) = fit.max_by_key(|((own, _), _)| *own) else { return text.to_owned() };
    let filled = parts(said).map(|part| match part {
        Part::Text(text) => text.to_owned(),
        Part::Gap(name) => match values.iter().find(|(known, _)| *known == name) {
            // A whole sentence within another one.
            Some((_, value)) if value.ends_with('.') => again(value),
            Some((_, value)) => (*value).to_owned(),
            None => String::new(),
        },
    });
    filled.collect()
}

/// How much of the text is the sentence's own, and what stands in its gaps. It has words enough of its own not to fit by accident.
fn values_of<'a>(sentence: &'a str, text: &'a str) -> Option<(usize, Vec<(&'a str, &'a str)>)> {
    const ENOUGH: usize = 12;
    let parts: Vec<Part<'a>> = parts(sentence).collect();
    let own: usize = parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum();
    let mut values = vec![];
    (own >= ENOUGH && fits(&parts, text, &mut values)).then_some((own, values))
}

fn fits<'a>(parts: &[Part<'a>], text: &'a str, values: &mut Vec<(&'a str, &'a str)>) -> bool {
    match parts {
        [] => text.is_empty(),
        [Part::Text(own), rest @ ..] => text.strip_prefix(own).is_some_and(|text| fits(rest, text, values)),
        [Part::Gap(name)] => {
            values.push((name, text));
            true
        }
        // What stands in front is often a sentence of its own, so it takes as much as it can.
        [Part::Gap(name), Part::Text(next), rest @ ..] => text.rmatch_indices(next).any(|(at, _)| {
            let known = values.len();
            values.push((name, &text[..at]));
            let all = fits(rest, &text[at + next.len()..], values);
            if !all {
                values.truncate(known);
            }
            all
        }),
        [Part::Gap(_), Part::Gap(_), ..] => false,
    }
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
