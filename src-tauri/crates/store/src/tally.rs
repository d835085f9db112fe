//! How much of what is kept, and how it stands: numbers, status words and Codat's own correlation ids, never a name or a row of a customer's.

use crate::{Store, StoreError};
use rusqlite::Connection;
use serde::Serialize;

/// Reads that ended badly, of which Codat's support can be asked.
const TROUBLES: u32 = 50;

/// One moment of the database, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// The version of the schema.
    pub schema: u32,
    /// The size of the file.
    pub bytes: u64,
    /// Bytes of it that hold nothing.
    pub free_bytes: u64,
    /// Companies that Codat lists.
    pub companies: u64,
    /// Companies that it no longer lists.
    pub gone: u64,
    /// Accounts.
    pub accounts: u64,
    /// Transactions.
    pub transactions: u64,
    /// Connections by Codat's status.
    pub connections: Vec<Counted>,
    /// Reads by data type and Codat's status.
    pub reads: Vec<Counted>,
    /// Our own fetches by data type and how they stand.
    pub fetches: Vec<Counted>,
    /// Cases by stage.
    pub cases: Vec<Counted>,
    /// What waits to be made at Codat, by kind and state.
    pub outbox: Vec<Counted>,
    /// Records that could not be read, by data type.
    pub quarantine: Vec<Counted>,
    /// The newest reads that ended badly, newest first.
    pub troubles: Vec<Trouble>,
}

/// So many of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Words that tell the kind.
    pub of: String,
    /// How many.
    pub count: u64,
}

/// A read at Codat that ended badly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// When it was asked for, UTC milliseconds.
    pub at: Option<i64>,
    /// Codat's key of the bank.
    pub bank: Option<String>,
    /// Data type as Codat writes it.
    pub data_type: String,
    /// Codat's status.
    pub status: String,
    /// What Codat's support finds it by.
    pub correlation: Option<String>,
}

const CONNECTIONS: &str = "SELECT status, count(*) FROM connections WHERE gone = 0 GROUP BY 1 ORDER BY 1";
const READS: &str = "SELECT data_type || ' ' || status, count(*) FROM datasets GROUP BY 1 ORDER BY 1";
const FETCHES: &str = "SELECT data_type || ' ' || state, count(*) FROM runs GROUP BY 1 ORDER BY 1";
const CASES: &str = "SELECT stage, count(*) FROM attempts GROUP BY 1 ORDER BY 1";
const OUTBOX: &str = "SELECT kind || ' ' || state, count(*) FROM outbox GROUP BY 1 ORDER BY 1";
const QUARANTINE: &str = "SELECT data_type, count(*) FROM quarantine GROUP BY 1 ORDER BY 1";
const TROUBLED: &str = "SELECT d.requested, c.bank_key, d.data_type, d.status, d.correlation FROM datasets d \
    LEFT JOIN connections c ON c.id = d.connection WHERE d.status LIKE '%Error%' ORDER BY d.requested DESC LIMIT ?";

impl Store {
    /// Counts what is here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tally(&self) -> Result<Tally, StoreError> {
        self.reading(|reading| {
            reading.ask("counting what is kept", |conn| {
                let number = |question: &str| conn.query_row(question, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs));
                // SQLCipher answers this one itself, as a text.
                let page = conn.query_row("PRAGMA page_size", [], |row| row.get::<_, String>(0))?;
                let page: u64 = page.parse().unwrap_or(0);
                Ok(Tally {
                    schema: u32::try_from(number("PRAGMA user_version")?).unwrap_or(u32::MAX),
                    bytes: page * number("PRAGMA page_count")?,
                    free_bytes: page * number("PRAGMA freelist_count")?,
                    companies: number("SELECT count(*) FROM companies WHERE gone = 0")?,
                    gone: number("SELECT count(*) FROM companies WHERE gone <> 0")?,
                    accounts: number("SELECT count(*) FROM accounts WHERE absent = 0")?,
                    transactions: number("SELECT coalesce(sum(count), 0) FROM sums")?,
                    connections: counted(conn, CONNECTIONS)?,
                    reads: counted(conn, READS)?,
                    fetches: counted(conn, FETCHES)?,
                    cases: counted(conn, CASES)?,
                    outbox: counted(conn, OUTBOX)?,
                    quarantine: counted(conn, QUARANTINE)?,
                    troubles: troubles(conn)?,
                })
            })
        })
    }
}

fn counted(conn: &Connection, question: &str) -> rusqlite::Result<Vec<Counted>> {
    conn.prepare(question)?.query_map([], |row| Ok(Counted { of: row.get(0)?, count: row.get::<_, i64>(1)?.unsigned_abs() }))?.collect()
}

fn troubles(conn: &Connection) -> rusqlite::Result<Vec<Trouble>> {
    let mut rows = conn.prepare(TROUBLED)?;
    let troubles = rows.query_map([TROUBLES], |row| {
        Ok(Trouble { at: row.get(0)?, bank: row.get(1)?, data_type: row.get(2)?, status: row.get(3)?, correlation: row.get(4)? })
    })?;
    troubles.collect()
}
