//! What can go wrong with a database, in terms a screen can act on.

use rusqlite::ErrorCode;

/// Why a database could not be opened. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There is no file.
    #[error("there is no database yet")]
    Missing,
    /// There is one already, and it is never overwritten.
    #[error("there is a database already")]
    Exists,
    /// This key was never this file's key.
    #[error("the key does not belong to this database")]
    KeyWrong,
    /// The key is right and the content is not.
    #[error("the database is damaged")]
    Damaged,
    /// Neither can be told: the key check is missing.
    #[error("the database cannot be read with this key")]
    Unreadable,
    /// Written by a newer version.
    #[error("the database was written by a newer version ({0})")]
    Newer(i64),
    /// No room, no permission, read-only, or an I/O failure.
    #[error("the disk refused: {0}")]
    Disk(String),
    /// Another program holds it.
    #[error("another program holds the database")]
    Busy,
    /// Our own mistake.
    #[error("{0}")]
    Internal(String),
}

/// Why a store method did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {problem:?}")]
pub struct StoreError {
    /// What was being tried.
    pub doing: &'static str,
    /// What came in the way.
    pub problem: StoreProblem,
}

/// What came in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreProblem {
    /// No room, read-only, no permission, I/O failure.
    Disk,
    /// Held by another program for too long.
    Busy,
    /// A page failed its check.
    Damaged,
    /// Our own mistake; the text names no content.
    Internal(String),
}

impl StoreError {
    pub(crate) fn new(doing: &'static str, error: &rusqlite::Error) -> Self {
        Self { doing, problem: problem(error) }
    }
}

pub(crate) fn problem(error: &rusqlite::Error) -> StoreProblem {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure,
        ) => StoreProblem::Disk,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreProblem::Busy,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreProblem::Damaged,
        // The message of a failed statement may quote a value: only its kind is kept.
        Some(code) => StoreProblem::Internal(format!("{code:?}")),
        None => StoreProblem::Internal(error.to_string().chars().take(160).collect()),
    }
}
