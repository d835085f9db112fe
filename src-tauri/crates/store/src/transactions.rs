//! Transactions on their way to a screen or a file: windows, never whole lists; sums per currency, never across.
//!
//! A company's days are one range of one tree. Plain questions (account, days, currency) are counted from the months; words, direction and size are
//! decided row by row outside SQL, where amounts are exact and letters fold as in the rest of the product.

use crate::packed::{self, PackedId, first_day_of, month_of};
use crate::rollups::{self, Flow, amount};
use crate::{Store, StoreError};
use domain::bank_search::fold;
use domain::money::{Amount, Total};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, params};
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

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
    /// Words; all must be found in description, merchant or category. Case and accents do not count.
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

/// In and out of one currency. What Codat no longer lists is shown but not summed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Came in.
    pub money_in: Total,
    /// Went out; negative.
    pub money_out: Total,
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

pub(crate) fn company_number(conn: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT n FROM companies WHERE id = ?")?.query_row([id], |row| row.get(0)).optional()
}

impl Store {
    /// A window of transactions, newest first, and the sums over all that match.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn transactions(&self, filter: &TransactionFilter, offset: u32, limit: u32) -> Result<TransactionWindow, StoreError> {
        self.read("reading transactions", |conn| {
            let Some(scope) = Scope::of(conn, filter)? else { return Ok(TransactionWindow::default()) };
            let (total, flows, keys) = if is_plain(filter) {
                let flows = scope.flows(conn)?;
                let total = flows.values().map(|flow| flow.count).sum::<i64>() + scope.absent(conn)?;
                (total, flows, scope.keys(conn, offset, limit)?)
            } else {
                let (mut total, mut flows, mut keys) = (0_i64, BTreeMap::<i64, Flow>::new(), vec![]);
                let window = i64::from(offset)..i64::from(offset) + i64::from(limit);
                scope.walk(conn, filter, |found| {
                    if window.contains(&total) {
                        keys.push(found.k);
                    }
                    total += 1;
                    if !found.absent {
                        flows.entry(found.currency).or_default().add(found.amount);
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
                (total, flows, keys)
            };
            let mut one = one_row(conn)?;
            Ok(TransactionWindow {
                total: u32::try_from(total).unwrap_or(u32::MAX),
                sums: sums(conn, flows)?,
                rows: keys.into_iter().map(|k| one.query_row([k], transaction)).collect::<rusqlite::Result<_>>()?,
            })
        })
    }

    /// Hands every matching transaction to `take`, newest first, from one snapshot and at constant memory.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn each_transaction(&self, filter: &TransactionFilter, mut take: impl FnMut(TransactionRow)) -> Result<(), StoreError> {
        self.each_transaction_while(filter, |row| {
            take(row);
            ControlFlow::Continue(())
        })
    }

    /// The same, until `take` breaks off.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn each_transaction_while(
        &self,
        filter: &TransactionFilter,
        mut take: impl FnMut(TransactionRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.read("reading transactions", |conn| {
            let Some(scope) = Scope::of(conn, filter)? else { return Ok(()) };
            let mut one = one_row(conn)?;
            scope.walk(conn, filter, |found| Ok(take(one.query_row([found.k], transaction)?)))
        })
    }
}

/// No row needs to be looked at to know whether it matches.
fn is_plain(filter: &TransactionFilter) -> bool {
    filter.words.is_empty() && filter.money_in.is_none() && filter.at_least.is_none() && filter.at_most.is_none()
}

/// What of a company is asked for, in the numbers of the database.
struct Scope {
    company: i64,
    from: i64,
    to: i64,
    books: Option<Vec<i64>>,
    currency: Option<i64>,
}

/// A matching row, as far as it was looked at.
struct Found {
    k: i64,
    currency: i64,
    amount: Amount,
    absent: bool,
}

impl Scope {
    /// `None` when nothing can match.
    fn of(conn: &Connection, filter: &TransactionFilter) -> rusqlite::Result<Option<Self>> {
        let Some(company) = company_number(conn, &filter.company)? else { return Ok(None) };
        let (from, to) = (filter.from.unwrap_or(i64::MIN), filter.to.unwrap_or(i64::MAX));
        let books = match &filter.account {
            None => None,
            Some(account) => {
                let mut books = conn.prepare_cached("SELECT n FROM books WHERE company = ? AND account = ? ORDER BY n")?;
                let books: Vec<i64> = books.query_map(params![company, account], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
                Some(books)
            }
        };
        let currency = match &filter.currency {
            None => None,
            Some(currency) => {
                let found =
                    conn.prepare_cached("SELECT n FROM words WHERE text = ?")?.query_row([currency], |row| row.get(0)).optional()?;
                let Some(found) = found else { return Ok(None) };
                Some(found)
            }
        };
        let nothing = from > to || books.as_ref().is_some_and(Vec::is_empty);
        Ok(if nothing { None } else { Some(Self { company, from, to, books, currency }) })
    }

    /// A condition on transactions t; `?1` and `?2` are the range of keys.
    fn clause(&self) -> String {
        let mut clause = "t.k BETWEEN ?1 AND ?2".to_owned();
        if let Some(books) = &self.books {
            let books: Vec<String> = books.iter().map(i64::to_string).collect();
            clause += &format!(" AND t.book IN ({})", books.join(", "));
        }
        if let Some(currency) = self.currency {
            clause += &format!(" AND t.currency = {currency}");
        }
        clause
    }

    fn range(&self) -> (i64, i64) {
        (packed::floor(self.company, self.from), packed::ceiling(self.company, self.to))
    }

    fn keys(&self, conn: &Connection, offset: u32, limit: u32) -> rusqlite::Result<Vec<i64>> {
        let (low, high) = self.range();
        conn.prepare_cached(&format!("SELECT t.k FROM transactions t WHERE {} ORDER BY t.k DESC LIMIT ?3 OFFSET ?4", self.clause()))?
            .query_map(params![low, high, limit, offset], |row| row.get(0))?
            .collect()
    }

    /// Matches that Codat no longer lists.
    fn absent(&self, conn: &Connection) -> rusqlite::Result<i64> {
        let (low, high) = self.range();
        conn.prepare_cached(&format!(
            "SELECT count(*) FROM transactions t INDEXED BY transactions_absent WHERE t.absent = 1 AND {}",
            self.clause()
        ))?
        .query_row([low, high], |row| row.get(0))
    }

    /// What came in and went out: whole months from their sums, the days around them from the rows.
    fn flows(&self, conn: &Connection) -> rusqlite::Result<BTreeMap<i64, Flow>> {
        let mut flows = BTreeMap::new();
        let first =
            if self.from == i64::MIN { i64::MIN } else { month_of(self.from) + i64::from(first_day_of(month_of(self.from)) < self.from) };
        let last = if self.to == i64::MAX { i64::MAX } else { month_of(self.to.saturating_add(1)) - 1 };
        if self.books.is_some() || first > last {
            self.count_rows(conn, self.from, self.to, &mut flows)?;
            return Ok(flows);
        }
        for (_, currency, flow) in rollups::months(conn, self.company, first, last)? {
            if self.currency.is_none_or(|wanted| wanted == currency) && flow.count > 0 {
                flows.entry(currency).or_default().merge(&flow);
            }
        }
        if first > i64::MIN {
            self.count_rows(conn, self.from, first_day_of(first) - 1, &mut flows)?;
        }
        if last < i64::MAX {
            self.count_rows(conn, first_day_of(last + 1), self.to, &mut flows)?;
        }
        Ok(flows)
    }

    fn count_rows(&self, conn: &Connection, from: i64, to: i64, flows: &mut BTreeMap<i64, Flow>) -> rusqlite::Result<()> {
        if from > to {
            return Ok(());
        }
        let (low, high) = (packed::floor(self.company, from), packed::ceiling(self.company, to));
        let mut rows = conn.prepare_cached(&format!(
            "SELECT t.units, t.scale, t.amount, t.currency FROM transactions t WHERE {} AND t.absent = 0",
            self.clause()
        ))?;
        let mut rows = rows.query([low, high])?;
        while let Some(row) = rows.next()? {
            flows.entry(row.get(3)?).or_default().add(amount(row.get(0)?, row.get(1)?, row.get_ref(2)?.as_str_or_null()?)?);
        }
        Ok(())
    }

    /// Every match, newest first.
    fn walk(
        &self,
        conn: &Connection,
        filter: &TransactionFilter,
        mut take: impl FnMut(Found) -> rusqlite::Result<ControlFlow<()>>,
    ) -> rusqlite::Result<()> {
        let mut matcher = Matcher::new(conn, filter)?;
        let mut rows = conn.prepare_cached(&format!(
            "SELECT t.k, t.currency, t.units, t.scale, t.amount, t.absent, t.book, t.merchant, t.category, t.category_name, t.description
             FROM transactions t WHERE {} ORDER BY t.k DESC",
            self.clause()
        ))?;
        let (low, high) = self.range();
        let mut rows = rows.query([low, high])?;
        while let Some(row) = rows.next()? {
            let found = Found {
                k: row.get(0)?,
                currency: row.get(1)?,
                amount: amount(row.get(2)?, row.get(3)?, row.get_ref(4)?.as_str_or_null()?)?,
                absent: row.get(5)?,
            };
            if fits(filter, found.amount) && matcher.fits(row)? && take(found)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Direction and size, exactly.
fn fits(filter: &TransactionFilter, amount: Amount) -> bool {
    let direction = filter.money_in.is_none_or(|money_in| if money_in { amount > Amount::ZERO } else { amount.is_negative() });
    let size = amount.magnitude();
    direction && filter.at_least.is_none_or(|least| size >= least) && filter.at_most.is_none_or(|most| size <= most)
}

/// Finds words in a row's texts. Texts that come again are folded once.
struct Matcher<'c> {
    words: Vec<String>,
    merchants: HashMap<i64, String>,
    categories: HashMap<(i64, Option<i64>, Option<i64>), String>,
    merchant: CachedStatement<'c>,
    category: CachedStatement<'c>,
}

impl<'c> Matcher<'c> {
    fn new(conn: &'c Connection, filter: &TransactionFilter) -> rusqlite::Result<Self> {
        Ok(Self {
            words: filter.words.iter().map(|word| fold(word)).collect(),
            merchants: HashMap::new(),
            categories: HashMap::new(),
            merchant: conn.prepare_cached("SELECT text FROM words WHERE n = ?")?,
            category: conn.prepare_cached(
                "SELECT coalesce((SELECT g.name FROM books b JOIN categories g ON g.company = b.company AND g.connection = b.connection
                 AND g.id = (SELECT text FROM words WHERE n = ?2) WHERE b.n = ?1), (SELECT text FROM words WHERE n = ?3), '')",
            )?,
        })
    }

    fn fits(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        if self.words.is_empty() {
            return Ok(true);
        }
        let description = row.get_ref(10)?.as_str_or_null()?.map(fold).unwrap_or_default();
        let mut missing: Vec<&str> = self.words.iter().map(String::as_str).filter(|word| !description.contains(word)).collect();
        if let (false, Some(n)) = (missing.is_empty(), row.get::<_, Option<i64>>(7)?) {
            if !self.merchants.contains_key(&n) {
                let text: String = self.merchant.query_row([n], |row| row.get(0))?;
                self.merchants.insert(n, fold(&text));
            }
            missing.retain(|word| self.merchants.get(&n).is_none_or(|text| !text.contains(word)));
        }
        if missing.is_empty() {
            return Ok(true);
        }
        let key = (row.get(6)?, row.get(8)?, row.get(9)?);
        if !self.categories.contains_key(&key) {
            let text: String = self.category.query_row(params![key.0, key.1, key.2], |row| row.get(0))?;
            self.categories.insert(key, fold(&text));
        }
        Ok(self.categories.get(&key).is_some_and(|text| missing.iter().all(|word| text.contains(word))))
    }
}

fn one_row(conn: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    conn.prepare_cached(
        "SELECT t.k, t.day, t.id, b.account, coalesce(a.name, ''), t.rest, t.units, t.scale, t.amount, c.text, t.description, m.text,
         coalesce(g.name, cn.text), w.text, t.absent FROM transactions t JOIN books b ON b.n = t.book JOIN words c ON c.n = t.currency
         JOIN words w ON w.n = t.code LEFT JOIN words m ON m.n = t.merchant LEFT JOIN words ci ON ci.n = t.category LEFT JOIN words cn ON cn.n = t.category_name
         LEFT JOIN accounts a ON a.company = b.company AND a.connection = b.connection AND a.id = b.account
         LEFT JOIN categories g ON g.company = b.company AND g.connection = b.connection AND g.id = ci.text WHERE t.k = ?",
    )
}

fn transaction(row: &Row<'_>) -> rusqlite::Result<TransactionRow> {
    let k: i64 = row.get(0)?;
    let day = row.get::<_, Option<i64>>(1)?.unwrap_or_else(|| packed::day_of(k));
    Ok(TransactionRow {
        id: row.get::<_, PackedId<'static>>(2)?.to_string(),
        account_id: row.get(3)?,
        account: row.get(4)?,
        day,
        date_text: packed::date_text(day, row.get_ref(5)?.as_str_or_null()?),
        amount: amount(row.get(6)?, row.get(7)?, row.get_ref(8)?.as_str_or_null()?)?,
        currency: row.get(9)?,
        description: row.get(10)?,
        merchant: row.get(11)?,
        category: row.get(12)?,
        code: row.get(13)?,
        absent: row.get(14)?,
    })
}

fn sums(conn: &Connection, flows: BTreeMap<i64, Flow>) -> rusqlite::Result<BTreeMap<String, Sum>> {
    let mut word = conn.prepare_cached("SELECT text FROM words WHERE n = ?")?;
    flows
        .into_iter()
        .map(|(currency, flow)| {
            let count = u32::try_from(flow.count).unwrap_or(u32::MAX);
            Ok((word.query_row([currency], |row| row.get(0))?, Sum { money_in: flow.money_in, money_out: flow.money_out, count }))
        })
        .collect()
}
