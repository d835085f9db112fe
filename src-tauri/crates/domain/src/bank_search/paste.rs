//! People paste what they have: an IBAN, a BIC or a sort code tells the bank. The number itself is looked at and
//! forgotten; it never appears in what is shown.

use say::word;

use crate::bank_aliases::{BANK_CODES, SORT_CODES};

/// What was pasted and which bank it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pasted {
    /// "IBAN", "BIC" or "sort code".
    pub what: &'static str,
    /// The bank, when the code is known.
    pub bank: Option<&'static str>,
}

/// Recognises an account number; `None` for ordinary words.
pub(super) fn recognise(text: &str) -> Option<Pasted> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    if !plain.is_ascii() {
        return None;
    }
    let upper = plain.to_ascii_uppercase();
    if is_iban(&upper) {
        return Some(Pasted { what: "IBAN", bank: bank_of_iban(&upper) });
    }
    if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
        let best = SORT_CODES.iter().filter(|(start, _)| plain.starts_with(start)).max_by_key(|(start, _)| start.len());
        return Some(Pasted { what: word("sort code"), bank: best.map(|(_, bank)| *bank) });
    }
    // A BIC looks like a word, so it counts only in capitals and when its bank is known.
    if matches!(plain.len(), 8 | 11) && plain == upper {
        let (code, country) = (plain.get(..4)?, plain.get(4..6)?);
        let known = BANK_CODES.iter().find(|(of, start, _)| *of == country && *start == code);
        return known.map(|(_, _, bank)| Pasted { what: "BIC", bank: Some(bank) });
    }
    None
}

fn bank_of_iban(iban: &str) -> Option<&'static str> {
    let (country, mut account) = (iban.get(..2)?, iban.get(4..)?);
    if country == "IT" {
        // A check letter stands before the bank's code.
        account = account.get(1..)?;
    }
    let known = BANK_CODES.iter().find(|(of, start, _)| *of == country && account.starts_with(start));
    known.map(|(_, _, bank)| *bank).or_else(|| match (country, account.get(3..4)?) {
        // The fourth figure of a German bank code is the bank's family.
        ("DE", "4" | "8") => Some("Commerzbank"),
        ("DE", "5") => Some("Sparkasse"),
        ("DE", "6") => Some("Volksbank"),
        ("DE", "7") => Some("Deutsche Bank"),
        _ => None,
    })
}

fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (15..=34).contains(&bytes.len())
        && bytes.get(..2).is_some_and(|country| country.iter().all(u8::is_ascii_uppercase))
        && bytes.get(2..4).is_some_and(|check| check.iter().all(u8::is_ascii_digit))
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && {
            let turned = text.chars().skip(4).chain(text.chars().take(4));
            let rest = turned.filter_map(|c| c.to_digit(36)).fold(0_u32, |rest, value| {
                let shift = if value > 9 { 100 } else { 10 };
                (rest * shift + value) % 97
            });
            rest == 1
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_numbers_name_their_bank() {
        for (text, what, bank) in [
            ("GB29 NWBK 6016 1331 9268 19", "IBAN", Some("NatWest")),
            ("nl91 abna 0417 1643 00", "IBAN", Some("ABN AMRO")),
            ("DE89370400440532013000", "IBAN", Some("Commerzbank")),
            ("NWBKGB2L", "BIC", Some("NatWest")),
            ("60-16-13", "sort code", Some("NatWest")),
            ("60-83-71", "sort code", Some("Starling")),
            ("200000", "sort code", Some("Barclays")),
            ("99-99-99", "sort code", None),
        ] {
            assert_eq!(recognise(text), Some(Pasted { what, bank }), "{text}");
        }
    }

    #[test]
    fn words_are_words() {
        for text in ["natwest", "Barclays", "SANTANDER", "GB29 NWBK 6016 1331 9268 18", "12345", "", "été"] {
            assert_eq!(recognise(text), None, "{text}");
        }
    }
}
