//! The five minutes after consent, under load: many customers come back at once while a large sync runs.

mod support;

use engine::view::*;
use sandbox::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use support::{TYPES, World};

const LINKS: usize = 50;

fn at(value: &Value) -> i64 {
    value.as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time").as_millisecond()
}

async fn log(world: &World) -> Vec<Value> {
    world.control("requests").await["results"].as_array().expect("log").clone()
}

/// Questions about these companies, one or many at a time.
async fn questions(world: &World) -> usize {
    let lines = log(world).await;
    let about = |line: &&Value| {
        let query = line["query"].as_str().unwrap_or_default();
        line["template"] == "/companies/{companyId}" || line["template"] == "/companies" && query.contains("query=id")
    };
    lines.iter().filter(about).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_links_in_a_minute_have_their_four_reads_queued_within_half_a_minute_while_a_large_sync_runs() {
    let world = World::new(Options { companies: 150, transactions: Some(4_000), ..Options::default() }).await;
    // Codat begins nothing by itself: all four reads are Fairlead's to ask for.
    world.codat_reads(&TYPES, json!({ "fetchOnFirstLink": false })).await;
    let engine = world.engine();
    let mut waiting = vec![];
    for number in 0..LINKS {
        waiting.push(world.begin(&format!("Harbour {number}"), &format!("REF-{number}"), "demobank_truelayer").await.id);
    }
    let mut connections = vec![];
    for id in &waiting {
        world.until(id, &[AttemptStage::Ready]).await;
        engine.hand_over(id.clone(), Door::Copy).await.expect("handed over");
    }
    for company in world.control("state").await["list"].as_array().expect("companies") {
        if company["name"].as_str().is_some_and(|name| name.starts_with("Harbour ")) {
            connections.push(company["connections"][0]["id"].as_str().expect("an id").to_owned());
        }
    }
    assert_eq!(connections.len(), LINKS);

    let syncing = tokio::spawn({
        let engine = engine.clone();
        async move { engine.sync_and_wait(None).await }
    });
    let questions_before = questions(&world).await;
    let mut authorised = BTreeMap::new();
    // Fifty in half a minute.
    let mut customers = tokio::time::interval(Duration::from_millis(600));
    for connection in &connections {
        customers.tick().await;
        authorised.insert(connection.clone(), at(&world.control("clock").await["now"]));
        world.turn(&format!("connections/{connection}/authorise"), json!({})).await;
    }
    let was_syncing = !syncing.is_finished();
    let mut events = world.home.events();
    let queued = loop {
        let mut queued: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for line in log(&world).await {
            let path = line["path"].as_str().unwrap_or_default();
            let query = line["query"].as_str().unwrap_or_default();
            let whose = connections.iter().find(|connection| query.contains(connection.as_str()));
            if let Some(connection) = whose.filter(|_| line["method"] == "POST" && path.contains("/queue/") && line["status"] == 200) {
                queued.entry(connection.clone()).or_default().push(at(&line["at"]));
            }
        }
        if queued.len() == LINKS && queued.values().all(|times| times.len() >= 4) {
            break queued;
        }
        let newest = authorised.values().max().copied().unwrap_or_default();
        assert!(at(&world.control("clock").await["now"]) - newest < 60_000, "only {} were queued: {queued:?}", queued.len());
        let _ = tokio::time::timeout(Duration::from_millis(500), events.recv()).await;
    };
    let mut seconds: Vec<i64> =
        queued.iter().map(|(connection, times)| times.iter().max().expect("four") - authorised[connection]).collect();
    seconds.sort_unstable();
    let worst = *seconds.last().expect("fifty");
    println!(
        "{LINKS} links: worst {worst} ms from consent to the last of four queues, median {} ms; {} questions whether somebody linked; the large sync \
         ran all the time: {was_syncing}",
        seconds[LINKS / 2],
        questions(&world).await - questions_before,
    );
    assert!(worst <= 30_000, "{seconds:?}");
    syncing.abort();
}
