//! Company names: what Codat keeps of them, and when two may mean the same company.

use crate::bank_search::fold;

/// What Codat does to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The name as it would be stored.
    pub stored: String,
    /// Characters that are silently removed there, each once, in order of appearance.
    pub removed: Vec<char>,
}

/// Codat keeps letters and digits of ASCII, blanks, and these marks; everything else it drops without a word.
fn is_kept(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == ' ' || "-',&@.,?!".contains(c)
}

/// What Codat would store.
#[must_use]
pub fn as_stored(typed: &str) -> Kept {
    let mut kept = Kept { stored: String::new(), removed: vec![] };
    for c in typed.trim().chars() {
        if is_kept(c) {
            kept.stored.push(c);
        } else if c.is_whitespace() {
            kept.stored.push(' ');
        } else if !kept.removed.contains(&c) {
            kept.removed.push(c);
        }
    }
    kept.stored = kept.stored.trim().to_owned();
    kept
}

/// Legal forms say nothing about which company it is.
const FORMS: [&str; 22] = [
    "ltd", "limited", "plc", "llp", "llc", "inc", "gmbh", "ag", "kg", "ohg", "ug", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "dac",
    "the", "and", "co",
];

/// The words that tell a company: folded, without legal forms. Falls back to all words when only forms are left.
#[must_use]
pub fn telling_words(name: &str) -> Vec<String> {
    let all: Vec<String> = fold(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let telling: Vec<String> = all.iter().filter(|word| !FORMS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Name and reference as one text to be searched.
#[must_use]
pub fn searchable(name: &str, reference: Option<&str>) -> String {
    let mut words: Vec<String> =
        fold(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.extend(reference.map(fold));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_codat_drops_is_shown_before_it_does() {
        let kept = as_stored("  Müller & Söhne GmbH (Köln) ");
        assert_eq!((kept.stored.as_str(), kept.removed), ("Mller & Shne GmbH Kln", vec!['ü', 'ö', '(', ')']));
        assert_eq!(as_stored("O'Neil, Sons - 24/7!").removed, ['/']);
        assert_eq!(as_stored("日本").stored, "", "a name may vanish altogether");
    }

    proptest! {
        #[test]
        fn what_is_stored_is_kept_as_it_is_and_what_is_removed_is_not_in_it(typed in ".{0,80}") {
            let kept = as_stored(&typed);
            prop_assert!(kept.stored.chars().all(is_kept));
            prop_assert_eq!(as_stored(&kept.stored), Kept { stored: kept.stored.clone(), removed: vec![] });
            prop_assert!(kept.removed.iter().all(|c| typed.contains(*c) && !kept.stored.contains(*c)));
        }
    }

    #[test]
    fn forms_of_law_do_not_make_another_company() {
        assert_eq!(telling_words("The Ashdown & Pell Joinery Ltd."), ["ashdown", "pell", "joinery"]);
        assert_eq!(telling_words("Limited"), ["limited"], "better a bad clue than none");
    }
}
