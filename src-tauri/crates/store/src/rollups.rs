//! Sums kept beside the rows they sum up, in the same transaction: per company, month and currency, the same per account, and per
//! currency over everything. What is
//! absent does not count. They can always be made again from the rows.

use crate::packed::{self, month_of};
use domain::money::{Amount, Total};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use std::collections::BTreeMap;

/// What came in and went out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    pub money_in: Total,
    pub money_out: Total,
    pub count: i64,
}

impl Flow {
    pub(crate) fn add(&mut self, amount: Amount) {
        let side = if amount.is_negative() { &mut self.money_out } else { &mut self.money_in };
        side.add(amount);
        self.count += 1;
    }

    fn take(&mut self, amount: Amount) {
        let side = if amount.is_negative() { &mut self.money_out } else { &mut self.money_in };
        side.take(amount);
        self.count -= 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.money_in.add_total(&other.money_in);
        self.money_out.add_total(&other.money_out);
        self.count += other.count;
    }

    /// What is left without a part of it.
    pub(crate) fn without(&mut self, part: &Self) {
        self.money_in.take_total(&part.money_in);
        self.money_out.take_total(&part.money_out);
        self.count -= part.count;
    }
}

/// What a transaction of the database changes in the sums of one company, gathered before it is written: by month, currency and book.
#[derive(Default)]
pub(crate) struct Changes {
    months: BTreeMap<(i64, i64, i64), Flow>,
}

impl Changes {
    pub(crate) fn add(&mut self, day: i64, currency: i64, book: i64, amount: Amount) {
        self.months.entry((month_of(day), currency, book)).or_default().add(amount);
    }

    pub(crate) fn take(&mut self, day: i64, currency: i64, book: i64, amount: Amount) {
        self.months.entry((month_of(day), currency, book)).or_default().take(amount);
    }

    pub(crate) fn write(self, tx: &Transaction<'_>, company: i64) -> rusqlite::Result<()> {
        let mut months: BTreeMap<(i64, i64), Flow> = BTreeMap::new();
        let mut whole: BTreeMap<i64, Flow> = BTreeMap::new();
        for ((month, currency, book), change) in self.months {
            months.entry((month, currency)).or_default().merge(&change);
            whole.entry(currency).or_default().merge(&change);
            add_to(tx, BOOK_MONTHS, [book, month, currency], &change)?;
        }
        for ((month, currency), change) in months {
            add_to(tx, MONTHS, [company, month, currency], &change)?;
        }
        let mut get = tx.prepare_cached("SELECT total, count FROM sums WHERE currency = ?")?;
        let mut put = tx.prepare_cached("INSERT INTO sums (currency, total, count) VALUES (?, ?, ?) ON CONFLICT (currency) DO UPDATE SET total = excluded.total, count = excluded.count")?;
        for (currency, change) in whole {
            let found = get.query_row([currency], |row| Ok((total(row, 0)?, row.get::<_, i64>(1)?))).optional()?;
            let (mut sum, count) = found.unwrap_or_default();
            sum.add_total(&change.money_in);
            sum.add_total(&change.money_out);
            put.execute(params![currency, sum.pack(), count + change.count])?;
        }
        Ok(())
    }
}

/// How a sum is read and written. Not `INSERT OR REPLACE`: such a statement copies the pages it changes, in case it fails halfway.
type Statements = (&'static str, &'static str);
const MONTHS: Statements = (
    "SELECT money_in, money_out, count FROM months WHERE company = ? AND month = ? AND currency = ?",
    "INSERT INTO months (company, month, currency, money_in, money_out, count) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (company, month, currency) DO UPDATE SET money_in = excluded.money_in, money_out = excluded.money_out, count = excluded.count",
);
const BOOK_MONTHS: Statements = (
    "SELECT money_in, money_out, count FROM book_months WHERE book = ? AND month = ? AND currency = ?",
    "INSERT INTO book_months (book, month, currency, money_in, money_out, count) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (book, month, currency) DO UPDATE SET money_in = excluded.money_in, money_out = excluded.money_out, count = excluded.count",
);

fn add_to(tx: &Transaction<'_>, (get, put): Statements, key: [i64; 3], change: &Flow) -> rusqlite::Result<()> {
    let found = tx.prepare_cached(get)?.query_row(key, |row| flow(row, 0)).optional()?;
    let mut sum = found.unwrap_or_default();
    sum.merge(change);
    let [of, month, currency] = key;
    tx.prepare_cached(put)?.execute(params![of, month, currency, sum.money_in.pack(), sum.money_out.pack(), sum.count])?;
    Ok(())
}

fn flow(row: &rusqlite::Row<'_>, from: usize) -> rusqlite::Result<Flow> {
    Ok(Flow { money_in: total(row, from)?, money_out: total(row, from + 1)?, count: row.get(from + 2)? })
}

/// Reads a packed total.
pub(crate) fn total(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Total> {
    let text: String = row.get(column)?;
    Total::unpack(&text).ok_or_else(|| rusqlite::Error::InvalidColumnType(column, "a total".into(), Type::Text))
}

/// An amount from its columns.
pub(crate) fn amount(units: i64, scale: u32, text: Option<&str>) -> rusqlite::Result<Amount> {
    let read = text.map_or_else(|| Amount::from_units(units, scale), |text| Amount::parse(text).ok());
    read.ok_or_else(|| rusqlite::Error::InvalidColumnType(0, "an amount".into(), Type::Integer))
}

/// First day, last day and number of the rows of a book, counted from the rows.
pub(crate) fn recount_book(tx: &Transaction<'_>, company: i64, book: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE books SET (first, last, count) = (SELECT min(coalesce(t.day, (t.k >> 24 & 131071) - 43829)), max(coalesce(t.day, (t.k >> 24 & 131071) - 43829)), count(*)
         FROM transactions t WHERE t.k BETWEEN ?2 AND ?3 AND t.book = ?1) WHERE n = ?1",
    )?
    .execute(params![book, packed::floor(company, i64::MIN), packed::ceiling(company, i64::MAX)])?;
    Ok(())
}

/// The same for all books of a company.
pub(crate) fn recount_books(tx: &Transaction<'_>, company: i64) -> rusqlite::Result<()> {
    let mut counted: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    let mut rows = tx.prepare_cached("SELECT k, day, book FROM transactions WHERE k BETWEEN ? AND ?")?;
    let mut rows = rows.query([packed::floor(company, i64::MIN), packed::ceiling(company, i64::MAX)])?;
    while let Some(row) = rows.next()? {
        let day = row.get::<_, Option<i64>>(1)?.map_or_else(|| row.get(0).map(packed::day_of), Ok)?;
        let book = counted.entry(row.get(2)?).or_insert((day, day, 0));
        *book = (book.0.min(day), book.1.max(day), book.2 + 1);
    }
    tx.prepare_cached("UPDATE books SET first = NULL, last = NULL, count = 0 WHERE company = ?")?.execute([company])?;
    put_books(tx, counted)
}

fn put_books(tx: &Transaction<'_>, counted: BTreeMap<i64, (i64, i64, i64)>) -> rusqlite::Result<()> {
    let mut put = tx.prepare_cached("UPDATE books SET first = ?2, last = ?3, count = ?4 WHERE n = ?1")?;
    for (n, (first, last, count)) in counted {
        put.execute(params![n, first, last, count])?;
    }
    Ok(())
}

/// Takes sums by currency, which are erased, from the sums over everything.
pub(crate) fn take_from_sums(tx: &Transaction<'_>, gone: &BTreeMap<i64, Flow>) -> rusqlite::Result<()> {
    let mut get = tx.prepare_cached("SELECT total, count FROM sums WHERE currency = ?")?;
    let mut put = tx.prepare_cached("UPDATE sums SET total = ?2, count = ?3 WHERE currency = ?1")?;
    for (currency, flow) in gone {
        let found = get.query_row([currency], |row| Ok((total(row, 0)?, row.get::<_, i64>(1)?))).optional()?;
        let Some((mut sum, count)) = found else { continue };
        sum.take_total(&flow.money_in);
        sum.take_total(&flow.money_out);
        put.execute(params![currency, sum.pack(), count - flow.count])?;
    }
    tx.prepare_cached("DELETE FROM sums WHERE count = 0")?.execute([])?;
    Ok(())
}

/// Makes all sums and books anew from the rows.
pub(crate) fn rebuild(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(
        "DELETE FROM months; DELETE FROM book_months; DELETE FROM sums; UPDATE books SET first = NULL, last = NULL, count = 0;",
    )?;
    let mut books: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    let (mut company, mut changes) = (0, Changes::default());
    let mut rows = tx.prepare("SELECT k, day, units, scale, amount, currency, book, absent FROM transactions ORDER BY k")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let k: i64 = row.get(0)?;
        let day = row.get::<_, Option<i64>>(1)?.unwrap_or_else(|| packed::day_of(k));
        if packed::company_of(k) != company {
            std::mem::take(&mut changes).write(tx, company)?;
            company = packed::company_of(k);
        }
        let text = row.get_ref(4)?.as_str_or_null()?;
        if !row.get::<_, bool>(7)? {
            changes.add(day, row.get(5)?, row.get(6)?, amount(row.get(2)?, row.get(3)?, text)?);
        }
        let book = books.entry(row.get(6)?).or_insert((day, day, 0));
        *book = (book.0.min(day), book.1.max(day), book.2 + 1);
    }
    changes.write(tx, company)?;
    put_books(tx, books)
}

/// Sums of a company's months, largest month last. Months are counted from the year 0.
pub(crate) fn months(conn: &Connection, company: i64, from: i64, to: i64) -> rusqlite::Result<Vec<(i64, i64, Flow)>> {
    const SQL: &str = "SELECT month, currency, money_in, money_out, count FROM months WHERE company = ? AND month BETWEEN ? AND ? ORDER BY month, currency";
    between(conn, SQL, company, from, to)
}

/// The same of one account's book.
pub(crate) fn book_months(conn: &Connection, book: i64, from: i64, to: i64) -> rusqlite::Result<Vec<(i64, i64, Flow)>> {
    const SQL: &str = "SELECT month, currency, money_in, money_out, count FROM book_months WHERE book = ? AND month BETWEEN ? AND ? ORDER BY month, currency";
    between(conn, SQL, book, from, to)
}

fn between(conn: &Connection, sql: &str, of: i64, from: i64, to: i64) -> rusqlite::Result<Vec<(i64, i64, Flow)>> {
    conn.prepare_cached(sql)?.query_map(params![of, from, to], |row| Ok((row.get(0)?, row.get(1)?, flow(row, 2)?)))?.collect()
}
