//! What Codat should never send, and limits that move: a clear state, nothing lost, nothing doubled.

use super::*;

const PAGES: &str = "GET /companies/*/connections/*/data/banking-transactions";

async fn with(companies: u32, rules: &[Rule]) -> World {
    let world = World::new(Options { companies, transactions: Some(9_000), ..Options::default() }).await;
    world.turn("faults", json!(rules)).await;
    world
}

async fn fired(world: &World) -> u64 {
    let fired = world.control("faults").await["fired"].as_u64().expect("a count");
    println!("{fired} faults fired");
    fired
}

/// Codat behaves again: another sync brings everything, once.
async fn heals(world: &World) {
    world.turn("faults", json!([])).await;
    let sync = world.engine().sync_and_wait(None).await.expect("a sync");
    assert_eq!(sync.outcome, "complete", "{sync:?}");
    assert_eq!(held(world).await, digest(world).await, "every row and every penny, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_is_too_high_or_too_low_on_one_page_loses_nothing_and_doubles_nothing() {
    for by in [100_000, -1_000_000, -5] {
        let world = with(1, &[Rule::once(PAGES, Fault::WrongTotal { by })]).await;
        let sync = world.engine().sync_and_wait(None).await.expect("a sync");
        assert_eq!(fired(&world).await, 1);
        assert_eq!(sync.outcome, "complete", "by {by}: {sync:?}");
        assert_eq!(held(&world).await, digest(&world).await, "by {by}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_always_lies_costs_a_page_more_and_no_row() {
    for by in [100_000, -1_000_000] {
        let world = with(1, &[Rule::always(PAGES, Fault::WrongTotal { by })]).await;
        let sync = world.engine().sync_and_wait(None).await.expect("a sync");
        assert!(fired(&world).await >= 2);
        assert_eq!(sync.outcome, "complete", "by {by}: {sync:?}");
        assert_eq!(held(&world).await, digest(&world).await, "by {by}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_does_not_end_is_left_after_its_second_page_and_said() {
    let world = with(1, &[Rule::always(PAGES, Fault::EndlessNext)]).await;
    let sync = world.engine().sync_and_wait(None).await.expect("a sync");
    assert_eq!(sync.outcome, "partial", "{sync:?}");
    let pages = fired(&world).await;
    assert!((2..=8).contains(&pages), "two pages a connection, not for ever: {pages}");
    heals(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_name_a_strangers_account_are_neither_lost_nor_doubled() {
    let world = with(8, &[Rule::once(PAGES, Fault::WrongCompany)]).await;
    let sync = world.engine().sync_and_wait(None).await.expect("a sync");
    assert_eq!(fired(&world).await, 1);
    assert_eq!(sync.outcome, "complete", "{sync:?}");
    assert_eq!(held(&world).await.transactions, digest(&world).await.transactions);
    // The next whole pass tells the right accounts of the same rows.
    world.clock.ahead(31 * 24 * 3_600_000);
    let (_, connection) = linked(&world).await;
    world.turn(&format!("connections/{connection}/land/{TRANSACTIONS}"), Value::Null).await;
    heals(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_of_28_digits_is_kept_to_the_last_digit_or_set_aside_whole() {
    let world = with(8, &[Rule::once(PAGES, Fault::LongAmount)]).await;
    let engine = world.engine();
    let sync = engine.sync_and_wait(None).await.expect("a sync");
    assert_eq!((fired(&world).await, sync.outcome.as_str()), (1, "complete"));
    let (whole, held) = (digest(&world).await, held(&world).await);
    if held.transactions == whole.transactions {
        let long: rust_decimal::Decimal = "1234567890123456789012345.678".parse().expect("exact");
        assert!(
            held.sums.values().any(|sum| (*sum - long).abs() < long / rust_decimal::Decimal::from(1_000)),
            "it is in its sum: {held:?}"
        );
        return;
    }
    assert_eq!(held.transactions, whole.transactions - 1, "set aside alone");
    let mut said = 0;
    for company in world.control("state?all=true").await["list"].as_array().expect("companies") {
        let view = engine.company(company["id"].as_str().expect("id").to_owned()).await.expect("page");
        let problems = view.connections.iter().flat_map(|card| &card.sync).filter_map(|row| row.problem.as_ref());
        said += problems.filter(|problem| problem.what == "1 record could not be understood.").count();
    }
    assert_eq!(said, 1, "and said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_of_zero_and_one_that_shrinks_on_the_way_stop_a_sync_that_goes_on_where_it_was() {
    let world = World::new(Options { companies: 6, transactions: Some(6_000), ..Options::default() }).await;
    let engine = world.engine();
    world.turn("switches", json!({ "dailyQuota": 0 })).await;
    let none = engine.sync_and_wait(None).await.expect("a sync");
    assert_eq!((none.outcome.as_str(), none.rows), ("limited", 0), "{none:?}");
    assert!(none.requests <= 2, "a quota of zero is not asked again and again: {none:?}");

    world.clock.ahead(26 * 3_600_000);
    world.turn("switches", json!({ "dailyQuota": 5_000, "latencyMs": 40 })).await;
    let mut progress = engine.sync_progress();
    let (sync, ()) = tokio::join!(engine.sync_and_wait(None), async {
        progress.wait_for(|progress| progress.pages >= 4).await.expect("some pages");
        world.turn("switches", json!({ "dailyQuota": 10 })).await;
    });
    let sync = sync.expect("a sync");
    assert_eq!(sync.outcome, "limited", "{sync:?}");
    assert_eq!(sync.pages, engine.sync_progress().borrow().pages, "what the company that hit the limit brought is counted too");
    assert!(sync.pages >= 4 && sync.rows == engine.sync_progress().borrow().rows, "{sync:?}");

    world.clock.ahead(26 * 3_600_000);
    world.turn("switches", json!({ "dailyQuota": 5_000, "latencyMs": 0 })).await;
    heals(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_by_days_and_is_set_right_again_changes_nothing_that_is_stored() {
    let world = with(8, &[]).await;
    world.clock.ahead(5 * 24 * 3_600_000);
    let ahead = world.engine().sync_and_wait(None).await.expect("a sync");
    assert_eq!(ahead.outcome, "complete", "{ahead:?}");
    world.clock.ahead(-9 * 24 * 3_600_000);
    let (_, connection) = linked(&world).await;
    world.turn(&format!("connections/{connection}/land/{TRANSACTIONS}"), Value::Null).await;
    heals(&world).await;
}
