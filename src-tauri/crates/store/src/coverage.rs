//! What is here of each account, month by month. One walk over a company's keys; no amount and no text is looked at.

use crate::closings::each_of;
use crate::movements::WALK;
use crate::packed::{self, month_of};
use crate::transactions::company_number;
use crate::{Stop, Store, StoreError};
use domain::money::Amount;
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap};

/// An account's rows per month and its closing balances. What Codat no longer lists does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountHistory {
    /// Account's id.
    pub account: String,
    /// Connection's id.
    pub connection: String,
    /// Rows per month, months counted from the year 0.
    pub months: BTreeMap<i64, MonthRows>,
    /// Closing balances by day since 1970, oldest first.
    pub balances: Vec<(i64, Amount)>,
}

/// Rows of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthRows {
    /// How many.
    pub count: u32,
    /// Day of the first, since 1970.
    pub first: i64,
    /// Day of the last.
    pub last: i64,
}

impl Store {
    /// What is here of each account of a company.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn histories(&self, company: &str) -> Result<Vec<AccountHistory>, StoreError> {
        self.read_for("reading what is covered", Some(WALK), &Stop::default(), |conn| {
            let Some(company) = company_number(conn, company)? else { return Ok(vec![]) };
            let months = months(conn, company)?;
            histories(conn, company, months)
        })
    }

    /// Closing balances of each account of a company; no row is looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn closing_balances(&self, company: &str) -> Result<Vec<AccountHistory>, StoreError> {
        self.read("reading the closing balances", |conn| {
            let Some(company) = company_number(conn, company)? else { return Ok(vec![]) };
            histories(conn, company, HashMap::new())
        })
    }
}

fn histories(conn: &Connection, company: i64, mut months: HashMap<i64, BTreeMap<i64, MonthRows>>) -> rusqlite::Result<Vec<AccountHistory>> {
    let mut books = conn.prepare_cached(
        "SELECT b.n, b.account, k.id FROM books b JOIN connections k ON k.n = b.connection WHERE b.company = ? ORDER BY b.n",
    )?;
    let mut books = books.query([company])?;
    let mut histories = vec![];
    while let Some(book) = books.next()? {
        let number: i64 = book.get(0)?;
        let mut history = AccountHistory {
            account: book.get(1)?,
            connection: book.get(2)?,
            months: months.remove(&number).unwrap_or_default(),
            balances: vec![],
        };
        each_of(conn, number, |closing| {
            let Some(Ok(amount)) = closing.current.as_deref().map(Amount::parse) else { return };
            // Of one day the last told stands.
            match history.balances.last_mut() {
                Some(last) if last.0 == closing.day => last.1 = amount,
                _ => history.balances.push((closing.day, amount)),
            }
        })?;
        histories.push(history);
    }
    Ok(histories)
}

fn months(conn: &Connection, company: i64) -> rusqlite::Result<HashMap<i64, BTreeMap<i64, MonthRows>>> {
    let mut found: HashMap<i64, BTreeMap<i64, MonthRows>> = HashMap::new();
    let mut rows = conn.prepare_cached("SELECT k, book, day FROM transactions WHERE k BETWEEN ? AND ? AND absent = 0 ORDER BY k")?;
    let mut rows = rows.query(params![packed::floor(company, i64::MIN), packed::ceiling(company, i64::MAX)])?;
    // Keys come in the order of days: the month changes seldom.
    let mut known: Option<(i64, i64)> = None;
    while let Some(row) = rows.next()? {
        let day = row.get::<_, Option<i64>>(2)?.unwrap_or(packed::day_of(row.get(0)?));
        let month = match known {
            Some((same, month)) if same == day => month,
            _ => month_of(day),
        };
        known = Some((day, month));
        let of = found.entry(row.get(1)?).or_default().entry(month).or_insert(MonthRows { count: 0, first: day, last: day });
        of.count += 1;
        of.first = of.first.min(day);
        of.last = of.last.max(day);
    }
    Ok(found)
}
