//! What is typed in the key window comes sealed. Between the page and the program it passes through buffers of the web view that nobody wipes; in them lies
//! only what this program can open, and only while that window is open.
//!
//! The page makes a pair of its own for each letter (ECDH on P-256, HKDF-SHA-256, AES-256-GCM): `ui/src/bridge/sealed.ts` is the other half. A letter is the
//! base64 of the page's public key and what was sealed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Error;
use secrecy::SecretString;
use std::sync::{Mutex, PoisonError};

/// What the key is made for, so that no other use of the same pair could open a letter.
const PURPOSE: &[&[u8]] = &[b"fairlead key window"];
/// A point of the curve as WebCrypto writes it.
const POINT: usize = 65;

/// Opens what one key window sends.
#[derive(Default)]
pub(crate) struct Opener(Mutex<Option<PrivateKey>>);

impl Opener {
    /// For a window that opens now; gives what it seals with, in hex.
    pub(crate) fn renew(&self) -> Result<String, Unspecified> {
        let key = PrivateKey::generate(&ECDH_P256)?;
        let public = key.compute_public_key()?.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        Ok(public)
    }

    /// The window has gone: what it sent opens no more.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// What was typed.
    pub(crate) fn open(&self, letter: &str) -> Result<SecretString, Error> {
        let key = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = key.as_ref().and_then(|key| open(key, letter));
        opened
            .ok_or_else(|| Error::BadRequest(say::say!("What was typed did not come as it was sent. Close this window and open it again.")))
    }
}

fn open(key: &PrivateKey, letter: &str) -> Option<SecretString> {
    let bytes = STANDARD.decode(letter).ok()?;
    let (point, sealed) = bytes.split_at_checked(POINT)?;
    let mut sealed = sealed.to_vec();
    // The key is of this one letter, so its first number is never used twice.
    let text = key_between(key, point).ok()?.open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut sealed).ok()?;
    Some(SecretString::from(std::str::from_utf8(text).ok()?))
}

/// The key of one letter, which both halves come to by their own secret and the other's point.
fn key_between(mine: &PrivateKey, theirs: &[u8]) -> Result<LessSafeKey, Unspecified> {
    agree(mine, UnparsedPublicKey::new(&ECDH_P256, theirs), Unspecified, |shared| {
        let made = Salt::new(HKDF_SHA256, &[]).extract(shared);
        Ok(LessSafeKey::new(UnboundKey::from(made.expand(PURPOSE, &AES_256_GCM)?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    /// As the page does it.
    fn sealed(text: &str, to: &str) -> String {
        let point: Vec<u8> = (0..to.len()).step_by(2).map(|at| u8::from_str_radix(&to[at..at + 2], 16).expect("hex")).collect();
        let mine = PrivateKey::generate(&ECDH_P256).expect("a pair");
        let key = key_between(&mine, &point);
        let mut letter = text.as_bytes().to_vec();
        key.expect("agreed").seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut letter).expect("sealed");
        STANDARD.encode([mine.compute_public_key().expect("public").as_ref(), &letter].concat())
    }

    #[test]
    fn a_letter_opens_for_its_window_and_for_no_other() {
        let opener = Opener::default();
        let to = opener.renew().expect("a pair");
        let letter = sealed("a key that was typed", &to);
        assert_eq!(opener.open(&letter).expect("opened").expose_secret(), "a key that was typed");
        let mut spoilt = STANDARD.decode(&letter).expect("base64");
        *spoilt.last_mut().expect("bytes") ^= 1;
        for other in ["", "a key that was typed", &letter[..40], &STANDARD.encode(spoilt)] {
            assert!(opener.open(other).is_err(), "{other:?}");
        }
        opener.renew().expect("another window");
        assert!(opener.open(&letter).is_err(), "sealed for the window before");
        let now = sealed("x", &opener.renew().expect("a pair"));
        opener.forget();
        assert!(opener.open(&now).is_err(), "its window has gone");
    }
}
