//! Syncs at Codat: status, queueing, history.

use crate::answer::{Answer, Outcome, Refused};
use crate::clock::stamp;
use crate::server::Call;
use crate::state::{Dataset, LinkState, State};
use crate::syncs::{TYPES, known_type};
use crate::views::{Paging, select};
use crate::world::Field;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

fn datasets<'s>(state: &'s State, company: &str) -> impl DoubleEndedIterator<Item = &'s Dataset> {
    state.history.get(company).into_iter().flatten().filter_map(|id| state.datasets.get(id))
}

/// Over all connections together; an entry for each type that one of them supports.
pub(super) fn data_status(state: &State, id: &str) -> Answer {
    let now = state.now();
    let connections = state.companies.get(id).into_iter().flat_map(|company| &company.connections);
    let banking = connections.filter_map(|k| state.connections.get(k)).any(|connection| state.is_banking(&connection.bank));
    let mut all = Map::new();
    for data_type in TYPES.iter().filter(|_| banking) {
        let of_type = || datasets(state, id).filter(|dataset| dataset.data_type == *data_type);
        let mut entry = json!({ "dataType": data_type });
        // Never synced: nothing but the type.
        if let Some(latest) = of_type().next_back() {
            let word = latest.status(now);
            entry["currentStatus"] = json!(if state.switches.legacy && word == "Complete" { "success" } else { word });
            entry["latestSyncId"] = json!(latest.id);
        }
        if let Some(good) = of_type().rev().find(|dataset| dataset.ends() <= now && dataset.status(now) == "Complete") {
            entry["lastSuccessfulSync"] = json!(stamp(good.ends()));
            entry["latestSuccessfulSyncId"] = json!(good.id);
        }
        if state.switches.extra_members {
            entry["scheduledNext"] = Value::Null;
        }
        all.insert((*data_type).to_owned(), entry);
    }
    Answer::json(&Value::Object(all))
}

pub(super) fn refresh_all(state: &mut State, id: &str) -> Answer {
    let now = state.now();
    let connections = state.companies.get(id).map(|company| company.connections.clone()).unwrap_or_default();
    for k in &connections {
        let linked = state.connections.get(k).is_some_and(|found| found.status == LinkState::Linked && state.is_banking(&found.bank));
        for data_type in TYPES.iter().filter(|_| linked) {
            if state.fetches_on_first_link(id, data_type) && state.running(id, k, data_type, now).is_none() {
                state.queue(k, data_type, now);
            }
        }
    }
    state.changed();
    Answer::empty(204)
}

pub(super) fn queue(state: &mut State, call: &Call, id: &str, data_type: &str) -> Outcome {
    let mut connections = state.companies.get(id).map(|company| company.connections.clone()).unwrap_or_default();
    if let Some(k) = call.param("connectionId").filter(|text| !text.is_empty() && state.switches.connection_id_limits) {
        connections = vec![super::known_connection(state, id, k)?.id.clone()];
    }
    let Some(known) = known_type(data_type) else { return Err(unknown_type(state, &connections, data_type)) };
    let banking = |k: &String| state.connections.get(k).is_some_and(|found| state.is_banking(&found.bank));
    if !connections.is_empty() && !connections.iter().any(banking) {
        return Err(not_supported(state, &connections, known));
    }
    connections.retain(banking);
    if state.switches.strict_queue {
        connections.retain(|k| state.connections.get(k).is_some_and(|found| found.status == LinkState::Linked));
    }
    let now = state.now();
    if let Some(busy) = connections.iter().find_map(|k| state.running(id, k, known, now)) {
        let text =
            format!("DatasetAlreadyInProgressException: Cannot queue {known} sync for {id} as previous sync {busy} is still in progress");
        return Err(Refused::new(state.switches.in_progress_status, "PullApi", text));
    }
    let queued: Vec<String> = connections.iter().filter_map(|k| state.queue(k, known, now)).collect();
    let Some(dataset) = queued.first().and_then(|dataset| state.datasets.get(dataset)) else {
        return Err(Refused::new(400, "PullApi", "The company has no linked connection for this data type"));
    };
    let told = state.queued_operation(dataset);
    state.changed();
    Ok(Answer::json(&told))
}

fn not_supported(state: &State, connections: &[String], data_type: &str) -> Refused {
    let first = connections.first().and_then(|k| state.connections.get(k)).and_then(|found| state.source(&found.bank));
    let platform = first.map(|source| source.source_id.to_string()).unwrap_or_default();
    Refused::api(400, format!("Datatype '{data_type}' not supported by platform {platform}"))
}

fn unknown_type(state: &State, connections: &[String], data_type: &str) -> Refused {
    let of_accounting = ["bankAccounts", "bankTransactions", "invoices", "bills", "balanceSheet", "profitAndLoss", "company"];
    if of_accounting.contains(&data_type) {
        not_supported(state, connections, data_type)
    } else {
        Refused::api(state.switches.unknown_type_status, format!("Datatype '{data_type}' is not known"))
    }
}

pub(super) fn history(state: &State, call: &Call, id: &str) -> Outcome {
    // Not `isCompleted`, which is told and cannot be asked.
    const KNOWN: [&str; 10] = [
        "id",
        "companyid",
        "connectionid",
        "datatype",
        "status",
        "requested",
        "completed",
        "errormessage",
        "statusdescription",
        "progress",
    ];
    let paging = Paging::of(call, &state.switches)?;
    let now = state.now();
    let known = |name: &str| KNOWN.contains(&name.to_ascii_lowercase().as_str());
    let kept = select(datasets(state, id).collect(), &paging, "PullOperation", known, |found: &&Dataset, name| {
        let text = |text: &str| Field::Text(Cow::Owned(text.to_owned()));
        let when = |at: jiff::Timestamp| Field::When(jiff::tz::Offset::UTC.to_datetime(at));
        match name.to_ascii_lowercase().as_str() {
            "id" => text(&found.id),
            "companyid" => text(&found.company),
            "connectionid" => text(&found.connection),
            "datatype" => text(&found.data_type),
            "status" => text(found.status(now)),
            "requested" => when(found.requested),
            "completed" if found.ends() <= now => when(found.ends()),
            _ => Field::Missing,
        }
    })?;
    let page = paging.slice(&kept);
    Ok(paging.answer(call, "results", kept.len(), page.len(), |index, out| {
        out.push_str(&state.pull_operation(page[index]).to_string());
    }))
}

fn known_dataset<'s>(state: &'s State, id: &str, dataset: &str) -> Result<&'s Dataset, Refused> {
    let found = state.datasets.get(dataset).filter(|found| found.company == id);
    found.ok_or_else(|| Refused::new(404, "PullApi", format!("Dataset {dataset} not found")))
}

pub(super) fn dataset(state: &State, id: &str, dataset: &str) -> Outcome {
    Ok(Answer::json(&state.pull_operation(known_dataset(state, id, dataset)?)))
}

pub(super) fn validation(state: &State, id: &str, dataset: &str) -> Outcome {
    known_dataset(state, id, dataset)?;
    Ok(Answer::json(&json!({ "errors": [], "warnings": [] })))
}
