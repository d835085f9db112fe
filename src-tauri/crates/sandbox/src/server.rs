//! The one path of every request: count it, spoil it if a rule says so, check the key, replay what was answered before, answer.

use crate::answer::{Answer, Refused};
use crate::faults::Fault;
use crate::idempotency::{Claim, Fingerprint};
use crate::limits::{self, LastMinute, TooMany};
use crate::respond::{Piece, in_pieces, pause, plain, respond};
use crate::state::{Logged, State};
use crate::wire::Tear;
use crate::{api, control, flow, spoil};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
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
        self.on_page(page + 1)
    }

    fn on_page(&self, page: u64) -> Self {
        let mut other = self.clone();
        other.query.retain(|(name, _)| !name.eq_ignore_ascii_case("page"));
        other.query.push(("page".into(), page.to_string()));
        other
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
    /// It was answered before, or is being answered, under its idempotency key.
    Again(Answer),
    /// It is turned away; its idempotency key was not looked at.
    TurnedAway(Answer),
    /// It gets no answer.
    Dropped,
}

async fn api_call(shared: &Arc<Shared>, tear: &Tear, call: &Call) -> Response {
    let at_once = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    let _leave = Leave(&shared.in_flight);
    let in_last_minute = shared.last_minute.lock().unwrap_or_else(PoisonError::into_inner).count(Instant::now());
    let (door, fault, latency) = {
        let mut state = shared.state();
        state.requests += 1;
        state.settle();
        let door = door(&mut state, call, at_once, in_last_minute);
        // A fault that is counted has an effect: who is turned away at the door meets none.
        let meets = matches!(door, Door::In | Door::Again(_));
        let fault = if meets { state.faults.strike(call.method.as_str(), &call.path) } else { None };
        (door, fault, state.switches.latency_ms)
    };
    if latency > 0 {
        pause(&shared.stop, latency).await;
    }
    if let Some(Fault::SlowBefore { ms }) = fault {
        pause(&shared.stop, ms).await;
    }
    let goes_in = matches!(door, Door::In);
    let (answer, headers) = {
        let mut state = shared.state();
        let replayed = matches!(door, Door::Again(_));
        let answer = match door {
            Door::In => inside(&mut state, call, fault.as_ref()),
            Door::Again(answer) => on_the_way(&mut state, fault.as_ref()).unwrap_or(answer),
            Door::TurnedAway(answer) => answer,
            Door::Dropped => {
                tear.now();
                Answer::empty(429)
            }
        };
        let line = line(&state, call, answer.status, replayed, fault.as_ref());
        state.log(line);
        (answer, limits::headers(&mut state))
    };
    if let Some(Fault::SlowAfter { ms }) = fault {
        pause(&shared.stop, ms).await;
    }
    if goes_in {
        settle_key(shared, call, &answer, fault.as_ref());
    }
    match fault {
        Some(Fault::DropBefore | Fault::ApplyThenDrop) => {
            tear.now();
            respond(answer, &headers)
        }
        Some(Fault::CutBody) => in_pieces(&shared.stop, &answer, &headers, Piece::Half { then_silence: false }),
        Some(Fault::Stall) => in_pieces(&shared.stop, &answer, &headers, Piece::Half { then_silence: true }),
        Some(Fault::Drip { ms }) => in_pieces(&shared.stop, &answer, &headers, Piece::Drip(ms)),
        _ => respond(answer, &headers),
    }
}

/// A line of the log.
fn line(state: &State, call: &Call, status: u16, replayed: bool, fault: Option<&Fault>) -> Logged {
    let query = call.query.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
    Logged {
        at: state.now(),
        method: call.method.to_string(),
        path: call.path.clone(),
        template: api::template(&call.segments),
        query: Some(query).filter(|query| !query.is_empty()),
        status,
        idempotency_key: call.idempotency_key().map(str::to_owned),
        replayed,
        fault: fault.map(Fault::kind),
    }
}

/// Key, limits, and what was answered under the idempotency key before.
fn door(state: &mut State, call: &Call, at_once: u32, in_last_minute: usize) -> Door {
    match limits::check(state, at_once, in_last_minute) {
        Some(TooMany::Answered(answer)) => return Door::TurnedAway(answer),
        Some(TooMany::Dropped) => return Door::Dropped,
        None => {}
    }
    match access(state, call) {
        Access::Ours => {}
        Access::AnotherClients => return Door::TurnedAway(api::answer_other_client(state, call)),
        Access::No(refused) => return Door::TurnedAway(refused.answer(state)),
    }
    let Some(key) = call.idempotency_key() else { return Door::In };
    if state.switches.strict_keys && uuid::Uuid::try_parse(key).is_err() {
        return Door::TurnedAway(Refused::api(400, "The Idempotency-Key header must be a GUID.").answer(state));
    }
    let now = state.now();
    let refused = match state.idempotency.claim(key, call.fingerprint(), now) {
        Claim::First => return Door::In,
        Claim::Replay(answer) => return Door::Again(answer),
        Claim::InFlight => Refused::api(409, "A request with this Idempotency-Key is already in progress."),
        Claim::OtherRequest => Refused::api(422, "The Idempotency-Key was used before with another request body."),
    };
    Door::Again(refused.answer(state))
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

/// An answer that was made on the way, by a box before Codat or by Codat's own front: nothing was done.
fn on_the_way(state: &mut State, fault: Option<&Fault>) -> Option<Answer> {
    let answer = match fault? {
        Fault::Status { status, retry_after } => {
            let mut answer = Refused::api(*status, injected_text(*status)).answer(state);
            answer.retry_after = retry_after.as_ref().map(|text| wait_text(state, text));
            answer
        }
        Fault::Html200 => Answer::page(200, "<!doctype html><title>Wi-Fi</title><h1>Please sign in to the hotel network</h1>".into()),
        Fault::Redirect { to } => Answer { status: 302, ..Answer::redirect(to.clone()) },
        Fault::HugeBody { mib } => {
            Answer::raw_json(200, format!("{{\"results\":[],\"padding\":\"{}\"}}", " ".repeat((*mib as usize) << 20)))
        }
        Fault::ApplyThen500 => Refused::api(500, "An internal error occurred.").answer(state),
        Fault::EmptyBody | Fault::DropBefore => Answer::empty(200),
        _ => return None,
    };
    Some(answer)
}

/// Does what is asked, or what the fault makes of it.
fn inside(state: &mut State, call: &Call, fault: Option<&Fault>) -> Answer {
    if matches!(fault, Some(Fault::ApplyThen500 | Fault::EmptyBody)) {
        api::answer(state, call, None);
    }
    if let Some(answer) = on_the_way(state, fault) {
        return answer;
    }
    match fault {
        Some(Fault::WrongPage) => api::answer(state, &call.next_page(), None),
        Some(
            fault @ (Fault::WrongOrder
            | Fault::WrongCompany
            | Fault::BadRow
            | Fault::LongAmount
            | Fault::Texts { .. }
            | Fault::WrongTotal { .. }
            | Fault::EndlessNext),
        ) => {
            let call = if matches!(fault, Fault::EndlessNext) { call.on_page(1) } else { call.clone() };
            let answer = api::answer(state, &call, None);
            let stranger = crate::state::guid(state.options.seed, &[0x57a]).to_string();
            spoil::list(answer, fault, &stranger)
        }
        other => api::answer(state, call, other),
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

/// The answer goes out: from now on its key replays it. What Codat never saw, or turned away, lets the key go.
fn settle_key(shared: &Shared, call: &Call, answer: &Answer, fault: Option<&Fault>) {
    let Some(key) = call.idempotency_key() else { return };
    let never_seen = matches!(fault, Some(Fault::DropBefore | Fault::Html200 | Fault::Redirect { .. }));
    let mut state = shared.state();
    if never_seen || matches!(answer.status, 401 | 403 | 429) {
        state.idempotency.release(key);
    } else {
        state.idempotency.answered(key, answer.clone());
    }
    crate::snapshot::write(&state);
}
