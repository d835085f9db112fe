//! Lists of customers as a screen or a terminal shows them.

use crate::view::{Fits, Millis, Problem, StatusPill};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which column of the file holds what, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct BulkColumns {
    /// Names of the companies.
    pub name: Option<u32>,
    /// The team's own references.
    pub reference: Option<u32>,
    /// Addresses of those who are to connect.
    pub mail: Option<u32>,
    /// Their languages.
    pub language: Option<u32>,
}

/// What would become of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkCheck {
    /// Name of the file.
    pub name: String,
    /// Headings of its columns.
    pub headings: Vec<String>,
    /// Which of them holds what.
    pub columns: BulkColumns,
    /// Rows that would be made.
    pub make: u32,
    /// Rows whose company is here already: used, not made again.
    pub known: u32,
    /// Rows that are left out.
    pub left_out: u32,
    /// Requests that making them takes.
    pub requests: u32,
    /// How they fit into the budget.
    pub fits: Fits,
    /// It was compared with the companies as Codat has them now, not as they were when last read.
    pub is_current: bool,
    /// In the order of the file.
    pub lines: Vec<BulkLine>,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkLine {
    /// Line of the file.
    pub line: u32,
    /// Name as it stands there.
    pub name: String,
    /// Reference.
    pub reference: Option<String>,
    /// Address, where it can be one.
    pub mail: Option<String>,
    /// What would become of it.
    pub verdict: BulkVerdict,
    /// What is wrong, or to be known, each one sentence.
    pub notes: Vec<String>,
}

/// What would become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BulkVerdict {
    /// A company is made.
    Make,
    /// The company that is here is used.
    Known,
    /// Nothing.
    LeftOut,
}

/// A list and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkView {
    /// Id.
    pub id: String,
    /// Name of the file.
    pub name: String,
    /// When it was taken in.
    pub made_at: Millis,
    /// Where it stands.
    pub stage: BulkStage,
    /// The same as a pill.
    pub status: StatusPill,
    /// The same as one sentence, with figures.
    pub sentence: String,
    /// Why it stands still.
    pub problem: Option<Problem>,
    /// Rows.
    pub rows: u32,
    /// Still to be made.
    pub open: u32,
    /// With a company that was made for it.
    pub made: u32,
    /// With a company that was here already.
    pub known: u32,
    /// Left out.
    pub left_out: u32,
    /// Refused by Codat.
    pub refused: u32,
    /// Deleted again.
    pub undone: u32,
    /// With a linked bank.
    pub linked: u32,
    /// Whose link was given out.
    pub invited: u32,
}

/// Where a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BulkStage {
    /// Its rows are being made.
    Running,
    /// It takes a person.
    Held,
    /// Stopped by a person.
    Cancelled,
    /// All rows are made.
    Done,
    /// What was made and never linked is being deleted.
    Undoing,
    /// It was.
    Undone,
}

/// Which rows of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BulkWhich {
    /// All.
    #[default]
    All,
    /// Whose bank is not linked.
    NotLinked,
    /// Whose bank is linked.
    Linked,
    /// Left out or refused.
    Failed,
}

/// A window of a list's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkQuery {
    /// List.
    pub id: String,
    /// Which rows.
    pub which: BulkWhich,
    /// First row.
    pub offset: u32,
    /// Rows, at most 500.
    pub limit: u32,
}

/// A list and a window of its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkBoard {
    /// The list.
    pub list: BulkView,
    /// Rows that match.
    pub total: u32,
    /// The window.
    pub rows: Vec<BulkRowView>,
}

/// A row and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkRowView {
    /// Line of the file.
    pub line: u32,
    /// Name.
    pub name: String,
    /// Reference.
    pub reference: Option<String>,
    /// Address.
    pub mail: Option<String>,
    /// What became of it.
    pub status: StatusPill,
    /// Why it was left out or refused.
    pub why: Option<String>,
    /// Its company.
    pub company_id: Option<String>,
    /// When its link was last given out.
    pub link_at: Option<Millis>,
}

/// What went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkLinks {
    /// Links in the file.
    pub links: u32,
    /// Mails that were written.
    pub mails: u32,
    /// Left out, because a bank is linked meanwhile or the company is gone.
    pub left_out: u32,
    /// Each works once and until then.
    pub expires_at: Millis,
    /// The file.
    pub place: String,
    /// The folder of the mails.
    pub mails_place: Option<String>,
}
