//! What a check-up found.

use crate::view::Millis;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A check-up: one finding a question, worst news included. Holds no secret and no customer, so that it can be sent to support as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoctorView {
    /// Fairlead's version.
    pub version: String,
    /// Operating system and processor.
    pub system: String,
    /// The profile that was looked at.
    pub profile: Option<String>,
    /// When.
    pub checked_at: Millis,
    /// Findings that keep something from working.
    pub wrong: u32,
    /// Findings worth knowing.
    pub notes: u32,
    /// In the order in which one would look.
    pub findings: Vec<Finding>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// A profile opens.
    Profile,
    /// What the organisation sets can be read.
    Policy,
    /// Codat can be reached, through proxy and TLS.
    Network,
    /// Codat takes the key.
    Key,
    /// Banks can be offered.
    Banks,
    /// Who stands behind them.
    Provider,
    /// The four types are read as soon as a bank is linked.
    FirstLink,
    /// Codat reads again by itself.
    Schedule,
    /// Where Codat sends customers back to.
    Redirect,
    /// The page on this computer.
    Loopback,
    /// The address of our own scheme.
    Scheme,
    /// Requests left today.
    Quota,
    /// Where secrets live.
    Keychain,
    /// This computer's clock.
    Clock,
    /// Room and rights.
    Disk,
    /// The encrypted database.
    Database,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Works, and is worth knowing.
    Note,
    /// Something does not work until it is put right.
    Wrong,
    /// Could not be found out.
    Unknown,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// Its name on the screen.
    pub title: String,
    /// How it is.
    pub verdict: Verdict,
    /// One sentence.
    pub says: String,
    /// What to do.
    pub fix: Option<String>,
    /// The screen on which to do it.
    pub route: Option<String>,
}

/// What support needs, to be looked at before it is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SupportView {
    /// All of it.
    pub files: Vec<SupportFile>,
}

/// One text of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SupportFile {
    /// Its name in the ZIP.
    pub name: String,
    /// What it tells.
    pub what: String,
    /// Every word of it.
    pub text: String,
}

/// The ZIP that lies there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SupportWritten {
    /// Files in it.
    pub files: u32,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// Where it lies.
    pub place: String,
}
