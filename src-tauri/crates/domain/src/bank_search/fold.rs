//! Text as it is compared: small letters without accents, cut into words that remember where they came from.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Folded.
    pub text: String,
    /// Spelled out the German way (`muenchen`), when that differs.
    pub spelled_out: Option<String>,
    /// For every folded character, the character of the original text it came from.
    pub from: Vec<u32>,
}

/// Small letters, no accents: `Société` becomes `societe`, `Straße` becomes `strasse`, `Łódź` becomes `lodz`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// The same, behind what stands there already.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    for c in text.chars() {
        fold_char(c, |folded| out.push(folded));
    }
}

fn fold_char(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        push(c.to_ascii_lowercase());
        return;
    }
    let spelled = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' | 'İ' => "i",
        _ => {
            for base in std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)) {
                base.to_lowercase().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
            }
            return;
        }
    };
    spelled.chars().for_each(push);
}

/// The words of a text: runs of letters and figures.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut all = Vec::new();
    let mut word = Word { text: String::new(), spelled_out: None, from: Vec::new() };
    let mut spelled = String::new();
    let mut finish = |word: &mut Word, spelled: &mut String| {
        if !word.text.is_empty() {
            if *spelled != word.text {
                word.spelled_out = Some(spelled.clone());
            }
            all.push(std::mem::replace(word, Word { text: String::new(), spelled_out: None, from: Vec::new() }));
        }
        spelled.clear();
    };
    for (index, c) in (0_u32..).zip(text.chars()) {
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            finish(&mut word, &mut spelled);
            continue;
        }
        let before = word.text.len();
        fold_char(c, |folded| {
            word.text.push(folded);
            word.from.push(index);
        });
        spelled.push_str(match c {
            'ä' | 'Ä' => "ae",
            'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
            'ü' | 'Ü' => "ue",
            'å' | 'Å' => "aa",
            _ => word.text.get(before..).unwrap_or_default(),
        });
    }
    finish(&mut word, &mut spelled);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_special_letters_fold() {
        for (text, folded) in
            [("Société GÉNÉRALE", "societe generale"), ("Straße", "strasse"), ("Łódź", "lodz"), ("Ærø", "aero"), ("e\u{301}", "e")]
        {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn words_know_where_they_came_from() {
        let all = words("Caisse d'Épargne, Gießen");
        let texts: Vec<&str> = all.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["caisse", "d", "epargne", "giessen"]);
        assert_eq!(all[2].from, [9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(all[3].from, [18, 19, 20, 21, 21, 22, 23], "one letter that folds into two is one letter to underline");
    }

    #[test]
    fn german_spelling_is_kept_beside() {
        assert_eq!(words("München")[0].spelled_out.as_deref(), Some("muenchen"), "typed on a keyboard without umlauts");
        assert_eq!(words("Berlin")[0].spelled_out, None);
    }
}
