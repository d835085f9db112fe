//! A company's rows for figures: one walk over its days, texts that come again looked up once. What Codat no longer lists does not count.

use crate::packed;
use crate::rollups::amount;
use crate::transactions::company_number;
use crate::{Stop, Store, StoreError};
use domain::money::Amount;
use rusqlite::{CachedStatement, Connection, params};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::time::Duration;

/// Time for a walk over all rows of a company.
pub(crate) const WALK: Duration = Duration::from_secs(20);

/// A row as far as figures need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement<'r> {
    /// Days since 1970.
    pub day: i64,
    /// Exact; negative went out.
    pub amount: Amount,
    /// Currency.
    pub currency: &'r str,
    /// Account's id.
    pub account: &'r str,
    /// Connection's id.
    pub connection: &'r str,
    /// As sent; empty when nothing was sent.
    pub description: &'r str,
    /// Merchant.
    pub merchant: Option<&'r str>,
    /// Category's id.
    pub category: Option<&'r str>,
    /// Category's name, when the row itself tells it.
    pub category_name: Option<&'r str>,
}

/// A row as far as sums by counterparty need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment<'r> {
    /// Exact; negative went out.
    pub amount: Amount,
    /// Merchant.
    pub merchant: Option<&'r str>,
    /// As sent; empty when nothing was sent.
    pub description: &'r str,
}

impl Store {
    /// Hands every row of a currency from `from` to `to` (days since 1970) to `take`, oldest first, from one snapshot and at constant memory.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn each_payment(
        &self,
        company: &str,
        currency: &str,
        (from, to): (i64, i64),
        mut take: impl FnMut(&Payment<'_>),
    ) -> Result<(), StoreError> {
        self.read_for("reading rows for figures", Some(WALK), &Stop::default(), |conn| {
            let Some(company) = company_number(conn, company)? else { return Ok(()) };
            let mut words = Words::new(conn)?;
            // A day that no key can hold lies at the end of the range.
            let mut rows = conn.prepare_cached(
                "SELECT units, scale, amount, description, merchant FROM transactions WHERE k BETWEEN ?1 AND ?2 AND absent = 0
                 AND currency = (SELECT n FROM words WHERE text = ?3) AND (day IS NULL OR day BETWEEN ?4 AND ?5) ORDER BY k",
            )?;
            let mut rows = rows.query(params![packed::floor(company, from), packed::ceiling(company, to), currency, from, to])?;
            while let Some(row) = rows.next()? {
                let merchant = row.get::<_, Option<i64>>(4)?.map(|number| words.of(number)).transpose()?;
                take(&Payment {
                    amount: amount(row.get(0)?, row.get(1)?, row.get_ref(2)?.as_str_or_null()?)?,
                    merchant: merchant.as_deref(),
                    description: row.get_ref(3)?.as_str_or_null()?.unwrap_or_default(),
                });
            }
            Ok(())
        })
    }

    /// Hands every row from `from` to `to` (days since 1970) to `take`, oldest first, from one snapshot and at constant memory.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn each_movement(&self, company: &str, from: i64, to: i64, mut take: impl FnMut(&Movement<'_>)) -> Result<(), StoreError> {
        self.read_for("reading rows for figures", Some(WALK), &Stop::default(), |conn| {
            let Some(company) = company_number(conn, company)? else { return Ok(()) };
            let mut words = Words::new(conn)?;
            let books = books(conn, company)?;
            let mut rows = conn.prepare_cached(
                "SELECT k, day, units, scale, amount, currency, book, description, merchant, category, category_name
                 FROM transactions WHERE k BETWEEN ? AND ? AND absent = 0 ORDER BY k",
            )?;
            let mut rows = rows.query(params![packed::floor(company, from), packed::ceiling(company, to)])?;
            while let Some(row) = rows.next()? {
                let day = row.get::<_, Option<i64>>(1)?.unwrap_or(packed::day_of(row.get(0)?));
                // A day that no key can hold lies at the end of the range.
                if !(from..=to).contains(&day) {
                    continue;
                }
                let currency = words.of(row.get(5)?)?;
                let optional = |number: Option<i64>, words: &mut Words<'_>| number.map(|number| words.of(number)).transpose();
                let merchant = optional(row.get(8)?, &mut words)?;
                let category = optional(row.get(9)?, &mut words)?;
                let category_name = optional(row.get(10)?, &mut words)?;
                let Some((account, connection)) = books.get(&row.get(6)?) else { continue };
                take(&Movement {
                    day,
                    amount: amount(row.get(2)?, row.get(3)?, row.get_ref(4)?.as_str_or_null()?)?,
                    currency: &currency,
                    account,
                    connection,
                    description: row.get_ref(7)?.as_str_or_null()?.unwrap_or_default(),
                    merchant: merchant.as_deref(),
                    category: category.as_deref(),
                    category_name: category_name.as_deref(),
                });
            }
            Ok(())
        })
    }
}

fn books(conn: &Connection, company: i64) -> rusqlite::Result<FxHashMap<i64, (String, String)>> {
    conn.prepare_cached("SELECT b.n, b.account, k.id FROM books b JOIN connections k ON k.n = b.connection WHERE b.company = ?")?
        .query_map([company], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
        .collect()
}

/// Words of the dictionary, each read once.
pub(crate) struct Words<'c> {
    known: FxHashMap<i64, Rc<str>>,
    find: CachedStatement<'c>,
}

impl<'c> Words<'c> {
    pub(crate) fn new(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self { known: FxHashMap::default(), find: conn.prepare_cached("SELECT text FROM words WHERE n = ?")? })
    }

    pub(crate) fn of(&mut self, number: i64) -> rusqlite::Result<Rc<str>> {
        Ok(match self.known.entry(number) {
            Entry::Occupied(known) => Rc::clone(known.get()),
            Entry::Vacant(new) => {
                let text: String = self.find.query_row([number], |row| row.get(0))?;
                Rc::clone(new.insert(text.into()))
            }
        })
    }
}
