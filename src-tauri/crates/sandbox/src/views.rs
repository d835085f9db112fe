//! What a list of records shows: filtered, ordered, paged. Ledgers and views over them are made once and kept while nothing moves.

use crate::answer::{Answer, Refused};
use crate::query::{Query, unresolved};
use crate::server::Call;
use crate::state::{State, Sync};
use crate::switches::Switches;
use crate::world::{Dice, Field, Ledger, LedgerSpec, Record, ledger};
use jiff::Timestamp;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Which page was asked for.
#[derive(Debug)]
pub(crate) struct Paging {
    pub(crate) page: usize,
    pub(crate) size: usize,
    pub(crate) query: Option<String>,
    pub(crate) order: Option<(String, bool)>,
}

impl Paging {
    pub(crate) fn of(call: &Call, switches: &Switches) -> Result<Self, Refused> {
        let number = |name: &str, default: usize, most: usize| -> Result<usize, Refused> {
            let Some(text) = call.param(name) else { return Ok(default) };
            match text.parse::<i64>().ok() {
                Some(number) if usize::try_from(number).is_ok_and(|number| (1..=most).contains(&number)) => {
                    Ok(usize::try_from(number).unwrap_or(default))
                }
                Some(number) if !switches.strict_paging => Ok(usize::try_from(number).unwrap_or(1).clamp(1, most)),
                _ => Err(Refused::api(400, format!("{name} must lie between 1 and {most}"))),
            }
        };
        if switches.strict_parameters
            && let Some((unknown, _)) = call.query.iter().find(|(name, _)| {
                !["page", "pagesize", "query", "orderby", "tags", "connectionid"].contains(&name.to_ascii_lowercase().as_str())
            })
        {
            return Err(Refused::api(400, format!("The parameter {unknown} is not known")));
        }
        let query = call.param("query").filter(|text| !text.is_empty());
        if switches.strict_query_length && query.is_some_and(|text| text.len() >= 2048) {
            return Err(Refused::api(400, "Error parsing query - The query is too long."));
        }
        let order = call.param("orderBy").filter(|text| !text.is_empty()).map(|text| match text.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (text.to_owned(), false),
        });
        Ok(Self { page: number("page", 1, usize::MAX)?, size: number("pageSize", 100, 5000)?, query: query.map(str::to_owned), order })
    }

    /// The envelope around rows; `write` appends the n-th row of the page as JSON.
    pub(crate) fn answer(&self, call: &Call, key: &str, total: usize, rows: usize, mut write: impl FnMut(usize, &mut String)) -> Answer {
        let mut body = String::with_capacity(1024 + rows * 700);
        let _ = write!(body, "{{\"{key}\":[");
        for index in 0..rows {
            if index > 0 {
                body.push(',');
            }
            write(index, &mut body);
        }
        let last = self.page.saturating_mul(self.size) >= total;
        let link = |page: usize| {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            pairs.append_pair("page", &page.to_string()).append_pair("pageSize", &self.size.to_string());
            for (name, value) in
                call.query.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("page") && !name.eq_ignore_ascii_case("pageSize"))
            {
                pairs.append_pair(name, value);
            }
            serde_json::json!({ "href": format!("{}?{}", call.path, pairs.finish()) })
        };
        let mut links = serde_json::json!({ "self": { "href": call.path }, "current": link(self.page) });
        if !last {
            links["next"] = link(self.page + 1);
        }
        if self.page > 1 {
            links["previous"] = link(self.page - 1);
        }
        let _ = write!(body, "],\"pageNumber\":{},\"pageSize\":{},\"totalResults\":{total},\"_links\":{links}}}", self.page, self.size);
        Answer::raw_json(200, body)
    }

    /// Where the page begins and ends in a list of `total`.
    pub(crate) fn range(&self, total: usize) -> std::ops::Range<usize> {
        let from = (self.page - 1).saturating_mul(self.size).min(total);
        from..from.saturating_add(self.size).min(total)
    }

    /// The part of `all` that is this page.
    pub(crate) fn slice<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        &all[self.range(all.len())]
    }
}

/// Filters and orders anything that has fields; ties keep their order. `known` says which properties there are, also when there
/// is nothing to ask.
pub(crate) fn select<'f, T>(
    all: Vec<T>,
    paging: &Paging,
    what: &str,
    known: impl Fn(&str) -> bool,
    field: impl Fn(&T, &str) -> Field<'f>,
) -> Result<Vec<T>, Refused> {
    let mut kept = all;
    if let Some(query) = paging.query.as_deref().map(Query::parse).transpose()? {
        query.check(what, &known)?;
        let mut matching = Vec::new();
        for item in kept {
            if query.matches(what, &|name| field(&item, name))? {
                matching.push(item);
            }
        }
        kept = matching;
    }
    let Some((name, descending)) = &paging.order else { return Ok(kept) };
    if !known(name) {
        return Err(unresolved(name, what));
    }
    let mut keyed: Vec<(Field<'f>, T)> = kept.into_iter().map(|item| (field(&item, name), item)).collect();
    keyed.sort_by(|(left, _), (right, _)| if *descending { order(right, left) } else { order(left, right) });
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

fn order(left: &Field<'_>, right: &Field<'_>) -> Ordering {
    match (left, right) {
        (Field::Text(left), Field::Text(right)) => left.cmp(right),
        (Field::Number(left), Field::Number(right)) => left.cmp(right),
        (Field::Flag(left), Field::Flag(right)) => left.cmp(right),
        (Field::When(left), Field::When(right)) => left.cmp(right),
        (Field::Missing | Field::Unknown, Field::Missing | Field::Unknown) => Ordering::Equal,
        (Field::Missing, _) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Ledgers, kept until together they hold too much.
#[derive(Default)]
pub(crate) struct Ledgers {
    kept: HashMap<String, Kept>,
    asked: u64,
}

struct Kept {
    until: Timestamp,
    asked: u64,
    ledger: Arc<Ledger>,
}

/// About a quarter of a gibibyte.
const MOST_TRANSACTIONS: usize = 800_000;

impl Ledgers {
    fn get(&mut self, connection: &str, until: Timestamp) -> Option<Arc<Ledger>> {
        self.asked += 1;
        let kept = self.kept.get_mut(connection).filter(|kept| kept.until >= until)?;
        kept.asked = self.asked;
        Some(Arc::clone(&kept.ledger))
    }

    /// A ledger up to whenever.
    pub(crate) fn any(&self, connection: &str) -> Option<Arc<Ledger>> {
        self.kept.get(connection).map(|kept| Arc::clone(&kept.ledger))
    }

    fn keep(&mut self, connection: &str, until: Timestamp, ledger: Arc<Ledger>) {
        self.kept.insert(connection.to_owned(), Kept { until, asked: self.asked, ledger });
        while self.kept.len() > 1 && self.kept.values().map(|kept| kept.ledger.transactions.len()).sum::<usize>() > MOST_TRANSACTIONS {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.asked).map(|(key, _)| key.clone());
            self.kept.remove(&oldest.unwrap_or_default());
        }
    }

    pub(crate) fn forget(&mut self, connection: &str) {
        self.kept.remove(connection);
    }

    pub(crate) fn forget_all(&mut self) {
        self.kept.clear();
    }
}

/// Views of records, kept while their connection's syncs do not move.
#[derive(Default)]
pub(crate) struct Views {
    kept: HashMap<String, Arc<Vec<(usize, Timestamp)>>>,
}

const MOST_VIEWS: usize = 48;

impl Views {
    pub(crate) fn forget(&mut self, connection: &str) {
        self.kept.retain(|key, _| !key.starts_with(connection));
    }

    pub(crate) fn forget_all(&mut self) {
        self.kept.clear();
    }
}

impl State {
    /// A connection's ledger up to at least `until`.
    pub(crate) fn ledger(&mut self, connection: &str, until: Timestamp) -> Option<Arc<Ledger>> {
        if let Some(ledger) = self.ledgers.get(connection, until) {
            return Some(ledger);
        }
        let found = self.connections.get(connection)?;
        let bank = self.bank(&found.bank)?;
        let opened = jiff::tz::Offset::UTC.to_datetime(found.opened.unwrap_or(found.created)).date();
        let own = self.companies.get(&found.company).map_or("Sandbox Ltd", |company| company.name.as_str());
        let holder = self.switches.holder.as_deref().or(found.holder.as_deref()).unwrap_or(own);
        let id = uuid::Uuid::try_parse(connection).ok()?;
        let mut spec = LedgerSpec::new(self.options.seed, id, self.mode(), bank, holder, opened, until);
        spec.accounts = self.options.accounts;
        spec.transactions = self.options.transactions;
        spec.months = self.options.months;
        spec.exponent_amounts = self.switches.exponent_amounts;
        let made = Arc::new(ledger(&spec));
        self.ledgers.keep(connection, until, Arc::clone(&made));
        Some(made)
    }

    /// The ledger as far as any of the connection's syncs has seen it; none before the first of the type.
    pub(crate) fn synced_ledger(&mut self, connection: &str, data_type: &str) -> Option<Arc<Ledger>> {
        let syncs = &self.connections.get(connection)?.syncs;
        syncs.get(data_type).filter(|syncs| !syncs.is_empty())?;
        let newest = syncs.values().filter_map(|syncs| syncs.last()).map(|sync| sync.at).max()?;
        self.ledger(connection, newest)
    }

    /// Indexes of the records that Codat holds, filtered and ordered, each with the moment it was last touched.
    pub(crate) fn view<R: Record>(
        &mut self,
        connection: &str,
        records: &[R],
        paging: &Paging,
    ) -> Result<Arc<Vec<(usize, Timestamp)>>, Refused> {
        let Some(found) = self.connections.get(connection) else { return Ok(Arc::default()) };
        let syncs: Vec<Sync> = found.syncs.get(R::DATA_TYPE).cloned().unwrap_or_default();
        let bumped = self.switches.model_bumped_at;
        let newest = syncs.last().copied();
        let arbitrary = self.switches.arbitrary_order && paging.order.is_none();
        let key = format!(
            "{connection}|{}|{}|{newest:?}|{bumped:?}|{arbitrary}|{:?}|{:?}|{:?}",
            R::DATA_TYPE,
            syncs.len(),
            syncs.first(),
            paging.query,
            paging.order
        );
        if let Some(view) = self.views.kept.get(&key) {
            return Ok(Arc::clone(view));
        }
        let shared = found.shared.clone();
        let mut all = held(records, &syncs, shared.as_deref());
        if let Some(bumped) = bumped {
            all.iter_mut().for_each(|(_, touched)| *touched = bumped.max(*touched));
        }
        if arbitrary {
            all.sort_by_cached_key(|(index, _)| Dice::new(0xa7b1, &[*index as u64]).roll());
        }
        let modified = |name: &str| name.eq_ignore_ascii_case("modifiedDate");
        let known = |name: &str| modified(name) || records.first().is_none_or(|first| first.field(name) != Field::Unknown);
        let kept = select(all, paging, R::DATA_TYPE, known, |(index, touched), name| {
            if modified(name) {
                return Field::When(jiff::tz::Offset::UTC.to_datetime(*touched));
            }
            records[*index].field(name)
        })?;
        let view = Arc::new(kept);
        if self.views.kept.len() >= MOST_VIEWS {
            self.views.kept.clear();
        }
        self.views.kept.insert(key, Arc::clone(&view));
        Ok(view)
    }
}

/// What all syncs together have brought to Codat, with the moment each record was last touched.
pub(crate) fn held<R: Record>(records: &[R], syncs: &[Sync], shared: Option<&[String]>) -> Vec<(usize, Timestamp)> {
    let Some(newest) = syncs.last().filter(|newest| !newest.empty) else { return vec![] };
    // Accounts and categories are states, not events: the newest sync tells them.
    let eventful = R::DATA_TYPE == "banking-transactions" || R::DATA_TYPE == "banking-accountBalances";
    let owner = if R::DATA_TYPE == "banking-accounts" { "id" } else { "accountId" };
    let shared = shared.filter(|_| R::DATA_TYPE != "banking-transactionCategories");
    let drop_every = newest.drop_every.filter(|every| *every > 0 && R::DATA_TYPE == "banking-transactions");
    let first = syncs.first().map_or(newest.at, |sync| sync.at);
    let mut all = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        if drop_every.is_some_and(|every| index.is_multiple_of(every as usize)) {
            continue;
        }
        if let Some(shared) = shared
            && let Field::Text(account) = record.field(owner)
            && !shared.iter().any(|shared| *shared == account)
        {
            continue;
        }
        let mut touched = match R::DATA_TYPE {
            "banking-accounts" => newest.at,
            _ if !eventful => first,
            _ => {
                let at = jiff::tz::TimeZone::UTC.to_timestamp(record.at()).unwrap_or(Timestamp::MIN);
                let saw = |sync: &&Sync| at <= sync.at && sync.from.is_none_or(|from| at >= from);
                let Some(seen) = syncs.iter().find(saw) else { continue };
                seen.at
            }
        };
        let restamps = |sync: &&Sync| sync.restamp_every.is_some_and(|every| index.is_multiple_of(every.max(1) as usize));
        if let Some(last) = syncs.iter().rfind(restamps) {
            touched = touched.max(last.at);
        }
        all.push((index, touched));
    }
    all
}
