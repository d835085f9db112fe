//! S1 to S14: keys, errors, limits, idempotency.

use crate::world::{NOON, World, header};
use base64::Engine as _;
use reqwest::Method;
use sandbox::{Fault, Options, Rule};
use serde_json::{Value, json};
use std::collections::HashSet;

fn basic(text: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
}

#[tokio::test]
async fn s01_only_the_key_alone_in_base64_opens() {
    let world = World::new().await;
    let key = world.sandbox.api_key().to_owned();
    for (sent, wanted) in [
        (Some(basic(&key)), 200),
        (Some(basic(&format!("{key}:"))), 401),
        (Some(basic(&format!(":{key}"))), 401),
        (Some(format!("Bearer {key}")), 401),
        (Some(key.clone()), 401),
        (Some(basic("wrong")), 401),
        (None, 401),
    ] {
        let mut request = world.client.get(format!("{}/companies", world.sandbox.base_url()));
        if let Some(sent) = &sent {
            request = request.header("authorization", sent);
        }
        let answer = world.send(request).await;
        assert_eq!(answer.status, wanted, "{sent:?}");
        if wanted == 401 {
            let body = answer.json();
            assert_eq!((&body["statusCode"], &body["service"], &body["error"]), (&json!(401), &json!("PublicApi"), &json!("Unauthorized")));
            assert!(body["correlationId"].is_string());
        }
    }
}

#[tokio::test]
async fn s02_a_key_of_another_client_opens_nothing_of_ours() {
    let world = World::new().await;
    let company = world.company("Alder Joinery Ltd").await;
    let other = basic(world.sandbox.other_clients_key());
    let ask = |path: String| {
        let (name, value) = header("authorization", &other);
        world.client.get(format!("{}{path}", world.sandbox.base_url())).header(name, value)
    };
    let answer = world.send(ask(format!("/companies/{company}"))).await;
    assert_eq!(answer.status, 403);
    assert!(answer.error().contains("outdated or is not associated"), "{}", answer.text);
    let profile = world.send(ask("/profile".into())).await.good();
    assert_ne!(profile["name"], world.get("/profile").await.good()["name"], "the key is good: it is another client's");
    assert_eq!(world.send(ask("/companies".into())).await.total(), 0);
    world.switch(json!({ "keyOutdated": true })).await;
    assert_eq!(world.get("/companies").await.status, 403, "an outdated key is refused everywhere");
}

#[tokio::test]
async fn s03_every_error_has_a_fresh_correlation_id_in_one_of_two_forms() {
    let world = World::new().await;
    let mut seen = HashSet::new();
    let (mut plain, mut dashed) = (0, 0);
    for _ in 0..10 {
        let body = world.get("/companies/unknown").await.json();
        let id = body["correlationId"].as_str().expect("an id").to_owned();
        match id.len() {
            32 => plain += 1,
            36 => dashed += 1,
            _ => panic!("neither form: {id}"),
        }
        assert!(seen.insert(id), "each is fresh");
    }
    assert!(plain > 0 && dashed > 0, "support is told both forms");
}

#[tokio::test]
async fn s04_retry_and_validation_members_come_and_go() {
    let world = World::new().await;
    let mut forms: HashSet<String> = HashSet::new();
    for _ in 0..24 {
        let body = world.post("/companies", &json!({})).await.json();
        if let Some(retried) = body.get("canBeRetried") {
            assert_eq!(retried, "Unknown", "text, not a flag");
            assert!(body["detailedErrorCode"].is_number());
        }
        forms.insert(format!("retry {}", body.get("canBeRetried").is_some()));
        forms.insert(match body.get("validation") {
            None => "absent".into(),
            Some(Value::Null) => "null".into(),
            Some(validation) => {
                assert!(validation["errors"][0]["itemId"].is_null(), "items may lack members");
                "partial".into()
            }
        });
    }
    for wanted in ["retry true", "retry false", "absent", "null", "partial"] {
        assert!(forms.contains(wanted), "{wanted} in {forms:?}");
    }
}

#[tokio::test]
async fn s05_the_published_mismatches_of_status_and_body() {
    let world = World::new().await;
    world.switch(json!({ "bodyStatusMismatch": true, "companyLimit": true })).await;
    let limit = world.post("/companies", &json!({ "name": "Alder" })).await;
    assert_eq!((limit.status, &limit.json()["statusCode"]), (402, &json!(429)));
    world.faults(&[Rule::once("GET /profile", Fault::Status { status: 503, retry_after: None })]).await;
    let down = world.get("/profile").await;
    assert_eq!((down.status, &down.json()["statusCode"]), (503, &json!(500)));
    for number in 1..10 {
        let made = world.post("/apiKeys", &json!({ "name": format!("key {number}") })).await;
        assert_eq!(made.status, 201);
    }
    let full = world.post("/apiKeys", &json!({})).await;
    assert_eq!((full.status, &full.json()["statusCode"]), (409, &json!(400)));
    assert_eq!(world.post("/apiKeys", &json!({ "name": "x".repeat(51) })).await.status, 400);
}

#[tokio::test]
async fn s06_unknown_companies_and_connections_are_told_apart() {
    let world = World::new().await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let company = world.get(&format!("/companies/{unknown}")).await;
    assert_eq!((company.status, &company.json()["service"]), (404, &json!("ClientsApi")));
    assert_eq!(company.error(), format!("No company was found with ID {unknown}"));
    let known = world.company("Alder").await;
    let connection = world.get(&format!("/companies/{known}/connections/{unknown}")).await;
    assert_eq!((connection.status, &connection.json()["service"]), (404, &json!("PublicApi")));
    assert!(connection.error().starts_with("Data connection ") && connection.error().ends_with("not found"));
}

#[tokio::test]
async fn s07_unknown_paths_and_wrong_methods() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    for path in ["/nothing".to_owned(), format!("/companies/{company}/nothing"), "/integrations/a/b/c".into()] {
        assert_eq!(world.get(&path).await.status, 404, "{path}");
    }
    for (method, path) in [
        (Method::DELETE, "/companies".to_owned()),
        (Method::POST, "/integrations".into()),
        (Method::POST, format!("/companies/{company}")),
        (Method::POST, format!("/companies/{company}/dataStatus")),
        (Method::GET, format!("/companies/{company}/data/queue/banking-accounts")),
        (Method::DELETE, "/profile".into()),
    ] {
        assert_eq!(world.send(world.request(method.clone(), &path)).await.status, 405, "{method} {path}");
    }
}

#[tokio::test]
async fn s08_every_answer_tells_the_limits_in_one_of_three_forms() {
    let world = World::new().await;
    for (form, wanted) in [("iso", "2026-11-26T00:00:00Z"), ("unix", "1795651200"), ("http", "Thu, 26 Nov 2026 00:00:00 GMT")] {
        world.switch(json!({ "resetForm": form })).await;
        for path in ["/companies", "/companies/unknown", "/nothing"] {
            let answer = world.get(path).await;
            assert_eq!(answer.header("x-rate-limit-limit"), "1000", "{path}");
            assert!(answer.header("x-rate-limit-remaining").parse::<u32>().is_ok_and(|left| left < 1000), "{path}");
            assert_eq!(answer.header("x-rate-limit-reset"), wanted, "{path}");
        }
    }
}

#[tokio::test]
async fn s09_the_quota_is_fixed_at_midnight_and_ends_in_429_until_then() {
    let world = World::new().await;
    let (company, _) = world.linked("natwest_business_uk").await;
    assert_eq!(world.get("/profile").await.header("x-rate-limit-limit"), "1000", "a link of today counts from midnight on");
    world.later(13 * 3600).await;
    assert_eq!(world.get("/profile").await.header("x-rate-limit-limit"), "2000", "1,000 and 1,000 more for the linked company");
    world.switch(json!({ "dailyQuota": 3 })).await;
    world.get("/profile").await;
    world.get("/profile").await;
    let over = world.get(&format!("/companies/{company}")).await;
    assert_eq!(over.status, 429);
    assert_eq!(over.header("retry-after"), (23 * 3600).to_string(), "it is one in the morning");
    assert_eq!(over.header("x-rate-limit-remaining"), "0");
    assert!(over.error().contains("request limit"), "{}", over.text);
    world.later(23 * 3600).await;
    assert_eq!(world.get("/profile").await.status, 200, "midnight UTC brings a new quota");
}

#[tokio::test]
async fn s10_too_many_at_once_and_too_many_a_minute() {
    let world = World::new().await;
    world.faults(&[Rule::always("GET /profile", Fault::SlowBefore { ms: 1000 })]).await;
    let all = futures::future::join_all((0..14).map(|_| world.get("/profile"))).await;
    let refused = all.iter().filter(|answer| answer.status == 429).count();
    assert!((1..=4).contains(&refused), "ten at once are let in with no company linked: {refused} of 14 refused");
    world.switch(json!({ "atOnceFloor": 2 })).await;
    let all = futures::future::join_all((0..14).map(|_| world.get("/profile"))).await;
    assert!(all.iter().all(|answer| answer.status == 200), "twenty at once for two companies");
    world.faults(&[]).await;
    world.switch(json!({ "requestsAMinute": 5 })).await;
    let flood = world.get("/profile").await;
    assert_eq!((flood.status, flood.header("retry-after")), (429, "60"));
    world.switch(json!({ "floodDrops": true })).await;
    assert!(world.try_send(world.request(Method::GET, "/profile")).await.is_err(), "or the connection just ends");
}

#[tokio::test]
async fn s11_errors_of_the_way_can_be_injected() {
    let world = World::new().await;
    let status = |status, wait: Option<&str>| Fault::Status { status, retry_after: wait.map(str::to_owned) };
    for (fault, wanted, wait) in [
        (status(500, None), 500, ""),
        (status(503, None), 503, ""),
        (status(503, Some("7")), 503, "7"),
        (status(503, Some("httpDate:5")), 503, "Wed, 25 Nov 2026 12:00:05 GMT"),
        (status(429, Some("soon")), 429, "soon"),
    ] {
        world.faults(&[Rule::once("GET /profile", fault.clone())]).await;
        let answer = world.get("/profile").await;
        assert_eq!((answer.status, answer.header("retry-after")), (wanted, wait), "{fault:?}");
        assert!(answer.json()["correlationId"].is_string());
        assert_eq!(world.get("/profile").await.status, 200, "once is once");
    }
    world.faults(&[Rule::once("GET /profile", Fault::Html200)]).await;
    let hotel = world.get("/profile").await;
    assert_eq!(hotel.status, 200);
    assert!(hotel.header("content-type").starts_with("text/html") && hotel.text.starts_with("<!doctype html>"));
    world.faults(&[Rule::once("GET /profile", Fault::EmptyBody)]).await;
    let empty = world.get("/profile").await;
    assert_eq!((empty.status, empty.text.as_str()), (200, ""));
    for fault in [Fault::DropBefore, Fault::ApplyThenDrop, Fault::CutBody] {
        world.faults(&[Rule::once("GET /profile", fault.clone())]).await;
        assert!(world.try_send(world.request(Method::GET, "/profile")).await.is_err(), "{fault:?} breaks the connection");
        assert_eq!(world.look("faults").await["results"][0]["fired"], 1, "{fault:?} is counted");
    }
    world.faults(&[Rule::once("GET /profile", Fault::Drip { ms: 1 })]).await;
    world.get("/profile").await.good();
}

#[tokio::test]
async fn s12_commercial_stops() {
    let world = World::new().await;
    world.switch(json!({ "companyLimit": true })).await;
    let limit = world.post("/companies", &json!({ "name": "Alder" })).await;
    assert_eq!(limit.status, 402);
    assert_eq!(world.get("/companies").await.total(), 0, "nothing was made");
    world.switch(json!({ "companyLimit": false, "accountExpired": true })).await;
    assert_eq!(world.get("/profile").await.status, 402);
    world.switch(json!({ "accountExpired": false })).await;
    let mut settings = world.get("/profile/syncSettings").await.good();
    settings["settings"][0]["syncSchedule"] = json!(1);
    let hourly = world.post("/profile/syncSettings", &settings).await;
    assert_eq!(hourly.status, 402);
    assert_eq!(hourly.error(), "SyncSettingsValidationException: Sync schedule not allowed");
}

#[tokio::test]
async fn s13_451_only_where_custom_data_is_asked() {
    let world = World::new().await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let base = format!("/companies/{company}/connections/{connection}/data");
    let asked = world.get(&format!("{base}/custom/thing")).await;
    assert_eq!((asked.status, &asked.json()["service"]), (451, &json!("StdznCustomData")));
    assert_eq!(world.post(&format!("{base}/queue/custom/thing"), &json!({})).await.status, 451);
    assert_eq!(world.get(&format!("{base}/banking-accounts")).await.status, 200);
}

const KEY: &str = "7f2c1a58-93a4-4c06-9a39-3f5d6c9a1b20";

#[tokio::test]
async fn s14_same_key_same_body_replays_byte_for_byte() {
    let world = World::new().await;
    let body = json!({ "name": "Alder", "tags": { "onboard_ref": KEY } });
    let first = world.post_with_key("/companies", KEY, &body).await;
    let again = world.post_with_key("/companies", KEY, &body).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(world.get("/companies").await.total(), 1, "made once");
    world.later(90 * 60).await;
    world.post_with_key("/companies", KEY, &body).await;
    assert_eq!(world.get("/companies").await.total(), 2, "after 90 minutes the key is forgotten");
}

#[tokio::test]
async fn s14_another_body_under_the_key_is_422_and_no_guid_is_400() {
    let world = World::new().await;
    world.post_with_key("/companies", KEY, &json!({ "name": "Alder" })).await;
    assert_eq!(world.post_with_key("/companies", KEY, &json!({ "name": "Birch" })).await.status, 422);
    assert_eq!(world.post_with_key("/companies", "not-a-guid", &json!({ "name": "Cedar" })).await.status, 400);
    world.switch(json!({ "strictKeys": false })).await;
    assert_eq!(world.post_with_key("/companies", "not-a-guid", &json!({ "name": "Cedar" })).await.status, 200);
}

#[tokio::test]
async fn s14_the_key_is_in_flight_until_the_first_answer_goes_out() {
    let world = World::new().await;
    for fault in [Fault::SlowAfter { ms: 1000 }, Fault::SlowBefore { ms: 1000 }] {
        world.faults(&[Rule::once("POST /companies", fault.clone())]).await;
        let key = if matches!(fault, Fault::SlowAfter { .. }) { KEY } else { "0d6a1e9c-55a1-4f0e-8f0f-7a3f2b1c9d11" };
        let body = json!({ "name": "Alder" });
        let first = world.post_with_key("/companies", key, &body);
        let second = async {
            // The fault is counted when the first request has come in.
            while world.look("faults").await["fired"] == 0 {
                tokio::task::yield_now().await;
            }
            world.post_with_key("/companies", key, &body).await
        };
        let (first, second) = tokio::join!(first, second);
        assert_eq!((first.status, second.status), (200, 409), "{fault:?}");
        assert_eq!(world.post_with_key("/companies", key, &body).await.text, first.text, "afterwards it is replayed");
    }
    assert_eq!(world.get("/companies").await.total(), 2, "one for each key");
}

#[tokio::test]
async fn s14_a_5xx_is_replayed_and_a_429_lets_the_key_go() {
    let world = World::new().await;
    let body = json!({ "name": "Alder" });
    world.faults(&[Rule::once("POST /companies", Fault::ApplyThen500)]).await;
    let first = world.post_with_key("/companies", KEY, &body).await;
    let again = world.post_with_key("/companies", KEY, &body).await;
    assert_eq!((first.status, again.status), (500, 500), "the same key stays useless");
    assert_eq!(first.text, again.text);
    assert_eq!(world.get("/companies").await.total(), 1, "though it was done");
    let other = "0d6a1e9c-55a1-4f0e-8f0f-7a3f2b1c9d11";
    world.faults(&[Rule::once("POST /companies", Fault::Status { status: 429, retry_after: Some("1".into()) })]).await;
    assert_eq!(world.post_with_key("/companies", other, &body).await.status, 429);
    assert_eq!(world.post_with_key("/companies", other, &body).await.status, 200, "the same key may be used again");
    assert_eq!(world.get("/companies").await.total(), 2);
}

#[tokio::test]
async fn s14_apply_then_drop_is_answered_under_the_same_key() {
    let world = World::new().await;
    world.faults(&[Rule::once("POST /companies", Fault::ApplyThenDrop)]).await;
    let body = json!({ "name": "Alder" });
    let request = world.request(Method::POST, "/companies").header("idempotency-key", KEY).json(&body);
    assert!(world.try_send(request).await.is_err());
    assert_eq!(world.post_with_key("/companies", KEY, &body).await.status, 200);
    assert_eq!(world.get("/companies").await.total(), 1, "done once");
    world.faults(&[Rule::once("POST /companies", Fault::DropBefore)]).await;
    let other = "0d6a1e9c-55a1-4f0e-8f0f-7a3f2b1c9d11";
    let request = world.request(Method::POST, "/companies").header("idempotency-key", other).json(&body);
    assert!(world.try_send(request).await.is_err());
    assert_eq!(world.get("/companies").await.total(), 1, "nothing was done");
    assert_eq!(world.post_with_key("/companies", other, &body).await.status, 200);
}

#[tokio::test]
async fn s14_the_header_means_nothing_on_reads_replacements_and_deletions() {
    let world = World::new().await;
    let company = world.company("Alder").await;
    for (method, path) in [(Method::GET, "/companies".to_owned()), (Method::PUT, format!("/companies/{company}"))] {
        for name in ["One", "Two"] {
            let request = world.request(method.clone(), &path).header("idempotency-key", KEY).json(&json!({ "name": name }));
            assert_eq!(world.send(request).await.status, 200, "{method}");
        }
    }
    assert_eq!(world.get(&format!("/companies/{company}")).await.good()["name"], "Two");
}

#[tokio::test]
async fn the_date_header_follows_the_sandboxs_clock() {
    let world = World::with(Options { clock: Some(NOON.parse().expect("a moment")), ..Options::default() }).await;
    assert_eq!(world.get("/profile").await.header("date"), "Wed, 25 Nov 2026 12:00:00 GMT");
    world.later(3600).await;
    assert_eq!(world.get("/profile").await.header("date"), "Wed, 25 Nov 2026 13:00:00 GMT", "a Retry-After date is measured against it");
}

#[tokio::test]
async fn s14_a_retry_that_is_turned_away_does_not_forget_what_was_answered() {
    let world = World::new().await;
    let body = json!({ "name": "Alder" });
    let first = world.post_with_key("/companies", KEY, &body).await;
    world.switch(json!({ "dailyQuota": 0 })).await;
    assert_eq!(world.post_with_key("/companies", KEY, &body).await.status, 429);
    world.switch(json!({ "dailyQuota": null, "accountExpired": true })).await;
    assert_eq!(world.post_with_key("/companies", KEY, &body).await.status, 402);
    world.switch(json!({ "accountExpired": false })).await;
    world.faults(&[Rule::once("POST /companies", Fault::Status { status: 503, retry_after: None })]).await;
    assert_eq!(world.post_with_key("/companies", KEY, &body).await.status, 503, "the way may fail in between");
    assert_eq!(world.post_with_key("/companies", KEY, &body).await.text, first.text, "it is still the first answer");
    assert_eq!(world.get("/companies").await.total(), 1);
}
