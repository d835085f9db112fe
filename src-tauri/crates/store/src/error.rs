//! What can go wrong with a database, in terms a screen can act on.

use rusqlite::{ErrorCode, ffi};

/// What a disk can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiskTrouble {
    /// No room is left.
    #[error("no room is left")]
    Full,
    /// The file or its disk may only be read.
    #[error("it may only be read")]
    ReadOnly,
    /// This user may not.
    #[error("permission is denied")]
    NoPermission,
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Failed,
}

impl From<&std::io::Error> for DiskTrouble {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            std::io::ErrorKind::PermissionDenied => Self::NoPermission,
            _ => Self::Failed,
        }
    }
}

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
    Disk(DiskTrouble),
    /// Another program holds it.
    #[error("another program holds the database")]
    Busy,
    /// Our own mistake.
    #[error("{0}")]
    Internal(String),
}

/// Why a store method did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {problem}")]
pub struct StoreError {
    /// What was being tried.
    pub doing: &'static str,
    /// What came in the way.
    pub problem: StoreProblem,
}

/// What came in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreProblem {
    /// No room, read-only, no permission, I/O failure.
    #[error("the disk refused: {0}")]
    Disk(DiskTrouble),
    /// Held by another program for too long.
    #[error("another program holds the database")]
    Busy,
    /// A page failed its check.
    #[error("the database is damaged")]
    Damaged,
    /// It took longer than a person waits, and was stopped.
    #[error("it took too long and was stopped")]
    TooSlow,
    /// Nobody waits for it any more.
    #[error("it is not wanted any more")]
    Stopped,
    /// Our own mistake; the text names no content.
    #[error("{0}")]
    Internal(String),
}

impl StoreError {
    pub(crate) fn new(doing: &'static str, error: &rusqlite::Error) -> Self {
        Self { doing, problem: problem(error) }
    }
}

pub(crate) fn problem(error: &rusqlite::Error) -> StoreProblem {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreProblem::Disk(DiskTrouble::Full),
        // The file beside the log could not be made longer.
        Some(ErrorCode::SystemIoFailure) if error.sqlite_error().is_some_and(|told| told.extended_code == ffi::SQLITE_IOERR_SHMSIZE) => {
            StoreProblem::Disk(DiskTrouble::Full)
        }
        Some(ErrorCode::ReadOnly) => StoreProblem::Disk(DiskTrouble::ReadOnly),
        // SQLite says "cannot open" for a folder or a log file that this user may not write.
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied | ErrorCode::CannotOpen) => {
            StoreProblem::Disk(DiskTrouble::NoPermission)
        }
        Some(ErrorCode::SystemIoFailure) => StoreProblem::Disk(DiskTrouble::Failed),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => StoreProblem::Busy,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreProblem::Damaged,
        // The message of a failed statement may quote a value: only its kind is kept, and SQLite's own number for it.
        Some(code) => StoreProblem::Internal(format!("{code:?} ({})", error.sqlite_error().map_or(0, |told| told.extended_code))),
        None => StoreProblem::Internal(error.to_string().chars().take(160).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlite_says_becomes_what_a_person_can_act_on() {
        let cases = [
            (ffi::SQLITE_FULL, StoreProblem::Disk(DiskTrouble::Full)),
            (ffi::SQLITE_READONLY_DBMOVED, StoreProblem::Disk(DiskTrouble::ReadOnly)),
            (ffi::SQLITE_CANTOPEN, StoreProblem::Disk(DiskTrouble::NoPermission)),
            (ffi::SQLITE_IOERR_FSYNC, StoreProblem::Disk(DiskTrouble::Failed)),
            (ffi::SQLITE_IOERR_SHMSIZE, StoreProblem::Disk(DiskTrouble::Full)),
            (ffi::SQLITE_BUSY_SNAPSHOT, StoreProblem::Busy),
            (ffi::SQLITE_NOTADB, StoreProblem::Damaged),
            (ffi::SQLITE_CORRUPT_INDEX, StoreProblem::Damaged),
        ];
        for (code, expected) in cases {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some("near \"secret of a bank\"".into()));
            assert_eq!(problem(&error), expected);
            assert!(!StoreError::new("reading", &error).to_string().contains("secret"), "texts of statements stay inside");
        }
    }
}
