//! What a person is to be told, made from the ledger in one step with how far it was looked at: after a crash nothing is told twice or lost.

use crate::ledger::{self, Event};
use crate::{Ending, Store, StoreError};
use rusqlite::{Row, Transaction, params};

/// Notices that are kept; the oldest go first.
const MOST: i64 = 500;
/// Lines of the ledger that are looked at in one step.
const LINES: i64 = 5_000;
/// The kind of an event that no ledger holds: a consent ends soon.
const ENDING: &str = "ending";

const NOTICE: &str = "n, kind, at, times, company, connection, attempt, bank_key, detail, seen, told";

/// One notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// Its number; 0 for one that is not kept yet.
    pub n: i64,
    /// What kind, one word.
    pub kind: String,
    /// When the last of its events was heard of, in UTC milliseconds.
    pub at: i64,
    /// Events that it counts.
    pub times: u32,
    /// Company; none when it is about several.
    pub company: Option<String>,
    /// Connection.
    pub connection: Option<String>,
    /// Attempt.
    pub attempt: Option<String>,
    /// Bank.
    pub bank_key: Option<String>,
    /// More. Text of ours or a status word, never a bank's.
    pub detail: Option<String>,
    /// A person has read it.
    pub seen: bool,
    /// The system has shown it, or was not to.
    pub told: bool,
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Notice> {
    Ok(Notice {
        n: row.get(0)?,
        kind: row.get(1)?,
        at: row.get(2)?,
        times: row.get(3)?,
        company: row.get(4)?,
        connection: row.get(5)?,
        attempt: row.get(6)?,
        bank_key: row.get(7)?,
        detail: row.get(8)?,
        seen: row.get(9)?,
        told: row.get(10)?,
    })
}

impl Store {
    /// Whether the ledger goes on after what was looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn inbox_is_behind(&self) -> Result<bool, StoreError> {
        self.read("looking for news", |conn| {
            conn.prepare_cached(
                "SELECT (SELECT coalesce(max(seq), 0) FROM ledger) > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'inbox')",
            )?
            .query_row([], |row| row.get(0))
        })
    }

    /// Looks at the next lines of the ledger, and at consents of which the end comes near and was not told at this step yet. `decide` is given the unread
    /// notices since a moment and these events, and says which notices stand after it. True when there was anything.
    ///
    /// # Errors
    /// When the database cannot be written: then nothing was looked at.
    pub fn gather(
        &self,
        since: i64,
        endings: &[Ending],
        decide: impl FnOnce(Vec<Notice>, &[Event]) -> Vec<Notice>,
    ) -> Result<bool, StoreError> {
        self.write("gathering what a person is to be told", |tx| {
            let mut events = new_lines(tx)?;
            events.extend(new_endings(tx, endings)?);
            if events.is_empty() {
                return Ok(false);
            }
            let recent: Vec<Notice> = tx
                .prepare_cached(&format!("SELECT {NOTICE} FROM inbox WHERE seen = 0 AND at >= ? ORDER BY n"))?
                .query_map([since], notice)?
                .collect::<rusqlite::Result<_>>()?;
            let before: Vec<i64> = recent.iter().map(|one| one.n).collect();
            let after = decide(recent, &events);
            for gone in before.iter().filter(|n| !after.iter().any(|one| one.n == **n)) {
                tx.prepare_cached("DELETE FROM inbox WHERE n = ?")?.execute([gone])?;
            }
            for one in &after {
                put(tx, one)?;
            }
            tx.execute("DELETE FROM inbox WHERE n <= (SELECT max(n) FROM inbox) - ?", [MOST])?;
            Ok(true)
        })
    }

    /// Notices, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn notices(&self, most: u32) -> Result<Vec<Notice>, StoreError> {
        self.read("reading what a person is to be told", |conn| {
            conn.prepare_cached(&format!("SELECT {NOTICE} FROM inbox ORDER BY at DESC, n DESC LIMIT ?"))?
                .query_map([most], notice)?
                .collect()
        })
    }

    /// Notices that nobody has read; counting stops at `most`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unseen(&self, most: u32) -> Result<u32, StoreError> {
        self.read("counting what nobody has read", |conn| {
            conn.prepare_cached("SELECT count(*) FROM (SELECT 1 FROM inbox WHERE seen = 0 LIMIT ?)")?.query_row([most], |row| row.get(0))
        })
    }

    /// Marks a notice as read or not read.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn see(&self, n: i64, seen: bool) -> Result<(), StoreError> {
        self.write("marking a notice", |tx| {
            tx.execute("UPDATE inbox SET seen = ?2, told = 1 WHERE n = ?1", params![n, seen])?;
            Ok(())
        })
    }

    /// Marks all up to this number as read. What came later stays: nobody has seen it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn see_all(&self, upto: i64) -> Result<(), StoreError> {
        self.write("marking notices", |tx| {
            tx.execute("UPDATE inbox SET seen = 1, told = 1 WHERE seen = 0 AND n <= ?", [upto])?;
            Ok(())
        })
    }

    /// Unread notices that the system has not shown, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn untold(&self) -> Result<Vec<Notice>, StoreError> {
        self.read("reading what was not told yet", |conn| {
            conn.prepare_cached(&format!("SELECT {NOTICE} FROM inbox WHERE seen = 0 AND told = 0 ORDER BY n"))?
                .query_map([], notice)?
                .collect()
        })
    }

    /// These need not be shown by the system any more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn told(&self, notices: &[i64]) -> Result<(), StoreError> {
        self.write("noting what was told", |tx| {
            let mut told = tx.prepare_cached("UPDATE inbox SET told = 1 WHERE n = ?")?;
            notices.iter().try_for_each(|n| told.execute([n]).map(|_| ()))
        })
    }
}

/// The lines after the last one that was looked at, which are thereby looked at.
fn new_lines(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Event>> {
    let lines: Vec<(i64, Event)> = tx
        .prepare_cached(
            "SELECT at, company, connection, attempt, bank_key, kind, outcome, door, detail, seq FROM ledger
             WHERE seq > (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'inbox') ORDER BY seq LIMIT ?",
        )?
        .query_map([LINES], |row| Ok((row.get(9)?, ledger::event(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if let Some((last, _)) = lines.last() {
        tx.execute("UPDATE meta SET value = ? WHERE name = 'inbox'", [last.to_string()])?;
    }
    Ok(lines.into_iter().map(|(_, event)| event).collect())
}

/// Ends that were not told at this step yet, as events; a consent that was given anew counts anew.
fn new_endings(tx: &Transaction<'_>, endings: &[Ending]) -> rusqlite::Result<Vec<Event>> {
    let mut events = vec![];
    for ending in endings {
        let is_new = tx
            .prepare_cached(
                "INSERT INTO ending (connection, linked_at, step) VALUES (?1, ?2, ?3) ON CONFLICT (connection) DO UPDATE
                 SET linked_at = excluded.linked_at, step = excluded.step WHERE linked_at IS NOT excluded.linked_at OR step > excluded.step",
            )?
            .execute(params![ending.connection, ending.given, ending.step])?
            == 1;
        if is_new {
            events.push(Event {
                at: ending.given,
                company: Some(ending.company.clone()),
                connection: Some(ending.connection.clone()),
                bank_key: ending.bank_key.clone(),
                kind: ENDING.into(),
                detail: Some(ending.says.clone()),
                ..Event::default()
            });
        }
    }
    Ok(events)
}

fn put(tx: &Transaction<'_>, one: &Notice) -> rusqlite::Result<()> {
    let n = (one.n > 0).then_some(one.n);
    tx.prepare_cached(&format!("INSERT OR REPLACE INTO inbox ({NOTICE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))?.execute(params![
        n,
        one.kind,
        one.at,
        one.times,
        one.company,
        one.connection,
        one.attempt,
        one.bank_key,
        one.detail,
        one.seen,
        one.told
    ])?;
    Ok(())
}
