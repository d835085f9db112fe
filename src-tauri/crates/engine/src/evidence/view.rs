//! Evidence packs as a screen or a terminal shows them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A pack that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceMade {
    /// Files in it.
    pub files: u32,
    /// Bytes of the pack.
    #[ts(type = "number")]
    pub bytes: u64,
    /// SHA-256 of the pack.
    pub sha256: String,
    /// Where it is.
    pub place: String,
}

/// What a look at a pack came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceVerdict {
    /// Everything is as the manifest says.
    pub is_whole: bool,
    /// The company, as the manifest names it.
    pub company: String,
    /// The day that the pack tells of.
    pub day: String,
    /// Files that the manifest names.
    pub files: u32,
    /// What differs, each one sentence with the file's name.
    pub differs: Vec<String>,
}
