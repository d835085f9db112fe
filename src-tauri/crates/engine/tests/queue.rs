//! What waits to be made at Codat, at the real sandbox: it says why, it can be changed and taken out, and what may have been made is never forgotten.

mod support;

use engine::view::*;
use sandbox::Options;
use serde_json::{Value, json};
use support::World;

const BANK: &str = "demobank_truelayer";

/// A world whose banks are known here already.
async fn world() -> World {
    let world = World::new(Options::default()).await;
    let banks = world.engine().search_banks(BankQuery { limit: 5, ..BankQuery::default() }).await.expect("banks");
    assert!(!banks.rows.is_empty());
    world
}

/// Waits until the queue looks so, by listening.
async fn until(world: &World, wanted: impl Fn(&QueueView) -> bool) -> QueueView {
    let mut events = world.home.events();
    let waiting = async {
        loop {
            let queue = world.engine().queue(QueuedStep::Look).await.expect("the queue");
            if wanted(&queue) {
                return queue;
            }
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), events.recv()).await;
        }
    };
    match tokio::time::timeout(std::time::Duration::from_secs(90), waiting).await {
        Ok(queue) => queue,
        Err(_) => panic!("never so: {:?}", world.engine().queue(QueuedStep::Look).await),
    }
}

fn fired(faults: &Value) -> u64 {
    faults["results"].as_array().expect("rules").iter().map(|rule| rule["fired"].as_u64().expect("a number")).sum()
}

async fn made(world: &World) -> (u64, u64) {
    let state = world.control("state").await;
    (state["companies"].as_u64().expect("companies"), state["connections"].as_u64().expect("connections"))
}

fn discard(attempt: &str, knowing: bool) -> QueuedStep {
    QueuedStep::Discard { attempt_id: attempt.to_owned(), knowing }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_waits_in_sight_and_is_gone_once_it_is_discarded() {
    let world = world().await;
    let engine = world.engine();
    // Nobody knows of Codat any more, so nothing is ever sent.
    world.turn("faults", json!([{ "match": "* **", "fault": { "kind": "dropBefore" } }])).await;
    let attempt = world.begin("Acme Ltd", "HF-1", BANK).await;
    let queue = until(&world, |queue| queue.waiting.iter().any(|waits| !waits.why.starts_with("It is the next"))).await;
    let [waits] = queue.waiting.as_slice() else { panic!("one thing waits: {queue:?}") };
    assert_eq!((waits.attempt_id.as_str(), waits.company_name.as_str(), waits.discard), (attempt.id.as_str(), "Acme Ltd", Discard::Clean));
    assert!(waits.what.starts_with("Make the company and its connection to "), "{waits:?}");
    assert!(waits.goes_on && !waits.why.is_empty(), "it says why, and that it goes on by itself: {waits:?}");
    assert_eq!(engine.status().await.expect("status").counts.queued, 1);

    let after = engine.queue(discard(&attempt.id, false)).await.expect("nothing of it was sent");
    assert_eq!(after.waiting, vec![]);
    assert!(engine.queue(discard(&attempt.id, false)).await.is_err(), "what does not wait cannot be taken out twice");
    assert!(engine.check_now(attempt.id.clone()).await.is_err(), "and does not begin again by itself");
    assert!(fired(&world.control("faults").await) > 0, "a fault that never fires proves nothing");

    world.turn("faults", json!([])).await;
    let again = world.begin("Acme Ltd", "HF-1", BANK).await;
    assert_ne!(again.id, attempt.id, "the discarded case stays discarded");
    world.until(&again.id, &[AttemptStage::Ready]).await;
    assert_eq!(made(&world).await, (1, 1), "only the new case was made");
    assert_eq!(engine.status().await.expect("status").counts.queued, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_made_is_discarded_only_knowingly_and_found_by_the_next_case() {
    let world = world().await;
    let engine = world.engine();
    // Codat makes the company, the answer is lost, and nothing more is heard.
    world
        .turn(
            "faults",
            json!([
                { "match": "POST /companies", "times": 1, "fault": { "kind": "applyThenDrop" } },
                { "match": "POST **", "fault": { "kind": "dropBefore" } },
            ]),
        )
        .await;
    let attempt = world.begin("Acme Ltd", "HF-1", BANK).await;
    let queue = until(&world, |queue| queue.waiting.iter().any(|waits| waits.status.word == "Answer unknown")).await;
    assert_eq!((queue.waiting.len(), queue.waiting[0].discard), (1, Discard::MayExist));
    assert_eq!(made(&world).await.0, 1, "it is there, and nobody here knows");

    let refused = engine.queue(discard(&attempt.id, false)).await.expect_err("not without being told");
    assert!(refused.to_string().contains("Nobody knows whether Codat made this company"), "{refused}");
    let change = QueuedStep::Change { attempt_id: attempt.id.clone() };
    assert!(engine.queue(change).await.is_err(), "what may be at Codat is not changed");
    assert_eq!(engine.queue(QueuedStep::Look).await.expect("the queue").waiting.len(), 1, "it waits as before");
    assert_eq!(engine.queue(discard(&attempt.id, true)).await.expect("knowing").waiting, vec![]);
    // The first answer is always lost; whether the repetition was sent before it was discarded is a matter of moments.
    let lost = fired(&world.control("faults").await);
    assert!(lost >= 1, "a fault that never fires proves nothing");

    world.turn("faults", json!([])).await;
    let again = world.begin("Acme Ltd", "HF-1", BANK).await;
    assert_ne!(again.id, attempt.id);
    world.until(&again.id, &[AttemptStage::Ready]).await;
    assert_eq!(made(&world).await, (1, 1), "the lost company was found, not made twice");
    println!("measured: {lost} answers lost, one company");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_case_becomes_a_draft_again_with_everything_that_was_typed() {
    let mut world = world().await;
    world.turn("faults", json!([{ "match": "* **", "fault": { "kind": "dropBefore" } }])).await;
    let attempt = world.begin("Acme Ltd", "HF-1", BANK).await;
    until(&world, |queue| !queue.waiting.is_empty()).await;
    let queue = world.engine().queue(QueuedStep::Change { attempt_id: attempt.id.clone() }).await.expect("nothing was sent");
    assert_eq!(queue.waiting, vec![]);
    world.restart().await;
    let engine = world.engine();
    let drafts = engine.drafts().await.expect("drafts");
    let [draft] = drafts.as_slice() else { panic!("one draft: {drafts:?}") };
    assert_eq!(Some(&draft.id), queue.draft_id.as_ref());
    assert_eq!(
        (draft.name.as_str(), draft.reference.as_deref(), draft.bank.as_ref().map(|mark| mark.key.as_str())),
        ("Acme Ltd", Some("HF-1"), Some(BANK))
    );
    assert_eq!(engine.queue(QueuedStep::Look).await.expect("the queue").waiting, vec![], "nor does it come back with a restart");

    world.turn("faults", json!([])).await;
    let save = SaveDraft { id: Some(draft.id.clone()), name: Some("Acme Works Ltd".into()), ..SaveDraft::default() };
    engine.save_draft(save).await.expect("changed");
    let begun = engine.begin_link(draft.id.clone()).await.expect("begun");
    world.until(&begun.id, &[AttemptStage::Ready]).await;
    assert_eq!(made(&world).await, (1, 1), "what was changed is made, once");
}
