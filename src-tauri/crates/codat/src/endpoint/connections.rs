//! Connections of a company.

use super::{endpoint, object};
use crate::error::Error;
use crate::ids::{CompanyId, ConnectionId, PlatformKey};
use crate::model::Connection;
use crate::page::{Page, PageQuery, Record};
use serde::Deserialize;

/// The body that asks for a connection to a source: an object, since 2023 no longer a bare text.
#[must_use]
pub fn connection_body(source: &PlatformKey) -> Vec<u8> {
    serde_json::json!({ "platformKey": source }).to_string().into_bytes()
}

endpoint! {
    /// Lists a company's connections.
    ListConnections<'a> { /** Company. */ company: &'a CompanyId, /** Which page. */ page: PageQuery }
    GET "/companies/{companyId}/connections", |this| ["companies", this.company.as_str(), "connections"], query this.page.pairs()
    => Page<Connection>, |body| Page::read(&body, "dataConnections")
}

endpoint! {
    /// Makes a connection, once per key.
    CreateConnection<'a> { /** Company. */ company: &'a CompanyId, /** From `connection_body`, frozen. */ frozen: &'a [u8], /** GUID. */ key: &'a str }
    POST "/companies/{companyId}/connections", |this| ["companies", this.company.as_str(), "connections"], body this.frozen, key this.key
    => Record<Connection>, |body| object(&body, "a new connection").or_else(|error| only_its_id(&body).ok_or(error))
}

endpoint! {
    /// One connection, with a fresh link.
    GetConnection<'a> { /** Company. */ company: &'a CompanyId, /** Connection. */ connection: &'a ConnectionId }
    GET "/companies/{companyId}/connections/{connectionId}", |this| ["companies", this.company.as_str(), "connections", this.connection.as_str()]
    => Record<Connection>, |body| object(&body, "a connection")
}

endpoint! {
    /// Ends a linked connection; its data stays readable. Doing it twice does no harm, so it needs no idempotency key.
    Unlink<'a> { /** Company. */ company: &'a CompanyId, /** Connection. */ connection: &'a ConnectionId }
    PATCH "/companies/{companyId}/connections/{connectionId}",
    |this| ["companies", this.company.as_str(), "connections", this.connection.as_str()], body br#"{"status":"Unlinked"}"#
    => Record<Connection>, |body| object(&body, "a connection")
}

endpoint! {
    /// Deletes a connection and access to its data. Answers 200 with nothing in it.
    DeleteConnection<'a> { /** Company. */ company: &'a CompanyId, /** Connection. */ connection: &'a ConnectionId }
    DELETE "/companies/{companyId}/connections/{connectionId}",
    |this| ["companies", this.company.as_str(), "connections", this.connection.as_str()]
    => (), |_| Ok::<(), Error>(())
}

/// It was made, and the answer has grown something that does not fit: its id is enough to go on, and asking again would make another.
fn only_its_id(body: &[u8]) -> Option<Record<Connection>> {
    #[derive(Deserialize)]
    struct Made {
        id: ConnectionId,
    }
    let made: Made = serde_json::from_slice(body).ok()?;
    let connection = serde_json::json!({ "id": made.id, "status": "PendingAuth" });
    Some(Record { value: serde_json::from_value(connection).ok()?, raw: String::from_utf8_lossy(body).into_owned() })
}
