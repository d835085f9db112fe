//! Banking data on its way in. A page's rows, the run's progress and, at the end, the cursor move in one transaction each: a crash costs at most one
//! page read again, and reading it again changes nothing.

use crate::closings;
use crate::put::{self, Place};
use crate::together::Writing;
use crate::{Reading, Store, StoreError, companies};
use domain::money::Amount;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// The bank's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Holder.
    pub holder: Option<String>,
    /// `Debit`, `Credit` or what the bank said.
    pub kind: String,
    /// Last characters of its number.
    pub ending: Option<String>,
    /// Currency.
    pub currency: String,
    /// Current balance, digits as sent.
    pub current: Option<String>,
    /// Available balance, digits as sent.
    pub available: Option<String>,
    /// As sent.
    pub raw: String,
}

/// A closing balance of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceRecord {
    /// Account.
    pub account: Arc<str>,
    /// Days since 1970.
    pub day: i64,
    /// The date as sent.
    pub date_text: String,
    /// Which of several of one day, from 0.
    pub ordinal: u32,
    /// Digits as sent.
    pub current: Option<String>,
    /// Digits as sent.
    pub available: Option<String>,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryRecord {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Parent.
    pub parent: Option<String>,
    /// As sent.
    pub raw: String,
}

/// A transaction. Texts that many rows of a page have are shared among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRecord {
    /// The bank's id.
    pub id: String,
    /// Account.
    pub account: Arc<str>,
    /// Days since 1970.
    pub day: i64,
    /// The date as sent.
    pub date_text: String,
    /// Exact amount.
    pub amount: Amount,
    /// Currency.
    pub currency: Arc<str>,
    /// Bank's text.
    pub description: Option<String>,
    /// Merchant.
    pub merchant: Option<Arc<str>>,
    /// Codat's code.
    pub code: Arc<str>,
    /// Category id.
    pub category: Option<Arc<str>>,
    /// Category name as it came along.
    pub category_name: Option<Arc<str>>,
}

/// A page of one type.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Records {
    Accounts(Vec<AccountRecord>),
    Balances(Vec<BalanceRecord>),
    Categories(Vec<CategoryRecord>),
    Transactions(Vec<TransactionRecord>),
}

impl Records {
    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Accounts(rows) => rows.len(),
            Self::Balances(rows) => rows.len(),
            Self::Categories(rows) => rows.len(),
            Self::Transactions(rows) => rows.len(),
        }
    }

    /// Id of the first one, where they have ids.
    #[must_use]
    pub fn first_id(&self) -> Option<&str> {
        match self {
            Self::Accounts(rows) => rows.first().map(|row| row.id.as_str()),
            Self::Balances(_) => None,
            Self::Categories(rows) => rows.first().map(|row| row.id.as_str()),
            Self::Transactions(rows) => rows.first().map(|row| row.id.as_str()),
        }
    }

    /// No rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes they take in memory. Shared texts are few and not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Accounts(rows) => {
                let texts = |a: &AccountRecord| {
                    text(&a.id) + text(&a.name) + text(&a.kind) + text(&a.raw) + texts([&a.holder, &a.ending, &a.current, &a.available])
                };
                held(rows, texts)
            }
            Self::Balances(rows) => held(rows, |b| text(&b.date_text) + texts([&b.current, &b.available])),
            Self::Categories(rows) => held(rows, |c| text(&c.id) + text(&c.name) + text(&c.raw) + texts([&c.parent])),
            Self::Transactions(rows) => held(rows, |t| text(&t.id) + text(&t.date_text) + texts([&t.description])),
        }
    }
}

/// What an allocator spends beside each text.
const BESIDE: usize = 16;

fn held<T>(rows: &Vec<T>, texts: impl Fn(&T) -> usize) -> usize {
    rows.capacity() * size_of::<T>() + rows.iter().map(texts).sum::<usize>()
}

fn text(text: &String) -> usize {
    text.capacity() + BESIDE
}

fn texts<const N: usize>(some: [&Option<String>; N]) -> usize {
    some.into_iter().flatten().map(text).sum()
}

/// A record that could not be understood; kept whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// As sent.
    pub raw: String,
    /// Where it did not fit.
    pub why: String,
}

/// One fetch of one type of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Our number.
    pub n: i64,
    /// Company.
    pub company: String,
    /// Connection.
    pub connection: String,
    /// Data type.
    pub data_type: String,
    /// The dataset that is fetched.
    pub dataset: Option<String>,
    /// Watermark it starts from; `None` = everything.
    pub since: Option<String>,
    /// Pages stored so far.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
    /// Number of the pass.
    pub pass: i64,
    /// Largest modification stamp seen so far.
    pub watermark: Option<String>,
    /// Rows stored so far.
    pub rows: u64,
}

/// How far a page brings a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageDone {
    /// The page's number.
    pub page: u32,
    /// Largest modification stamp seen so far.
    pub watermark: Option<String>,
    /// UTC milliseconds.
    pub at: i64,
}

/// What a page changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Rows stored or confirmed.
    pub rows: u32,
    /// Rows set aside.
    pub quarantined: u32,
}

/// How far we are with a type of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Modification stamp up to which everything is here.
    pub watermark: Option<String>,
    /// Dataset last fetched.
    pub dataset: Option<String>,
    /// Number of the last full pass.
    pub pass: i64,
    /// UTC milliseconds.
    pub fetched_at: Option<i64>,
}

const RUN: &str = "n, company, connection, data_type, dataset, since, page, page_size, pass, watermark, rows";

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        n: row.get(0)?,
        company: row.get(1)?,
        connection: row.get(2)?,
        data_type: row.get(3)?,
        dataset: row.get(4)?,
        since: row.get(5)?,
        page: row.get(6)?,
        page_size: row.get(7)?,
        pass: row.get(8)?,
        watermark: row.get(9)?,
        rows: u64::try_from(row.get::<_, i64>(10)?).unwrap_or(0),
    })
}

impl Writing<'_> {
    /// Begins a fetch. With `since` it is a delta of the pass that stands; without, a new full pass.
    ///
    /// # Errors
    /// When the database cannot be written.
    #[expect(clippy::too_many_arguments, reason = "a run is made of just these")]
    pub fn begin_run(
        &self,
        company: &str,
        connection: &str,
        data_type: &str,
        dataset: Option<&str>,
        since: Option<&str>,
        page_size: u32,
        at: i64,
    ) -> Result<Run, StoreError> {
        self.write("beginning a fetch", |tx| {
            let pass: i64 = tx
                .prepare_cached("SELECT pass FROM cursors WHERE connection = ? AND data_type = ?")?
                .query_row([connection, data_type], |row| row.get(0))
                .optional()?
                .unwrap_or(0);
            let pass = if since.is_some() { pass } else { pass + 1 };
            tx.prepare_cached(
                "UPDATE runs SET state = 'left', ended_at = ?3 WHERE connection = ?1 AND data_type = ?2 AND state = 'running'",
            )?
            .execute(params![connection, data_type, at])?;
            tx.prepare_cached(
                "INSERT INTO runs (company, connection, data_type, dataset, state, since, page, page_size, pass, started_at)
                 VALUES (?, ?, ?, ?, 'running', ?, 0, ?, ?, ?)",
            )?
            .execute(params![company, connection, data_type, dataset, since, page_size, pass, at])?;
            tx.prepare_cached(&format!("SELECT {RUN} FROM runs WHERE n = ?"))?.query_row([tx.last_insert_rowid()], run)
        })
    }

    /// Stores a page and how far it brings the run.
    ///
    /// # Errors
    /// When the database cannot be written: then nothing of the page is stored.
    pub fn apply_page(&self, run: &Run, records: &Records, bad: &[Quarantined], done: &PageDone) -> Result<Applied, StoreError> {
        self.write_rows("storing a page", |tx, memory| {
            let company = number(tx, "companies", &run.company)?;
            let connection = number(tx, "connections", &run.connection)?;
            let place = Place { company, connection, pass: run.pass };
            match records {
                Records::Accounts(rows) => put::accounts(tx, place, rows)?,
                Records::Balances(rows) => closings::put(tx, place, rows)?,
                Records::Categories(rows) => put::categories(tx, place, rows)?,
                Records::Transactions(rows) => {
                    if put::transactions(tx, memory, place, rows)? {
                        companies::derive_data_to(tx, &run.company)?;
                    }
                }
            }
            for record in bad {
                let hash = Sha256::digest(record.raw.as_bytes());
                tx.prepare_cached(
                    "INSERT OR IGNORE INTO quarantine (company, connection, data_type, hash, raw, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![company, connection, run.data_type, hash.as_slice(), record.raw, record.why, done.at])?;
            }
            let rows = i64::try_from(records.len()).unwrap_or(i64::MAX);
            tx.prepare_cached("UPDATE runs SET page = ?2, watermark = ?3, rows = rows + ?4, pages = pages + 1 WHERE n = ?1")?
                .execute(params![run.n, done.page, done.watermark, rows])?;
            Ok(Applied { rows: u32::try_from(rows).unwrap_or(u32::MAX), quarantined: u32::try_from(bad.len()).unwrap_or(u32::MAX) })
        })
    }

    /// Ends a fetch well: the cursor moves, and after a full pass what two passes in a row did not see is marked absent.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_run(&self, done: &Run, watermark: Option<&str>, at: i64) -> Result<(), StoreError> {
        self.write("ending a fetch", |tx| {
            tx.prepare_cached("UPDATE runs SET state = 'done', ended_at = ?2 WHERE n = ?1")?.execute(params![done.n, at])?;
            tx.prepare_cached(
                "INSERT INTO cursors (connection, data_type, watermark, dataset, pass, fetched_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (connection, data_type)
                 DO UPDATE SET watermark = coalesce(excluded.watermark, watermark), dataset = excluded.dataset, pass = excluded.pass, fetched_at = excluded.fetched_at",
            )?
            .execute(params![done.connection, done.data_type, watermark, done.dataset, done.pass, at])?;
            if done.since.is_none() {
                let place = Place {
                    company: number(tx, "companies", &done.company)?,
                    connection: number(tx, "connections", &done.connection)?,
                    pass: done.pass,
                };
                put::mark_absent(tx, place, &done.data_type)?;
            }
            Ok(())
        })
    }

    /// Ends a fetch that is to be begun anew.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn drop_run(&self, n: i64, why: &str, at: i64) -> Result<(), StoreError> {
        self.write("giving up a fetch", |tx| {
            tx.execute("UPDATE runs SET state = 'left', problem = ?2, ended_at = ?3 WHERE n = ?1", params![n, why, at])?;
            Ok(())
        })
    }
}

impl Reading<'_> {
    /// A fetch that was not ended, to be gone on with.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unfinished_run(&self, connection: &str, data_type: &str) -> Result<Option<Run>, StoreError> {
        self.ask("looking for an unfinished fetch", |conn| {
            conn.prepare_cached(&format!(
                "SELECT {RUN} FROM runs WHERE connection = ? AND data_type = ? AND state = 'running' ORDER BY n DESC LIMIT 1"
            ))?
            .query_row([connection, data_type], run)
            .optional()
        })
    }

    /// How far we are with a type of a connection.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn cursor(&self, connection: &str, data_type: &str) -> Result<Option<Cursor>, StoreError> {
        self.ask("reading a cursor", |conn| {
            conn.prepare_cached("SELECT watermark, dataset, pass, fetched_at FROM cursors WHERE connection = ? AND data_type = ?")?
                .query_row([connection, data_type], |row| {
                    Ok(Cursor { watermark: row.get(0)?, dataset: row.get(1)?, pass: row.get(2)?, fetched_at: row.get(3)? })
                })
                .optional()
        })
    }

    /// Records of a type that were set aside because they could not be understood.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn set_aside(&self, connection: &str, data_type: &str) -> Result<u32, StoreError> {
        self.ask("counting what was set aside", |conn| {
            conn.prepare_cached(
                "SELECT count(*) FROM quarantine WHERE connection = (SELECT n FROM connections WHERE id = ?) AND data_type = ?",
            )?
            .query_row([connection, data_type], |row| row.get(0))
        })
    }
}

impl Store {
    /// As [`Reading::unfinished_run`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn unfinished_run(&self, connection: &str, data_type: &str) -> Result<Option<Run>, StoreError> {
        self.reading(|reading| reading.unfinished_run(connection, data_type))
    }

    /// As [`Reading::cursor`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn cursor(&self, connection: &str, data_type: &str) -> Result<Option<Cursor>, StoreError> {
        self.reading(|reading| reading.cursor(connection, data_type))
    }
}

/// A fetch that ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedRun {
    /// Bank.
    pub bank_key: String,
    /// Data type.
    pub data_type: String,
    /// Rows it stored.
    pub rows: u64,
    /// How long it took, milliseconds.
    pub ms: i64,
}

impl Store {
    /// The newest fetches of more than one page that ended well, among the last `looked_at` of all.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn ended_runs(&self, looked_at: u32) -> Result<Vec<EndedRun>, StoreError> {
        self.read("reading past fetches", |conn| {
            conn.prepare_cached(
                "SELECT c.bank_key, r.data_type, r.rows, r.ended_at - r.started_at FROM (SELECT * FROM runs ORDER BY n DESC LIMIT ?) r
                 JOIN connections c ON c.id = r.connection
                 WHERE r.state = 'done' AND r.pages > 1 AND r.ended_at IS NOT NULL AND c.bank_key IS NOT NULL",
            )?
            .query_map([looked_at], |row| {
                Ok(EndedRun {
                    bank_key: row.get(0)?,
                    data_type: row.get(1)?,
                    rows: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                    ms: row.get(3)?,
                })
            })?
            .collect()
        })
    }
}

fn number(tx: &Transaction<'_>, table: &str, id: &str) -> rusqlite::Result<i64> {
    tx.prepare_cached(&format!("SELECT n FROM {table} WHERE id = ?"))?.query_row([id], |row| row.get(0))
}

impl Store {
    /// Companies with a fetch that was cut.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn companies_with_cut_runs(&self) -> Result<Vec<String>, StoreError> {
        self.read("looking for cut fetches", |conn| {
            conn.prepare_cached("SELECT DISTINCT company FROM runs WHERE state = 'running' ORDER BY company")?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }
}
