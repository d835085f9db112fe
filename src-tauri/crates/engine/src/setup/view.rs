//! The way from a signed contract to the first bank, as a list to tick.

use crate::view::{Millis, StatusPill};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the team reaches banks. The four ask for different things of different people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SetupPath {
    /// TrueLayer, registered for by Codat.
    ThroughCodat,
    /// TrueLayer, with an account of one's own.
    OwnTrueLayer,
    /// Plaid, with an account of one's own.
    Plaid,
    /// Codat's banking sandbox: made-up banks, for a trial.
    BankingSandbox,
}

/// What a person said of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SetupMark {
    /// Not done; takes back what was said.
    Open,
    /// Begun, and now somebody else's turn.
    Waiting,
    /// Done.
    Done,
}

/// A step is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MarkSetup {
    /// Key of the step.
    pub step: String,
    /// What is so now.
    pub mark: SetupMark,
    /// Who says so.
    pub by: String,
}

/// Something that was said of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupSaid {
    /// Key of the step.
    pub step: String,
    /// What was said.
    pub mark: SetupMark,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SetupState {
    /// To do.
    Open,
    /// Begun: somebody else's turn.
    Waiting,
    /// A person says that it is done; nothing else can show it.
    Done,
    /// Codat itself shows that it is so.
    Seen,
    /// A person says that it is done, and Codat shows otherwise.
    Differs,
}

/// A text to take along into a field of somebody else's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupCopy {
    /// What it is.
    pub label: String,
    /// The text.
    pub text: String,
}

/// A page to do a step on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupPage {
    /// Whose page it is.
    pub label: String,
    /// Its address; opened by the system's browser.
    pub address: String,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupStep {
    /// Its name for the program.
    pub key: String,
    /// Its name on the screen.
    pub title: String,
    /// Whose turn it is.
    pub whose: String,
    /// What to do.
    pub says: String,
    /// What one will see.
    pub expect: Option<String>,
    /// Where.
    pub page: Option<SetupPage>,
    /// What to take along.
    pub copy: Vec<SetupCopy>,
    /// How it stands.
    pub state: SetupState,
    /// The same as a mark and a word.
    pub status: StatusPill,
    /// What Codat shows of it, where it can be seen there.
    pub shows: Option<String>,
    /// The last that was said of it.
    pub said: Option<SetupSaid>,
}

/// The whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupView {
    /// The way that was chosen.
    pub path: Option<SetupPath>,
    /// The client at Codat that the key belongs to, when it could be asked.
    pub client: Option<String>,
    /// Why Codat could not be asked, in a sentence: what it would show is left out then.
    pub unasked: Option<String>,
    /// When it was looked at.
    pub checked_at: Millis,
    /// Where things stand, in a sentence.
    pub truth: String,
    /// Steps that are done or seen.
    pub done: u32,
    /// The first step that is neither done nor with somebody else.
    pub next: Option<String>,
    /// In order.
    pub steps: Vec<SetupStep>,
    /// Everything that was ever said, oldest first.
    pub said: Vec<SetupSaid>,
    /// The same as a text to send or to file: Markdown.
    pub report: String,
}
