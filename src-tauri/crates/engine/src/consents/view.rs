//! Consents and their renewals as a screen or a terminal shows them.

use crate::view::{Millis, StatusPill};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What of the desk is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentQuery {
    /// Only what ended or ends within so many days; none for everything.
    pub within: Option<u32>,
    /// The batch whose renewals are shown one by one; the newest when none is named.
    pub batch: Option<String>,
}

/// The consent desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsentsView {
    /// By their ends, at most 1,000.
    pub rows: Vec<ConsentRow>,
    /// How many there are in all.
    pub counts: ConsentCounts,
    /// Days on which any ends, for the next thirteen weeks.
    pub days: Vec<EndDay>,
    /// Days before an end at which the inbox tells of it.
    pub steps: [u16; 3],
    /// What was sent together, newest first.
    pub batches: Vec<BatchView>,
}

/// When a consent ends. Always an estimate, but for the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConsentGroup {
    /// It has ended, Codat says.
    Ended,
    /// Its estimate has passed and it still stands.
    Overdue,
    /// Within seven days.
    Week,
    /// Within thirty.
    Month,
    /// Later.
    Later,
    /// It was given before anybody here looked.
    Unknown,
}

/// Consents by when they end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsentCounts {
    /// See `ConsentGroup`.
    pub ended: u32,
    /// See `ConsentGroup`.
    pub overdue: u32,
    /// See `ConsentGroup`.
    pub week: u32,
    /// See `ConsentGroup`.
    pub month: u32,
    /// See `ConsentGroup`.
    pub later: u32,
    /// See `ConsentGroup`.
    pub unknown: u32,
}

/// A consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRow {
    /// Company.
    pub company_id: String,
    /// Its name.
    pub company_name: String,
    /// The team's reference.
    pub reference: Option<String>,
    /// Connection.
    pub connection_id: String,
    /// Name of the bank.
    pub bank: String,
    /// When it ends.
    pub group: ConsentGroup,
    /// When it was given, as far as we know.
    pub given_at: Option<Millis>,
    /// Estimated end, or when it ended.
    pub ends_at: Option<Millis>,
    /// What the estimate rests on, one sentence.
    pub why: String,
    /// Where the last renewal stands, when one was sent for this consent.
    pub renewal: Option<StatusPill>,
}

/// A day with ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EndDay {
    /// ISO date.
    pub day: String,
    /// Consents that end on it, by our estimate.
    pub ends: u32,
}

/// A connection that is to be opened again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenewOf {
    /// Company.
    pub company_id: String,
    /// Connection.
    pub connection_id: String,
}

/// Renewals that were sent together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchView {
    /// Its id.
    pub id: String,
    /// When they were sent.
    pub made_at: Millis,
    /// Sent.
    pub sent: u32,
    /// Linked again, or came back from the bank.
    pub done: u32,
    /// Whose link still works.
    pub waiting: u32,
    /// Whose link has grown old.
    pub expired: u32,
    /// Whose connection is gone.
    pub gone: u32,
    /// One by one, for the batch that was asked for.
    pub rows: Vec<RenewalRow>,
}

/// What became of a renewal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RenewalRow {
    /// Company.
    pub company_id: String,
    /// Its name.
    pub company_name: String,
    /// Connection.
    pub connection_id: String,
    /// Name of the bank.
    pub bank: String,
    /// Where it stands.
    pub status: StatusPill,
    /// It can be sent again.
    pub again: bool,
}

/// What went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RenewalsSent {
    /// Batch; none when nothing went out.
    pub batch: Option<String>,
    /// Links in the folder.
    pub sent: u32,
    /// Of those, mails with an address.
    pub addressed: u32,
    /// Whose connection is gone at Codat.
    pub left_out: u32,
    /// Each link works once and until then.
    pub expires_at: Millis,
    /// The folder.
    pub place: String,
    /// Why the rest did not go out.
    pub stopped: Option<String>,
}
