//! A sandbox and a bare HTTP client for it: what goes over the wire is written out here, so that the tests share nothing with the
//! product's own client.

use base64::Engine as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, StatusCode};
use sandbox::{Options, Rule, Sandbox};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The four types of banking.
pub const TYPES: [&str; 4] = ["banking-accounts", "banking-accountBalances", "banking-transactions", "banking-transactionCategories"];

/// The moment at which the tests' clock stands.
pub const NOON: &str = "2026-11-25T12:00:00Z";

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The body of a success.
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.json()
    }

    pub fn rows(&self) -> Vec<Value> {
        self.good()["results"].as_array().cloned().unwrap_or_else(|| panic!("no results: {}", self.text))
    }

    pub fn total(&self) -> u64 {
        self.good()["totalResults"].as_u64().expect("totalResults")
    }
}

/// The sandbox of a test.
pub struct World {
    pub sandbox: Sandbox,
    pub client: reqwest::Client,
}

impl World {
    /// The clock stands at noon and syncs end at once.
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// As told, with the clock standing at noon; syncs of the default speed end at once.
    pub async fn with(options: Options) -> Self {
        let clock = options.clock.or(Some(NOON.parse().expect("a moment")));
        Self::exactly(Options { clock, speed: if options.speed == 1 { 0 } else { options.speed }, ..options }).await
    }

    /// Exactly as told.
    pub async fn exactly(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Self { sandbox, client }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let key = base64::engine::general_purpose::STANDARD.encode(self.sandbox.api_key());
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.sandbox.base_url()) };
        self.client.request(method, url).header("authorization", format!("Basic {key}"))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("an answer")
    }

    pub async fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers): (StatusCode, HeaderMap) = (response.status(), response.headers().clone());
        Ok(Answer { status: status.as_u16(), headers, text: response.text().await? })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }

    // ---- the control API

    pub async fn control(&self, path: &str, body: &Value) {
        let url = format!("{}/{path}", self.sandbox.control_url());
        let answer = self.send(self.client.post(url).json(body)).await;
        assert_eq!(answer.status, 204, "{path} {body}: {}", answer.text);
    }

    pub async fn look(&self, path: &str) -> Value {
        let url = format!("{}/{path}", self.sandbox.control_url());
        self.send(self.client.get(url)).await.good()
    }

    pub async fn switch(&self, switches: Value) {
        self.control("switches", &switches).await;
    }

    pub async fn faults(&self, rules: &[Rule]) {
        self.control("faults", &json!(rules)).await;
    }

    pub async fn later(&self, seconds: i64) {
        self.control("clock", &json!({ "advance": seconds })).await;
    }

    // ---- the journey

    pub async fn company(&self, name: &str) -> String {
        let answer = self.post("/companies", &json!({ "name": name })).await;
        answer.good()["id"].as_str().expect("an id").to_owned()
    }

    pub async fn connection(&self, company: &str, platform: &str) -> String {
        let answer = self.post(&format!("/companies/{company}/connections"), &json!({ "platformKey": platform })).await;
        answer.good()["id"].as_str().expect("an id").to_owned()
    }

    pub async fn read(&self, company: &str, connection: &str) -> Value {
        self.get(&format!("/companies/{company}/connections/{connection}")).await.good()
    }

    pub async fn link(&self, company: &str, connection: &str) -> String {
        self.read(company, connection).await["linkUrl"].as_str().expect("a link").to_owned()
    }

    /// Opens a page as a browser does: without the key, following redirects within the sandbox.
    pub async fn open(&self, url: &str) -> (String, Answer) {
        let mut url = if url.starts_with('/') { format!("{}{url}", self.sandbox.base_url()) } else { url.to_owned() };
        loop {
            let answer = self.send(self.client.get(&url)).await;
            let to = answer.header("location").to_owned();
            if !to.starts_with('/') {
                return (url, answer);
            }
            url = format!("{}{to}", self.sandbox.base_url());
        }
    }

    /// Presses a button of a page; the answer is not followed.
    pub async fn press(&self, page: &str, decision: &str) -> Answer {
        self.send(self.client.post(page).form(&HashMap::from([("decision", decision)]))).await
    }

    /// The customer opens the link and decides.
    pub async fn decide(&self, link: &str, decision: &str) -> Answer {
        let (page, shown) = self.open(link).await;
        assert_eq!(shown.status, 200, "the bank's page opens: {}", shown.text);
        self.press(&page, decision).await
    }

    /// A company with a connection whose customer has consented.
    pub async fn linked(&self, platform: &str) -> (String, String) {
        let company = self.company("Alder Joinery Ltd").await;
        let connection = self.connection(&company, platform).await;
        let link = self.link(&company, &connection).await;
        self.decide(&link, "authorise").await;
        (company, connection)
    }

    pub async fn status(&self, company: &str, connection: &str) -> String {
        self.read(company, connection).await["status"].as_str().expect("a status").to_owned()
    }

    /// A page of a connection's data.
    pub async fn data(&self, company: &str, connection: &str, rest: &str) -> Answer {
        self.get(&format!("/companies/{company}/connections/{connection}/data/{rest}")).await
    }

    /// All rows of a data type.
    pub async fn all(&self, company: &str, connection: &str, data_type: &str) -> Vec<Value> {
        let mut all = vec![];
        for page in 1.. {
            let answer = self.data(company, connection, &format!("{data_type}?page={page}&pageSize=5000&orderBy=id")).await;
            let rows = if data_type == "banking-accountBalances" {
                self.data(company, connection, &format!("{data_type}?page={page}&pageSize=5000&orderBy=date")).await.rows()
            } else {
                answer.rows()
            };
            if rows.is_empty() {
                break;
            }
            all.extend(rows);
        }
        all
    }

    pub async fn queue(&self, company: &str, connection: &str, data_type: &str) -> Answer {
        self.post(&format!("/companies/{company}/data/queue/{data_type}?connectionId={connection}"), &json!({})).await
    }

    pub async fn history(&self, company: &str) -> Vec<Value> {
        self.get(&format!("/companies/{company}/data/history?pageSize=5000&orderBy=requested")).await.rows()
    }

    pub async fn data_status(&self, company: &str, data_type: &str) -> Value {
        self.get(&format!("/companies/{company}/dataStatus")).await.good()[data_type].clone()
    }
}

/// A query as it stands in an address.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A header for a request.
pub fn header(name: &'static str, value: &str) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"))
}

/// Ids of rows.
pub fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect()
}
