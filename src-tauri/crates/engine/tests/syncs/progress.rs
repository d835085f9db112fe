//! What a person sees of a sync while it runs, and what stopping it costs.

use super::*;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

/// The first state of what is fetched that is as wanted; listens instead of sleeping.
async fn when(world: &World, wanted: impl Fn(&SyncNow) -> bool) -> SyncNow {
    let mut events = world.home.events();
    let waiting = async {
        loop {
            let now = world.engine().sync_now().await.expect("what runs");
            if wanted(&now) {
                return now;
            }
            let _ = events.recv().await;
        }
    };
    let seen = tokio::time::timeout(LONG, waiting).await;
    match seen {
        Ok(now) => now,
        Err(_) => panic!("never: {:?}", world.engine().sync_now().await),
    }
}

fn transactions(now: &SyncNow) -> Option<&SyncRun> {
    now.runs.iter().find(|run| run.data_type == TRANSACTIONS)
}

/// Many pages, each some time on its way, and nothing fetched yet.
async fn slow(companies: u32, transactions: u32, latency_ms: u64) -> World {
    let world = World::new(Options { companies, transactions: Some(transactions), ..Options::default() }).await;
    world.turn("switches", json!({ "latencyMs": latency_ms })).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_shows_pages_of_pages_and_when_it_will_be_done_and_says_so_at_most_ten_times_a_second() {
    let world = slow(1, 45_000, 150).await;
    let engine = world.engine();
    let (mut events, mut heard, began) = (world.home.events(), 0_u32, Instant::now());
    let syncing = tokio::spawn({
        let engine = engine.clone();
        async move { engine.sync_and_wait(None).await.expect("a sync") }
    });
    let mut seen = vec![];
    while !syncing.is_finished() {
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(300), events.recv()).await {
            heard += 1;
            let now = engine.sync_now().await.expect("what runs");
            seen.extend(transactions(&now).cloned().map(|run| (run, now.clone())));
        }
    }
    let (sync, seconds) = (syncing.await.expect("ends"), began.elapsed().as_secs_f64());
    assert_eq!(sync.outcome, "complete", "{sync:?}");
    println!("{heard} events in {seconds:.1} s, {} states of one fetch", seen.len());
    assert!(heard >= 5 && f64::from(heard) <= 10.0 * seconds + 3.0, "{heard} events in {seconds} s");
    let pages: Vec<u32> = seen.iter().map(|(run, _)| run.page).collect();
    assert!(pages.is_sorted() && pages.last() > pages.first(), "pages count up: {pages:?}");
    let (last, now) = seen.last().expect("seen");
    assert!(last.pages.is_some_and(|all| all >= 9 && all >= last.page), "of so many: {last:?}");
    assert!(last.ends_at.is_some() && last.rows_a_second > 0 && last.rows > 0 && !last.company_name.is_empty() && !last.bank.is_empty());
    assert!(now.rows_a_second > 0 && now.why.is_none(), "{now:?}");
    assert!(engine.sync_now().await.expect("what runs").runs.is_empty(), "what is done is gone");
    let mut paces = engine.sync_now().await.expect("what runs");
    paces.runs.clear();
    assert_eq!(paces, SyncNow::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_stops_within_a_second_stays_stopped_and_goes_on_at_the_next_page() {
    let world = slow(1, 45_000, 60).await;
    let engine = world.engine();
    let syncing = tokio::spawn({
        let engine = engine.clone();
        async move { engine.sync_and_wait(None).await.expect("a sync") }
    });
    when(&world, |now| transactions(now).is_some_and(|run| run.page >= 2)).await;
    // The next answer takes its time: nobody who stops wants to wait for it.
    world.turn("switches", json!({ "latencyMs": 20_000 })).await;
    when(&world, |now| transactions(now).is_some_and(|run| run.state == RunState::Asking)).await;
    let now = engine.sync_now().await.expect("what runs");
    let run = transactions(&now).expect("runs").clone();
    let pressed = Instant::now();
    let key = RunKey { connection_id: run.connection_id.clone(), data_type: run.data_type.clone() };
    engine.sync(Some(SyncStep::Stop(Some(key)))).await.expect("stopped");
    let stopped = when(&world, |now| transactions(now).is_some_and(|run| run.state == RunState::Stopped)).await;
    let took = pressed.elapsed();
    println!("stopped after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    let kept = transactions(&stopped).expect("in sight").page;
    world.turn("switches", json!({ "latencyMs": 0 })).await;
    // Another slow answer may be on its way for another type.
    assert_eq!(tokio::time::timeout(LONG, syncing).await.expect("ends").expect("ends").outcome, "stopped");
    let card =
        engine.company(run.company_id.clone()).await.expect("page").connections.into_iter().find(|card| card.id == run.connection_id);
    let row = card.expect("card").sync.into_iter().find(|row| row.data_type == TRANSACTIONS).expect("row");
    assert_eq!(row.status.word, "Stopped", "its page says so too");

    let before = asked(&world, TRANSACTIONS).await.len();
    engine.sync(Some(SyncStep::GoOn(Some(run.company_id)))).await.expect("goes on");
    let whole = digest(&world).await;
    let mut events = world.home.events();
    while held(&world).await != whole {
        tokio::time::timeout(LONG, events.recv()).await.expect("goes on").expect("event");
    }
    let again: Vec<String> = asked(&world, TRANSACTIONS).await.split_off(before);
    let first = again.first().expect("asked");
    assert!(first.contains(&format!("page={}", kept + 1)), "after page {kept} comes the next: {first}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_everything_stops_what_would_begin_too_and_going_on_brings_the_rest() {
    let world = slow(24, 300, 80).await;
    let engine = world.engine();
    let syncing = tokio::spawn({
        let engine = engine.clone();
        async move { engine.sync_and_wait(None).await.expect("a sync") }
    });
    when(&world, |now| now.pass.as_ref().is_some_and(|pass| pass.done >= 2)).await;
    let pressed = Instant::now();
    assert!(engine.sync(Some(SyncStep::Stop(None))).await.expect("stopped").all_stopped);
    let sync = tokio::time::timeout(LONG, syncing).await.expect("ends").expect("ends");
    let took = pressed.elapsed();
    println!("stopped after {took:?} with {} rows", sync.rows);
    assert_eq!(sync.outcome, "stopped", "{sync:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    let part = held(&world).await.transactions;

    engine.sync(Some(SyncStep::GoOn(None))).await.expect("goes on");
    let whole = when(&world, |now| now.runs.is_empty() && now.pass.is_none() && !now.all_stopped);
    let mut events = world.home.events();
    // The sandbox tells of what was asked for.
    while held(&world).await != digest(&world).await || engine.sync_progress().borrow().under_way > 0 {
        tokio::time::timeout(LONG, events.recv()).await.expect("goes on").expect("event");
    }
    whole.await;
    let all = held(&world).await.transactions;
    assert!(part < all, "it was stopped on the way: {part} of {all}");
    assert_eq!(engine.sync_and_wait(None).await.expect("a sync").pages, 0, "nothing is left to bring");
}
