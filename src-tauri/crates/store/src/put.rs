//! Rows of a page into their tables. Reading a page twice changes nothing; a corrected row takes the place of the one it corrects, in the sums too.

use crate::closings;
use crate::erase::kept_from;
use crate::heard::{self, Heard};
use crate::packed::{self, PackedId};
use crate::records::{AccountRecord, CategoryRecord, TransactionRecord};
use crate::rollups::{Changes, amount, recount_book};
use crate::search;
use domain::money::Amount;
use rusqlite::{CachedStatement, OptionalExtension as _, Row, Transaction, params};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Where a page goes.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub company: i64,
    pub connection: i64,
    /// Number of the pass that saw the rows.
    pub pass: i64,
}

pub(crate) fn accounts(tx: &Transaction<'_>, place: Place, rows: &[AccountRecord]) -> rusqlite::Result<()> {
    let mut put = tx.prepare_cached(
        "INSERT INTO accounts (company, connection, id, name, holder, kind, ending, currency, current, available, raw, seen, absent)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (company, connection, id) DO UPDATE SET name = excluded.name,
         holder = excluded.holder, kind = excluded.kind, ending = excluded.ending, currency = excluded.currency, current = excluded.current,
         available = excluded.available, raw = excluded.raw, seen = excluded.seen, absent = 0",
    )?;
    for a in rows {
        put.execute(params![
            place.company,
            place.connection,
            a.id,
            a.name,
            a.holder,
            a.kind,
            a.ending,
            a.currency,
            a.current,
            a.available,
            a.raw,
            place.pass
        ])?;
    }
    Ok(())
}

pub(crate) fn categories(tx: &Transaction<'_>, place: Place, rows: &[CategoryRecord]) -> rusqlite::Result<()> {
    let mut put = tx.prepare_cached(
        "INSERT INTO categories (company, connection, id, name, parent, raw, seen, absent) VALUES (?, ?, ?, ?, ?, ?, ?, 0)
         ON CONFLICT (company, connection, id) DO UPDATE SET name = excluded.name, parent = excluded.parent, raw = excluded.raw, seen = excluded.seen,
         absent = 0",
    )?;
    for c in rows {
        put.execute(params![place.company, place.connection, c.id, c.name, c.parent, c.raw, place.pass])?;
    }
    Ok(())
}

/// Stores transactions; true when the newest day of an account moved.
pub(crate) fn transactions(tx: &Transaction<'_>, memory: &mut Memory, place: Place, rows: &[TransactionRecord]) -> rusqlite::Result<bool> {
    packed::checked_company(place.company)?;
    memory.heard.load(tx, place.connection)?;
    let told = in_order(rows, kept_from(tx)?);
    let known = find_known(tx, &memory.heard, place, &told)?;
    let mut page = Page::new(tx, place, memory)?;
    for (told, known) in told.into_iter().zip(known) {
        page.put(&told, known)?;
    }
    page.finish()
}

/// What the writer remembers from page to page. Dropped whenever a transaction is rolled back or somebody else wrote.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) heard: Heard,
    words: HashMap<String, i64>,
}

/// Texts remembered at most.
const WORDS: usize = 8_192;

impl Memory {
    pub(crate) fn forget(&mut self) {
        self.heard.forget();
        self.words.clear();
    }

    fn word(&mut self, tx: &Transaction<'_>, text: &str) -> rusqlite::Result<i64> {
        if let Some(n) = self.words.get(text) {
            return Ok(*n);
        }
        let found = tx.prepare_cached("SELECT n FROM words WHERE text = ?")?.query_row([text], |row| row.get(0)).optional()?;
        let n = match found {
            Some(n) => n,
            None => {
                tx.prepare_cached("INSERT INTO words (text) VALUES (?)")?.execute([text])?;
                tx.last_insert_rowid()
            }
        };
        if self.words.len() >= WORDS {
            self.words.clear();
        }
        self.words.insert(text.to_owned(), n);
        Ok(n)
    }
}

/// A row as it was told, with its id as the database has it.
struct Told<'r> {
    row: &'r TransactionRecord,
    id: PackedId<'r>,
    hash: u64,
}

/// The rows of a page from this day on by day, so that keys rise; of rows with one id the last.
fn in_order(rows: &[TransactionRecord], kept_from: i64) -> Vec<Told<'_>> {
    let mut told: Vec<Told<'_>> = rows
        .iter()
        .filter(|row| row.day >= kept_from)
        .map(|row| {
            let id = PackedId::new(&row.id);
            Told { row, hash: heard::hash(&id), id }
        })
        .collect();
    let mut hashes: Vec<u64> = told.iter().map(|told| told.hash).collect();
    hashes.sort_unstable();
    if !hashes.is_sorted_by(|one, next| one < next) {
        let last: HashMap<PackedId<'_>, usize> = told.iter().enumerate().map(|(at, told)| (told.id.clone(), at)).collect();
        let mut at = 0..;
        told.retain(|told| at.next() == last.get(&told.id).copied());
    }
    told.sort_by_key(|told| told.row.day);
    told
}

/// For each row what is stored of it. New rows, nearly all of a first reading, cost no look at the disk.
fn find_known(tx: &Transaction<'_>, heard: &Heard, place: Place, told: &[Told<'_>]) -> rusqlite::Result<Vec<Option<Stored>>> {
    let mut found: Vec<Option<Stored>> = vec![];
    found.resize_with(told.len(), || None);
    let mut missing: HashMap<PackedId<'_>, usize> = HashMap::new();
    let mut days = BTreeSet::new();
    for (at, one) in told.iter().enumerate().filter(|(_, one)| heard.may_know(place.connection, one.hash)) {
        missing.insert(one.id.clone(), at);
        days.insert(packed::floor(place.company, one.row.day));
    }
    pick(tx, place, &days, &missing, &mut found)?;
    missing.retain(|_, at| found.get(*at).is_some_and(Option::is_none));
    if missing.is_empty() {
        return Ok(found);
    }
    // Not on the day it is told for: where it was noted, if it ever was.
    let hashes: HashSet<u64> = missing.values().filter_map(|at| told.get(*at)).map(|one| one.hash).collect();
    let noted = heard::days_of(tx, place.connection, &hashes)?;
    let days = noted.into_iter().map(|(_, day)| packed::floor(place.company, day)).collect();
    pick(tx, place, &days, &missing, &mut found)?;
    Ok(found)
}

/// Takes what is missing from days, given as their smallest keys.
fn pick(
    tx: &Transaction<'_>,
    place: Place,
    days: &BTreeSet<i64>,
    missing: &HashMap<PackedId<'_>, usize>,
    found: &mut [Option<Stored>],
) -> rusqlite::Result<()> {
    let mut rows = tx.prepare_cached(
        "SELECT k, seen, absent, units, scale, amount, currency, book, day, merchant, category, category_name, code, rest, description, id
         FROM transactions WHERE k BETWEEN ? AND ? AND connection = ?",
    )?;
    for floor in days {
        let mut rows = rows.query(params![floor, floor | 0xFF_FFFF, place.connection])?;
        while let Some(row) = rows.next()? {
            let at = missing.get(&PackedId::read(row.get_ref(15)?)?);
            if let Some(slot) = at.and_then(|at| found.get_mut(*at)) {
                *slot = Some(stored(row)?);
            }
        }
    }
    Ok(())
}

/// A row as it stands in its table, but for its key and when it was seen.
#[derive(PartialEq)]
struct Packed<'a> {
    units: i64,
    scale: u32,
    amount: Option<String>,
    currency: i64,
    book: i64,
    day: i64,
    merchant: Option<i64>,
    category: Option<i64>,
    category_name: Option<i64>,
    code: i64,
    rest: Option<Cow<'a, str>>,
    description: Option<Cow<'a, str>>,
}

impl Packed<'_> {
    fn exact(&self) -> rusqlite::Result<Amount> {
        amount(self.units, self.scale, self.amount.as_deref())
    }
}

struct Stored {
    k: i64,
    seen: i64,
    absent: bool,
    row: Packed<'static>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let k: i64 = row.get(0)?;
    Ok(Stored {
        k,
        seen: row.get(1)?,
        absent: row.get(2)?,
        row: Packed {
            units: row.get(3)?,
            scale: row.get(4)?,
            amount: row.get(5)?,
            currency: row.get(6)?,
            book: row.get(7)?,
            day: row.get::<_, Option<i64>>(8)?.unwrap_or_else(|| packed::day_of(k)),
            merchant: row.get(9)?,
            category: row.get(10)?,
            category_name: row.get(11)?,
            code: row.get(12)?,
            rest: row.get::<_, Option<String>>(13)?.map(Cow::Owned),
            description: row.get::<_, Option<String>>(14)?.map(Cow::Owned),
        },
    })
}

pub(crate) struct Book {
    pub(crate) n: i64,
    first: Option<i64>,
    last: Option<i64>,
    added: i64,
}

/// An account's book, which is made when it is not there.
pub(crate) fn book(tx: &Transaction<'_>, place: Place, account: &str) -> rusqlite::Result<Book> {
    let read = |row: &Row<'_>| Ok(Book { n: row.get(0)?, first: row.get(1)?, last: row.get(2)?, added: 0 });
    let found = tx
        .prepare_cached("SELECT n, first, last FROM books WHERE connection = ? AND account = ?")?
        .query_row(params![place.connection, account], read)
        .optional()?;
    if let Some(book) = found {
        return Ok(book);
    }
    tx.prepare_cached("INSERT INTO books (company, connection, account) VALUES (?, ?, ?)")?.execute(params![
        place.company,
        place.connection,
        account
    ])?;
    Ok(Book { n: tx.last_insert_rowid(), first: None, last: None, added: 0 })
}

struct Page<'t, 'r, 'm> {
    tx: &'t Transaction<'t>,
    place: Place,
    memory: &'m mut Memory,
    words: HashMap<&'r str, i64>,
    books: HashMap<&'r str, Book>,
    /// Books that lost a row or a day: counted anew at the end.
    recount: BTreeSet<i64>,
    /// The day at hand as text; rows come by day.
    day: (i64, Option<String>),
    /// The smallest key of the day at hand and its next free one.
    next: Option<(i64, i64)>,
    /// Rows that are new on their day.
    noted: Vec<(u64, i64)>,
    /// Days whose words changed.
    blocks: BTreeSet<i64>,
    changes: Changes,
    insert: CachedStatement<'t>,
}

impl<'t, 'r, 'm> Page<'t, 'r, 'm> {
    fn new(tx: &'t Transaction<'t>, place: Place, memory: &'m mut Memory) -> rusqlite::Result<Self> {
        Ok(Self {
            tx,
            place,
            memory,
            words: HashMap::new(),
            books: HashMap::new(),
            recount: BTreeSet::new(),
            day: (0, packed::day_text(0)),
            next: None,
            noted: vec![],
            blocks: BTreeSet::new(),
            changes: Changes::default(),
            insert: tx.prepare_cached(
                "INSERT INTO transactions (k, units, scale, currency, book, amount, day, merchant, category, category_name, code, connection, id, seen, rest, description)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?,
        })
    }

    fn put(&mut self, told: &Told<'r>, known: Option<Stored>) -> rusqlite::Result<()> {
        let row = self.pack(told.row)?;
        let Some(old) = known else {
            self.insert(&row, told)?;
            return self.enter(&row, told);
        };
        if old.row == row {
            return self.confirm(&old, told.row.amount);
        }
        if !old.absent {
            self.changes.take(old.row.day, old.row.currency, old.row.book, old.row.exact()?);
        }
        self.tx.prepare_cached("DELETE FROM transactions WHERE k = ?")?.execute([old.k])?;
        if packed::floor(0, old.row.day) == packed::floor(0, row.day) {
            // On its day it keeps its place.
            self.insert_at(old.k, &row, &told.id)?;
        } else {
            self.insert(&row, told)?;
        }
        self.recount.extend([old.row.book, row.book]);
        self.enter(&row, told)
    }

    /// Seen again as it was.
    fn confirm(&mut self, old: &Stored, amount: Amount) -> rusqlite::Result<()> {
        if old.absent {
            self.changes.add(old.row.day, old.row.currency, old.row.book, amount);
        }
        if old.absent || old.seen != self.place.pass {
            self.tx
                .prepare_cached("UPDATE transactions SET seen = ?2, absent = 0 WHERE k = ?1")?
                .execute(params![old.k, self.place.pass])?;
        }
        Ok(())
    }

    fn pack(&mut self, told: &'r TransactionRecord) -> rusqlite::Result<Packed<'r>> {
        // What does not fit 64 bits is kept as text.
        let (units, scale, amount) =
            told.amount.units().map_or_else(|| (0, 0, Some(told.amount.to_string())), |(units, scale)| (units, scale, None));
        let filled = |text: &'r Option<Arc<str>>| text.as_deref().filter(|text| !text.is_empty());
        Ok(Packed {
            units,
            scale,
            amount,
            currency: self.word(&told.currency)?,
            book: self.book(&told.account)?,
            day: told.day,
            merchant: filled(&told.merchant).map(|text| self.word(text)).transpose()?,
            category: filled(&told.category).map(|text| self.word(text)).transpose()?,
            category_name: filled(&told.category_name).map(|text| self.word(text)).transpose()?,
            code: self.word(&told.code)?,
            rest: packed::rest(self.day_text(told.day), &told.date_text),
            description: told.description.as_deref().map(Cow::Borrowed),
        })
    }

    fn day_text(&mut self, day: i64) -> Option<&str> {
        if self.day.0 != day {
            self.day = (day, packed::day_text(day));
        }
        self.day.1.as_deref()
    }

    /// At the end of its day, and noted.
    fn insert(&mut self, row: &Packed<'_>, told: &Told<'r>) -> rusqlite::Result<()> {
        let (floor, ceiling) = (packed::floor(self.place.company, row.day), packed::ceiling(self.place.company, row.day));
        let k = match self.next {
            Some((day, k)) if day == floor => k,
            _ => {
                let last: Option<i64> = self
                    .tx
                    .prepare_cached("SELECT max(k) FROM transactions WHERE k BETWEEN ? AND ?")?
                    .query_row([floor, ceiling], |row| row.get(0))?;
                last.map_or(floor, |last| last + 1)
            }
        };
        if k > ceiling {
            return Err(rusqlite::Error::IntegralValueOutOfRange(0, k));
        }
        self.next = Some((floor, k + 1));
        self.noted.push((told.hash, row.day));
        self.insert_at(k, row, &told.id)
    }

    fn insert_at(&mut self, k: i64, row: &Packed<'_>, id: &PackedId<'_>) -> rusqlite::Result<()> {
        self.blocks.insert(search::block_of(k));
        self.insert.execute(params![
            k,
            row.units,
            row.scale,
            row.currency,
            row.book,
            row.amount,
            packed::odd_day(row.day),
            row.merchant,
            row.category,
            row.category_name,
            row.code,
            self.place.connection,
            id,
            self.place.pass,
            row.rest,
            row.description
        ])?;
        Ok(())
    }

    fn word(&mut self, text: &'r str) -> rusqlite::Result<i64> {
        if let Some(n) = self.words.get(text) {
            return Ok(*n);
        }
        let n = self.memory.word(self.tx, text)?;
        self.words.insert(text, n);
        Ok(n)
    }

    fn book(&mut self, account: &'r str) -> rusqlite::Result<i64> {
        if let Some(book) = self.books.get(account) {
            return Ok(book.n);
        }
        let book = book(self.tx, self.place, account)?;
        let n = book.n;
        self.books.insert(account, book);
        Ok(n)
    }

    /// A row came into its account's book and into the sums.
    fn enter(&mut self, row: &Packed<'_>, told: &Told<'r>) -> rusqlite::Result<()> {
        self.changes.add(row.day, row.currency, row.book, told.row.amount);
        if let Some(book) = self.books.get_mut(&*told.row.account) {
            book.first = Some(book.first.map_or(row.day, |first| first.min(row.day)));
            book.last = Some(book.last.map_or(row.day, |last| last.max(row.day)));
            book.added += 1;
        }
        Ok(())
    }

    fn finish(self) -> rusqlite::Result<bool> {
        let mut moved = !self.recount.is_empty();
        let mut put = self.tx.prepare_cached("UPDATE books SET first = ?2, last = ?3, count = count + ?4 WHERE n = ?1")?;
        for book in self.books.values().filter(|book| book.added > 0) {
            put.execute(params![book.n, book.first, book.last, book.added])?;
            moved = true;
        }
        search::wait(self.tx, &self.blocks)?;
        self.memory.heard.note(self.tx, self.place.connection, &self.noted)?;
        for book in self.recount {
            recount_book(self.tx, self.place.company, book)?;
        }
        self.changes.write(self.tx, self.place.company)?;
        Ok(moved)
    }
}

/// Marks what two passes in a row did not see. Older than everything that this pass saw is not gone: it lies before the window that Codat reads, which
/// may have been moved.
pub(crate) fn mark_absent(tx: &Transaction<'_>, place: Place, data_type: &str) -> rusqlite::Result<()> {
    let before = place.pass - 1;
    // The first pass has none before it that could have seen more.
    if before < 1 {
        return Ok(());
    }
    match data_type {
        "banking-transactions" => absent_transactions(tx, place),
        "banking-accountBalances" => closings::mark_absent(tx, place),
        other => {
            let table = if other == "banking-accounts" { "accounts" } else { "categories" };
            tx.execute(
                &format!("UPDATE {table} SET absent = 1 WHERE company = ? AND connection = ? AND seen < ? AND absent = 0"),
                params![place.company, place.connection, before],
            )?;
            Ok(())
        }
    }
}

fn absent_transactions(tx: &Transaction<'_>, place: Place) -> rusqlite::Result<()> {
    let mut changes = Changes::default();
    let mut gone = vec![];
    {
        let mut rows = tx.prepare_cached(
            "SELECT k, day, currency, units, scale, amount, book FROM transactions WHERE k BETWEEN ? AND ? AND connection = ? AND seen < ? AND absent = 0",
        )?;
        let (low, high) = (packed::floor(place.company, i64::MIN), packed::ceiling(place.company, i64::MAX));
        let first: Option<i64> = tx
            .prepare_cached("SELECT k FROM transactions WHERE k BETWEEN ? AND ? AND connection = ? AND seen >= ? ORDER BY k LIMIT 1")?
            .query_row(params![low, high, place.connection, place.pass], |row| row.get(0))
            .optional()?;
        let low = first.map_or(low, |first| packed::floor(place.company, packed::day_of(first)));
        let mut rows = rows.query(params![low, high, place.connection, place.pass - 1])?;
        while let Some(row) = rows.next()? {
            let k: i64 = row.get(0)?;
            let day = row.get::<_, Option<i64>>(1)?.unwrap_or_else(|| packed::day_of(k));
            changes.take(day, row.get(2)?, row.get(6)?, amount(row.get(3)?, row.get(4)?, row.get_ref(5)?.as_str_or_null()?)?);
            gone.push(k);
        }
    }
    let mut mark = tx.prepare_cached("UPDATE transactions SET absent = 1 WHERE k = ?")?;
    for k in gone {
        mark.execute([k])?;
    }
    changes.write(tx, place.company)
}
