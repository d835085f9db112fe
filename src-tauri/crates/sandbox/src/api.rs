//! Codat's API: every path, answered from the state.

use crate::answer::{Answer, Outcome, Refused};
use crate::clock::stamp;
use crate::faults::Fault;
use crate::server::Call;
use crate::state::{Company, Connection, Dataset, LinkState, Read, State};
use crate::syncs::{TYPES, known_type};
use crate::views::{Paging, select};
use crate::world::{Field, Mode, Record};
use axum::http::Method;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn answer(state: &mut State, call: &Call, fault: Option<&Fault>) -> Answer {
    route(state, call, fault).unwrap_or_else(|refused| refused.answer(state))
}

fn route(state: &mut State, call: &Call, fault: Option<&Fault>) -> Outcome {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let get = call.method == Method::GET;
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["integrations"]) => integrations(state, call),
        ("GET", ["integrations", key]) => Ok(Answer::json(&bank(state, key)?.integration(&state.base_url))),
        ("GET", ["integrations", key, "branding"]) => Ok(Answer::json(&bank(state, key)?.branding(&state.base_url))),
        ("GET", ["profile"]) => Ok(Answer::json(&profile(state))),
        ("PUT", ["profile"]) => set_profile(state, call),
        ("GET", ["profile", "syncSettings"]) => Ok(Answer::json(&settings_of(state, "client"))),
        ("POST", ["profile", "syncSettings"]) => set_settings(state, call, "client"),
        ("GET", ["apiKeys"]) => Ok(Answer::json(&json!({ "results": [], "pageNumber": 1, "pageSize": 100, "totalResults": 0 }))),
        ("GET", ["companies"]) => companies(state, call, fault),
        ("POST", ["companies"]) => create_company(state, call),
        ("GET", ["companies", id]) => {
            known_company(state, id)?;
            Ok(Answer::json(&company_json(state, id, true)))
        }
        ("PUT" | "PATCH", ["companies", id]) => update_company(state, call, id),
        ("DELETE", ["companies", id]) => delete_company(state, id),
        ("GET", ["companies", id, "accessToken"]) => access_token(state, id),
        ("GET", ["companies", id, "connectionManagement", "accessToken"]) => {
            let ends = "2026-10-12T00:00:00Z".parse().unwrap_or(jiff::Timestamp::MAX);
            if state.now() >= ends { Err(no_route()) } else { access_token(state, id) }
        }
        ("GET", ["companies", id, "syncSettings"]) => {
            known_company(state, id)?;
            Ok(Answer::json(&settings_of(state, id)))
        }
        ("POST", ["companies", id, "syncSettings"]) => {
            known_company(state, id)?;
            set_settings(state, call, id)
        }
        ("GET", ["companies", id, "connections"]) => connections(state, call, id),
        ("POST", ["companies", id, "connections"]) => create_connection(state, call, id),
        ("GET", ["companies", id, "connections", k]) => {
            known_connection(state, id, k)?;
            Ok(Answer::json(&connection_json(state, k, true)))
        }
        ("PATCH", ["companies", id, "connections", k]) => unlink(state, call, id, k),
        ("DELETE", ["companies", id, "connections", k]) => delete_connection(state, id, k),
        ("GET", ["companies", id, "dataStatus"]) => data_status(state, id),
        ("POST", ["companies", id, "data", "all"]) => refresh_all(state, id),
        ("POST", ["companies", id, "data", "queue", "all"]) if state.switches.legacy => refresh_all(state, id),
        ("POST", ["companies", id, "data", "queue", data_type]) => queue(state, call, id, data_type),
        ("GET", ["companies", id, "data", "history"]) => history(state, call, id, fault),
        ("GET", ["companies", id, "data", "history", dataset]) => {
            known_company(state, id)?;
            let found = state.datasets.get(*dataset).filter(|found| found.company == *id);
            let found = found.ok_or_else(|| Refused::api(404, format!("Dataset {dataset} not found")))?;
            Ok(Answer::json(&state.pull_operation(found)))
        }
        ("GET", ["companies", id, "connections", k, "data", data_type]) => records(state, call, id, k, data_type, None, fault),
        ("GET", ["companies", id, "connections", k, "data", data_type, record]) => {
            records(state, call, id, k, data_type, Some(record), fault)
        }
        ("GET", ["companies", id, "data", "banking-transactions"]) => {
            let company = known_company(state, id)?;
            let [only] = company.connections.as_slice() else { return Err(Refused::api(404, "Data connection not found")) };
            let only = only.clone();
            records(state, call, id, &only, "banking-transactions", None, fault)
        }
        ("POST" | "GET", ["companies", id, "connections", _, "data", ..]) if segments.contains(&"custom") => {
            known_company(state, id)?;
            Err(Refused::new(451, "StdznCustomData", "This platform is not available for compliance reasons"))
        }
        _ if knows_path(&segments) && !get => Err(Refused::api(405, "Method Not Allowed")),
        _ if knows_path(&segments) => Err(Refused::api(405, "Method Not Allowed")),
        _ => Err(no_route()),
    }
}

fn knows_path(segments: &[&str]) -> bool {
    matches!(
        segments,
        ["integrations" | "profile" | "companies" | "apiKeys"]
            | ["integrations" | "companies", _]
            | ["profile", "syncSettings"]
            | ["companies", _, "connections" | "dataStatus" | "syncSettings" | "accessToken"]
            | ["companies", _, "connections", _]
            | ["companies", _, "data", "all" | "history"]
            | ["companies", _, "connections", _, "data", _]
    )
}

fn no_route() -> Refused {
    Refused::api(404, "Not Found")
}

fn bank<'s>(state: &'s State, key: &str) -> Result<&'s crate::world::Bank, Refused> {
    state.bank(key).ok_or_else(|| Refused::api(404, format!("No integration was found with key {key}")))
}

fn known_company<'s>(state: &'s State, id: &str) -> Result<&'s Company, Refused> {
    state.companies.get(id).ok_or_else(|| Refused::new(404, "ClientsApi", format!("No company was found with ID {id}")))
}

fn known_connection<'s>(state: &'s State, company: &str, id: &str) -> Result<&'s Connection, Refused> {
    known_company(state, company)?;
    let found = state.connections.get(id).filter(|found| found.company == company);
    found.ok_or_else(|| Refused::api(404, format!("Data connection {id} not found")))
}

fn body(call: &Call) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refused::api(400, "The request body is not valid")),
    }
}

// ------------------------------------------------------------------------------------------------ sources and client

fn integrations(state: &mut State, call: &Call) -> Outcome {
    let paging = Paging::of(call)?;
    let base = state.base_url.clone();
    let all: Vec<usize> = (0..state.catalogue.banks().len()).collect();
    let banks = state.catalogue.banks();
    let kept = select(all, &paging, "Integration", |index, name| {
        let bank = &banks[*index];
        match name.to_ascii_lowercase().as_str() {
            "key" => Field::Text(Cow::Borrowed(&bank.key)),
            "name" => Field::Text(Cow::Borrowed(&bank.name)),
            "enabled" => Field::Flag(bank.enabled),
            "sourcetype" => Field::Text(Cow::Borrowed("Banking")),
            "sourceid" => Field::Text(Cow::Owned(bank.source_id.to_string())),
            "integrationid" => Field::Text(Cow::Owned(bank.integration_id.to_string())),
            _ => Field::Unknown,
        }
    })?;
    let mut rows = paging.slice(&kept).iter().map(|index| banks[*index].integration(&base).to_string());
    Ok(paging.answer(call, kept.len(), &mut rows))
}

fn profile(state: &State) -> Value {
    json!({
        "name": state.options.client_name, "redirectUrl": state.redirect_url.clone().unwrap_or_default(),
        "logoUrl": "", "iconUrl": "", "whiteListUrls": [], "confirmCompanyName": false,
    })
}

fn set_profile(state: &mut State, call: &Call) -> Outcome {
    let members = body(call)?;
    let url = members.get("redirectUrl").and_then(Value::as_str).ok_or_else(|| Refused::api(400, "redirectUrl is required"))?;
    state.redirect_url = Some(url.to_owned()).filter(|url| !url.is_empty());
    state.save();
    Ok(Answer::json(&profile(state)))
}

fn settings_of(state: &State, whose: &str) -> Value {
    let stored = state.sync_settings.get(whose).or_else(|| state.sync_settings.get("client"));
    stored.cloned().unwrap_or_else(|| {
        let settings: Vec<Value> = TYPES
            .iter()
            .enumerate()
            .map(|(order, data_type)| json!({ "dataType": data_type, "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": order, "isLocked": false }))
            .collect();
        json!({ "settings": settings, "overridesDefaults": false })
    })
}

fn set_settings(state: &mut State, call: &Call, whose: &str) -> Outcome {
    let mut members = body(call)?;
    let list = members.get("settings").and_then(Value::as_array).ok_or_else(|| Refused::api(400, "settings is required"))?;
    if list.iter().any(|setting| setting["syncSchedule"] == 1) {
        return Err(Refused::api(402, "SyncSettingsValidationException: Sync schedule not allowed"));
    }
    members.insert("overridesDefaults".into(), json!(true));
    state.sync_settings.insert(whose.to_owned(), Value::Object(members));
    Ok(Answer::empty(204))
}

fn access_token(state: &mut State, id: &str) -> Outcome {
    known_company(state, id)?;
    let token = state.fresh_id();
    Ok(Answer::json(&json!({ "expiresIn": 86_400, "accessToken": token, "tokenType": "Bearer" })))
}

// -------------------------------------------------------------------------------------------------------- companies

fn company_json(state: &mut State, id: &str, alone: bool) -> Value {
    let legacy = state.switches.legacy;
    let Some(company) = state.companies.get(id).cloned() else { return Value::Null };
    let connections: Vec<Value> = company.connections.iter().map(|k| connection_json(state, k, alone)).collect();
    let last_sync = company.connections.iter().filter_map(|k| state.connections.get(k)?.last_sync).max();
    let mut redirect = format!("{}/link/company/{id}", state.base_url);
    if state.switches.one_time_links {
        redirect.push_str("?link.otp=");
        redirect.push_str(&state.fresh_otp());
    }
    let mut value = json!({
        "id": company.id, "name": company.name, "redirect": redirect, "platform": company.legacy_platform.clone().unwrap_or_default(),
        "description": company.description, "createdByUserName": null, "products": [], "tags": company.tags, "dataConnections": connections,
    });
    if !legacy {
        value["created"] = json!(stamp(company.created));
        value["referenceSubsidiaryCompanies"] = json!([]);
        value["referenceParentCompany"] = Value::Null;
    }
    if legacy && company.legacy_platform.is_some() {
        value["status"] = json!("pendingAuth");
    }
    if let Some(at) = last_sync {
        value["lastSync"] = json!(stamp(at));
    }
    if state.switches.extra_members {
        value["ownerUserIds"] = json!([]);
        value["somethingNew"] = json!({ "since": 2027 });
    }
    value
}

fn company_field<'a>(state: &'a State, id: &str, name: &str) -> Field<'a> {
    let Some(company) = state.companies.get(id) else { return Field::Missing };
    let when = |at: jiff::Timestamp| Field::When(jiff::tz::Offset::UTC.to_datetime(at));
    match name.to_ascii_lowercase().as_str() {
        "id" => Field::Text(Cow::Borrowed(&company.id)),
        "name" => Field::Text(Cow::Borrowed(&company.name)),
        "description" => company.description.as_deref().map_or(Field::Missing, |text| Field::Text(Cow::Borrowed(text))),
        "created" => when(company.created),
        "lastsync" => company.connections.iter().filter_map(|k| state.connections.get(k)?.last_sync).max().map_or(Field::Missing, when),
        "platform" => Field::Text(Cow::Borrowed("")),
        // Arrays cannot be asked, except for this documented one.
        "dataconnections.status" => {
            let words: Vec<&str> =
                company.connections.iter().filter_map(|k| state.connections.get(k)).map(|found| found.status.word(false)).collect();
            Field::Text(Cow::Owned(words.join(" ")))
        }
        _ => Field::Unknown,
    }
}

/// Statuses of several connections are compared one by one.
fn status_matches(field: &Field<'_>) -> bool {
    matches!(field, Field::Text(text) if text.contains(' '))
}

fn companies(state: &mut State, call: &Call, fault: Option<&Fault>) -> Outcome {
    let paging = Paging::of(call)?;
    let tags = call.param("tags").filter(|text| !text.is_empty()).map(TagTest::parse).transpose()?;
    let lagging: Vec<String> = state.unindexed.keys().cloned().collect();
    let mut ids: Vec<String> = state
        .company_order
        .iter()
        .filter(|id| {
            tags.as_ref().is_none_or(|tests| {
                !lagging.contains(id) && state.companies.get(*id).is_some_and(|company| tests.iter().all(|test| test.holds(&company.tags)))
            })
        })
        .cloned()
        .collect();
    if tags.is_some() {
        state.unindexed.retain(|_, left| {
            *left = left.saturating_sub(1);
            *left > 0
        });
    }
    let shown: &State = state;
    ids = select(ids, &paging, "Company", |id, name| {
        let field = company_field(shown, id, name);
        if name.eq_ignore_ascii_case("dataConnections.status") && status_matches(&field) {
            // One of several: the query sees the first that is not linked, or Linked.
            let Field::Text(words) = field else { return field };
            return Field::Text(Cow::Owned(words.split(' ').find(|word| *word != "Linked").unwrap_or("Linked").to_owned()));
        }
        field
    })?;
    let page: Vec<String> = paging.slice(&ids).to_vec();
    let mut rows: Vec<String> = page.iter().map(|id| company_json(state, id, false).to_string()).collect();
    if fault == Some(&Fault::WrongOrder) {
        rows.reverse();
    }
    let answer = paging.answer(call, ids.len(), &mut rows.into_iter());
    if state.switches.legacy {
        let text = String::from_utf8_lossy(&answer.body).replacen("\"results\"", "\"companies\"", 1);
        return Ok(Answer::raw_json(200, text));
    }
    Ok(answer)
}

/// A test on tags: `=`, `!=`, `~`.
struct TagTest {
    key: String,
    value: String,
    op: char,
}

impl TagTest {
    fn parse(text: &str) -> Result<Vec<Self>, Refused> {
        text.split("&&")
            .map(|test| {
                let (key, value, op) = if let Some((key, value)) = test.split_once("!=") {
                    (key, value, '!')
                } else if let Some((key, value)) = test.split_once('=') {
                    (key, value, '=')
                } else {
                    let (key, value) = test.split_once('~').ok_or_else(crate::query::malformed)?;
                    (key, value, '~')
                };
                Ok(Self { key: key.trim().to_owned(), value: value.trim().to_owned(), op })
            })
            .collect()
    }

    fn holds(&self, tags: &BTreeMap<String, String>) -> bool {
        let value = tags.get(&self.key).map(String::as_str);
        match self.op {
            '=' => value == Some(&self.value),
            '!' => value != Some(&self.value),
            _ => value.is_some_and(|value| value.contains(&self.value)),
        }
    }
}

/// Codat keeps these and silently drops everything else.
fn kept_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "-',&@.,?!".contains(c)
}

fn read_name(members: &Map<String, Value>) -> Result<Option<String>, Refused> {
    let Some(name) = members.get("name").filter(|name| !name.is_null()) else { return Ok(None) };
    let name: String = name.as_str().unwrap_or_default().chars().filter(|c| kept_in_name(*c)).collect();
    let name = name.trim().to_owned();
    if name.is_empty() { Err(Refused::new(400, "ClientsApi", "Company name is required")) } else { Ok(Some(name)) }
}

fn read_tags(members: &Map<String, Value>) -> Result<Option<BTreeMap<String, String>>, Refused> {
    let Some(tags) = members.get("tags").filter(|tags| !tags.is_null()) else { return Ok(None) };
    let tags: BTreeMap<String, String> =
        serde_json::from_value(tags.clone()).map_err(|_| Refused::new(400, "ClientsApi", "Tags must be text"))?;
    let good = tags.len() <= 10 && tags.iter().all(|(key, value)| (1..=27).contains(&key.chars().count()) && value.chars().count() <= 100);
    if good { Ok(Some(tags)) } else { Err(Refused::new(400, "ClientsApi", "At most 10 tags, keys of 27 and values of 100 characters")) }
}

fn create_company(state: &mut State, call: &Call) -> Outcome {
    if state.switches.company_limit {
        return Err(Refused::api(402, "The limit of connected companies of your plan is reached"));
    }
    let members = body(call)?;
    let name = read_name(&members)?.ok_or_else(|| Refused::new(400, "ClientsApi", "Company name is required"))?;
    let tags = read_tags(&members)?.unwrap_or_default();
    let id = state.fresh_id();
    let legacy_platform = members.get("platformType").and_then(Value::as_str).filter(|_| state.switches.legacy).map(str::to_owned);
    let company = Company {
        id: id.clone(),
        name,
        description: members.get("description").and_then(Value::as_str).map(str::to_owned),
        tags,
        created: state.now(),
        connections: vec![],
        legacy_platform: legacy_platform.clone(),
    };
    if state.switches.tag_lag > 0 {
        state.unindexed.insert(id.clone(), state.switches.tag_lag);
    }
    state.add_company(company);
    if let Some(platform) = legacy_platform {
        add_pending(state, &id, &platform);
    }
    state.save();
    Ok(Answer::json(&company_json(state, &id, true)))
}

fn update_company(state: &mut State, call: &Call, id: &str) -> Outcome {
    known_company(state, id)?;
    let members = body(call)?;
    let (name, tags) = (read_name(&members)?, read_tags(&members)?);
    let description = members.get("description").and_then(Value::as_str).map(str::to_owned);
    let replaces = call.method == Method::PUT;
    if replaces && name.is_none() {
        return Err(Refused::new(400, "ClientsApi", "Company name is required"));
    }
    if let Some(company) = state.companies.get_mut(id) {
        company.name = name.unwrap_or_else(|| company.name.clone());
        company.tags = tags.unwrap_or_else(|| if replaces { BTreeMap::new() } else { company.tags.clone() });
        company.description = description.or_else(|| if replaces { None } else { company.description.clone() });
    }
    state.save();
    Ok(Answer::json(&company_json(state, id, true)))
}

fn delete_company(state: &mut State, id: &str) -> Outcome {
    let company = known_company(state, id)?.clone();
    for connection in &company.connections {
        state.connections.remove(connection);
    }
    state.companies.remove(id);
    state.company_order.retain(|other| other != id);
    state.history.remove(id);
    state.save();
    Ok(Answer::empty(204))
}

// ------------------------------------------------------------------------------------------------------ connections

fn connection_json(state: &mut State, id: &str, alone: bool) -> Value {
    let now = state.now();
    let mut link = String::new();
    let with_otp = state.switches.one_time_links;
    if with_otp && alone {
        let otp = state.fresh_otp();
        if let Some(connection) = state.connections.get_mut(id) {
            connection.otp = Some((otp.clone(), now));
        }
        link = format!("?otp={otp}");
    } else if with_otp {
        // In a list the password is only told, not made anew: a listing must not burn links that were handed out.
        let otp = state.connections.get(id).and_then(|connection| connection.otp.clone());
        link = otp.map(|(otp, _)| format!("?otp={otp}")).unwrap_or_default();
    }
    let Some(connection) = state.connections.get(id) else { return Value::Null };
    let legacy = state.switches.legacy;
    let bank = state.bank(&connection.bank);
    let errors: Vec<Value> = connection
        .errors
        .iter()
        .map(|error| {
            json!({
                "statusCode": error.code, "statusText": error.text, "errorMessage": error.message, "erroredOnUtc": stamp(error.at),
                "status": if error.resolved.is_some() { "Resolved" } else { "Active" }, "resolvedOnUtc": error.resolved.map(stamp),
            })
        })
        .collect();
    let mut value = json!({
        "id": connection.id, "platformName": bank.map_or("", |bank| &bank.name),
        "integrationId": bank.map(|bank| bank.integration_id.to_string()), "sourceId": bank.map(|bank| bank.source_id.to_string()),
        "linkUrl": format!("{}/link/companies/{}/connections/{id}/start{link}", state.base_url, connection.company),
        "status": connection.status.word(legacy),
    });
    if !legacy {
        value["sourceType"] = json!("Banking");
        value["created"] = json!(stamp(connection.created));
        // Optional since April 2026: some connections lack it.
        if !id.ends_with(['0', '1']) {
            value["integrationKey"] = json!(connection.bank);
        }
    }
    if let Some(at) = connection.last_sync {
        value["lastSync"] = json!(stamp(at));
    }
    match (errors.is_empty(), id.as_bytes().first().map(|byte| byte % 3)) {
        (true, Some(0)) => value["dataConnectionErrors"] = Value::Null,
        (true, Some(1)) => {}
        _ => value["dataConnectionErrors"] = json!(errors),
    }
    match id.as_bytes().get(1).map(|byte| byte % 3) {
        Some(0) => value["connectionInfo"] = Value::Null,
        Some(1) => value["connectionInfo"] = json!({ "consent": { "version": 2 }, "tries": 1 }),
        _ => {}
    }
    if state.switches.extra_members {
        value["additionalProperties"] = json!({ "new": [1, 2.50] });
    }
    value
}

fn connections(state: &mut State, call: &Call, id: &str) -> Outcome {
    let company = known_company(state, id)?.clone();
    let paging = Paging::of(call)?;
    let shown: &State = state;
    let kept = select(company.connections, &paging, "Connection", |k, name| {
        let Some(connection) = shown.connections.get(k) else { return Field::Missing };
        match name.to_ascii_lowercase().as_str() {
            "id" => Field::Text(Cow::Borrowed(&connection.id)),
            "status" => Field::Text(Cow::Borrowed(connection.status.word(false))),
            "created" => Field::When(jiff::tz::Offset::UTC.to_datetime(connection.created)),
            _ => Field::Unknown,
        }
    })?;
    let page: Vec<String> = paging.slice(&kept).to_vec();
    let mut rows = page.iter().map(|k| connection_json(state, k, false).to_string()).collect::<Vec<_>>().into_iter();
    Ok(paging.answer(call, kept.len(), &mut rows))
}

fn create_connection(state: &mut State, call: &Call, id: &str) -> Outcome {
    known_company(state, id)?;
    let Ok(Value::Object(members)) = serde_json::from_slice(&call.body) else {
        return Err(Refused::api(400, "Push object DataConnectionArgs must be provided"));
    };
    let key = members.get("platformKey").and_then(Value::as_str).unwrap_or_default();
    match state.bank(key) {
        None => return Err(Refused::api(404, format!("No integration was found with key {key}"))),
        Some(bank) if !bank.enabled => return Err(Refused::api(400, format!("Integration {key} is not enabled"))),
        Some(_) => {}
    }
    let connection = add_pending(state, id, key);
    state.save();
    Ok(Answer::json(&connection_json(state, &connection, true)))
}

/// A new connection that waits for consent.
pub(crate) fn add_pending(state: &mut State, company: &str, bank: &str) -> String {
    let id = state.fresh_id();
    state.add_connection(Connection {
        id: id.clone(),
        company: company.to_owned(),
        bank: bank.to_owned(),
        status: LinkState::PendingAuth,
        created: state.now(),
        linked_at: None,
        opened: None,
        linking: None,
        errors: vec![],
        otp: None,
        reads: BTreeMap::new(),
        last_sync: None,
    });
    id
}

fn unlink(state: &mut State, call: &Call, id: &str, k: &str) -> Outcome {
    let connection = known_connection(state, id, k)?;
    let wanted = body(call)?.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    if wanted != "Unlinked" || connection.status != LinkState::Linked {
        return Err(Refused::api(400, "Only a linked connection can be unlinked"));
    }
    if let Some(connection) = state.connections.get_mut(k) {
        connection.status = LinkState::Unlinked;
    }
    state.save();
    Ok(Answer::json(&connection_json(state, k, true)))
}

fn delete_connection(state: &mut State, id: &str, k: &str) -> Outcome {
    known_connection(state, id, k)?;
    state.connections.remove(k);
    if let Some(company) = state.companies.get_mut(id) {
        company.connections.retain(|other| other != k);
    }
    state.save();
    Ok(Answer::empty(200))
}

// ------------------------------------------------------------------------------------------------------------ reads

fn data_status(state: &mut State, id: &str) -> Outcome {
    let company = known_company(state, id)?;
    let now = state.now();
    let mut all = Map::new();
    let supported = if company.connections.is_empty() { &[][..] } else { &TYPES[..] };
    for data_type in supported {
        let datasets: Vec<&Dataset> = state
            .history
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|dataset| state.datasets.get(dataset))
            .filter(|dataset| dataset.data_type == *data_type)
            .collect();
        let mut entry = json!({ "dataType": data_type });
        if let Some(latest) = datasets.last() {
            entry["currentStatus"] = json!(latest.status(now));
            entry["latestSyncId"] = json!(latest.id);
        }
        if let Some(good) = datasets.iter().rev().find(|dataset| dataset.ends() <= now && dataset.status(now) == "Complete") {
            entry["lastSuccessfulSync"] = json!(stamp(good.ends()));
            entry["latestSuccessfulSyncId"] = json!(good.id);
        }
        all.insert((*data_type).to_owned(), entry);
    }
    Ok(Answer::json(&Value::Object(all)))
}

fn refresh_all(state: &mut State, id: &str) -> Outcome {
    let company = known_company(state, id)?.clone();
    let now = state.now();
    for k in &company.connections {
        if state.connections.get(k).is_none_or(|connection| connection.status != LinkState::Linked) {
            continue;
        }
        for data_type in TYPES {
            if state.fetches_on_first_link(id, data_type) && running(state, id, k, data_type).is_none() {
                state.queue(k, data_type, now);
            }
        }
    }
    state.save();
    Ok(Answer::empty(204))
}

fn running(state: &State, company: &str, connection: &str, data_type: &str) -> Option<String> {
    let now = state.now();
    let ids = state.history.get(company)?;
    let found = ids
        .iter()
        .rev()
        .filter_map(|id| state.datasets.get(id))
        .find(|dataset| dataset.connection == connection && dataset.data_type == data_type)?;
    (found.ends() > now).then(|| found.id.clone())
}

fn queue(state: &mut State, call: &Call, id: &str, data_type: &str) -> Outcome {
    let company = known_company(state, id)?.clone();
    let connections: Vec<String> = match call.param("connectionId").filter(|text| !text.is_empty()) {
        Some(k) => vec![known_connection(state, id, k)?.id.clone()],
        None => company.connections.clone(),
    };
    let Some(data_type) = known_type(data_type) else {
        let platform = connections
            .first()
            .and_then(|k| state.connections.get(k))
            .and_then(|found| state.bank(&found.bank))
            .map(|bank| bank.source_id.to_string());
        let accounting = ["bankAccounts", "bankTransactions", "invoices", "bills", "balanceSheet"].contains(&data_type);
        return Err(if accounting {
            Refused::api(400, format!("Datatype '{data_type}' not supported by platform {}", platform.unwrap_or_default()))
        } else {
            Refused::api(404, format!("Datatype '{data_type}' not found"))
        });
    };
    let now = state.now();
    let mut first = None;
    for k in &connections {
        if state.connections.get(k).is_none_or(|connection| connection.status != LinkState::Linked) {
            continue;
        }
        if let Some(busy) = running(state, id, k, data_type) {
            let text = format!(
                "DatasetAlreadyInProgressException: Cannot queue {data_type} sync for {id} as previous sync {busy} is still in progress"
            );
            return Err(Refused::new(state.switches.in_progress_status, "PullApi", text));
        }
        let queued = state.queue(k, data_type, now);
        first = first.or(queued);
    }
    let first = first.ok_or_else(|| Refused::new(400, "PullApi", "The company has no linked connection for this data type"))?;
    state.save();
    state.settle();
    let dataset = state.datasets.get(&first).ok_or_else(no_route)?;
    Ok(Answer::json(&state.pull_operation(dataset)))
}

fn history(state: &mut State, call: &Call, id: &str, fault: Option<&Fault>) -> Outcome {
    known_company(state, id)?;
    let paging = Paging::of(call)?;
    let now = state.now();
    let ids: Vec<String> = state.history.get(id).cloned().unwrap_or_default();
    let shown: &State = state;
    let kept = select(ids, &paging, "PullOperation", |dataset, name| {
        let Some(found) = shown.datasets.get(dataset) else { return Field::Missing };
        let when = |at: jiff::Timestamp| Field::When(jiff::tz::Offset::UTC.to_datetime(at));
        match name.to_ascii_lowercase().as_str() {
            "id" => Field::Text(Cow::Borrowed(&found.id)),
            "connectionid" => Field::Text(Cow::Borrowed(&found.connection)),
            "datatype" => Field::Text(Cow::Borrowed(&found.data_type)),
            "status" => Field::Text(Cow::Owned(found.status(now).to_owned())),
            "requested" => when(found.requested),
            "completed" => {
                if found.ends() <= now {
                    when(found.ends())
                } else {
                    Field::Missing
                }
            }
            "progress" => Field::Missing,
            _ => Field::Unknown,
        }
    })?;
    let page: Vec<String> = paging.slice(&kept).to_vec();
    let mut rows: Vec<Value> = page.iter().filter_map(|dataset| Some(state.pull_operation(state.datasets.get(dataset)?))).collect();
    match fault {
        Some(Fault::WrongOrder) => rows.reverse(),
        Some(Fault::WrongCompany) => {
            let stranger = state.fresh_id();
            rows.iter_mut().for_each(|row| row["companyId"] = json!(stranger));
        }
        _ => {}
    }
    Ok(paging.answer(call, kept.len(), &mut rows.iter().map(Value::to_string)))
}

// ---------------------------------------------------------------------------------------------------------- banking

fn records(state: &mut State, call: &Call, id: &str, k: &str, data_type: &str, record: Option<&str>, fault: Option<&Fault>) -> Outcome {
    known_connection(state, id, k)?;
    let Some(data_type) = known_type(data_type) else {
        return Err(Refused::api(404, format!("Datatype [{data_type}] not supported by platform(s) [{k}]")));
    };
    if fault == Some(&Fault::SyncLands) {
        let now = state.now();
        land(state, k, data_type, now);
    }
    let reads = state.connections.get(k).and_then(|found| found.reads.get(data_type)).filter(|reads| !reads.is_empty());
    let Some(newest) = reads.and_then(|reads| reads.last()).map(|read| read.at) else {
        return Err(Refused::new(409, "PullApi", "The data set has not been requested."));
    };
    let ledger = state.ledger(k, newest).ok_or_else(no_route)?;
    match data_type {
        "banking-accounts" => list(state, call, k, &ledger.accounts, record, fault),
        "banking-accountBalances" if record.is_some() => Err(no_route()),
        "banking-accountBalances" => list(state, call, k, &ledger.balances, record, fault),
        "banking-transactions" => list(state, call, k, &ledger.transactions, record, fault),
        _ => list(state, call, k, &ledger.categories, record, fault),
    }
}

/// A read that ended this very moment.
fn land(state: &mut State, connection: &str, data_type: &str, now: jiff::Timestamp) {
    let Some(dataset) = state.queue(connection, data_type, now) else { return };
    if let Some(dataset) = state.datasets.get_mut(&dataset) {
        dataset.walk = vec![(now, "Complete".into())];
        dataset.settled = true;
    }
    state.running.retain(|running| *running != dataset);
    if let Some(found) = state.connections.get_mut(connection) {
        found.last_sync = Some(now);
        let drop_every = state.switches.drop_every;
        found.reads.entry(data_type.to_owned()).or_default().push(Read { at: now, from: None, drop_every });
    }
}

fn list<R: Record>(state: &mut State, call: &Call, k: &str, records: &[R], record: Option<&str>, fault: Option<&Fault>) -> Outcome {
    if let Some(id) = record {
        let paging = Paging { page: 1, size: 1, query: None, order: None };
        let view = state.view(k, records, &paging)?;
        let found = view.iter().find(|(index, _)| records[*index].id() == Some(id));
        let (index, touched) = found.ok_or_else(|| Refused::api(404, format!("{} {id} not found", R::DATA_TYPE)))?;
        return Ok(Answer::raw_json(200, records[*index].to_json(*touched)));
    }
    let paging = Paging::of(call)?;
    let view: Arc<Vec<_>> = state.view(k, records, &paging)?;
    if view.is_empty() && paging.query.is_none() && state.switches.empty_is_404 {
        return Err(Refused::new(404, "PullApi", format!("No data available for {}", R::DATA_TYPE)));
    }
    let mut page: Vec<(usize, jiff::Timestamp)> = paging.slice(&view).to_vec();
    if fault == Some(&Fault::WrongOrder) {
        page.reverse();
    }
    Ok(paging.answer(call, view.len(), &mut page.iter().map(|(index, touched)| records[*index].to_json(*touched))))
}

/// Whether consent lets the customer pick the bank on the page.
pub(crate) fn picks_bank_there(state: &State) -> bool {
    state.mode() == Mode::Plaid
}
