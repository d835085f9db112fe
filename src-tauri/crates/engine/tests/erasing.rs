//! Erasing through the whole engine: a company, what is too old, a profile. What went stays away, and its receipt stays.

mod support;

use engine::Engine;
use engine::view::*;
use sandbox::Options;
use support::World;

async fn with_data() -> (World, Engine, CompanyView) {
    let world = World::new(Options { companies: 2, transactions: Some(200), months: 24, ..Options::default() }).await;
    let engine = world.engine();
    let told = engine.sync_and_wait(None).await.expect("synced");
    assert_eq!(told.outcome, "complete", "{told:?}");
    let page = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    let company = engine.company(page.rows[0].id.clone()).await.expect("a company");
    (world, engine, company)
}

fn erase(company: &CompanyView, typed: &str) -> End {
    End { company_id: company.row.id.clone(), ending: Ending::Erase, typed: typed.to_owned() }
}

fn transactions(receipt: &ErasureView) -> u64 {
    receipt.counts.iter().find(|gone| gone.table == "transactions").map_or(0, |gone| gone.rows)
}

async fn names(engine: &Engine) -> Vec<String> {
    let page = engine.list_companies(CompanyQuery { limit: 10, ..CompanyQuery::default() }).await.expect("companies");
    page.rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_company_stays_away_though_codat_goes_on_listing_it() {
    let (mut world, engine, company) = with_data().await;
    let before = engine.stats().await.expect("stats").transactions;
    assert!(engine.end(erase(&company, "Another")).await.is_err(), "its name must be typed");
    assert_eq!(engine.stats().await.expect("stats").transactions, before, "and nothing was erased");

    let receipt = engine.end(erase(&company, &company.row.name)).await.expect("erased").expect("a receipt");
    assert_eq!((receipt.what.as_str(), receipt.of.as_ref()), ("company", Some(&company.row.id)));
    assert!((200..before).contains(&transactions(&receipt)) && receipt.is_whole && receipt.digest.len() == 64, "{receipt:?}");
    let text = serde_json::to_string(&receipt).expect("JSON");
    assert!(!text.contains(&company.row.name), "a receipt does not name the customer: {text}");

    engine.sync_and_wait(None).await.expect("synced");
    world.restart().await;
    let engine = world.engine();
    let told = engine.sync_and_wait(None).await.expect("synced");
    assert_eq!((told.rows, names(&engine).await.len()), (0, 1), "Codat lists two, one of them stays out, and nothing is read for it");
    assert_eq!(engine.company(company.row.id.clone()).await.expect_err("gone").code(), ErrorCode::NotFound);
    assert_eq!(engine.stats().await.expect("stats").transactions, before - transactions(&receipt));
    assert_eq!(engine.kept_here().await.expect("kept").erasures, [receipt], "the receipt is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_that_was_deleted_at_codat_is_offered_for_erasing() {
    let (_world, engine, company) = with_data().await;
    engine.end(End { ending: Ending::DeleteCompany, ..erase(&company, &company.row.name) }).await.expect("deleted");
    let kept = engine.kept_here().await.expect("kept");
    let left: Vec<(&str, &str)> = kept.left_behind.iter().map(|left| (left.id.as_str(), left.name.as_str())).collect();
    assert_eq!(left, [(company.row.id.as_str(), company.row.name.as_str())]);
    assert!(kept.erasures.is_empty() && kept.left_behind[0].rows >= 200, "{kept:?}");
    let receipt = engine.end(erase(&company, &company.row.name)).await.expect("erased").expect("a receipt");
    assert_eq!(transactions(&receipt), kept.left_behind[0].rows);
    assert!(engine.kept_here().await.expect("kept").left_behind.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_the_team_keeps_is_counted_first_and_then_goes_and_stays_away() {
    let (_world, engine, _) = with_data().await;
    assert!(engine.keep_for(Some(1)).await.is_err(), "a month is no rule");
    let all = engine.stats().await.expect("stats").transactions;
    let older = engine.older_than(12).await.expect("counted");
    assert!(older.transactions > 0 && older.transactions < all && older.companies == 2, "{older:?}");
    assert_eq!(engine.stats().await.expect("stats").transactions, all, "counting erases nothing");

    let receipt = engine.keep_for(Some(12)).await.expect("kept").expect("something went");
    assert_eq!(transactions(&receipt), older.transactions);
    assert_eq!(engine.stats().await.expect("stats").transactions, all - older.transactions);
    assert_eq!((engine.kept_here().await.expect("kept").months, engine.older_than(12).await.expect("counted").transactions), (Some(12), 0));
    assert_eq!(engine.keep_for(Some(12)).await.expect("asked again"), None, "nothing more to erase");
    engine.keep_for(None).await.expect("for ever");
    assert_eq!(engine.kept_here().await.expect("kept").months, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_goes_whole_with_a_receipt_also_when_the_program_died_in_between() {
    let (world, engine, _) = with_data().await;
    let list = world.home.folder().join("profiles.json");
    let folder = world.home.folder().join("profiles").join("test");
    assert!(folder.join("fairlead.db").exists(), "control: its files are here");
    // As a program that died right after it had written down what it was about to do.
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&list).expect("read")).expect("JSON");
    kept["profiles"][0]["leaving"] = serde_json::json!({ "what": "profile", "of": "Test", "at": 7, "counts": { "transactions": 400 } });
    engine.stopped().await;
    world.home.close_profile();
    std::fs::write(&list, kept.to_string()).expect("written");

    let state = world.home.app_state().await.expect("the next start");
    assert!(state.profiles.is_empty() && !folder.exists(), "it goes on: {:?}", state.profiles);
    let removed = world.home.removed().expect("receipts");
    assert_eq!((removed.len(), removed[0].of.as_deref(), removed[0].rows), (1, Some("Test"), 400));

    // And undisturbed.
    support::add_and_open(&world.home, world.sandbox.api_key(), Some(world.sandbox.base_url())).await;
    world.engine().sync_and_wait(None).await.expect("synced");
    let there = world.engine().stats().await.expect("stats").transactions;
    let receipt = world.home.remove_profile("Test").await.expect("removed");
    assert_eq!(transactions(&receipt), there);
    assert!(
        !world.home.folder().join("profiles").join("test").exists() && world.home.app_state().await.expect("state").profiles.is_empty()
    );
    assert_eq!(world.home.removed().expect("receipts").len(), 2);
}
