//! Companies and their connections, as last told by Codat, and what the home list goes by, kept up to date with them. The list itself has a file of
//! its own.

use crate::kept::kept;
use crate::{CompanyItem, Kept, Reading, Store, StoreError};
use domain::status::ConnectionStatus;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use std::hash::{Hash as _, Hasher as _};

/// A company as Codat tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
    /// When the consent that stands ends, by our estimate.
    pub ends_at: Option<i64>,
    /// All four types queued.
    pub queued_at: Option<i64>,
    /// Codat's newest active error.
    pub problem_code: Option<String>,
    /// Its words.
    pub problem_text: Option<String>,
    /// Its time.
    pub problem_at: Option<i64>,
}

pub(crate) const COMPANY: &str = "c.id, c.name, c.folded, c.reference, c.description, c.created, c.last_sync, c.data_to";
const CONNECTION: &str = "id, company, bank_key, bank_name, source_id, integration_id, status, created, last_sync, linked_at, queued_at, \
                          problem_code, problem_text, problem_at, \
                          (SELECT ends_at FROM consents e WHERE e.connection = connections.id AND e.ended IS NULL)";

/// A company, and the day up to which it has data.
pub(crate) type Told = (CompanyEntry, Option<i64>);

pub(crate) fn company(row: &Row<'_>) -> rusqlite::Result<Told> {
    let entry = CompanyEntry {
        id: row.get(0)?,
        name: row.get(1)?,
        folded: row.get(2)?,
        reference: row.get(3)?,
        description: row.get(4)?,
        created: row.get(5)?,
        last_sync: row.get(6)?,
    };
    Ok((entry, row.get(7)?))
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
        ends_at: row.get(14)?,
    })
}

fn connections_of(conn: &Connection, company: &str) -> rusqlite::Result<Vec<ConnectionEntry>> {
    let mut rows = conn.prepare_cached(&format!("SELECT {CONNECTION} FROM connections WHERE company = ? AND gone = 0 ORDER BY n"))?;
    rows.query_map([company], connection)?.collect()
}

impl Reading<'_> {
    /// One company with its connections.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company(&self, id: &str) -> Result<Option<CompanyItem>, StoreError> {
        self.ask("reading a company", |conn| {
            conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.id = ?"))?
                .query_row([id], company)
                .optional()?
                .map(|told| item(conn, told))
                .transpose()
        })
    }
}

impl Store {
    /// Takes in a page of companies with all their connections, as of `at`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn take_companies(&self, page: &[(CompanyEntry, Vec<ConnectionEntry>)], at: i64) -> Result<(), StoreError> {
        self.write("keeping companies", |tx| {
            let mut again = tx.prepare_cached("UPDATE companies SET seen_at = ?2 WHERE id = ?1 AND told = ?3 AND gone = 0")?;
            // The answer lists all connections of a company: one that is not in it was deleted at Codat.
            let mut leave = tx.prepare_cached("UPDATE connections SET gone = 1 WHERE company = ? AND seen_at < ? AND gone = 0")?;
            for (company, connections) in page {
                let told = hash(company, connections);
                if again.execute(params![company.id, at, told])? == 1 {
                    continue;
                }
                let new = !update_company(tx, company, at, told)?;
                if new && !insert_company(tx, company, connections, at, told)? {
                    continue;
                }
                for connection in connections {
                    upsert_connection(tx, connection, at)?;
                }
                if new {
                    continue;
                }
                leave.execute(params![company.id, at])?;
                derive(tx, &company.id)?;
            }
            Ok(())
        })
    }

    /// One company and its connections are gone at Codat. Its data stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn company_left(&self, id: &str) -> Result<(), StoreError> {
        self.write("letting a company go", |tx| {
            tx.execute("UPDATE companies SET gone = 1 WHERE id = ?", [id])?;
            tx.execute("UPDATE connections SET gone = 1 WHERE company = ?", [id])?;
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
                "UPDATE connections SET gone = 1 WHERE gone = 0 AND seen_at < ? AND company IN (SELECT id FROM companies WHERE gone = 1)",
                [since],
            )?;
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
        self.write("keeping a connection", |tx| {
            upsert_connection(tx, connection, at)?;
            tx.prepare_cached("UPDATE companies SET told = NULL WHERE id = ?")?.execute([&connection.company])?;
            derive(tx, &connection.company)
        })
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

    /// As [`Reading::company`], alone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company(&self, id: &str) -> Result<Option<CompanyItem>, StoreError> {
        self.reading(|reading| reading.company(id))
    }
}

pub(crate) fn item(conn: &Connection, (company, data_to): (CompanyEntry, Option<i64>)) -> rusqlite::Result<CompanyItem> {
    Ok(CompanyItem { connections: connections_of(conn, &company.id)?, kept: kept(conn, &company.id)?, data_to, company })
}

pub(crate) const RANK_ENDED: i64 = 0;
pub(crate) const RANK_WAITS: i64 = 1;
pub(crate) const RANK_LINKED: i64 = 2;
pub(crate) const RANK_OTHER: i64 = 3;

/// What the home list goes by.
#[derive(Default)]
struct Standing {
    search: String,
    rank: Option<i64>,
    needs: bool,
    waits: bool,
    read_at: Option<i64>,
}

impl Standing {
    fn of(folded: &str, kept: &Kept, connections: &[ConnectionEntry]) -> Self {
        let mut standing = Self { search: folded.to_owned(), ..Self::default() };
        for text in kept.owner.iter().chain(&kept.tags).chain([&kept.note]).filter(|text| !text.is_empty()) {
            standing.search.push(' ');
            standing.search.push_str(&domain::bank_search::fold(text));
        }
        for connection in connections {
            if !connection.bank_name.is_empty() {
                standing.search.push(' ');
                standing.search.push_str(&domain::bank_search::fold(&connection.bank_name));
            }
            let rank = match ConnectionStatus::from_wire(&connection.status) {
                ConnectionStatus::Deauthorized => RANK_ENDED,
                ConnectionStatus::PendingAuth => RANK_WAITS,
                ConnectionStatus::Linked => RANK_LINKED,
                ConnectionStatus::Unlinked | ConnectionStatus::Unknown(_) => RANK_OTHER,
            };
            standing.rank = Some(standing.rank.map_or(rank, |least| least.min(rank)));
            let failed = connection.problem_code.is_some();
            standing.needs |= rank == RANK_ENDED || rank == RANK_WAITS && failed;
            standing.waits |= rank == RANK_WAITS && !failed;
            if let (RANK_LINKED, Some(read)) = (rank, connection.last_sync) {
                standing.read_at = Some(standing.read_at.map_or(read, |oldest| oldest.min(read)));
            }
        }
        standing
    }
}

/// Brings what the home list goes by up to date with a company's connections and data, and with what is kept about it.
pub(crate) fn derive(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<()> {
    let folded: Option<String> =
        tx.prepare_cached("SELECT folded FROM companies WHERE id = ?")?.query_row([id], |row| row.get(0)).optional()?;
    let Some(folded) = folded else { return Ok(()) };
    let standing = Standing::of(&folded, &kept(tx, id)?, &connections_of(tx, id)?);
    tx.prepare_cached(
        "UPDATE companies SET search = ?2, rank = ?3, needs = ?4, waits = ?5, read_at = ?6
         WHERE id = ?1 AND (search, rank, needs, waits, read_at) IS NOT (?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![id, standing.search, standing.rank, standing.needs, standing.waits, standing.read_at])?;
    derive_data_to(tx, id)
}

/// The day up to which all accounts of a company have data.
pub(crate) fn derive_data_to(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<()> {
    let found: Option<(Option<i64>, Option<i64>)> = tx
        .prepare_cached(
            "SELECT data_to, (SELECT min(b.last) FROM books b JOIN connections k ON k.n = b.connection
             WHERE b.company = c.n AND b.count > 0 AND k.gone = 0) FROM companies c WHERE id = ?",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((_, day)) = found.filter(|(held, day)| held != day) {
        tx.prepare_cached("UPDATE companies SET data_to = ? WHERE id = ?")?.execute(params![day, id])?;
    }
    Ok(())
}

/// The same for all companies.
pub(crate) fn derive_all(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let ids: Vec<String> = tx.prepare("SELECT id FROM companies ORDER BY n")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    ids.iter().try_for_each(|id| derive(tx, id))
}

/// Stays the same between runs of one build; another build's hash differs at most, and then everything is written once.
fn hash(company: &CompanyEntry, connections: &[ConnectionEntry]) -> i64 {
    let mut hasher = std::hash::DefaultHasher::new();
    (company, connections).hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Keeps a company that was not known; false when it was erased and stays out.
fn insert_company(
    tx: &Transaction<'_>,
    company: &CompanyEntry,
    connections: &[ConnectionEntry],
    at: i64,
    told: i64,
) -> rusqlite::Result<bool> {
    let standing = Standing::of(&company.folded, &Kept::default(), connections);
    let inserted = tx
        .prepare_cached(
            "INSERT INTO companies (id, name, folded, reference, description, created, last_sync, seen_at, told, search, rank, needs, waits, read_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            company.id,
            company.name,
            company.folded,
            company.reference,
            company.description,
            company.created,
            company.last_sync,
            at,
            told,
            standing.search,
            standing.rank,
            standing.needs,
            standing.waits,
            standing.read_at
        ])?;
    Ok(inserted == 1)
}

/// False when it is not known.
fn update_company(tx: &Transaction<'_>, company: &CompanyEntry, at: i64, told: i64) -> rusqlite::Result<bool> {
    let updated = tx
        .prepare_cached(
            "UPDATE companies SET name = ?2, folded = ?3, reference = ?4, description = ?5, created = coalesce(?6, created),
         last_sync = coalesce(?7, last_sync), seen_at = ?8, told = ?9, gone = 0 WHERE id = ?1",
        )?
        .execute(params![
            company.id,
            company.name,
            company.folded,
            company.reference,
            company.description,
            company.created,
            company.last_sync,
            at,
            told
        ])?;
    Ok(updated == 1)
}

/// Keeps a connection. What Codat does not tell (when we first saw it linked) stays; it is forgotten when the consent ends.
fn upsert_connection(tx: &Transaction<'_>, k: &ConnectionEntry, at: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO connections (id, company, bank_key, bank_name, source_id, integration_id, status, created, last_sync, linked_at, problem_code, problem_text,
         problem_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET company = excluded.company, bank_key = coalesce(excluded.bank_key, bank_key),
         bank_name = CASE WHEN excluded.bank_name = '' THEN bank_name ELSE excluded.bank_name END, source_id = excluded.source_id,
         integration_id = excluded.integration_id, status = excluded.status, created = coalesce(excluded.created, created),
         last_sync = coalesce(excluded.last_sync, last_sync), linked_at = CASE WHEN lower(excluded.status) = 'linked' THEN linked_at ELSE NULL END,
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
