//! The control API, and what survives a restart.

use crate::world::{NOON, World, ids};
use sandbox::{Options, Sandbox, StartError};
use serde_json::{Value, json};

#[tokio::test]
async fn the_state_counts_what_was_made_and_the_log_says_who_asked_twice() {
    let world = World::with(Options { companies: 30, ..Options::default() }).await;
    let before = world.look("state").await;
    assert_eq!(before["companies"], 30);
    assert_eq!(before["list"], json!([]), "nobody was touched");
    let made = json!({ "name": "Alder", "tags": { "onboard_ref": "x" } });
    let key = "7f2c1a58-93a4-4c06-9a39-3f5d6c9a1b20";
    for _ in 0..2 {
        world.post_with_key("/companies", key, &made).await.good();
    }
    let after = world.look("state").await;
    assert_eq!((&after["companies"], &after["list"][0]["tags"]["onboard_ref"]), (&json!(31), &json!("x")));
    assert_eq!(after["connections"], before["connections"]);
    let log = world.look("requests").await["results"].as_array().cloned().expect("a log");
    let posts: Vec<(&Value, &Value)> = log.iter().map(|line| (&line["idempotencyKey"], &line["replayed"])).collect();
    assert_eq!(posts, [(&json!(key), &json!(false)), (&json!(key), &json!(true))]);
    let all = world.look("state?all=true").await;
    assert_eq!(all["list"].as_array().map(Vec::len), Some(31));
    let connections: usize =
        all["list"].as_array().into_iter().flatten().map(|company| company["connections"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(all["connections"], json!(connections));
}

#[tokio::test]
async fn the_clock_can_be_set_turned_and_let_go() {
    let world = World::new().await;
    let now = async || world.look("clock").await["now"].as_str().expect("a moment").to_owned();
    assert_eq!(now().await, NOON);
    world.control("clock", &json!({ "set": "2027-01-01T00:00:00Z" })).await;
    world.control("clock", &json!({ "advanceSeconds": 60 })).await;
    assert_eq!(now().await, "2027-01-01T00:01:00Z");
    world.control("clock", &json!({ "freeze": false })).await;
    assert_eq!(world.look("clock").await["frozen"], false);
    assert!(now().await.starts_with("2027-01-01T00:01:0"), "it goes on from there");
}

#[tokio::test]
async fn slips_are_refused_and_change_nothing() {
    let world = World::new().await;
    let before = world.look("switches").await;
    for (path, body) in [
        ("switches", json!({ "noSuchSwitch": true })),
        ("switches", json!({ "tagLag": "many" })),
        ("switches", json!([])),
        ("clock", json!({ "nonsense": 1 })),
        ("faults", json!([{ "match": "x", "fault": { "kind": "nonsense" } }])),
        ("nonsense", json!({})),
        ("connections/nobody/deauthorise", json!(null)),
    ] {
        let answer = world.send(world.client.post(format!("{}/{path}", world.sandbox.control_url())).json(&body)).await;
        assert!(matches!(answer.status, 400 | 404), "{path} {body}: {}", answer.status);
    }
    assert_eq!(world.look("switches").await, before);
}

#[tokio::test]
async fn a_web_page_cannot_turn_the_controls() {
    let world = World::new().await;
    let request = world.client.post(format!("{}/clock", world.sandbox.control_url())).header("origin", "https://evil.example");
    assert_eq!(world.send(request.body(r#"{"advance":3600}"#)).await.status, 403);
    let rebound = world.client.get(format!("{}/state", world.sandbox.control_url())).header("host", "evil.example");
    assert_eq!(world.send(rebound).await.status, 403);
    assert_eq!(world.look("clock").await["now"], NOON);
}

#[tokio::test]
async fn a_restart_keeps_companies_links_and_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        companies: 20,
        state_file: Some(folder.path().join("sandbox.json")),
        redirect_url: Some("http://127.0.0.1:1/old".into()),
        ..Options::default()
    };
    let world = World::with(options.clone()).await;
    let (company, connection) = world.linked("natwest_business_uk").await;
    let before = world.get("/companies?pageSize=100").await.rows();
    let victim = before[3]["id"].as_str().expect("an id");
    world.delete(&format!("/companies/{victim}")).await;
    let handed_out = world.link(&company, &world.connection(&company, "rbs_business_uk").await).await;
    world.company("Last").await;
    let total = world.data(&company, &connection, "banking-transactions").await.total();
    let list = ids(&world.get("/companies?pageSize=100").await.rows());
    let history = ids(&world.history(&company).await);
    let key = world.sandbox.api_key().to_owned();
    let (idempotency, twice) = ("7f2c1a58-93a4-4c06-9a39-3f5d6c9a1b20", json!({ "name": "Last" }));
    let first = world.post_with_key("/companies", idempotency, &twice).await;
    world.delete(&format!("/companies/{}", first.good()["id"].as_str().expect("an id"))).await;
    world.sandbox.shutdown();
    world.sandbox.stopped().await;

    let again = World::with(Options { companies: 99, redirect_url: None, ..options }).await;
    assert_eq!(again.sandbox.api_key(), key);
    assert_eq!(again.post_with_key("/companies", idempotency, &twice).await.text, first.text, "a key is remembered over a restart");
    assert_eq!(ids(&again.get("/companies?pageSize=100").await.rows()), list, "the first day's companies are not made anew");
    assert_eq!(again.status(&company, &connection).await, "Linked");
    assert_eq!(again.data(&company, &connection, "banking-transactions").await.total(), total);
    assert_eq!(ids(&again.history(&company).await), history);
    assert_eq!(again.get("/profile").await.good()["redirectUrl"], "http://127.0.0.1:1/old");
    let moved = handed_out.replacen(world.sandbox.base_url(), again.sandbox.base_url(), 1);
    assert_eq!(again.open(&moved).await.1.status, 200, "a link that was handed out still opens");
    assert_ne!(again.company("New").await, company);
}

#[tokio::test]
async fn a_sync_under_way_at_a_restart_ends_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Some(NOON.parse().expect("a moment"));
    let options = Options { state_file: Some(folder.path().join("sandbox.json")), clock, ..Options::default() };
    let world = World::exactly(options.clone()).await;
    let (company, _) = world.linked("natwest_business_uk").await;
    world.sandbox.shutdown();
    world.sandbox.stopped().await;
    let again = World::exactly(options).await;
    again.later(30).await;
    assert_eq!(again.data_status(&company, "banking-transactions").await["currentStatus"], "Complete");
}

#[tokio::test]
async fn a_bad_state_file_or_a_taken_port_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.json");
    std::fs::write(&path, "{not json").expect("written");
    let refused = Sandbox::start(Options { state_file: Some(path.clone()), ..Options::default() }).await;
    assert!(matches!(refused, Err(StartError::StateFile(_))), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), "{not json", "what cannot be read is not overwritten");
    let world = World::new().await;
    let port: u16 = world.sandbox.base_url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    assert!(matches!(Sandbox::start(Options { port: Some(port), ..Options::default() }).await, Err(StartError::Port(..))));
}
