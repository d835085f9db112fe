//! The API key. It leaves this file only as a header that is marked sensitive.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

/// A Codat API key, without `Debug` of its content, `Display` or `Serialize`.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// The text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this does not look like a Codat API key")]
pub struct NotAKey;

impl ApiKey {
    /// Takes the raw key or the ready `Basic …` header that the Portal shows beside it; blanks around are dropped.
    ///
    /// # Errors
    /// When nothing is left, or it holds blanks or characters that no key has.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim().trim_start_matches("Authorization:").trim();
        let key = match text.get(..6) {
            Some(scheme) if scheme.eq_ignore_ascii_case("basic ") => {
                let bytes = STANDARD.decode(text[6..].trim()).map_err(|_| NotAKey)?;
                String::from_utf8(bytes).map_err(|_| NotAKey)?.trim_end_matches(':').to_owned()
            }
            _ => text.to_owned(),
        };
        let plausible = (8..=512).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if plausible { Ok(Self(SecretString::from(key))) } else { Err(NotAKey) }
    }

    /// The bytes to keep in a vault.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `Basic` and the base64 of the key alone: no user name, no colon.
    pub(crate) fn header(&self) -> HeaderValue {
        let text = format!("Basic {}", STANDARD.encode(self.0.expose_secret()));
        let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_the_header_is_base64_of_the_key_alone_and_marked_sensitive() {
        let header = ApiKey::parse("abcdefgh12345678").expect("key").header();
        assert_eq!(header.to_str().expect("ascii"), "Basic YWJjZGVmZ2gxMjM0NTY3OA==", "a colon would give 401");
        assert!(header.is_sensitive());
    }

    #[test]
    fn the_raw_key_and_the_ready_header_are_the_same_key() {
        for text in [
            "abcdefgh12345678",
            "  abcdefgh12345678\n",
            "Basic YWJjZGVmZ2gxMjM0NTY3OA==",
            "basic  YWJjZGVmZ2gxMjM0NTY3OA== ",
            "Authorization: Basic YWJjZGVmZ2gxMjM0NTY3OA==",
        ] {
            assert_eq!(ApiKey::parse(text).expect(text).expose(), "abcdefgh12345678", "{text:?}");
        }
        for text in ["", "   ", "two words here", "short", "Basic !!!"] {
            assert!(ApiKey::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn printing_a_key_prints_nothing_of_it() {
        assert_eq!(format!("{:?}", ApiKey::parse("abcdefgh12345678").expect("key")), "ApiKey(…)");
    }
}
