//! The control API: what a test or a trainer may turn and look at. It needs no key; it listens on this computer only, and answers no
//! web page.
//!
//! ```text
//! GET  /control/state[?all=true]         companies (all=true: also those nobody touched), connections, counts
//! GET  /control/requests[?last=n]        the log: method, path, template, status, idempotency key, fault
//! GET  /control/digest                   what can be read per connection: counts, exact sums
//! GET|POST /control/faults               rules and how often they fired | a new script
//! GET|POST /control/switches             all | some, the others stay
//! GET|POST /control/clock                now | {"advance": seconds} {"set": time} {"freeze": true}
//! POST /control/redirect                 "template" or null
//! POST /control/connections/{id}/authorise | deauthorise | revoke | land/{dataType}
//! ```

use crate::agenda::Due;
use crate::answer::Answer;
use crate::faults::{Faults, Rule};
use crate::server::Call;
use crate::state::{Company, Connection, State};
use crate::syncs::{deauthorise, known_type};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Turn {
    #[serde(alias = "advanceSeconds")]
    Advance(i64),
    Set(Timestamp),
    Freeze(bool),
}

pub(crate) fn answer(state: &mut State, call: &Call) -> Answer {
    // A page in the customer's browser must not turn the sandbox's clock.
    let from_a_page = call.headers.get("origin").is_some_and(|origin| origin.as_bytes() != state.base_url.as_bytes());
    // Nor may a page whose name was made to lead here.
    let host = call.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let by_another_name = !matches!(host.rsplit_once(':').map_or(host, |(name, _)| name), "127.0.0.1" | "localhost");
    if from_a_page || by_another_name {
        return trouble(403, "the control API answers no web page");
    }
    state.settle();
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["state"]) => Answer::json(&overview(state, call.param("all") == Some("true"))),
        ("GET", ["requests"]) => Answer::json(&requests(state, call.param("last"))),
        ("GET", ["digest"]) => Answer::json(&digest(state)),
        ("GET", ["faults"]) => Answer::json(&json!({ "fired": state.faults.fired(), "results": state.faults.counts() })),
        ("POST", ["faults"]) => read(call, |rules: Vec<Rule>| state.faults = Faults::new(rules, state.options.seed)),
        ("GET", ["switches"]) => Answer::json(&json!(state.switches)),
        ("POST", ["switches"]) => set_switches(state, call),
        ("GET", ["clock"]) => Answer::json(&json!({ "now": state.now(), "frozen": state.clock.is_standing() })),
        ("POST", ["clock"]) => read(call, |turn: Turn| turn_clock(state, &turn)),
        ("POST", ["redirect"]) => read(call, |url: Option<String>| {
            state.redirect_url = url;
            state.changed();
        }),
        ("POST", ["connections", id, act @ ..]) => act_on_connection(state, id, act),
        _ => trouble(404, "no such control"),
    }
}

fn trouble(status: u16, text: &str) -> Answer {
    Answer::raw_json(status, json!({ "error": text }).to_string())
}

fn read<T: for<'a> Deserialize<'a>>(call: &Call, act: impl FnOnce(T)) -> Answer {
    match serde_json::from_slice(&call.body) {
        Ok(value) => {
            act(value);
            Answer::empty(204)
        }
        Err(error) => trouble(400, &error.to_string()),
    }
}

fn turn_clock(state: &mut State, turn: &Turn) {
    match *turn {
        Turn::Advance(seconds) => state.clock.advance(SignedDuration::from_secs(seconds)),
        Turn::Set(at) => state.clock.set(at),
        Turn::Freeze(true) => state.clock.freeze(),
        Turn::Freeze(false) => state.clock.thaw(),
    }
    state.settle();
}

/// Members left out stay as they are.
fn set_switches(state: &mut State, call: &Call) -> Answer {
    let mut all = json!(state.switches);
    let Ok(Value::Object(changes)) = serde_json::from_slice(&call.body) else { return trouble(400, "switches are an object") };
    for (name, value) in changes {
        all[name] = value;
    }
    match serde_json::from_value(all) {
        Ok(switches) => {
            state.switches = switches;
            state.ledgers.forget_all();
            state.views.forget_all();
            state.digests.forget_all();
            Answer::empty(204)
        }
        Err(error) => trouble(400, &error.to_string()),
    }
}

fn act_on_connection(state: &mut State, id: &str, act: &[&str]) -> Answer {
    state.wake_owner(id);
    let now = state.now();
    let Some(connection) = state.connections.get_mut(id) else { return trouble(404, "no such connection") };
    match act {
        // As if the customer had been on the bank's pages.
        ["authorise"] => {
            connection.linking = Some(now);
            state.agenda.add(now, Due::LinkTakesEffect((*id).to_owned()));
            state.settle();
        }
        ["deauthorise"] => deauthorise(connection, now),
        // The bank ends consent, and Codat finds out at the next sync.
        ["revoke"] => connection.revoked = true,
        ["land", data_type] => match known_type(data_type) {
            Some(data_type) => state.land(id, data_type),
            None => return trouble(404, "no such data type"),
        },
        _ => return trouble(404, "no such act"),
    }
    state.changed();
    Answer::empty(204)
}

/// The newest lines of the log, or all.
fn requests(state: &State, last: Option<&str>) -> Value {
    let wanted = last.and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let lines: Vec<_> = state.log.iter().skip(state.log.len().saturating_sub(wanted)).collect();
    json!({ "total": state.requests, "results": lines })
}

fn overview(state: &State, all: bool) -> Value {
    let portfolio = &state.portfolio;
    let connection =
        |found: &Connection| json!({ "id": found.id, "bank": found.bank, "status": found.status.word(false), "lastSync": found.last_sync });
    let row = |company: &Company, connections: Vec<Value>| json!({ "id": company.id, "name": company.name, "tags": company.tags, "connections": connections });
    let awake =
        |company: &Company| row(company, company.connections.iter().filter_map(|id| state.connections.get(id)).map(connection).collect());
    let mut list = vec![];
    let mut asleep_connections = 0;
    for number in (0..portfolio.size()).filter(|number| !state.gone.contains(number)) {
        match state.awake.get(&number).and_then(|id| state.companies.get(id)) {
            Some(company) => list.push(awake(company)),
            None => {
                asleep_connections += portfolio.connection_count(number);
                if all {
                    list.push(row(&portfolio.company(number), portfolio.connections(number).iter().map(connection).collect()));
                }
            }
        }
    }
    list.extend(state.made.iter().filter_map(|id| state.companies.get(id)).map(awake));
    let waiting: Vec<Value> = state
        .visits
        .iter()
        .filter(|(_, visit)| visit.awaits_approver && visit.end.is_none())
        .map(|(id, visit)| json!({ "companyId": visit.company, "url": format!("{}/link/visits/{id}/approver", state.base_url) }))
        .collect();
    json!({
        "companies": state.company_count(), "connections": asleep_connections + state.connections.len(),
        "datasets": state.datasets.len(), "list": list, "awaitingApprover": waiting, "requests": state.requests,
        "redirectUrl": state.redirect_url, "now": state.now(),
    })
}

/// What a client that has read everything must have.
fn digest(state: &mut State) -> Value {
    let mut ids: Vec<String> = state.connections.values().filter(|found| !found.syncs.is_empty()).map(|found| found.id.clone()).collect();
    ids.sort_unstable();
    let rows = ids.iter().filter_map(|id| Some(state.digest(id)?.json(&state.connections.get(id)?.company, id)));
    json!({ "results": rows.collect::<Vec<_>>() })
}
