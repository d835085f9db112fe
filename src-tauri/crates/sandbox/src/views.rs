//! What a list of records shows: filtered, ordered, paged. A view over a large ledger is made once and kept while nothing moves.

use crate::answer::{Answer, Refused};
use crate::query::Query;
use crate::server::Call;
use crate::state::{Read, State};
use crate::world::{Field, Ledger, LedgerSpec, Record, ledger};
use jiff::Timestamp;
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
    pub(crate) fn of(call: &Call) -> Result<Self, Refused> {
        let number = |name: &str, default: usize, most: usize| match call.param(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| (1..=most).contains(number))
                .ok_or_else(|| Refused::api(400, format!("{name} must lie between 1 and {most}"))),
        };
        let order = call.param("orderBy").filter(|text| !text.is_empty()).map(|text| match text.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (text.to_owned(), false),
        });
        Ok(Self {
            page: number("page", 1, usize::MAX)?,
            size: number("pageSize", 100, 5000)?,
            query: call.param("query").filter(|text| !text.is_empty()).map(str::to_owned),
            order,
        })
    }

    /// The envelope around rows that are JSON already.
    pub(crate) fn answer(&self, call: &Call, total: usize, rows: &mut dyn Iterator<Item = String>) -> Answer {
        let mut body = String::with_capacity(1024);
        body.push_str("{\"results\":[");
        for (index, row) in rows.enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(&row);
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

    /// The part of `all` that is this page.
    pub(crate) fn slice<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let from = (self.page - 1).saturating_mul(self.size).min(all.len());
        &all[from..from.saturating_add(self.size).min(all.len())]
    }
}

/// Filters and orders anything that has fields; ties keep their order.
pub(crate) fn select<'f, T>(
    all: Vec<T>,
    paging: &Paging,
    what: &str,
    field: impl Fn(&T, &str) -> Field<'f>,
) -> Result<Vec<T>, Refused> {
    let query = paging.query.as_deref().map(Query::parse).transpose()?;
    let mut kept = Vec::with_capacity(all.len());
    for item in all {
        if query.as_ref().map_or(Ok(true), |query| query.matches(what, &|name| field(&item, name)))? {
            kept.push(item);
        }
    }
    if let Some((name, descending)) = &paging.order {
        if kept.first().is_some_and(|first| field(first, name) == Field::Unknown) {
            return Err(Refused::api(400, format!("Error parsing query - Could not resolve property {name} on {what}")));
        }
        kept.sort_by(|left, right| {
            let ordering = order(&field(left, name), &field(right, name));
            if *descending { ordering.reverse() } else { ordering }
        });
    }
    Ok(kept)
}

fn order(left: &Field<'_>, right: &Field<'_>) -> std::cmp::Ordering {
    match (left, right) {
        (Field::Text(left), Field::Text(right)) => left.cmp(right),
        (Field::Number(left), Field::Number(right)) => left.cmp(right),
        (Field::Flag(left), Field::Flag(right)) => left.cmp(right),
        (Field::When(left), Field::When(right)) => left.cmp(right),
        (Field::Missing | Field::Unknown, Field::Missing | Field::Unknown) => std::cmp::Ordering::Equal,
        (Field::Missing, _) => std::cmp::Ordering::Less,
        _ => std::cmp::Ordering::Greater,
    }
}

/// Views of records, kept while their connection's reads do not move.
#[derive(Default)]
pub(crate) struct Views {
    kept: HashMap<String, Arc<Vec<(usize, Timestamp)>>>,
}

impl State {
    /// A connection's ledger up to its newest read.
    pub(crate) fn ledger(&mut self, connection: &str, until: Timestamp) -> Option<Arc<Ledger>> {
        if let Some((made_for, ledger)) = self.ledgers.get(connection)
            && *made_for >= until
        {
            return Some(Arc::clone(ledger));
        }
        let found = self.connections.get(connection)?;
        let bank = self.bank(&found.bank)?.clone();
        let opened = jiff::tz::Offset::UTC.to_datetime(found.opened.unwrap_or(found.created)).date();
        let holder = self.companies.get(&found.company).map_or("Sandbox Ltd", |company| company.name.as_str());
        let id = uuid::Uuid::try_parse(connection).ok()?;
        let mut spec = LedgerSpec::new(self.options.seed, id, self.mode(), &bank, holder, opened, until);
        spec.accounts = self.options.accounts;
        spec.transactions = self.options.transactions;
        let made = Arc::new(ledger(&spec));
        self.ledgers.insert(connection.to_owned(), (until, Arc::clone(&made)));
        Some(made)
    }

    /// Indexes of the records that Codat holds, filtered and ordered, each with the moment it was last touched.
    pub(crate) fn view<R: Record>(
        &mut self,
        connection: &str,
        records: &[R],
        paging: &Paging,
    ) -> Result<Arc<Vec<(usize, Timestamp)>>, Refused> {
        let reads: Vec<Read> =
            self.connections.get(connection).and_then(|found| found.reads.get(R::DATA_TYPE)).cloned().unwrap_or_default();
        let bumped = self.switches.model_bumped_at;
        let newest = reads.last().map(|read| read.at);
        let key = format!("{connection}|{}|{}|{newest:?}|{bumped:?}|{:?}|{:?}", R::DATA_TYPE, reads.len(), paging.query, paging.order);
        if let Some(view) = self.views.kept.get(&key) {
            return Ok(Arc::clone(view));
        }
        let dropped = reads.last().and_then(|read| read.drop_every);
        let mut all = Vec::with_capacity(records.len());
        for (index, record) in records.iter().enumerate() {
            let at = jiff::tz::TimeZone::UTC.to_timestamp(record.at()).unwrap_or(Timestamp::MIN);
            // Accounts and categories are states, not events: the newest read tells them.
            let eventful = R::DATA_TYPE == "banking-transactions" || R::DATA_TYPE == "banking-accountBalances";
            let seen =
                if eventful { reads.iter().find(|read| at <= read.at && read.from.is_none_or(|from| at >= from)) } else { reads.first() };
            let Some(seen) = seen else { continue };
            if R::DATA_TYPE == "banking-transactions" && dropped.is_some_and(|every| every > 0 && index % every as usize == 0) {
                continue;
            }
            let touched = if R::DATA_TYPE == "banking-accounts" { newest.unwrap_or(seen.at) } else { seen.at };
            all.push((index, bumped.map_or(touched, |bumped| bumped.max(touched))));
        }
        let what = R::DATA_TYPE;
        let kept = select(all, paging, what, |(index, touched), name| {
            if name.eq_ignore_ascii_case("modifiedDate") {
                return Field::When(jiff::tz::Offset::UTC.to_datetime(*touched));
            }
            records[*index].field(name)
        })?;
        let view = Arc::new(kept);
        if self.views.kept.len() > 16 {
            self.views.kept.clear();
        }
        self.views.kept.insert(key, Arc::clone(&view));
        Ok(view)
    }
}
