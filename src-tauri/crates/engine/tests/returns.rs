//! Returns as an attacker sends them, and the real one as often and as late as networks please: the first change nothing, the others bring
//! everybody to the same end.

#[path = "../../../../tests/src/attacks.rs"]
mod attacks;
mod support;

use engine::view::*;
use sandbox::Options;
use support::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const BANK: &str = "demobank_truelayer";

async fn said_at(port: u16, target: &str) -> String {
    let mut line = TcpStream::connect(("127.0.0.1", port)).await.expect("somebody answers");
    line.write_all(format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).await.expect("asked");
    let mut said = vec![];
    let _ = line.read_to_end(&mut said).await;
    String::from_utf8_lossy(&said).into_owned()
}

fn state_of(url: &str) -> String {
    url.split("state=").nth(1).expect("a state").split('&').next().expect("its end").to_owned()
}

/// All that could change: every row, and how many requests were sent.
async fn now(world: &World) -> (String, u64) {
    (world.engine().content_hash().await.expect("hash"), world.engine().requests())
}

/// The same once the work of the start is done: the list of banks, and its logos one after the other.
async fn rested(world: &World) -> (String, u64) {
    let mut events = world.home.events();
    let mut before = now(world).await;
    loop {
        let quiet = tokio::time::timeout(std::time::Duration::from_secs(3), events.recv()).await.is_err();
        let after = now(world).await;
        if quiet && after == before {
            return after;
        }
        before = after;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_attack_changes_a_row_or_costs_a_request_by_either_door() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let port = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port").local_addr().expect("bound").port();
    engine.set_return(SetReturn { port: Some(port), ..SetReturn::default() }).await.expect("set");
    engine.attend().await;
    let attempt = world.begin("Acme Ltd", "HF-1", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let hand = async || engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("an address");
    let (used, good) = (state_of(&hand().await), state_of(&hand().await));
    // Nothing of its own is under way any more: what changes from here on was changed by an attack.
    engine.park_attempt(attempt.id.clone()).await.expect("parked");
    let attacks = attacks::returns(&good, &used, port);
    assert!(attacks.len() >= 60, "{}", attacks.len());
    let before = rested(&world).await;
    for text in &attacks {
        if let Ok(outcome) = engine.ring(text.clone()).await {
            assert!(!outcome.accepted, "{text:?}: {outcome:?}");
        }
        if let Some((_, target)) = text.split_once(&format!(":{port}")).filter(|(start, _)| start.ends_with("//127.0.0.1")) {
            if !target.starts_with("/return?") {
                said_at(port, target).await;
            }
        } else if let Some(query) = text.strip_prefix("fairlead://return?").filter(|query| !query.contains([' ', '\n', '\r', '#'])) {
            said_at(port, &format!("/return?{query}")).await;
        }
        assert_eq!(now(&world).await, before, "{text:?} left a trace");
    }
    for (number, text) in attacks.iter().cycle().take(10_000).enumerate() {
        if number % 50 == 0 {
            tokio::task::yield_now().await;
        }
        let _ = engine.ring(text.clone()).await;
    }
    let after = now(&world).await;
    println!(
        "measured: {} attacks, pasted and over the loopback page, and a flood of 10,000: 0 changes, {} requests",
        attacks.len(),
        after.1 - before.1
    );
    assert_eq!(after, before, "no row changed and nobody was asked");
    let heard = engine.ring(format!("fairlead://return?state={good}")).await.expect("heard");
    assert!(heard.accepted, "control: the good one is heard: {heard:?}");
    assert_ne!(engine.content_hash().await.expect("hash"), before.0, "control: and leaves its trace");
}

/// What everybody must come to: stage, companies, connections, rows.
async fn end_after(deliveries: usize, is_early: bool, seed: u64) -> (AttemptStage, u64, u64, u64) {
    let world = World::new(Options { seed, transactions: Some(80), ..Options::default() }).await;
    let engine = world.engine();
    let attempt = world.begin("Acme Ltd", "HF-1", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let old = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("an address");
    let link = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("an address");
    let (old, good) = (format!("fairlead://return?state={}", state_of(&old)), format!("fairlead://return?state={}", state_of(&link)));
    if is_early {
        for _ in 0..deliveries {
            engine.ring(good.clone()).await.expect("rung");
        }
    }
    world.customer(&link, "authorise").await.expect("a redirect");
    if !is_early {
        for number in 0..deliveries {
            // An old one comes in between, as if the network had kept it.
            engine.ring(if number % 3 == 1 { old.clone() } else { good.clone() }).await.expect("rung");
        }
    }
    let done = world.until(&attempt.id, &[AttemptStage::Complete]).await;
    engine.ring(good).await.expect("rung late");
    let stats = engine.stats().await.expect("stats");
    (done.stage, stats.companies.into(), stats.connections.into(), stats.transactions)
}

#[tokio::test(flavor = "multi_thread")]
async fn delivered_never_once_or_a_hundred_times_early_or_late_the_end_is_the_same() {
    let ways = [(0, false), (1, false), (2, false), (100, false), (1, true), (2, true), (100, true)];
    let ends = futures::future::join_all(ways.map(|(deliveries, is_early)| end_after(deliveries, is_early, 5))).await;
    println!("measured: a return delivered 0, 1, 2 and 100 times, in time, early and out of order: {} ends, all the same", ends.len());
    assert!(ends[0].3 > 0 && (ends[0].1, ends[0].2) == (1, 1), "control: there is something: {:?}", ends[0]);
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}
