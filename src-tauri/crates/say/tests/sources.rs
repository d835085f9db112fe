//! Every sentence of the sources is said in every language, with the same gaps, and none besides. Sentences are found in the sources' own tokens.

mod found;

use found::{Found, files, found};
use std::collections::{BTreeMap, BTreeSet};

type Catalog = BTreeMap<String, String>;

fn catalog(language: &str) -> Catalog {
    let path = format!("{}/languages/{language}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a catalog")).expect("a catalog is one object of texts")
}

/// Sentences that a language says with the same words on purpose.
fn same(language: &str) -> BTreeSet<String> {
    let path = format!("{}/languages/same.json", env!("CARGO_MANIFEST_DIR"));
    let all: BTreeMap<String, BTreeSet<String>> =
        serde_json::from_str(&std::fs::read_to_string(path).expect("the list")).expect("a list by language");
    all.get(language).cloned().unwrap_or_default()
}

fn all() -> Found {
    let mut all = Found::default();
    for (name, text) in files() {
        all.add(found(&name, &text));
    }
    all
}

fn gaps(text: &str) -> Vec<&str> {
    let mut gaps: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    gaps.sort_unstable();
    gaps
}

fn plain(sentence: &str) -> &str {
    sentence.split("##").next().unwrap_or(sentence)
}

fn faults(sentences: &BTreeSet<String>, catalog: &Catalog, same: &BTreeSet<String>) -> Vec<String> {
    let mut faults = vec![];
    for sentence in sentences {
        match catalog.get(sentence) {
            None => faults.push(format!("“{sentence}” is missing")),
            Some(said) if gaps(said) != gaps(sentence) => faults.push(format!("“{sentence}” has other gaps")),
            Some(said) if said == plain(sentence) && !same.contains(sentence) => faults.push(format!("“{sentence}” is still English")),
            // What is put in front of or behind another sentence keeps its space.
            Some(said) if said.starts_with(' ') != sentence.starts_with(' ') => faults.push(format!("“{sentence}” begins otherwise")),
            Some(_) => {}
        }
    }
    faults.extend(catalog.keys().filter(|key| !sentences.contains(*key)).map(|key| format!("“{key}” stands in no source")));
    let needless = same.iter().filter(|sentence| catalog.get(*sentence).is_none_or(|said| said != plain(sentence)));
    faults.extend(needless.map(|sentence| format!("“{sentence}” need not be listed as the same")));
    faults
}

#[test]
fn every_sentence_is_said_in_every_language_with_its_gaps_and_none_besides() {
    let sentences = all().sentences;
    if let Ok(list) = std::env::var("SENTENCES") {
        std::fs::write(list, serde_json::to_string_pretty(&sentences).expect("texts")).expect("the list is written");
    }
    assert!(sentences.len() > 600, "only {} sentences were found: the rest of this would prove nothing", sentences.len());
    for language in ["de", "fr", "es"] {
        let faults = faults(&sentences, &catalog(language), &same(language));
        assert!(faults.is_empty(), "{language}, {} of {}:\n{}", faults.len(), sentences.len(), faults.join("\n"));
    }
}

#[test]
fn no_sentence_of_the_engine_goes_past_the_catalogs() {
    let bare = all().bare;
    assert!(bare.is_empty(), "{} sentences are said in English only:\n{}", bare.len(), bare.join("\n"));
}

#[test]
fn the_check_sees_what_is_wrong() {
    let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
    let said = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, said)| ((*key).to_owned(), (*said).to_owned())).collect::<Catalog>();
    let sentences = text(&["Open {name}", "Close", "Back"]);
    assert!(
        faults(&sentences, &said(&[("Open {name}", "{name} öffnen"), ("Close", "Schließen"), ("Back", "Zurück")]), &text(&[])).is_empty()
    );
    assert_eq!(
        faults(&sentences, &said(&[("Open {name}", "Öffnen"), ("Close", "Close"), ("Gone", "Weg")]), &text(&["Back"])),
        [
            "“Back” is missing",
            "“Close” is still English",
            "“Open {name}” has other gaps",
            "“Gone” stands in no source",
            "“Back” need not be listed as the same"
        ]
    );
    let seen = found(
        "engine/src/companies/mod.rs",
        r#"
        /// A doc is no sentence that is said.
        #[error("the database failed at once")]
        fn one() { vec![say!("{bank} \u{2014} linked", bank = x), word("Fresh")]; later!("A later one"); NotFound("company") }
        fn two() { tracing::info!("Logged in English"); let shown = "Nobody translates this."; raw.expect("a fact on the line above"); }
        #[cfg(test)]
        mod tests { fn three() { say!("Only in a test"); } }
        "#,
    );
    assert_eq!(seen.sentences, text(&["{bank} — linked", "Fresh", "A later one", "company"]));
    assert_eq!(seen.bare, ["engine/src/companies/mod.rs:5: Nobody translates this."]);
}
