//! Names, keys and log-ins of the catalogue's banks: the known ones as facts, the rest made from places.

mod known;
mod regional;

use super::{Dice, LogoFormat};
use known::KNOWN;
use regional::PATTERNS;
use std::collections::HashSet;

/// A row before it gets its ids.
pub(crate) struct Draft {
    pub key: String,
    pub name: String,
    pub enabled: bool,
    pub business: bool,
    pub personal: bool,
    pub country: &'static str,
    pub currency: &'static str,
    pub logo: LogoFormat,
}

/// The single row of Plaid mode.
pub(crate) fn plaid() -> Draft {
    Draft {
        key: "plaid".to_owned(),
        name: "Plaid".to_owned(),
        enabled: true,
        business: false,
        personal: false,
        country: "",
        currency: "GBP",
        logo: LogoFormat::Svg,
    }
}

/// `count` rows of TrueLayer mode, ordered by key: the demo bank, every known bank, and regional banks to fill up.
pub(crate) fn banks(seed: u64, count: usize) -> Vec<Draft> {
    let mut rows =
        vec![Draft { key: "demobank_truelayer".to_owned(), name: "Demo Bank".to_owned(), country: "uk", logo: LogoFormat::Png, ..plaid() }];
    for &(country, slug, name, log_ins) in KNOWN {
        rows.extend(log_ins.chars().map(|log_in| known_row(country, slug, name, log_in, log_ins)));
    }
    let mut keys: HashSet<String> = rows.iter().map(|row| row.key.clone()).collect();
    let mut names: HashSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    let mut regional: Vec<(u64, Draft)> = Vec::new();
    for &(country, pattern, places) in PATTERNS {
        for place in places {
            let row = regional_row(seed, country, &pattern.replace("{}", place));
            if keys.contains(&row.key) || names.contains(&row.name) {
                continue;
            }
            keys.insert(row.key.clone());
            names.insert(row.name.clone());
            // Some regional banks have two log-ins, each a row of its own.
            let mut dice = Dice::named(seed ^ 0x2b, &row.key);
            if dice.chance(1, 4) {
                let personal = Draft {
                    key: format!("{}_personal", row.key),
                    name: format!("{} {}", row.name, words_of(country).1),
                    business: false,
                    personal: true,
                    ..row_like(&row)
                };
                let business = Draft {
                    key: format!("{}_business", row.key),
                    name: format!("{} {}", row.name, words_of(country).0),
                    business: true,
                    ..row_like(&row)
                };
                regional.push((dice.roll(), personal));
                regional.push((dice.roll(), business));
            } else {
                regional.push((dice.roll(), row));
            }
        }
    }
    regional.sort_by_key(|(order, _)| *order);
    let missing = count.saturating_sub(rows.len());
    rows.extend(regional.into_iter().take(missing).map(|(_, row)| row));
    rows.truncate(count);
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows
}

fn row_like(row: &Draft) -> Draft {
    Draft { key: String::new(), name: String::new(), ..*row }
}

fn known_row(country: &'static str, slug: &str, name: &str, log_in: char, all: &str) -> Draft {
    let (business_word, personal_word) = words_of(country);
    let (key, name) = match log_in {
        'b' if all.contains('k') => (format!("{slug}_pro_{country}"), format!("{name} {business_word}")),
        'b' => (format!("{slug}_business_{country}"), format!("{name} {business_word}")),
        'k' => (format!("{slug}_business_{country}"), name.to_owned()),
        'c' => (format!("{slug}_commercial_{country}"), format!("{name} Commercial")),
        'p' => (format!("{slug}_{country}"), format!("{name} {personal_word}")),
        _ => (format!("{slug}_{country}"), name.to_owned()),
    };
    let says_business = ["bankline", "clearspend", "corporate", "commercial", "hsbcnet", "business"].iter().any(|word| key.contains(word));
    let mut dice = Dice::named(0, &key);
    Draft {
        business: says_business || log_in == 'b',
        personal: log_in == 'p',
        enabled: log_in != 'x',
        country,
        currency: currency_of(country),
        logo: if dice.chance(1, 4) { LogoFormat::Svg } else { LogoFormat::Png },
        key,
        name,
    }
}

fn regional_row(seed: u64, country: &'static str, name: &str) -> Draft {
    let key = format!("{}_{country}", slug(name));
    let mut dice = Dice::named(seed, &key);
    Draft {
        enabled: !dice.chance(3, 100),
        business: false,
        personal: false,
        country,
        currency: currency_of(country),
        logo: match dice.below(100) {
            0..8 => LogoFormat::None,
            8..25 => LogoFormat::Svg,
            _ => LogoFormat::Png,
        },
        key,
        name: name.to_owned(),
    }
}

/// What business and personal log-ins are called, by country.
fn words_of(country: &str) -> (&'static str, &'static str) {
    match country {
        "fr" => ("Entreprises", "(Particuliers)"),
        "de" | "at" => ("Firmenkunden", "(Privatkunden)"),
        "es" => ("Empresas", "(Particulares)"),
        "it" => ("Imprese", "(Privati)"),
        "nl" => ("Zakelijk", "(Particulier)"),
        _ => ("Business", "(Personal)"),
    }
}

fn currency_of(country: &str) -> &'static str {
    match country {
        "uk" => "GBP",
        "pl" => "PLN",
        "dk" => "DKK",
        "se" => "SEK",
        "no" => "NOK",
        _ => "EUR",
    }
}

/// A key from a name: lower-case ASCII letters, figures and underscores.
fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => "a",
            'ä' | 'æ' => "ae",
            'ç' | 'ć' => "c",
            'è' | 'é' | 'ê' | 'ë' | 'ę' => "e",
            'ì' | 'í' | 'î' => "i",
            'ł' => "l",
            'ñ' | 'ń' => "n",
            'ò' | 'ó' | 'ô' | 'õ' => "o",
            'ö' | 'ø' => "oe",
            'ś' => "s",
            'ß' => "ss",
            'ú' | 'û' => "u",
            'ü' => "ue",
            'ź' | 'ż' => "z",
            'a'..='z' | '0'..='9' => {
                out.push(c);
                continue;
            }
            _ if out.is_empty() || out.ends_with('_') => "",
            _ => "_",
        };
        out.push_str(plain);
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_more_plausible_banks_than_the_catalogue_needs() {
        assert_eq!(banks(1, 2_200).len(), 2_200);
        assert!(banks(1, usize::MAX - 1).len() > 2_300, "a seed must have a choice, or every seed has the same banks");
        assert!(KNOWN.len() >= 150, "most of what a person tries first is there: {}", KNOWN.len());
    }

    #[test]
    fn keys_are_plain_and_unique() {
        let rows = banks(3, 2_200);
        let keys: HashSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys.len(), rows.len(), "a key names one row");
        for key in keys {
            assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{key}");
            assert!(key.len() <= 60, "{key} fits every column that stores it");
        }
    }

    #[test]
    fn slugs_spell_out_letters_the_key_cannot_hold() {
        assert_eq!(slug("Caisse d'Épargne Île-de-France"), "caisse_d_epargne_ile_de_france");
        assert_eq!(slug("Sparkasse Gießen"), "sparkasse_giessen");
        assert_eq!(slug("Bank Spółdzielczy Łomża"), "bank_spoldzielczy_lomza");
    }
}
