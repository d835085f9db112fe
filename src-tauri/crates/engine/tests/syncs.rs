//! Syncs on the real sandbox, over real HTTP: what is asked, what is stored, what a fault costs.

#[path = "syncs/odd.rs"]
mod odd;
#[path = "syncs/progress.rs"]
mod progress;
#[path = "syncs/search.rs"]
mod search;
mod support;

use engine::view::*;
use engine::{ExportTo, Going};
use sandbox::{Fault, Options, Rule, Switches};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::World;

const TRANSACTIONS: &str = "banking-transactions";

/// What the sandbox says can be read, over all connections.
#[derive(Debug, Default, PartialEq)]
struct Digest {
    accounts: u64,
    transactions: u64,
    sums: BTreeMap<String, rust_decimal::Decimal>,
}

async fn digest(world: &World) -> Digest {
    let told = world.control("digest").await;
    let mut digest = Digest::default();
    for connection in told["results"].as_array().expect("connections") {
        digest.accounts += connection["accounts"].as_u64().expect("accounts");
        digest.transactions += connection["transactions"].as_u64().expect("transactions");
        for (currency, sum) in connection["sums"].as_object().expect("sums") {
            *digest.sums.entry(currency.clone()).or_default() +=
                sum.as_str().expect("text").parse::<rust_decimal::Decimal>().expect("exact");
        }
    }
    digest
}

/// The same, as it is here.
async fn held(world: &World) -> Digest {
    let stats = world.engine().stats().await.expect("stats");
    Digest {
        accounts: stats.accounts.into(),
        transactions: stats.transactions,
        sums: stats.sums.into_iter().map(|(currency, sum)| (currency, sum.parse().expect("exact"))).collect(),
    }
}

/// Requests so far whose path ends like this, with their queries.
async fn asked(world: &World, ending: &str) -> Vec<String> {
    let log = world.control("requests").await;
    let results = log["results"].as_array().expect("log");
    let path = |line: &Value| line["path"].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
    results.iter().filter(|line| path(line).ends_with(ending)).map(|line| line["query"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A company with a linked connection: its id and the connection's.
async fn linked(world: &World) -> (String, String) {
    let state = world.control("state?all=true").await;
    for company in state["list"].as_array().expect("companies") {
        for connection in company["connections"].as_array().expect("connections") {
            if connection["status"] == "Linked" {
                let text = |value: &Value| value.as_str().expect("an id").to_owned();
                return (text(&company["id"]), text(&connection["id"]));
            }
        }
    }
    panic!("no company is linked")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portfolio_made_elsewhere_comes_in_whole_then_costs_one_request_then_one_page() {
    let world = World::new(Options { companies: 12, transactions: Some(1_200), ..Options::default() }).await;
    let engine = world.engine();
    let first = engine.sync_and_wait(None).await.expect("a sync");
    assert_eq!(first.outcome, "complete", "{first:?}");
    let told = digest(&world).await;
    assert!(told.transactions >= 1_200, "the sandbox has something to tell: {told:?}");
    assert_eq!(held(&world).await, told, "every row and every penny");
    assert_eq!(first.requests, 1 + first.pages, "one page of companies, and nothing but pages");

    let unchanged = engine.sync_and_wait(None).await.expect("a sync");
    assert_eq!((unchanged.outcome.as_str(), unchanged.requests, unchanged.pages), ("complete", 1, 0), "nothing moved");

    let (_, connection) = linked(&world).await;
    world.turn(&format!("connections/{connection}/land/{TRANSACTIONS}"), Value::Null).await;
    let delta = engine.sync_and_wait(None).await.expect("a sync");
    assert_eq!(
        (delta.outcome.as_str(), delta.requests, delta.pages),
        ("complete", 3, 1),
        "companies, the history of the one that moved, one page"
    );
    let last = asked(&world, TRANSACTIONS).await.pop().expect("a page");
    assert!(last.contains("modifiedDate>="), "only what changed: {last}");
    assert_eq!(held(&world).await, digest(&world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_was_cut_goes_on_behind_its_last_page() {
    let mut world = World::new(Options { companies: 8, transactions: Some(12_000), ..Options::default() }).await;
    let (company, _) = linked(&world).await;
    // The third page meets a wall that no retry helps against.
    let wall = json!([{ "match": format!("GET /companies/{company}/connections/*/data/{TRANSACTIONS}"), "after": 2, "fault": { "kind": "status", "status": 402 } }]);
    world.turn("faults", wall).await;
    let cut = world.engine().sync_and_wait(Some(company.clone())).await.expect("a sync");
    assert_eq!(cut.outcome, "partial", "the other types are here: {cut:?}");
    world.turn("faults", json!([])).await;
    // Starting again takes the cut fetch up by itself; the sync joins it.
    world.restart().await;
    let resumed = world.engine().sync_and_wait(Some(company.clone())).await.expect("a sync");
    assert_eq!(resumed.outcome, "complete", "{resumed:?}");
    let pages = asked(&world, TRANSACTIONS).await;
    let count = |page: &str| pages.iter().filter(|query| query.split('&').any(|pair| pair == page)).count();
    assert_eq!((count("page=1"), count("page=2")), (1, 1), "nothing is read twice: {pages:?}");
    let own: u64 = own_transactions(&world, &company).await;
    let query = TransactionQuery { company_id: company, limit: 1, ..TransactionQuery::default() };
    assert_eq!(u64::from(world.engine().transactions(query).await.expect("page").total), own);
}

async fn own_transactions(world: &World, company: &str) -> u64 {
    let told = world.control("digest").await;
    let own = told["results"].as_array().expect("connections").iter().filter(|row| row["companyId"] == company);
    own.map(|row| row["transactions"].as_u64().expect("count")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_lands_in_the_middle_of_a_walk_loses_nothing() {
    let world = World::new(Options { companies: 8, transactions: Some(11_000), ..Options::default() }).await;
    let (company, _) = linked(&world).await;
    let lands = json!([{ "match": format!("GET /companies/{company}/connections/*/data/{TRANSACTIONS}"), "after": 1, "times": 1, "fault": { "kind": "syncLands" } }]);
    world.turn("faults", lands).await;
    let sync = world.engine().sync_and_wait(Some(company.clone())).await.expect("a sync");
    assert_eq!(sync.outcome, "complete", "{sync:?}");
    assert_eq!(world.control("faults").await["results"][0]["fired"], 1, "a fault that never fires proves nothing");
    let first_pages = asked(&world, TRANSACTIONS).await.iter().filter(|query| query.split('&').any(|pair| pair == "page=1")).count();
    assert_eq!(first_pages, 2, "the walk began anew");
    let query = TransactionQuery { company_id: company.clone(), limit: 1, ..TransactionQuery::default() };
    let total = world.engine().transactions(query).await.expect("page").total;
    assert_eq!(u64::from(total), own_transactions(&world, &company).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_answers_and_short_pauses_cost_requests_and_no_rows() {
    let world = World::new(Options { companies: 8, transactions: Some(6_000), ..Options::default() }).await;
    let (company, _) = linked(&world).await;
    let at = |after: u32, fault: Value| json!({ "match": format!("GET /companies/{company}/connections/**"), "after": after, "times": 1, "fault": fault });
    let faults = json!([
        at(0, json!({ "kind": "cutBody" })),
        at(2, json!({ "kind": "status", "status": 503 })),
        at(3, json!({ "kind": "status", "status": 429, "retryAfter": "1" })),
        at(4, json!({ "kind": "dropBefore" })),
    ]);
    world.turn("faults", faults).await;
    let sync = world.engine().sync_and_wait(Some(company.clone())).await.expect("a sync");
    assert_eq!(sync.outcome, "complete", "{sync:?}");
    let rules = world.control("faults").await;
    assert!(rules["results"].as_array().expect("rules").iter().all(|rule| rule["fired"] == 1), "every fault struck: {rules}");
    let query = TransactionQuery { company_id: company.clone(), limit: 1, ..TransactionQuery::default() };
    let total = world.engine().transactions(query).await.expect("page").total;
    assert_eq!(u64::from(total), own_transactions(&world, &company).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_break_off_time_and_again_are_asked_for_in_smaller_pages() {
    let mut world = World::new(Options { companies: 8, transactions: Some(6_000), ..Options::default() }).await;
    let (company, _) = linked(&world).await;
    // Large answers never come through whole.
    let breaks = json!([{ "match": format!("GET /companies/{company}/connections/*/data/{TRANSACTIONS}"), "times": 5, "fault": { "kind": "cutBody" } }]);
    world.turn("faults", breaks).await;
    let mut sync = world.engine().sync_and_wait(Some(company.clone())).await.expect("a sync");
    if sync.outcome != "complete" {
        // So many in a row, and nothing good in between: the line itself was given a rest.
        world.restart().await;
        sync = world.engine().sync_and_wait(Some(company.clone())).await.expect("a sync");
    }
    assert_eq!(sync.outcome, "complete", "{sync:?}");
    assert_eq!(world.control("faults").await["results"][0]["fired"], 5, "a fault that never fires proves nothing");
    let pages = asked(&world, TRANSACTIONS).await;
    assert!(pages.last().is_some_and(|query| query.contains("pageSize=1000")), "{pages:?}");
    let query = TransactionQuery { company_id: company.clone(), limit: 1, ..TransactionQuery::default() };
    let total = world.engine().transactions(query).await.expect("page").total;
    assert_eq!(u64::from(total), own_transactions(&world, &company).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_is_queued_once_followed_by_its_stages_and_fetched() {
    let world = World::new(Options { companies: 8, transactions: Some(300), ..Options::default() }).await;
    let engine = world.engine();
    engine.refresh_companies().await.expect("companies");
    let (company, connection) = linked(&world).await;
    let mut events = world.home.events();
    let all = || StartSync { company_id: company.clone(), connection_id: Some(connection.clone()), data_types: vec![] };
    engine.start_sync(all()).await.expect("queued");
    engine.start_sync(all()).await.expect("what runs already is joined, not an error");
    let card = loop {
        let view = engine.company(company.clone()).await.expect("page");
        let card = view.connections.into_iter().find(|card| card.id == connection).expect("the connection");
        if card.sync.iter().all(|row| row.status.word == "Complete") {
            break card;
        }
        assert!(card.sync.iter().all(|row| row.status.ring != Ring::Crossed), "{:?}", card.sync);
        let _ = tokio::time::timeout(std::time::Duration::from_secs(30), events.recv()).await.expect("something moves");
    };
    for row in &card.sync {
        assert!(row.last_success.is_some() && row.requested_at <= row.completed_at, "{row:?}");
        assert_eq!(row.stages.last().map(|stage| stage.stage), Some(Stage::Downloading), "our own fetch is shown too: {row:?}");
        assert_eq!((row.raw_status.as_deref(), &row.problem), (Some("Complete"), &None), "nothing was set aside");
    }
    let view = engine.company(company.clone()).await.expect("page");
    assert!(view.timeline.iter().any(|line| line.title.contains("read from")), "{:?}", view.timeline);
    assert!(view.sentence.contains("data to"), "{}", view.sentence);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_read_names_the_bank_and_what_was_read_before_stays() {
    let world = World::new(Options { companies: 8, transactions: Some(300), ..Options::default() }).await;
    let engine = world.engine();
    let (company, connection) = linked(&world).await;
    engine.sync_and_wait(Some(company.clone())).await.expect("a sync");
    let before = held(&world).await;
    world.turn("switches", json!({ "failSyncs": { TRANSACTIONS: "PermissionsError" } })).await;
    let only = StartSync { company_id: company.clone(), connection_id: Some(connection.clone()), data_types: vec![TRANSACTIONS.into()] };
    let mut events = world.home.events();
    engine.start_sync(only).await.expect("queued");
    let row = loop {
        let view = engine.company(company.clone()).await.expect("page");
        let card = view.connections.into_iter().find(|card| card.id == connection).expect("the connection");
        let row = card.sync.into_iter().find(|row| row.data_type == TRANSACTIONS).expect("the row");
        if row.problem.is_some() {
            break row;
        }
        let _ = tokio::time::timeout(std::time::Duration::from_secs(30), events.recv()).await.expect("something moves");
    };
    assert_eq!((row.status.word.as_str(), row.problem.expect("a problem").side), ("Last read failed", Side::Bank));
    assert_eq!(held(&world).await, before, "nothing is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_exactly_the_rows_of_its_query() {
    let world = World::new(Options { companies: 8, transactions: Some(900), ..Options::default() }).await;
    let engine = world.engine();
    let (company, _) = linked(&world).await;
    engine.sync_and_wait(Some(company.clone())).await.expect("a sync");
    let query = TransactionQuery { company_id: company.clone(), text: "out >20".into(), limit: 500, ..TransactionQuery::default() };
    let page = engine.transactions(query.clone()).await.expect("page");
    assert!(page.total > 0 && page.chips.len() == 2, "{page:?}");
    let folder = tempfile::tempdir().expect("folder");
    let out = folder.path().join("rows.csv");
    let to = |format, out: &std::path::Path| ExportTo { format, out: out.to_owned(), overwrite: false };
    let done = engine.export_transactions(query.clone(), to(ExportFormat::Csv, &out)).await.expect("exported");
    assert_eq!(done.rows, page.total);
    let mut sums: BTreeMap<String, rust_decimal::Decimal> = BTreeMap::new();
    for record in csv::Reader::from_path(out).expect("csv").records() {
        let record = record.expect("record");
        *sums.entry(record[6].to_owned()).or_default() += record[5].parse::<rust_decimal::Decimal>().expect("a number");
    }
    let told: BTreeMap<String, rust_decimal::Decimal> =
        page.sums.iter().map(|sum| (sum.currency.clone(), sum.money_out.parse::<rust_decimal::Decimal>().expect("exact"))).collect();
    assert_eq!(sums, told, "the sums over all matches are the sums of the file, per currency");
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.path().join(&done.manifest)).expect("a manifest")).expect("json");
    assert_eq!((&manifest["sha256"], &manifest["companies"][0]["id"]), (&json!(done.sha256), &json!(query.company_id)));
    assert_eq!(
        (&manifest["filter"]["typed"], &manifest["filter"]["moneyIn"], &manifest["filter"]["atLeast"]),
        (&json!("out >20"), &json!(false), &json!("20"))
    );
    assert!(manifest["dataAsOf"].is_string() && manifest["profile"].is_string(), "{manifest}");
    let json = folder.path().join("rows.json");
    engine.export_transactions(query, to(ExportFormat::Json, &json)).await.expect("exported");
    let rows: Vec<Value> = serde_json::from_slice(&std::fs::read(json).expect("read")).expect("an array");
    assert_eq!((rows.len(), rows[0]["amount"].is_string()), (usize::try_from(done.rows).expect("few"), true));
    let files = || std::fs::read_dir(folder.path()).expect("list").count();
    let before = files();
    let everything = TransactionQuery { company_id: company, ..TransactionQuery::default() };
    let (whole, ended) = (Going::default(), Going::default());
    let parquet = folder.path().join("rows.parquet");
    ended.end();
    engine.export_transactions_as(everything.clone(), to(ExportFormat::Parquet, &parquet), ended.clone()).await.expect_err("ended");
    assert_eq!((files(), ended.rows()), (before, 0), "an export that is ended leaves nothing");
    let done =
        engine.export_transactions_as(everything.clone(), to(ExportFormat::Jsonl, &folder.path().join("rows.jsonl")), whole.clone()).await;
    assert!(done.is_ok_and(|done| done.rows >= 512 && whole.rows() > 0 && whole.rows() <= done.rows), "how far it is can be seen");
    let before = files();
    tokio::select! {
        biased;
        done = engine.export_transactions(everything, to(ExportFormat::Xlsx, &folder.path().join("rows.xlsx"))) => panic!("not yet: {done:?}"),
        () = std::future::ready(()) => {}
    }
    engine.stopped().await;
    assert_eq!(files(), before, "an export that is no longer wanted leaves nothing");
}

/// The row of a type, once it is as wanted; listens instead of sleeping.
async fn row_when(world: &World, company: &str, connection: &str, data_type: &str, wanted: impl Fn(&DataTypeSync) -> bool) -> DataTypeSync {
    let mut events = world.home.events();
    loop {
        let view = world.engine().company(company.to_owned()).await.expect("page");
        let card = view.connections.into_iter().find(|card| card.id == connection).expect("the connection");
        let row = card.sync.into_iter().find(|row| row.data_type == data_type).expect("the row");
        if wanted(&row) {
            return row;
        }
        let heard = tokio::time::timeout(std::time::Duration::from_secs(30), events.recv()).await;
        assert!(heard.is_ok(), "nothing moves any more: {row:?}");
    }
}

fn only(company: &str, connection: &str, data_type: &str) -> StartSync {
    StartSync { company_id: company.into(), connection_id: Some(connection.into()), data_types: vec![data_type.into()] }
}

#[tokio::test(flavor = "multi_thread")]
async fn c22_a_first_read_that_timed_out_is_asked_for_once_more_after_five_minutes() {
    let world = World::new(Options { companies: 8, transactions: Some(300), ..Options::default() }).await;
    let engine = world.engine();
    let (company, connection) = linked(&world).await;
    engine.sync_and_wait(Some(company.clone())).await.expect("a sync");
    world.turn("switches", json!({ "failSyncs": { TRANSACTIONS: "FetchError" } })).await;
    engine.start_sync(only(&company, &connection, TRANSACTIONS)).await.expect("queued");
    let failed = row_when(&world, &company, &connection, TRANSACTIONS, |row| row.problem.is_some()).await;
    let done = failed.problem.and_then(|problem| problem.done).unwrap_or_default();
    assert!(done.contains("asks again by itself"), "what Fairlead will do is said: {done}");
    let queued = || async { asked(&world, "data/queue/banking-transactions").await.len() };
    assert_eq!(queued().await, 1, "not at once");

    world.turn("switches", json!({ "failSyncs": {} })).await;
    world.clock.ahead(5 * 60_000 + 5_000);
    // Any new question makes the follower look now; the second try is due.
    engine.start_sync(only(&company, &connection, "banking-accounts")).await.expect("queued");
    row_when(&world, &company, &connection, TRANSACTIONS, |row| row.status.word == "Complete").await;
    assert_eq!(queued().await, 2, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn c20_a_word_nobody_knows_is_running_and_an_empty_set_is_no_failure() {
    let categories = "banking-transactionCategories".to_owned();
    let switches = Switches {
        odd_status: Some("Percolating".into()),
        empty_types: vec![categories.clone()],
        progress_goes_back: true,
        ..Switches::default()
    };
    let world = World::new(Options { transactions: Some(300), switches, ..Options::default() }).await;
    let attempt = world.begin("Acme Ltd", "R-1", "demobank_truelayer").await;
    world.until(&attempt.id, &[AttemptStage::Ready]).await;
    let handed = world.engine().hand_over(attempt.id.clone(), Door::Copy).await.expect("handed over");
    let back = world.customer(&handed.link_url.expect("address"), "authorise").await.expect("a redirect");
    world.engine().ring(back).await.expect("rung");
    let done = world.until(&attempt.id, &[AttemptStage::Complete, AttemptStage::ReadFailed]).await;
    assert_eq!(done.stage, AttemptStage::Complete, "{done:?}");
    for row in &done.sync {
        assert_eq!((row.status.word.as_str(), row.rows == 0), ("Complete", row.data_type == categories), "{row:?}");
    }
    assert_eq!(done.sync.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn c30_what_codat_no_longer_lists_is_marked_after_two_whole_passes_and_never_erased() {
    let world = World::new(Options { companies: 8, transactions: Some(400), ..Options::default() }).await;
    let engine = world.engine();
    let (company, connection) = linked(&world).await;
    engine.sync_and_wait(Some(company.clone())).await.expect("a sync");
    let before = engine.stats().await.expect("stats").transactions;
    let missing = || async {
        let query = TransactionQuery { company_id: company.clone(), limit: 500, ..TransactionQuery::default() };
        let page = engine.transactions(query).await.expect("page");
        (u64::from(page.total), page.rows.iter().filter(|row| row.missing).count())
    };
    world.turn("switches", json!({ "dropEvery": 10 })).await;
    let a_month_later = || async {
        world.clock.ahead(31 * 24 * 3_600_000);
        world.turn(&format!("connections/{connection}/land/{TRANSACTIONS}"), Value::Null).await;
        let sync = engine.sync_and_wait(Some(company.clone())).await.expect("a sync");
        assert_eq!(sync.outcome, "complete", "{sync:?}");
    };
    a_month_later().await;
    let (total, gone) = missing().await;
    assert!(total >= before && gone == 0, "one pass is not believed: banks hide pending rows for a while");
    a_month_later().await;
    let (after, gone) = missing().await;
    assert!(after >= total && gone >= 30, "{gone} of {after} are marked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_window_that_was_moved_at_codat_does_not_make_older_rows_look_gone() {
    let world = World::new(Options { companies: 8, transactions: Some(400), ..Options::default() }).await;
    let engine = world.engine();
    let (company, connection) = linked(&world).await;
    engine.sync_and_wait(Some(company.clone())).await.expect("a sync");
    let rows = async || {
        let query = TransactionQuery { company_id: company.clone(), limit: 500, ..TransactionQuery::default() };
        engine.transactions(query).await.expect("page")
    };
    let before = rows().await;
    let narrow = CodatScheduleChange { from_months: Some(6), ..CodatScheduleChange::default() };
    let change = SetCodatSchedule { types: [(TRANSACTIONS.to_owned(), narrow)].into(), confirmed: true, ..SetCodatSchedule::default() };
    assert!(engine.set_codat_schedule(change).await.expect("changed").saved);
    for _ in 0..3 {
        world.clock.ahead(31 * 24 * 3_600_000);
        engine.start_sync(only(&company, &connection, TRANSACTIONS)).await.expect("queued");
        row_when(&world, &company, &connection, TRANSACTIONS, |row| row.status.word == "Complete" && row.run.is_none()).await;
    }
    let told = world.control("digest").await;
    let own = told["results"]
        .as_array()
        .expect("connections")
        .iter()
        .find(|own| own["connectionId"] == connection.as_str() || own["id"] == connection.as_str());
    let told = own.expect("the connection")["transactions"].as_u64().expect("a count");
    let after = rows().await;
    println!("{} rows before, Codat tells {told} now, {} are here", before.total, after.total);
    assert!(told < u64::from(before.total), "the narrower window leaves rows out");
    assert!(after.total >= before.total && after.rows.iter().all(|row| !row.missing), "they stay, and none looks gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_today_cannot_hold_says_so_first_does_what_fits_and_goes_on_there_the_next_time() {
    // Behind the check of the key there is a wall, so that nothing is fetched before the profile rests.
    let wall = Rule { after: 1, ..Rule::always("GET /companies", Fault::Status { status: 402, retry_after: None }) };
    let world = World::new(Options { companies: 12, transactions: Some(300), script: vec![wall], ..Options::default() }).await;
    world.engine().stopped().await;
    world.home.close_profile();
    world.home.open_profile_at_rest("Test").await.expect("opens again");
    world.turn("faults", json!([])).await;
    let engine = world.engine();
    world.turn("switches", json!({ "dailyQuota": 25 })).await;
    let mut progress = engine.sync_progress();
    let (sync, ahead) = tokio::join!(engine.sync_and_wait(None), async {
        progress.wait_for(|progress| progress.plan.is_some()).await.expect("a plan").clone()
    });
    let plan = ahead.plan.expect("a plan");
    assert!(ahead.is_too_much_for_today() && plan.needed >= 40 && plan.today.is_some_and(|today| today < 25), "{ahead:?}");
    let limited = sync.expect("a sync");
    assert_eq!(limited.outcome, "limited", "{limited:?}");
    assert!(limited.requests <= 25, "{limited:?}");
    let kept = engine.sync_progress().borrow().pages;
    assert!(kept >= limited.requests - 4, "what fits is done, and nothing that was answered is thrown away: {kept} pages of {limited:?}");

    world.turn("switches", json!({ "dailyQuota": 5_000 })).await;
    // A person's request, which the reserve is for, hears of the new quota.
    engine.refresh_companies().await.expect("companies");
    let rest = engine.sync_and_wait(None).await.expect("a sync");
    assert_eq!(rest.outcome, "complete", "{rest:?}");
    assert_eq!(held(&world).await, digest(&world).await);
    let state = engine.sync_progress().borrow().clone();
    assert_eq!((state.done, state.pages), (state.companies, rest.pages));
}
