//! The naive loop: what a careful script does that nobody tuned.
//!
//! One request after the other, pages as large as told, `serde_json::Value`, a plain (unencrypted) database in WAL, tables of texts whose primary
//! key is the record's id, an index over account and date, one INSERT a row through a prepared statement, one transaction a page. It walks the
//! companies, then accounts, balances, categories and transactions of every connection that has data, until a page has no next one.

use super::Job;
use super::download::client;
use super::wire::exact;
use crate::Result;
use crate::measure::{Holds, Ran, Watch};
use crate::world::{basic, in_words};
use rusqlite::{Connection, params};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

const TABLES: &str = "PRAGMA journal_mode = WAL;
    CREATE TABLE companies (id TEXT PRIMARY KEY, name TEXT, created TEXT);
    CREATE TABLE connections (id TEXT PRIMARY KEY, company_id TEXT, status TEXT, last_sync TEXT);
    CREATE TABLE records (id TEXT PRIMARY KEY, connection_id TEXT, data_type TEXT, json TEXT);
    CREATE TABLE transactions (id TEXT PRIMARY KEY, company_id TEXT, connection_id TEXT, account_id TEXT, amount TEXT, currency TEXT,
      description TEXT, merchant_name TEXT, code TEXT, posted_date TEXT, modified_date TEXT, category_id TEXT, category_name TEXT);
    CREATE INDEX transactions_by_account ON transactions (account_id, posted_date);";

struct Script<'a> {
    job: &'a Job,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    conn: Connection,
    ran: Ran,
}

pub(super) fn run(job: &Job) -> Result<Ran> {
    let folder = tempfile::tempdir()?;
    let conn = Connection::open(folder.path().join("script.db"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut script = Script { job, client: client()?, runtime, conn, ran: Ran::default() };
    let watch = Watch::start();
    script.conn.execute_batch(TABLES)?;
    script.walk()?;
    watch.add_to(&mut script.ran);
    script.ran.holds = holds(&script.conn)?;
    Ok(script.ran)
}

impl Script<'_> {
    fn walk(&mut self) -> Result<()> {
        let mut wanted = vec![];
        self.each_page("/companies", |conn, page| {
            let transaction = conn.transaction()?;
            for company in rows(page) {
                transaction.prepare_cached("INSERT OR REPLACE INTO companies VALUES (?, ?, ?)")?.execute(params![
                    text(&company["id"]),
                    text(&company["name"]),
                    text(&company["created"])
                ])?;
                for connection in company["dataConnections"].as_array().into_iter().flatten() {
                    transaction.prepare_cached("INSERT OR REPLACE INTO connections VALUES (?, ?, ?, ?)")?.execute(params![
                        text(&connection["id"]),
                        text(&company["id"]),
                        text(&connection["status"]),
                        text(&connection["lastSync"])
                    ])?;
                    if let (Some(company), Some(id), Some(_)) =
                        (text(&company["id"]), text(&connection["id"]), text(&connection["lastSync"]))
                    {
                        wanted.push((company.to_owned(), id.to_owned()));
                    }
                }
            }
            transaction.commit()?;
            Ok(())
        })?;
        for (company, connection) in wanted {
            for data_type in ["banking-accounts", "banking-accountBalances", "banking-transactionCategories"] {
                self.each_page(&format!("/companies/{company}/connections/{connection}/data/{data_type}"), |conn, page| {
                    keep_records(conn, page, &connection, data_type)
                })?;
            }
            self.each_page(&format!("/companies/{company}/connections/{connection}/data/banking-transactions"), |conn, page| {
                keep_transactions(conn, page, &company, &connection)
            })?;
        }
        Ok(())
    }

    fn each_page(&mut self, path: &str, mut keep: impl FnMut(&mut Connection, &Value) -> Result<()>) -> Result<()> {
        for number in 1.. {
            let url = format!("{}{path}?page={number}&pageSize={}", self.job.base_url, self.job.page_size);
            let asked = self.client.get(url).header("authorization", basic(&self.job.api_key));
            let (status, bytes) = self.runtime.block_on(async {
                let answer = asked.send().await?;
                Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.bytes().await?))
            })?;
            self.ran.requests += 1;
            self.ran.bytes += bytes.len() as u64;
            // Nothing of this type.
            if matches!(status, 404 | 409) {
                return Ok(());
            }
            if status != 200 {
                return Err(format!("the script gave up at an answer {status}").into());
            }
            let page: Value = serde_json::from_slice(&bytes)?;
            keep(&mut self.conn, &page)?;
            if page["_links"]["next"].is_null() {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn keep_records(conn: &mut Connection, page: &Value, connection: &str, data_type: &str) -> Result<()> {
    let transaction = conn.transaction()?;
    for record in rows(page) {
        let id = text(&record["id"]).map_or_else(|| format!("{}/{}", record["accountId"], record["date"]), str::to_owned);
        transaction.prepare_cached("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)")?.execute(params![
            format!("{connection}/{id}"),
            connection,
            data_type,
            record.to_string()
        ])?;
    }
    transaction.commit()?;
    Ok(())
}

fn keep_transactions(conn: &mut Connection, page: &Value, company: &str, connection: &str) -> Result<()> {
    let transaction = conn.transaction()?;
    for row in rows(page) {
        let category = &row["transactionCategoryRef"];
        transaction.prepare_cached("INSERT OR REPLACE INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?.execute(
            params![
                text(&row["id"]),
                company,
                connection,
                text(&row["accountId"]),
                row["amount"].to_string(),
                text(&row["currency"]),
                text(&row["description"]),
                text(&row["merchantName"]),
                text(&row["code"]),
                text(&row["postedDate"]),
                text(&row["modifiedDate"]),
                text(&category["id"]),
                text(&category["name"])
            ],
        )?;
    }
    transaction.commit()?;
    Ok(())
}

fn rows(page: &Value) -> impl Iterator<Item = &Value> {
    page["results"].as_array().into_iter().flatten()
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn holds(conn: &Connection) -> Result<Holds> {
    let mut statement = conn.prepare("SELECT currency, amount FROM transactions")?;
    let mut rows = statement.query([])?;
    let (mut sums, mut transactions) = (BTreeMap::<String, Decimal>::new(), 0);
    while let Some(row) = rows.next()? {
        *sums.entry(row.get(0)?).or_default() += exact(row.get_ref(1)?.as_str()?)?;
        transactions += 1;
    }
    Ok(Holds { transactions, sums: in_words(&sums) })
}
