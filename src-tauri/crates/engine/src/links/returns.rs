//! The bell. Every door ends here, and all that a good ring can do is make the next question happen now.

use crate::engine::Engine;
use crate::error::Result;
use crate::links::change::{event, set_stage, stage};
use crate::links::hand_over::state_hash;
use crate::view::{AttemptStage, RingOutcome, Topic};
use domain::link_return::{Doors, Return, parse};
use store::{Attempt, ConnectionEntry, NonceUse};
use subtle::ConstantTimeEq as _;

impl Engine {
    /// Takes an address that claims to be a return. A refused one changes nothing: no table, no window, no request.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn ring(&self, text: String) -> Result<RingOutcome> {
        let refused = |reason: &str| RingOutcome { accepted: false, reason: reason.to_owned(), attempt_id: None };
        let settings = self.return_choice().await?;
        let doors = Doors { loopback_port: settings.port, bounce: settings.bounce_url };
        // What was copied by hand often has blanks around it.
        let Ok(came) = parse(text.trim(), &doors) else { return Ok(refused("malformed")) };
        self.inner.watchers.testing.hear(&came.state);
        // Only the hash is known here, so how long the look-up takes tells nothing about a state.
        let (hash, now) = (state_hash(&came.state), self.now());
        let id = match self.store(move |store| store.nonce_state(&hash, now)).await? {
            NonceUse::Accepted(attempt) => attempt,
            NonceUse::Unknown => return Ok(refused("unknown")),
            NonceUse::Used => return Ok(refused("used")),
            NonceUse::Expired => return Ok(refused("expired")),
        };
        let attempt = self.kept_attempt(&id).await?;
        let connections = match attempt.company.clone() {
            Some(company) => self.store(move |store| Ok(store.company(&company)?.map(|item| item.connections).unwrap_or_default())).await?,
            None => vec![],
        };
        if !confirms(&came, &attempt, &connections) {
            return Ok(refused("foreign"));
        }
        if !self.store(move |store| store.use_nonce(&hash, now)).await? {
            return Ok(refused("used"));
        }
        let attempt = self.came_back(&id, now).await?;
        self.stale([Topic::ShowAttempt(id.clone())]);
        if matches!(stage(&attempt), AttemptStage::Waiting | AttemptStage::Returned | AttemptStage::NotLinked) {
            self.go_on(&id);
        } else {
            self.check_once(id.clone());
        }
        Ok(RingOutcome { accepted: true, reason: "accepted".into(), attempt_id: Some(id) })
    }

    /// The wait begins anew: whoever came back is looked after closely.
    async fn came_back(&self, id: &str, now: i64) -> Result<Attempt> {
        self.change(id, move |attempt| {
            if matches!(stage(attempt), AttemptStage::Ready | AttemptStage::Waiting | AttemptStage::Parked) {
                set_stage(attempt, AttemptStage::Returned);
            }
            attempt.until = Some(domain::ladder::waits_until(now));
            attempt.next_check = None;
            Some(event(attempt, "returned", now))
        })
        .await
    }

    /// One question about an attempt that nobody waits for.
    fn check_once(&self, id: String) {
        let engine = self.clone();
        self.spawn(async move {
            match engine.check(&id).await {
                Ok(()) => engine.go_on(&id),
                Err(error) => tracing::info!(attempt = %id, %error, "could not be asked after a return"),
            }
        });
    }
}

/// Ids in an address may only confirm what its state found. One link may lead to several connections, so another connection is no stranger when the
/// company is named and right.
fn confirms(came: &Return, attempt: &Attempt, connections: &[ConnectionEntry]) -> bool {
    let same = |told: &str, known: &str| bool::from(told.as_bytes().ct_eq(known.as_bytes()));
    let company_is_right = match (&came.company, &attempt.company) {
        (Some(told), Some(known)) => same(told, known),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let Some(told) = &came.connection else { return company_is_right };
    let is_own = attempt.connection.as_ref().is_some_and(|known| same(told, known));
    let is_known = connections.iter().any(|known| same(told, &known.id));
    company_is_right && (is_own || is_known || came.company.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_may_only_confirm_what_the_state_found() {
        let attempt = Attempt { company: Some("c".into()), connection: Some("k".into()), ..Attempt::default() };
        let known = [ConnectionEntry { id: "k2".into(), ..ConnectionEntry::default() }];
        let told = |company: Option<&str>, connection: Option<&str>| {
            let came = Return { state: String::new(), company: company.map(str::to_owned), connection: connection.map(str::to_owned) };
            confirms(&came, &attempt, &known)
        };
        assert!(told(None, None) && told(Some("c"), None) && told(None, Some("k")) && told(Some("c"), Some("k")));
        assert!(told(None, Some("k2")), "another one of the same company");
        assert!(told(Some("c"), Some("new")), "the customer picked another bank on the way");
        assert!(!told(None, Some("new")), "nothing says whose it is");
        assert!(!told(Some("x"), None) && !told(Some("x"), Some("k")) && !told(Some(""), None));
        let unborn = Attempt { company: None, ..attempt.clone() };
        let came = Return { state: String::new(), company: Some("c".into()), connection: None };
        assert!(!confirms(&came, &unborn, &[]));
    }
}
