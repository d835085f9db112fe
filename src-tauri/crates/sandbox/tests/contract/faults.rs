//! What goes wrong by script, and that it is counted.

use crate::world::{NOON, World, encoded, ids};
use reqwest::Method;
use sandbox::{Fault, Options, Rule};
use serde_json::json;
use std::time::Duration;

const TRANSACTIONS: &str = "GET /companies/*/connections/*/data/banking-transactions";

#[tokio::test]
async fn wrong_order_and_wrong_page() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let page = "banking-transactions?pageSize=50&orderBy=id";
    let right = ids(&world.data(&company, &connection, page).await.rows());
    world.faults(&[Rule::once(TRANSACTIONS, Fault::WrongOrder)]).await;
    let mut wrong = ids(&world.data(&company, &connection, page).await.rows());
    wrong.reverse();
    assert_eq!(wrong, right);
    world.faults(&[Rule::once(TRANSACTIONS, Fault::WrongPage)]).await;
    let other = world.data(&company, &connection, page).await;
    assert_eq!(other.good()["pageNumber"], 2, "the answer says so, if one looks");
    assert_ne!(ids(&other.rows()), right);
}

#[tokio::test]
async fn rows_of_strangers_and_rows_that_cannot_be_read() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    world.faults(&[Rule::once(TRANSACTIONS, Fault::WrongCompany)]).await;
    let accounts = ids(&world.all(&company, &connection, "banking-accounts").await);
    let rows = world.data(&company, &connection, "banking-transactions?pageSize=5").await.rows();
    assert!(rows.iter().all(|row| !accounts.contains(&row["accountId"].as_str().unwrap_or_default().to_owned())));
    world.faults(&[Rule::once("GET /companies/*/data/history", Fault::WrongCompany)]).await;
    assert!(world.history(&company).await.iter().all(|row| row["companyId"] != company.as_str()));
    world.faults(&[Rule::once(TRANSACTIONS, Fault::BadRow)]).await;
    let rows = world.data(&company, &connection, "banking-transactions?pageSize=5").await.rows();
    assert_eq!(rows.iter().filter(|row| row["id"].is_number()).count(), 1, "one bad row among good ones");
}

#[tokio::test]
async fn a_stalled_answer_never_ends_and_the_sandbox_still_stops() {
    let world = World::new().await;
    world.faults(&[Rule::once("GET /profile", Fault::Stall)]).await;
    let stalled = world.request(Method::GET, "/profile").timeout(Duration::from_millis(200));
    assert!(world.try_send(stalled).await.is_err_and(|error| error.is_timeout()));
    world.sandbox.shutdown();
    world.sandbox.stopped().await;
}

#[tokio::test]
async fn what_was_begun_is_finished_though_the_caller_has_hung_up() {
    let world = World::new().await;
    world.faults(&[Rule::once("POST /companies", Fault::SlowBefore { ms: 200 })]).await;
    let hasty = world.request(Method::POST, "/companies").json(&json!({ "name": "Alder" }));
    let arrived = async {
        while world.look("faults").await["fired"] == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = world.try_send(hasty) => panic!("it waits: {answer:?}"),
        () = arrived => {}
    }
    while world.get("/companies").await.total() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.get("/companies").await.total(), 1);
}

#[tokio::test]
async fn a_redirect_elsewhere() {
    let world = World::new().await;
    world.faults(&[Rule::once("GET /profile", Fault::Redirect { to: "http://127.0.0.1:9/steal".into() })]).await;
    let answer = world.get("/profile").await;
    assert_eq!((answer.status, answer.header("location")), (302, "http://127.0.0.1:9/steal"));
}

#[tokio::test]
async fn the_tag_index_lags_by_listings_or_by_seconds() {
    let world = World::new().await;
    let find = |tag: &str| format!("/companies?tags={}", encoded(&format!("onboard_ref={tag}")));
    world.switch(json!({ "tagLag": 2 })).await;
    world.post("/companies", &json!({ "name": "Alder", "tags": { "onboard_ref": "a" } })).await.good();
    assert_eq!(world.get("/companies").await.total(), 1, "the list itself does not lag");
    let mut seen = vec![];
    for _ in 0..3 {
        seen.push(world.get(&find("a")).await.total());
    }
    assert_eq!(seen, [0, 0, 1]);
    world.switch(json!({ "tagLag": 0, "tagLagSeconds": 45 })).await;
    world.post("/companies", &json!({ "name": "Birch", "tags": { "onboard_ref": "b" } })).await.good();
    assert_eq!(world.get(&find("b")).await.total(), 0);
    world.later(45).await;
    assert_eq!(world.get(&find("b")).await.total(), 1);
}

#[tokio::test]
async fn a_share_of_requests_fails_the_same_for_the_same_seed() {
    let run = async |seed| {
        let rule = Rule { per_mille: Some(300), ..Rule::always("GET /profile", Fault::Status { status: 503, retry_after: None }) };
        let world = World::with(Options { seed, script: vec![rule], ..Options::default() }).await;
        let mut seen = vec![];
        for _ in 0..60 {
            seen.push(world.get("/profile").await.status);
        }
        seen
    };
    let (one, again, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!(one.contains(&200) && one.contains(&503));
}

#[tokio::test]
async fn every_fault_that_fires_is_counted_and_stands_in_the_log() {
    let world = World::with(Options { clock: Some(NOON.parse().expect("a moment")), ..Options::default() }).await;
    let unused = Rule::once("DELETE /companies/*", Fault::EmptyBody);
    world.faults(&[Rule::once("POST /companies", Fault::ApplyThen500), unused]).await;
    world.post("/companies", &json!({ "name": "Alder" })).await;
    let counts = world.look("faults").await;
    assert_eq!((&counts["fired"], &counts["results"][0]["fired"], &counts["results"][1]["fired"]), (&json!(1), &json!(1), &json!(0)));
    let log = world.look("requests").await;
    let line = log["results"].as_array().and_then(|lines| lines.last()).cloned().expect("a line");
    assert_eq!((&line["method"], &line["template"], &line["status"]), (&json!("POST"), &json!("/companies"), &json!(500)));
    assert_eq!(line["fault"], "applyThen500");
}
