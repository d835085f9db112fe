//! What a desktop reads here: companies, which state of their data is here whole, and its rows in pages. A login sees its rows and columns; what it may not
//! read is not there for it.
//!
//! Rows are never taken out of their tables, and a page counts those that are gone: a row that comes, changes or goes while somebody walks over the pages
//! hides none of the others. Every page is told with the moment up to which all is here (`Held::up_to`), as it was before the page was read.

use crate::{Error, Server};
use domain::data_type::DataType;
use domain::money::Amount;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{AccountRecord, BalanceRecord, CategoryRecord, CompanyEntry, ConnectionEntry, DatasetEntry, Records, TransactionRecord};
use tokio_postgres::Row;

/// What a login may read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rights {
    accounts: bool,
    money: bool,
}

/// A state of one type of one connection that is here whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Connection.
    pub connection: String,
    /// Data type.
    pub data_type: String,
    /// When it had come, UTC milliseconds by this server's clock.
    pub at: i64,
    /// When the read at Codat was asked for, where that was told.
    pub requested: Option<i64>,
}

/// Which page of rows.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Company.
    pub company: &'a str,
    /// Connection.
    pub connection: &'a str,
    /// Type.
    pub data_type: DataType,
    /// From 1.
    pub page: u32,
    /// Rows.
    pub size: u32,
    /// Only what was changed here at or after this moment.
    pub since: Option<&'a str>,
}

/// What there is to answer with.
#[derive(Clone, Debug)]
pub enum Held {
    /// Rows.
    Page {
        /// Those that are not gone.
        records: Records,
        /// All on the page.
        rows: u32,
        /// All that match.
        total: u64,
        /// All that was changed up to here could be seen by this page.
        up_to: String,
    },
    /// Not here yet, or not for this login.
    Nothing,
    /// Some of the rows went since then: only the whole list shows which.
    Fewer,
}

/// Columns of a company.
const COMPANY: &str = "id, name, folded, reference, description, created, last_sync";

/// Connections are told as of the moment all they had was brought here: what they said then is in `seen`.
const CONNECTION: &str = "company, id, bank_key, bank_name, source_id, integration_id, status, created,
    nullif(split_part(seen, '@', 2), '')::bigint, problem_code, problem_text, problem_at";

type Told = (CompanyEntry, Vec<ConnectionEntry>);

impl Server {
    /// A page of the companies that this login sees, and how many there are in all.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn page_of_companies(&mut self, page: u32, size: u32) -> Result<(Vec<Told>, u64), Error> {
        let tx =
            self.client.build_transaction().read_only(true).isolation_level(tokio_postgres::IsolationLevel::RepeatableRead).start().await?;
        let total: i64 = tx.query_one("SELECT count(*) FROM companies WHERE gone_at IS NULL", &[]).await?.get(0);
        let before = i64::from(page.saturating_sub(1)) * i64::from(size);
        let question = format!("SELECT {COMPANY} FROM companies WHERE gone_at IS NULL ORDER BY id OFFSET $1 LIMIT $2");
        let companies: Vec<CompanyEntry> = tx.query(&question, &[&before, &i64::from(size)]).await?.iter().map(company).collect();
        let ids: Vec<&str> = companies.iter().map(|company| company.id.as_str()).collect();
        let question = format!("SELECT {CONNECTION} FROM connections WHERE company = ANY($1) AND gone_at IS NULL ORDER BY company, id");
        let connections = tx.query(&question, &[&ids]).await?;
        Ok((together(companies, &connections), u64::try_from(total).unwrap_or_default()))
    }

    /// These companies, as far as this login sees them.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn companies_named(&mut self, ids: &[&str]) -> Result<Vec<Told>, Error> {
        let question = format!("SELECT {COMPANY} FROM companies WHERE id = ANY($1) AND gone_at IS NULL ORDER BY id");
        let companies = self.client.query(&question, &[&ids]).await?.iter().map(company).collect();
        let question = format!("SELECT {CONNECTION} FROM connections WHERE company = ANY($1) AND gone_at IS NULL ORDER BY company, id");
        let connections = self.client.query(&question, &[&ids]).await?;
        Ok(together(companies, &connections))
    }

    /// Companies that bear this reference, as far as this login sees them.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn companies_referred_to(&mut self, reference: &str) -> Result<Vec<Told>, Error> {
        let question = "SELECT id FROM companies WHERE reference = $1 AND gone_at IS NULL ORDER BY id";
        let ids: Vec<String> = self.client.query(question, &[&reference]).await?.iter().map(|row| row.get(0)).collect();
        self.companies_named(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// The states of a company's data that are here whole, of the types that this login may read.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn reads_of(&mut self, company: &str) -> Result<Vec<Read>, Error> {
        let rights = self.rights().await?;
        let question = "SELECT c.connection, c.data_type, (extract(epoch FROM c.fetched_at) * 1000)::bigint, d.requested
                        FROM cursors c LEFT JOIN datasets d ON d.company = c.company AND d.id = split_part(c.fetched, '@', 1)
                        WHERE c.company = $1 AND c.fetched_at IS NOT NULL ORDER BY c.fetched_at";
        let rows = self.client.query(question, &[&company]).await?;
        let reads = rows.iter().map(|row| Read { connection: row.get(0), data_type: row.get(1), at: row.get(2), requested: row.get(3) });
        Ok(reads.filter(|read| DataType::from_wire(&read.data_type).is_some_and(|data_type| rights.may_read(data_type))).collect())
    }

    /// Codat's own reads of a company, as a worker heard of them, newest first; each with whether it was asked for at most `young_ms`
    /// ago and brings what this login may read. Those that have not ended are told while they are as young: nobody may be watching an older one.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn reads_at_codat(&mut self, company: &str, young_ms: i64) -> Result<Vec<(DatasetEntry, bool)>, Error> {
        let rights = self.rights().await?;
        let question = "SELECT id, company, connection, data_type, status, progress, requested, completed, error,
                            coalesce(requested > (extract(epoch FROM now()) * 1000)::bigint - $2, false)
                        FROM datasets
                        WHERE company = $1 AND (completed IS NOT NULL OR requested > (extract(epoch FROM now()) * 1000)::bigint - $2)
                        ORDER BY requested DESC, id DESC LIMIT 200";
        let rows = self.client.query(question, &[&company, &young_ms]).await?;
        let entry = |row: &Row| DatasetEntry {
            id: row.get(0),
            company: row.get(1),
            connection: row.get(2),
            data_type: row.get(3),
            status: row.get(4),
            progress: row.get::<_, Option<i64>>(5).and_then(|progress| u32::try_from(progress).ok()),
            requested: row.get(6),
            completed: row.get(7),
            error: row.get(8),
            stages: vec![],
        };
        let told = rows.iter().map(|row| {
            let (read, is_young) = (entry(row), row.get(9));
            let is_readable = DataType::from_wire(&read.data_type).is_some_and(|data_type| rights.may_read(data_type));
            (read, is_young && is_readable)
        });
        Ok(told.collect())
    }

    /// Whether this login reads what a read of this type brings.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn reads_type(&mut self, data_type: DataType) -> Result<bool, Error> {
        Ok(self.rights().await?.may_read(data_type))
    }

    /// A page of rows.
    ///
    /// # Errors
    /// When the server cannot be asked, or what it holds is none of ours.
    pub async fn page_of_records(&mut self, asked: Asked<'_>) -> Result<Held, Error> {
        let rights = self.rights().await?;
        if !rights.may_read(asked.data_type) {
            return Ok(Held::Nothing);
        }
        let (table, key) = match asked.data_type {
            DataType::Accounts => ("accounts", "id"),
            DataType::Balances => ("balances", "account, day, ordinal"),
            DataType::Categories => ("categories", "id"),
            DataType::Transactions => ("transactions", "id"),
        };
        let (company, connection) = (asked.company, asked.connection);
        // Asked first: what was changed up to then was committed before the rows are read.
        let moment = "SELECT to_char(fetched_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM cursors
                      WHERE company = $1 AND connection = $2 AND data_type = $3 AND fetched_at IS NOT NULL";
        let Some(found) = self.client.query_opt(moment, &[&company, &connection, &asked.data_type.wire()]).await? else {
            return Ok(Held::Nothing);
        };
        let up_to: String = found.get(0);
        let since = asked.since;
        let which = match since {
            Some(_) => "company = $1 AND connection = $2 AND changed >= $3::text::timestamptz",
            None => "company = $1 AND connection = $2 AND $3::text IS NULL",
        };
        if since.is_some() && asked.page == 1 {
            let question = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {which} AND gone_at IS NOT NULL)");
            if self.client.query_one(&question, &[&company, &connection, &since]).await?.get(0) {
                return Ok(Held::Fewer);
            }
        }
        let question = format!("SELECT count(*) FROM {table} WHERE {which}");
        let total: i64 = self.client.query_one(&question, &[&company, &connection, &since]).await?.get(0);
        let before = i64::from(asked.page.saturating_sub(1)) * i64::from(asked.size);
        let columns = columns(asked.data_type, rights);
        let question = format!("SELECT gone_at IS NOT NULL, {columns} FROM {table} WHERE {which} ORDER BY {key} OFFSET $4 LIMIT $5");
        let found = self.client.query(&question, &[&company, &connection, &since, &before, &i64::from(asked.size)]).await?;
        let rows = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let here: Vec<&Row> = found.iter().filter(|row| !row.get::<_, bool>(0)).collect();
        let records = records(asked.data_type, &here).ok_or_else(|| Error::Failed("unreadable rows".into()))?;
        Ok(Held::Page { records, rows, total: u64::try_from(total).unwrap_or_default(), up_to })
    }

    async fn rights(&mut self) -> Result<Rights, Error> {
        if let Some(rights) = self.rights {
            return Ok(rights);
        }
        let question = "SELECT has_column_privilege('accounts', 'name', 'SELECT'), has_table_privilege('transactions', 'SELECT')";
        let row = self.client.query_one(question, &[]).await?;
        Ok(*self.rights.insert(Rights { accounts: row.get(0), money: row.get(1) }))
    }
}

impl Rights {
    fn may_read(self, data_type: DataType) -> bool {
        match data_type {
            DataType::Accounts => self.accounts,
            DataType::Balances | DataType::Categories | DataType::Transactions => self.money,
        }
    }
}

fn columns(data_type: DataType, rights: Rights) -> &'static str {
    match data_type {
        DataType::Accounts if rights.money => "id, name, holder, kind, ending, currency, current::text, available::text, raw",
        // Whose accounts they are, and no amount: what Codat sent of them holds amounts too.
        DataType::Accounts => "id, name, holder, kind, ending, currency, NULL::text, NULL::text, '{}'::text",
        DataType::Balances => "account, day, date_text, ordinal, current::text, available::text",
        DataType::Categories => "id, name, parent, raw",
        DataType::Transactions => {
            "id, account, day, date_text, amount::text, currency, description, merchant, code, category, category_name"
        }
    }
}

fn records(data_type: DataType, rows: &[&Row]) -> Option<Records> {
    let mut texts = Shared::default();
    Some(match data_type {
        DataType::Accounts => Records::Accounts(rows.iter().map(|row| account(row)).collect()),
        DataType::Balances => Records::Balances(rows.iter().map(|row| balance(row, &mut texts)).collect::<Option<_>>()?),
        DataType::Categories => Records::Categories(
            rows.iter().map(|row| CategoryRecord { id: row.get(1), name: row.get(2), parent: row.get(3), raw: row.get(4) }).collect(),
        ),
        DataType::Transactions => Records::Transactions(rows.iter().map(|row| transaction(row, &mut texts)).collect::<Option<_>>()?),
    })
}

fn account(row: &Row) -> AccountRecord {
    AccountRecord {
        id: row.get(1),
        name: row.get(2),
        holder: row.get(3),
        kind: row.get(4),
        ending: row.get(5),
        currency: row.get(6),
        current: row.get(7),
        available: row.get(8),
        raw: row.get(9),
    }
}

fn balance(row: &Row, texts: &mut Shared) -> Option<BalanceRecord> {
    Some(BalanceRecord {
        account: texts.of(row.get(1)),
        day: row.get(2),
        date_text: row.get(3),
        ordinal: u32::try_from(row.get::<_, i64>(4)).ok()?,
        current: row.get(5),
        available: row.get(6),
    })
}

fn transaction(row: &Row, texts: &mut Shared) -> Option<TransactionRecord> {
    Some(TransactionRecord {
        id: row.get(1),
        account: texts.of(row.get(2)),
        day: row.get(3),
        date_text: row.get(4),
        amount: Amount::parse(row.get(5)).ok()?,
        currency: texts.of(row.get(6)),
        description: row.get(7),
        merchant: row.get::<_, Option<&str>>(8).map(|text| texts.of(text)),
        code: texts.of(row.get(9)),
        category: row.get::<_, Option<&str>>(10).map(|text| texts.of(text)),
        category_name: row.get::<_, Option<&str>>(11).map(|text| texts.of(text)),
    })
}

/// Texts that many rows of a page have.
#[derive(Default)]
struct Shared(BTreeMap<String, Arc<str>>);

impl Shared {
    fn of(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let fresh: Arc<str> = Arc::from(text);
        self.0.insert(text.to_owned(), Arc::clone(&fresh));
        fresh
    }
}

fn company(row: &Row) -> CompanyEntry {
    CompanyEntry {
        id: row.get(0),
        name: row.get(1),
        folded: row.get(2),
        reference: row.get(3),
        description: row.get(4),
        created: row.get(5),
        last_sync: row.get(6),
    }
}

fn together(companies: Vec<CompanyEntry>, connections: &[Row]) -> Vec<Told> {
    let mut of: BTreeMap<String, Vec<ConnectionEntry>> = BTreeMap::new();
    for row in connections {
        let connection = ConnectionEntry {
            company: row.get(0),
            id: row.get(1),
            bank_key: row.get(2),
            bank_name: row.get(3),
            source_id: row.get(4),
            integration_id: row.get(5),
            status: row.get(6),
            created: row.get(7),
            last_sync: row.get(8),
            problem_code: row.get(9),
            problem_text: row.get(10),
            problem_at: row.get(11),
            ..ConnectionEntry::default()
        };
        of.entry(connection.company.clone()).or_default().push(connection);
    }
    companies
        .into_iter()
        .map(|company| {
            let own = of.remove(&company.id).unwrap_or_default();
            (company, own)
        })
        .collect()
}
