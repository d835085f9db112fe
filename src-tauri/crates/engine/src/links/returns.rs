//! The bell. Every door ends here, and all that a good ring can do is make the next question happen now.

use crate::engine::Engine;
use crate::error::Result;
use crate::links::hand_over::state_hash;
use crate::links::{Stage, doorbells};
use crate::view::{AttemptStage, RingOutcome, Topic};
use domain::link_return::{Doors, parse};
use store::{Event, NonceUse};
use subtle::ConstantTimeEq as _;

impl Engine {
    /// Takes an address that claims to be a return. A refused one changes nothing: no table, no window, no request.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn ring(&self, text: String) -> Result<RingOutcome> {
        let refused = |reason: &str| RingOutcome { accepted: false, reason: reason.to_owned(), attempt_id: None };
        let settings = self.store(|store| Ok(doorbells::stored(store))).await?;
        let doors = Doors { loopback_port: settings.port, bounce: settings.bounce_url };
        // What was copied by hand often has blanks around it.
        let Ok(came) = parse(text.trim(), &doors) else { return Ok(refused("malformed")) };
        let (hash, now) = (state_hash(&came.state), self.now());
        let attempt = match self.store(move |store| store.nonce_state(&hash, now)).await? {
            NonceUse::Accepted(attempt) => attempt,
            NonceUse::Unknown => return Ok(refused("unknown")),
            NonceUse::Used => return Ok(refused("used")),
            NonceUse::Expired => return Ok(refused("expired")),
        };
        let mut attempt = self.kept_attempt(&attempt).await?;
        // Ids in the address may only confirm what the state found.
        let confirms = |told: &Option<String>, known: &Option<String>| match (told, known) {
            (Some(told), Some(known)) => bool::from(told.as_bytes().ct_eq(known.as_bytes())),
            (Some(_), None) => false,
            (None, _) => true,
        };
        // One link may lead to several connections, so another connection of the same company is no stranger.
        let own = match (&came.connection, &attempt.company) {
            (Some(told), Some(company)) if Some(told) != attempt.connection.as_ref() => {
                let company = company.clone();
                let known = self.store(move |store| store.company(&company)).await?;
                known.is_none_or(|item| item.connections.iter().all(|found| found.id != *told))
            }
            _ => false,
        };
        if !confirms(&came.company, &attempt.company) || (own && came.company.is_none()) {
            return Ok(refused("foreign"));
        }
        if !self.store(move |store| store.use_nonce(&hash, now)).await? {
            return Ok(refused("used"));
        }
        let id = attempt.id.clone();
        if Stage::read(&attempt.stage).0 == AttemptStage::Waiting || Stage::read(&attempt.stage).0 == AttemptStage::Parked {
            attempt.stage = Stage(AttemptStage::Returned).word();
        }
        attempt.until = Some(domain::ladder::waits_until(now));
        let event = Event {
            at: now,
            company: attempt.company.clone(),
            connection: attempt.connection.clone(),
            attempt: Some(id.clone()),
            bank_key: Some(attempt.bank_key.clone()),
            kind: "returned".into(),
            ..Event::default()
        };
        self.keep(attempt, Some(event)).await?;
        self.stale([Topic::ShowAttempt(id.clone())]);
        self.check_soon(&id);
        Ok(RingOutcome { accepted: true, reason: "accepted".into(), attempt_id: Some(id) })
    }
}
