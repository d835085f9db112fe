//! Companies: list, create, change, delete.

use super::{add_pending, body};
use crate::answer::{Answer, Outcome, Refused};
use crate::query::malformed;
use crate::server::Call;
use crate::state::{Company, Connection, LinkState, State};
use crate::tell::Teller;
use crate::views::{Paging, select};
use crate::world::Field;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Codat keeps these and silently drops everything else.
fn kept_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "-',&@.,?!".contains(c)
}

fn read_name(members: &Map<String, Value>) -> Result<Option<String>, Refused> {
    let Some(name) = members.get("name").filter(|name| !name.is_null()) else { return Ok(None) };
    let name: String = name.as_str().unwrap_or_default().chars().filter(|c| kept_in_name(*c)).collect();
    let name = name.trim().to_owned();
    if name.is_empty() { Err(no_name()) } else { Ok(Some(name)) }
}

fn no_name() -> Refused {
    Refused::new(400, "ClientsApi", "Company name is required")
}

fn read_tags(state: &State, members: &Map<String, Value>) -> Result<Option<BTreeMap<String, String>>, Refused> {
    let Some(tags) = members.get("tags").filter(|tags| !tags.is_null()) else { return Ok(None) };
    let tags: BTreeMap<String, String> =
        serde_json::from_value(tags.clone()).map_err(|_| Refused::new(400, "ClientsApi", "Tags must be text"))?;
    let good = tags.len() <= 10 && tags.iter().all(|(key, value)| (1..=27).contains(&key.chars().count()) && value.chars().count() <= 100);
    if good {
        Ok(Some(tags))
    } else if state.switches.strict_tags {
        Err(Refused::new(400, "ClientsApi", "At most 10 tags, with keys of 27 and values of 100 characters"))
    } else {
        let cut = |text: &String, most| text.chars().take(most).collect::<String>();
        Ok(Some(tags.iter().take(10).map(|(key, value)| (cut(key, 27), cut(value, 100))).collect()))
    }
}

pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    if state.switches.company_limit {
        return Err(Refused::new(402, "ClientsApi", "The limit of connected companies of your plan is reached"));
    }
    let members = body(call)?;
    let name = read_name(&members)?.ok_or_else(no_name)?;
    let tags = read_tags(state, &members)?.unwrap_or_default();
    let id = state.fresh_id();
    let legacy_platform = members.get("platformType").and_then(Value::as_str).filter(|_| state.switches.legacy).map(str::to_owned);
    let company = Company {
        id: id.clone(),
        number: None,
        name,
        description: members.get("description").and_then(Value::as_str).map(str::to_owned),
        tags,
        created: state.now(),
        connections: vec![],
        legacy_platform: legacy_platform.clone(),
        products: vec![],
    };
    if state.switches.tag_lag > 0 {
        state.unindexed.insert(id.clone(), state.switches.tag_lag);
    }
    state.add_company(company);
    if let Some(platform) = legacy_platform {
        add_pending(state, &id, &platform);
    }
    state.changed();
    Ok(get(state, &id))
}

pub(super) fn get(state: &mut State, id: &str) -> Answer {
    let link = state.hand_out_company_link(id);
    let Some(company) = state.companies.get(id) else { return Answer::empty(404) };
    let ids = company.connections.clone();
    let links: Vec<Option<String>> = ids.iter().map(|k| state.hand_out_link(k)).collect();
    let teller = Teller::new(state);
    let connections: Vec<(&Connection, Option<String>)> =
        ids.iter().zip(links).filter_map(|(k, link)| Some((state.connections.get(k)?, link))).collect();
    let mut out = String::with_capacity(2048);
    if let Some(company) = state.companies.get(id) {
        teller.company(company, &connections, link.as_deref(), &mut out);
    }
    Answer::raw_json(200, out)
}

/// PUT: what is not told vanishes.
pub(super) fn replace(state: &mut State, call: &Call, id: &str) -> Outcome {
    let members = body(call)?;
    let name = read_name(&members)?.ok_or_else(no_name)?;
    let tags = read_tags(state, &members)?.unwrap_or_default();
    if let Some(company) = state.companies.get_mut(id) {
        company.name = name;
        company.tags = tags;
        company.description = members.get("description").and_then(Value::as_str).map(str::to_owned);
    }
    state.changed();
    Ok(get(state, id))
}

/// PATCH: what is not told, or null, stays.
pub(super) fn change(state: &mut State, call: &Call, id: &str) -> Outcome {
    let members = body(call)?;
    let (name, tags) = (read_name(&members)?, read_tags(state, &members)?);
    if let Some(company) = state.companies.get_mut(id) {
        company.name = name.unwrap_or_else(|| company.name.clone());
        company.tags = tags.unwrap_or_else(|| company.tags.clone());
        if let Some(text) = members.get("description").and_then(Value::as_str) {
            company.description = Some(text.to_owned());
        }
    }
    state.changed();
    Ok(get(state, id))
}

pub(super) fn delete(state: &mut State, id: &str) -> Answer {
    state.remove_company(id);
    state.changed();
    Answer::empty(204)
}

pub(super) fn assign_product(state: &mut State, id: &str, product: &str) -> Answer {
    if let Some(company) = state.companies.get_mut(id)
        && !company.products.iter().any(|known| known == product)
    {
        company.products.push(product.to_owned());
        state.changed();
    }
    Answer::empty(204)
}

fn with_product(state: &State, id: &str, product: &str) -> Result<(), Refused> {
    let assigned = state.companies.get(id).is_some_and(|company| company.products.iter().any(|known| known == product));
    if assigned { Ok(()) } else { Err(Refused::new(404, "ClientsApi", format!("Product {product} is not assigned to company {id}"))) }
}

pub(super) fn remove_product(state: &mut State, id: &str, product: &str) -> Outcome {
    with_product(state, id, product)?;
    if let Some(company) = state.companies.get_mut(id) {
        company.products.retain(|known| known != product);
    }
    state.changed();
    Ok(Answer::empty(204))
}

pub(super) fn refresh_product(state: &State, id: &str, product: &str) -> Outcome {
    with_product(state, id, product)?;
    Ok(Answer::empty(202))
}

pub(super) fn access_token(state: &mut State) -> Answer {
    let token = state.fresh_id();
    Answer::json(&json!({ "expiresIn": 86_400, "accessToken": token, "tokenType": "Bearer" }))
}

/// The path of old, which ends on 12 October 2026.
pub(super) fn old_access_token(state: &mut State) -> Outcome {
    let ends: Timestamp = "2026-10-12T00:00:00Z".parse().unwrap_or(Timestamp::MAX);
    if state.now() >= ends { Err(super::no_route()) } else { Ok(access_token(state)) }
}

// ------------------------------------------------------------------------------------------------------------- list

/// A company in a list: one that sleeps in the portfolio, or one with a life of its own.
#[derive(Clone, Copy)]
enum Row<'a> {
    Asleep(u32),
    Awake(&'a Company),
}

pub(super) fn list(state: &mut State, call: &Call) -> Outcome {
    let paging = Paging::of(call, &state.switches)?;
    let tests = call.param("tags").filter(|text| !text.is_empty()).map(TagTest::parse).transpose()?;
    let answer = listed(state, call, &paging, tests.as_deref());
    if tests.is_some() {
        state.unindexed.retain(|_, left| {
            *left = left.saturating_sub(1);
            *left > 0
        });
    }
    answer
}

fn listed(state: &State, call: &Call, paging: &Paging, tests: Option<&[TagTest]>) -> Outcome {
    let asleep = (0..state.portfolio.size()).filter(|number| !state.gone.contains(number));
    let row = |number: u32| {
        let awake = state.awake.get(&number).and_then(|id| state.companies.get(id));
        awake.map_or(Row::Asleep(number), Row::Awake)
    };
    let made = state.made.iter().filter_map(|id| state.companies.get(id)).map(Row::Awake);
    let plain = tests.is_none() && paging.query.is_none() && paging.order.is_none();
    let total;
    let page: Vec<Row<'_>> = if plain {
        // Only the page is looked at: a hundred thousand companies cost as little as a hundred.
        total = state.company_count();
        let range = paging.range(total);
        let (skip, take) = (range.start, range.len());
        if state.gone.is_empty() {
            let first = u32::try_from(skip).unwrap_or(u32::MAX).min(state.portfolio.size());
            let sleeping = (first..state.portfolio.size()).map(row).take(take);
            sleeping.chain(made.skip(skip.saturating_sub(state.portfolio.size() as usize))).take(take).collect()
        } else {
            asleep.map(row).chain(made).skip(skip).take(take).collect()
        }
    } else {
        let all: Vec<Row<'_>> = asleep.map(row).chain(made).filter(|row| passes(state, *row, tests)).collect();
        let known = |name: &str| field(state, Row::Asleep(0), name) != Field::Unknown;
        let kept = select(all, paging, "Company", known, |row, name| field(state, *row, name))?;
        total = kept.len();
        paging.slice(&kept).to_vec()
    };
    let teller = Teller::new(state);
    let key = if state.switches.legacy { "companies" } else { "results" };
    Ok(paging.answer(call, key, total, page.len(), |index, out| match page[index] {
        Row::Awake(company) => {
            let connections: Vec<&Connection> = company.connections.iter().filter_map(|k| state.connections.get(k)).collect();
            teller.listed_company(company, &connections, out);
        }
        Row::Asleep(number) => {
            let connections = state.portfolio.connections(number);
            teller.listed_company(&state.portfolio.company(number), &connections.iter().collect::<Vec<_>>(), out);
        }
    }))
}

fn field<'a>(state: &'a State, row: Row<'a>, name: &str) -> Field<'a> {
    let when = |at: Timestamp| Field::When(jiff::tz::Offset::UTC.to_datetime(at));
    let own = |text: String| Field::Text(Cow::Owned(text));
    let (portfolio, name) = (&state.portfolio, name.to_ascii_lowercase());
    match (name.as_str(), row) {
        ("id", Row::Asleep(number)) => own(portfolio.company_id(number)),
        ("id", Row::Awake(company)) => Field::Text(Cow::Borrowed(&company.id)),
        ("name", Row::Asleep(number)) => own(portfolio.name(number)),
        ("name", Row::Awake(company)) => Field::Text(Cow::Borrowed(&company.name)),
        ("created", Row::Asleep(number)) => when(portfolio.created(number)),
        ("created", Row::Awake(company)) => when(company.created),
        ("platform", _) => own(String::new()),
        ("description", Row::Asleep(_)) => Field::Missing,
        ("description", Row::Awake(company)) => company.description.as_deref().map_or(Field::Missing, |text| own(text.to_owned())),
        ("lastsync", Row::Asleep(number)) => {
            portfolio.connections(number).iter().filter_map(|found| found.last_sync).max().map_or(Field::Missing, when)
        }
        ("lastsync", Row::Awake(company)) => {
            company.connections.iter().filter_map(|k| state.connections.get(k)?.last_sync).max().map_or(Field::Missing, when)
        }
        // Arrays cannot be asked, except for this documented one.
        ("dataconnections.status", _) => {
            let statuses: Vec<LinkState> = match row {
                Row::Asleep(number) => portfolio.statuses(number),
                Row::Awake(company) => company.connections.iter().filter_map(|k| Some(state.connections.get(k)?.status)).collect(),
            };
            // Of several, the first that wants attention counts; of none, no status does.
            let first = statuses.iter().find(|status| **status != LinkState::Linked).or(statuses.first());
            own(first.map(|status| status.word(false).to_owned()).unwrap_or_default())
        }
        _ => Field::Unknown,
    }
}

fn passes(state: &State, row: Row<'_>, tests: Option<&[TagTest]>) -> bool {
    let Some(tests) = tests else { return true };
    match row {
        Row::Asleep(number) => tests.iter().all(|test| {
            let reference = (test.key == "reference").then(|| state.portfolio.reference(number));
            test.holds(reference.as_deref())
        }),
        Row::Awake(company) => {
            let shown = company.created.duration_until(state.now()).as_secs() >= i64::from(state.switches.tag_lag_seconds)
                || state.switches.tag_lag_seconds == 0;
            let tags = |key: &str| company.tags.get(key).map(String::as_str);
            shown && !state.unindexed.contains_key(&company.id) && tests.iter().all(|test| test.holds(tags(&test.key)))
        }
    }
}

/// A test on tags: `=`, `!=`, `~`.
struct TagTest {
    key: String,
    op: char,
    value: String,
}

impl TagTest {
    fn parse(text: &str) -> Result<Vec<Self>, Refused> {
        let one = |test: &str| {
            let at = test.find(['=', '!', '~']).ok_or_else(malformed)?;
            let (key, rest) = test.split_at(at);
            let (op, value) = match rest.strip_prefix("!=") {
                Some(value) => ('!', value),
                None if rest.starts_with('!') => return Err(malformed()),
                None => (if rest.starts_with('=') { '=' } else { '~' }, &rest[1..]),
            };
            if key.trim().is_empty() {
                return Err(malformed());
            }
            Ok(Self { key: key.trim().to_owned(), op, value: value.trim().to_owned() })
        };
        text.split("&&").map(one).collect()
    }

    fn holds(&self, value: Option<&str>) -> bool {
        match self.op {
            '=' => value == Some(&self.value),
            '!' => value != Some(&self.value),
            _ => value.is_some_and(|value| value.contains(&self.value)),
        }
    }
}
