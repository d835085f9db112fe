//! Every request as data: what it sends, which row of the retry table it is.

use super::banking::{ListAccounts, ListBalances, ListCategories, ListTransactions};
use super::companies::{CompanyBody, CreateCompany, DeleteCompany, GetCompany, ListCompanies, UpdateCompany, tag_is};
use super::connections::{CreateConnection, DeleteConnection, GetConnection, ListConnections, Unlink, connection_body};
use super::data::{GetDataStatus, GetHistory, ListHistory, QueueDataType, RefreshAll};
use super::integrations::{GetIntegration, ListIntegrations};
use super::settings::{GetClientSyncSettings, GetCompanySyncSettings, GetProfile, SetClientSyncSettings, SetCompanySyncSettings};
use super::*;
use crate::ids::{CompanyId, ConnectionId, DatasetId, PlatformKey};
use crate::page::PageQuery;
use std::collections::BTreeMap;

/// Method, path, kind.
fn sent<E: Endpoint>(endpoint: &E) -> (String, String, Kind) {
    (endpoint.method().to_string(), format!("/{}", endpoint.segments().join("/")), endpoint.kind())
}

#[test]
fn every_request_goes_where_the_reference_says() {
    let (company, connection) = (&CompanyId::from("C"), &ConnectionId::from("K"));
    let (dataset, key) = (&DatasetId::from("D"), &PlatformKey::from("natwest_business_uk"));
    let page = || PageQuery::first(100, "id");
    let frozen: &[u8] = b"{}";
    let data = "/companies/C/connections/K/data";
    use Kind::{Create, Delete, Repeatable};
    let table = [
        (sent(&ListIntegrations { page: page() }), "GET", "/integrations".to_owned(), Repeatable),
        (sent(&GetIntegration { key }), "GET", "/integrations/natwest_business_uk".into(), Repeatable),
        (sent(&ListCompanies { page: page(), tags: None }), "GET", "/companies".into(), Repeatable),
        (sent(&CreateCompany { frozen, key: "k" }), "POST", "/companies".into(), Create),
        (sent(&GetCompany { company }), "GET", "/companies/C".into(), Repeatable),
        (sent(&UpdateCompany { company, frozen }), "PUT", "/companies/C".into(), Repeatable),
        (sent(&DeleteCompany { company }), "DELETE", "/companies/C".into(), Delete),
        (sent(&ListConnections { company, page: page() }), "GET", "/companies/C/connections".into(), Repeatable),
        (sent(&CreateConnection { company, frozen, key: "k" }), "POST", "/companies/C/connections".into(), Create),
        (sent(&GetConnection { company, connection }), "GET", "/companies/C/connections/K".into(), Repeatable),
        (sent(&Unlink { company, connection }), "PATCH", "/companies/C/connections/K".into(), Repeatable),
        (sent(&DeleteConnection { company, connection }), "DELETE", "/companies/C/connections/K".into(), Delete),
        (sent(&GetDataStatus { company }), "GET", "/companies/C/dataStatus".into(), Repeatable),
        (sent(&RefreshAll { company }), "POST", "/companies/C/data/all".into(), Repeatable),
        (
            sent(&QueueDataType { company, connection, data_type: "banking-accounts" }),
            "POST",
            "/companies/C/data/queue/banking-accounts".into(),
            Repeatable,
        ),
        (sent(&ListHistory { company, page: page() }), "GET", "/companies/C/data/history".into(), Repeatable),
        (sent(&GetHistory { company, dataset }), "GET", "/companies/C/data/history/D".into(), Repeatable),
        (sent(&GetProfile {}), "GET", "/profile".into(), Repeatable),
        (sent(&GetClientSyncSettings {}), "GET", "/profile/syncSettings".into(), Repeatable),
        (sent(&SetClientSyncSettings { frozen }), "POST", "/profile/syncSettings".into(), Repeatable),
        (sent(&GetCompanySyncSettings { company }), "GET", "/companies/C/syncSettings".into(), Repeatable),
        (sent(&SetCompanySyncSettings { company, frozen }), "POST", "/companies/C/syncSettings".into(), Repeatable),
        (sent(&ListAccounts { company, connection, page: page() }), "GET", format!("{data}/banking-accounts"), Repeatable),
        (sent(&ListBalances { company, connection, page: page() }), "GET", format!("{data}/banking-accountBalances"), Repeatable),
        (sent(&ListTransactions { company, connection, page: page() }), "GET", format!("{data}/banking-transactions"), Repeatable),
        (sent(&ListCategories { company, connection, page: page() }), "GET", format!("{data}/banking-transactionCategories"), Repeatable),
    ];
    for (is, method, path, kind) in table {
        assert_eq!(is, (method.to_owned(), path, kind));
    }
}

#[test]
fn c42_no_request_uses_a_path_that_is_going_away() {
    let (company, connection) = (&CompanyId::from("C"), &ConnectionId::from("K"));
    let template = ListTransactions { company, connection, page: PageQuery::first(1, "id") }.template();
    assert_eq!(template, "/companies/{companyId}/connections/{connectionId}/data/banking-transactions", "per connection, not per company");
    assert_eq!(RefreshAll { company }.template(), "/companies/{companyId}/data/all", "not data/queue/all");
}

#[test]
fn a_log_line_names_no_id() {
    let company = &CompanyId::from("8a210b68-6988-11ed-a1eb-0242ac120002");
    for template in [GetCompany { company }.template(), GetDataStatus { company }.template(), RefreshAll { company }.template()] {
        assert!(template.contains("{companyId}") && !template.contains("8a210b68"), "{template}");
    }
}

#[test]
fn c23_a_read_is_asked_for_by_type_and_connection() {
    let (company, connection) = (&CompanyId::from("C"), &ConnectionId::from("K"));
    let queue = QueueDataType { company, connection, data_type: "banking-transactions" };
    assert_eq!(queue.query(), [("connectionId", "K".to_owned())]);
    assert!(queue.body().is_none());
}

#[test]
fn c26_an_order_is_always_sent() {
    let company = &CompanyId::from("C");
    let pairs = ListHistory { company, page: PageQuery::first(200, "-requested").filtered("status=Complete") }.query();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(pairs, [("page", "1"), ("pageSize", "200"), ("orderBy", "-requested"), ("query", "status=Complete")]);
    let by_tag = ListCompanies { page: PageQuery::first(100, "created"), tags: Some(tag_is("onboard_ref", "7")) }.query();
    assert_eq!(by_tag.last(), Some(&("tags", "onboard_ref=7".to_owned())));
}

#[test]
fn a_companys_bytes_never_hold_null_tags_and_a_connections_are_an_object() {
    let body = CompanyBody { name: "A", description: None, tags: &BTreeMap::new() }.to_bytes().expect("bytes");
    assert_eq!(String::from_utf8(body).expect("text"), r#"{"name":"A","tags":{}}"#, "null would wipe them");
    let tags = BTreeMap::from([("reference".to_owned(), "R".to_owned())]);
    let body = CompanyBody { name: "A", description: Some("d"), tags: &tags }.to_bytes().expect("bytes");
    assert_eq!(String::from_utf8(body).expect("text"), r#"{"name":"A","description":"d","tags":{"reference":"R"}}"#);
    assert_eq!(connection_body(&PlatformKey::from("demo")), br#"{"platformKey":"demo"}"#);
}

#[test]
fn c3_a_data_status_entry_that_cannot_be_read_does_not_cost_the_others() {
    let company = &CompanyId::from("C");
    let body = br#"{"banking-accounts":{"dataType":"banking-accounts","currentStatus":"complete","lastSuccessfulSync":null},
        "banking-transactions":{"dataType":"banking-transactions"},"odd":{"currentStatus":7}}"#;
    let (good, bad) = GetDataStatus { company }.read(body.to_vec()).expect("a map");
    assert_eq!(good.keys().collect::<Vec<_>>(), ["banking-accounts", "banking-transactions"]);
    assert_eq!(good["banking-transactions"].value.current_status, None, "c19: never synced");
    assert_eq!(bad.len(), 1);
}
