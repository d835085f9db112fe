//! What happened, for ever: every attempt, every door, every outcome. Only ever added to; the database itself refuses anything else.

use crate::together::Writing;
use crate::{Reading, Store, StoreError};
use rusqlite::{Row, Transaction, params};

/// One line of the ledger. Text in it is ours or a status word, never a bank's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// UTC milliseconds.
    pub at: i64,
    /// Company.
    pub company: Option<String>,
    /// Connection.
    pub connection: Option<String>,
    /// Attempt.
    pub attempt: Option<String>,
    /// Bank.
    pub bank_key: Option<String>,
    /// What kind of event, one word.
    pub kind: String,
    /// How it ended, one word.
    pub outcome: Option<String>,
    /// Door used.
    pub door: Option<String>,
    /// More.
    pub detail: Option<String>,
}

/// Own experience with a bank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankRecord {
    /// Bank.
    pub key: String,
    /// The last ten outcomes, newest first: linked or not.
    pub last: Vec<bool>,
    /// Last success.
    pub last_success: Option<i64>,
    /// Linked in all.
    pub linked: u32,
    /// Last attempt of any outcome.
    pub last_tried: i64,
}

pub(crate) fn insert(tx: &Transaction<'_>, event: &Event) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO ledger (at, company, connection, attempt, bank_key, kind, outcome, door, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        event.at,
        event.company,
        event.connection,
        event.attempt,
        event.bank_key,
        event.kind,
        event.outcome,
        event.door,
        event.detail
    ])?;
    Ok(())
}

pub(crate) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        at: row.get(0)?,
        company: row.get(1)?,
        connection: row.get(2)?,
        attempt: row.get(3)?,
        bank_key: row.get(4)?,
        kind: row.get(5)?,
        outcome: row.get(6)?,
        door: row.get(7)?,
        detail: row.get(8)?,
    })
}

impl Writing<'_> {
    /// Adds a line.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn record(&self, event: &Event) -> Result<(), StoreError> {
        self.write("writing the ledger", |tx| insert(tx, event))
    }
}

impl Reading<'_> {
    /// A company's lines, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn events_of(&self, company: &str, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.ask("reading the ledger", |conn| {
            let mut rows = conn.prepare_cached(
                "SELECT at, company, connection, attempt, bank_key, kind, outcome, door, detail FROM ledger WHERE company = ? ORDER BY seq DESC LIMIT ?",
            )?;
            rows.query_map(params![company, limit], event)?.collect()
        })
    }
}

impl Store {
    /// Adds a line.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn record(&self, event: &Event) -> Result<(), StoreError> {
        self.write("writing the ledger", |tx| insert(tx, event))
    }

    /// As [`Reading::events_of`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn events_of(&self, company: &str, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.reading(|reading| reading.events_of(company, limit))
    }

    /// The newest lines of all companies with their numbers, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn newest_events(&self, limit: u32) -> Result<Vec<(i64, Event)>, StoreError> {
        self.read("reading the ledger", |conn| {
            conn.prepare_cached(
                "SELECT at, company, connection, attempt, bank_key, kind, outcome, door, detail, seq FROM ledger ORDER BY seq DESC LIMIT ?",
            )?
            .query_map([limit], |row| Ok((row.get(9)?, event(row)?)))?
            .collect()
        })
    }

    /// Own experience with every bank that was ever tried, most recently tried first. Outcomes are events of kind `ended`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bank_records(&self) -> Result<Vec<BankRecord>, StoreError> {
        self.read("reading the experience with banks", |conn| {
            conn.prepare_cached("SELECT bank_key, last, last_success, linked, last_tried FROM experience ORDER BY seq DESC")?
                .query_map([], |row| {
                    Ok(BankRecord {
                        key: row.get(0)?,
                        last: row.get_ref(1)?.as_str()?.chars().map(|outcome| outcome == '1').collect(),
                        last_success: row.get(2)?,
                        linked: row.get(3)?,
                        last_tried: row.get(4)?,
                    })
                })?
                .collect()
        })
    }
}
