//! One request on a real socket: what is sent, and what becomes of each way an answer can go wrong.

mod support;

use codat::endpoint::companies::{CreateCompany, DeleteCompany, GetCompany, ListCompanies};
use codat::endpoint::connections::DeleteConnection;
use codat::endpoint::settings::GetProfile;
use codat::ids::{CompanyId, ConnectionId};
use codat::{ApiKey, Client, Ended, Error, Limits, Observer, PageQuery};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Say, Server, answer, json};

const JSON: (&str, &str) = ("content-type", "application/json");

fn client_with(server: &Server, limits: Limits) -> Client {
    Client::new(&server.base, &ApiKey::parse("abcdefgh12345678").expect("key"), limits).expect("loopback is allowed")
}

fn client(server: &Server) -> Client {
    client_with(server, Limits::default())
}

async fn profile(server: &Server) -> Result<String, Error> {
    client(server).send(&GetProfile {}).await.map(|answer| answer.value.value.name)
}

#[tokio::test]
async fn c1_what_is_sent_is_the_key_alone_and_nothing_about_this_computer() {
    let server = Server::answering(json("200 OK", r#"{"name":"Harbourline"}"#)).await;
    assert_eq!(profile(&server).await.expect("an answer"), "Harbourline");
    let request = server.last();
    assert!(request.starts_with("GET /profile HTTP/1.1\r\n"), "no question mark without a query: {request}");
    assert!(request.contains("authorization: Basic YWJjZGVmZ2gxMjM0NTY3OA==\r\n"), "{request}");
    assert!(request.contains("user-agent: fairlead/"), "{request}");
    assert!(!request.contains("cookie") && !request.contains("referer"), "{request}");
}

#[tokio::test]
async fn a_creation_sends_its_frozen_bytes_and_its_key() {
    let server = Server::answering(json("200 OK", r#"{"id":"c1","name":"A"}"#)).await;
    let frozen = br#"{"name":"A","tags":{"reference":"R-1"}}"#;
    let made = client(&server).send(&CreateCompany { frozen, key: "0b1f5c7e-1111-4222-8333-444455556666" }).await.expect("made");
    assert_eq!(made.value.value.id, CompanyId::from("c1"));
    let request = server.last();
    assert!(request.starts_with("POST /companies HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("idempotency-key: 0b1f5c7e-1111-4222-8333-444455556666\r\n"), "{request}");
    assert!(request.ends_with(r#"{"name":"A","tags":{"reference":"R-1"}}"#), "to the byte: {request}");
}

#[tokio::test]
async fn c9_a_creation_that_answers_oddly_is_still_known_by_its_id() {
    let server = Server::answering(json("200 OK", r#"{"id":"c1","name":{"en":"A"},"tags":7}"#)).await;
    let made = client(&server).send(&CreateCompany { frozen: b"{}", key: "k" }).await.expect("it was made, and its id is known");
    assert_eq!(made.value.value.id, CompanyId::from("c1"));
    assert!(made.value.raw.contains(r#""en":"A""#), "what was sent is kept");
}

#[tokio::test]
async fn a_query_is_encoded_once() {
    let server = Server::answering(json("200 OK", r#"{"results":[],"totalResults":0}"#)).await;
    let page = PageQuery::first(100, "-created").filtered("name~A&B && x>=2026-01-01T00:00:00+02:00");
    client(&server).send(&ListCompanies { page, tags: Some("reference=R 1/2".into()) }).await.expect("page");
    let line = server.last().lines().next().expect("a line").to_owned();
    assert_eq!(
        line,
        "GET /companies?page=1&pageSize=100&orderBy=-created&query=name%7EA%26B+%26%26+x%3E%3D2026-01-01T00%3A00%3A00%2B02%3A00\
         &tags=reference%3DR+1%2F2 HTTP/1.1"
    );
}

#[tokio::test]
async fn c2_any_2xx_is_success_and_an_empty_one_is_not_parsed() {
    let (company, connection) = (CompanyId::from("c"), ConnectionId::from("k"));
    let server = Server::answering(answer("204 No Content", &[], b"")).await;
    client(&server).send(&DeleteCompany { company: &company }).await.expect("204");
    let server = Server::answering(answer("200 OK", &[JSON], b"")).await;
    client(&server).send(&DeleteConnection { company: &company, connection: &connection }).await.expect("200 with nothing");
    let server = Server::answering(json("201 Created", r#"{"name":"N"}"#)).await;
    assert_eq!(profile(&server).await.expect("201"), "N");
    let server = Server::answering(answer("200 OK", &[JSON], b"")).await;
    assert!(matches!(profile(&server).await, Err(Error::Unreadable { .. })), "nothing where something is needed");
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_not_codat() {
    let html = [("content-type", "text/html; charset=utf-8")];
    for status in ["200 OK", "401 Unauthorized", "403 Forbidden", "404 Not Found", "407 Proxy Authentication Required"] {
        let server = Server::answering(answer(status, &html, b"<html>Welcome to the Harbour Hotel</html>")).await;
        let ended = profile(&server).await;
        assert!(matches!(ended, Err(Error::CaptivePortal)), "{status} in HTML must neither stop the key nor call anything gone: {ended:?}");
    }
    let server = Server::answering(answer("200 OK", &[], b"hello")).await;
    assert!(matches!(profile(&server).await, Err(Error::CaptivePortal)), "nor is an answer without a type");
    let server = Server::answering(answer("503 Service Unavailable", &html, b"<html>down</html>")).await;
    assert!(matches!(profile(&server).await, Err(Error::Refused(refusal)) if refusal.status == 503), "a 503 is one, whatever it wears");
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let other = Server::answering(json("200 OK", r#"{"name":"stolen"}"#)).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Server::answering(answer(status, &[("location", &other.base)], b"")).await;
        assert!(matches!(profile(&server).await, Err(Error::Redirect)), "{status}");
    }
    assert!(other.heard.lock().expect("heard").is_empty(), "the key went nowhere else");
}

#[tokio::test]
async fn an_answer_is_counted_after_it_was_unpacked() {
    let bomb = include_bytes!("fixtures/bomb.json.gz");
    assert!(bomb.len() < 1_000, "it is small on the wire");
    let packed = answer("200 OK", &[JSON, ("content-encoding", "gzip")], bomb);
    let server = Server::answering(packed.clone()).await;
    let small = Limits { body: 100_000, ..Limits::default() };
    assert!(matches!(client_with(&server, small).send(&GetProfile {}).await, Err(Error::TooLarge(100_000))));
    let server = Server::answering(packed).await;
    assert_eq!(profile(&server).await.expect("under the usual cap it is just an answer").len(), 200_000);
}

#[tokio::test]
async fn a_length_over_the_cap_is_refused_before_reading() {
    let announced = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n{".to_vec();
    let server = Server::saying(vec![Say::Hang(announced)]).await;
    assert!(matches!(profile(&server).await, Err(Error::TooLarge(_))), "without waiting for a single byte more");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_lost_and_so_is_a_silence() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{\"name\":".to_vec();
    for say in [Say::Bytes(cut), Say::Nothing, Say::Bytes(b"HTTP/1.1 200 O".to_vec())] {
        let server = Server::saying(vec![say]).await;
        let ended = profile(&server).await;
        assert!(matches!(ended, Err(Error::Lost)), "nobody knows what came of it: {ended:?}");
    }
    let quick = Limits { read: Duration::from_millis(150), ..Limits::default() };
    for say in [Say::Hang(vec![]), Say::Hang(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{".to_vec())]
    {
        let server = Server::saying(vec![say]).await;
        assert!(matches!(client_with(&server, quick).send(&GetProfile {}).await, Err(Error::Lost)), "it went quiet");
    }
}

#[tokio::test]
async fn c39_limits_and_time_come_with_every_answer() {
    let headers = [
        JSON,
        ("x-rate-limit-limit", "2000"),
        ("x-rate-limit-remaining", "1999"),
        ("x-rate-limit-reset", "Thu, 26 Nov 2026 00:00:00 GMT"),
        ("date", "Wed, 25 Nov 2026 12:00:00 GMT"),
    ];
    let server = Server::answering(answer("200 OK", &headers, br#"{"name":"N"}"#)).await;
    let rate = client(&server).send(&GetProfile {}).await.expect("an answer").rate;
    assert_eq!((rate.limit, rate.remaining), (Some(2_000), Some(1_999)));
    assert_eq!(rate.reset, "2026-11-26T00:00:00Z".parse().ok());
    assert_eq!(rate.date, "2026-11-25T12:00:00Z".parse().ok(), "their clock tells ours how wrong it is");
    let late = [JSON, ("retry-after", "90")];
    let server = Server::answering(answer("429 Too Many Requests", &late, br#"{"error":"slow down"}"#)).await;
    let Err(Error::Refused(refusal)) = client(&server).send(&GetProfile {}).await else { panic!("refused") };
    assert_eq!(refusal.rate.retry_after, Some(Duration::from_secs(90)));
}

/// Method, path template, status, correlation id.
type Line = (String, &'static str, Option<u16>, Option<String>);

#[derive(Default)]
struct Diary(Mutex<Vec<Line>>);

impl Observer for Diary {
    fn ended(&self, request: &Ended<'_>) {
        let status = request.status.map(|status| status.as_u16());
        let line = (request.method.to_string(), request.template, status, request.correlation_id.map(str::to_owned));
        self.0.lock().expect("diary").push(line);
    }
}

#[tokio::test]
async fn c40_every_request_is_told_of_without_any_id() {
    let refused = json("500 Internal Server Error", r#"{"error":"x","correlationId":"f00d"}"#);
    let server = Server::saying(vec![Say::Bytes(json("200 OK", r#"{"id":"c","name":"n"}"#)), Say::Bytes(refused), Say::Nothing]).await;
    let diary = Arc::new(Diary::default());
    let client = client(&server).observed_by(Arc::clone(&diary) as Arc<dyn Observer>);
    let company = CompanyId::from("8a210b68-6988-11ed-a1eb-0242ac120002");
    for _ in 0..3 {
        let _ = client.send(&GetCompany { company: &company }).await;
    }
    let line = |status, id: Option<&str>| ("GET".to_owned(), "/companies/{companyId}", status, id.map(str::to_owned));
    assert_eq!(*diary.0.lock().expect("diary"), [line(Some(200), None), line(Some(500), Some("f00d")), line(None, None)]);
}
