//! Handing the link over. Its address is fetched at that moment, carries a new one-time state, and is kept nowhere.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::attempts::{Handed, addressee, handed};
use crate::links::change::{event, set_problem, set_stage, stage};
use crate::ports::SourceError;
use crate::view::{Addressee, AttemptStage, Door, HandOver, Mail, Millis};
use crate::words::{About, Letter, letter, letter_as_kept};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use say::say;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use store::{ConnectionEntry, Event};

/// A link works once and for a day; so does our state.
pub(crate) const LIFE_MS: i64 = 24 * 3600 * 1000;

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
        let attempt = self.kept_attempt(&attempt_id).await?;
        let (Some(company), Some(connection)) = (attempt.company.clone(), attempt.connection.clone()) else {
            return Err(not_made_yet(&attempt));
        };
        let fresh = match self.inner.source.fresh_link(&company, &connection).await {
            Ok(fresh) => fresh,
            Err(error) => {
                if matches!(error, SourceError::NotFound(_)) {
                    self.gone(&attempt_id).await?;
                }
                return Err(error.into());
            }
        };
        let url = self.with_state(&attempt.id, fresh.url.expose_secret()).await?;
        let host = url::Url::parse(url.expose_secret()).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        if door == Door::ThisComputer {
            self.inner
                .ports
                .opener
                .open(&url)
                .map_err(|_| Error::BadRequest(say!("No browser could be started on this computer. Use the QR code, or copy the link.")))?;
        }
        let (now, to) = (self.now(), addressee(&attempt));
        let own = self.own_connection(&attempt).await?;
        let kind = letter_to(own.as_ref());
        let was_seen_linked = own.is_some_and(|own| own.linked_at.is_some() && own.queued_at.is_some());
        let kept = (door == Door::Mail).then(|| letter_as_kept(to.language, kind));
        let text_version = kept.as_ref().map(|(version, _)| version.clone());
        if let Some((version, text)) = kept {
            self.store(move |store| store.keep_words(&version, &text)).await?;
        }
        let told = text_version.clone();
        let was_linked = was_seen_linked && fresh.connection.status == "Linked";
        let used = Handed { door, at: now, known_problem: fresh.connection.problem_at, was_linked };
        self.change(&attempt_id, move |attempt| {
            let mut doors = handed(attempt);
            doors.push(used);
            attempt.doors = serde_json::to_string(&doors).unwrap_or_default();
            set_stage(attempt, AttemptStage::Waiting);
            set_problem(attempt, None);
            attempt.until = Some(domain::ladder::waits_until(now));
            attempt.next_check = None;
            attempt.ended = false;
            let door = serde_json::to_value(door).ok().and_then(|word| word.as_str().map(str::to_owned));
            Some(Event { door, detail: told.map(|version| format!("text {version}")), ..event(attempt, "handed-over", now) })
        })
        .await?;
        let through = serde_json::to_value(door).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
        self.noted("link-handed-over", &company, format!("{through}, attempt {attempt_id}")).await;
        self.go_on(&attempt_id);
        let shown = (door != Door::ThisComputer).then(|| url.expose_secret().to_owned());
        let name = self.store(move |store| Ok(store.company(&company)?.map(|item| item.company.name))).await?;
        let name = name.unwrap_or(attempt.typed_name);
        let mail = match door {
            Door::Mail => {
                let client = self.client_name().await;
                let about = About { client: &client, company: &name, bank: &attempt.bank_name, name: to.name.as_deref() };
                Some(mail_to(&to, kind, about, url.expose_secret()))
            }
            _ => None,
        };
        Ok(HandOver {
            attempt_id,
            door,
            qr: match (&shown, door) {
                (Some(url), Door::Qr) => Some(qr(url)?),
                _ => None,
            },
            mail,
            link_url: shown,
            expires_at: Millis(now + LIFE_MS),
            host,
            company_name: domain::display::shown(&name),
            language: to.language,
            text_version,
            place: None,
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
        Ok(SecretString::from(with_parameter(address, "state", &state)))
    }
}

/// An address is opaque: a parameter is added to its end, before a fragment if there is one, and nothing else of it changes.
fn with_parameter(address: &str, name: &str, value: &str) -> String {
    let (before, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let joint = if before.contains('?') { '&' } else { '?' };
    format!("{before}{joint}{name}={value}{fragment}")
}

fn not_made_yet(attempt: &store::Attempt) -> Error {
    match stage(attempt) {
        AttemptStage::Creating => Error::NotMadeYet,
        _ => Error::BadRequest(say!("Company and connection could not be made at Codat yet. Check again, or begin anew.")),
    }
}

fn qr(url: &str) -> Result<Vec<Vec<bool>>> {
    let code = qrcode::QrCode::with_error_correction_level(url, qrcode::EcLevel::M).map_err(|error| Error::Internal(error.to_string()))?;
    let width = code.width();
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Ok(dark.chunks(width).map(<[bool]>::to_vec).collect())
}

/// The mail that goes with a link.
pub(crate) fn mail_to(to: &Addressee, kind: Letter, about: About<'_>, url: &str) -> Mail {
    Mail { to: to.mail.clone(), ..letter(to.language, kind, about, url) }
}

/// Who linked this connection before is asked to renew it.
pub(crate) fn letter_to(own: Option<&ConnectionEntry>) -> Letter {
    if own.is_some_and(|own| own.linked_at.is_some()) { Letter::Renew } else { Letter::Invite }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c13_a_link_keeps_every_letter_and_gets_the_right_separator() {
        for (address, wanted) in [
            ("https://link.codat.io/company/c", "https://link.codat.io/company/c?state=s"),
            ("https://link-api.codat.io/x/start?otp=123456", "https://link-api.codat.io/x/start?otp=123456&state=s"),
            ("https://link.codat.io/x?a=%20b#part", "https://link.codat.io/x?a=%20b&state=s#part"),
            ("https://link.codat.io/x#part?", "https://link.codat.io/x?state=s#part?"),
        ] {
            assert_eq!(with_parameter(address, "state", "s"), wanted);
        }
    }

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
