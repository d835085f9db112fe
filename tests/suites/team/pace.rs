//! The limit of a minute, which no clock of ours shortens: it is begun first and waits beside the others.

use crate::workers::{Fleet, portfolio};
use serde_json::json;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn no_minute_sees_more_than_the_rate_from_all_workers_together() {
    let fleet = Fleet::new(portfolio(12, 34)).await;
    fleet.turn("switches", &json!({ "requestsAMinute": 100 })).await;
    let begun = Instant::now();
    fleet.work(3, &["--rate", "100"]);
    let (requests, over) = (fleet.requests().await, fleet.over().await);
    println!("measured: a rate of 100 a minute and three workers: {requests} requests in {} s, {over} over", begun.elapsed().as_secs());
    assert!(requests > 105, "control: more than a minute may see: {requests}");
    assert_eq!(over, 0);
    fleet.all_is_here_once("slowly").await;
}
