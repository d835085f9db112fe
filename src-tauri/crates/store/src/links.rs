//! Drafts, link attempts and their one-time nonces.

use crate::ledger::{self, Event};
use crate::{Reading, Store, StoreError};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

/// A case that was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Our id.
    pub id: String,
    /// Name as typed.
    pub name: String,
    /// Reference as typed.
    pub reference: Option<String>,
    /// Company it continues.
    pub company: Option<String>,
    /// Bank.
    pub bank_key: Option<String>,
    /// The data-access sheet was gone through.
    pub sheet_seen_at: Option<i64>,
    /// Language of the customer, its code.
    pub language: Option<String>,
    /// Last change.
    pub saved_at: i64,
}

/// An attempt to link a bank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Our id.
    pub id: String,
    /// Name as typed.
    pub typed_name: String,
    /// Reference as typed.
    pub reference: Option<String>,
    /// Creation of the company, when one was needed.
    pub company_op: Option<String>,
    /// Creation of the connection.
    pub connection_op: Option<String>,
    /// Company, once known.
    pub company: Option<String>,
    /// Connection, once known.
    pub connection: Option<String>,
    /// Bank.
    pub bank_key: String,
    /// Its name when the attempt began.
    pub bank_name: String,
    /// One word of the engine.
    pub stage: String,
    /// Began.
    pub started_at: i64,
    /// JSON of the engine: doors used.
    pub doors: String,
    /// Last answer.
    pub last_check: Option<i64>,
    /// Next question.
    pub next_check: Option<i64>,
    /// We ask by ourselves until then.
    pub until: Option<i64>,
    /// JSON of the engine: what is wrong.
    pub problem: Option<String>,
    /// Version of the words the customer was told.
    pub sheet_version: Option<String>,
    /// Nothing more will come.
    pub ended: bool,
    /// Language of the customer, its code.
    pub language: Option<String>,
    /// The person who has the log-in, where it is another than the one who was asked.
    pub to_name: Option<String>,
    /// Their mail address.
    pub to_mail: Option<String>,
}

/// What became of a nonce that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NonceUse {
    /// Used now, for this attempt.
    Accepted(String),
    /// We never gave it out.
    Unknown,
    /// It was used before, or a newer link replaced it.
    Used,
    /// Too old.
    Expired,
}

const ATTEMPT: &str = "id, typed_name, reference, company_op, connection_op, company, connection, bank_key, bank_name, stage, started_at, doors, last_check, \
                       next_check, until, problem, sheet_version, ended, language, to_name, to_mail";

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        id: row.get(0)?,
        typed_name: row.get(1)?,
        reference: row.get(2)?,
        company_op: row.get(3)?,
        connection_op: row.get(4)?,
        company: row.get(5)?,
        connection: row.get(6)?,
        bank_key: row.get(7)?,
        bank_name: row.get(8)?,
        stage: row.get(9)?,
        started_at: row.get(10)?,
        doors: row.get(11)?,
        last_check: row.get(12)?,
        next_check: row.get(13)?,
        until: row.get(14)?,
        problem: row.get(15)?,
        sheet_version: row.get(16)?,
        ended: row.get(17)?,
        language: row.get(18)?,
        to_name: row.get(19)?,
        to_mail: row.get(20)?,
    })
}

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        id: row.get(0)?,
        name: row.get(1)?,
        reference: row.get(2)?,
        company: row.get(3)?,
        bank_key: row.get(4)?,
        sheet_seen_at: row.get(5)?,
        saved_at: row.get(6)?,
        language: row.get(7)?,
    })
}

pub(crate) fn put_attempt(tx: &Transaction<'_>, a: &Attempt) -> rusqlite::Result<()> {
    let columns = ATTEMPT;
    tx.prepare_cached(&format!(
        "INSERT OR REPLACE INTO attempts ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ))?
    .execute(params![
        a.id,
        a.typed_name,
        a.reference,
        a.company_op,
        a.connection_op,
        a.company,
        a.connection,
        a.bank_key,
        a.bank_name,
        a.stage,
        a.started_at,
        a.doors,
        a.last_check,
        a.next_check,
        a.until,
        a.problem,
        a.sheet_version,
        a.ended,
        a.language,
        a.to_name,
        a.to_mail
    ])?;
    Ok(())
}

impl Reading<'_> {
    /// The newest attempt of a company of which more is to come.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_attempt_of(&self, company: &str) -> Result<Option<String>, StoreError> {
        self.ask("reading the open attempts", |conn| {
            conn.prepare_cached("SELECT id FROM attempts WHERE company = ? AND ended = 0 ORDER BY started_at DESC, id LIMIT 1")?
                .query_row([company], |row| row.get(0))
                .optional()
        })
    }
}

impl Store {
    /// Keeps a draft.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_draft(&self, d: &Draft) -> Result<(), StoreError> {
        self.write("keeping a draft", |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO drafts (id, name, reference, company, bank_key, sheet_seen_at, saved_at, language) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![d.id, d.name, d.reference, d.company, d.bank_key, d.sheet_seen_at, d.saved_at, d.language],
            )?;
            Ok(())
        })
    }

    /// All drafts, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.read("reading the drafts", |conn| {
            let mut rows = conn.prepare_cached(
                "SELECT id, name, reference, company, bank_key, sheet_seen_at, saved_at, language FROM drafts ORDER BY saved_at DESC, id",
            )?;
            rows.query_map([], draft)?.collect()
        })
    }

    /// One draft.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn draft(&self, id: &str) -> Result<Option<Draft>, StoreError> {
        self.read("reading a draft", |conn| {
            conn.query_row(
                "SELECT id, name, reference, company, bank_key, sheet_seen_at, saved_at, language FROM drafts WHERE id = ?",
                [id],
                draft,
            )
            .optional()
        })
    }

    /// Drops a draft.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn drop_draft(&self, id: &str) -> Result<(), StoreError> {
        self.write("dropping a draft", |tx| {
            tx.execute("DELETE FROM drafts WHERE id = ?", [id])?;
            Ok(())
        })
    }

    /// A draft becomes an attempt: the draft goes, the attempt, its creations and the first line of its history come, or nothing does.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn begin_attempt(&self, draft: Option<&str>, a: &Attempt, ops: &[crate::Op], event: &Event) -> Result<(), StoreError> {
        self.write("beginning an attempt", |tx| {
            if let Some(draft) = draft {
                tx.execute("DELETE FROM drafts WHERE id = ?", [draft])?;
            }
            put_attempt(tx, a)?;
            for op in ops {
                crate::outbox::insert(tx, op)?;
            }
            ledger::insert(tx, event)
        })
    }

    /// Keeps an attempt as it now stands, with a line of history when there is one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_attempt(&self, a: &Attempt, event: Option<&Event>) -> Result<(), StoreError> {
        self.write("keeping an attempt", |tx| {
            put_attempt(tx, a)?;
            event.map_or(Ok(()), |event| ledger::insert(tx, event))
        })
    }

    /// Takes an attempt out of the queue: it is kept as it now stands, and lets go of creations of which nothing can be at Codat; no creation is forgotten.
    /// One whose outcome is open stays with it: the next attempt of the same reference looks for what it may have made.
    ///
    /// # Errors
    /// When the database cannot be written: then nothing is changed.
    pub fn discard_attempt(&self, a: &Attempt, event: &Event) -> Result<(), StoreError> {
        self.write("taking an attempt out of the queue", |tx| {
            let mut kept = a.clone();
            for op in [&mut kept.connection_op, &mut kept.company_op] {
                let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE op = ? AND state IN ('ready', 'failed'))";
                if tx.query_row(sql, [&*op], |row| row.get(0))? {
                    *op = None;
                }
            }
            put_attempt(tx, &kept)?;
            ledger::insert(tx, event)
        })
    }

    /// One attempt.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        self.read("reading an attempt", |conn| {
            conn.prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE id = ?"))?.query_row([id], attempt).optional()
        })
    }

    /// Attempts of which more is to come, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_attempts(&self) -> Result<Vec<Attempt>, StoreError> {
        self.read("reading the open attempts", |conn| {
            conn.prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE ended = 0 ORDER BY started_at DESC, id"))?
                .query_map([], attempt)?
                .collect()
        })
    }

    /// All attempts of a company, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn attempts_of(&self, company: &str) -> Result<Vec<Attempt>, StoreError> {
        self.read("reading a company's attempts", |conn| {
            conn.prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE company = ? ORDER BY started_at, id"))?
                .query_map([company], attempt)?
                .collect()
        })
    }

    /// The words of a version, as a customer was shown or sent them. The first that are kept of a version stay.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_words(&self, version: &str, text: &str) -> Result<(), StoreError> {
        self.write("keeping words", |tx| {
            tx.execute("INSERT INTO told (version, text) VALUES (?, ?) ON CONFLICT (version) DO NOTHING", [version, text])?;
            Ok(())
        })
    }

    /// The words of a version.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn words_of(&self, version: &str) -> Result<Option<String>, StoreError> {
        self.read("reading words", |conn| conn.query_row("SELECT text FROM told WHERE version = ?", [version], |row| row.get(0)).optional())
    }

    /// The newest attempt with this reference (or, without one, this exact typed name) and bank.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn attempt_like(&self, reference: Option<&str>, typed_name: &str, bank_key: &str) -> Result<Option<Attempt>, StoreError> {
        self.read("looking for an earlier attempt", |conn| {
            let found = conn.prepare_cached(&format!(
                "SELECT {ATTEMPT} FROM attempts WHERE bank_key = ?3 AND ((?1 IS NOT NULL AND reference = ?1) OR (?1 IS NULL AND reference IS NULL AND typed_name = ?2)) \
                 ORDER BY started_at DESC LIMIT 1"
            ))?
            .query_row(params![reference, typed_name, bank_key], attempt);
            found.optional()
        })
    }

    /// The newest attempt of a company with any bank, for reusing the company.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn attempt_with_reference(&self, reference: &str) -> Result<Option<Attempt>, StoreError> {
        self.read("looking for an earlier attempt", |conn| {
            conn.prepare_cached(&format!("SELECT {ATTEMPT} FROM attempts WHERE reference = ? ORDER BY started_at DESC LIMIT 1"))?
                .query_row([reference], attempt)
                .optional()
        })
    }

    /// A new nonce for an attempt; the earlier ones stop working.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn new_nonce(&self, attempt: &str, hash: &[u8; 32], now: i64, expires: i64) -> Result<(), StoreError> {
        self.write("keeping a nonce", |tx| {
            tx.execute("UPDATE nonces SET void = 1 WHERE attempt = ?", [attempt])?;
            tx.execute("INSERT INTO nonces (hash, attempt, created, expires) VALUES (?, ?, ?, ?)", params![hash, attempt, now, expires])?;
            Ok(())
        })
    }

    /// All nonces that could still be used: hash and attempt.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn nonce_state(&self, hash: &[u8; 32], now: i64) -> Result<NonceUse, StoreError> {
        self.read("looking up a nonce", |conn| {
            let found = conn
                .query_row(
                    "SELECT attempt, expires, used_at IS NOT NULL OR void = 1 FROM nonces WHERE hash = ?",
                    [hash.as_slice()],
                    |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, bool>(2)?)),
                )
                .optional()?;
            Ok(match found {
                None => NonceUse::Unknown,
                Some((_, _, true)) => NonceUse::Used,
                Some((_, expires, _)) if expires < now => NonceUse::Expired,
                Some((attempt, ..)) => NonceUse::Accepted(attempt),
            })
        })
    }

    /// Uses a nonce up. False when somebody was faster.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn use_nonce(&self, hash: &[u8; 32], now: i64) -> Result<bool, StoreError> {
        self.write("using a nonce", |tx| {
            Ok(tx.execute(
                "UPDATE nonces SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL AND void = 0 AND expires >= ?2",
                params![hash, now],
            )? == 1)
        })
    }
}
