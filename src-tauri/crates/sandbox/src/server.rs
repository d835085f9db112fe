//! The one path of every request: count it, spoil it if a rule says so, check the key, replay what was answered before, answer.

use crate::answer::{Answer, Refused};
use crate::faults::Fault;
use crate::options::ResetForm;
use crate::state::{Logged, Remembered, State};
use crate::{api, control, flow};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use sha2::{Digest as _, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What the handlers share.
pub(crate) struct Shared {
    state: Mutex<State>,
    stop: CancellationToken,
    in_flight: std::sync::atomic::AtomicU32,
    last_minute: Mutex<VecDeque<Instant>>,
}

impl Shared {
    pub(crate) fn new(state: State, stop: CancellationToken) -> Self {
        Self { state: Mutex::new(state), stop, in_flight: 0.into(), last_minute: Mutex::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic while answering one request must not silence all later ones.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request, read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// A query parameter; names are case-insensitive.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn idempotency_key(&self) -> Option<&str> {
        let writes = self.method == Method::POST || self.method == Method::PATCH;
        self.headers.get("idempotency-key").filter(|_| writes).and_then(|value| value.to_str().ok())
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(move |request: Request| {
        let shared = Arc::clone(&shared);
        async move { handle(&shared, request).await }
    })
}

async fn handle(shared: &Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 8 << 20).await else { return plain(StatusCode::PAYLOAD_TOO_LARGE) };
    let decode = |text: &str| percent_decode(text);
    let call = Call {
        segments: parts.uri.path().split('/').filter(|segment| !segment.is_empty()).map(decode).collect(),
        query: parts.uri.query().map(|query| url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()).unwrap_or_default(),
        path: parts.uri.path().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
    };
    match call.segments.first().map(String::as_str) {
        Some("control") => respond(control::answer(&mut shared.state(), &call), &[]),
        Some("link" | "logos") => respond(flow::answer(&mut shared.state(), &call), &[]),
        _ => api_call(shared, &call).await,
    }
}

fn percent_decode(text: &str) -> String {
    // A segment decodes like a form value whose plus signs are plus signs.
    let pair = format!("v={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn api_call(shared: &Shared, call: &Call) -> Response {
    use std::sync::atomic::Ordering::SeqCst;
    let in_flight = shared.in_flight.fetch_add(1, SeqCst) + 1;
    let _leave = Leave(&shared.in_flight);
    let fault = shared.state().faults.strike(call.method.as_str(), &call.path);
    if let Some(Fault::SlowBefore { ms }) = fault {
        pause(shared, ms).await;
    }
    let (answer, headers) = {
        let mut state = shared.state();
        state.requests += 1;
        state.settle();
        let answer = limited(shared, &mut state, in_flight).or_else(|| unauthorised(&mut state, call));
        let answer = answer.unwrap_or_else(|| spoiled(&mut state, call, fault.as_ref()));
        let key = call.idempotency_key().map(str::to_owned);
        let line = Logged {
            at: state.now(),
            method: call.method.to_string(),
            path: call.path.clone(),
            query: (!call.query.is_empty())
                .then(|| call.query.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")),
            status: answer.status,
            idempotency_key: key,
            fault: fault.as_ref().and_then(|fault| serde_json::to_value(fault).ok()?.get("kind")?.as_str().map(str::to_owned)),
        };
        state.log(line);
        let headers = limit_headers(&state);
        (answer, headers)
    };
    match fault {
        Some(Fault::SlowAfter { ms }) => pause(shared, ms).await,
        Some(Fault::DropBefore | Fault::ApplyThenDrop) => return broken(answer.status, 0, &answer.body),
        Some(Fault::CutBody) => return broken(answer.status, answer.body.len() / 2, &answer.body),
        _ => {}
    }
    release(shared, call);
    respond(answer, &headers)
}

struct Leave<'a>(&'a std::sync::atomic::AtomicU32);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
    }
}

async fn pause(shared: &Shared, ms: u64) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(ms)) => {}
        () = shared.stop.cancelled() => {}
    }
}

fn unauthorised(state: &mut State, call: &Call) -> Option<Answer> {
    let sent = call.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent == state.authorization {
        return None;
    }
    // A well-formed key of another client is told apart from no key.
    use base64::Engine as _;
    let decoded = sent.strip_prefix("Basic ").and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    let other_client = decoded.is_some_and(|key| key.starts_with(b"other-client-"));
    let refused = if other_client {
        Refused::api(403, "The API key is outdated or is not associated with this resource.")
    } else {
        Refused::api(401, "Unauthorized")
    };
    Some(refused.answer(state))
}

/// The day's quota, requests at once, requests a minute.
fn limited(shared: &Shared, state: &mut State, in_flight: u32) -> Option<Answer> {
    let day = state.now().as_second().div_euclid(86_400);
    if state.used_today.0 != day {
        state.used_today = (day, 0);
    }
    state.used_today.1 += 1;
    let minute = {
        let mut recent = shared.last_minute.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while recent.front().is_some_and(|first| now.duration_since(*first) > Duration::from_secs(60)) {
            recent.pop_front();
        }
        recent.push_back(now);
        recent.len()
    };
    let at_once = 10 * state.active_companies().max(1);
    let (text, wait) = if state.used_today.1 > quota(state) {
        ("The daily request limit is reached", seconds_to_midnight(state))
    } else if in_flight > at_once {
        ("Too many requests at once", 1)
    } else if minute > 1000 {
        ("Too many requests from this address", 60)
    } else {
        return None;
    };
    let mut answer = Refused::api(429, text).answer(state);
    answer.retry_after = Some(wait.to_string());
    Some(answer)
}

fn quota(state: &State) -> u32 {
    state.switches.daily_quota.unwrap_or_else(|| 1000 * (1 + state.active_companies()))
}

fn seconds_to_midnight(state: &State) -> i64 {
    86_400 - state.now().as_second().rem_euclid(86_400)
}

fn limit_headers(state: &State) -> Vec<(&'static str, String)> {
    let reset = state.now().as_second() + seconds_to_midnight(state);
    let at = jiff::Timestamp::from_second(reset).unwrap_or(jiff::Timestamp::MAX);
    let reset = match state.switches.reset_form {
        ResetForm::Iso => at.to_string(),
        ResetForm::Unix => reset.to_string(),
        ResetForm::Http => http_date(at),
    };
    let limit = quota(state);
    vec![
        ("x-rate-limit-limit", limit.to_string()),
        ("x-rate-limit-remaining", limit.saturating_sub(state.used_today.1).to_string()),
        ("x-rate-limit-reset", reset),
        ("date", http_date(state.now())),
    ]
}

fn http_date(at: jiff::Timestamp) -> String {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
}

fn spoiled(state: &mut State, call: &Call, fault: Option<&Fault>) -> Answer {
    match fault {
        Some(Fault::Status { status, retry_after }) => {
            let mut answer = Refused::api(*status, "Injected by script").answer(state);
            answer.retry_after =
                retry_after.as_ref().map(|text| match text.strip_prefix("httpDate:").and_then(|seconds| seconds.parse().ok()) {
                    Some(seconds) => {
                        http_date(state.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(jiff::Timestamp::MAX))
                    }
                    None => text.clone(),
                });
            // What a key has answered is replayed, a 5xx too; a 429 lets the key go.
            remember(state, call, &answer);
            answer
        }
        Some(Fault::DropBefore) => Answer::empty(200),
        Some(Fault::Html200) => Answer::page(200, "<!doctype html><title>Wi-Fi</title><h1>Please sign in to the hotel network</h1>".into()),
        Some(Fault::EmptyBody) => Answer::empty(200),
        Some(Fault::ApplyThen500) => {
            idempotent(state, call, None);
            let answer = Refused::api(500, "An internal error occurred").answer(state);
            remember(state, call, &answer);
            answer
        }
        other => idempotent(state, call, other),
    }
}

/// Answers once per idempotency key.
fn idempotent(state: &mut State, call: &Call, fault: Option<&Fault>) -> Answer {
    let Some(key) = call.idempotency_key().map(str::to_owned) else { return api::answer(state, call, fault) };
    if uuid::Uuid::try_parse(&key).is_err() {
        return Refused::api(400, "The Idempotency-Key header must be a GUID").answer(state);
    }
    let body: [u8; 32] = Sha256::digest(&call.body).into();
    let now = state.now();
    let alive = |remembered: &Remembered| now.duration_since(remembered.at).as_secs() < 90 * 60;
    if let Some(remembered) = state.remembered.get(&key).filter(|remembered| alive(remembered)) {
        if remembered.body != body {
            return Refused::api(422, "The Idempotency-Key was used with another request body").answer(state);
        }
        return match &remembered.answer {
            Some(answer) => answer.clone(),
            None => Refused::api(409, "A request with this Idempotency-Key is in progress").answer(state),
        };
    }
    let answer = api::answer(state, call, fault);
    remember(state, call, &answer);
    if matches!(fault, Some(Fault::SlowAfter { .. })) {
        // Until the slow answer has gone out, the key is in flight.
        if let Some(remembered) = state.remembered.get_mut(&key) {
            remembered.answer = None;
        }
        state.unanswered.insert(key, answer.clone());
    }
    answer
}

fn remember(state: &mut State, call: &Call, answer: &Answer) {
    let Some(key) = call.idempotency_key() else { return };
    if answer.status == 429 {
        state.remembered.remove(key);
        return;
    }
    let body = Sha256::digest(&call.body).into();
    state.remembered.insert(key.to_owned(), Remembered { body, at: state.now(), answer: Some(answer.clone()) });
}

/// A slow answer goes out: from now on its key replays it.
fn release(shared: &Shared, call: &Call) {
    let Some(key) = call.idempotency_key() else { return };
    let mut state = shared.state();
    if let Some(answer) = state.unanswered.remove(key)
        && let Some(remembered) = state.remembered.get_mut(key)
    {
        remembered.answer = Some(answer);
    }
}

fn respond(answer: Answer, headers: &[(&'static str, String)]) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    if !answer.body.is_empty() || answer.status == 200 {
        response = response.header(header::CONTENT_TYPE, answer.content_type);
    }
    if let Some(location) = answer.location {
        response = response.header(header::LOCATION, location);
    }
    if let Some(wait) = answer.retry_after {
        response = response.header(header::RETRY_AFTER, wait);
    }
    if answer.content_type.starts_with("text/html") {
        response = response
            .header(header::CACHE_CONTROL, "no-store")
            .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action *");
    }
    response.body(Body::from(answer.body)).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Announces the whole body, sends a part, and breaks off.
fn broken(status: u16, sent: usize, body: &[u8]) -> Response {
    let part = Bytes::copy_from_slice(&body[..sent.min(body.len())]);
    let breaks = std::io::Error::other("broken off by script");
    let pieces = futures::stream::iter([Ok(part), Err(breaks)]);
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, body.len().max(64));
    response.body(Body::from_stream(pieces)).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
