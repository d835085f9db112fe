//! The training course as a face shows it.

use crate::view::StatusPill;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The cases, in the order of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CourseKey {
    /// The bank takes its time.
    SlowBank,
    /// The bank did not answer.
    BankDown,
    /// The customer left the bank's page.
    Cancelled,
    /// Two people decide at the bank.
    SecondApprover,
    /// The link had been used.
    LinkExpired,
    /// Nobody read within five minutes.
    WindowMissed,
    /// One data type is missing.
    PartialData,
    /// One account by two connections.
    Duplicate,
    /// The consent ended.
    ConsentEnded,
    /// Codat asks to wait.
    RateLimited,
    /// A first read that times out.
    PlaidFirst,
    /// Accounts of somebody else.
    WrongBusiness,
}

/// What a person does with the course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase")]
pub enum CourseStep {
    /// Looks.
    Look,
    /// Begins a case; another that is under way ends.
    Start(CourseKey),
    /// One more hint.
    Hint,
    /// Is it done?
    Check,
    /// The same case from its beginning.
    StartOver,
    /// Leaves the case; nothing is turned any more.
    End,
}

/// The course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseView {
    /// All cases.
    pub cases: Vec<CourseCase>,
    /// The one under way.
    pub running: Option<CourseRun>,
    /// How many were done.
    pub done: u32,
}

/// A case in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseCase {
    /// Which.
    pub key: CourseKey,
    /// Its place, from 1.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// What is to be reached, one sentence.
    pub goal: String,
    /// Not begun, under way, done.
    pub state: CourseState,
    /// The same as a ring and a word.
    pub status: StatusPill,
}

/// How far a person is with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CourseState {
    /// Not begun.
    NotBegun,
    /// Under way.
    UnderWay,
    /// A check found it done.
    Done,
}

/// The case under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseRun {
    /// Which.
    pub key: CourseKey,
    /// Its place, from 1.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// What is to be reached.
    pub goal: String,
    /// What will be seen.
    pub see: String,
    /// Hints that were asked for.
    pub hints: Vec<String>,
    /// Hints that are left.
    pub hints_left: u32,
    /// The company it is about.
    pub company: String,
    /// Its id, once it is made.
    pub company_id: Option<String>,
    /// The case that waits, or its draft.
    pub attempt_id: Option<String>,
    /// The draft from which it is to be begun.
    pub draft_id: Option<String>,
    /// What a check found; only right after one.
    pub checked: Option<CourseCheck>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CourseCheck {
    /// Everything is done.
    pub done: bool,
    /// What is done and what is missing.
    pub parts: Vec<CoursePart>,
}

/// One part of a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CoursePart {
    /// It is done.
    pub done: bool,
    /// What is so, or what is missing.
    pub says: String,
}
