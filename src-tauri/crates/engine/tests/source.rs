//! The `BankingSource` on the `codat` crate against the real sandbox: what is repeated, what is waited for, what is told.

use domain::data_type::DataType;
use engine::adapters::codat::CodatSources;
use engine::ports::*;
use engine::view::Line;
use sandbox::{Options, Sandbox};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Records;

struct World {
    sandbox: Sandbox,
    source: Arc<dyn BankingSource>,
    http: reqwest::Client,
}

impl World {
    async fn new(options: Options) -> Self {
        let sandbox = Sandbox::start(Options { speed: 0, ..options }).await.expect("the sandbox starts");
        let source = source(&sandbox, sandbox.api_key());
        Self { sandbox, source, http: reqwest::Client::builder().no_proxy().build().expect("client") }
    }

    async fn turn(&self, what: &str, body: Value) {
        let answer = self.http.post(format!("{}/{what}", self.sandbox.control_url())).json(&body).send().await.expect("control");
        assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap_or_default());
    }

    async fn fault(&self, matches: &str, times: u32, fault: Value) {
        self.turn("faults", json!([{ "match": matches, "times": times, "fault": fault }])).await;
    }

    /// Requests that reached the sandbox's API.
    async fn reached(&self) -> u64 {
        let told: Value =
            self.http.get(format!("{}/requests", self.sandbox.control_url())).send().await.expect("control").json().await.expect("json");
        told["total"].as_u64().expect("count")
    }

    /// A company with a linked connection, and that connection.
    async fn linked(&self) -> (String, String) {
        let page = self.source.companies(1, 100).await.expect("companies");
        let linked = page.companies.iter().flat_map(|(_, connections)| connections).find(|connection| connection.status == "Linked");
        let linked = linked.expect("the sandbox has one");
        (linked.company.clone(), linked.id.clone())
    }

    fn new_company(&self, name: &str) -> Vec<u8> {
        self.source.company_body(name, &BTreeMap::from([("reference".to_owned(), "R".to_owned())]))
    }
}

fn source(sandbox: &Sandbox, key: &str) -> Arc<dyn BankingSource> {
    let key = SecretSlice::from(key.as_bytes().to_vec());
    CodatSources::default().source(&key, Some(sandbox.base_url())).expect("a loopback address")
}

const KEY: &str = "0b1f5c7e-1111-4222-8333-444455556666";

#[tokio::test]
async fn c5_one_refused_key_stops_all_asking() {
    let world = World::new(Options::default()).await;
    let stranger = source(&world.sandbox, "somebodyelseskey");
    assert!(matches!(stranger.client().await, Err(SourceError::KeyRefused(told)) if told.correlation_id.is_some()));
    let reached = world.reached().await;
    for _ in 0..3 {
        assert!(matches!(stranger.companies(1, 10).await, Err(SourceError::KeyRefused(_))));
        assert!(matches!(stranger.create_company(b"{}", KEY).await, Sent::Refused(SourceError::KeyRefused(_))));
    }
    assert_eq!(world.reached().await, reached, "nothing was sent any more");
    assert_eq!(stranger.pace().line, Line::KeyRefused);
}

#[tokio::test]
async fn a_typed_key_is_read_raw_or_as_the_ready_header() {
    let read = |typed: &str| CodatSources::default().read_key(typed).map(|key| key.expose_secret().to_vec());
    assert_eq!(read(" abcdefgh12345678\n"), Some(b"abcdefgh12345678".to_vec()));
    assert_eq!(read("Basic YWJjZGVmZ2gxMjM0NTY3OA=="), Some(b"abcdefgh12345678".to_vec()));
    assert_eq!(read("two words"), None);
}

#[tokio::test]
async fn c38_a_source_speaks_to_codat_or_to_this_computer() {
    let key = SecretSlice::from(b"abcdefgh12345678".to_vec());
    let make = |url| CodatSources::default().source(&key, url).map(|_| ());
    assert!(make(None).is_ok() && make(Some("http://127.0.0.1:1")).is_ok());
    for url in ["http://192.168.1.1", "https://evil.example", "http://localhost.evil.example"] {
        assert!(make(Some(url)).is_err(), "{url}");
    }
}

#[tokio::test]
async fn c8_a_read_is_repeated_after_what_passes() {
    let world = World::new(Options::default()).await;
    for fault in [
        json!({ "kind": "status", "status": 503 }),
        json!({ "kind": "dropBefore" }),
        json!({ "kind": "cutBody" }),
        json!({ "kind": "status", "status": 500 }),
    ] {
        world.fault("GET /profile", 2, fault.clone()).await;
        assert!(world.source.client().await.is_ok(), "two in a row pass: {fault}");
    }
    world.fault("GET /profile", 9, json!({ "kind": "status", "status": 503 })).await;
    assert!(matches!(world.source.client().await, Err(SourceError::Down(_))), "nine do not");
    assert_eq!(world.source.pace().line, Line::Online, "it answers, if badly");
}

#[tokio::test]
async fn c7_a_short_pause_is_sat_out_and_a_long_one_is_told() {
    let world = World::new(Options::default()).await;
    for form in ["1", "httpDate:2"] {
        world.fault("GET /profile", 1, json!({ "kind": "status", "status": 429, "retryAfter": form })).await;
        let begun = Instant::now();
        assert!(world.source.client().await.is_ok(), "{form}");
        assert!(begun.elapsed() >= Duration::from_millis(900), "{form}: it waited {:?}", begun.elapsed());
    }
    world.fault("* **", 1, json!({ "kind": "status", "status": 429, "retryAfter": "3600" })).await;
    let now = SystemClock.now();
    let Err(SourceError::Limited(until)) = world.source.client().await else { panic!("an hour is not slept") };
    assert!((3_590_000..3_700_000).contains(&(until - now)), "{}", until - now);
    let reached = world.reached().await;
    assert!(matches!(world.source.companies(1, 10).await, Err(SourceError::Limited(_))));
    assert!(matches!(world.source.create_company(b"{}", KEY).await, Sent::Again(wait) if wait > Duration::from_secs(3_000)));
    assert_eq!(world.reached().await, reached, "nobody knocks meanwhile");
    let pace = world.source.pace();
    assert_eq!((pace.line, pace.resumes_at.is_some()), (Line::Limited, true));
}

#[tokio::test]
async fn a_hotels_page_is_not_codat_and_a_dead_line_is_offline() {
    let world = World::new(Options::default()).await;
    world.fault("* **", 1, json!({ "kind": "html200" })).await;
    assert_eq!(world.source.client().await, Err(SourceError::CaptivePortal));
    assert_eq!(world.source.pace().line, Line::Offline);
    assert!(world.source.client().await.is_ok(), "a person may try again at once");
    assert_eq!(world.source.pace().line, Line::Online);
    world.sandbox.shutdown();
    let gone = source(&world.sandbox, world.sandbox.api_key());
    while gone.client().await.is_ok() {}
    assert!(matches!(gone.client().await, Err(SourceError::Offline | SourceError::Lost)));
}

#[tokio::test]
async fn c9_a_creation_is_sent_once_and_what_is_known_is_told() {
    let world = World::new(Options::default()).await;
    let body = world.new_company("Acme Ltd");
    for (fault, expected) in [
        (json!({ "kind": "applyThenDrop" }), "none"),
        (json!({ "kind": "cutBody" }), "none"),
        (json!({ "kind": "applyThen500" }), "5xx"),
        (json!({ "kind": "status", "status": 503 }), "5xx"),
        (json!({ "kind": "html200" }), "portal"),
    ] {
        world.fault("POST /companies", 9, fault.clone()).await;
        let before = world.reached().await;
        let key = SystemEntropy.guid();
        let sent = world.source.create_company(&body, &key).await;
        assert!(matches!(sent, Sent::Unknown(word) if word == expected), "{fault}: {sent:?}");
        assert_eq!(world.reached().await, before + 1, "once, whatever came of it");
    }
    world.fault("POST /companies", 1, json!({ "kind": "status", "status": 429, "retryAfter": "1" })).await;
    let key = SystemEntropy.guid();
    assert!(matches!(world.source.create_company(&body, &key).await, Sent::Again(wait) if wait >= Duration::from_secs(1)));
    let Sent::Made((company, _)) = world.source.create_company(&body, &key).await else { panic!("the same key is good") };
    assert_eq!((company.name.as_str(), company.reference.as_deref()), ("Acme Ltd", Some("R")));
    let tagged = world.source.tagged("reference", "R").await.expect("looked");
    assert!(tagged.iter().any(|(found, _)| found.id == company.id), "it is found by its tag");
    world.turn("switches", json!({ "companyLimit": true })).await;
    let refused = world.source.create_company(&body, &SystemEntropy.guid()).await;
    assert!(matches!(refused, Sent::Refused(SourceError::PlanLimit(_))), "c6: {refused:?}");
}

#[tokio::test]
async fn the_banks_are_all_there_and_only_those_that_are_enabled() {
    let world = World::new(Options::default()).await;
    let banks = world.source.banks().await.expect("banks");
    assert!(banks.len() > 2_000, "{}", banks.len());
    assert!(banks.iter().all(|bank| bank.enabled && bank.source_type.as_deref() == Some("Banking")));
    let keys: std::collections::BTreeSet<_> = banks.iter().map(|bank| bank.key.as_str()).collect();
    assert_eq!(keys.len(), banks.len(), "each once");
    let logo = banks.iter().find_map(|bank| bank.logo_url.clone()).expect("a logo");
    assert!(world.source.logo(&logo).await.expect("fetched").len() > 50);
    assert!(world.source.logo("http://127.0.0.1:1/logos/x.png").await.is_err(), "a logo elsewhere is not fetched");
}

#[tokio::test]
async fn a_link_is_fetched_fresh_and_only_the_sandboxs_own_may_be_opened() {
    let world = World::new(Options { companies: 12, ..Options::default() }).await;
    let (company, _) = world.linked().await;
    let body = world.source.connection_body("demobank_truelayer");
    let Sent::Made(made) = world.source.create_connection(&company, &body, KEY).await else { panic!("made") };
    let link = async || world.source.fresh_link(&company, &made.id).await.expect("a link").url.expose_secret().to_owned();
    let (first, second) = (link().await, link().await);
    assert!(first != second && first.contains("otp="), "c12: {first}");
    assert!(world.source.may_open(&first) && !world.source.may_open("https://link.codat.io/company/x"));
    let there = world.source.connections(&company).await.expect("connections");
    assert!(there.iter().any(|found| found.id == made.id && found.status == "PendingAuth" && found.company == company));
    assert!(matches!(world.source.company("8a210b68-6988-11ed-a1eb-0242ac120002").await, Err(SourceError::NotFound(_))));
}

#[tokio::test]
async fn c21_asking_twice_joins_the_read_that_runs_and_its_records_arrive() {
    let world = World::new(Options { companies: 12, transactions: Some(40), ..Options::default() }).await;
    let (company, connection) = world.linked().await;
    world.turn("clock", json!({ "freeze": true })).await;
    let first = world.source.queue(&company, &connection, DataType::Transactions).await.expect("queued");
    let again = world.source.queue(&company, &connection, DataType::Transactions).await.expect("answered");
    if let (Queued::New(first), Queued::Running(id)) = (&first, &again) {
        assert_eq!(id.as_deref(), Some(first.id.as_str()), "the running one is named");
    }
    world.turn("clock", json!({ "freeze": false })).await;
    world.turn("clock", json!({ "advanceSeconds": 600 })).await;
    let history = world.source.history(&company).await.expect("history");
    assert!(history.iter().all(|read| read.company == company && read.requested.is_some()));
    let asked =
        |page, size| PageAsked { company: &company, connection: &connection, data_type: DataType::Transactions, page, size, since: None };
    let Fetched::Page(page) = world.source.records(asked(1, 25)).await.expect("a page") else { panic!("rows") };
    assert!(page.total >= 40 && page.rows == 25 && page.bad.is_empty(), "{} {} {:?}", page.total, page.rows, page.bad);
    let Records::Transactions(rows) = page.records else { panic!("transactions") };
    assert_eq!(rows.len(), 25);
    let stamp = page.watermark.expect("a stamp");
    let since = PageAsked { since: Some(&stamp), ..asked(1, 5_000) };
    let Fetched::Page(later) = world.source.records(since).await.expect("a page") else { panic!("rows") };
    assert!(later.total > 0 && later.total <= page.total, "only what moved at or after {stamp}");
    let Fetched::Page(beyond) = world.source.records(asked(900, 25)).await.expect("a page") else { panic!("an empty page") };
    assert_eq!(beyond.rows, 0);
}

#[tokio::test]
async fn c32_what_was_never_read_is_not_an_error() {
    let world = World::new(Options { companies: 12, ..Options::default() }).await;
    let (company, _) = world.linked().await;
    let body = world.source.connection_body("demobank_truelayer");
    let Sent::Made(made) = world.source.create_connection(&company, &body, KEY).await else { panic!("made") };
    for data_type in DataType::ALL {
        let asked = PageAsked { company: &company, connection: &made.id, data_type, page: 1, size: 10, since: None };
        assert!(matches!(world.source.records(asked).await, Ok(Fetched::NotYet)), "{data_type}");
    }
    assert!(!world.source.sync_settings(Some(&company)).await.expect("schedules").is_empty());
}

#[tokio::test]
async fn every_answer_feeds_the_budget() {
    let world = World::new(Options::default()).await;
    for form in ["iso", "unix", "http"] {
        world.turn("switches", json!({ "resetForm": form, "dailyQuota": 1_000 })).await;
        let before = world.source.pace().calls;
        world.source.client().await.expect("answered");
        let pace = world.source.pace();
        assert_eq!((pace.calls, pace.quota, pace.line), (before + 1, Some(1_000), Line::Online), "{form}");
        assert!(pace.checked_at.is_some() && pace.calls_today > 0);
    }
    world.turn("switches", json!({ "dailyQuota": 5 })).await;
    let mut until = None;
    for _ in 0..8 {
        if let Err(SourceError::Limited(at)) = world.source.client().await {
            until = Some(at);
        }
    }
    let wait = until.expect("the day is spent") - SystemClock.now();
    assert!((0..=86_400_000).contains(&wait), "until midnight UTC: {wait}");
}
