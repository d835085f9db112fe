//! Handing the link over. Its address is fetched at that moment, carries a new one-time state, and is kept nowhere.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::Stage;
use crate::links::attempts::{Handed, handed};
use crate::view::{AttemptStage, Door, HandOver, Mail, Millis};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use store::Event;

/// A link works once and for a day; so does our state.
const LIFE_MS: i64 = 24 * 3600 * 1000;

/// The hash under which a state is kept.
pub(crate) fn state_hash(state: &str) -> [u8; 32] {
    Sha256::digest(state.as_bytes()).into()
}

impl Engine {
    /// Makes the link ready for one door: opens the browser here, or gives the address for QR, copy or mail.
    ///
    /// # Errors
    /// When the connection is not made yet, Codat cannot be asked, or the address is not one we open.
    pub async fn hand_over(&self, attempt_id: String, door: Door) -> Result<HandOver> {
        let mut attempt = self.kept_attempt(&attempt_id).await?;
        let (Some(company), Some(connection)) = (attempt.company.clone(), attempt.connection.clone()) else {
            return Err(Error::OutcomeUnknown);
        };
        let fresh = self.inner.source.fresh_link(&company, &connection).await?;
        let url = self.with_state(&attempt.id, fresh.url.expose_secret()).await?;
        let now = self.now();
        let host = url::Url::parse(url.expose_secret()).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        if door == Door::ThisComputer {
            self.inner.ports.opener.open(&url).map_err(|_| {
                Error::BadRequest("No browser could be started on this computer. Use the QR code, or copy the link.".into())
            })?;
        }
        let mut doors = handed(&attempt);
        doors.push(Handed { door, at: now, known_problem: fresh.connection.problem_at });
        attempt.doors = serde_json::to_string(&doors).unwrap_or_default();
        attempt.stage = Stage(AttemptStage::Waiting).word();
        attempt.problem = None;
        attempt.until = Some(domain::ladder::waits_until(now));
        attempt.ended = false;
        let event = Event {
            at: now,
            company: Some(company),
            connection: Some(connection),
            attempt: Some(attempt.id.clone()),
            bank_key: Some(attempt.bank_key.clone()),
            kind: "handed-over".into(),
            door: serde_json::to_value(door).ok().and_then(|word| word.as_str().map(str::to_owned)),
            ..Event::default()
        };
        let name = attempt.typed_name.clone();
        let bank = attempt.bank_name.clone();
        self.keep(attempt, Some(event)).await?;
        self.go_on(&attempt_id);
        let shown = (door != Door::ThisComputer).then(|| url.expose_secret().to_owned());
        Ok(HandOver {
            attempt_id,
            door,
            qr: match (&shown, door) {
                (Some(url), Door::Qr) => Some(qr(url)?),
                _ => None,
            },
            mail: (door == Door::Mail).then(|| mail(&name, &bank, url.expose_secret())),
            link_url: shown,
            expires_at: Millis(now + LIFE_MS),
            host,
        })
    }

    /// Appends a new state to an address that we may open; the states before it stop working.
    async fn with_state(&self, attempt: &str, address: &str) -> Result<SecretString> {
        if !self.inner.source.may_open(address) {
            return Err(Error::UnsafeLink);
        }
        let state = URL_SAFE_NO_PAD.encode(self.inner.ports.entropy.bytes());
        let (hash, now, attempt) = (state_hash(&state), self.now(), attempt.to_owned());
        self.store(move |store| store.new_nonce(&attempt, &hash, now, now + LIFE_MS)).await?;
        let joint = if address.contains('?') { '&' } else { '?' };
        Ok(SecretString::from(format!("{address}{joint}state={state}")))
    }
}

fn qr(url: &str) -> Result<Vec<Vec<bool>>> {
    let code = qrcode::QrCode::with_error_correction_level(url, qrcode::EcLevel::M).map_err(|error| Error::Internal(error.to_string()))?;
    let width = code.width();
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Ok(dark.chunks(width).map(<[bool]>::to_vec).collect())
}

fn mail(company: &str, bank: &str, url: &str) -> Mail {
    let company = domain::display::shown(company);
    Mail {
        subject: format!("Connect {bank} for {company}"),
        body: format!(
            "Hello\n\nPlease use this link to connect {bank} for {company}:\n\n{url}\n\nYou sign in on your bank\u{2019}s own page; we never see your password. The access is read-only, \
             and you can stop it at any time.\n\nThe link works once and for 24 hours. If it no longer works, tell us and we send a new one.\n\nKind regards\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_link_still_makes_a_square_code() {
        let url = format!(
            "https://link-api.codat.io/companies/{0}/connections/{0}/start?otp=123456&state={1}",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "a".repeat(43)
        );
        let modules = qr(&url).expect("a code");
        assert!(modules.len() >= 21 && modules.iter().all(|row| row.len() == modules.len()));
    }
}
