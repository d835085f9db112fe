//! The one path of every request: count it, spoil it if a rule says so, check the key, replay what was answered before, answer.

use crate::answer::{Answer, Refused};
use crate::faults::Fault;
use crate::idempotency::{Claim, Fingerprint};
use crate::limits::{self, LastMinute, TooMany};
use crate::state::{Logged, State};
use crate::wire::Tear;
use crate::{api, control, flow, spoil};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// The largest request that is read.
const MOST_BYTES: usize = 8 << 20;

/// What the handlers share.
pub(crate) struct Shared {
    state: Mutex<State>,
    stop: CancellationToken,
    in_flight: AtomicU32,
    last_minute: Mutex<LastMinute>,
}

impl Shared {
    pub(crate) fn new(state: State, stop: CancellationToken) -> Self {
        Self { state: Mutex::new(state), stop, in_flight: AtomicU32::new(0), last_minute: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while answering one request must not silence all later ones.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pause(&self, ms: u64) {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(ms)) => {}
            () = self.stop.cancelled() => {}
        }
    }
}

/// A request, read.
#[derive(Clone, Debug)]
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

    /// Only writes that are not repeatable by themselves have one.
    fn idempotency_key(&self) -> Option<&str> {
        let writes = self.method == Method::POST || self.method == Method::PATCH;
        self.headers.get("idempotency-key").filter(|_| writes).and_then(|value| value.to_str().ok())
    }

    fn fingerprint(&self) -> Fingerprint {
        let mut hash = Sha256::new();
        hash.update(self.method.as_str());
        hash.update([0]);
        hash.update(&self.path);
        hash.update([0]);
        hash.update(&self.body);
        hash.finalize().into()
    }

    fn next_page(&self) -> Self {
        let page = self.param("page").and_then(|page| page.parse::<u64>().ok()).unwrap_or(1);
        let mut next = self.clone();
        next.query.retain(|(name, _)| !name.eq_ignore_ascii_case("page"));
        next.query.push(("page".into(), (page + 1).to_string()));
        next
    }
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(move |ConnectInfo(tear): ConnectInfo<Tear>, request: Request| {
        let shared = Arc::clone(&shared);
        // What was begun is finished, also when the caller has hung up.
        let handling = tokio::spawn(async move { handle(&shared, &tear, request).await });
        async move { handling.await.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR)) }
    })
}

async fn handle(shared: &Arc<Shared>, tear: &Tear, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_BYTES).await else { return plain(StatusCode::PAYLOAD_TOO_LARGE) };
    let call = Call {
        segments: parts.uri.path().split('/').filter(|segment| !segment.is_empty()).map(percent_decode).collect(),
        query: parts.uri.query().map(|query| url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()).unwrap_or_default(),
        path: parts.uri.path().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
    };
    match call.segments.first().map(String::as_str) {
        Some("control") => respond(control::answer(&mut shared.state(), &call), &[]),
        Some("link" | "logos") => respond(flow::answer(&mut shared.state(), &call), &[]),
        _ => api_call(shared, tear, &call).await,
    }
}

fn percent_decode(text: &str) -> String {
    // A segment decodes like a form value whose plus signs are plus signs.
    let pair = format!("v={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

struct Leave<'a>(&'a AtomicU32);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What comes of a request at the door.
enum Door {
    /// It goes in.
    In,
    /// It is answered at once.
    Answered { answer: Answer, replayed: bool },
    /// It gets no answer.
    Dropped,
}

async fn api_call(shared: &Arc<Shared>, tear: &Tear, call: &Call) -> Response {
    let at_once = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    let _leave = Leave(&shared.in_flight);
    let in_last_minute = shared.last_minute.lock().unwrap_or_else(PoisonError::into_inner).count(Instant::now());
    let (fault, latency, door) = {
        let mut state = shared.state();
        state.requests += 1;
        state.settle();
        let fault = state.faults.strike(call.method.as_str(), &call.path);
        let latency = state.switches.latency_ms;
        let door = door(&mut state, call, at_once, in_last_minute);
        (fault, latency, door)
    };
    if latency > 0 {
        shared.pause(latency).await;
    }
    if let Some(Fault::SlowBefore { ms }) = fault {
        shared.pause(ms).await;
    }
    let (answer, headers, replayed) = {
        let mut state = shared.state();
        let (answer, replayed) = match door {
            Door::In => (inside(&mut state, call, fault.as_ref()), false),
            Door::Answered { answer, replayed } => (answer, replayed),
            Door::Dropped => {
                tear.now();
                (Answer::empty(429), false)
            }
        };
        let line = Logged {
            at: state.now(),
            method: call.method.to_string(),
            path: call.path.clone(),
            template: api::template(&call.segments),
            query: (!call.query.is_empty())
                .then(|| call.query.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")),
            status: answer.status,
            idempotency_key: call.idempotency_key().map(str::to_owned),
            replayed,
            fault: fault.as_ref().map(Fault::kind),
        };
        state.log(line);
        (answer, limits::headers(&mut state), replayed)
    };
    if let Some(Fault::SlowAfter { ms }) = fault {
        shared.pause(ms).await;
    }
    if !replayed {
        settle_key(shared, call, &answer);
    }
    match fault {
        Some(Fault::DropBefore | Fault::ApplyThenDrop) => {
            tear.now();
            respond(answer, &headers)
        }
        Some(Fault::CutBody) => in_pieces(shared, &answer, &headers, Piece::Half { then_silence: false }),
        Some(Fault::Stall) => in_pieces(shared, &answer, &headers, Piece::Half { then_silence: true }),
        Some(Fault::Drip { ms }) => in_pieces(shared, &answer, &headers, Piece::Drip(ms)),
        _ => respond(answer, &headers),
    }
}

/// Key, limits, and what was answered under the idempotency key before.
fn door(state: &mut State, call: &Call, at_once: u32, in_last_minute: usize) -> Door {
    let answered = |answer| Door::Answered { answer, replayed: false };
    match limits::check(state, at_once, in_last_minute) {
        Some(TooMany::Answered(answer)) => return answered(answer),
        Some(TooMany::Dropped) => return Door::Dropped,
        None => {}
    }
    match access(state, call) {
        Access::Ours => {}
        Access::AnotherClients => return answered(api::answer_other_client(state, call)),
        Access::No(refused) => return answered(refused.answer(state)),
    }
    let Some(key) = call.idempotency_key() else { return Door::In };
    if state.switches.strict_keys && uuid::Uuid::try_parse(key).is_err() {
        return answered(Refused::api(400, "The Idempotency-Key header must be a GUID.").answer(state));
    }
    let now = state.now();
    match state.idempotency.claim(key, call.fingerprint(), now) {
        Claim::First => Door::In,
        Claim::Replay(answer) => Door::Answered { answer, replayed: true },
        Claim::InFlight => {
            let refused = Refused::api(409, "A request with this Idempotency-Key is already in progress.");
            Door::Answered { answer: refused.answer(state), replayed: true }
        }
        Claim::OtherRequest => {
            let refused = Refused::api(422, "The Idempotency-Key was used before with another request body.");
            Door::Answered { answer: refused.answer(state), replayed: true }
        }
    }
}

enum Access {
    Ours,
    AnotherClients,
    No(Refused),
}

fn access(state: &State, call: &Call) -> Access {
    let sent = call.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|sent| sent.strip_prefix("Basic "));
    let encode = |key: &str| base64::engine::general_purpose::STANDARD.encode(key);
    let ours = sent.is_some_and(|sent| state.keys.iter().any(|key| encode(&key.key) == sent));
    let another = sent.is_some_and(|sent| sent == encode(&crate::options::key_of(state.options.seed, "other client")));
    if ours && state.switches.key_outdated {
        Access::No(api::foreign_key())
    } else if ours && state.switches.account_expired {
        Access::No(Refused::new(402, "ClientsApi", "Your account has expired. Talk to sales to go on."))
    } else if ours {
        Access::Ours
    } else if another {
        Access::AnotherClients
    } else {
        Access::No(Refused::api(401, "Unauthorized"))
    }
}

/// Does what is asked, or what the fault makes of it.
fn inside(state: &mut State, call: &Call, fault: Option<&Fault>) -> Answer {
    match fault {
        Some(Fault::Status { status, retry_after }) => {
            let mut answer = Refused::api(*status, injected_text(*status)).answer(state);
            answer.retry_after = retry_after.as_ref().map(|text| wait_text(state, text));
            answer
        }
        Some(Fault::DropBefore) => {
            // Nothing was done, so nothing may be remembered.
            if let Some(key) = call.idempotency_key() {
                state.idempotency.release(key);
            }
            Answer::empty(200)
        }
        Some(Fault::Html200) => {
            release_key(state, call);
            Answer::page(200, "<!doctype html><title>Wi-Fi</title><h1>Please sign in to the hotel network</h1>".into())
        }
        Some(Fault::Redirect { to }) => {
            release_key(state, call);
            Answer { status: 302, ..Answer::redirect(to.clone()) }
        }
        Some(Fault::ApplyThen500) => {
            api::answer(state, call, None);
            Refused::api(500, "An internal error occurred.").answer(state)
        }
        Some(Fault::EmptyBody) => {
            api::answer(state, call, None);
            Answer::empty(200)
        }
        Some(Fault::HugeBody { mib }) => {
            Answer::raw_json(200, format!("{{\"results\":[],\"padding\":\"{}\"}}", " ".repeat((*mib as usize) << 20)))
        }
        Some(Fault::WrongPage) => api::answer(state, &call.next_page(), None),
        Some(fault @ (Fault::WrongOrder | Fault::WrongCompany | Fault::BadRow)) => {
            let answer = api::answer(state, call, None);
            let stranger = crate::state::guid(state.options.seed, &[0x57a]).to_string();
            spoil::list(answer, fault, &stranger)
        }
        other => api::answer(state, call, other),
    }
}

/// A box between the caller and Codat answered: Codat never saw the key.
fn release_key(state: &mut State, call: &Call) {
    if let Some(key) = call.idempotency_key() {
        state.idempotency.release(key);
    }
}

fn injected_text(status: u16) -> &'static str {
    match status {
        401 => "Unauthorized",
        402 => "The limit of connected companies of your plan is reached",
        403 => "The API key is outdated or is not associated with this resource.",
        404 => "Not Found",
        429 => "Daily request limit exceeded. Requests are accepted again after midnight UTC.",
        503 => "The service is down for maintenance.",
        _ => "An internal error occurred.",
    }
}

fn wait_text(state: &State, text: &str) -> String {
    match text.strip_prefix("httpDate:").and_then(|seconds| seconds.parse().ok()) {
        Some(seconds) => {
            let at = state.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(jiff::Timestamp::MAX);
            limits::http_date(at)
        }
        None => text.to_owned(),
    }
}

/// The answer goes out: from now on its key replays it. A 429 lets the key go.
fn settle_key(shared: &Shared, call: &Call, answer: &Answer) {
    let Some(key) = call.idempotency_key() else { return };
    let mut state = shared.state();
    if answer.status == 429 {
        state.idempotency.release(key);
    } else {
        state.idempotency.answered(key, answer.clone());
    }
}

fn respond(mut answer: Answer, headers: &[(&'static str, String)]) -> Response {
    let length = answer.body.len();
    let body = Body::from(std::mem::take(&mut answer.body));
    with_headers(&answer, headers, length, body)
}

fn with_headers(answer: &Answer, headers: &[(&'static str, String)], length: usize, body: Body) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    if length > 0 {
        response = response.header(header::CONTENT_TYPE, answer.content_type);
    }
    if let Some(location) = &answer.location {
        response = response.header(header::LOCATION, location);
    }
    if let Some(wait) = &answer.retry_after {
        response = response.header(header::RETRY_AFTER, wait);
    }
    if let Some((seconds, to)) = &answer.refresh {
        response = response.header(header::REFRESH, format!("{seconds}; url={to}"));
    }
    if answer.content_type.starts_with("text/html") {
        // No rule for forms: the redirect after one may go to another program's scheme, and such a rule would stop it.
        response = response
            .header(header::CACHE_CONTROL, "no-store")
            .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:")
            .header(header::REFERRER_POLICY, "no-referrer");
    }
    response.body(body).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

/// How a body goes out when it does not go out whole.
#[derive(Clone, Copy)]
enum Piece {
    Half { then_silence: bool },
    Drip(u64),
}

fn in_pieces(shared: &Arc<Shared>, answer: &Answer, headers: &[(&'static str, String)], how: Piece) -> Response {
    let body = Bytes::from(answer.body.clone());
    let length = body.len();
    let stream = match how {
        Piece::Half { then_silence } => {
            let (half, shared) = (body.slice(..length / 2), Arc::clone(shared));
            let end = async move {
                if then_silence {
                    shared.stop.cancelled().await;
                }
                Err(std::io::Error::other("broken off by script"))
            };
            futures::stream::iter([Ok(half)]).chain(futures::stream::once(end)).left_stream()
        }
        Piece::Drip(ms) => {
            let pieces: Vec<Bytes> = (0..length).step_by(256).map(|from| body.slice(from..length.min(from + 256))).collect();
            let shared = Arc::clone(shared);
            let wait = move |piece| {
                let shared = Arc::clone(&shared);
                async move {
                    shared.pause(ms).await;
                    Ok(piece)
                }
            };
            futures::stream::iter(pieces).then(wait).right_stream()
        }
    };
    let mut response = with_headers(answer, headers, length, Body::from_stream(stream));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
