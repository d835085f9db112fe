//! Codat's API: every path, and which function answers it. Keys, limits and idempotency were looked at before (`server`).

mod banking;
mod client;
mod companies;
mod connections;
mod reads;
mod template;

pub(crate) use connections::{add_pending, has_linked_accounting};
pub(crate) use template::template;

use crate::answer::{Answer, Outcome, Refused};
use crate::faults::Fault;
use crate::server::Call;
use crate::state::{Company, Connection, State};
use serde_json::{Map, Value, json};

pub(crate) fn answer(state: &mut State, call: &Call, fault: Option<&Fault>) -> Answer {
    if call.segments.first().is_some_and(|first| first == "companies")
        && let Some(id) = call.segments.get(1)
        && state.wake(id)
    {
        state.settle();
    }
    route(state, call, fault).unwrap_or_else(|refused| refused.answer(state))
}

/// What a good key of another client sees: its own name, nothing of ours.
pub(crate) fn answer_other_client(state: &mut State, call: &Call) -> Answer {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["profile"]) => Answer::json(&json!({ "name": "Another client", "redirectUrl": "", "whiteListUrls": [] })),
        ("GET", ["integrations", ..]) => answer(state, call, None),
        ("GET", ["companies"]) => {
            let paging = crate::views::Paging::of(call, &state.switches);
            paging.map_or_else(|refused| refused.answer(state), |paging| paging.answer(call, "results", 0, 0, |_, _| {}))
        }
        _ => foreign_key().answer(state),
    }
}

pub(crate) fn foreign_key() -> Refused {
    Refused::api(403, "The API key is outdated or is not associated with this resource.")
}

fn route(state: &mut State, call: &Call, fault: Option<&Fault>) -> Outcome {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["companies"] => match call.method.as_str() {
            "GET" => companies::list(state, call),
            "POST" => companies::create(state, call),
            _ => Err(wrong_method()),
        },
        ["companies", id, rest @ ..] => {
            known_company(state, id)?;
            of_company(state, call, id, rest, fault)
        }
        _ => of_client(state, call, &segments),
    }
}

fn of_client(state: &mut State, call: &Call, segments: &[&str]) -> Outcome {
    match (call.method.as_str(), segments) {
        ("GET", ["integrations"]) => client::integrations(state, call),
        ("GET", ["integrations", key]) => client::integration(state, key),
        ("GET", ["integrations", key, "branding"]) => client::branding(state, key),
        ("GET", ["profile"]) => Ok(client::profile(state)),
        ("PUT", ["profile"]) => client::set_profile(state, call),
        ("GET", ["profile", "syncSettings"]) => Ok(client::settings(state, None)),
        ("POST", ["profile", "syncSettings"]) => client::set_settings(state, call, None),
        ("GET", ["apiKeys"]) => Ok(client::keys(state)),
        ("POST", ["apiKeys"]) => client::add_key(state, call),
        ("DELETE", ["apiKeys", id]) => client::delete_key(state, id),
        ("GET", ["corsSettings"]) => Ok(client::cors(state)),
        ("POST", ["corsSettings"]) => client::set_cors(state, call),
        ("GET", ["webhooks"]) => Ok(Answer::json(&json!({ "results": [] }))),
        (
            _,
            ["integrations" | "profile" | "apiKeys" | "corsSettings" | "webhooks"]
            | ["integrations" | "apiKeys", _]
            | ["integrations", _, "branding"]
            | ["profile", "syncSettings"],
        ) => Err(wrong_method()),
        _ => Err(no_route()),
    }
}

/// Below `/companies/{id}`; the company is known.
fn of_company(state: &mut State, call: &Call, id: &str, rest: &[&str], fault: Option<&Fault>) -> Outcome {
    match (call.method.as_str(), rest) {
        ("GET", []) => Ok(companies::get(state, id)),
        ("PUT", []) => companies::replace(state, call, id),
        ("PATCH", []) => companies::change(state, call, id),
        ("DELETE", []) => Ok(companies::delete(state, id)),
        ("PUT", ["products", product]) => Ok(companies::assign_product(state, id, product)),
        ("DELETE", ["products", product]) => companies::remove_product(state, id, product),
        ("POST", ["products", product, "refresh"]) => companies::refresh_product(state, id, product),
        ("GET", ["accessToken"]) => Ok(companies::access_token(state)),
        ("GET", ["connectionManagement", "accessToken"]) => companies::old_access_token(state),
        ("GET", ["syncSettings"]) => Ok(client::settings(state, Some(id))),
        ("POST", ["syncSettings"]) => client::set_settings(state, call, Some(id)),
        ("GET", ["dataStatus"]) => Ok(reads::data_status(state, id)),
        ("POST", ["data", "all"]) => Ok(reads::refresh_all(state, id)),
        ("POST", ["data", "queue", "all"]) if state.switches.legacy => Ok(reads::refresh_all(state, id)),
        ("POST", ["data", "queue", data_type]) => reads::queue(state, call, id, data_type),
        ("GET", ["data", "history"]) => reads::history(state, call, id),
        ("GET", ["data", "history", dataset]) => reads::dataset(state, id, dataset),
        ("GET", ["sync", dataset, "validation"]) => reads::validation(state, id, dataset),
        ("GET", ["data", "banking-transactions"]) => banking::of_only_connection(state, call, id, fault),
        ("GET", ["connections"]) => connections::list(state, call, id),
        ("POST", ["connections"]) => connections::create(state, call, id),
        (_, ["connections", k, rest @ ..]) => {
            known_connection(state, id, k)?;
            of_connection(state, call, id, k, rest, fault)
        }
        (
            _,
            []
            | ["products", _]
            | ["products", _, "refresh"]
            | ["accessToken" | "syncSettings" | "dataStatus" | "connections"]
            | ["connectionManagement", "accessToken"]
            | ["data", "all" | "history" | "banking-transactions"]
            | ["data", "queue" | "history", _]
            | ["sync", _, "validation"],
        ) => Err(wrong_method()),
        _ => Err(no_route()),
    }
}

/// Below `/companies/{id}/connections/{k}`; both are known.
fn of_connection(state: &mut State, call: &Call, id: &str, k: &str, rest: &[&str], fault: Option<&Fault>) -> Outcome {
    match (call.method.as_str(), rest) {
        ("GET", []) => Ok(connections::get(state, k)),
        ("PATCH", []) => connections::unlink(state, call, k),
        ("DELETE", []) => Ok(connections::delete(state, k)),
        ("PUT", ["authorization"]) => connections::authorise(state, call, k),
        ("POST", ["data", "queue", "custom", _]) | ("GET", ["data", "custom", _]) => {
            Err(Refused::new(451, "StdznCustomData", "This platform is not available for compliance reasons"))
        }
        ("GET", ["data", data_type]) => banking::list(state, call, id, k, data_type, fault),
        ("GET", ["data", data_type, record]) => banking::one(state, k, data_type, record),
        (_, [] | ["authorization"] | ["data", _] | ["data", _, _] | ["data", "queue", "custom", _]) => Err(wrong_method()),
        _ => Err(no_route()),
    }
}

fn no_route() -> Refused {
    Refused::api(404, "Not Found")
}

fn wrong_method() -> Refused {
    Refused::api(405, "Method Not Allowed")
}

fn known_company<'s>(state: &'s State, id: &str) -> Result<&'s Company, Refused> {
    state.companies.get(id).ok_or_else(|| Refused::new(404, "ClientsApi", format!("No company was found with ID {id}")))
}

fn known_connection<'s>(state: &'s State, company: &str, id: &str) -> Result<&'s Connection, Refused> {
    let found = state.connections.get(id).filter(|found| found.company == company);
    found.ok_or_else(|| Refused::api(404, format!("Data connection {id} not found")))
}

fn body(call: &Call) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refused::api(400, "The request body is not valid")),
    }
}
