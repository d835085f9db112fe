//! What Codat's Portal enables, what changed of it, and what the team makes of it, as a screen or a terminal shows it.

use crate::view::{Millis, StatusPill};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which banks of the mirror.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MirrorWhich {
    /// All that Codat lists.
    #[default]
    All,
    /// Switched on in the Portal.
    On,
    /// Listed and switched off.
    Off,
    /// Those that the team made something of.
    Ours,
}

/// Ask for the mirror.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MirrorQuery {
    /// Words of the name, the key or the provider.
    pub text: String,
    /// Which banks.
    pub which: MirrorWhich,
    /// First row of the window.
    pub offset: u32,
    /// Rows of the window, at most 200.
    pub limit: u32,
}

/// What Codat's Portal enables, read only, and the team's offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MirrorView {
    /// Providers, the one with most banks first.
    pub sources: Vec<SourceView>,
    /// What changed within the last week, newest first, at most 200.
    pub changes: Vec<BankChangeView>,
    /// Since when changes are noted; none before the first look.
    pub since: Option<Millis>,
    /// When the list was read from Codat.
    pub as_of: Option<Millis>,
    /// Favourites in their order.
    pub favourites: Vec<MirrorRow>,
    /// The bank that is chosen unless a person chooses another.
    pub default_bank: Option<MirrorRow>,
    /// How many fit.
    pub total: u32,
    /// The rows of the window, by name.
    pub rows: Vec<MirrorRow>,
}

/// A provider, through which banks are reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceView {
    /// Its name as Codat tells it.
    pub name: String,
    /// Codat's id of the integration.
    pub integration_id: Option<String>,
    /// Banks that are switched on.
    pub on: u32,
    /// Banks that are listed and switched off.
    pub off: u32,
}

/// What changed of a bank between two looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BankChangeView {
    /// When it was seen.
    pub at: Millis,
    /// Platform key.
    pub key: String,
    /// Name; of a renamed one the new.
    pub name: String,
    /// Through whom it is reached.
    pub source: String,
    /// "Switched off", "Renamed from Birch".
    pub status: StatusPill,
}

/// A bank of the mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MirrorRow {
    /// Platform key.
    pub key: String,
    /// Name as Codat tells it.
    pub name: String,
    /// Through whom it is reached.
    pub source: String,
    /// "Switched on", "Switched off", "Not listed any more".
    pub status: StatusPill,
    /// PNG as a `data:` address, when it is here.
    pub logo: Option<String>,
    /// Monogram for the plate.
    pub monogram: String,
    /// A personal log-in.
    pub personal: bool,
    /// Linked here in all.
    pub linked: u32,
    /// One of the favourites.
    pub favourite: bool,
    /// Chosen unless a person chooses another.
    pub is_default: bool,
    /// Not offered, and why; an empty text gives no reason.
    pub hidden: Option<String>,
    /// The note as written.
    pub note: String,
    /// The note as it is drawn.
    pub blocks: Vec<NoteBlock>,
}

/// A change of the team's offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum OfferChange {
    /// These banks come first, in this order.
    Favourites {
        /// Platform keys.
        keys: Vec<String>,
    },
    /// This bank is chosen unless a person chooses another; none for no such bank.
    Default {
        /// Platform key.
        key: Option<String>,
    },
    /// Not offered, with a reason or an empty text; none to offer it again.
    Hide {
        /// Platform key.
        key: String,
        /// Why.
        why: Option<String>,
    },
    /// What a customer will see at this bank, as Markdown; an empty text for no note.
    Note {
        /// Platform key.
        key: String,
        /// The note.
        text: String,
    },
}

/// A piece of a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NoteBlock {
    /// Words above others.
    Heading {
        /// Its words.
        runs: Vec<NoteRun>,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        runs: Vec<NoteRun>,
    },
    /// A list.
    List {
        /// With numbers.
        ordered: bool,
        /// Its items.
        items: Vec<Vec<NoteRun>>,
    },
}

/// Words of one weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteRun {
    /// Plain text.
    pub text: String,
    /// Heavier.
    pub strong: bool,
    /// Slanted.
    pub em: bool,
    /// As typed into a machine.
    pub code: bool,
}

/// A bank that fits the typed words and cannot be had since a few days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AwayBank {
    /// Name.
    pub name: String,
    /// "Switched off in the Portal".
    pub word: String,
    /// When that was seen.
    pub at: Millis,
}
