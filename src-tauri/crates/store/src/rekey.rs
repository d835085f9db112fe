//! Another key for a file. Every page is written anew in one transaction, so whoever dies in between leaves it under the old key or the new one.

use crate::error::{DiskTrouble, OpenError};
use crate::key::DbKey;
use crate::open::{FORMATS, Store, check_file, keep_check, keyed, opening};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long others may take to leave the file.
const A_WHILE: Duration = Duration::from_secs(1);

impl Store {
    /// Puts a file that nobody has open under another key. It takes as much room on the disk again as the file is large, for as long as it runs.
    ///
    /// # Errors
    /// `Busy` while anybody has it open, or what the disk says. Whatever it says, `key_of` tells which key the file has.
    pub fn rekey(path: &Path, old: &DbKey, new: &DbKey) -> Result<(), OpenError> {
        let conn = alone(path, old)?.ok_or(OpenError::KeyWrong)?;
        let literal = new.literal();
        let statement = Zeroizing::new(format!("PRAGMA rekey = {};", literal.as_str()));
        let changed = conn.execute_batch(&statement).and_then(|()| to_disk(&conn));
        // It may say that all went well when its last step failed: what counts is what the file says when it is opened anew.
        drop(conn);
        match alone(path, new) {
            Ok(Some(_)) => {}
            Ok(None) => return Err(why_not(path, old)),
            Err(error) => return Err(error),
        }
        changed.map_err(|error| opening(&error))?;
        note(path, new)
    }

    /// Which of these keys opens a file, whatever was noted of its key; the note says so from then on.
    ///
    /// # Errors
    /// When there is no file, somebody else works on it, or the disk refuses.
    pub fn key_of(path: &Path, keys: &[&DbKey]) -> Result<Option<usize>, OpenError> {
        if !path.exists() {
            return Err(OpenError::Missing);
        }
        for (at, key) in keys.iter().enumerate() {
            if alone(path, key)?.is_some() {
                return note(path, key).map(|()| Some(at));
            }
        }
        Ok(None)
    }
}

/// The file with nobody else at it; none: it does not open with this key.
fn alone(path: &Path, key: &DbKey) -> Result<Option<Connection>, OpenError> {
    for format in FORMATS {
        let opened = keyed(path, key, format).and_then(|conn| {
            conn.busy_timeout(A_WHILE)?;
            conn.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;")?;
            conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
            Ok(conn)
        });
        match opened.map_err(|error| opening(&error)) {
            Ok(conn) => return Ok(Some(conn)),
            Err(OpenError::Unreadable) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Out of the log and into the file, and the log is gone: no page under the old key is left in it.
fn to_disk(conn: &Connection) -> rusqlite::Result<()> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// The cipher does not tell why it could not. Writing anything at all does, as long as the reason lasts.
fn why_not(path: &Path, old: &DbKey) -> OpenError {
    let tried = alone(path, old).map(|conn| {
        let mut conn = conn.ok_or(OpenError::Damaged)?;
        let wrote = |conn: &mut Connection| {
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('rekey', 'refused')", [])?;
            transaction.commit()?;
            conn.execute("DELETE FROM meta WHERE name = 'rekey'", [])?;
            to_disk(conn)
        };
        wrote(&mut conn).map_err(|error| opening(&error))
    });
    match tried {
        Ok(Err(error)) | Err(error) => error,
        // One row fits and the whole file does not.
        Ok(Ok(())) => OpenError::Disk(DiskTrouble::Full),
    }
}

/// The note of the key says whose the file is now.
fn note(path: &Path, key: &DbKey) -> Result<(), OpenError> {
    if crate::open::check_of(path).is_none_or(|word| word != key.check_word()) {
        let _ = std::fs::remove_file(check_file(path));
    }
    keep_check(path, key)
}
