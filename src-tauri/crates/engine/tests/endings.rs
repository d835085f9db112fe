//! The three endings at the real sandbox: each does its own thing, once, and only when the company's name was typed.

mod support;

use engine::Engine;
use engine::view::*;
use sandbox::Options;
use serde_json::json;
use support::World;

async fn first(engine: &Engine) -> CompanyView {
    engine.refresh_companies().await.expect("companies");
    let page = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    let row = page.rows.into_iter().find(|row| !row.banks.is_empty()).expect("a company with a bank");
    engine.company(row.id).await.expect("the company")
}

fn end(company: &CompanyView, ending: Ending) -> End {
    End { company_id: company.row.id.clone(), ending, typed: company.row.name.clone() }
}

async fn sent(world: &World, method: &str) -> usize {
    let log = world.control("requests").await;
    log["results"].as_array().expect("log").iter().filter(|line| line["method"] == method).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn unlinking_ends_consent_and_a_lost_answer_does_not_make_it_fail() {
    let world = World::new(Options { companies: 3, ..Options::default() }).await;
    let engine = world.engine();
    let company = first(&engine).await;
    let linked = company.connections.iter().find(|card| card.raw_status == "Linked").expect("linked").id.clone();

    let other = End { typed: "Another company".into(), ..end(&company, Ending::Unlink(linked.clone())) };
    assert!(engine.end(other).await.is_err(), "the name must agree");
    assert_eq!(sent(&world, "PATCH").await, 0, "and nothing was sent");

    world.turn("faults", json!([{ "match": "PATCH /companies/*/connections/*", "times": 1, "fault": { "kind": "applyThenDrop" } }])).await;
    engine.end(end(&company, Ending::Unlink(linked.clone()))).await.expect("it has happened");
    assert_eq!(world.control("faults").await["fired"], 1, "1 fault of 1 fired");
    let after = engine.company(company.row.id.clone()).await.expect("still here");
    let card = after.connections.iter().find(|card| card.id == linked).expect("still here");
    assert_eq!(card.raw_status, "Unlinked");
    assert!(after.timeline.iter().any(|event| event.title.ends_with("unlinked")), "{:?}", after.timeline);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_connection_leaves_its_company_and_a_deleted_company_leaves_the_list_and_both_can_be_asked_for_twice() {
    let world = World::new(Options { companies: 3, ..Options::default() }).await;
    let engine = world.engine();
    let company = first(&engine).await;
    let connection = company.connections[0].id.clone();
    world.turn("faults", json!([{ "match": "DELETE **", "times": 1, "fault": { "kind": "applyThen500" } }])).await;
    engine.end(end(&company, Ending::DeleteConnection(connection.clone()))).await.expect("deleted, and asked again: not there");
    assert_eq!(world.control("faults").await["fired"], 1, "1 fault of 1 fired");
    let after = engine.company(company.row.id.clone()).await.expect("the company stays");
    assert!(after.connections.iter().all(|card| card.id != connection));
    assert!(after.timeline.iter().any(|event| event.title.contains("deleted at Codat")), "{:?}", after.timeline);

    let before = world.control("state").await["companies"].as_u64().expect("a number");
    engine.end(end(&after, Ending::DeleteCompany)).await.expect("deleted");
    assert_eq!(world.control("state").await["companies"].as_u64(), Some(before - 1));
    let left = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    assert!(left.rows.iter().all(|row| row.id != company.row.id), "it is in no list any more");
    engine.refresh_companies().await.expect("companies");
    assert_eq!(engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies").total, left.total);
}
