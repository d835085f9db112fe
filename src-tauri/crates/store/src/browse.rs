//! Banking data on its way to a screen, a file or a sum. Windows, never whole lists; sums per currency, never across.

use crate::{Store, StoreError};
use domain::money::Amount;
use rusqlite::{Connection, OptionalExtension as _, ToSql};
use std::collections::BTreeMap;
use std::fmt::Write as _;

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
    /// Digits as sent.
    pub current: Option<String>,
    /// Digits as sent.
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

/// A transaction with the names it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRow {
    /// The bank's id.
    pub id: String,
    /// Account's id.
    pub account_id: String,
    /// Account's name.
    pub account: String,
    /// Days since 1970.
    pub day: i64,
    /// As sent.
    pub date_text: String,
    /// Exact.
    pub amount: Amount,
    /// Currency.
    pub currency: String,
    /// As sent.
    pub description: Option<String>,
    /// Merchant.
    pub merchant: Option<String>,
    /// Category's name.
    pub category: Option<String>,
    /// Codat's code.
    pub code: String,
    /// Codat no longer lists it.
    pub absent: bool,
}

/// Which transactions.
#[derive(Clone, Debug, Default)]
pub struct TransactionFilter {
    /// Company's id.
    pub company: String,
    /// Account.
    pub account: Option<String>,
    /// First day.
    pub from: Option<i64>,
    /// Last day.
    pub to: Option<i64>,
    /// Lower-case words; all must be found in description, merchant or category.
    pub words: Vec<String>,
    /// Only money in (true) or out (false).
    pub money_in: Option<bool>,
    /// Magnitude at least.
    pub at_least: Option<Amount>,
    /// Magnitude at most.
    pub at_most: Option<Amount>,
    /// Currency.
    pub currency: Option<String>,
}

/// In and out of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Came in.
    pub money_in: Amount,
    /// Went out; negative.
    pub money_out: Amount,
    /// Rows.
    pub count: u32,
}

/// A window, newest first, with sums over all matches.
#[derive(Clone, Debug, Default)]
pub struct TransactionWindow {
    /// Matches in all.
    pub total: u32,
    /// Sums per currency.
    pub sums: BTreeMap<String, Sum>,
    /// The rows.
    pub rows: Vec<TransactionRow>,
}

/// The whole store in figures.
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
    pub sums: BTreeMap<String, Amount>,
}

struct Wanted {
    clause: String,
    values: Vec<Box<dyn ToSql>>,
}

fn wanted(filter: &TransactionFilter, company: i64) -> Wanted {
    let mut clause = "t.company = ?1 AND t.day BETWEEN ?2 AND ?3".to_owned();
    let mut values: Vec<Box<dyn ToSql>> =
        vec![Box::new(company), Box::new(filter.from.unwrap_or(i64::MIN)), Box::new(filter.to.unwrap_or(i64::MAX))];
    let mut and = |condition: &str, value: Box<dyn ToSql>| {
        values.push(value);
        let _ = write!(clause, " AND {}", condition.replace('#', &format!("?{}", values.len())));
    };
    if let Some(account) = &filter.account {
        and("t.account = #", Box::new(account.clone()));
    }
    if let Some(currency) = &filter.currency {
        and("t.currency = #", Box::new(currency.clone()));
    }
    for word in &filter.words {
        and(
            "(instr(lower(coalesce(t.description, '')), #) > 0 OR instr(lower(coalesce(t.merchant, '')), #) > 0 OR instr(lower(coalesce(t.category_name, '')), #) > 0)",
            Box::new(word.clone()),
        );
    }
    Wanted { clause, values }
}

/// Direction and size are decided in exact decimals, outside SQL.
fn fits(filter: &TransactionFilter, amount: Amount) -> bool {
    let direction = filter.money_in.is_none_or(|money_in| if money_in { amount > Amount::ZERO } else { amount.is_negative() });
    let size = amount.magnitude();
    direction && filter.at_least.is_none_or(|least| size >= least) && filter.at_most.is_none_or(|most| size <= most)
}

fn amount(units: i64, scale: u32, text: Option<String>) -> Amount {
    let read = text.map_or_else(|| Amount::from_units(units, scale), |text| Amount::parse(&text).ok());
    read.unwrap_or(Amount::ZERO)
}

fn company_number(conn: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT n FROM companies WHERE id = ?")?.query_row([id], |row| row.get(0)).optional()
}

impl Store {
    /// Accounts of a company.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accounts(&self, company: &str) -> Result<Vec<AccountRow>, StoreError> {
        self.read("reading the accounts", |conn| {
            let mut rows = conn.prepare_cached(
                "SELECT a.id, k.id, k.bank_name, a.name, a.holder, a.kind, a.ending, a.currency, a.current, a.available,
                 (SELECT max(day) FROM balances b WHERE b.company = a.company AND b.connection = a.connection AND b.account = a.id), t.first, t.last, coalesce(t.count, 0)
                 FROM accounts a JOIN companies c ON c.n = a.company JOIN connections k ON k.n = a.connection
                 LEFT JOIN (SELECT company, connection, account, min(day) AS first, max(day) AS last, count(*) AS count FROM transactions
                            WHERE company = (SELECT n FROM companies WHERE id = ?1) GROUP BY connection, account) t
                 ON t.connection = a.connection AND t.account = a.id
                 WHERE c.id = ?1 AND a.absent = 0 ORDER BY k.n, a.name, a.id",
            )?;
            rows.query_map([company], |row| {
                Ok(AccountRow {
                    id: row.get(0)?,
                    connection: row.get(1)?,
                    bank: row.get(2)?,
                    name: row.get(3)?,
                    holder: row.get(4)?,
                    kind: row.get(5)?,
                    ending: row.get(6)?,
                    currency: row.get(7)?,
                    current: row.get(8)?,
                    available: row.get(9)?,
                    balance_day: row.get(10)?,
                    from: row.get(11)?,
                    to: row.get(12)?,
                    transactions: row.get(13)?,
                })
            })?
            .collect()
        })
    }

    /// A window of transactions, newest first, and the sums over all that match.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn transactions(&self, filter: &TransactionFilter, offset: u32, limit: u32) -> Result<TransactionWindow, StoreError> {
        let mut window = TransactionWindow::default();
        let (first, last) = (offset, offset.saturating_add(limit));
        self.each_transaction(filter, |row| {
            let sum = window.sums.entry(row.currency.clone()).or_insert(Sum { money_in: Amount::ZERO, money_out: Amount::ZERO, count: 0 });
            let side = if row.amount.is_negative() { &mut sum.money_out } else { &mut sum.money_in };
            *side = side.plus(row.amount).unwrap_or(*side);
            sum.count += 1;
            if (first..last).contains(&window.total) {
                window.rows.push(row);
            }
            window.total += 1;
        })?;
        Ok(window)
    }

    /// Hands every matching transaction to `take`, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn each_transaction(&self, filter: &TransactionFilter, mut take: impl FnMut(TransactionRow)) -> Result<(), StoreError> {
        self.read("reading transactions", |conn| {
            let Some(company) = company_number(conn, &filter.company)? else { return Ok(()) };
            let Wanted { clause, values } = wanted(filter, company);
            let mut rows = conn.prepare_cached(&format!(
                "SELECT t.id, t.account, coalesce(a.name, ''), t.day, t.date_text, t.units, t.scale, t.amount, t.currency, t.description, t.merchant,
                 coalesce(g.name, t.category_name), t.code, t.absent FROM transactions t
                 LEFT JOIN accounts a ON a.company = t.company AND a.connection = t.connection AND a.id = t.account
                 LEFT JOIN categories g ON g.company = t.company AND g.connection = t.connection AND g.id = t.category
                 WHERE {clause} ORDER BY t.day DESC, t.connection DESC, t.id DESC"
            ))?;
            let values: Vec<&dyn ToSql> = values.iter().map(AsRef::as_ref).collect();
            let mut rows = rows.query(values.as_slice())?;
            while let Some(row) = rows.next()? {
                let amount = amount(row.get(5)?, row.get(6)?, row.get(7)?);
                if !fits(filter, amount) {
                    continue;
                }
                take(TransactionRow {
                    id: row.get(0)?,
                    account_id: row.get(1)?,
                    account: row.get(2)?,
                    day: row.get(3)?,
                    date_text: row.get(4)?,
                    amount,
                    currency: row.get(8)?,
                    description: row.get(9)?,
                    merchant: row.get(10)?,
                    category: row.get(11)?,
                    code: row.get(12)?,
                    absent: row.get(13)?,
                });
            }
            Ok(())
        })
    }

    /// Rows of a type that we hold for a connection, those set aside not counted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn row_count(&self, connection: &str, data_type: &str) -> Result<u32, StoreError> {
        let table = match data_type {
            "banking-accounts" => "accounts",
            "banking-accountBalances" => "balances",
            "banking-transactions" => "transactions",
            _ => "categories",
        };
        self.read("counting rows", |conn| {
            conn.prepare_cached(&format!(
                "SELECT count(*) FROM {table} t WHERE t.connection = (SELECT n FROM connections WHERE id = ?1)
                 AND t.company = (SELECT c.n FROM companies c JOIN connections k ON k.company = c.id WHERE k.id = ?1)"
            ))?
            .query_row([connection], |row| row.get(0))
        })
    }

    /// Transactions of a company, and the newest day of a connection's.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn newest_day(&self, connection: &str) -> Result<Option<i64>, StoreError> {
        self.read("reading the newest day", |conn| {
            conn.prepare_cached(
                "SELECT max(t.day) FROM transactions t WHERE t.connection = (SELECT n FROM connections WHERE id = ?1)
                 AND t.company = (SELECT c.n FROM companies c JOIN connections k ON k.company = c.id WHERE k.id = ?1)",
            )?
            .query_row([connection], |row| row.get(0))
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
            let mut groups = conn
                .prepare("SELECT currency, scale, sum(units), count(*) FROM transactions WHERE amount IS NULL GROUP BY currency, scale")?;
            let mut rows = groups.query([])?;
            while let Some(row) = rows.next()? {
                add(&mut totals, row.get(0)?, amount(row.get(2)?, row.get(1)?, None), u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0));
            }
            let mut large = conn.prepare("SELECT currency, amount FROM transactions WHERE amount IS NOT NULL")?;
            let mut rows = large.query([])?;
            while let Some(row) = rows.next()? {
                add(&mut totals, row.get(0)?, amount(0, 0, row.get(1)?), 1);
            }
            Ok(totals)
        })
    }
}

fn add(totals: &mut Totals, currency: String, amount: Amount, count: u64) {
    let sum = totals.sums.entry(currency).or_insert(Amount::ZERO);
    *sum = sum.plus(amount).unwrap_or(*sum);
    totals.transactions += count;
}
