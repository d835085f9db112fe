//! Who a link is for, and in which language.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A language that customers read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::En, Self::De, Self::Fr, Self::Es];

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// The same for what is said to the window.
    pub(crate) fn spoken(self) -> say::Language {
        match self {
            Self::En => say::Language::English,
            Self::De => say::Language::German,
            Self::Fr => say::Language::French,
            Self::Es => say::Language::Spanish,
        }
    }

    /// The language of a code or a name, as a list of customers or a command line has it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = domain::bank_search::fold(text);
        let code = text.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code() == code).or(match text.as_str() {
            "english" | "englisch" | "anglais" | "ingles" => Some(Self::En),
            "german" | "deutsch" | "allemand" | "aleman" => Some(Self::De),
            "french" | "franzosisch" | "francais" | "frances" => Some(Self::Fr),
            "spanish" | "spanisch" | "espagnol" | "espanol" => Some(Self::Es),
            _ => None,
        })
    }
}

/// Who a case's link is for. Kept on this computer with the case, never sent to Codat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Addressee {
    /// The language of what they read.
    pub language: Language,
    /// The person who has the log-in, where it is another than the one who was asked.
    pub name: Option<String>,
    /// Their mail address.
    pub mail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_as_people_write_it() {
        for (text, wanted) in [
            ("de", Some(Language::De)),
            ("DE-AT", Some(Language::De)),
            ("Français", Some(Language::Fr)),
            ("Español", Some(Language::Es)),
            ("en_GB", Some(Language::En)),
            ("nl", None),
            ("", None),
        ] {
            assert_eq!(Language::read(text), wanted, "{text}");
        }
    }
}
