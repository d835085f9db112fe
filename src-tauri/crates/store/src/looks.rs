//! Whose the accounts of a connection are: how they look now and looked before, what a person said of it, and where else the same account is.

use crate::{Reading, Store, StoreError};
use domain::same_business::Mark;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What was seen of a connection's accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Connection.
    pub connection: String,
    /// Company.
    pub company: String,
    /// Number of the consent under which they came.
    pub consent: i64,
    /// The accounts when last looked at.
    pub known: Vec<Mark>,
    /// Those under the consent before.
    pub earlier: Option<Vec<Mark>>,
    /// What a person said: whether it is the right business, and when.
    pub answer: Option<(bool, i64)>,
}

/// The same account by another connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Connection whose account it is.
    pub connection: String,
    /// Last characters of its number.
    pub ending: Option<String>,
    /// The other connection.
    pub other: String,
    /// Its company.
    pub company: String,
    /// That company's name.
    pub name: String,
    /// Name of the bank there.
    pub bank_name: String,
}

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    holder: Option<String>,
    currency: String,
    country: Option<String>,
    ending: Option<String>,
}

fn text(marks: &[Mark]) -> String {
    let kept = marks.iter().cloned().map(|Mark { holder, currency, country, ending }| Kept { holder, currency, country, ending });
    serde_json::to_string(&kept.collect::<Vec<_>>()).unwrap_or_default()
}

fn marks(text: &str) -> Vec<Mark> {
    let kept: Vec<Kept> = serde_json::from_str(text).unwrap_or_default();
    kept.into_iter().map(|Kept { holder, currency, country, ending }| Mark { holder, currency, country, ending }).collect()
}

/// A member of an account's identifiers.
fn identifier(raw: &str, name: &str) -> Option<String> {
    let record: Value = serde_json::from_str(raw).ok()?;
    let plain: String = record["identifiers"][name].as_str()?.chars().filter(|c| c.is_alphanumeric()).collect();
    Some(plain.to_uppercase()).filter(|plain| !plain.is_empty())
}

fn country(raw: &str) -> Option<String> {
    let iban = identifier(raw, "iban")?;
    iban.get(..2).filter(|code| code.chars().all(|c| c.is_ascii_uppercase())).map(str::to_owned)
}

/// What tells one account from all others, where the bank gives it whole.
fn number(raw: &str) -> Option<String> {
    identifier(raw, "iban").or_else(|| Some(format!("{} {}", identifier(raw, "bankCode")?, identifier(raw, "number")?)))
}

impl Reading<'_> {
    /// The accounts of a connection as far as they tell whose they are.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account_marks(&self, connection: &str) -> Result<Vec<Mark>, StoreError> {
        self.ask("looking whose accounts these are", |conn| {
            let mut marks: Vec<Mark> = conn
                .prepare_cached(
                    "SELECT a.holder, a.currency, a.ending, a.raw FROM connections k JOIN accounts a ON a.company = (SELECT n FROM companies WHERE id = k.company)
                     AND a.connection = k.n WHERE k.id = ? AND a.absent = 0",
                )?
                .query_map([connection], |row| {
                    Ok(Mark { holder: row.get(0)?, currency: row.get(1)?, ending: row.get(2)?, country: country(row.get_ref(3)?.as_str()?) })
                })?
                .collect::<rusqlite::Result<_>>()?;
            marks.sort();
            Ok(marks)
        })
    }

    /// The number of the consent that stands, and what was seen under it or before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn look(&self, connection: &str) -> Result<Option<(i64, Option<Look>)>, StoreError> {
        self.ask("reading what was seen of accounts", |conn| {
            let consent: Option<i64> = conn
                .prepare_cached("SELECT n FROM consents WHERE connection = ? AND ended IS NULL")?
                .query_row([connection], |row| row.get(0))
                .optional()?;
            let Some(consent) = consent else { return Ok(None) };
            let look = conn
                .prepare_cached("SELECT connection, company, consent, known, earlier, answer, answered_at FROM looks WHERE connection = ?")?
                .query_row([connection], |row| {
                    let earlier: Option<String> = row.get(4)?;
                    Ok(Look {
                        connection: row.get(0)?,
                        company: row.get(1)?,
                        consent: row.get(2)?,
                        known: marks(row.get_ref(3)?.as_str()?),
                        earlier: earlier.as_deref().map(marks),
                        answer: row.get::<_, Option<bool>>(5)?.zip(row.get(6)?),
                    })
                })
                .optional()?;
            Ok(Some((consent, look)))
        })
    }

    /// Accounts of a company that another connection holds too: the same whole number, or the bank's own id for it; where the bank tells neither,
    /// the same tail, currency and holder at the same bank.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn twins(&self, company: &str) -> Result<Vec<Twin>, StoreError> {
        self.ask("looking for the same account elsewhere", |conn| twins(conn, company))
    }
}

impl Store {
    /// Keeps what was seen.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_look(&self, look: &Look) -> Result<(), StoreError> {
        self.write("keeping what was seen of accounts", |tx| {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO looks (connection, company, consent, known, earlier, answer, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                look.connection,
                look.company,
                look.consent,
                text(&look.known),
                look.earlier.as_deref().map(text),
                look.answer.map(|(right, _)| right),
                look.answer.map(|(_, at)| at)
            ])?;
            Ok(())
        })
    }
}

fn twins(conn: &Connection, company: &str) -> rusqlite::Result<Vec<Twin>> {
    let mut rows = conn.prepare_cached(
        "SELECT k.id, a.ending, a.id, a.holder, a.raw, k.bank_name, o.id, b.id, b.holder, b.raw, o.bank_name, d.id, d.name
         FROM companies c JOIN accounts a ON a.company = c.n JOIN connections k ON k.n = a.connection
         JOIN accounts b ON b.ending = a.ending AND b.currency = a.currency AND b.connection <> a.connection
         JOIN connections o ON o.n = b.connection JOIN companies d ON d.n = b.company
         WHERE c.id = ? AND a.ending IS NOT NULL AND a.absent = 0 AND b.absent = 0 AND k.gone = 0 AND o.gone = 0 AND d.gone = 0
         ORDER BY k.n, a.id, o.n LIMIT 500",
    )?;
    let mut rows = rows.query([company])?;
    let mut twins: Vec<Twin> = vec![];
    while let Some(row) = rows.next()? {
        let (own, other) = (number(row.get_ref(4)?.as_str()?), number(row.get_ref(9)?.as_str()?));
        let same_bank = row.get_ref(5)?.as_str()? == row.get_ref(10)?.as_str()?;
        let holders: (Option<String>, Option<String>) = (row.get(3)?, row.get(8)?);
        let is_same = match (own, other) {
            (Some(own), Some(other)) => own == other,
            _ => {
                let same_id = row.get_ref(2)?.as_str()? == row.get_ref(7)?.as_str()?;
                let same_holder =
                    holders.0.is_some() && holders.0.as_deref().map(str::to_lowercase) == holders.1.as_deref().map(str::to_lowercase);
                same_bank && (same_id || same_holder)
            }
        };
        if is_same {
            twins.push(Twin {
                connection: row.get(0)?,
                ending: row.get(1)?,
                other: row.get(6)?,
                bank_name: row.get(10)?,
                company: row.get(11)?,
                name: row.get(12)?,
            });
        }
    }
    Ok(twins)
}
