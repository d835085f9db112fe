//! Connections: list, create, unlink, delete.

use super::body;
use crate::answer::{Answer, Outcome, Refused};
use crate::server::Call;
use crate::state::{Connection, LinkState, State};
use crate::tell::Teller;
use crate::views::{Paging, select};
use crate::world::Field;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub(super) fn list(state: &State, call: &Call, id: &str) -> Outcome {
    const KNOWN: [&str; 7] = ["id", "status", "platformname", "integrationkey", "sourcetype", "created", "lastsync"];
    let paging = Paging::of(call, &state.switches)?;
    let company = super::known_company(state, id)?;
    let all: Vec<&Connection> = company.connections.iter().filter_map(|k| state.connections.get(k)).collect();
    let known = |name: &str| KNOWN.contains(&name.to_ascii_lowercase().as_str());
    let kept = select(all, &paging, "Connection", known, |connection, name| {
        let text = |text: &str| Field::Text(Cow::Owned(text.to_owned()));
        match name.to_ascii_lowercase().as_str() {
            "id" => text(&connection.id),
            "status" => text(connection.status.word(false)),
            "platformname" => text(state.source(&connection.bank).map_or("", |source| source.name)),
            "integrationkey" => text(&connection.bank),
            "sourcetype" => text(state.source(&connection.bank).map_or("Unknown", |source| source.source_type())),
            "created" => Field::When(jiff::tz::Offset::UTC.to_datetime(connection.created)),
            "lastsync" => connection.last_sync.map_or(Field::Missing, |at| Field::When(jiff::tz::Offset::UTC.to_datetime(at))),
            _ => Field::Unknown,
        }
    })?;
    let (teller, page) = (Teller::new(state), paging.slice(&kept));
    Ok(paging.answer(call, "results", kept.len(), page.len(), |index, out| teller.listed_connection(page[index], out)))
}

pub(super) fn create(state: &mut State, call: &Call, id: &str) -> Outcome {
    let Ok(Value::Object(members)) = serde_json::from_slice(&call.body) else {
        return Err(Refused::api(400, "Push object DataConnectionArgs must be provided"));
    };
    let key = members.get("platformKey").and_then(Value::as_str).unwrap_or_default();
    let Some(source) = state.source(key) else {
        return Err(Refused::api(state.switches.unknown_source_status, format!("No integration was found with key {key}")));
    };
    if !source.enabled {
        return Err(Refused::api(state.switches.disabled_source_status, format!("Integration {key} is not enabled")));
    }
    if source.bank.is_none() && has_linked_accounting(state, id) {
        return Err(Refused::api(400, "A company can have only one active accounting connection"));
    }
    let connection = add_pending(state, id, key);
    state.changed();
    Ok(get(state, &connection))
}

/// Whether a company's one accounting connection is taken.
pub(crate) fn has_linked_accounting(state: &State, company: &str) -> bool {
    let connections = state.companies.get(company).into_iter().flat_map(|company| &company.connections);
    connections
        .filter_map(|k| state.connections.get(k))
        .any(|connection| connection.status == LinkState::Linked && !state.is_banking(&connection.bank))
}

/// A new connection that waits for consent.
pub(crate) fn add_pending(state: &mut State, company: &str, source: &str) -> String {
    let id = state.fresh_id();
    state.add_connection(Connection {
        id: id.clone(),
        company: company.to_owned(),
        bank: source.to_owned(),
        status: LinkState::PendingAuth,
        created: state.now(),
        linked_at: None,
        opened: None,
        linking: None,
        revoked: false,
        shared: None,
        holder: None,
        errors: vec![],
        links: crate::links::Links::default(),
        syncs: BTreeMap::new(),
        last_sync: None,
    });
    id
}

pub(super) fn get(state: &mut State, k: &str) -> Answer {
    let link = state.hand_out_link(k);
    let mut out = String::with_capacity(1024);
    if let Some(connection) = state.connections.get(k) {
        Teller::new(state).connection(connection, link.as_deref(), &mut out);
    }
    Answer::raw_json(200, out)
}

pub(super) fn unlink(state: &mut State, call: &Call, k: &str) -> Outcome {
    let wanted = body(call)?.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let strict = state.switches.strict_unlink;
    if wanted != "Unlinked" {
        return Err(Refused::api(400, "The status can only be set to Unlinked"));
    }
    if let Some(connection) = state.connections.get_mut(k) {
        if connection.status == LinkState::Linked {
            connection.status = LinkState::Unlinked;
        } else if strict {
            return Err(Refused::api(400, "Only a linked connection can be unlinked"));
        }
    }
    state.changed();
    Ok(get(state, k))
}

pub(super) fn delete(state: &mut State, k: &str) -> Answer {
    state.remove_connection(k);
    state.changed();
    Answer::empty(200)
}

/// A token from elsewhere is brought in. It links, but does not start the first fetch.
pub(super) fn authorise(state: &mut State, call: &Call, k: &str) -> Outcome {
    body(call)?;
    let now = state.now();
    if let Some(connection) = state.connections.get_mut(k) {
        connection.status = LinkState::Linked;
        connection.revoked = false;
        connection.linked_at = Some(now);
        connection.opened.get_or_insert(now);
    }
    state.plan_consent_end(k, LinkState::Linked, Some(now));
    state.changed();
    Ok(get(state, k))
}
