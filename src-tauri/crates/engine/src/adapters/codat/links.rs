//! Addresses that Codat sends: which may be opened, and how a logo is fetched without telling anybody who asks.

use crate::ports::{SourceError, Told};
use std::time::Duration;
use url::Url;

/// Hosts of Codat's link pages.
const LINK_HOSTS: [&str; 2] = ["link.codat.io", "link-api.codat.io"];
/// A logo is small.
const LOGO_CAP: usize = 256 * 1024;

/// Only Codat's own link pages, or the sandbox's own, may be opened in a browser.
pub(crate) fn may_open(base: &Url, url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    if base.scheme() == "http" {
        return url.origin() == base.origin();
    }
    url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| LINK_HOSTS.contains(&host))
}

/// A client without any key.
pub(super) fn logo_client(base: &Url) -> Result<reqwest::Client, ()> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("fairlead/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(20));
    if base.scheme() == "http" {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|_| ())
}

/// A logo's bytes, for who has no key and asks Codat nothing else.
pub(crate) async fn logo_of(base: &Url, url: &str) -> Result<Vec<u8>, SourceError> {
    let client = logo_client(base).map_err(|()| SourceError::Untrusted)?;
    logo(&client, base, url).await
}

/// A logo's bytes. They are hostile until decoded.
pub(super) async fn logo(client: &reqwest::Client, base: &Url, url: &str) -> Result<Vec<u8>, SourceError> {
    let url = Url::parse(url).ok().filter(|url| is_fetchable(base, url));
    let url = url.ok_or_else(|| SourceError::Refused(Told { message: "the logo's address was refused".into(), correlation_id: None }))?;
    let mut answer =
        client.get(url).send().await.map_err(|error| if error.is_connect() { SourceError::Offline } else { SourceError::Lost })?;
    if !answer.status().is_success() {
        let message = format!("no logo: {}", answer.status());
        return Err(SourceError::NotFound(Told { message, correlation_id: None }));
    }
    let mut bytes = vec![];
    while let Some(piece) = answer.chunk().await.map_err(|_| SourceError::Lost)? {
        if bytes.len() + piece.len() > LOGO_CAP {
            return Err(SourceError::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

// A logo's address comes from the network: it must not reach into the office.
fn is_fetchable(base: &Url, url: &Url) -> bool {
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    if base.scheme() == "http" {
        return url.origin() == base.origin();
    }
    let named = matches!(url.host(), Some(url::Host::Domain(name)) if name.contains('.') && !name.ends_with(".local") && !name.ends_with(".localhost"));
    url.scheme() == "https" && url.port().is_none() && named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Url {
        Url::parse(codat::client::LIVE).expect("live")
    }

    fn sandbox() -> Url {
        Url::parse("http://127.0.0.1:4010").expect("sandbox")
    }

    #[test]
    fn c13_only_codats_link_pages_and_the_sandboxs_own_are_opened() {
        for good in
            ["https://link.codat.io/company/c?link.otp=123456", "https://link-api.codat.io/companies/c/connections/k/start?otp=1&state=x"]
        {
            assert!(may_open(&live(), good), "{good}");
            assert!(!may_open(&sandbox(), good), "a sandbox does not send anybody to the real Codat: {good}");
        }
        assert!(may_open(&sandbox(), "http://127.0.0.1:4010/link/companies/c/connections/k/start?otp=1"));
        for bad in [
            "http://link.codat.io/company/c",
            "https://link.codat.io.evil.example/",
            "https://evil.example/link.codat.io",
            "https://link.codat.io@evil.example/",
            "https://user@link.codat.io/",
            "https://link.codat.io:8443/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://127.0.0.1:4011/link",
            "http://localhost:4010/link",
            "not a link",
            "",
        ] {
            assert!(!may_open(&live(), bad) && !may_open(&sandbox(), bad), "{bad}");
        }
    }

    #[test]
    fn a_logos_address_cannot_reach_into_the_office() {
        let fetchable = |url: &str| Url::parse(url).is_ok_and(|url| is_fetchable(&live(), &url));
        assert!(fetchable("https://static.codat.io/public/officialLogos/Full/x.png"));
        for bad in [
            "http://static.codat.io/x.png",
            "https://192.168.1.1/x",
            "https://[::1]/x",
            "https://router/x",
            "https://nas.local/x",
            "file:///x",
        ] {
            assert!(!fetchable(bad), "{bad}");
        }
    }
}
