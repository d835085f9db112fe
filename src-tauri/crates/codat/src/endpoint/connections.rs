//! Connections of a company.

use super::{endpoint, object};
use crate::model::Connection;
use crate::page::{Page, PageQuery};

/// The body that asks for a connection to a source.
#[must_use]
pub fn connection_body(platform_key: &str) -> Vec<u8> {
    serde_json::json!({ "platformKey": platform_key }).to_string().into_bytes()
}

endpoint! {
    /// Lists a company's connections.
    ListConnections<'a> { /** Company. */ company: &'a str, /** Which page. */ page: PageQuery }
    GET "/companies/{companyId}/connections", |this| ["companies", this.company, "connections"], query this.page.pairs()
    => Page<Connection>, |body| Page::read(body, "connections")
}

endpoint! {
    /// Makes a connection, once per key.
    CreateConnection<'a> { /** Company. */ company: &'a str, /** From `connection_body`, frozen. */ frozen: &'a [u8], /** GUID. */ key: &'a str }
    POST "/companies/{companyId}/connections", |this| ["companies", this.company, "connections"], body this.frozen, key this.key
    => Connection, |body| object(body, "a new connection")
}

endpoint! {
    /// One connection, with a fresh link.
    GetConnection<'a> { /** Company. */ company: &'a str, /** Connection. */ connection: &'a str }
    GET "/companies/{companyId}/connections/{connectionId}", |this| ["companies", this.company, "connections", this.connection]
    => Connection, |body| object(body, "a connection")
}

endpoint! {
    /// Ends a linked connection; its data stays readable.
    Unlink<'a> { /** Company. */ company: &'a str, /** Connection. */ connection: &'a str, /** GUID. */ key: &'a str }
    PATCH "/companies/{companyId}/connections/{connectionId}", |this| ["companies", this.company, "connections", this.connection],
    body br#"{"status":"Unlinked"}"#, key this.key
    => Connection, |body| object(body, "a connection")
}

endpoint! {
    /// Deletes a connection and access to its data.
    DeleteConnection<'a> { /** Company. */ company: &'a str, /** Connection. */ connection: &'a str }
    DELETE "/companies/{companyId}/connections/{connectionId}", |this| ["companies", this.company, "connections", this.connection]
    => (), |_| Ok(())
}
