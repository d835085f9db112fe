//! Rows with the names they refer to, by their keys. Rows come by the hundred thousand and names by the hundred: each name is asked for once.

use crate::movements::Words;
use crate::packed::{self, PackedId};
use crate::rollups::amount;
use crate::transactions::TransactionRow;
use rusqlite::{CachedStatement, Connection, params};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// What a category is called: as its list tells it, else as the row does. Its parameters are a [`CategoryKey`].
pub(crate) const CATEGORY: &str =
    "SELECT coalesce((SELECT g.name FROM books b JOIN categories g ON g.company = b.company AND g.connection = b.connection
     AND g.id = (SELECT text FROM words WHERE n = ?2) WHERE b.n = ?1), (SELECT text FROM words WHERE n = ?3))";

/// A book, a category's number and a name's: what tells how the category is called.
pub(crate) type CategoryKey = (i64, Option<i64>, Option<i64>);

/// Answers with whole rows, of one snapshot.
pub(crate) struct WholeRows<'c> {
    row: CachedStatement<'c>,
    book: CachedStatement<'c>,
    category: CachedStatement<'c>,
    words: Words<'c>,
    /// Account's id and name.
    books: FxHashMap<i64, (String, String)>,
    categories: FxHashMap<CategoryKey, Option<String>>,
}

impl<'c> WholeRows<'c> {
    pub(crate) fn new(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            row: conn.prepare_cached(
                "SELECT day, id, book, rest, units, scale, amount, currency, description, merchant, category, category_name, code, absent
                 FROM transactions WHERE k = ?",
            )?,
            book: conn.prepare_cached(
                "SELECT b.account, coalesce(a.name, '') FROM books b
                 LEFT JOIN accounts a ON a.company = b.company AND a.connection = b.connection AND a.id = b.account WHERE b.n = ?",
            )?,
            category: conn.prepare_cached(CATEGORY)?,
            words: Words::new(conn)?,
            books: FxHashMap::default(),
            categories: FxHashMap::default(),
        })
    }

    pub(crate) fn read(&mut self, k: i64) -> rusqlite::Result<TransactionRow> {
        let Self { row, book, category, words, books, categories } = self;
        row.query_row([k], |row| {
            let day = row.get::<_, Option<i64>>(0)?.unwrap_or_else(|| packed::day_of(k));
            let key: CategoryKey = (row.get(2)?, row.get(10)?, row.get(11)?);
            let (account_id, account) = match books.entry(key.0) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(book.query_row([key.0], |row| Ok((row.get(0)?, row.get(1)?)))?),
            };
            let category = match categories.entry(key) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(category.query_row(params![key.0, key.1, key.2], |row| row.get(0))?),
            };
            Ok(TransactionRow {
                id: row.get::<_, PackedId<'static>>(1)?.to_string(),
                account_id: account_id.clone(),
                account: account.clone(),
                day,
                date_text: packed::date_text(day, row.get_ref(3)?.as_str_or_null()?),
                amount: amount(row.get(4)?, row.get(5)?, row.get_ref(6)?.as_str_or_null()?)?,
                currency: words.of(row.get(7)?)?.as_ref().to_owned(),
                description: row.get(8)?,
                merchant: row.get::<_, Option<i64>>(9)?.map(|n| words.of(n)).transpose()?.map(|text| text.as_ref().to_owned()),
                category: category.clone(),
                code: words.of(row.get(12)?)?.as_ref().to_owned(),
                absent: row.get(13)?,
            })
        })
    }
}
