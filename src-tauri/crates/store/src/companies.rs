//! Companies and their connections, as last told by Codat, and the home list over them.

use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

/// A company as Codat tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyEntry {
    /// Codat's id.
    pub id: String,
    /// Name as stored there.
    pub name: String,
    /// Folded name and reference, for finding.
    pub folded: String,
    /// Our reference, from its tag.
    pub reference: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// UTC milliseconds.
    pub created: Option<i64>,
    /// UTC milliseconds.
    pub last_sync: Option<i64>,
}

/// A connection as Codat tells it, and what we know beside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionEntry {
    /// Codat's id.
    pub id: String,
    /// Company.
    pub company: String,
    /// Platform key, when known.
    pub bank_key: Option<String>,
    /// Name of the bank.
    pub bank_name: String,
    /// Source.
    pub source_id: Option<String>,
    /// Provider.
    pub integration_id: Option<String>,
    /// Codat's word.
    pub status: String,
    /// UTC milliseconds.
    pub created: Option<i64>,
    /// UTC milliseconds.
    pub last_sync: Option<i64>,
    /// First seen linked under the consent that stands.
    pub linked_at: Option<i64>,
    /// All four types queued.
    pub queued_at: Option<i64>,
    /// Codat's newest active error.
    pub problem_code: Option<String>,
    /// Its words.
    pub problem_text: Option<String>,
    /// Its time.
    pub problem_at: Option<i64>,
}

/// The saved views of the home list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Everything.
    #[default]
    All,
    /// Consent ended, or the last attempt failed.
    NeedsYou,
    /// A connection waits for its bank.
    Waiting,
    /// Linked, and the newest data is older than the given day.
    Stale,
}

/// Order of the home list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompanyOrder {
    /// By name.
    #[default]
    Name,
    /// By state, the ones that need somebody first.
    Status,
    /// By newest data.
    DataTo,
    /// By creation.
    Created,
}

/// A window of the home list.
#[derive(Clone, Debug, Default)]
pub struct CompanyFilter {
    /// Folded words; all must be found.
    pub words: Vec<String>,
    /// View.
    pub view: View,
    /// Order.
    pub order: CompanyOrder,
    /// Largest first; what lacks the value comes last both ways.
    pub descending: bool,
    /// Data older than this moment is stale, UTC milliseconds.
    pub stale_before: i64,
    /// First row.
    pub offset: u32,
    /// Rows.
    pub limit: u32,
}

/// One row of the home list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyItem {
    /// The company.
    pub company: CompanyEntry,
    /// Its connections, oldest first.
    pub connections: Vec<ConnectionEntry>,
    /// Oldest of the newest transaction days of its accounts, days since 1970.
    pub data_to: Option<i64>,
}

/// Rows and how many there are.
#[derive(Clone, Debug, Default)]
pub struct CompanyWindow {
    /// Matches in all.
    pub total: u32,
    /// The window.
    pub items: Vec<CompanyItem>,
}

/// Companies per view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// See `View`.
    pub needs_you: u32,
    /// See `View`.
    pub waiting: u32,
    /// See `View`.
    pub stale: u32,
    /// Everything.
    pub all: u32,
}

const COMPANY: &str = "c.id, c.name, c.folded, c.reference, c.description, c.created, c.last_sync";
const CONNECTION: &str = "id, company, bank_key, bank_name, source_id, integration_id, status, created, last_sync, linked_at, queued_at, \
                          problem_code, problem_text, problem_at";

fn company(row: &Row<'_>) -> rusqlite::Result<CompanyEntry> {
    Ok(CompanyEntry {
        id: row.get(0)?,
        name: row.get(1)?,
        folded: row.get(2)?,
        reference: row.get(3)?,
        description: row.get(4)?,
        created: row.get(5)?,
        last_sync: row.get(6)?,
    })
}

fn connection(row: &Row<'_>) -> rusqlite::Result<ConnectionEntry> {
    Ok(ConnectionEntry {
        id: row.get(0)?,
        company: row.get(1)?,
        bank_key: row.get(2)?,
        bank_name: row.get(3)?,
        source_id: row.get(4)?,
        integration_id: row.get(5)?,
        status: row.get(6)?,
        created: row.get(7)?,
        last_sync: row.get(8)?,
        linked_at: row.get(9)?,
        queued_at: row.get(10)?,
        problem_code: row.get(11)?,
        problem_text: row.get(12)?,
        problem_at: row.get(13)?,
    })
}

fn connections_of(conn: &Connection, company: &str) -> rusqlite::Result<Vec<ConnectionEntry>> {
    let mut rows = conn.prepare_cached(&format!("SELECT {CONNECTION} FROM connections WHERE company = ? AND gone = 0 ORDER BY n"))?;
    rows.query_map([company], connection)?.collect()
}

/// Oldest of the newest days, over the accounts that have any transaction.
fn data_to(conn: &Connection, company: &str) -> rusqlite::Result<Option<i64>> {
    let mut query = conn.prepare_cached(
        "SELECT min(newest) FROM (SELECT max(t.day) AS newest FROM transactions t JOIN companies c ON c.n = t.company WHERE c.id = ? GROUP BY t.connection, t.account)",
    )?;
    query.query_row([company], |row| row.get(0))
}

// A view as a condition on companies c. The parameter is the stale moment.
fn condition(view: View) -> &'static str {
    match view {
        View::All => "?1 = ?1",
        View::NeedsYou => {
            "?1 = ?1 AND EXISTS (SELECT 1 FROM connections k WHERE k.company = c.id AND k.gone = 0 AND (k.status = 'Deauthorized' \
             OR (k.status = 'PendingAuth' AND k.problem_code IS NOT NULL)))"
        }
        View::Waiting => {
            "?1 = ?1 AND EXISTS (SELECT 1 FROM connections k WHERE k.company = c.id AND k.gone = 0 AND k.status = 'PendingAuth' AND k.problem_code IS NULL)"
        }
        View::Stale => {
            "EXISTS (SELECT 1 FROM connections k WHERE k.company = c.id AND k.gone = 0 AND k.status = 'Linked' AND k.last_sync IS NOT NULL AND k.last_sync < ?1)"
        }
    }
}

impl Store {
    /// Takes in a page of companies with all their connections, as of `at`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn take_companies(&self, page: &[(CompanyEntry, Vec<ConnectionEntry>)], at: i64) -> Result<(), StoreError> {
        self.write("keeping companies", |tx| {
            for (company, connections) in page {
                upsert_company(tx, company, at)?;
                for connection in connections {
                    upsert_connection(tx, connection, at)?;
                }
                // The answer lists all connections of a company: one that is not in it was deleted at Codat.
                tx.prepare_cached("UPDATE connections SET gone = 1 WHERE company = ? AND seen_at < ? AND gone = 0")?
                    .execute(params![company.id, at])?;
            }
            Ok(())
        })
    }

    /// After a whole pass that began at `since`: what was not in it is gone at Codat. Its data stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_company_pass(&self, since: i64) -> Result<(), StoreError> {
        self.write("ending the pass over companies", |tx| {
            tx.execute("UPDATE companies SET gone = 1 WHERE seen_at < ? AND gone = 0", [since])?;
            tx.execute(
                "INSERT INTO meta (name, value) VALUES ('companies_at', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [since.to_string()],
            )?;
            Ok(())
        })
    }

    /// Keeps one connection.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_connection(&self, connection: &ConnectionEntry, at: i64) -> Result<(), StoreError> {
        self.write("keeping a connection", |tx| upsert_connection(tx, connection, at))
    }

    /// A connection was first seen linked (under the consent that stands now). Returns false when that was known.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn first_seen_linked(&self, connection: &str, at: i64) -> Result<bool, StoreError> {
        self.write("noting when a connection linked", |tx| {
            Ok(tx.execute(
                "UPDATE connections SET linked_at = ?2, queued_at = NULL WHERE id = ?1 AND linked_at IS NULL",
                params![connection, at],
            )? == 1)
        })
    }

    /// All four types of a connection are queued. The first time counts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn all_queued(&self, connection: &str, at: i64) -> Result<(), StoreError> {
        self.write("noting when all reads were queued", |tx| {
            tx.execute("UPDATE connections SET queued_at = ?2 WHERE id = ?1 AND queued_at IS NULL", params![connection, at])?;
            Ok(())
        })
    }

    /// One company with its connections.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company(&self, id: &str) -> Result<Option<CompanyItem>, StoreError> {
        self.read("reading a company", |conn| {
            let found =
                conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.id = ?"))?.query_row([id], company).optional()?;
            let Some(company) = found else { return Ok(None) };
            Ok(Some(CompanyItem { connections: connections_of(conn, id)?, data_to: data_to(conn, id)?, company }))
        })
    }

    /// Companies whose folded name shares a word with the given ones, best first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn similar_companies(&self, words: &[String], limit: usize) -> Result<Vec<CompanyItem>, StoreError> {
        self.read("looking for similar companies", |conn| {
            let mut scored: Vec<(usize, CompanyEntry)> = vec![];
            let mut rows = conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.gone = 0"))?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let company = company(row)?;
                let theirs: Vec<&str> = company.folded.split(' ').collect();
                let shared = words.iter().filter(|word| theirs.contains(&word.as_str())).count();
                if shared > 0 && shared * 2 >= words.len() {
                    scored.push((shared * 100 - theirs.len().abs_diff(words.len()).min(50), company));
                }
            }
            scored.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.name.cmp(&right.1.name)));
            scored
                .into_iter()
                .take(limit)
                .map(|(_, company)| {
                    Ok(CompanyItem { connections: connections_of(conn, &company.id)?, data_to: data_to(conn, &company.id)?, company })
                })
                .collect()
        })
    }

    /// A window of the home list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn companies(&self, filter: &CompanyFilter) -> Result<CompanyWindow, StoreError> {
        self.read("reading the companies", |conn| {
            let mut wanted = format!("FROM companies c WHERE c.gone = 0 AND {}", condition(filter.view));
            for word in 0..filter.words.len() {
                use std::fmt::Write as _;
                let slot = word + 2;
                let _ = write!(wanted, " AND (instr(c.folded, ?{slot}) > 0 OR EXISTS (SELECT 1 FROM connections k WHERE k.company = c.id AND k.gone = 0 AND instr(lower(k.bank_name), ?{slot}) > 0))");
            }
            let mut values: Vec<&dyn rusqlite::ToSql> = vec![&filter.stale_before];
            values.extend(filter.words.iter().map(|word| word as &dyn rusqlite::ToSql));
            let total = conn.prepare_cached(&format!("SELECT count(*) {wanted}"))?.query_row(values.as_slice(), |row| row.get(0))?;
            let way = if filter.descending { "DESC" } else { "ASC" };
            let order = match filter.order {
                CompanyOrder::Name => format!("c.folded {way}, c.id {way}"),
                CompanyOrder::Created => format!("c.created IS NULL, c.created {way}, c.id"),
                CompanyOrder::DataTo => format!("c.last_sync IS NULL, c.last_sync {way}, c.id"),
                CompanyOrder::Status => format!(
                    "(SELECT min(CASE k.status WHEN 'Deauthorized' THEN 0 WHEN 'PendingAuth' THEN 1 WHEN 'Linked' THEN 2 ELSE 3 END) FROM connections k \
                     WHERE k.company = c.id AND k.gone = 0) IS NULL, (SELECT min(CASE k.status WHEN 'Deauthorized' THEN 0 WHEN 'PendingAuth' THEN 1 \
                     WHEN 'Linked' THEN 2 ELSE 3 END) FROM connections k WHERE k.company = c.id AND k.gone = 0) {way}, c.folded, c.id"
                ),
            };
            let window = format!("SELECT {COMPANY} {wanted} ORDER BY {order} LIMIT {} OFFSET {}", filter.limit, filter.offset);
            let found: Vec<CompanyEntry> = conn.prepare_cached(&window)?.query_map(values.as_slice(), company)?.collect::<Result<_, _>>()?;
            let items = found
                .into_iter()
                .map(|company| Ok(CompanyItem { connections: connections_of(conn, &company.id)?, data_to: data_to(conn, &company.id)?, company }))
                .collect::<rusqlite::Result<_>>()?;
            Ok(CompanyWindow { total, items })
        })
    }

    /// How many companies stand in each view.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company_counts(&self, stale_before: i64) -> Result<Counts, StoreError> {
        self.read("counting companies", |conn| {
            let count = |view| {
                conn.prepare_cached(&format!("SELECT count(*) FROM companies c WHERE c.gone = 0 AND {}", condition(view)))?
                    .query_row([stale_before], |row| row.get(0))
            };
            Ok(Counts {
                needs_you: count(View::NeedsYou)?,
                waiting: count(View::Waiting)?,
                stale: count(View::Stale)?,
                all: count(View::All)?,
            })
        })
    }
}

pub(crate) fn upsert_company(tx: &Transaction<'_>, company: &CompanyEntry, at: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO companies (id, name, folded, reference, description, created, last_sync, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, reference = excluded.reference, description = excluded.description,
         created = coalesce(excluded.created, created), last_sync = coalesce(excluded.last_sync, last_sync), seen_at = excluded.seen_at, gone = 0",
    )?
    .execute(params![company.id, company.name, company.folded, company.reference, company.description, company.created, company.last_sync, at])?;
    Ok(())
}

/// What Codat does not tell (when we first saw it linked) stays; it is forgotten when the consent ends.
pub(crate) fn upsert_connection(tx: &Transaction<'_>, k: &ConnectionEntry, at: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO connections (id, company, bank_key, bank_name, source_id, integration_id, status, created, last_sync, linked_at, problem_code, problem_text,
         problem_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET company = excluded.company, bank_key = coalesce(excluded.bank_key, bank_key),
         bank_name = CASE WHEN excluded.bank_name = '' THEN bank_name ELSE excluded.bank_name END, source_id = excluded.source_id,
         integration_id = excluded.integration_id, status = excluded.status, created = coalesce(excluded.created, created),
         last_sync = coalesce(excluded.last_sync, last_sync), linked_at = CASE WHEN excluded.status = 'Linked' THEN linked_at ELSE NULL END,
         problem_code = excluded.problem_code, problem_text = excluded.problem_text, problem_at = excluded.problem_at, seen_at = excluded.seen_at, gone = 0",
    )?
    .execute(params![
        k.id,
        k.company,
        k.bank_key,
        k.bank_name,
        k.source_id,
        k.integration_id,
        k.status,
        k.created,
        k.last_sync,
        k.linked_at,
        k.problem_code,
        k.problem_text,
        k.problem_at,
        at
    ])?;
    Ok(())
}
