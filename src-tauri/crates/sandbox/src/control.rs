//! The control API: what a test or a trainer may turn and look at. It needs no key; it listens on this computer only.

use crate::answer::Answer;
use crate::faults::{Faults, Rule};
use crate::server::Call;
use crate::state::State;
use crate::syncs::deauthorise;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Turn {
    AdvanceSeconds(i64),
    Set(Timestamp),
    Freeze(bool),
}

pub(crate) fn answer(state: &mut State, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["state"]) => Answer::json(&overview(state)),
        ("GET", ["requests"]) => Answer::json(&json!({ "total": state.requests, "results": state.log })),
        ("GET", ["faults"]) => Answer::json(&json!({ "results": state.faults.counts() })),
        ("POST", ["faults"]) => read(call, |rules: Vec<Rule>| {
            state.faults = Faults::new(rules, state.options.seed);
        }),
        ("GET", ["switches"]) => Answer::json(&serde_json::to_value(&state.switches).unwrap_or_default()),
        ("POST", ["switches"]) => set_switches(state, call),
        ("GET", ["clock"]) => Answer::json(&json!({ "now": state.now() })),
        ("POST", ["clock"]) => read(call, |turn: Turn| {
            match turn {
                Turn::AdvanceSeconds(seconds) => state.clock.advance(SignedDuration::from_secs(seconds)),
                Turn::Set(at) => state.clock.set(at),
                Turn::Freeze(true) => state.clock.freeze(),
                Turn::Freeze(false) => state.clock.thaw(),
            }
            state.settle();
        }),
        ("POST", ["redirect"]) => read(call, |url: Option<String>| {
            state.redirect_url = url;
        }),
        ("POST", ["connections", id, "deauthorise"]) => {
            let now = state.now();
            match state.connections.get_mut(*id) {
                Some(connection) => {
                    deauthorise(connection, now);
                    state.save();
                    Answer::empty(204)
                }
                None => Answer::raw_json(404, "{}".into()),
            }
        }
        _ => Answer::raw_json(404, "{}".into()),
    }
}

fn read<T: for<'a> Deserialize<'a>>(call: &Call, act: impl FnOnce(T)) -> Answer {
    match serde_json::from_slice(&call.body) {
        Ok(value) => {
            act(value);
            Answer::empty(204)
        }
        Err(error) => Answer::raw_json(400, json!({ "error": error.to_string() }).to_string()),
    }
}

/// Members left out stay as they are.
fn set_switches(state: &mut State, call: &Call) -> Answer {
    let mut all = serde_json::to_value(&state.switches).unwrap_or_default();
    let Ok(Value::Object(changes)) = serde_json::from_slice(&call.body) else { return Answer::raw_json(400, "{}".into()) };
    for (name, value) in changes {
        all[name] = value;
    }
    match serde_json::from_value(all) {
        Ok(switches) => {
            state.switches = switches;
            Answer::empty(204)
        }
        Err(error) => Answer::raw_json(400, json!({ "error": error.to_string() }).to_string()),
    }
}

fn overview(state: &State) -> Value {
    let companies: Vec<Value> = state
        .company_order
        .iter()
        .filter_map(|id| state.companies.get(id))
        .map(|company| {
            let connections = company.connections.iter().filter_map(|id| state.connections.get(id));
            let connections: Vec<Value> =
                connections.map(|found| json!({ "id": found.id, "bank": found.bank, "status": found.status.word(false) })).collect();
            json!({ "id": company.id, "name": company.name, "tags": company.tags, "connections": connections })
        })
        .collect();
    json!({
        "companies": companies.len(), "connections": state.connections.len(), "datasets": state.datasets.len(), "list": companies,
        "requests": state.requests, "redirectUrl": state.redirect_url,
    })
}
