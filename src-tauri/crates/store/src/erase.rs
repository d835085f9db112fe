//! Erasing: one company, or what is older than a day. Rows, sums, words and the receipt go and come in one transaction; afterwards the file is written
//! anew (`sweep`), because a page may still hold what its rows left behind. A sweep that was cut, or that somebody's reading kept off, is made up for later.

use crate::closings;
use crate::companies::derive_data_to;
use crate::packed;
use crate::rollups::{Flow, take_from_sums};
use crate::{Store, StoreError, search};
use domain::bank_search::fold;
use rusqlite::limits::Limit;
use rusqlite::{OptionalExtension as _, Params, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What was erased and how much of it. Holds nothing of the customer but Codat's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// `company`, `age` or `profile`.
    pub what: String,
    /// The company's id at Codat, or the profile's name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub of: Option<String>,
    /// The first day that was kept, where age was the reason.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<String>,
    /// UTC milliseconds.
    pub at: i64,
    /// Rows that went, by table.
    pub counts: BTreeMap<String, u64>,
}

impl Receipt {
    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// SHA-256 of its text: another receipt has another one.
    #[must_use]
    pub fn digest(&self) -> String {
        Sha256::digest(self.text()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn add(&mut self, table: &str, rows: usize) {
        self.add_counted(table, u64::try_from(rows).unwrap_or(0));
    }

    fn add_counted(&mut self, table: &str, rows: u64) {
        *self.counts.entry(table.to_owned()).or_default() += rows;
    }
}

/// A receipt, and whether the file was written anew since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its number.
    pub n: i64,
    /// The receipt.
    pub receipt: Receipt,
    /// Nothing of it is left in any page.
    pub is_swept: bool,
}

/// How asking for an erasure ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EraseAnswer {
    /// It is not here.
    NotHere,
    /// A creation for it may be taking effect at Codat right now.
    OnItsWay,
    /// Its rows are gone.
    Erased(Receipt),
}

/// A company that is gone at Codat, and still here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// Codat's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Transactions that are kept of it.
    pub rows: u64,
}

/// What is older than a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Older {
    /// Transactions.
    pub transactions: u64,
    /// Balances.
    pub balances: u64,
    /// Companies that lose any.
    pub companies: u64,
}

/// Name of the fact that says from which day on rows are kept.
const KEPT_FROM: &str = "kept_from";

impl Store {
    /// Erases everything that is here of a company, but for what the bank taught us about itself.
    ///
    /// # Errors
    /// When the database cannot be written: then everything is as it was.
    pub fn erase_company(&self, id: &str, at: i64) -> Result<EraseAnswer, StoreError> {
        let answer = self.write_rows("erasing a company", |tx, memory| {
            let known = tx
                .prepare_cached("SELECT n, name, reference, gone FROM companies WHERE id = ?")?
                .query_row([id], |row| {
                    Ok(Company { id: id.to_owned(), n: row.get(0)?, name: row.get(1)?, reference: row.get(2)?, gone: row.get(3)? })
                })
                .optional()?;
            let Some(company) = known else { return Ok(EraseAnswer::NotHere) };
            memory.forget();
            company.erase(tx, at)
        })?;
        if matches!(answer, EraseAnswer::Erased(_)) {
            // What keeps it off now does not undo the erasure: it is made up for.
            if let Err(error) = self.sweep() {
                tracing::info!(%error, "the file could not be written anew yet");
            }
        }
        Ok(answer)
    }

    /// A person connects this company anew: it may come in again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn take_back(&self, company: &str) -> Result<(), StoreError> {
        self.write("taking a company back", |tx| {
            tx.prepare_cached("UPDATE erasures SET kept_out = 0 WHERE company = ? AND kept_out = 1")?.execute([company])?;
            Ok(())
        })
    }

    /// Companies that were erased and stay out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn kept_out(&self) -> Result<HashSet<String>, StoreError> {
        self.read("reading what was erased", |conn| {
            conn.prepare_cached("SELECT company FROM erasures WHERE kept_out = 1 AND company IS NOT NULL")?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }

    /// Receipts, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn erasures(&self, limit: u32) -> Result<Vec<Erasure>, StoreError> {
        self.read("reading receipts", |conn| {
            conn.prepare_cached("SELECT n, receipt, state FROM erasures ORDER BY n DESC LIMIT ?")?.query_map([limit], erasure)?.collect()
        })
    }

    /// Companies that are gone at Codat and still here, by name, at most 500.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn left_behind(&self) -> Result<Vec<LeftBehind>, StoreError> {
        self.read("looking for companies that are gone", |conn| {
            conn.prepare_cached(
                "SELECT c.id, c.name, (SELECT ifnull(sum(b.count), 0) FROM books b WHERE b.company = c.n) FROM companies c
                 WHERE c.gone = 1 ORDER BY c.folded LIMIT 500",
            )?
            .query_map([], |row| Ok(LeftBehind { id: row.get(0)?, name: row.get(1)?, rows: row.get::<_, i64>(2)?.unsigned_abs() }))?
            .collect()
        })
    }

    /// How much is older than this day.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn older_than(&self, day: i64) -> Result<Older, StoreError> {
        self.read_for("counting what is old", None, &crate::Stop::default(), |conn| {
            let mut older = Older::default();
            let mut count = conn.prepare("SELECT count(*) FROM transactions WHERE k BETWEEN ? AND ?")?;
            for company in companies(conn)? {
                let (low, high) = before(company, day);
                let rows = count.query_row([low, high], |row| row.get::<_, i64>(0))?.unsigned_abs();
                let days = closings::count_before(conn, company, packed::month_of(day))?;
                older.transactions += rows;
                older.balances += days;
                older.companies += u64::from(rows + days > 0);
            }
            Ok(older)
        })
    }

    /// Erases transactions and balances of days before this one, which must be the first of a month, and lets none of them in again. Nothing to erase
    /// makes no receipt.
    ///
    /// # Errors
    /// When the database cannot be written: then everything is as it was.
    pub fn erase_older(&self, day: i64, at: i64) -> Result<Option<Receipt>, StoreError> {
        let receipt = self.write_rows("erasing what is old", |tx, memory| {
            tx.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![KEPT_FROM, day.to_string()],
            )?;
            memory.forget();
            erase_older(tx, day, at)
        })?;
        if receipt.is_some()
            && let Err(error) = self.sweep()
        {
            tracing::info!(%error, "the file could not be written anew yet");
        }
        Ok(receipt)
    }

    /// From now on rows of any age come in.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_all_ages(&self) -> Result<(), StoreError> {
        self.write("keeping rows of any age", |tx| tx.execute("DELETE FROM meta WHERE name = ?", [KEPT_FROM]).map(drop))
    }

    /// Rows of every table that holds anything.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn row_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        self.read_for("counting rows", None, &crate::Stop::default(), |conn| {
            let mut names = conn
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search%'")?;
            let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut counts = BTreeMap::new();
            for name in names {
                let rows: i64 = conn.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0))?;
                if rows > 0 {
                    counts.insert(name, rows.unsigned_abs());
                }
            }
            Ok(counts)
        })
    }

    /// Writes the file anew where something was erased since it was last, so that no page and no log holds what the rows left behind. False: somebody
    /// reads what was there before; it is to be tried again later. Takes as much memory as the file is large.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sweep(&self) -> Result<bool, StoreError> {
        self.with_writer("writing the file anew", |conn| {
            let last: Option<i64> = conn.query_row("SELECT max(n) FROM erasures WHERE state = 1", [], |row| row.get(0))?;
            let Some(last) = last else { return Ok(true) };
            // It is written through a second file of its own, in memory.
            conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)?;
            let written = conn.execute_batch("VACUUM");
            conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            written?;
            let is_busy: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if !is_busy {
                conn.execute("UPDATE erasures SET state = 2 WHERE state = 1 AND n <= ?", [last])?;
            }
            Ok(!is_busy)
        })
    }
}

/// From which day on rows come in.
pub(crate) fn kept_from(tx: &Transaction<'_>) -> rusqlite::Result<i64> {
    let kept: Option<String> =
        tx.prepare_cached("SELECT value FROM meta WHERE name = ?")?.query_row([KEPT_FROM], |row| row.get(0)).optional()?;
    Ok(kept.and_then(|day| day.parse().ok()).unwrap_or(i64::MIN))
}

struct Company {
    id: String,
    n: i64,
    name: String,
    reference: Option<String>,
    gone: bool,
}

impl Company {
    fn erase(&self, tx: &Transaction<'_>, at: i64) -> rusqlite::Result<EraseAnswer> {
        let ops = self.ops(tx)?;
        if !self.gone && ops.iter().any(|(_, state)| matches!(state.as_str(), "in-flight" | "unknown")) {
            return Ok(EraseAnswer::OnItsWay);
        }
        let mut receipt = Receipt { what: "company".into(), of: Some(self.id.clone()), before: None, at, counts: BTreeMap::new() };
        let erasure = begin(tx, &receipt)?;
        let connections: Vec<(i64, String)> =
            rows(tx, "SELECT n, id FROM connections WHERE company = ?", [&self.id], |row| Ok((row.get(0)?, row.get(1)?)))?;

        let (low, high) = (packed::floor(self.n, i64::MIN), packed::ceiling(self.n, i64::MAX));
        let words = words_of(tx, low, high)?;
        take_from_sums(tx, &whole(tx, self.n)?)?;
        receipt.add_counted("balances", closings::erase_before(tx, self.n, i64::MAX)?);
        let mut gone = |table: &str, sql: &str, of: &dyn rusqlite::ToSql| -> rusqlite::Result<()> {
            receipt.add(table, tx.prepare(sql)?.execute([of])?);
            Ok(())
        };
        receipt_rows(&mut gone, self.n)?;
        for (n, id) in &connections {
            tx.execute("DELETE FROM heard WHERE k BETWEEN ? AND ?", [n << 24, n << 24 | 0xFF_FFFF])?;
            gone("cursors", "DELETE FROM cursors WHERE connection = ?", id)?;
            gone("facts", "DELETE FROM meta WHERE instr(name, ?)", id)?;
            gone("ledger", "DELETE FROM ledger WHERE connection = ?", id)?;
            gone("notices", "DELETE FROM ending WHERE connection = ?", id)?;
        }
        let attempts = "SELECT id FROM attempts WHERE company = ?1 OR company_op IN (SELECT op FROM outbox WHERE remote = ?1)";
        gone("nonces", &format!("DELETE FROM nonces WHERE attempt IN ({attempts})"), &self.id)?;
        gone("ledger", &format!("DELETE FROM ledger WHERE company = ?1 OR attempt IN ({attempts})"), &self.id)?;
        gone("lists", &format!("DELETE FROM bulk_rows WHERE company = ?1 OR attempt IN ({attempts})"), &self.id)?;
        gone("lists", "DELETE FROM bulk_rows WHERE reference = ?", &self.reference)?;
        gone("lists", "DELETE FROM bulk_rows WHERE lower(name) = lower(?)", &self.name)?;
        gone("notices", &format!("DELETE FROM inbox WHERE company = ?1 OR attempt IN ({attempts})"), &self.id)?;
        gone("attempts", &format!("DELETE FROM attempts WHERE id IN ({attempts})"), &self.id)?;
        for (op, _) in &ops {
            gone("outbox", "DELETE FROM outbox WHERE op = ?", op)?;
        }
        for table in ["datasets", "runs", "kept", "tags", "drafts", "connections", "consents", "renewals", "looks"] {
            gone(table, &format!("DELETE FROM {table} WHERE company = ?"), &self.id)?;
        }
        gone("drafts", "DELETE FROM drafts WHERE reference = ?", &self.reference)?;
        gone("drafts", "DELETE FROM drafts WHERE lower(name) = lower(?)", &self.name)?;
        gone("facts", "DELETE FROM meta WHERE instr(name, ?)", &self.id)?;
        gone("companies", "DELETE FROM companies WHERE id = ?", &self.id)?;
        tx.execute("UPDATE outbox SET before = replace(before, ?1, '') WHERE instr(before, ?1)", [&self.id])?;
        self.leave_the_desk(tx)?;
        receipt.add("words", forget_words(tx, words)?);
        compact_search(tx)?;
        end(tx, erasure, &receipt)?;
        Ok(EraseAnswer::Erased(receipt))
    }

    /// Creations that were made for it, and where they stand.
    fn ops(&self, tx: &Transaction<'_>) -> rusqlite::Result<Vec<(String, String)>> {
        rows(
            tx,
            "WITH own (op) AS (SELECT op FROM outbox WHERE remote = ?1 OR target = ?1 UNION SELECT company_op FROM attempts WHERE company = ?1
               UNION SELECT connection_op FROM attempts WHERE company = ?1)
             SELECT op, state FROM outbox WHERE op IN own OR after_op IN own",
            [&self.id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// Where a person was and what they kept under a name may name it.
    fn leave_the_desk(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let desk: Option<String> = tx.query_row("SELECT value FROM meta WHERE name = 'desk'", [], |row| row.get(0)).optional()?;
        let Some(Ok(mut desk)) = desk.map(|desk| serde_json::from_str::<serde_json::Value>(&desk)) else { return Ok(()) };
        let named = |text: &str| text.contains(&self.id) || fold(text).contains(&fold(&self.name));
        without(&mut desk, &named);
        tx.execute("UPDATE meta SET value = ? WHERE name = 'desk'", [desk.to_string()])?;
        Ok(())
    }
}

/// Bank data of a company by its number.
fn receipt_rows(gone: &mut impl FnMut(&str, &str, &dyn rusqlite::ToSql) -> rusqlite::Result<()>, n: i64) -> rusqlite::Result<()> {
    gone("transactions", "DELETE FROM transactions WHERE k BETWEEN ?1 << 41 AND ((?1 + 1) << 41) - 1", &n)?;
    gone("sums", "DELETE FROM book_months WHERE book IN (SELECT n FROM books WHERE company = ?)", &n)?;
    gone("sums", "DELETE FROM months WHERE company = ?", &n)?;
    gone("books", "DELETE FROM books WHERE company = ?", &n)?;
    gone("accounts", "DELETE FROM accounts WHERE company = ?", &n)?;
    gone("categories", "DELETE FROM categories WHERE company = ?", &n)?;
    gone("quarantine", "DELETE FROM quarantine WHERE company = ?", &n)?;
    gone("search", "DELETE FROM search WHERE rowid IN (SELECT id FROM search_docsize WHERE id & 4194303 = ?)", &n)?;
    gone("search", "DELETE FROM unsearched WHERE block & 4194303 = ?", &n)
}

/// Members of lists that name it go, and texts that do become nothing.
fn without(value: &mut serde_json::Value, named: &impl Fn(&str) -> bool) {
    use serde_json::Value;
    match value {
        Value::String(text) if named(text) => *value = Value::Null,
        Value::Array(all) => all.retain(|one| match one {
            Value::String(text) => !named(text),
            Value::Object(members) => !members.values().any(|member| member.as_str().is_some_and(named)),
            _ => true,
        }),
        Value::Object(members) => members.values_mut().for_each(|member| without(member, named)),
        _ => {}
    }
}

fn erase_older(tx: &Transaction<'_>, day: i64, at: i64) -> rusqlite::Result<Option<Receipt>> {
    let mut receipt = Receipt { what: "age".into(), of: None, before: packed::day_text(day), at, counts: BTreeMap::new() };
    let month = packed::month_of(day);
    let mut words = HashSet::new();
    for company in companies(tx)? {
        let (low, high) = before(company, day);
        receipt.add_counted("balances", closings::erase_before(tx, company, month)?);
        let there: bool = tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM transactions WHERE k BETWEEN ? AND ?)")?
            .query_row([low, high], |row| row.get(0))?;
        if !there {
            continue;
        }
        words.extend(words_of(tx, low, high)?);
        let mut old = BTreeMap::new();
        for (_, currency, flow) in crate::rollups::months(tx, company, i64::MIN, month - 1)? {
            let sum: &mut Flow = old.entry(currency).or_default();
            sum.merge(&flow);
        }
        take_from_sums(tx, &old)?;
        receipt.add("sums", tx.prepare_cached("DELETE FROM months WHERE company = ? AND month < ?")?.execute([company, month])?);
        let books = tx
            .prepare_cached("DELETE FROM book_months WHERE month < ?2 AND book IN (SELECT n FROM books WHERE company = ?1)")?
            .execute([company, month])?;
        receipt.add("sums", books);
        receipt.add("transactions", tx.prepare_cached("DELETE FROM transactions WHERE k BETWEEN ? AND ?")?.execute([low, high])?);
        crate::rollups::recount_books(tx, company)?;
        let id: String = tx.prepare_cached("SELECT id FROM companies WHERE n = ?")?.query_row([company], |row| row.get(0))?;
        derive_data_to(tx, &id)?;
    }
    if receipt.counts.values().sum::<u64>() == 0 {
        return Ok(None);
    }
    search::leave_before(tx, day)?;
    crate::heard::leave_before(tx, day)?;
    receipt.add("words", forget_words(tx, words)?);
    compact_search(tx)?;
    let erasure = begin(tx, &receipt)?;
    end(tx, erasure, &receipt)?;
    Ok(Some(receipt))
}

/// The keys of a company's days before this one.
fn before(company: i64, day: i64) -> (i64, i64) {
    (packed::floor(company, i64::MIN), packed::floor(company, day) - 1)
}

fn companies(conn: &rusqlite::Connection) -> rusqlite::Result<Vec<i64>> {
    conn.prepare_cached("SELECT n FROM companies ORDER BY n")?.query_map([], |row| row.get(0))?.collect()
}

/// From here on, rows that are else only ever added to may go: until `end`, in the same transaction.
fn begin(tx: &Transaction<'_>, receipt: &Receipt) -> rusqlite::Result<i64> {
    tx.prepare_cached("INSERT INTO erasures (at, company, state, kept_out, receipt) VALUES (?, ?, 0, 0, '')")?
        .execute(params![receipt.at, receipt.of])?;
    Ok(tx.last_insert_rowid())
}

fn end(tx: &Transaction<'_>, erasure: i64, receipt: &Receipt) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE erasures SET state = 1, kept_out = company IS NOT NULL, receipt = ? WHERE n = ?")?
        .execute(params![receipt.text(), erasure])?;
    Ok(())
}

/// Sums of a company by currency.
fn whole(tx: &Transaction<'_>, company: i64) -> rusqlite::Result<BTreeMap<i64, Flow>> {
    let mut whole: BTreeMap<i64, Flow> = BTreeMap::new();
    for (_, currency, flow) in crate::rollups::months(tx, company, i64::MIN, i64::MAX)? {
        whole.entry(currency).or_default().merge(&flow);
    }
    Ok(whole)
}

/// Numbers of the words that these rows use.
fn words_of(tx: &Transaction<'_>, low: i64, high: i64) -> rusqlite::Result<HashSet<i64>> {
    let mut words = HashSet::new();
    each_word(tx, low, high, |word| {
        words.insert(word);
        true
    })?;
    Ok(words)
}

/// Forgets those that no row uses any more.
fn forget_words(tx: &Transaction<'_>, mut words: HashSet<i64>) -> rusqlite::Result<usize> {
    let currencies: BTreeSet<i64> =
        rows(tx, "SELECT currency FROM sums UNION SELECT currency FROM months", [], |row| row.get(0))?.into_iter().collect();
    words.retain(|word| !currencies.contains(word));
    each_word(tx, i64::MIN, i64::MAX, |word| {
        words.remove(&word);
        !words.is_empty()
    })?;
    let mut forget = tx.prepare("DELETE FROM words WHERE n = ?")?;
    words.iter().try_fold(0, |gone, word| Ok(gone + forget.execute([word])?))
}

/// Goes through the words of rows until `take` has enough.
fn each_word(tx: &Transaction<'_>, low: i64, high: i64, mut take: impl FnMut(i64) -> bool) -> rusqlite::Result<()> {
    let mut found = tx.prepare("SELECT currency, code, merchant, category, category_name FROM transactions WHERE k BETWEEN ? AND ?")?;
    let mut found = found.query([low, high])?;
    while let Some(row) = found.next()? {
        for column in 0..5 {
            if let Some(word) = row.get::<_, Option<i64>>(column)?
                && !take(word)
            {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A document that went is only crossed out until the index is put together anew.
fn compact_search(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch("INSERT INTO search (search) VALUES ('optimize')")
}

fn erasure(row: &Row<'_>) -> rusqlite::Result<Erasure> {
    let text: String = row.get(1)?;
    let receipt = serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error)))?;
    Ok(Erasure { n: row.get(0)?, receipt, is_swept: row.get::<_, i64>(2)? == 2 })
}

fn rows<T>(
    tx: &Transaction<'_>,
    sql: &str,
    of: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    tx.prepare_cached(sql)?.query_map(of, read)?.collect()
}
