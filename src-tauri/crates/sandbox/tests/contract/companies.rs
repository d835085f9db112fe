//! S22 to S38: sources, companies, connections.

use crate::world::{World, ids};
use sandbox::{Mode, Options};
use serde_json::{Value, json};
use std::collections::HashSet;

#[tokio::test]
async fn s22_truelayer_is_many_rows_plaid_is_one_and_others_stand_among_them() {
    let world = World::new().await;
    let all = world.get("/integrations?pageSize=5000").await.rows();
    let banks: Vec<&Value> = all.iter().filter(|row| row["sourceType"] == "Banking").collect();
    assert_eq!(banks.len(), 2200);
    assert!(all.len() > banks.len(), "a client has sources that are no banks");
    let distinct = |member: &str| banks.iter().map(|row| row[member].as_str().unwrap_or_default()).collect::<HashSet<_>>().len();
    assert_eq!((distinct("key"), distinct("sourceId"), distinct("integrationId")), (2200, 2200, 1));
    assert!(banks.iter().any(|row| row["enabled"] == false) && banks.iter().any(|row| row["logoUrl"] == ""));
    assert!(banks.iter().all(|row| row["datatypeFeatures"][0].get("datatype").is_some()), "lower-case t");
    assert!(banks[0].get("linkedConnectionsCount").is_some());
    let asked = world.get("/integrations?pageSize=1&query=sourceType%3DBanking%26%26enabled%3Dtrue").await.total();
    assert_eq!(asked as usize, banks.iter().filter(|row| row["enabled"] == true).count());
    let plaid = World::with(Options { mode: Mode::Plaid, ..Options::default() }).await;
    let rows = plaid.get("/integrations?query=sourceType%3DBanking").await.rows();
    assert_eq!((rows.len(), &rows[0]["key"]), (1, &json!("plaid")));
}

#[tokio::test]
async fn s22_a_bank_is_renamed_switched_off_and_taken_away_between_two_looks() {
    let world = World::new().await;
    let before = world.get("/integrations?pageSize=1&query=sourceType%3DBanking").await.total();
    let turned = json!({
        "natwest_business_uk": { "name": "NatWest for Business" }, "hsbc_business_uk": { "enabled": false }, "barclays_business_uk": { "gone": true },
    });
    world.control("switches", &json!({ "turnedBanks": turned })).await;
    assert_eq!(world.get("/integrations?pageSize=1&query=sourceType%3DBanking").await.total(), before - 1);
    assert_eq!(world.get("/integrations/natwest_business_uk").await.good()["name"], "NatWest for Business");
    assert_eq!(world.get("/integrations/hsbc_business_uk").await.good()["enabled"], false);
    assert_eq!(world.get("/integrations/barclays_business_uk").await.status, 404);
    let company = world.company("Alder").await;
    let path = format!("/companies/{company}/connections");
    for (key, status) in [("hsbc_business_uk", 400), ("barclays_business_uk", 404), ("natwest_business_uk", 200)] {
        assert_eq!(world.post(&path, &json!({ "platformKey": key })).await.status, status, "{key}");
    }
}

#[tokio::test]
async fn s22_logos_are_served_from_the_sandbox() {
    let world = World::new().await;
    let row = world.get("/integrations/natwest_business_uk").await.good();
    let url = row["logoUrl"].as_str().expect("a logo");
    assert!(url.starts_with(world.sandbox.base_url()));
    let logo = world.client.get(url).send().await.expect("an answer");
    assert_eq!(logo.status().as_u16(), 200);
    assert!(logo.headers()["content-type"].to_str().expect("text").starts_with("image/"));
    let branding = world.get("/integrations/natwest_business_uk/branding").await.good();
    assert_eq!(branding["sourceId"], row["sourceId"]);
}

#[tokio::test]
async fn s23_keys_are_longer_than_four_letters() {
    let world = World::new().await;
    let row = world.get("/integrations/demobank_truelayer").await.good();
    assert_eq!(row["key"], "demobank_truelayer");
    let company = world.company("Alder").await;
    let answer = world.post(&format!("/companies/{company}/connections"), &json!({ "platformKey": "demobank_truelayer" })).await;
    assert_eq!(answer.good()["platformName"], row["name"]);
    assert_eq!(world.get("/integrations/nobank_zz").await.status, 404);
}

#[tokio::test]
async fn s24_a_new_company_as_codat_tells_it() {
    let world = World::new().await;
    let answer = world.post("/companies", &json!({ "name": "Müller & Söhne GmbH (Codat[1])", "description": "ours" })).await;
    assert_eq!(answer.status, 200, "not 201");
    let body = answer.good();
    assert_eq!(body["name"], "Mller & Shne GmbH Codat1", "letters outside the pattern vanish silently");
    assert_eq!((&body["dataConnections"], &body["platform"]), (&json!([]), &json!("")));
    assert!(body["redirect"].as_str().is_some_and(|url| url.contains("/link/company/")));
    assert!(body.get("lastSync").is_none());
    let created = body["created"].as_str().expect("created");
    let fraction = created.split_once('.').map(|(_, rest)| rest.trim_end_matches('Z').len());
    assert_eq!(fraction, Some(7), "{created}");
    let twin = world.post("/companies", &json!({ "name": "Müller & Söhne GmbH (Codat[1])" })).await.good();
    assert_ne!(twin["id"], body["id"], "two of one name are allowed");
}

#[tokio::test]
async fn s25_a_company_needs_a_name() {
    let world = World::new().await;
    for body in [json!({}), json!({ "name": "" }), json!({ "name": null }), json!({ "name": "äöü" }), json!("Alder"), json!([])] {
        assert_eq!(world.post("/companies", &body).await.status, 400, "{body}");
    }
    assert_eq!(world.get("/companies").await.total(), 0);
}

#[tokio::test]
async fn s26_platform_type_of_old_is_ignored_or_makes_a_connection() {
    let world = World::new().await;
    let body = json!({ "name": "Alder", "platformType": "natwest_uk" });
    assert_eq!(world.post("/companies", &body).await.good()["dataConnections"], json!([]));
    world.switch(json!({ "legacy": true })).await;
    let old = world.post("/companies", &body).await.good();
    assert_eq!((&old["status"], &old["dataConnections"][0]["status"]), (&json!("pendingAuth"), &json!("pendingAuth")));
    assert!(old["dataConnections"][0]["linkUrl"].is_string());
    assert!(world.get("/companies").await.good()["companies"].is_array(), "lists had names of their own");
}

#[tokio::test]
async fn s27_tags_have_bounds() {
    let world = World::new().await;
    let many: serde_json::Map<String, Value> = (0..11).map(|number| (format!("tag{number}"), json!("x"))).collect();
    for tags in [Value::Object(many), json!({ "k".repeat(28): "x" }), json!({ "k": "x".repeat(101) }), json!({ "": "x" })] {
        assert_eq!(world.post("/companies", &json!({ "name": "Alder", "tags": tags })).await.status, 400, "{tags}");
    }
    let good = json!({ "k".repeat(27): "x".repeat(100) });
    assert_eq!(world.post("/companies", &json!({ "name": "Alder", "tags": good })).await.good()["tags"], good);
    world.switch(json!({ "strictTags": false })).await;
    let cut = world.post("/companies", &json!({ "name": "Alder", "tags": { "k": "x".repeat(101) } })).await.good();
    assert_eq!(cut["tags"]["k"].as_str().map(str::len), Some(100));
}

#[tokio::test]
async fn s28_put_replaces_and_patch_changes() {
    let world = World::new().await;
    let made = world.post("/companies", &json!({ "name": "Alder", "description": "one", "tags": { "a": "1" } })).await.good();
    let path = format!("/companies/{}", made["id"].as_str().expect("an id"));
    let patched = world.patch(&path, &json!({ "name": "Birch", "tags": null })).await.good();
    assert_eq!((&patched["name"], &patched["description"], &patched["tags"]), (&json!("Birch"), &json!("one"), &json!({ "a": "1" })));
    let put = world.put(&path, &json!({ "name": "Cedar" })).await.good();
    assert_eq!((&put["name"], &put["description"], &put["tags"]), (&json!("Cedar"), &Value::Null, &json!({})), "what is left out vanishes");
    assert_eq!(world.put(&path, &json!({ "description": "x" })).await.status, 400);
}

#[tokio::test]
async fn s29_a_deleted_company_is_gone_with_its_connections() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let gone = world.delete(&format!("/companies/{company}")).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    for path in [
        format!("/companies/{company}"),
        format!("/companies/{company}/connections/{connection}"),
        format!("/companies/{company}/dataStatus"),
        format!("/companies/{company}/connections/{connection}/data/banking-accounts"),
    ] {
        assert_eq!(world.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(world.delete(&format!("/companies/{company}")).await.status, 404);
}

#[tokio::test]
async fn s30_a_new_connection_waits_for_consent() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    let path = format!("/companies/{company}/connections");
    let made = world.post(&path, &json!({ "platformKey": "natwest_business_uk" })).await.good();
    assert_eq!((&made["status"], &made["sourceType"]), (&json!("PendingAuth"), &json!("Banking")));
    assert!(made["linkUrl"].as_str().is_some_and(|url| url.contains("?otp=")) && made.get("lastSync").is_none());
    let text = world.post(&path, &json!("natwest_business_uk")).await;
    assert_eq!((text.status, text.error().as_str()), (400, "Push object DataConnectionArgs must be provided"));
    let (unknown, disabled) = (json!({ "platformKey": "nobank_zz" }), json!({ "platformKey": "santander_corporate_uk" }));
    assert_eq!((world.post(&path, &unknown).await.status, world.post(&path, &disabled).await.status), (404, 400));
    world.switch(json!({ "unknownSourceStatus": 400, "disabledSourceStatus": 404 })).await;
    assert_eq!((world.post(&path, &unknown).await.status, world.post(&path, &disabled).await.status), (400, 404));
    assert_eq!(world.get(&path).await.total(), 1);
}

#[tokio::test]
async fn s31_many_banks_but_one_accounting_package() {
    let world = World::new().await;
    let (company, first) = world.linked("natwest_business_uk").await;
    let second = world.connection(&company, "natwest_business_uk").await;
    assert_ne!(first, second, "a second connection of one bank is allowed");
    let books = world.connection(&company, "sbks").await;
    let other = world.connection(&company, "sldg").await;
    let link = world.link(&company, &books).await;
    world.decide(&link, "authorise").await;
    assert_eq!(world.status(&company, &books).await, "Linked");
    let link = world.link(&company, &other).await;
    world.decide(&link, "authorise").await;
    assert_eq!(world.status(&company, &other).await, "PendingAuth", "the place is taken");
    let third = world.post(&format!("/companies/{company}/connections"), &json!({ "platformKey": "sldg" })).await;
    assert_eq!(third.status, 400);
}

#[tokio::test]
async fn s32_links_open_once_and_for_a_day() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    let connection = world.connection(&company, "natwest_business_uk").await;
    let (one, two) = (world.link(&company, &connection).await, world.link(&company, &connection).await);
    let password = |link: &str| link.split_once("?otp=").map(|(_, otp)| otp.to_owned()).expect("a password");
    assert_ne!(password(&one), password(&two), "each read brings a new one");
    assert!(password(&one).len() == 6 && password(&one).chars().all(|c| c.is_ascii_digit()));
    assert_eq!(world.open(&one).await.1.status, 200);
    let used = world.open(&one).await.1;
    assert_eq!(used.status, 410);
    assert!(used.text.contains("This link has ended"));
    world.later(24 * 3600).await;
    assert_eq!(world.open(&two).await.1.status, 410, "a day is over");
    assert_eq!(world.open(two.split('?').next().unwrap_or_default()).await.1.status, 410, "without a password nothing opens");
    assert_eq!(world.status(&company, &connection).await, "PendingAuth", "nothing has changed");
    let redirect = world.get(&format!("/companies/{company}")).await.good()["redirect"].as_str().expect("a link").to_owned();
    assert!(redirect.contains("?link.otp="));
    assert_eq!(world.open(&redirect).await.1.status, 200);
    assert_eq!(world.open(&redirect).await.1.status, 410);
    world.switch(json!({ "oneTimeLinks": false })).await;
    let plain = world.link(&company, &connection).await;
    assert!(!plain.contains('?'));
    assert_eq!((world.open(&plain).await.1.status, world.open(&plain).await.1.status), (200, 200));
}

#[tokio::test]
async fn s32_reading_again_does_not_end_a_link_that_was_handed_out_unless_switched() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    let connection = world.connection(&company, "natwest_business_uk").await;
    let handed_out = world.link(&company, &connection).await;
    for _ in 0..5 {
        world.status(&company, &connection).await;
    }
    assert_eq!(world.open(&handed_out).await.1.status, 200, "polling must not end the customer's link");
    world.switch(json!({ "freshLinkRevokesOlder": true })).await;
    let handed_out = world.link(&company, &connection).await;
    world.status(&company, &connection).await;
    assert_eq!(world.open(&handed_out).await.1.status, 410);
    world.switch(json!({ "freshLinkRevokesOlder": false, "stableLinks": true })).await;
    assert_eq!(world.link(&company, &connection).await, world.link(&company, &connection).await);
}

#[tokio::test]
async fn s33_only_what_is_linked_can_be_unlinked_and_its_data_stays() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let path = format!("/companies/{company}/connections/{connection}");
    let unlinked = world.patch(&path, &json!({ "status": "Unlinked" })).await.good();
    assert_eq!(unlinked["status"], "Unlinked");
    assert_eq!(world.data(&company, &connection, "banking-transactions").await.status, 200, "what was fetched stays readable");
    assert_eq!(world.patch(&path, &json!({ "status": "Linked" })).await.status, 400);
    let pending = world.connection(&company, "natwest_business_uk").await;
    let path = format!("/companies/{company}/connections/{pending}");
    assert_eq!(world.patch(&path, &json!({ "status": "Unlinked" })).await.status, 400);
    world.switch(json!({ "strictUnlink": false })).await;
    assert_eq!(world.patch(&path, &json!({ "status": "Unlinked" })).await.good()["status"], "PendingAuth");
}

#[tokio::test]
async fn s34_a_deleted_connection_leaves_both_lists() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let path = format!("/companies/{company}/connections/{connection}");
    let gone = world.delete(&path).await;
    assert_eq!((gone.status, gone.text.as_str()), (200, ""), "200 without a body");
    assert_eq!(world.get(&format!("/companies/{company}/connections")).await.total(), 0);
    assert_eq!(world.get(&format!("/companies/{company}")).await.good()["dataConnections"], json!([]));
    assert_eq!(world.delete(&path).await.status, 404);
    assert_eq!(world.history(&company).await.len(), 4, "the history stays");
}

/// Connections of a crowd, as the list tells them.
async fn crowd() -> Vec<Value> {
    let world = World::with(Options { companies: 400, ..Options::default() }).await;
    let rows = world.get("/companies?pageSize=400").await.rows();
    rows.iter().flat_map(|row| row["dataConnections"].as_array().cloned().unwrap_or_default()).collect()
}

#[tokio::test]
async fn s35_errors_of_connections_are_null_absent_empty_and_filled() {
    let all = crowd().await;
    let mut forms = HashSet::new();
    for connection in &all {
        forms.insert(match connection.get("dataConnectionErrors") {
            None => "absent",
            Some(Value::Null) => "null",
            Some(Value::Array(rows)) if rows.is_empty() => "empty",
            Some(Value::Array(rows)) => {
                assert!(rows[0]["statusCode"].is_string(), "a text, not a number");
                "filled"
            }
            Some(other) => panic!("{other}"),
        });
    }
    assert_eq!(forms.len(), 4, "{forms:?}");
    let world = World::new().await;
    let company = world.company("Alder").await;
    let connection = world.connection(&company, "natwest_business_uk").await;
    for _ in 0..3 {
        let link = world.link(&company, &connection).await;
        world.decide(&link, "cancel").await;
    }
    let errors = world.read(&company, &connection).await["dataConnectionErrors"].as_array().cloned().expect("filled");
    assert_eq!(errors[0]["status"], "Active", "the newest comes first");
    assert_eq!(errors[2]["status"], Value::Null, "the state of an old one may be unknown");
}

#[tokio::test]
async fn s36_connection_info_is_null_absent_nested_and_numeric() {
    let mut forms = HashSet::new();
    for connection in crowd().await {
        forms.insert(match connection.get("connectionInfo") {
            None => "absent",
            Some(Value::Null) => "null",
            Some(info) if info["consent"].is_object() && info["tries"].is_number() => "nested and numeric",
            Some(_) => "texts",
        });
    }
    assert_eq!(forms.len(), 4, "{forms:?}");
}

#[tokio::test]
async fn s37_members_come_that_nobody_knows_and_go_that_were_always_there() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    assert!(world.get(&format!("/companies/{company}")).await.good().get("somethingNew").is_some());
    assert!(world.read(&company, &connection).await.get("additionalProperties").is_some());
    assert!(world.data_status(&company, "banking-accounts").await.get("scheduledNext").is_some());
    assert!(world.history(&company).await[0].get("queuedBy").is_some());
    let missing = crowd().await.iter().filter(|found| found.get("integrationKey").is_none()).count();
    assert!(missing > 10, "integrationKey is optional: {missing} lack it");
    world.switch(json!({ "legacy": true, "extraMembers": false })).await;
    let old = world.read(&company, &connection).await;
    for member in ["integrationKey", "sourceType", "created", "additionalProperties"] {
        assert!(old.get(member).is_none(), "{member}");
    }
}

#[tokio::test]
async fn s38_access_tokens_and_the_end_of_the_old_path() {
    let world = World::with(Options { clock: Some("2026-10-11T12:00:00Z".parse().expect("a moment")), ..Options::default() }).await;
    let company = world.company("Alder").await;
    let (new, old) = (format!("/companies/{company}/accessToken"), format!("/companies/{company}/connectionManagement/accessToken"));
    for path in [&new, &old] {
        let token = world.get(path).await.good();
        assert_eq!((&token["expiresIn"], &token["tokenType"]), (&json!(86400), &json!("Bearer")));
    }
    world.later(24 * 3600).await;
    assert_eq!((world.get(&new).await.status, world.get(&old).await.status), (200, 404));
}

#[tokio::test]
async fn the_companies_of_the_first_day_follow_the_seed() {
    let world = World::with(Options { companies: 50, seed: 7, ..Options::default() }).await;
    let again = World::with(Options { companies: 50, seed: 7, ..Options::default() }).await;
    let (one, two) = (world.get("/companies").await.rows(), again.get("/companies").await.rows());
    assert_eq!(ids(&one), ids(&two));
    let linked = one.iter().find(|row| row["dataConnections"][0]["status"] == "Linked").expect("one is linked");
    let (company, connection) = (linked["id"].as_str().expect("id"), linked["dataConnections"][0]["id"].as_str().expect("id"));
    let status = world.data_status(company, "banking-transactions").await;
    assert_eq!(status["currentStatus"], "Complete", "it was synced before: {status}");
    assert!(world.data(company, connection, "banking-transactions").await.total() > 500);
    assert!(!world.history(company).await.is_empty());
}
