//! Data that stays fresh by itself, on the real sandbox: what is asked, how often, and what a restart repeats.

mod support;

use engine::view::*;
use sandbox::Options;
use serde_json::json;
use std::time::Duration;
use support::{TYPES, World};

/// Reads that were asked for, as paths without a query.
async fn queued(world: &World) -> Vec<String> {
    let log = world.control("requests").await;
    let lines = log["results"].as_array().expect("log").iter();
    let reads = lines.filter(|line| line["method"] == "POST" && line["path"].as_str().is_some_and(|path| path.contains("/data/queue/")));
    reads.map(|line| line["path"].as_str().expect("a path").to_owned()).collect()
}

/// As if the lid had been closed.
async fn sleep(world: &World, minutes: i64) {
    world.turn("clock", json!({ "advance": minutes * 60 })).await;
    world.clock.ahead(minutes * 60_000);
}

/// Lets minutes pass on both clocks, the computer's and Codat's, until this holds. Each time somebody looks at the window, which makes the loops look at
/// the clock: only a loop that missed five minutes would think that it had slept.
async fn until(world: &World, what: &str, wanted: impl AsyncFn() -> bool) {
    let mut events = world.home.events();
    let engine = world.engine();
    for _ in 0..300 {
        sleep(world, 1).await;
        for visible in [false, true] {
            engine.on_screen(&OnScreen { visible, ..OnScreen::default() });
        }
        if wanted().await {
            return;
        }
        let _ = tokio::time::timeout(Duration::from_millis(200), events.recv()).await;
    }
    panic!("never: {what}");
}

async fn requests(world: &World, method: &str, ending: &str) -> usize {
    let log = world.control("requests").await;
    let lines = log["results"].as_array().expect("log").iter();
    lines.filter(|line| line["method"] == method && line["path"].as_str().is_some_and(|path| path.ends_with(ending))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_codat_reads_by_itself_is_never_asked_for() {
    let world = World::new(Options { companies: 6, transactions: Some(60), ..Options::default() }).await;
    let engine = world.engine();
    engine.sync_and_wait(None).await.expect("a sync");
    engine.attend().await;
    until(&world, "the client's schedule is known", async || {
        world.engine().freshness(None).await.expect("a view").types.iter().all(|of_type| of_type.by_codat)
    })
    .await;
    sleep(&world, 26 * 60).await;
    let before = requests(&world, "GET", "/companies").await;
    until(&world, "the list is asked for", async || requests(&world, "GET", "/companies").await > before).await;
    assert_eq!(queued(&world).await, Vec::<String>::new(), "Codat's daily schedule serves a daily wish");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_reads_each_due_type_is_asked_for_once_and_a_restart_neither_forgets_nor_repeats() {
    let mut world = World::new(Options { companies: 4, transactions: Some(60), ..Options::default() }).await;
    world.codat_reads(&TYPES, json!({ "syncSchedule": 0 })).await;
    world.engine().sync_and_wait(None).await.expect("a sync");
    let off = [("banking-transactionCategories".to_owned(), Some(Cadence::Off))].into();
    world.engine().set_freshness(SetFreshness { company: None, types: off }).await.expect("set");
    world.engine().attend().await;
    sleep(&world, 40 * 60).await;
    // The program ends right after the waking, when only some may have been asked for.
    until(&world, "the schedule is known", async || {
        world.engine().freshness(None).await.expect("a view").types.iter().all(|of_type| of_type.codat_hours == Some(0))
    })
    .await;
    world.restart().await;
    world.engine().attend().await;
    let linked = linked_connections(&world).await;
    until(&world, "three types of each connection", async || queued(&world).await.len() >= linked * 3).await;
    world.restart().await;
    world.engine().attend().await;
    let lists = requests(&world, "GET", "/companies").await;
    until(&world, "a quarter of an hour", async || requests(&world, "GET", "/companies").await > lists + 5).await;
    let mut asked = queued(&world).await;
    assert_eq!(asked.len(), linked * 3, "nothing twice: {asked:?}");
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), linked * 3, "each type of each connection once");
    assert!(!asked.iter().any(|path| path.contains("transactionCategories")), "what is off is left alone");
}

async fn linked_connections(world: &World) -> usize {
    let state = world.control("state?all=true").await;
    let companies = state["list"].as_array().expect("companies").iter();
    let connections = companies.flat_map(|company| company["connections"].as_array().cloned().unwrap_or_default());
    connections.filter(|connection| connection["status"] == "Linked").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn codats_own_schedule_is_changed_only_after_its_warnings_and_with_every_type() {
    let world = World::new(Options { companies: 2, transactions: Some(20), ..Options::default() }).await;
    let engine = world.engine();
    engine.sync_and_wait(None).await.expect("a sync");
    let weekly = CodatScheduleChange { hours: Some(168), from_months: Some(12), ..CodatScheduleChange::default() };
    let change = SetCodatSchedule { types: [("banking-transactions".to_owned(), weekly)].into(), ..SetCodatSchedule::default() };
    let asked = engine.set_codat_schedule(change.clone()).await.expect("told");
    assert!(!asked.saved && asked.types.iter().all(|of_type| of_type.hours == 24), "nothing happened yet");
    assert!(asked.warnings.iter().any(|warning| warning.contains("weekly instead of daily")), "{:?}", asked.warnings);
    assert!(asked.warnings.iter().any(|warning| warning.contains("last 12 months")), "{:?}", asked.warnings);
    assert_eq!(requests(&world, "POST", "/syncSettings").await, 0);
    let done = engine.set_codat_schedule(SetCodatSchedule { confirmed: true, ..change }).await.expect("saved");
    let hours: Vec<u32> = done.types.iter().map(|of_type| of_type.hours).collect();
    assert_eq!((done.saved, hours), (true, vec![24, 24, 168, 24]), "all four types are still there");
    let now = engine.freshness(None).await.expect("a view");
    assert_eq!(now.types.iter().map(|of_type| of_type.by_codat).collect::<Vec<_>>(), [true, true, false, true], "known at once");
}
