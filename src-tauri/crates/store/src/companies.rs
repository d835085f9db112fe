//! Companies and their connections, as last told by Codat, and the home list over them.

use crate::{Store, StoreError};
use domain::status::ConnectionStatus;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, Transaction, params};
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

const COMPANY: &str = "c.id, c.name, c.folded, c.reference, c.description, c.created, c.last_sync, c.data_to";
const CONNECTION: &str = "id, company, bank_key, bank_name, source_id, integration_id, status, created, last_sync, linked_at, queued_at, \
                          problem_code, problem_text, problem_at";

/// A company, and the day up to which it has data.
type Told = (CompanyEntry, Option<i64>);

fn company(row: &Row<'_>) -> rusqlite::Result<Told> {
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
    })
}

fn connections_of(conn: &Connection, company: &str) -> rusqlite::Result<Vec<ConnectionEntry>> {
    let mut rows = conn.prepare_cached(&format!("SELECT {CONNECTION} FROM connections WHERE company = ? AND gone = 0 ORDER BY n"))?;
    rows.query_map([company], connection)?.collect()
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
                let new = insert_company(tx, company, connections, at, told)?;
                if !new {
                    update_company(tx, company, at, told)?;
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

    /// One company with its connections.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company(&self, id: &str) -> Result<Option<CompanyItem>, StoreError> {
        self.read("reading a company", |conn| {
            conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.id = ?"))?
                .query_row([id], company)
                .optional()?
                .map(|told| item(conn, told))
                .transpose()
        })
    }

    /// Companies whose folded name shares words with the given ones (at least half of them), best first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn similar_companies(&self, words: &[String], limit: usize) -> Result<Vec<CompanyItem>, StoreError> {
        self.read("looking for similar companies", |conn| {
            let mut scored: Vec<(usize, String, String)> = vec![];
            let mut rows = conn.prepare_cached("SELECT folded, id FROM companies INDEXED BY companies_by_name WHERE gone = 0")?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let folded = row.get_ref(0)?.as_str()?;
                let shared = words.iter().filter(|word| folded.split(' ').any(|theirs| theirs == word.as_str())).count();
                if shared > 0 && shared * 2 >= words.len() {
                    let others = folded.split(' ').count().abs_diff(words.len()).min(50);
                    scored.push((shared * 100 - others, folded.to_owned(), row.get(1)?));
                }
            }
            scored.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| (&left.1, &left.2).cmp(&(&right.1, &right.2))));
            let mut get = conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.id = ?"))?;
            scored.iter().take(limit).map(|(_, _, id)| item(conn, get.query_row([id], company)?)).collect()
        })
    }

    /// A window of the home list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn companies(&self, filter: &CompanyFilter) -> Result<CompanyWindow, StoreError> {
        self.read("reading the companies", |conn| {
            let wanted = Wanted::of(filter);
            let total = wanted.count(conn, "1 = 1")?;
            let (mut skip, mut left) = (i64::from(filter.offset), i64::from(filter.limit));
            let mut items = vec![];
            for Stretch { part, order } in stretches(filter.order, filter.descending) {
                if left == 0 {
                    break;
                }
                let found = wanted.rows(conn, &part, &order, left, skip)?;
                if found.is_empty() && skip > 0 {
                    skip = (skip - i64::from(wanted.count(conn, &part)?)).max(0);
                    continue;
                }
                skip = 0;
                left -= i64::try_from(found.len()).unwrap_or(left);
                for told in found {
                    items.push(item(conn, told)?);
                }
            }
            Ok(CompanyWindow { total, items })
        })
    }

    /// How many companies stand in each view.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company_counts(&self, stale_before: i64) -> Result<Counts, StoreError> {
        self.read("counting companies", |conn| {
            let count = |view| Wanted::of(&CompanyFilter { view, stale_before, ..CompanyFilter::default() }).count(conn, "1 = 1");
            Ok(Counts {
                needs_you: count(View::NeedsYou)?,
                waiting: count(View::Waiting)?,
                stale: count(View::Stale)?,
                all: count(View::All)?,
            })
        })
    }
}

fn item(conn: &Connection, (company, data_to): (CompanyEntry, Option<i64>)) -> rusqlite::Result<CompanyItem> {
    Ok(CompanyItem { connections: connections_of(conn, &company.id)?, data_to, company })
}

/// What a filter asks for, as a condition on companies c with its values.
struct Wanted {
    clause: String,
    values: Vec<Box<dyn ToSql>>,
}

impl Wanted {
    fn of(filter: &CompanyFilter) -> Self {
        let mut wanted = Self { clause: "c.gone = 0".into(), values: vec![] };
        match filter.view {
            View::All => {}
            View::NeedsYou => wanted.clause.push_str(" AND c.needs = 1"),
            View::Waiting => wanted.clause.push_str(" AND c.waits = 1"),
            View::Stale => {
                wanted.clause.push_str(" AND c.read_at IS NOT NULL AND c.read_at < ?");
                wanted.values.push(Box::new(filter.stale_before));
            }
        }
        for word in &filter.words {
            wanted.clause.push_str(" AND instr(c.search, ?) > 0");
            wanted.values.push(Box::new(word.clone()));
        }
        wanted
    }

    fn count(&self, conn: &Connection, part: &str) -> rusqlite::Result<u32> {
        let values: Vec<&dyn ToSql> = self.values.iter().map(AsRef::as_ref).collect();
        conn.prepare_cached(&format!("SELECT count(*) FROM companies c WHERE {} AND {part}", self.clause))?
            .query_row(values.as_slice(), |row| row.get(0))
    }

    fn rows(&self, conn: &Connection, part: &str, order: &str, limit: i64, skip: i64) -> rusqlite::Result<Vec<Told>> {
        let mut values: Vec<&dyn ToSql> = self.values.iter().map(AsRef::as_ref).collect();
        values.extend([&limit as &dyn ToSql, &skip]);
        conn.prepare_cached(&format!(
            "SELECT {COMPANY} FROM companies c WHERE {} AND {part} ORDER BY {order} LIMIT ? OFFSET ?",
            self.clause
        ))?
        .query_map(values.as_slice(), company)?
        .collect()
    }
}

/// A stretch of an ordered list. What lacks the value is a stretch of its own, last both ways, and every stretch is one walk along an index.
struct Stretch {
    part: String,
    order: String,
}

fn stretches(order: CompanyOrder, descending: bool) -> Vec<Stretch> {
    let way = if descending { "DESC" } else { "ASC" };
    let stretch = |part: &str, order: &str| Stretch { part: part.to_owned(), order: order.to_owned() };
    let by = |column: &str| {
        vec![
            stretch(&format!("c.{column} IS NOT NULL"), &format!("c.{column} {way}, c.folded {way}, c.id {way}")),
            stretch(&format!("c.{column} IS NULL"), "c.folded, c.id"),
        ]
    };
    match order {
        CompanyOrder::Name => vec![stretch("1 = 1", &format!("c.folded {way}, c.id {way}"))],
        CompanyOrder::DataTo => by("data_to"),
        CompanyOrder::Created => by("created"),
        CompanyOrder::Status => {
            let mut ranks = [RANK_ENDED, RANK_WAITS, RANK_LINKED, RANK_OTHER];
            if descending {
                ranks.reverse();
            }
            let mut all: Vec<Stretch> = ranks.iter().map(|rank| stretch(&format!("c.rank = {rank}"), "c.folded, c.id")).collect();
            all.push(stretch("c.rank IS NULL", "c.folded, c.id"));
            all
        }
    }
}

const RANK_ENDED: i64 = 0;
const RANK_WAITS: i64 = 1;
const RANK_LINKED: i64 = 2;
const RANK_OTHER: i64 = 3;

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
    fn of(folded: &str, connections: &[ConnectionEntry]) -> Self {
        let mut standing = Self { search: folded.to_owned(), ..Self::default() };
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

/// Brings what the home list goes by up to date with a company's connections and data.
fn derive(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<()> {
    let folded: Option<String> =
        tx.prepare_cached("SELECT folded FROM companies WHERE id = ?")?.query_row([id], |row| row.get(0)).optional()?;
    let Some(folded) = folded else { return Ok(()) };
    let standing = Standing::of(&folded, &connections_of(tx, id)?);
    tx.prepare_cached(
        "UPDATE companies SET search = ?2, rank = ?3, needs = ?4, waits = ?5, read_at = ?6
         WHERE id = ?1 AND (search, rank, needs, waits, read_at) IS NOT (?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![id, standing.search, standing.rank, standing.needs, standing.waits, standing.read_at])?;
    derive_data_to(tx, id)
}

/// The day up to which all accounts of a company have data.
pub(crate) fn derive_data_to(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE companies SET data_to = d.day FROM (SELECT min(b.last) AS day FROM companies c JOIN books b ON b.company = c.n
         JOIN connections k ON k.n = b.connection WHERE c.id = ?1 AND b.count > 0 AND k.gone = 0) d WHERE id = ?1 AND data_to IS NOT d.day",
    )?
    .execute([id])?;
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

/// Keeps a company that was not known; false when it is.
fn insert_company(
    tx: &Transaction<'_>,
    company: &CompanyEntry,
    connections: &[ConnectionEntry],
    at: i64,
    told: i64,
) -> rusqlite::Result<bool> {
    let standing = Standing::of(&company.folded, connections);
    let inserted = tx
        .prepare_cached(
            "INSERT INTO companies (id, name, folded, reference, description, created, last_sync, seen_at, told, search, rank, needs, waits, read_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
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

fn update_company(tx: &Transaction<'_>, company: &CompanyEntry, at: i64, told: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
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
    Ok(())
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
