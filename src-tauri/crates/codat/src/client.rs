//! The only place that touches the network. It sends one request once.

use crate::endpoint::Endpoint;
use crate::error::{Error, Refusal};
use crate::key::ApiKey;
use crate::rate::RateInfo;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use std::time::Duration;
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

/// A client for one key at one address.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    limits: Limits,
}

impl Client {
    /// For `LIVE`, or for a loopback address (a sandbox). Uses the system's proxy and trust store.
    ///
    /// # Errors
    /// When the address is neither, or the TLS set-up fails.
    pub fn new(base: &str, key: &ApiKey, limits: Limits) -> Result<Self, Error> {
        let base = Url::parse(base).map_err(|error| Error::Address(error.to_string()))?;
        if !is_allowed(&base) {
            return Err(Error::Address("only api.codat.io over https, or a loopback address".into()));
        }
        let headers = HeaderMap::from_iter([(AUTHORIZATION, key.header())]);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            .https_only(base.scheme() == "https");
        if base.scheme() == "http" {
            // A sandbox on this computer is never behind a proxy.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::Address(error.without_url().to_string()))?;
        Ok(Self { http, base, limits })
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
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| Error::Address("not a base address".into()))?.pop_if_empty().extend(endpoint.segments());
        let mut request = self.http.request(endpoint.method(), url).query(&endpoint.query());
        if let Some(body) = endpoint.body() {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        if let Some(key) = endpoint.idempotency_key() {
            request = request.header(HeaderName::from_static("idempotency-key"), key);
        }
        let answer = request.send().await.map_err(|error| lost_or_not_sent(&error))?;
        let status = answer.status();
        let rate = RateInfo::read(answer.headers(), Timestamp::now());
        let is_json = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_json);
        if status.is_redirection() {
            return Err(Error::Redirect);
        }
        let body = self.body(answer).await?;
        if !status.is_success() {
            return Err(Box::new(Refusal::read(status, &body, rate)).into());
        }
        if !is_json && !body.is_empty() {
            return Err(Error::CaptivePortal);
        }
        Ok(Answer { value: endpoint.read(&body)?, rate })
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

fn is_allowed(base: &Url) -> bool {
    let bare = base.username().is_empty() && base.password().is_none() && base.query().is_none() && base.fragment().is_none();
    let live = base.scheme() == "https" && base.host_str() == Some("api.codat.io") && base.port().is_none();
    let loopback = match base.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    bare && (live || (base.scheme() == "http" && loopback))
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
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

    #[tokio::test]
    async fn a_refused_connection_was_never_sent() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("address").port();
        let client = client(&format!("http://127.0.0.1:{port}")).expect("client");
        let ended = client.send(&crate::endpoint::settings::GetProfile {}).await;
        assert!(matches!(ended, Err(Error::NotSent)), "nobody listens there: {ended:?}");
    }
}
