//! The home list: windows over all companies, sorted and filtered by columns that `companies` keeps up to date, so that every window is a walk along
//! an index, however many companies there are.

use crate::companies::{COMPANY, RANK_ENDED, RANK_LINKED, RANK_OTHER, RANK_WAITS, Told, company, item};
use crate::{CompanyEntry, ConnectionEntry, Kept, Store, StoreError};
use rusqlite::{Connection, OptionalExtension as _, ToSql};

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
    /// A consent ends soon, by our estimate.
    Ending,
    /// Linked, and the newest data is older than the given day.
    Stale,
}

/// A company's state, as its worst connection has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A consent ended.
    Ended,
    /// A bank is waited for.
    Waiting,
    /// All that counts is linked.
    Linked,
    /// Unlinked, or without a bank.
    Other,
}

/// What companies share: a bank, an owner, a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Companies.
    pub companies: u32,
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
    /// Only this state.
    pub standing: Option<Standing>,
    /// Only with a connection to the bank of this name.
    pub bank: Option<String>,
    /// Only those that this one looks after; empty: those that nobody does.
    pub owner: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only with a consent that ends before this moment, by our estimate.
    pub ends_before: Option<i64>,
    /// A consent that ends before this moment ends soon.
    pub ending_before: i64,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyItem {
    /// The company.
    pub company: CompanyEntry,
    /// Its connections, oldest first.
    pub connections: Vec<ConnectionEntry>,
    /// Oldest of the newest transaction days of its accounts, days since 1970.
    pub data_to: Option<i64>,
    /// What the team keeps about it.
    pub kept: Kept,
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
    pub ending: u32,
    /// See `View`.
    pub stale: u32,
    /// Everything.
    pub all: u32,
}

impl Store {
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

    /// Companies that have all words in their name or reference, for jumping to one: first whose reference is just that or whose name begins so, then
    /// whose words begin so, then the rest; by name in each. Without words there is nothing to find.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find_companies(&self, words: &[String], limit: usize) -> Result<Vec<CompanyItem>, StoreError> {
        if words.is_empty() {
            return Ok(vec![]);
        }
        self.read("looking for companies", |conn| {
            // The walk is by name, so that each of the three comes out in order, and a full first one ends it.
            let mut found: [Vec<String>; 3] = Default::default();
            let mut rows =
                conn.prepare_cached("SELECT folded, id FROM companies INDEXED BY companies_by_name WHERE gone = 0 ORDER BY folded, id")?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let Some(nearness) = nearness(row.get_ref(0)?.as_str()?, words) else { continue };
                if found[nearness].len() < limit {
                    found[nearness].push(row.get(1)?);
                } else if nearness == 0 {
                    break;
                }
            }
            let mut get = conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.id = ?"))?;
            found.iter().flatten().take(limit).map(|id| item(conn, get.query_row([id], company)?)).collect()
        })
    }

    /// These companies in this order, without the ones that are gone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn companies_with(&self, ids: &[String]) -> Result<Vec<CompanyItem>, StoreError> {
        self.read("reading some companies", |conn| {
            let mut get = conn.prepare_cached(&format!("SELECT {COMPANY} FROM companies c WHERE c.id = ? AND c.gone = 0"))?;
            let told = ids.iter().filter_map(|id| get.query_row([id], company).optional().transpose());
            told.map(|told| item(conn, told?)).collect()
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

    /// Banks that companies are connected to, by name, at most 500.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn banks_held(&self) -> Result<Vec<Held>, StoreError> {
        self.held(
            "listing the banks of the companies",
            "SELECT bank_name, count(DISTINCT company) FROM connections INDEXED BY connections_by_bank
             WHERE gone = 0 AND bank_name <> '' GROUP BY bank_name ORDER BY bank_name LIMIT 500",
        )
    }

    pub(crate) fn held(&self, doing: &'static str, names_and_counts: &str) -> Result<Vec<Held>, StoreError> {
        self.read(doing, |conn| {
            let mut rows = conn.prepare_cached(names_and_counts)?;
            rows.query_map([], |row| Ok(Held { name: row.get(0)?, companies: row.get(1)? }))?.collect()
        })
    }

    /// How many companies stand in each view.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn company_counts(&self, stale_before: i64, ending_before: i64) -> Result<Counts, StoreError> {
        self.read("counting companies", |conn| {
            let count =
                |view| Wanted::of(&CompanyFilter { view, stale_before, ending_before, ..CompanyFilter::default() }).count(conn, "1 = 1");
            Ok(Counts {
                needs_you: count(View::NeedsYou)?,
                waiting: count(View::Waiting)?,
                ending: count(View::Ending)?,
                stale: count(View::Stale)?,
                all: count(View::All)?,
            })
        })
    }
}

/// How near a folded name with its reference is to the words: 0 is nearest.
fn nearness(folded: &str, words: &[String]) -> Option<usize> {
    let mut begin = true;
    for word in words {
        let mut places = folded.match_indices(word.as_str());
        let (first, _) = places.next()?;
        let begins = |at: usize| !folded[..at].ends_with(char::is_alphanumeric);
        begin = begin && (begins(first) || places.any(|(at, _)| begins(at)));
    }
    let is_name = folded.starts_with(words[0].as_str()) && begin;
    let is_reference = words.len() == 1 && folded.strip_suffix(words[0].as_str()).is_some_and(|name| name.ends_with(' '));
    Some(if is_name || is_reference { 0 } else { usize::from(!begin) + 1 })
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
            View::Ending => wanted.ends_before(filter.ending_before),
            View::Stale => {
                wanted.clause.push_str(" AND c.read_at IS NOT NULL AND c.read_at < ?");
                wanted.values.push(Box::new(filter.stale_before));
            }
        }
        match filter.standing {
            None => {}
            Some(Standing::Ended) => wanted.rank(RANK_ENDED),
            Some(Standing::Waiting) => wanted.rank(RANK_WAITS),
            Some(Standing::Linked) => wanted.rank(RANK_LINKED),
            // Without a connection there is no rank.
            Some(Standing::Other) => {
                wanted.clause.push_str(" AND coalesce(c.rank, ?) = ?");
                wanted.values.extend([Box::new(RANK_OTHER) as Box<dyn ToSql>, Box::new(RANK_OTHER)]);
            }
        }
        if let Some(bank) = &filter.bank {
            wanted.clause.push_str(" AND c.id IN (SELECT company FROM connections WHERE gone = 0 AND bank_name = ?)");
            wanted.values.push(Box::new(bank.clone()));
        }
        match filter.owner.as_deref() {
            None => {}
            Some("") => wanted.clause.push_str(" AND c.id NOT IN (SELECT company FROM kept WHERE owner IS NOT NULL)"),
            Some(owner) => {
                wanted.clause.push_str(" AND c.id IN (SELECT company FROM kept WHERE owner = ?)");
                wanted.values.push(Box::new(owner.to_owned()));
            }
        }
        if let Some(tag) = &filter.tag {
            wanted.clause.push_str(" AND c.id IN (SELECT company FROM tags WHERE tag = ?)");
            wanted.values.push(Box::new(tag.clone()));
        }
        if let Some(before) = filter.ends_before {
            wanted.ends_before(before);
        }
        for word in &filter.words {
            wanted.clause.push_str(" AND instr(c.search, ?) > 0");
            wanted.values.push(Box::new(word.clone()));
        }
        wanted
    }

    fn rank(&mut self, rank: i64) {
        self.clause.push_str(" AND c.rank = ?");
        self.values.push(Box::new(rank));
    }

    fn ends_before(&mut self, moment: i64) {
        self.clause.push_str(" AND c.id IN (SELECT company FROM consents WHERE ended IS NULL AND ends_at < ?)");
        self.values.push(Box::new(moment));
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
