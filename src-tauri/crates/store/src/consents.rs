//! Consents as they were given and ended, our estimate of their ends, and renewals that were sent together. Rows of `consents` come and end by themselves,
//! with what Codat tells of the connections.

use crate::movements::WALK;
use crate::{Stop, Store, StoreError};
use rusqlite::{OptionalExtension as _, Row, params};

/// A consent that was given once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// Its number.
    pub n: i64,
    /// Connection.
    pub connection: String,
    /// Company.
    pub company: String,
    /// Bank.
    pub bank_key: Option<String>,
    /// Provider.
    pub provider: Option<String>,
    /// When it was given, or the earliest moment possible.
    pub given: i64,
    /// We saw it being given.
    pub exact: bool,
    /// When it ends, by our estimate.
    pub ends_at: Option<i64>,
    /// When it ended.
    pub ended: Option<i64>,
    /// Codat's word for how.
    pub how: Option<String>,
}

const CONSENT: &str = "n, connection, company, bank_key, provider, given, exact, ends_at, ended, how";

fn consent(row: &Row<'_>) -> rusqlite::Result<Consent> {
    Ok(Consent {
        n: row.get(0)?,
        connection: row.get(1)?,
        company: row.get(2)?,
        bank_key: row.get(3)?,
        provider: row.get(4)?,
        given: row.get(5)?,
        exact: row.get(6)?,
        ends_at: row.get(7)?,
        ended: row.get(8)?,
        how: row.get(9)?,
    })
}

/// A connection whose consent stands or has ended, as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedConsent {
    /// Company.
    pub company: String,
    /// Its name.
    pub name: String,
    /// Its reference.
    pub reference: Option<String>,
    /// Connection.
    pub connection: String,
    /// Bank.
    pub bank_key: Option<String>,
    /// Its name.
    pub bank_name: String,
    /// Provider.
    pub provider: Option<String>,
    /// Codat's word for the connection.
    pub status: String,
    /// When the consent that stands was given, or the earliest moment possible.
    pub given: Option<i64>,
    /// We saw it being given.
    pub exact: bool,
    /// When it ends, by our estimate.
    pub ends_at: Option<i64>,
    /// When the last one ended.
    pub ended: Option<i64>,
    /// When a renewal was sent last.
    pub sent_at: Option<i64>,
}

/// An end that comes near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Connection.
    pub connection: String,
    /// Company.
    pub company: String,
    /// Bank.
    pub bank_key: Option<String>,
    /// When the consent was given.
    pub given: i64,
    /// So many days before its end.
    pub step: u16,
    /// More, in words.
    pub says: String,
}

/// Renewals that were sent together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenewalBatch {
    /// Its id.
    pub id: String,
    /// When they were sent.
    pub made_at: i64,
    /// What became of each.
    pub renewals: Vec<Renewal>,
}

/// A renewal that was sent, and what is known since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// Connection.
    pub connection: String,
    /// Company.
    pub company: String,
    /// Its name; empty when it is gone.
    pub name: String,
    /// Name of the bank.
    pub bank_name: String,
    /// Attempt.
    pub attempt: String,
    /// When its link was fetched.
    pub sent_at: i64,
    /// The consent stood when it was sent.
    pub was_linked: bool,
    /// Codat's word for the connection now; none when it is gone.
    pub status: Option<String>,
    /// A consent was given since.
    pub is_given: bool,
    /// Stage of its attempt; the attempt may have been used for another door since.
    pub stage: Option<String>,
}

/// A consent whose end is near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearEnd {
    /// Connection's id.
    pub connection: String,
    /// Company's id.
    pub company: String,
    /// The bank's key at Codat.
    pub bank_key: Option<String>,
    /// When it was given.
    pub given: i64,
    /// When it ends, by our estimate.
    pub ends_at: i64,
}

impl Store {
    /// Every consent that is known, those that ended before those that stand.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn consents(&self) -> Result<Vec<Consent>, StoreError> {
        self.read_for("reading consents", Some(WALK), &Stop::default(), |conn| {
            conn.prepare_cached(&format!("SELECT {CONSENT} FROM consents ORDER BY ended IS NULL, n"))?.query_map([], consent)?.collect()
        })
    }

    /// Consents of a company, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn consents_of(&self, company: &str) -> Result<Vec<Consent>, StoreError> {
        self.read("reading a company's consents", |conn| {
            conn.prepare_cached(&format!("SELECT {CONSENT} FROM consents WHERE company = ? ORDER BY n DESC"))?
                .query_map([company], consent)?
                .collect()
        })
    }

    /// Keeps estimated ends, by the consents' numbers.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_ends(&self, ends: &[(i64, Option<i64>)]) -> Result<(), StoreError> {
        self.write("keeping estimates", |tx| {
            let mut keep = tx.prepare_cached("UPDATE consents SET ends_at = ?2 WHERE n = ?1 AND ended IS NULL")?;
            ends.iter().try_for_each(|(n, ends_at)| keep.execute(params![n, ends_at]).map(|_| ()))
        })
    }

    /// Connections whose consent ended, then those whose consent ends before a moment, then the rest, each by its end.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn listed_consents(&self, before: Option<i64>, limit: u32) -> Result<Vec<ListedConsent>, StoreError> {
        self.read("listing consents", |conn| {
            // What is told of a consent is looked up for those that are listed, not for all that are sorted.
            conn.prepare_cached(
                "SELECT k.company, c.name, c.reference, k.id, k.bank_key, k.bank_name, k.integration_id, k.status, e.given, coalesce(e.exact, 0), e.ends_at,
                   (SELECT max(x.ended) FROM consents x WHERE x.connection = k.id), (SELECT max(r.sent_at) FROM renewals r WHERE r.connection = k.id)
                 FROM (SELECT k.n AS connection, e.n AS consent FROM connections k JOIN companies c ON c.id = k.company
                     LEFT JOIN consents e ON e.connection = k.id AND e.ended IS NULL
                   WHERE k.gone = 0 AND c.gone = 0 AND (lower(k.status) = 'deauthorized' OR lower(k.status) = 'linked' AND (?1 IS NULL OR e.ends_at < ?1))
                   ORDER BY lower(k.status) <> 'deauthorized', e.ends_at IS NULL, e.ends_at, c.folded, k.n LIMIT ?2) listed
                 JOIN connections k ON k.n = listed.connection JOIN companies c ON c.id = k.company LEFT JOIN consents e ON e.n = listed.consent
                 ORDER BY lower(k.status) <> 'deauthorized', e.ends_at IS NULL, e.ends_at, c.folded, k.n",
            )?
            .query_map(params![before, limit], |row| {
                Ok(ListedConsent {
                    company: row.get(0)?,
                    name: row.get(1)?,
                    reference: row.get(2)?,
                    connection: row.get(3)?,
                    bank_key: row.get(4)?,
                    bank_name: row.get(5)?,
                    provider: row.get(6)?,
                    status: row.get(7)?,
                    given: row.get(8)?,
                    exact: row.get(9)?,
                    ends_at: row.get(10)?,
                    ended: row.get(11)?,
                    sent_at: row.get(12)?,
                })
            })?
            .collect()
        })
    }

    /// Consents that stand and whose end is before a moment, the nearest first, for notices: all of them, and in the time that so many take.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn ends_before(&self, moment: i64) -> Result<Vec<NearEnd>, StoreError> {
        self.read_for("looking for ends that are near", Some(WALK), &Stop::default(), |conn| {
            conn.prepare_cached(
                "SELECT e.connection, k.company, k.bank_key, e.given, e.ends_at FROM consents e JOIN connections k ON k.id = e.connection
                 JOIN companies c ON c.id = k.company WHERE e.ended IS NULL AND e.ends_at < ? AND k.gone = 0 AND c.gone = 0 ORDER BY e.ends_at, e.company",
            )?
            .query_map([moment], |row| {
                Ok(NearEnd { connection: row.get(0)?, company: row.get(1)?, bank_key: row.get(2)?, given: row.get(3)?, ends_at: row.get(4)? })
            })?
            .collect()
        })
    }

    /// Estimated ends of all consents that stand, and how many connections are without one that ended.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn ends(&self) -> Result<(Vec<Option<i64>>, u32), StoreError> {
        self.read("counting consents", |conn| {
            let ends = conn
                .prepare_cached("SELECT ends_at FROM consents WHERE ended IS NULL")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let over = conn
                .prepare_cached("SELECT count(*) FROM connections WHERE gone = 0 AND lower(status) = 'deauthorized'")?
                .query_row([], |row| row.get(0))?;
            Ok((ends, over))
        })
    }

    /// The address and the language that a list of customers gave for a company, the newest one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn listed_for(&self, company: &str) -> Result<(Option<String>, Option<String>), StoreError> {
        self.read("looking for an address", |conn| {
            conn.prepare_cached(
                "SELECT r.mail, r.language FROM bulk_rows r JOIN bulks b ON b.id = r.bulk WHERE r.company = ? AND r.mail IS NOT NULL ORDER BY b.made_at DESC LIMIT 1",
            )?
            .query_row([company], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map(Option::unwrap_or_default)
        })
    }

    /// Keeps a batch that was sent, whole.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_batch(&self, batch: &RenewalBatch) -> Result<(), StoreError> {
        self.write("keeping renewals that were sent", |tx| {
            tx.execute("INSERT INTO batches (id, made_at) VALUES (?, ?)", params![batch.id, batch.made_at])?;
            let mut keep = tx.prepare_cached(
                "INSERT INTO renewals (batch, connection, company, attempt, sent_at, was_linked) VALUES (?, ?, ?, ?, ?, ?)",
            )?;
            batch.renewals.iter().try_for_each(|one| {
                keep.execute(params![batch.id, one.connection, one.company, one.attempt, one.sent_at, one.was_linked]).map(|_| ())
            })
        })
    }

    /// Batches with what is known of each renewal, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn batches(&self, limit: u32) -> Result<Vec<RenewalBatch>, StoreError> {
        self.read("reading renewals that were sent", |conn| {
            let mut batches: Vec<RenewalBatch> = conn
                .prepare_cached("SELECT id, made_at FROM batches ORDER BY made_at DESC, id LIMIT ?")?
                .query_map([limit], |row| Ok(RenewalBatch { id: row.get(0)?, made_at: row.get(1)?, renewals: vec![] }))?
                .collect::<rusqlite::Result<_>>()?;
            let mut rows = conn.prepare_cached(
                "SELECT r.connection, r.company, coalesce(c.name, ''), coalesce(k.bank_name, ''), r.attempt, r.sent_at, r.was_linked,
                   CASE WHEN k.gone = 0 THEN k.status END, EXISTS (SELECT 1 FROM consents e WHERE e.connection = r.connection AND e.noted >= r.sent_at), a.stage
                 FROM renewals r LEFT JOIN companies c ON c.id = r.company LEFT JOIN connections k ON k.id = r.connection LEFT JOIN attempts a ON a.id = r.attempt
                 WHERE r.batch = ? ORDER BY c.folded, r.connection",
            )?;
            for batch in &mut batches {
                let renewals = rows.query_map([&batch.id], |row| {
                    Ok(Renewal {
                        connection: row.get(0)?,
                        company: row.get(1)?,
                        name: row.get(2)?,
                        bank_name: row.get(3)?,
                        attempt: row.get(4)?,
                        sent_at: row.get(5)?,
                        was_linked: row.get(6)?,
                        status: row.get(7)?,
                        is_given: row.get(8)?,
                        stage: row.get(9)?,
                    })
                })?;
                batch.renewals = renewals.collect::<rusqlite::Result<_>>()?;
            }
            Ok(batches)
        })
    }
}
