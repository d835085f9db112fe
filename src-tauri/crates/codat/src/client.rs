//! The only place that touches the network. It sends one request once.

use crate::endpoint::{Endpoint, Method};
use crate::error::{Error, Refusal, StatusCode};
use crate::inspection::{self, Inspected};
use crate::key::ApiKey;
use crate::rate::RateInfo;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// Codat's only address.
pub const LIVE: &str = "https://api.codat.io";

/// Bounds of one request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To a finished handshake.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub read: Duration,
    /// In all.
    pub total: Duration,
    /// Bytes of an answer, after decompression.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), read: Duration::from_secs(20), total: Duration::from_secs(60), body: 16 << 20 }
    }
}

/// A good answer and what its headers say.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// What was asked for.
    pub value: T,
    /// Limits and time.
    pub rate: RateInfo,
}

/// How a request ended, for counting and for the log: no ids, no query values, no content.
#[derive(Clone, Debug)]
pub struct Ended<'a> {
    /// HTTP method.
    pub method: &'a Method,
    /// Path as in the reference.
    pub template: &'static str,
    /// HTTP status; none when no answer came.
    pub status: Option<StatusCode>,
    /// From sending to the last byte.
    pub took: Duration,
    /// For Codat's support.
    pub correlation_id: Option<&'a str>,
    /// Limits and time as the answer told them.
    pub rate: RateInfo,
}

/// Is told of every request that was tried, whatever became of it.
pub trait Observer: Send + Sync {
    /// A request goes on the line. What is returned is dropped once its answer is read, or nobody waits for it any more.
    fn begun(&self) -> Option<Box<dyn Send>> {
        None
    }

    /// A request ended.
    fn ended(&self, request: &Ended<'_>);
}

/// A client for one key at one address.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    inspected: Inspected,
    base: Url,
    limits: Limits,
    observer: Option<Arc<dyn Observer>>,
}

impl Client {
    /// For `LIVE`, or for a loopback address (a sandbox). Uses the system's proxy and trust store.
    ///
    /// # Errors
    /// When the address is neither, or the TLS set-up fails.
    pub fn new(base: &str, key: &ApiKey, limits: Limits) -> Result<Self, Error> {
        let base = Url::parse(base).map_err(|error| Error::Address(error.to_string()))?;
        if !is_allowed(&base) {
            return Err(Error::Address("only api.codat.io over https, or http to 127.0.0.1 or [::1]".into()));
        }
        let headers = HeaderMap::from_iter([(AUTHORIZATION, key.header())]);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            .https_only(base.scheme() == "https");
        let inspected = Inspected::default();
        builder = if base.scheme() == "http" {
            // A sandbox on this computer is never behind a proxy and shows no certificate: the computer's own, which take a while to read, are left alone.
            builder.no_proxy().tls_certs_only([])
        } else {
            builder.tls_backend_preconfigured(inspection::watching(&inspected)?)
        };
        let http = builder.build().map_err(|error| Error::Address(error.without_url().to_string()))?;
        Ok(Self { http, inspected, base, limits, observer: None })
    }

    /// The same, and tells this observer of every request.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Whether whoever answered last was vouched for by this computer alone and by no public authority: somebody between reads along.
    #[must_use]
    pub fn is_inspected(&self) -> bool {
        self.inspected.is_so()
    }

    /// Where it sends.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Sends once and reads the answer.
    ///
    /// # Errors
    /// See `Error`: each variant says what is known about the request's effect.
    pub async fn send<E: Endpoint>(&self, endpoint: &E) -> Result<Answer<E::Output>, Error> {
        let url = self.url(&endpoint.segments())?;
        let method = endpoint.method();
        let mut request = self.http.request(method.clone(), url).header(ACCEPT, "application/json");
        let query = endpoint.query();
        if !query.is_empty() {
            request = request.query(&query);
        }
        if let Some(body) = endpoint.body() {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        if let Some(key) = endpoint.idempotency_key() {
            request = request.header(HeaderName::from_static("idempotency-key"), key);
        }
        let begun = Instant::now();
        let on_the_line = self.observer.as_ref().and_then(|observer| observer.begun());
        let mut told = Told::default();
        let result = self.exchange(request, &mut told).await;
        drop(on_the_line);
        let refusal = match &result {
            Err(Error::Refused(refusal)) => Some(refusal),
            _ => None,
        };
        let ended = Ended {
            method: &method,
            template: endpoint.template(),
            status: told.status,
            took: begun.elapsed(),
            correlation_id: refusal.and_then(|refusal| refusal.correlation_id.as_deref()),
            rate: told.rate,
        };
        log(&ended);
        if let Some(observer) = &self.observer {
            observer.ended(&ended);
        }
        Ok(Answer { value: endpoint.read(result?)?, rate: told.rate })
    }

    /// Segments that would mean another path are refused: an id is data, whoever sent it.
    fn url(&self, segments: &[&str]) -> Result<Url, Error> {
        if segments.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(Error::Address("an id that is none".into()));
        }
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| Error::Address("not a base address".into()))?.pop_if_empty().extend(segments);
        Ok(url)
    }

    async fn exchange(&self, request: reqwest::RequestBuilder, told: &mut Told) -> Result<Vec<u8>, Error> {
        let answer = request.send().await.map_err(|error| lost_or_not_sent(&error))?;
        let status = answer.status();
        *told = Told { status: Some(status), rate: RateInfo::read(answer.headers(), Timestamp::now()) };
        let kind = Content::of(answer.headers());
        if status.is_redirection() {
            return Err(Error::Redirect);
        }
        let body = self.body(answer).await?;
        // A page that refuses entry to the network is not Codat refusing the key, nor saying that a company is gone.
        if kind == Content::Html && !body.is_empty() && (status.is_success() || status.is_client_error()) {
            return Err(Error::CaptivePortal);
        }
        if !status.is_success() {
            return Err(Box::new(Refusal::read(status, &body, told.rate)).into());
        }
        if kind != Content::Json && !body.is_empty() {
            return Err(Error::CaptivePortal);
        }
        Ok(body)
    }

    async fn body(&self, mut answer: reqwest::Response) -> Result<Vec<u8>, Error> {
        let cap = self.limits.body;
        if answer.content_length().is_some_and(|length| length > cap as u64) {
            return Err(Error::TooLarge(cap));
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|_| Error::Lost)? {
            if body.len() + piece.len() > cap {
                return Err(Error::TooLarge(cap));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Told {
    status: Option<StatusCode>,
    rate: RateInfo,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Json,
    Html,
    Other,
}

impl Content {
    fn of(headers: &HeaderMap) -> Self {
        let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Self::Json,
            essence if essence.ends_with("+json") => Self::Json,
            "text/html" | "application/xhtml+xml" => Self::Html,
            _ => Self::Other,
        }
    }
}

/// One line a request, with nothing in it that names a customer.
fn log(ended: &Ended<'_>) {
    let status = ended.status.map(|status| status.as_u16());
    let ms = u64::try_from(ended.took.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(method = %ended.method, path = ended.template, status, ms, correlation = ended.correlation_id, "asked Codat");
}

/// Where a client may send: to `LIVE`, or to a loopback address (a sandbox).
#[must_use]
pub fn is_allowed(base: &Url) -> bool {
    let bare = base.username().is_empty() && base.password().is_none() && base.query().is_none() && base.fragment().is_none();
    let live = base.scheme() == "https" && base.host_str() == Some("api.codat.io") && base.port().is_none();
    let loopback = match base.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    bare && (live || (base.scheme() == "http" && loopback))
}

fn lost_or_not_sent(error: &reqwest::Error) -> Error {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = inner.downcast_ref::<rustls::Error>().or_else(|| wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>()));
        if matches!(tls, Some(rustls::Error::InvalidCertificate(_))) {
            return Error::Untrusted;
        }
        cause = inner.source();
    }
    if error.is_connect() { Error::NotSent } else { Error::Lost }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(base: &str) -> Result<Client, Error> {
        Client::new(base, &ApiKey::parse("abcdefgh12345678").expect("key"), Limits::default())
    }

    #[test]
    fn c38_the_key_goes_to_codat_or_to_this_computer_and_nowhere_else() {
        for good in [LIVE, "https://api.codat.io/", "http://127.0.0.1:4010", "http://[::1]:4010"] {
            assert!(client(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.codat.io",
            "https://api.codat.io.evil.example",
            "https://evil.example",
            "https://api.codat.io@evil.example",
            "https://user@api.codat.io",
            "https://api.codat.io:8443",
            "http://192.168.1.4:4010",
            "http://localhost.evil.example",
            "ftp://127.0.0.1",
            "not an address",
        ] {
            assert!(matches!(client(bad), Err(Error::Address(_))), "{bad}");
        }
    }

    #[test]
    fn an_id_can_not_become_another_path() {
        let client = client(LIVE).expect("client");
        for id in ["", ".", ".."] {
            assert!(client.url(&["companies", id]).is_err(), "{id:?} would address the list itself");
        }
        let url = client.url(&["companies", "a/b?c#d%2e", "data"]).expect("url");
        assert_eq!(url.as_str(), "https://api.codat.io/companies/a%2Fb%3Fc%23d%252e/data");
    }

    #[tokio::test]
    async fn a_refused_connection_was_never_sent() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("address").port();
        let client = client(&format!("http://127.0.0.1:{port}")).expect("client");
        let ended = client.send(&crate::endpoint::settings::GetProfile {}).await;
        assert!(matches!(ended, Err(Error::NotSent)), "nobody listens there: {ended:?}");
    }
}
