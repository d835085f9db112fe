//! Accounts, figures of a company and of the whole store on their way to a screen. Transactions have a file of their own.

use crate::closings::{Closing, newest_of};
use crate::transactions::company_number;
use crate::{Reading, Store, StoreError, rollups};
use domain::money::Total;
use rusqlite::{OptionalExtension as _, params};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// An account with what is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The bank's id.
    pub id: String,
    /// Connection's id.
    pub connection: String,
    /// Bank.
    pub bank: String,
    /// Name.
    pub name: String,
    /// Holder.
    pub holder: Option<String>,
    /// Kind.
    pub kind: String,
    /// Last characters of its number.
    pub ending: Option<String>,
    /// Currency.
    pub currency: String,
    /// Newest closing balance if there is one, else what the account's own record says; digits as sent.
    pub current: Option<String>,
    /// The same.
    pub available: Option<String>,
    /// Day of the newest closing balance, days since 1970.
    pub balance_day: Option<i64>,
    /// First transaction's day.
    pub from: Option<i64>,
    /// Last transaction's day.
    pub to: Option<i64>,
    /// Transactions.
    pub transactions: u32,
}

/// What came in and went out in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthSum {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// Currency.
    pub currency: String,
    /// Came in.
    pub money_in: Total,
    /// Went out; negative.
    pub money_out: Total,
    /// Rows.
    pub count: u32,
}

/// The whole store in figures. What Codat no longer lists does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Companies.
    pub companies: u32,
    /// Connections.
    pub connections: u32,
    /// Accounts.
    pub accounts: u32,
    /// Transactions.
    pub transactions: u64,
    /// Exact sums per currency.
    pub sums: BTreeMap<String, Total>,
}

impl Reading<'_> {
    /// Rows of a type that we hold for a connection, those set aside not counted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn row_count(&self, connection: &str, data_type: &str) -> Result<u32, StoreError> {
        const OF: &str = "FROM connections k JOIN companies c ON c.id = k.company";
        let sql = match data_type {
            "banking-transactions" => {
                "SELECT coalesce(sum(b.count), 0) FROM connections k JOIN books b ON b.connection = k.n WHERE k.id = ?".to_owned()
            }
            "banking-accountBalances" => {
                "SELECT coalesce(sum(d.count), 0) FROM connections k JOIN books b ON b.connection = k.n JOIN closings d ON d.book = b.n WHERE k.id = ?"
                    .to_owned()
            }
            "banking-accounts" => format!("SELECT count(*) {OF} JOIN accounts t ON t.company = c.n AND t.connection = k.n WHERE k.id = ?"),
            _ => format!("SELECT count(*) {OF} JOIN categories t ON t.company = c.n AND t.connection = k.n WHERE k.id = ?"),
        };
        self.ask("counting rows", |conn| conn.prepare_cached(&sql)?.query_row([connection], |row| row.get(0)))
    }

    /// Accounts of a company.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accounts(&self, company: &str) -> Result<Vec<AccountRow>, StoreError> {
        self.ask("reading the accounts", |conn| {
            let mut rows = conn.prepare_cached(
                "SELECT b.n, a.id, k.id, k.bank_name, a.name, a.holder, a.kind, a.ending, a.currency, a.current, a.available, b.first, b.last,
                 coalesce(b.count, 0) FROM companies c JOIN accounts a ON a.company = c.n JOIN connections k ON k.n = a.connection
                 LEFT JOIN books b ON b.connection = a.connection AND b.account = a.id WHERE c.id = ? AND a.absent = 0 ORDER BY k.n, a.name, a.id",
            )?;
            let mut accounts: Vec<AccountRow> = vec![];
            let mut rows = rows.query([company])?;
            while let Some(row) = rows.next()? {
                let newest = row.get::<_, Option<i64>>(0)?.map(|book| newest_of(conn, book)).transpose()?.flatten();
                // A figure and its day belong together.
                let (balance_day, current, available) = match newest {
                    Some(Closing { day, current: Some(current), available, .. }) => {
                        (Some(day), Some(current.into_owned()), available.map(Cow::into_owned))
                    }
                    _ => (None, row.get(9)?, row.get(10)?),
                };
                accounts.push(AccountRow {
                    id: row.get(1)?,
                    connection: row.get(2)?,
                    bank: row.get(3)?,
                    name: row.get(4)?,
                    holder: row.get(5)?,
                    kind: row.get(6)?,
                    ending: row.get(7)?,
                    currency: row.get(8)?,
                    current,
                    available,
                    balance_day,
                    from: row.get(11)?,
                    to: row.get(12)?,
                    transactions: row.get(13)?,
                });
            }
            Ok(accounts)
        })
    }

    /// The newest day of a connection's transactions.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn newest_day(&self, connection: &str) -> Result<Option<i64>, StoreError> {
        self.ask("reading the newest day", |conn| {
            conn.prepare_cached("SELECT max(b.last) FROM connections k JOIN books b ON b.connection = k.n WHERE k.id = ?")?
                .query_row([connection], |row| row.get(0))
        })
    }
}

impl Store {
    /// An account as Codat sent it, JSON.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account_as_sent(&self, company: &str, connection: &str, account: &str) -> Result<Option<String>, StoreError> {
        self.read("reading an account", |conn| {
            conn.prepare_cached(
                "SELECT a.raw FROM companies c JOIN accounts a ON a.company = c.n JOIN connections k ON k.n = a.connection
                 WHERE c.id = ? AND k.id = ? AND a.id = ? AND a.absent = 0",
            )?
            .query_row([company, connection, account], |row| row.get(0))
            .optional()
        })
    }

    /// As [`Reading::accounts`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accounts(&self, company: &str) -> Result<Vec<AccountRow>, StoreError> {
        self.reading(|reading| reading.accounts(company))
    }

    /// As [`Reading::row_count`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn row_count(&self, connection: &str, data_type: &str) -> Result<u32, StoreError> {
        self.reading(|reading| reading.row_count(connection, data_type))
    }

    /// What came in and went out per month and currency, oldest month first. Costs the months, not the rows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn months(&self, company: &str) -> Result<Vec<MonthSum>, StoreError> {
        self.read("reading the months", |conn| {
            let Some(company) = company_number(conn, company)? else { return Ok(vec![]) };
            let mut word = conn.prepare_cached("SELECT text FROM words WHERE n = ?")?;
            rollups::months(conn, company, i64::MIN, i64::MAX)?
                .into_iter()
                .filter(|(_, _, flow)| flow.count > 0)
                .map(|(month, currency, flow)| {
                    Ok(MonthSum {
                        year: month.div_euclid(12),
                        month: u8::try_from(month.rem_euclid(12) + 1).unwrap_or(1),
                        currency: word.query_row([currency], |row| row.get(0))?,
                        money_in: flow.money_in,
                        money_out: flow.money_out,
                        count: u32::try_from(flow.count).unwrap_or(u32::MAX),
                    })
                })
                .collect()
        })
    }

    /// The whole store in figures.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        self.read("summing up", |conn| {
            let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, u32>(0));
            let mut totals = Totals {
                companies: count("SELECT count(*) FROM companies WHERE gone = 0")?,
                connections: count("SELECT count(*) FROM connections WHERE gone = 0")?,
                accounts: count("SELECT count(*) FROM accounts WHERE absent = 0")?,
                ..Totals::default()
            };
            let mut sums =
                conn.prepare_cached("SELECT w.text, s.total, s.count FROM sums s JOIN words w ON w.n = s.currency WHERE s.count > 0")?;
            let mut rows = sums.query(params![])?;
            while let Some(row) = rows.next()? {
                totals.sums.insert(row.get(0)?, rollups::total(row, 1)?);
                totals.transactions += u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
            }
            Ok(totals)
        })
    }
}

/// One of Codat's categories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryRow {
    /// The connection that told it.
    pub connection: String,
    /// Its id.
    pub id: String,
    /// The id of the one it is under.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
}

impl Store {
    /// Codat's categories of a company, as each of its connections told them, at most 10,000.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn categories(&self, company: &str) -> Result<Vec<CategoryRow>, StoreError> {
        self.read("reading categories", |conn| {
            conn.prepare_cached(
                "SELECT k.id, g.id, g.parent, g.name FROM categories g JOIN companies c ON c.n = g.company JOIN connections k ON k.n = g.connection
                 WHERE c.id = ? AND g.absent = 0 ORDER BY g.name, k.id, g.id LIMIT 10000",
            )?
            .query_map([company], |row| Ok(CategoryRow { connection: row.get(0)?, id: row.get(1)?, parent: row.get(2)?, name: row.get(3)? }))?
            .collect()
        })
    }
}
