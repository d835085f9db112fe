//! Is a bank's log-in for businesses or for people? Codat does not say; names and keys do, often.

use serde::{Deserialize, Serialize};

/// Who a bank's log-in is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BankKind {
    /// Named as a business log-in.
    Business,
    /// Neither said: many banks have one log-in for all.
    #[default]
    Unsaid,
    /// Named as a personal log-in: usually fails for a business.
    Personal,
}

impl BankKind {
    /// Reads the kind from a bank's platform key and name; the name counts more.
    #[must_use]
    pub fn of(key: &str, name: &str) -> Self {
        match Self::in_words(name) {
            Self::Unsaid => Self::in_words(key),
            said => said,
        }
    }

    fn in_words(text: &str) -> Self {
        let mut found = Self::Unsaid;
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            let word = crate::bank_search::fold(word);
            if PERSONAL.contains(&word.as_str()) {
                return Self::Personal;
            }
            if BUSINESS.contains(&word.as_str()) {
                found = Self::Business;
            }
        }
        found
    }
}

/// "Business" and its kin in the languages of the list, and products only businesses have.
const BUSINESS: &[&str] = &[
    "business",
    "commercial",
    "corporate",
    "bankline",
    "clearspend",
    "businessonline",
    "sme",
    "smb",
    "merchant",
    "pro",
    "professional",
    "professionnels",
    "professionnel",
    "entreprises",
    "entreprise",
    "firmenkunden",
    "geschaeftskunden",
    "geschaftskunden",
    "unternehmen",
    "zakelijk",
    "empresas",
    "empresa",
    "imprese",
    "impresa",
    "aziende",
    "yritys",
    "foretag",
    "erhverv",
    "bedrift",
    "hsbcnet",
];

/// "Personal" and its kin.
const PERSONAL: &[&str] = &[
    "personal",
    "private",
    "privat",
    "privatkunden",
    "particuliers",
    "particulier",
    "particuliere",
    "particulieren",
    "particulares",
    "privati",
    "retail",
    "individuals",
    "consumer",
];

#[cfg(test)]
mod tests {
    use super::BankKind::{self, Business, Personal, Unsaid};

    #[test]
    fn names_and_keys_tell_the_kind() {
        for (key, name, kind, why) in [
            ("natwest_business_uk", "NatWest", Business, "the key says it when the name does not"),
            ("natwest_uk", "NatWest (Personal)", Personal, "the name says it"),
            ("barclays_business_uk", "Barclays (Personal)", Personal, "the name counts more than the key"),
            ("natwest_bankline_uk", "NatWest Bankline", Business, "only businesses have Bankline"),
            ("bnp_fr", "BNP Paribas Entreprises", Business, "French for businesses"),
            ("x_de", "Sparkasse X (Privatkunden)", Personal, "German for private customers"),
            ("monzo_uk", "Monzo", Unsaid, "nothing is said, so nothing is guessed"),
            ("prof_uk", "Profile Bank", Unsaid, "parts of words do not count"),
        ] {
            assert_eq!(BankKind::of(key, name), kind, "{name}: {why}");
        }
    }
}
