//! Codat's webhooks: whether one is Codat's, and which company it rings for. Pure; nothing else of it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde::Deserialize;
use sha2::Sha256;

/// How far a webhook's own time may lie from ours, in seconds: an old one that somebody kept is not believed.
const WINDOW: i64 = 5 * 60;

/// What Codat signs its webhooks with.
pub struct Signing(SecretSlice<u8>);

/// Why one is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBelieved {
    /// A header is missing or none.
    Unsigned,
    /// Nobody who knows the secret signed this.
    Forged,
    /// It was signed too long ago, or lies ahead.
    Late,
    /// It was signed, and is no webhook.
    Unreadable,
}

/// What comes beside a webhook's body.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or several, because a secret is changed with both in use for a while.
    pub signature: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    reference_company: ReferenceCompany,
}

#[derive(Deserialize)]
struct ReferenceCompany {
    id: String,
}

impl Signing {
    /// Reads a secret as Codat shows it: `whsec_` and base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text.trim().strip_prefix("whsec_")?).ok()?;
        (key.len() >= 16).then(|| Self(SecretSlice::from(key)))
    }

    /// The company that a webhook rings for; none when it is about no company.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn company(&self, headers: Headers<'_>, body: &[u8], now: i64) -> Result<Option<String>, NotBelieved> {
        let at: i64 = headers.timestamp.parse().map_err(|_| NotBelieved::Unsigned)?;
        if headers.id.is_empty() || headers.id.len() > 200 {
            return Err(NotBelieved::Unsigned);
        }
        let is_codats = headers.signature.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
            let Ok(signature) = STANDARD.decode(signature) else { return false };
            // Compared in constant time.
            self.mac(headers, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        });
        if !is_codats {
            return Err(NotBelieved::Forged);
        }
        if at.abs_diff(now.div_euclid(1_000)) > WINDOW.unsigned_abs() {
            return Err(NotBelieved::Late);
        }
        serde_json::from_slice::<serde_json::Value>(body).map_err(|_| NotBelieved::Unreadable)?;
        // Events about the client itself name no company.
        Ok(serde_json::from_slice::<Envelope>(body).ok().map(|told| told.payload.reference_company.id))
    }

    fn mac(&self, headers: Headers<'_>, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).ok()?;
        mac.update(headers.id.as_bytes());
        mac.update(b".");
        mac.update(headers.timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;
    const BODY: &[u8] = br#"{"id":"e","eventType":"read.completed","payload":{"referenceCompany":{"id":"c-1","name":"x"}}}"#;

    fn signing() -> Signing {
        Signing::parse("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3").expect("a secret")
    }

    fn signed(timestamp: &str, body: &[u8]) -> String {
        let mac = signing().mac(Headers { id: "m", timestamp, signature: "" }, body).expect("a code");
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    fn told(timestamp: &str, signature: &str, body: &[u8]) -> Result<Option<String>, NotBelieved> {
        signing().company(Headers { id: "m", timestamp, signature }, body, NOW)
    }

    #[test]
    fn what_codat_signed_just_now_names_a_company() {
        let good = signed("1700000000", BODY);
        assert_eq!(told("1700000000", &good, BODY), Ok(Some("c-1".into())));
        assert_eq!(told("1700000000", &format!("v1,AAAA v2,x {good}"), BODY), Ok(Some("c-1".into())), "a secret is being changed");
        let about_the_client = br#"{"eventType":"client.rateLimit.reached","payload":{"dailyQuota":1}}"#;
        assert_eq!(told("1700000000", &signed("1700000000", about_the_client), about_the_client), Ok(None));
    }

    #[test]
    fn whoever_is_not_codat_or_comes_too_late_rings_for_nothing() {
        let good = signed("1700000000", BODY);
        let other = BODY.iter().copied().chain(*b" ").collect::<Vec<_>>();
        for (timestamp, signature, body, why) in [
            ("1700000000", good.as_str(), other.as_slice(), NotBelieved::Forged),
            ("1700000001", &good, BODY, NotBelieved::Forged),
            ("1700000000", "", BODY, NotBelieved::Forged),
            ("1700000000", "v1,", BODY, NotBelieved::Forged),
            ("1700000000", &good.replace("v1,", "v2,"), BODY, NotBelieved::Forged),
            ("soon", &good, BODY, NotBelieved::Unsigned),
            ("1699999699", &signed("1699999699", BODY), BODY, NotBelieved::Late),
            ("1700000301", &signed("1700000301", BODY), BODY, NotBelieved::Late),
            ("1700000000", &signed("1700000000", b"{"), b"{", NotBelieved::Unreadable),
        ] {
            assert_eq!(told(timestamp, signature, body), Err(why), "{timestamp} {signature}");
        }
        assert!(Signing::parse("whsec_AAAA").is_none() && Signing::parse("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3").is_none());
    }
}
