//! Words across all companies, newest first. What is indexed is not rows but blocks: eight days of one company. For each, the full-text index has the
//! distinct words of its rows, cut into three letters each, under the number `block of days, counted from the last << 22 | company`: rising numbers are
//! falling days, so the newest hits come first without sorting, and in the direction in which the index is read piece by piece; in the other it lays
//! out whole pages of hits before the first. A block that may match is then looked at row by row, as in one company: what the index says too much
//! costs time, never a wrong answer. Indexing follows the rows; which blocks wait for it is written in the transaction of their rows.

use crate::guard::Stop;
use crate::packed;
use crate::transactions::{Matcher, TransactionRow};
use crate::whole::WholeRows;
use crate::{Store, StoreError};
use domain::bank_search::fold;
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const COMPANIES: i64 = (1 << 22) - 1;
/// Blocks of days are counted down from here.
const LAST: i64 = (1 << 15) - 1;

/// How long a search may look.
const LOOKING: Duration = Duration::from_millis(400);

/// Where a search goes on: everything newer was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    block: i64,
    day: i64,
    company: i64,
    k: i64,
}

/// A row with the company it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    /// Company's id.
    pub company: String,
    /// Company's name.
    pub company_name: String,
    /// The row.
    pub row: TransactionRow,
}

/// What a search across all companies found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Newest first.
    pub rows: Vec<FoundRow>,
    /// Where to go on; `None` when everything was looked at.
    pub next: Option<Before>,
    /// Time was over before there were as many rows as asked for.
    pub cut: bool,
}

/// How far the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// Blocks that can be searched as they stand.
    pub done: u64,
    /// Blocks that wait.
    pub waiting: u64,
}

impl Indexed {
    /// In whole per cent, and 100 only when nothing waits.
    #[must_use]
    pub fn percent(self) -> u8 {
        u8::try_from((self.done * 100).checked_div(self.done + self.waiting).unwrap_or(100)).unwrap_or(100)
    }
}

/// The block of a key.
pub(crate) fn block_of(k: i64) -> i64 {
    (LAST - (1 << 14) - packed::day_of(k).div_euclid(8)) << 22 | packed::company_of(k)
}

fn days_of(block: i64) -> (i64, i64) {
    let first = (LAST - (1 << 14) - (block >> 22)) * 8;
    (first, first + 7)
}

/// Blocks whose rows changed wait to be indexed.
pub(crate) fn wait(tx: &Transaction<'_>, blocks: &BTreeSet<i64>) -> rusqlite::Result<()> {
    let mut put = tx.prepare_cached("INSERT OR IGNORE INTO unsearched (block) VALUES (?)")?;
    for block in blocks {
        put.execute([block])?;
    }
    Ok(())
}

/// Leaves nothing of the index and makes every block wait.
pub(crate) fn begin_anew(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch("INSERT INTO search (search) VALUES ('delete-all'); DELETE FROM unsearched;")?;
    let (mut blocks, mut last) = (BTreeSet::new(), None);
    let mut rows = tx.prepare("SELECT k FROM transactions ORDER BY k")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let block = block_of(row.get(0)?);
        if last.replace(block) != Some(block) {
            blocks.insert(block);
        }
        if blocks.len() >= 100_000 {
            wait(tx, &std::mem::take(&mut blocks))?;
        }
    }
    wait(tx, &blocks)
}

/// Days before this one are gone: so are their documents. Those that hold both sides of it are made anew.
pub(crate) fn leave_before(tx: &Transaction<'_>, day: i64) -> rusqlite::Result<()> {
    let first = block_of(packed::floor(0, day));
    tx.prepare_cached("DELETE FROM search WHERE rowid IN (SELECT id FROM search_docsize WHERE id > ?)")?.execute([first | COMPANIES])?;
    tx.prepare_cached("DELETE FROM unsearched WHERE block > ?")?.execute([first | COMPANIES])?;
    let both: Vec<i64> = tx
        .prepare_cached("SELECT id FROM search_docsize WHERE id BETWEEN ? AND ?")?
        .query_map([first, first | COMPANIES], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut put = tx.prepare_cached("INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)")?;
    for block in both {
        put.execute(params![block, words_of(tx, block)?])?;
    }
    Ok(())
}

impl Store {
    /// Indexes some blocks that wait, newest days first. Called between writes until nothing waits.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn index_some(&self, blocks: u32) -> Result<Indexed, StoreError> {
        self.write("indexing", |tx| {
            let next: Vec<i64> = tx
                .prepare_cached("SELECT block FROM unsearched ORDER BY block LIMIT ?")?
                .query_map([blocks], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut put = tx.prepare_cached("INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)")?;
            let mut done = tx.prepare_cached("DELETE FROM unsearched WHERE block = ?")?;
            for block in next {
                put.execute(params![block, words_of(tx, block)?])?;
                done.execute([block])?;
            }
            indexed(tx)
        })
    }

    /// How far the index is.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn indexed(&self) -> Result<Indexed, StoreError> {
        self.read("asking how far the index is", indexed)
    }

    /// Rows of all companies that have all words, newest day first, among what is indexed. A word may stand anywhere in a text, as in one company; one
    /// of less than three letters narrows down only what the others found.
    ///
    /// # Errors
    /// `Stopped`, or when the database cannot be read.
    pub fn search_all(&self, words: &[String], limit: u32, before: Option<Before>, stop: &Stop) -> Result<Found, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        self.read_for("searching everywhere", Some(LOOKING + Duration::from_secs(2)), stop, |conn| {
            let until = Instant::now() + LOOKING;
            let mut search = Search { conn, matcher: Matcher::new(conn, words)?, found: vec![], last: before, until };
            let question = question(words);
            let sql = if question.is_empty() {
                "SELECT id FROM search_docsize WHERE id >= ?1 ORDER BY id"
            } else {
                "SELECT rowid FROM search WHERE search MATCH ?2 AND rowid >= ?1 ORDER BY rowid"
            };
            let from = before.map_or(0, |before| before.block << 22);
            let mut blocks = conn.prepare_cached(sql)?;
            let mut blocks = if question.is_empty() { blocks.query([from])? } else { blocks.query(params![from, question])? };
            let mut same: Vec<i64> = vec![];
            let mut cut = false;
            loop {
                let next: Option<i64> = blocks.next()?.map(|row| row.get(0)).transpose()?;
                if next.map(|block| block >> 22) != same.first().map(|block| block >> 22) && !same.is_empty() {
                    cut = !search.days(&std::mem::take(&mut same), limit)?;
                    if cut || search.found.len() >= limit {
                        break;
                    }
                }
                match next {
                    Some(block) => same.push(block),
                    None => break,
                }
            }
            let more = cut || search.found.len() >= limit;
            Ok(Found { cut, next: search.last.filter(|_| more), rows: search.rows()? })
        })
    }
}

fn indexed(conn: &Connection) -> rusqlite::Result<Indexed> {
    let count = |sql: &str| conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
    let (all, waiting) = (count("SELECT count(*) FROM search_docsize")?, count("SELECT count(*) FROM unsearched")?);
    // A block that waits may have been indexed before; it counts as waiting.
    Ok(Indexed { done: u64::try_from(all).unwrap_or(0), waiting: u64::try_from(waiting).unwrap_or(0) })
}

/// Every three letters in a row of the longer words: all of them must be there.
fn question(words: &[String]) -> String {
    let mut parts = BTreeSet::new();
    for word in words.iter().map(|word| fold(word)).flat_map(|word| word.split_whitespace().map(str::to_owned).collect::<Vec<_>>()) {
        let letters: Vec<char> = word.chars().collect();
        parts.extend(letters.windows(3).map(|three| three.iter().collect::<String>().replace('"', "\"\"")));
    }
    parts.iter().map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(" AND ")
}

/// The distinct words of a block's rows.
fn words_of(conn: &Connection, block: i64) -> rusqlite::Result<String> {
    let (first, last) = days_of(block);
    let company = block & COMPANIES;
    let mut rows = conn.prepare_cached(
        "SELECT t.description, m.text, cn.text, g.name FROM transactions t LEFT JOIN words m ON m.n = t.merchant LEFT JOIN words cn ON cn.n = t.category_name
         LEFT JOIN words ci ON ci.n = t.category LEFT JOIN books b ON b.n = t.book
         LEFT JOIN categories g ON g.company = b.company AND g.connection = b.connection AND g.id = ci.text WHERE t.k BETWEEN ? AND ?",
    )?;
    let mut rows = rows.query([packed::floor(company, first), packed::ceiling(company, last)])?;
    let mut words = BTreeSet::new();
    while let Some(row) = rows.next()? {
        for column in 0..4 {
            let text = row.get_ref(column)?.as_str_or_null()?.map(fold).unwrap_or_default();
            words.extend(text.split_whitespace().map(str::to_owned));
        }
    }
    Ok(words.into_iter().collect::<Vec<_>>().join(" "))
}

struct Search<'c> {
    conn: &'c Connection,
    matcher: Matcher<'c>,
    found: Vec<i64>,
    /// What was looked at last.
    last: Option<Before>,
    until: Instant,
}

impl Search<'_> {
    /// Looks at the days of one block of several companies, newest day first, smallest company first. False: time is over.
    fn days(&mut self, blocks: &[i64], limit: usize) -> rusqlite::Result<bool> {
        let Some(number) = blocks.first().map(|block| block >> 22) else { return Ok(true) };
        let (first, last) = days_of(number << 22);
        if self.last.is_none_or(|before| before.block != number) {
            self.last = Some(Before { block: number, day: last + 1, company: 0, k: 0 });
        }
        let mut rows = self.conn.prepare_cached(
            "SELECT t.k, t.currency, t.units, t.scale, t.amount, t.absent, t.book, t.merchant, t.category, t.category_name, t.description
             FROM transactions t WHERE t.k BETWEEN ? AND ? ORDER BY t.k DESC",
        )?;
        for day in (first..=last).rev() {
            for company in blocks.iter().map(|block| block & COMPANIES) {
                let mut high = packed::ceiling(company, day);
                if let Some(before) = self.last.filter(|before| before.block == number) {
                    let seen = day > before.day || (day == before.day && company < before.company);
                    if seen {
                        continue;
                    }
                    if (day, company) == (before.day, before.company) {
                        high = before.k - 1;
                    }
                }
                if Instant::now() > self.until {
                    return Ok(false);
                }
                let mut rows = rows.query([packed::floor(company, day), high])?;
                while let Some(row) = rows.next()? {
                    if self.matcher.fits(row)? {
                        let k = row.get(0)?;
                        self.found.push(k);
                        if self.found.len() >= limit {
                            self.last = Some(Before { block: number, day, company, k });
                            return Ok(true);
                        }
                    }
                }
                self.last = Some(Before { block: number, day, company, k: packed::floor(company, day) });
            }
        }
        Ok(true)
    }

    fn rows(&self) -> rusqlite::Result<Vec<FoundRow>> {
        let mut whole = WholeRows::new(self.conn)?;
        let mut company = self.conn.prepare_cached("SELECT id, name FROM companies WHERE n = ?")?;
        let mut rows = vec![];
        for k in &self.found {
            let row = whole.read(*k)?;
            rows.push(
                company.query_row([packed::company_of(*k)], |found| {
                    Ok(FoundRow { company: found.get(0)?, company_name: found.get(1)?, row })
                })?,
            );
        }
        Ok(rows)
    }
}
