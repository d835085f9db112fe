//! Banking data on its way in. A page's rows come by `COPY` into a staging table and are stored, with how far that brings the fetch, in one transaction: a
//! kill costs one page read again, and reading it again changes nothing.

use crate::lease::Lease;
use crate::{Error, Server};
use bytes::Bytes;
use domain::data_type::DataType;
use futures::SinkExt as _;
use std::fmt::Write as _;
use store::{Quarantined, Records};
use tokio_postgres::Transaction;

/// How far one type of one connection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Connection.
    pub connection: String,
    /// Data type, as Codat's word.
    pub data_type: String,
    /// The state at Codat that was fetched to its end.
    pub fetched: Option<String>,
    /// Newest modification stamp of that fetch.
    pub watermark: Option<String>,
    /// Rows held.
    pub rows: u32,
    /// When the last whole pass ended, UTC milliseconds.
    pub whole_at: Option<i64>,
    /// The fetch that has not ended.
    pub cut: Option<Fetch>,
}

/// One fetch of one type of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Connection.
    pub connection: String,
    /// Type.
    pub data_type: DataType,
    /// The state at Codat that is fetched.
    pub state: String,
    /// From which stamp on; none = everything.
    pub since: Option<String>,
    /// Pages stored so far.
    pub page: u32,
    /// Rows a page.
    pub size: u32,
    /// Newest modification stamp so far.
    pub watermark: Option<String>,
    run: i64,
}

/// A page on its way in.
#[derive(Clone, Debug)]
pub struct Page {
    /// Which one, from 1.
    pub number: u32,
    /// Decoded.
    pub records: Records,
    /// Set aside.
    pub bad: Vec<Quarantined>,
    /// Newest modification stamp of the fetch, this page included.
    pub watermark: Option<String>,
}

const STAGING: &str = "
    CREATE TEMP TABLE IF NOT EXISTS staged_accounts (n bigint, id text, name text, holder text, kind text, ending text, currency text,
        current numeric, available numeric, raw text) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS staged_balances (n bigint, account text, day bigint, ordinal bigint, date_text text, current numeric,
        available numeric) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS staged_categories (n bigint, id text, name text, parent text, raw text) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS staged_transactions (n bigint, id text, account text, day bigint, date_text text, amount numeric,
        currency text, description text, merchant text, code text, category text, category_name text) ON COMMIT DELETE ROWS";

/// Where rows of a type lie: table, what makes one row another, and the rest of it.
struct Place {
    table: &'static str,
    key: &'static [&'static str],
    rest: &'static [&'static str],
}

fn place(data_type: DataType) -> Place {
    match data_type {
        DataType::Accounts => Place {
            table: "accounts",
            key: &["id"],
            rest: &["name", "holder", "kind", "ending", "currency", "current", "available", "raw"],
        },
        DataType::Balances => {
            Place { table: "balances", key: &["account", "day", "ordinal"], rest: &["date_text", "current", "available"] }
        }
        DataType::Categories => Place { table: "categories", key: &["id"], rest: &["name", "parent", "raw"] },
        DataType::Transactions => Place {
            table: "transactions",
            key: &["id"],
            rest: &["account", "day", "date_text", "amount", "currency", "description", "merchant", "code", "category", "category_name"],
        },
    }
}

impl Place {
    /// From the staging table into the table. The last of several rows with one key wins; a row that is the same as before keeps the moment it changed.
    fn store(&self) -> String {
        let Self { table, key, rest } = self;
        let (keys, rests) = (key.join(", "), rest.join(", "));
        let of = |source: &str| rest.iter().map(|column| format!("{source}.{column}")).collect::<Vec<_>>().join(", ");
        let sets = rest.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ");
        let (old, new) = (of(table), of("excluded"));
        format!(
            "INSERT INTO {table} (company, connection, {keys}, {rests}, run, changed)
             SELECT DISTINCT ON ({keys}) $1::text, $2::text, {keys}, {rests}, $3::bigint, clock_timestamp() FROM staged_{table} ORDER BY {keys}, n DESC
             ON CONFLICT (company, connection, {keys}) DO UPDATE SET {sets}, run = excluded.run, gone_at = NULL, changed = CASE
                 WHEN {table}.gone_at IS NULL AND ({old}) IS NOT DISTINCT FROM ({new}) THEN {table}.changed ELSE excluded.changed END"
        )
    }
}

impl Server {
    /// How far each type of each connection of a company is.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn cursors(&mut self, company: &str) -> Result<Vec<Cursor>, Error> {
        let question =
            "SELECT connection, data_type, fetched, watermark, rows, whole_at, run_state, run_since, run_page, run_size, run_watermark, run
                        FROM cursors WHERE company = $1";
        let rows = self.client.query(question, &[&company]).await?;
        let number = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let cursor = |row: &tokio_postgres::Row| {
            let (connection, data_type): (String, String) = (row.get(0), row.get(1));
            let cut = row.get::<_, Option<String>>(6).zip(DataType::from_wire(&data_type)).map(|(state, data_type)| Fetch {
                connection: connection.clone(),
                data_type,
                state,
                since: row.get(7),
                page: number(row.get(8)),
                size: number(row.get(9)),
                watermark: row.get(10),
                run: row.get(11),
            });
            let (fetched, watermark, rows, whole_at) = (row.get(2), row.get(3), number(row.get(4)), row.get(5));
            Cursor { connection, data_type, fetched, watermark, rows, whole_at, cut }
        };
        Ok(rows.iter().map(cursor).collect())
    }

    /// Begins a fetch; one that was cut is forgotten with that, what it stored stays.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over.
    pub async fn begin_fetch(
        &mut self,
        lease: &Lease,
        connection: &str,
        data_type: DataType,
        state: String,
        since: Option<String>,
        size: u32,
    ) -> Result<Fetch, Error> {
        let tx = self.client.transaction().await?;
        lease.hold(&tx).await?;
        let run = tx
            .query_one(
                "INSERT INTO cursors (company, connection, data_type, run, run_state, run_since, run_size) VALUES ($1, $2, $3, 1, $4, $5, $6)
                 ON CONFLICT (company, connection, data_type) DO UPDATE SET run = cursors.run + 1, run_state = excluded.run_state,
                     run_since = excluded.run_since, run_size = excluded.run_size, run_page = 0, run_watermark = NULL
                 RETURNING run",
                &[&lease.company, &connection, &data_type.wire(), &state, &since, &i64::from(size)],
            )
            .await?
            .get(0);
        tx.commit().await?;
        Ok(Fetch { connection: connection.to_owned(), data_type, state, since, page: 0, size, watermark: None, run })
    }

    /// Stores a page and how far it brings the fetch. Says how many rows it held.
    ///
    /// # Errors
    /// When the server cannot be asked, or another worker has taken over: then nothing was stored.
    pub async fn keep_page(&mut self, lease: &Lease, fetch: &mut Fetch, page: Page) -> Result<u64, Error> {
        self.stage().await?;
        let tx = self.client.transaction().await?;
        lease.hold(&tx).await?;
        let (number, watermark) = (page.number, page.watermark.clone());
        let rows = store(&tx, lease, fetch, page).await?;
        tx.execute(
            "UPDATE cursors SET run_page = $4, run_watermark = $5 WHERE company = $1 AND connection = $2 AND data_type = $3",
            &[&lease.company, &fetch.connection, &fetch.data_type.wire(), &i64::from(number), &watermark],
        )
        .await?;
        tx.commit().await?;
        fetch.page = number;
        fetch.watermark = watermark;
        Ok(rows)
    }

    /// Ends a fetch well: its last page, what is gone, and the cursor are one step.
    ///
    /// # Errors
    /// As `keep_page`.
    pub async fn end_fetch(&mut self, lease: &Lease, fetch: &Fetch, last: Option<Page>, at: i64) -> Result<u64, Error> {
        self.stage().await?;
        let place = place(fetch.data_type);
        let tx = self.client.transaction().await?;
        lease.hold(&tx).await?;
        let watermark = last.as_ref().map_or_else(|| fetch.watermark.clone(), |page| page.watermark.clone());
        let rows = match last {
            Some(page) => store(&tx, lease, fetch, page).await?,
            None => 0,
        };
        let is_whole = fetch.since.is_none();
        if is_whole {
            let gone = format!(
                "UPDATE {} SET gone_at = now(), changed = clock_timestamp() WHERE company = $1 AND connection = $2 AND run < $3 AND gone_at IS NULL",
                place.table
            );
            tx.execute(&gone, &[&lease.company, &fetch.connection, &fetch.run]).await?;
        }
        // Transactions are many, and their number decides nothing.
        let held: i64 = if fetch.data_type == DataType::Transactions {
            0
        } else {
            let count = format!("SELECT count(*) FROM {} WHERE company = $1 AND connection = $2 AND gone_at IS NULL", place.table);
            tx.query_one(&count, &[&lease.company, &fetch.connection]).await?.get(0)
        };
        tx.execute(
            "UPDATE cursors SET fetched = run_state, fetched_at = clock_timestamp(), watermark = coalesce($4, watermark), rows = $5,
                 whole_at = CASE WHEN $6 THEN $7 ELSE whole_at END,
                 run_state = NULL, run_since = NULL, run_page = 0, run_size = 0, run_watermark = NULL
             WHERE company = $1 AND connection = $2 AND data_type = $3",
            &[&lease.company, &fetch.connection, &fetch.data_type.wire(), &watermark, &held, &is_whole, &at],
        )
        .await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn stage(&mut self) -> Result<(), Error> {
        if !self.is_staged {
            self.client.batch_execute(STAGING).await?;
            self.is_staged = true;
        }
        Ok(())
    }
}

async fn store(tx: &Transaction<'_>, lease: &Lease, fetch: &Fetch, page: Page) -> Result<u64, Error> {
    let place = place(fetch.data_type);
    let sink = tx.copy_in::<_, Bytes>(&format!("COPY staged_{} FROM STDIN", place.table)).await?;
    let mut sink = std::pin::pin!(sink);
    sink.send(Bytes::from(lines(&page.records))).await?;
    sink.finish().await?;
    let rows = tx.execute(&place.store(), &[&lease.company, &fetch.connection, &fetch.run]).await?;
    if !page.bad.is_empty() {
        let (raws, whys): (Vec<&str>, Vec<&str>) = page.bad.iter().map(|bad| (bad.raw.as_str(), bad.why.as_str())).unzip();
        tx.execute(
            "INSERT INTO set_aside (company, connection, data_type, fingerprint, raw, why)
             SELECT $1::text, $2::text, $3::text, encode(sha256(convert_to(raw, 'UTF8')), 'hex'), raw, why FROM unnest($4::text[], $5::text[]) bad (raw, why)
             ON CONFLICT DO NOTHING",
            &[&lease.company, &fetch.connection, &fetch.data_type.wire(), &raws, &whys],
        )
        .await?;
    }
    Ok(rows)
}

/// A page in the text form of `COPY`, in the order of the staging table's columns.
fn lines(records: &Records) -> String {
    let mut lines = Lines::default();
    match records {
        Records::Accounts(rows) => rows.iter().for_each(|row| {
            let texts = [
                Some(row.id.as_str()),
                Some(&row.name),
                row.holder.as_deref(),
                Some(&row.kind),
                row.ending.as_deref(),
                Some(&row.currency),
                row.current.as_deref(),
                row.available.as_deref(),
                Some(&row.raw),
            ];
            lines.add(&texts);
        }),
        Records::Balances(rows) => rows.iter().for_each(|row| {
            let (day, ordinal) = (row.day.to_string(), row.ordinal.to_string());
            let amounts = [row.current.as_deref(), row.available.as_deref()];
            lines.add(&[Some(&*row.account), Some(&day), Some(&ordinal), Some(&row.date_text), amounts[0], amounts[1]]);
        }),
        Records::Categories(rows) => {
            rows.iter().for_each(|row| lines.add(&[Some(row.id.as_str()), Some(&row.name), row.parent.as_deref(), Some(&row.raw)]));
        }
        Records::Transactions(rows) => rows.iter().for_each(|row| {
            let (day, amount) = (row.day.to_string(), row.amount.to_string());
            let texts = [
                Some(row.id.as_str()),
                Some(&*row.account),
                Some(&day),
                Some(&row.date_text),
                Some(&amount),
                Some(&*row.currency),
                row.description.as_deref(),
                row.merchant.as_deref(),
                Some(&*row.code),
                row.category.as_deref(),
                row.category_name.as_deref(),
            ];
            lines.add(&texts);
        }),
    }
    lines.text
}

#[derive(Default)]
struct Lines {
    text: String,
    count: u32,
}

impl Lines {
    /// Whatever a bank sent stays a value: what would end a field or a line is written in `COPY`'s own signs.
    fn add(&mut self, fields: &[Option<&str>]) {
        let _ = write!(self.text, "{}", self.count);
        self.count += 1;
        for field in fields {
            self.text.push('\t');
            match field {
                None => self.text.push_str("\\N"),
                Some(field) => field.chars().for_each(|character| match character {
                    '\\' => self.text.push_str("\\\\"),
                    '\t' => self.text.push_str("\\t"),
                    '\n' => self.text.push_str("\\n"),
                    '\r' => self.text.push_str("\\r"),
                    // PostgreSQL's texts hold none.
                    '\0' => self.text.push('\u{fffd}'),
                    other => self.text.push(other),
                }),
            }
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banks_text_ends_no_field_and_no_line() {
        let mut lines = Lines::default();
        lines.add(&[Some("a\tb\\N"), None, Some("\\.\r\n\0")]);
        lines.add(&[Some(""), Some("'; DROP TABLE companies; --"), None]);
        assert_eq!(lines.text, "0\ta\\tb\\\\N\t\\N\t\\\\.\\r\\n\u{fffd}\n1\t\t'; DROP TABLE companies; --\t\\N\n");
    }
}
