//! A person connects a customer's bank, by keyboard alone.

use crate::{my_turn, pictures};
use fairlead_tests::journey::{Decision, Journey, Return};
use fairlead_tests::needle::Needle;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use url::Url;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_start_to_the_transactions_through_a_second_process() {
    let _turn = my_turn();
    let mut journey = Journey::begin(&pictures("second-process")).await;
    let (address, transactions) = journey.connect_a_bank().await;
    assert!(transactions >= 100, "a year of a business, not a sample: {transactions}");

    let app = journey.window.call("app_state", &json!({})).await.expect("state");
    assert_eq!(app["active"]["vault"], "keychain", "its secrets are in the keyring of this desktop");
    let state = state_of(&address);
    let again = journey
        .window
        .call("returns", &json!({ "ask": { "kind": "pasted", "of": format!("fairlead://return?state={state}") } }))
        .await
        .expect("heard");
    assert_eq!(again["reason"], "used", "the address was heard, and is good once only");
    let data = journey.desktop.data();
    let others = std::fs::metadata(&data).expect("the data folder").permissions().mode() & 0o077;
    assert_eq!(others, 0, "nobody else may look into the data folder");
    let logs = data.join("logs");
    assert_eq!(Needle::new("state", state.as_bytes()).files_below(&logs), Vec::<PathBuf>::new(), "addresses stay out of the logs");
    let control = Needle::new("control", b"Demo");
    assert!(!control.files_below(&data).is_empty(), "a search that finds nothing at all proves nothing");
    journey.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_goes_back_loses_nothing_and_the_same_case_goes_on() {
    let _turn = my_turn();
    let mut journey = Journey::begin(&pictures("cancel")).await;
    journey.try_the_demo().await;
    journey.open_a_case("Calder Mill Ltd", "HF-2042", "Barclays").await;
    let address = journey.hand_over_here().await;
    journey.at_the_bank(&address, Decision::Cancel, Return::SecondProcess).await;
    let window = &mut journey.window;
    window.until_text("Say to the customer").await;
    window.picture("not-linked").await;
    window.choose("Try again").await;
    window.until_heading("How does").await;
    let second = journey.hand_over_here().await;
    assert_ne!(state_of(&address), state_of(&second), "a door makes a fresh link");
    journey.at_the_bank(&second, Decision::Authorise, Return::Link).await;
    journey.until_connected().await;
    let found = journey.window.call("list_companies", &json!({ "query": { "text": "HF-2042", "limit": 10 } })).await.expect("companies");
    assert_eq!(found["total"], 1, "two attempts, one company");
    let company = found["rows"][0]["id"].as_str().expect("an id").to_owned();
    let company = journey.window.call("company", &json!({ "id": company })).await.expect("the company");
    assert_eq!(company["connections"].as_array().map(Vec::len), Some(1), "and one connection");
    journey.window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_on_this_computer_brings_the_customer_back() {
    let _turn = my_turn();
    let mut journey = Journey::begin(&pictures("loopback")).await;
    journey.try_the_demo().await;
    journey.open_a_case("Verity Looms LLP", "HF-2043", "Monzo").await;
    let address = journey.hand_over_here().await;
    journey.at_the_bank(&address, Decision::Authorise, Return::Loopback).await;
    journey.until_connected().await;
    journey.window.close().await;
}

/// The one-time state that an address carries.
fn state_of(address: &str) -> String {
    let url = Url::parse(address).expect("an address");
    let state = url.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
    state.expect("the address carries a state")
}
