//! Transactions on their way to a screen or a file: windows, never whole lists; sums per currency, never across.
//!
//! A company's days are one range of one tree. Plain questions (account, days, currency) are counted from the months; words, direction and size are
//! decided row by row outside SQL, where amounts are exact and letters fold as in the rest of the product.

use crate::packed::{self, first_day_of, month_of};
use crate::rollups::{self, Flow, amount};
use crate::whole::{CATEGORY, CategoryKey, WholeRows};
use crate::{Stop, Store, StoreError};
use domain::bank_search::fold;
use domain::money::{Amount, Total};
use domain::own_category::Mapping;
use memchr::memmem::Finder;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, params};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    /// Words, at most 64; all must be found in description, merchant or category. Case and accents do not count.
    pub words: Vec<String>,
    /// Only money in (true) or out (false).
    pub money_in: Option<bool>,
    /// Magnitude at least.
    pub at_least: Option<Amount>,
    /// Magnitude at most.
    pub at_most: Option<Amount>,
    /// Currency.
    pub currency: Option<String>,
    /// Part of the name of Codat's category or of the own one.
    pub category: Option<String>,
    /// The lender's own categories.
    pub mapping: Arc<Mapping>,
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
    /// There was no time to look at rows of this day and before: `total` and `sums` are over what was looked at.
    pub unseen_before: Option<i64>,
}

/// From this row of a list on, months are stepped over.
const STEP: u32 = 1_000;
/// How long a screen's question may look at rows.
const LOOKING: Duration = Duration::from_millis(400);
/// Rows that are looked at whatever the clock says: a company of usual size is always seen whole.
const LEAST: u32 = 16_384;
/// Rows between two looks at the clock.
const GLANCE: u32 = 512;

pub(crate) fn company_number(conn: &Connection, id: &str) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT n FROM companies WHERE id = ?")?.query_row([id], |row| row.get(0)).optional()
}

impl Store {
    /// A window of transactions, newest first, and the sums over all that match.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn transactions(&self, filter: &TransactionFilter, offset: u32, limit: u32) -> Result<TransactionWindow, StoreError> {
        self.transactions_within(filter, offset, limit, LOOKING, &Stop::default())
    }

    /// The same, looking at rows for at most this long: what was not looked at by then is said in the answer. `stop` calls it off.
    ///
    /// # Errors
    /// `Stopped`, or when the database cannot be read.
    pub fn transactions_within(
        &self,
        filter: &TransactionFilter,
        offset: u32,
        limit: u32,
        looking: Duration,
        stop: &Stop,
    ) -> Result<TransactionWindow, StoreError> {
        self.read_for("reading transactions", Some(looking + Duration::from_secs(2)), stop, |conn| {
            let Some(scope) = Scope::of(conn, filter)? else { return Ok(TransactionWindow::default()) };
            let (total, flows, keys, unseen_before) = if is_plain(filter) {
                let flows = scope.flows(conn)?;
                let total = flows.values().map(|flow| flow.count).sum::<i64>() + scope.absent(conn)?;
                (total, flows, scope.keys(conn, offset, limit)?, None)
            } else {
                let (mut total, mut flows, mut keys) = (0_i64, BTreeMap::<i64, Flow>::new(), vec![]);
                let window = i64::from(offset)..i64::from(offset) + i64::from(limit);
                let until = Instant::now() + looking;
                let unseen_before = scope.walk(conn, filter, Some(until), |found| {
                    if window.contains(&total) {
                        keys.push(found.k);
                    }
                    total += 1;
                    if !found.absent {
                        flows.entry(found.currency).or_default().add(found.amount);
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
                (total, flows, keys, unseen_before)
            };
            let mut whole = WholeRows::new(conn)?;
            Ok(TransactionWindow {
                total: u32::try_from(total).unwrap_or(u32::MAX),
                sums: sums(conn, flows)?,
                rows: keys.into_iter().map(|k| whole.read(k)).collect::<rusqlite::Result<_>>()?,
                unseen_before,
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
        // It goes through everything and hands rows to who may be slow: its time is its caller's.
        self.read_for("reading transactions", None, &Stop::default(), |conn| {
            let Some(scope) = Scope::of(conn, filter)? else { return Ok(()) };
            let mut whole = WholeRows::new(conn)?;
            scope.walk(conn, filter, None, |found| Ok(take(whole.read(found.k)?)))?;
            Ok(())
        })
    }
}

/// No row needs to be looked at to know whether it matches.
fn is_plain(filter: &TransactionFilter) -> bool {
    filter.words.is_empty()
        && filter.category.is_none()
        && filter.money_in.is_none()
        && filter.at_least.is_none()
        && filter.at_most.is_none()
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

    /// The keys of a window. Deep in a list the months' counts are stepped over and only rows of one month are counted off.
    fn keys(&self, conn: &Connection, offset: u32, limit: u32) -> rusqlite::Result<Vec<i64>> {
        let (low, high) = self.range();
        let (high, offset) = if offset < STEP { (high, i64::from(offset)) } else { self.step(conn, i64::from(offset))? };
        conn.prepare_cached(&format!("SELECT t.k FROM transactions t WHERE {} ORDER BY t.k DESC LIMIT ?3 OFFSET ?4", self.clause()))?
            .query_map(params![low, high, limit, offset], |row| row.get(0))?
            .collect()
    }

    /// The largest key from which on to count off, and how many rows.
    fn step(&self, conn: &Connection, mut offset: i64) -> rusqlite::Result<(i64, i64)> {
        let (low, mut high) = self.range();
        let within = |month: i64| month.clamp(month_of(packed::day_of(0)), month_of(packed::day_of(packed::ceiling(0, i64::MAX))));
        let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
        for (month, currency, flow) in self.months(conn, i64::MIN, i64::MAX)? {
            if self.currency.is_none_or(|wanted| wanted == currency) {
                *counts.entry(within(month)).or_default() += flow.count;
            }
        }
        self.each_absent(conn, low, high, |k| *counts.entry(month_of(packed::day_of(k))).or_default() += 1)?;
        for (month, count) in counts.into_iter().rev() {
            let first = packed::floor(self.company, first_day_of(month));
            if first > high {
                continue;
            }
            if first < low {
                break;
            }
            // Of a month that is asked for in part, the part.
            let whole = high >= packed::ceiling(self.company, first_day_of(month + 1) - 1);
            let count = if whole { count } else { self.count(conn, first, high)? };
            if offset < count {
                // Counted from the nearer end.
                if offset > count / 2 && whole {
                    let from_first = count - 1 - offset;
                    let k = conn
                        .prepare_cached(&format!("SELECT t.k FROM transactions t WHERE {} ORDER BY t.k LIMIT 1 OFFSET ?3", self.clause()))?
                        .query_row([first, high, from_first], |row| row.get(0))
                        .optional()?;
                    return Ok(k.map_or((high, offset), |k| (k, 0)));
                }
                break;
            }
            offset -= count;
            high = first - 1;
        }
        Ok((high, offset))
    }

    fn count(&self, conn: &Connection, low: i64, high: i64) -> rusqlite::Result<i64> {
        conn.prepare_cached(&format!("SELECT count(*) FROM transactions t WHERE {}", self.clause()))?
            .query_row([low, high], |row| row.get(0))
    }

    fn each_absent(&self, conn: &Connection, low: i64, high: i64, mut take: impl FnMut(i64)) -> rusqlite::Result<()> {
        let mut rows = conn.prepare_cached(&format!(
            "SELECT t.k FROM transactions t INDEXED BY transactions_absent WHERE t.absent = 1 AND {}",
            self.clause()
        ))?;
        let mut rows = rows.query([low, high])?;
        while let Some(row) = rows.next()? {
            take(row.get(0)?);
        }
        Ok(())
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

    /// Sums of months: of the company, or of the books that are asked for.
    fn months(&self, conn: &Connection, from: i64, to: i64) -> rusqlite::Result<Vec<(i64, i64, Flow)>> {
        let Some(books) = &self.books else { return rollups::months(conn, self.company, from, to) };
        let mut months = vec![];
        for book in books {
            months.extend(rollups::book_months(conn, *book, from, to)?);
        }
        Ok(months)
    }

    /// What came in and went out: from the sums of months, less the days of the first and the last that are not asked for.
    fn flows(&self, conn: &Connection) -> rusqlite::Result<BTreeMap<i64, Flow>> {
        let mut flows = BTreeMap::new();
        let first = if self.from == i64::MIN { i64::MIN } else { month_of(self.from) };
        let last = if self.to == i64::MAX { i64::MAX } else { month_of(self.to) };
        if first == last {
            self.part_of_month(conn, first, self.from, self.to, &mut flows)?;
        } else {
            let whole = (first.saturating_add(i64::from(first > i64::MIN)), last.saturating_sub(i64::from(last < i64::MAX)));
            self.add_months(conn, whole.0, whole.1, &mut flows)?;
            if first > i64::MIN {
                self.part_of_month(conn, first, self.from, first_day_of(first + 1) - 1, &mut flows)?;
            }
            if last < i64::MAX {
                self.part_of_month(conn, last, first_day_of(last), self.to, &mut flows)?;
            }
        }
        flows.retain(|_, flow| flow.count > 0);
        Ok(flows)
    }

    fn add_months(&self, conn: &Connection, from: i64, to: i64, flows: &mut BTreeMap<i64, Flow>) -> rusqlite::Result<()> {
        for (_, currency, flow) in self.months(conn, from, to)? {
            if self.currency.is_none_or(|wanted| wanted == currency) && flow.count > 0 {
                flows.entry(currency).or_default().merge(&flow);
            }
        }
        Ok(())
    }

    /// Days within one month: their rows, or the whole month less the rows of its other days, whichever are fewer.
    fn part_of_month(&self, conn: &Connection, month: i64, from: i64, to: i64, flows: &mut BTreeMap<i64, Flow>) -> rusqlite::Result<()> {
        let (first, end) = (first_day_of(month), first_day_of(month + 1) - 1);
        // Days that no key can hold lie on the first and the last that one can: nothing is taken from their months.
        let plain = packed::odd_day(first - 1).is_none() && packed::odd_day(end + 1).is_none();
        let (asked, others) = (to.saturating_sub(from), from.saturating_sub(first).saturating_add(end.saturating_sub(to)));
        if asked < others || !plain {
            return self.count_rows(conn, from, to, flows);
        }
        let mut others = BTreeMap::new();
        self.add_months(conn, month, month, flows)?;
        self.count_rows(conn, first, from - 1, &mut others)?;
        self.count_rows(conn, to + 1, end, &mut others)?;
        for (currency, flow) in others {
            flows.entry(currency).or_default().without(&flow);
        }
        Ok(())
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

    /// Every match, newest first, until the time is over: then the day is told from which on nothing was looked at.
    fn walk(
        &self,
        conn: &Connection,
        filter: &TransactionFilter,
        until: Option<Instant>,
        mut take: impl FnMut(Found) -> rusqlite::Result<ControlFlow<()>>,
    ) -> rusqlite::Result<Option<i64>> {
        let mut matcher = Matcher::new(conn, &filter.words)?;
        let category = filter.category.as_deref().map(fold);
        let mut rows = conn.prepare_cached(&format!(
            "SELECT t.k, t.currency, t.units, t.scale, t.amount, t.absent, t.book, t.merchant, t.category, t.category_name, t.description
             FROM transactions t WHERE {} ORDER BY t.k DESC",
            self.clause()
        ))?;
        let (low, high) = self.range();
        let mut rows = rows.query([low, high])?;
        let mut looked_at = 0_u32;
        while let Some(row) = rows.next()? {
            if looked_at >= LEAST && looked_at.is_multiple_of(GLANCE) && until.is_some_and(|until| Instant::now() > until) {
                return Ok(Some(packed::day_of(row.get(0)?)));
            }
            looked_at += 1;
            if !matcher.fits(row)? {
                continue;
            }
            let amount = amount(row.get(2)?, row.get(3)?, row.get_ref(4)?.as_str_or_null()?)?;
            if fits(filter, amount)
                && category.as_deref().map_or(Ok(true), |wanted| matcher.is_of(row, wanted, &filter.mapping))?
                && take(Found { k: row.get(0)?, currency: row.get(1)?, amount, absent: row.get(5)? })?.is_break()
            {
                break;
            }
        }
        Ok(None)
    }
}

/// Direction and size, exactly.
fn fits(filter: &TransactionFilter, amount: Amount) -> bool {
    let direction = filter.money_in.is_none_or(|money_in| if money_in { amount > Amount::ZERO } else { amount.is_negative() });
    let size = amount.magnitude();
    direction && filter.at_least.is_none_or(|least| size >= least) && filter.at_most.is_none_or(|most| size <= most)
}

/// Words that are looked for: as many as a mask has bits. The query bar takes fewer.
const MOST_WORDS: usize = 64;

/// Finds words in a row's texts. Rows come by the ten thousand: nothing is made or looked through for a row that was for one before.
pub(crate) struct Matcher<'c> {
    words: Vec<Finder<'static>>,
    /// The text at hand.
    folded: Vec<u8>,
    names: Names<'c>,
}

impl<'c> Matcher<'c> {
    pub(crate) fn new(conn: &'c Connection, words: &[String]) -> rusqlite::Result<Self> {
        let words = words.iter().take(MOST_WORDS).map(|word| Finder::new(fold(word).as_bytes()).into_owned()).collect();
        Ok(Self { words, folded: vec![], names: Names::new(conn)? })
    }

    pub(crate) fn fits(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        let Self { words, folded, names } = self;
        if words.is_empty() {
            return Ok(true);
        }
        folded.clear();
        let text = row.get_ref(10)?.as_bytes_or_null()?.unwrap_or_default();
        if text.is_ascii() {
            folded.extend_from_slice(text);
            folded.make_ascii_lowercase();
        } else {
            folded.extend_from_slice(fold(row.get_ref(10)?.as_str()?).as_bytes());
        }
        let missing = all(words) & !found(words, folded);
        if missing == 0 {
            return Ok(true);
        }
        let missing = missing & !names.merchant(row, words)?.map_or(0, |merchant| merchant.has);
        Ok(missing == 0 || missing & !names.category(row, words)?.has == 0)
    }

    /// Codat's category or the own one has this in its name.
    fn is_of(&mut self, row: &Row<'_>, wanted: &str, mapping: &Mapping) -> rusqlite::Result<bool> {
        let Self { words, names, .. } = self;
        if names.category(row, words)?.folded.contains(wanted) {
            return Ok(true);
        }
        if mapping.is_empty() {
            return Ok(false);
        }
        let merchant = names.merchant(row, words)?.map(|merchant| merchant.folded.clone()).filter(|merchant| !merchant.is_empty());
        let category = &names.category(row, words)?.folded;
        let own = mapping.own(Some(category), row.get_ref(10)?.as_str_or_null()?, merchant.as_deref());
        Ok(own.is_some_and(|own| fold(own).contains(wanted)))
    }
}

/// A bit for each word.
fn all(words: &[Finder<'_>]) -> u64 {
    u64::MAX >> (MOST_WORDS - words.len())
}

/// The bits of the words that stand in a text.
fn found(words: &[Finder<'_>], text: &[u8]) -> u64 {
    words.iter().enumerate().filter(|(_, word)| word.find(text).is_some()).fold(0, |found, (bit, _)| found | 1 << bit)
}

/// Names of merchants and categories that rows refer to, each read and looked through once.
struct Names<'c> {
    merchants: FxHashMap<i64, Name>,
    categories: FxHashMap<CategoryKey, Name>,
    merchant: CachedStatement<'c>,
    category: CachedStatement<'c>,
}

struct Name {
    folded: String,
    /// The words that stand in it.
    has: u64,
}

impl Name {
    fn of(text: &str, words: &[Finder<'_>]) -> Self {
        let folded = fold(text);
        let has = found(words, folded.as_bytes());
        Self { folded, has }
    }
}

impl<'c> Names<'c> {
    fn new(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            merchants: FxHashMap::default(),
            categories: FxHashMap::default(),
            merchant: conn.prepare_cached("SELECT text FROM words WHERE n = ?")?,
            category: conn.prepare_cached(CATEGORY)?,
        })
    }

    /// The merchant's, when the row has one.
    fn merchant(&mut self, row: &Row<'_>, words: &[Finder<'_>]) -> rusqlite::Result<Option<&Name>> {
        let Some(n) = row.get(7)? else { return Ok(None) };
        Ok(Some(match self.merchants.entry(n) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(Name::of(&self.merchant.query_row([n], |row| row.get::<_, String>(0))?, words)),
        }))
    }

    /// The category's; empty when the row has none.
    fn category(&mut self, row: &Row<'_>, words: &[Finder<'_>]) -> rusqlite::Result<&Name> {
        let key = (row.get(6)?, row.get(8)?, row.get(9)?);
        Ok(match self.categories.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let text: Option<String> = self.category.query_row(params![key.0, key.1, key.2], |row| row.get(0))?;
                free.insert(Name::of(&text.unwrap_or_default(), words))
            }
        })
    }
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
