//! The link journey on the real sandbox, over real HTTP.

mod support;

use engine::view::*;
use sandbox::Options;
use support::World;

const BANK: &str = "demobank_truelayer";

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_connected_from_the_name_to_the_transactions() {
    let world = World::new(Options { transactions: Some(1_500), ..Options::default() }).await;
    let engine = world.engine();
    let attempt = world.begin("Müller Bakery", "HF-1", BANK).await;
    assert_eq!(attempt.stage, AttemptStage::Creating, "it returns at once");
    let ready = world.until(&attempt.id, &[AttemptStage::Ready]).await;
    assert_eq!(
        (ready.company_name.as_str(), ready.typed_name.as_deref()),
        ("Mller Bakery", Some("Müller Bakery")),
        "C10: the stored name is shown"
    );

    let handed = engine.hand_over(attempt.id.clone(), Door::ThisComputer).await.expect("handed over");
    assert_eq!(handed.link_url, None, "the address went to the browser, not to the screen");
    let url = world.opener.0.lock().expect("opener").last().cloned().expect("opened");
    let back = world.customer(&url, "authorise").await.expect("a redirect");
    let heard = engine.ring(back.clone()).await.expect("rung");
    assert!(heard.accepted, "{heard:?} {back}");

    let done = world.until(&attempt.id, &[AttemptStage::Complete, AttemptStage::ReadFailed]).await;
    assert_eq!(done.stage, AttemptStage::Complete, "{done:?}");
    let history = done.history.expect("linked");
    assert!(history.met, "the four reads were queued within five minutes");
    assert!(done.sync.iter().all(|row| row.status.word == "Complete" && row.rows > 0), "{:?}", done.sync);

    let company = done.company_id.expect("company");
    let page = engine
        .transactions(TransactionQuery { company_id: company.clone(), limit: 100, ..TransactionQuery::default() })
        .await
        .expect("page");
    assert!(page.total >= 1_500, "{}", page.total);
    assert_eq!(page.rows.len(), 100);
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)));
    let view = engine.company(company).await.expect("page");
    assert!(view.sentence.contains("account"), "{}", view.sentence);
    assert!(view.timeline.iter().any(|event| event.title.contains("linked")), "{:?}", view.timeline);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_bank_is_nobodys_fault_and_the_same_connection_goes_on() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let attempt = world.begin("Acme Ltd", "HF-2", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    for decision in ["cancel", "fail", "unsupported"] {
        let handed = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over");
        let back = world.customer(&handed.link_url.expect("address"), decision).await.expect("a redirect");
        engine.ring(back).await.expect("rung");
        let view = world.until(&attempt.id, &[AttemptStage::NotLinked]).await;
        let problem = view.problem.expect("a problem");
        assert_ne!(problem.side, Side::Customer, "{decision}: the code does not say so");
    }
    let handed = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over");
    let url = handed.link_url.expect("address");
    world.customer(&url, "authorise").await.expect("a redirect");
    // Nobody rings: the ladder finds out by itself.
    world.until(&attempt.id, &[AttemptStage::Complete]).await;
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)), "four attempts, one connection");
    assert_eq!(world.customer(&url, "authorise").await, None, "a used link leads nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_that_is_not_ours_changes_nothing() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let attempt = world.begin("Acme Ltd", "HF-3", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let old = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("address");
    let new = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("address");
    let state = |url: &str| url.rsplit("state=").next().expect("state").to_owned();
    engine.park_attempt(attempt.id.clone()).await.expect("parked");
    // Whatever runs in the background has ended: from here on, only a ring could change anything.
    engine.stopped().await;
    let before = engine.content_hash().await.expect("hash");
    let stranger = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for (text, reason) in [
        (format!("fairlead://return?state={}", "A".repeat(43)), "unknown"),
        (format!("fairlead://return?state={}", state(&old)), "used"),
        (format!("fairlead://return?state={}&companyId={stranger}", state(&new)), "foreign"),
        (format!("fairlead://return?state={}&x=1&x=2", state(&new)), "malformed"),
        ("javascript:alert(1)".into(), "malformed"),
    ] {
        let heard = engine.ring(text.clone()).await.expect("answered");
        assert_eq!((heard.accepted, heard.reason.as_str()), (false, reason), "{text}");
    }
    assert_eq!(engine.content_hash().await.expect("hash"), before, "no table changed");
    assert!(
        engine.ring(format!("fairlead://return?state={}", state(&new))).await.expect("rung").accepted,
        "control: the good one is heard"
    );
    assert_eq!(engine.ring(format!("fairlead://return?state={}", state(&new))).await.expect("rung").reason, "used", "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_the_answer_there_is_one_company_and_one_connection() {
    let mut fired = 0;
    for seed in 0..6_u64 {
        let kind = ["applyThenDrop", "applyThen500", "cutBody"][usize::try_from(seed % 3).expect("small")];
        let world = World::new(Options { seed, ..Options::default() }).await;
        let rules = serde_json::json!([
            { "match": "POST /companies", "times": 1, "fault": { "kind": kind } },
            { "match": "POST /companies/*/connections", "times": 1, "fault": { "kind": kind } },
        ]);
        world.turn("faults", rules).await;
        let attempt = world.begin("Acme Ltd", &format!("HF-{seed}"), BANK).await;
        world.until(&attempt.id, &[AttemptStage::Ready]).await;
        let again = world.begin("Acme Ltd", &format!("HF-{seed}"), BANK).await;
        assert_eq!(again.id, attempt.id, "the same reference goes on with the same attempt");
        let state = world.control("state").await;
        assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)), "seed {seed}, {kind}");
        for rule in world.control("faults").await["results"].as_array().expect("rules") {
            fired += rule["fired"].as_u64().expect("count");
        }
    }
    println!("faults fired: {fired} of 12 planned");
    assert_eq!(fired, 12, "a fault that never fires proves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_goes_on_where_it_was() {
    let mut world = World::new(Options::default()).await;
    let attempt = world.begin("Acme Ltd", "HF-9", BANK).await;
    world.restart().await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let url = world.engine().hand_over(attempt.id.clone(), Door::Qr).await.expect("handed over").link_url.expect("address");
    world.customer(&url, "authorise").await.expect("a redirect");
    world.restart().await;
    world.until(&attempt.id, &[AttemptStage::Complete]).await;
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn linked_while_fairlead_was_closed_the_window_is_judged_by_codats_own_clock() {
    let mut world = World::new(Options::default()).await;
    let attempt = world.begin("Acme Ltd", "HF-10", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let url = world.engine().hand_over(attempt.id.clone(), Door::Mail).await.expect("handed over").link_url.expect("address");
    world.engine().stopped().await;
    world.customer(&url, "authorise").await.expect("a redirect");
    world.clock.ahead(3 * 3_600_000);
    world.restart().await;
    let done = world.until(&attempt.id, &[AttemptStage::Complete]).await;
    let history = done.history.expect("linked");
    assert!(history.met, "Codat began all four reads by itself: {history:?}");
    assert!(
        history.linked_at.0 < history.closes_at.0 - 1 && history.seconds.is_some_and(|seconds| seconds.len() <= 4),
        "within seconds of linking"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_at_codat_ends_its_attempt_and_the_reference_begins_a_new_one() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let attempt = world.begin("Acme Ltd", "HF-11", BANK).await;
    let ready = world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let (company, connection) = (ready.company_id.expect("company"), ready.connection_id.expect("connection"));
    let key = format!("Basic {}", base64_of(world.sandbox.api_key()));
    let path = format!("{}/companies/{company}/connections/{connection}", world.sandbox.base_url());
    assert!(world.http.delete(path).header("Authorization", key).send().await.expect("deleted").status().is_success());
    let error = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect_err("nothing to hand over");
    assert_eq!(error.code(), ErrorCode::NotFound);
    let ended = engine.attempt(attempt.id.clone()).await.expect("attempt");
    assert_eq!(ended.stage, AttemptStage::NotLinked);
    assert!(ended.problem.is_some_and(|problem| problem.side == Side::Codat && problem.what.contains("deleted")));
    let again = world.begin("Acme Ltd", "HF-11", BANK).await;
    assert_ne!(again.id, attempt.id);
    let again = world.until(&again.id, &[AttemptStage::Ready]).await;
    assert_eq!(again.company_id, Some(company), "the company is still there");
    assert_ne!(again.connection_id, Some(connection));
    let wire = engine.hand_over(again.id, Door::Copy).await;
    assert!(wire.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_is_not_over_before_somebody_came_back() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let attempt = world.begin("Acme Ltd", "HF-12", BANK).await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let url = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over").link_url.expect("address");
    let back = world.customer(&url, "authorise").await.expect("a redirect");
    engine.ring(back).await.expect("rung");
    world.until(&attempt.id, &[AttemptStage::Complete]).await;
    let url = engine.hand_over(attempt.id.clone(), Door::Copy).await.expect("once more").link_url.expect("address");
    assert_eq!(
        engine.check_now(attempt.id.clone()).await.expect("asked").stage,
        AttemptStage::Waiting,
        "that it is linked says nothing new"
    );
    let back = world.customer(&url, "authorise").await.expect("a redirect");
    assert!(engine.ring(back).await.expect("rung").accepted);
    let done = world.until(&attempt.id, &[AttemptStage::Complete]).await;
    assert_eq!(done.problem.map(|problem| problem.side), Some(Side::Nobody), "they had it already; it was read once more");
    let state = world.control("state").await;
    assert_eq!((state["companies"].as_u64(), state["connections"].as_u64()), (Some(1), Some(1)));
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_is_not_enabled_is_refused_before_anything_is_created() {
    let world = World::new(Options::default()).await;
    let engine = world.engine();
    let save = SaveDraft { name: Some("Acme".into()), bank_key: Some("no_such_bank".into()), ..SaveDraft::default() };
    let error = engine.save_draft(save).await.expect_err("no such bank");
    assert_eq!(error.code(), ErrorCode::BankUnavailable);
    assert_eq!(world.control("state").await["companies"], 0);
}
