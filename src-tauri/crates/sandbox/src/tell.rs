//! Companies and connections as Codat tells them, written straight into the answer: a page may hold five thousand. Awkward parts
//! included: members that are null in some, absent in others, and new to everybody.

use crate::links;
use crate::state::{Company, Connection, ErrorRow, State};
use crate::switches::Switches;
use crate::world::{DateForm, Object};
use jiff::Timestamp;
use std::fmt::Write as _;

/// What telling needs to know beside the thing told.
pub(crate) struct Teller<'a> {
    state: &'a State,
    now: Timestamp,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(state: &'a State) -> Self {
        Self { state, now: state.now() }
    }

    fn switches(&self) -> &Switches {
        &self.state.switches
    }

    fn listed(&self, id: &str) -> Option<String> {
        self.switches().one_time_links.then(|| links::of_the_hour(self.state.options.seed, id, self.now))
    }

    /// A company as a list tells it.
    pub(crate) fn listed_company(&self, company: &Company, connections: &[&Connection], out: &mut String) {
        let link = self.listed(&company.id);
        let connections: Vec<(&Connection, Option<String>)> =
            connections.iter().map(|connection| (*connection, self.listed(&connection.id))).collect();
        self.company(company, &connections, link.as_deref(), out);
    }

    /// A connection as a list tells it.
    pub(crate) fn listed_connection(&self, connection: &Connection, out: &mut String) {
        self.connection(connection, self.listed(&connection.id).as_deref(), out);
    }

    /// A company with the passwords of its links.
    pub(crate) fn company(&self, company: &Company, connections: &[(&Connection, Option<String>)], link: Option<&str>, out: &mut String) {
        let (switches, base) = (self.switches(), &self.state.base_url);
        let mut told = Object::open(out);
        told.text("id", &company.id);
        told.text("name", &company.name);
        let redirect = told.member("redirect");
        let _ = write!(redirect, "\"{base}/link/company/{}", company.id);
        if let Some(password) = link {
            let _ = write!(redirect, "?link.otp={password}");
        }
        redirect.push('"');
        told.text("platform", company.legacy_platform.as_deref().unwrap_or_default());
        match &company.description {
            Some(text) => told.text("description", text),
            None => told.null("description"),
        }
        if !switches.legacy {
            told.instant("created", DateForm::SevenDigits, company.created);
        } else if company.legacy_platform.is_some() {
            told.text("status", "pendingAuth");
        }
        told.null("createdByUserName");
        let products = told.member("products");
        products.push_str(&serde_json::Value::from(company.products.clone()).to_string());
        let mut tags = Object::open(told.member("tags"));
        for (key, value) in &company.tags {
            tags.text_as(key, value);
        }
        tags.close();
        if let Some(at) = connections.iter().filter_map(|(connection, _)| connection.last_sync).max() {
            told.instant("lastSync", DateForm::SevenDigits, at);
        }
        let list = told.member("dataConnections");
        list.push('[');
        for (index, (connection, password)) in connections.iter().enumerate() {
            if index > 0 {
                list.push(',');
            }
            self.connection(connection, password.as_deref(), list);
        }
        list.push(']');
        if !switches.legacy {
            told.null("referenceParentCompany");
            told.member("referenceSubsidiaryCompanies").push_str("[]");
        }
        if switches.extra_members {
            told.member("ownerUserIds").push_str("[]");
            told.member("somethingNew").push_str("{\"since\":2027,\"weights\":[1,2.50,null]}");
        }
        told.close();
    }

    /// A connection with the password of its link.
    pub(crate) fn connection(&self, connection: &Connection, link: Option<&str>, out: &mut String) {
        let (switches, base) = (self.switches(), &self.state.base_url);
        let source = self.state.source(&connection.bank);
        let kind = |nth: usize| connection.id.as_bytes().get(nth).map_or(0, |byte| byte % 4);
        let mut told = Object::open(out);
        told.text("id", &connection.id);
        told.text("platformName", source.map_or("", |source| source.name));
        if let Some(source) = source {
            let _ = write!(told.member("integrationId"), "\"{}\"", source.integration_id);
            let _ = write!(told.member("sourceId"), "\"{}\"", source.source_id);
        }
        let address = told.member("linkUrl");
        let _ = write!(address, "\"{base}/link/companies/{}/connections/{}/start", connection.company, connection.id);
        if let Some(password) = link {
            let _ = write!(address, "?otp={password}");
        }
        address.push('"');
        told.text("status", connection.status.word(switches.legacy));
        if !switches.legacy {
            told.text("sourceType", source.map_or("Unknown", |source| source.source_type()));
            told.instant("created", DateForm::SevenDigits, connection.created);
            // Optional since April 2026: some connections lack it.
            if kind(2) != 0 {
                told.text("integrationKey", &connection.bank);
            }
        }
        if let Some(at) = connection.last_sync {
            told.instant("lastSync", DateForm::SevenDigits, at);
        }
        match (connection.errors.is_empty(), kind(0)) {
            (true, 0) => told.null("dataConnectionErrors"),
            (true, 1) => {}
            _ => errors(&connection.errors, told.member("dataConnectionErrors")),
        }
        match kind(1) {
            0 => told.null("connectionInfo"),
            1 => told
                .member("connectionInfo")
                .push_str(r#"{"consent":{"version":2,"scopes":["accounts","balance"]},"tries":1,"ratio":0.50}"#),
            2 => told.member("connectionInfo").push_str(r#"{"CompanyName":"","Access":"continuous"}"#),
            _ => {}
        }
        if switches.extra_members {
            told.member("additionalProperties").push_str(r#"{"new":[1,2.50]}"#);
        }
        told.close();
    }
}

fn errors(rows: &[ErrorRow], out: &mut String) {
    out.push('[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let mut told = Object::open(out);
        told.text("statusCode", &row.code);
        told.text("statusText", &row.text);
        told.text("errorMessage", &row.message);
        told.instant("erroredOnUtc", DateForm::SevenDigits, row.at);
        match row.resolved {
            Some(at) => {
                told.text("status", "Resolved");
                told.instant("resolvedOnUtc", DateForm::SevenDigits, at);
            }
            // The state of an old error is not always known.
            None if index >= 2 => told.null("status"),
            None => {
                told.text("status", "Active");
                told.null("resolvedOnUtc");
            }
        }
        told.close();
    }
    out.push(']');
}
