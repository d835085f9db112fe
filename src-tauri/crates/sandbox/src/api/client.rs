//! What belongs to the client as a whole: sources, profile, sync settings, keys.

use super::{body, no_route};
use crate::answer::{Answer, Outcome, Refused};
use crate::clock::stamp;
use crate::server::Call;
use crate::sources::Source;
use crate::state::{ApiKey, State};
use crate::syncs::TYPES;
use crate::views::{Paging, select};
use crate::world::Field;
use serde_json::{Value, json};
use std::borrow::Cow;

const MOST_KEYS: usize = 10;

pub(super) fn integrations(state: &State, call: &Call) -> Outcome {
    const KNOWN: [&str; 6] = ["key", "name", "enabled", "sourcetype", "sourceid", "integrationid"];
    let paging = Paging::of(call, &state.switches)?;
    let known = |name: &str| KNOWN.contains(&name.to_ascii_lowercase().as_str());
    let kept = select(state.sources(), &paging, "Integration", known, |source: &Source<'_>, name| {
        let text = |text: &str| Field::Text(Cow::Owned(text.to_owned()));
        match name.to_ascii_lowercase().as_str() {
            "key" => text(source.key),
            "name" => text(source.name),
            "enabled" => Field::Flag(source.enabled),
            "sourcetype" => text(source.source_type()),
            "sourceid" => text(&source.source_id.to_string()),
            "integrationid" => text(&source.integration_id.to_string()),
            _ => Field::Unknown,
        }
    })?;
    let page = paging.slice(&kept);
    Ok(paging.answer(call, "results", kept.len(), page.len(), |index, out| {
        out.push_str(&page[index].integration(&state.base_url).to_string());
    }))
}

fn source<'s>(state: &'s State, key: &str) -> Result<Source<'s>, Refused> {
    state.source(key).ok_or_else(|| Refused::api(404, format!("No integration was found with key {key}")))
}

pub(super) fn integration(state: &State, key: &str) -> Outcome {
    Ok(Answer::json(&source(state, key)?.integration(&state.base_url)))
}

pub(super) fn branding(state: &State, key: &str) -> Outcome {
    Ok(Answer::json(&source(state, key)?.branding(&state.base_url)))
}

pub(super) fn profile(state: &State) -> Answer {
    Answer::json(&json!({
        "name": state.options.client_name, "redirectUrl": state.redirect_url.clone().unwrap_or_default(),
        "logoUrl": "", "iconUrl": "", "whiteListUrls": state.allowed_redirects, "confirmCompanyName": false,
    }))
}

pub(super) fn set_profile(state: &mut State, call: &Call) -> Outcome {
    let members = body(call)?;
    let name = members.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refused::api(400, "name is required"))?;
    let url = members.get("redirectUrl").and_then(Value::as_str).ok_or_else(|| Refused::api(400, "redirectUrl is required"))?;
    let allowed = members.get("whiteListUrls").and_then(Value::as_array).cloned().unwrap_or_default();
    name.clone_into(&mut state.options.client_name);
    state.redirect_url = Some(url.to_owned()).filter(|url| !url.is_empty());
    state.allowed_redirects = allowed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    state.changed();
    Ok(profile(state))
}

/// The client's settings, or a company's, which are the client's until it has its own.
pub(super) fn settings(state: &State, company: Option<&str>) -> Answer {
    let own = company.and_then(|id| state.sync_settings.get(id));
    let stored = own.or_else(|| state.sync_settings.get("client")).cloned();
    let mut settings = stored.unwrap_or_else(|| {
        let row = |(order, data_type): (usize, &&str)| {
            json!({
                "dataType": data_type, "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": order, "syncFromWindow": null,
                "isLocked": false,
            })
        };
        json!({ "settings": TYPES.iter().enumerate().map(row).collect::<Vec<Value>>() })
    });
    settings["overridesDefaults"] = json!(if company.is_some() { own.is_some() } else { true });
    match company {
        Some(id) => settings["companyId"] = json!(id),
        None => settings["clientId"] = json!(state.client_id()),
    }
    Answer::json(&settings)
}

pub(super) fn set_settings(state: &mut State, call: &Call, company: Option<&str>) -> Outcome {
    let members = body(call)?;
    let list = members.get("settings").and_then(Value::as_array).ok_or_else(|| Refused::api(400, "settings is required"))?;
    if let Some(missing) = TYPES.iter().find(|data_type| !list.iter().any(|setting| setting["dataType"] == ***data_type)) {
        return Err(Refused::api(400, format!("SyncSettingsValidationException: {missing} is missing")));
    }
    if list.iter().any(|setting| setting["syncSchedule"] == 1) {
        return Err(Refused::api(402, "SyncSettingsValidationException: Sync schedule not allowed"));
    }
    if members.get("overridesDefaults") == Some(&Value::Bool(false)) {
        state.sync_settings.remove(company.unwrap_or("client"));
    } else {
        state.sync_settings.insert(company.unwrap_or("client").to_owned(), json!({ "settings": list }));
    }
    state.changed();
    Ok(Answer::empty(204))
}

fn told(key: &ApiKey) -> Value {
    let mut value = json!({ "id": key.id, "apiKey": key.key, "createdDate": stamp(key.created) });
    if let Some(name) = &key.name {
        value["name"] = json!(name);
    }
    value
}

pub(super) fn keys(state: &State) -> Answer {
    Answer::json(&json!({ "results": state.keys.iter().map(told).collect::<Vec<Value>>() }))
}

pub(super) fn add_key(state: &mut State, call: &Call) -> Outcome {
    let name = if call.body.is_empty() { None } else { body(call)?.get("name").and_then(Value::as_str).map(str::to_owned) };
    if name.as_ref().is_some_and(|name| name.chars().count() > 50) {
        return Err(Refused::api(400, "Max string length (50) for `name` reached."));
    }
    if state.keys.len() >= MOST_KEYS {
        let text = "Maximum number of API keys reached. To create a new API key, delete an unused key and try again.";
        return Err(Refused::api(409, text));
    }
    let id = state.fresh_id();
    let key = crate::options::key_of(state.options.seed, &id);
    let key = ApiKey { id, name, key, created: state.now() };
    let value = told(&key);
    state.keys.push(key);
    state.changed();
    Ok(Answer::raw_json(201, value.to_string()))
}

pub(super) fn delete_key(state: &mut State, id: &str) -> Outcome {
    if !state.keys.iter().any(|key| key.id == id) {
        return Err(no_route());
    }
    if state.keys.len() == 1 {
        return Err(Refused::api(400, "The last API key cannot be deleted."));
    }
    state.keys.retain(|key| key.id != id);
    state.changed();
    Ok(Answer::empty(204))
}

pub(super) fn cors(state: &State) -> Answer {
    Answer::json(&json!({ "allowedOrigins": state.cors_origins }))
}

pub(super) fn set_cors(state: &mut State, call: &Call) -> Outcome {
    let members = body(call)?;
    let list = members.get("allowedOrigins").and_then(Value::as_array).ok_or_else(|| Refused::api(400, "allowedOrigins is required"))?;
    state.cors_origins = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(cors(state))
}
