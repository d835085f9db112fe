//! S46 to S60: syncs at Codat.

use crate::world::{NOON, TYPES, World};
use sandbox::{Mode, Options};
use serde_json::{Value, json};

/// Syncs take their usual time, on a clock that stands.
async fn slow() -> World {
    World::exactly(Options { clock: Some(NOON.parse().expect("a moment")), ..Options::default() }).await
}

fn status(row: &Value) -> &str {
    row["status"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn s46_linking_queues_every_type_that_is_fetched_on_first_link() {
    let world = slow().await;
    let mut settings = world.get("/profile/syncSettings").await.good();
    settings["settings"][3]["fetchOnFirstLink"] = json!(false);
    assert_eq!(world.post("/profile/syncSettings", &settings).await.status, 204);
    let company = world.company("Alder").await;
    assert_eq!(world.get(&format!("/companies/{company}/dataStatus")).await.good(), json!({}), "nothing connected, nothing supported");
    let connection = world.connection(&company, "natwest_business_uk").await;
    world.decide(&world.link(&company, &connection).await, "authorise").await;
    let queued: Vec<Value> = world.history(&company).await.iter().map(|row| row["dataType"].clone()).collect();
    assert_eq!(queued, TYPES[..3].iter().map(|data_type| json!(data_type)).collect::<Vec<_>>());
    let told = world.get(&format!("/companies/{company}/dataStatus")).await.good();
    assert_eq!(told.as_object().map(serde_json::Map::len), Some(4), "a key for each supported type");
}

#[tokio::test]
async fn s47_a_type_that_was_never_synced_has_only_its_name() {
    let world = World::new().await;
    world.switch(json!({ "extraMembers": false })).await;
    let company = world.company("Alder").await;
    world.connection(&company, "natwest_business_uk").await;
    assert_eq!(world.data_status(&company, "banking-accounts").await, json!({ "dataType": "banking-accounts" }));
}

#[tokio::test]
async fn s48_a_sync_walks_through_its_statuses_by_the_clock() {
    let world = slow().await;
    let (company, _) = world.linked("natwest_business_uk").await;
    let mut seen: Vec<String> = vec![];
    let mut progress = -1;
    for _ in 0..9_000 {
        let row = world.history(&company).await.into_iter().find(|row| row["dataType"] == "banking-transactions").expect("queued");
        if seen.last().map(String::as_str) != Some(status(&row)) {
            seen.push(status(&row).to_owned());
        }
        let now = row["progress"].as_i64().expect("a number");
        assert!(now >= progress, "progress does not go back");
        progress = now;
        if row["isCompleted"] == true {
            assert_eq!((progress, &row["isErrored"]), (100, &json!(false)));
            assert!(row["completed"].is_string());
            break;
        }
        assert!(row.get("completed").is_none());
        world.control("clock", &json!({ "advance": 1 })).await;
    }
    let order = [
        "Initial",
        "Queued",
        "Fetching",
        "MapQueued",
        "Mapping",
        "ValidationQueued",
        "Validating",
        "ProcessingQueued",
        "Processing",
        "Complete",
    ];
    let places: Vec<usize> = seen.iter().map(|word| order.iter().position(|known| known == word).expect("a known status")).collect();
    assert!(places.is_sorted() && places.last() == Some(&9), "in order, though a poller may miss some: {seen:?}");
    assert!(seen.len() >= 4, "a person sees the stages: {seen:?}");
}

#[tokio::test]
async fn s49_queueing_answers_with_the_new_sync_for_one_connection_or_all() {
    let world = World::new().await;
    let (company, first) = world.linked("natwest_business_uk").await;
    let second = world.connection(&company, "rbs_business_uk").await;
    world.decide(&world.link(&company, &second).await, "authorise").await;
    let before = world.history(&company).await.len();
    let queued = world.queue(&company, &first, "banking-accounts").await.good();
    assert!(["Initial", "Queued"].contains(&status(&queued)), "{queued}");
    assert_eq!((&queued["connectionId"], &queued["isCompleted"]), (&json!(first), &json!(false)));
    assert_eq!(world.history(&company).await.len(), before + 1);
    world.post(&format!("/companies/{company}/data/queue/banking-accounts"), &json!({})).await.good();
    assert_eq!(world.history(&company).await.len(), before + 3, "one for each connection");
    world.switch(json!({ "connectionIdLimits": false })).await;
    world.queue(&company, &first, "banking-accounts").await.good();
    assert_eq!(world.history(&company).await.len(), before + 5);
    let one = world.get(&format!("/companies/{company}/data/history/{}", queued["id"].as_str().expect("an id"))).await.good();
    assert_eq!((&one["id"], status(&one)), (&queued["id"], "Complete"));
    let validation = world.get(&format!("/companies/{company}/sync/{}/validation", queued["id"].as_str().expect("an id"))).await.good();
    assert_eq!(validation["errors"], json!([]));
}

#[tokio::test]
async fn s50_a_second_queue_while_one_runs_names_the_one_that_runs() {
    let world = slow().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let running = world.history(&company).await.into_iter().find(|row| row["dataType"] == "banking-accounts").expect("queued");
    for code in [400, 409] {
        world.switch(json!({ "inProgressStatus": code })).await;
        let refused = world.queue(&company, &connection, "banking-accounts").await;
        assert_eq!(refused.status, code);
        let text = refused.error();
        assert!(text.starts_with("DatasetAlreadyInProgressException: Cannot queue banking-accounts sync for"), "{text}");
        assert!(text.contains(running["id"].as_str().expect("an id")), "{text}");
    }
    world.later(60).await;
    assert_eq!(world.queue(&company, &connection, "banking-accounts").await.status, 200);
}

#[tokio::test]
async fn s51_unknown_types_and_types_of_accounting() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    assert_eq!(world.queue(&company, &connection, "banking-nonsense").await.status, 404);
    world.switch(json!({ "unknownTypeStatus": 400 })).await;
    assert_eq!(world.queue(&company, &connection, "banking-nonsense").await.status, 400);
    let accounting = world.queue(&company, &connection, "bankAccounts").await;
    let platform = world.read(&company, &connection).await["sourceId"].as_str().expect("id").to_owned();
    assert_eq!((accounting.status, accounting.error()), (400, format!("Datatype 'bankAccounts' not supported by platform {platform}")));
    let read = world.data(&company, &connection, "invoices").await;
    assert_eq!(read.status, 404);
    assert!(read.error().contains("not supported by platform(s)"));
}

#[tokio::test]
async fn s52_data_all_queues_only_what_is_fetched_on_first_link() {
    let world = World::new().await;
    let (company, _) = world.linked("natwest_business_uk").await;
    let before = world.history(&company).await.len();
    let mut settings = world.get(&format!("/companies/{company}/syncSettings")).await.good();
    assert_eq!(settings["overridesDefaults"], false, "they are the client's until the company has its own");
    settings["settings"][0]["fetchOnFirstLink"] = json!(false);
    settings["overridesDefaults"] = json!(true);
    assert_eq!(world.post(&format!("/companies/{company}/syncSettings"), &settings).await.status, 204);
    let all = world.post(&format!("/companies/{company}/data/all"), &json!({})).await;
    assert_eq!((all.status, all.text.as_str()), (204, ""));
    assert_eq!(world.history(&company).await.len(), before + 3);
    settings["settings"] = json!([settings["settings"][0]]);
    assert_eq!(world.post(&format!("/companies/{company}/syncSettings"), &settings).await.status, 400, "every type must be told");
}

#[tokio::test]
async fn s53_queue_all_is_of_old() {
    let world = World::new().await;
    let (company, _) = world.linked("natwest_business_uk").await;
    let path = format!("/companies/{company}/data/queue/all");
    assert_eq!(world.post(&path, &json!({})).await.status, 404);
    world.switch(json!({ "legacy": true })).await;
    assert_eq!(world.post(&path, &json!({})).await.status, 204);
}

#[tokio::test]
async fn s54_every_failure_can_be_had() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    for word in [
        "FetchError",
        "MapError",
        "ValidationError",
        "ProcessingError",
        "InternalError",
        "PermissionsError",
        "RateLimitError",
        "PrerequisiteNotMet",
        "Cancelled",
        "NotSupported",
        "AuthError",
    ] {
        world.switch(json!({ "failSyncs": { "banking-accounts": word } })).await;
        world.later(1).await;
        world.queue(&company, &connection, "banking-accounts").await.good();
        let row = world.history(&company).await.pop().expect("a row");
        let failed = word != "NotSupported";
        assert_eq!((status(&row), &row["isCompleted"], &row["isErrored"]), (word, &json!(false), &json!(failed)));
        assert_eq!(row.get("errorMessage").is_some_and(Value::is_string), failed, "{word}");
    }
    let told = world.data_status(&company, "banking-accounts").await;
    assert_eq!(told["currentStatus"], "AuthError");
}

#[tokio::test]
async fn s54_not_supported_counts_as_errored_by_switch() {
    let world = World::new().await;
    world.switch(json!({ "failSyncs": { "banking-accounts": "NotSupported" }, "unsupportedIsErrored": true })).await;
    let (company, _) = world.linked("natwest_business_uk").await;
    assert_eq!(world.history(&company).await[0]["isErrored"], true);
}

#[tokio::test]
async fn s55_a_failure_after_a_success_keeps_what_was_good() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let good = world.data_status(&company, "banking-transactions").await;
    let total = world.data(&company, &connection, "banking-transactions").await.total();
    world.switch(json!({ "failSyncs": { "banking-transactions": "FetchError" } })).await;
    world.later(3600).await;
    world.queue(&company, &connection, "banking-transactions").await.good();
    let now = world.data_status(&company, "banking-transactions").await;
    assert_eq!(now["currentStatus"], "FetchError");
    assert_eq!(
        (&now["lastSuccessfulSync"], &now["latestSuccessfulSyncId"]),
        (&good["lastSuccessfulSync"], &good["latestSuccessfulSyncId"])
    );
    assert_ne!(now["latestSyncId"], good["latestSyncId"]);
    assert_eq!(world.data(&company, &connection, "banking-transactions").await.total(), total);
}

#[tokio::test]
async fn s56_syncing_without_consent_fails() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    world.control(&format!("connections/{connection}/revoke"), &Value::Null).await;
    assert_eq!(world.status(&company, &connection).await, "Linked", "Codat does not know yet");
    world.later(1).await;
    world.queue(&company, &connection, "banking-accounts").await.good();
    assert_eq!(status(&world.history(&company).await.pop().expect("a row")), "AuthError");
    assert_eq!(world.status(&company, &connection).await, "Deauthorized");
    assert_eq!(world.queue(&company, &connection, "banking-accounts").await.status, 400);
    world.switch(json!({ "strictQueue": false })).await;
    world.later(1).await;
    world.queue(&company, &connection, "banking-accounts").await.good();
    assert_eq!(status(&world.history(&company).await.pop().expect("a row")), "AuthError");
    let pending = world.connection(&company, "rbs_business_uk").await;
    world.switch(json!({ "strictQueue": true })).await;
    assert_eq!(world.queue(&company, &pending, "banking-accounts").await.status, 400);
}

#[tokio::test]
async fn s57_plaids_first_transactions_time_out_and_the_second_come() {
    let world = World::with(Options { mode: Mode::Plaid, ..Options::default() }).await;
    let (company, connection) = {
        let company = world.company("Alder").await;
        let connection = world.connection(&company, "plaid").await;
        let (page, _) = world.open(&world.link(&company, &connection).await).await;
        let picked = world.send(world.client.post(&page).form(&[("institution", "tartan"), ("decision", "continue")])).await;
        let (page, _) = world.open(picked.header("location")).await;
        world.press(&page, "authorise").await;
        (company, connection)
    };
    world.later(14 * 60).await;
    assert_eq!(world.data_status(&company, "banking-transactions").await["currentStatus"], "Fetching");
    world.later(61).await;
    assert_eq!(world.data_status(&company, "banking-transactions").await["currentStatus"], "FetchError");
    assert_eq!(world.data(&company, &connection, "banking-transactions").await.status, 409);
    world.queue(&company, &connection, "banking-transactions").await.good();
    assert_eq!(world.data_status(&company, "banking-transactions").await["currentStatus"], "Complete");
    assert!(world.data(&company, &connection, "banking-transactions").await.total() > 500, "and with the whole history");
}

#[tokio::test]
async fn s58_after_five_minutes_truelayer_tells_ninety_days() {
    let world = World::new().await;
    let mut settings = world.get("/profile/syncSettings").await.good();
    settings["settings"][2]["fetchOnFirstLink"] = json!(false);
    world.post("/profile/syncSettings", &settings).await;
    let mut oldest = vec![];
    for wait in [299, 301] {
        let (company, connection) = world.linked("natwest_business_uk").await;
        world.later(wait).await;
        world.queue(&company, &connection, "banking-transactions").await.good();
        let first = world.data(&company, &connection, "banking-transactions?pageSize=1&orderBy=postedDate").await.rows();
        oldest.push(first[0]["postedDate"].as_str().expect("a date").get(..10).expect("a day").to_owned());
    }
    assert!(oldest[0].as_str() < "2025-01-01", "in time: two years, from {}", oldest[0]);
    assert!(oldest[1].as_str() >= "2026-08-27", "too late: ninety days, from {}", oldest[1]);
}

#[tokio::test]
async fn s59_fetching_pauses_and_resumes_at_most_ten_times() {
    let world = World::new().await;
    world.switch(json!({ "pauses": { "banking-transactions": 2, "banking-accounts": 11 }, "pauseSeconds": 60 })).await;
    let (company, _) = world.linked("natwest_business_uk").await;
    let row = |rows: Vec<Value>| rows.into_iter().find(|row| row["dataType"] == "banking-transactions").expect("queued");
    let paused = row(world.history(&company).await);
    assert_eq!(status(&paused), "Fetching");
    assert_eq!(paused["statusDescription"], "Paused until 2026-11-25T12:01:00.0000000Z");
    world.later(60).await;
    assert_eq!(row(world.history(&company).await)["statusDescription"], "Paused until 2026-11-25T12:02:00.0000000Z");
    world.later(60).await;
    assert_eq!(status(&row(world.history(&company).await)), "Complete");
    world.later(8 * 60).await;
    assert_eq!(world.data_status(&company, "banking-accounts").await["currentStatus"], "FetchError", "after ten it gives up");
}

#[tokio::test]
async fn s60_statuses_outside_the_list_and_of_old() {
    let world = slow().await;
    world.switch(json!({ "oddStatus": "Reticulating" })).await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..600 {
        let url = format!("{}/clock", world.sandbox.control_url());
        let now = world.look("clock").await["now"].as_str().expect("a moment").parse::<jiff::Timestamp>().expect("a moment");
        let next = now.checked_add(jiff::SignedDuration::from_millis(20)).expect("in range");
        world.send(world.client.post(url).json(&json!({ "set": next.to_string() }))).await;
        let word = world.data_status(&company, "banking-transactions").await["currentStatus"].as_str().expect("a word").to_owned();
        if word == "Complete" {
            break;
        }
        seen.insert(word);
    }
    assert!(seen.contains("Reticulating"), "{seen:?}");
    world.later(60).await;
    world.switch(json!({ "legacy": true, "failSyncs": { "banking-accounts": "FetchError" } })).await;
    world.queue(&company, &connection, "banking-accounts").await.good();
    world.later(60).await;
    let words: Vec<String> = world.history(&company).await.iter().map(|row| status(row).to_owned()).collect();
    assert!(words.contains(&"success".to_owned()) && words.contains(&"failure".to_owned()), "{words:?}");
}

#[tokio::test]
async fn a_demo_is_done_in_three_to_eight_seconds() {
    let world = slow().await;
    let (company, _) = world.linked("natwest_business_uk").await;
    world.later(3).await;
    let running = world.history(&company).await.iter().filter(|row| row["isCompleted"] == false).count();
    assert!(running >= 1, "a person sees it happen");
    world.later(5).await;
    assert!(world.history(&company).await.iter().all(|row| row["isCompleted"] == true));
}
