//! Bare packed insert: rows that are parsed already into one packed table of an encrypted database, with one prepared statement and 5,000 rows a
//! transaction. The settings of the database are those of the product's store; the table has a key that begins with the day, and a unique index of eight
//! bytes a row, as a store that meets its rows again usually needs. Once more without that index: the very least. No dictionary in the database,
//! no sums by month, no cursor, no check.

use super::wire::{Page, Row};
use super::{Job, page_files};
use crate::Result;
use crate::measure::{Holds, Ran, Watch};
use crate::world::in_words;
use rusqlite::{Connection, Transaction, params};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// As the product's store opens its files.
pub(super) const SETTINGS: &str = "PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = ON;
    PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\"; PRAGMA cipher_page_size = 16384; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384;";

const TABLE: &str =
    "CREATE TABLE transactions (k INTEGER PRIMARY KEY, units INTEGER NOT NULL, scale INTEGER NOT NULL, currency INTEGER NOT NULL,
      account INTEGER NOT NULL, merchant INTEGER, category INTEGER, category_name INTEGER, code INTEGER NOT NULL, hash INTEGER NOT NULL,
      id ANY NOT NULL, rest TEXT, description TEXT) STRICT;";

const INDEX: &str = "CREATE UNIQUE INDEX transactions_by_hash ON transactions (hash);";

/// Meets rows again by an index, or only appends them.
pub(super) fn run(job: &Job, is_indexed: bool) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let mut conn = Connection::open(folder.path().join("floor.db"))?;
    conn.execute_batch(SETTINGS)?;
    conn.execute_batch(TABLE)?;
    if is_indexed {
        conn.execute_batch(INDEX)?;
    }
    let mut ran = Ran::default();
    let (mut words, mut next) = (Words::default(), HashMap::new());
    for file in page_files(job)? {
        let bytes = std::fs::read(file)?;
        let page: Page<'_> = serde_json::from_slice(&bytes)?;
        let rows = page.results.iter().map(|row| Packed::of(row, &mut words, &mut next)).collect::<Result<Vec<_>>>()?;
        let watch = Watch::start();
        let transaction = conn.transaction()?;
        insert(&transaction, &rows)?;
        transaction.commit()?;
        watch.add_to(&mut ran);
    }
    ran.holds = holds(&conn, &words)?;
    Ok(ran)
}

/// A row, ready to be bound.
struct Packed<'a> {
    k: i64,
    units: i64,
    scale: u32,
    currency: i64,
    account: i64,
    merchant: Option<i64>,
    category: Option<i64>,
    category_name: Option<i64>,
    code: i64,
    hash: i64,
    id: Id<'a>,
    rest: Option<&'a str>,
    description: Option<&'a str>,
}

enum Id<'a> {
    Uuid([u8; 16]),
    Text(&'a str),
}

impl rusqlite::ToSql for Id<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Uuid(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Texts that come again and again, by number.
#[derive(Default)]
struct Words(HashMap<String, i64>);

impl Words {
    fn number(&mut self, text: &str) -> i64 {
        if let Some(number) = self.0.get(text) {
            return *number;
        }
        let number = i64::try_from(self.0.len()).unwrap_or(i64::MAX);
        self.0.insert(text.to_owned(), number);
        number
    }
}

impl<'a> Packed<'a> {
    fn of(row: &'a Row<'_>, words: &mut Words, next: &mut HashMap<i64, i64>) -> Result<Self> {
        let amount = row.amount()?;
        let day = day(&row.posted_date).ok_or("a date names no day")?;
        let floor = 1 << 41 | day << 24;
        let place = next.entry(floor).or_insert(floor);
        let k = *place;
        *place += 1;
        let category = row.transaction_category_ref.as_ref();
        let filled = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((&row.account_id, &row.id));
        Ok(Self {
            k,
            units: i64::try_from(amount.mantissa())?,
            scale: amount.scale(),
            currency: words.number(&row.currency),
            account: words.number(&row.account_id),
            merchant: filled(row.merchant_name.as_deref()).map(|text| words.number(text)),
            category: category.map(|category| words.number(&category.id)),
            category_name: category.and_then(|category| filled(category.name.as_deref())).map(|text| words.number(text)),
            code: words.number(&row.code),
            hash: hash.cast_signed(),
            id: uuid(&row.id).map_or(Id::Text(&row.id), Id::Uuid),
            rest: row.posted_date.get(10..).filter(|rest| *rest != "T00:00:00"),
            description: row.description.as_deref(),
        })
    }
}

fn insert(transaction: &Transaction<'_>, rows: &[Packed<'_>]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO transactions (k, units, scale, currency, account, merchant, category, category_name, code, hash, id, rest, description)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for row in rows {
        statement.execute(params![
            row.k,
            row.units,
            row.scale,
            row.currency,
            row.account,
            row.merchant,
            row.category,
            row.category_name,
            row.code,
            row.hash,
            row.id,
            row.rest,
            row.description
        ])?;
    }
    Ok(())
}

fn holds(conn: &Connection, words: &Words) -> Result<Holds> {
    let names: HashMap<i64, &String> = words.0.iter().map(|(text, number)| (*number, text)).collect();
    let mut statement = conn.prepare("SELECT currency, scale, sum(units), count(*) FROM transactions GROUP BY currency, scale")?;
    let mut rows = statement.query([])?;
    let (mut sums, mut transactions) = (BTreeMap::<String, Decimal>::new(), 0);
    while let Some(row) = rows.next()? {
        let currency = names.get(&row.get(0)?).copied().ok_or("a currency without a name")?;
        *sums.entry(currency.clone()).or_default() += Decimal::try_from_i128_with_scale(row.get::<_, i64>(2)?.into(), row.get(1)?)?;
        transactions += u64::try_from(row.get::<_, i64>(3)?)?;
    }
    Ok(Holds { transactions, sums: in_words(&sums) })
}

/// A number that grows with the day; months of 31 days do.
fn day(text: &str) -> Option<i64> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    Some((part(0, 4)? - 1850) * 372 + (part(5, 7)? - 1) * 31 + part(8, 10)? - 1)
}

fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
    if text.len() != 36 || digits.len() != 32 {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
