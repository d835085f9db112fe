//! Company and connection, made exactly once.
//!
//! A creation whose answer was lost is never blindly repeated. While the outcome is unknown, the same bytes go out under the same key, which Codat
//! answers from memory; after a 5xx (which it would replay) we look for what may have been made; only when two looks found nothing is there a new key.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::Stage;
use crate::ports::{Sent, SourceError};
use crate::view::{AttemptStage, Problem, Side, Topic};
use std::time::Duration;
use store::{Attempt, BankEntry, ConnectionEntry, Event, Op, OpKind, OpState};

/// Tag that carries a creation's id.
pub(crate) const OP_TAG: &str = "onboard_ref";

/// A sender is done or dead after this: one request takes at most a minute.
const LEASE_MS: i64 = 75_000;
/// Codat keeps an answer for 90 minutes; a key older than this is not trusted to be remembered.
const KEY_LIFE_MS: i64 = 80 * 60_000;
/// The first look that may count as "not there": the tag index may lag.
const FIRST_LOOK_MS: i64 = 60_000;
/// Between two looks.
const LOOK_AGAIN_MS: i64 = 30_000;

/// What a step of a creation came to.
enum Step {
    Done(String),
    /// Try again after this.
    Later(Duration),
    Blocked(SourceError),
}

impl Engine {
    /// Brings an attempt from `Creating` to `Ready`, however often it was interrupted.
    pub(crate) async fn create(&self, id: &str) -> Result<()> {
        // One creator at a time, in this process and on this computer: whoever holds the lock knows that an `InFlight` row is an orphan.
        let _here = self.inner.watchers.creating.lock().await;
        let _computer = self.outbox_lock().await?;
        self.store(|store| store.release_leases(i64::MAX)).await?;
        loop {
            let attempt = self.kept_attempt(id).await?;
            let step = match (&attempt.company, &attempt.connection) {
                (Some(_), Some(_)) => return self.ready(attempt).await,
                (None, _) => self.step(&attempt, attempt.company_op.clone()).await?,
                (Some(_), None) => self.step(&attempt, attempt.connection_op.clone()).await?,
            };
            match step {
                Step::Done(remote) => self.made(attempt, remote).await?,
                Step::Later(pause) => self.pause(pause).await,
                Step::Blocked(error) => return self.blocked(attempt, error).await,
            }
        }
    }

    async fn pause(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    async fn outbox_lock(&self) -> Result<std::fs::File> {
        let path = self.inner.folder.join("outbox.lock");
        let file =
            std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(Error::file("taking the outbox"))?;
        for _ in 0..750 {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(std::fs::TryLockError::WouldBlock) => self.pause(Duration::from_millis(200)).await,
                Err(std::fs::TryLockError::Error(error)) => return Err(Error::file("taking the outbox")(error)),
            }
        }
        Err(store::OpenError::Busy.into())
    }

    async fn step(&self, attempt: &Attempt, op: Option<String>) -> Result<Step> {
        let id = op.ok_or_else(|| Error::Internal("an attempt without its creation".into()))?;
        let wanted = id.clone();
        let op = self.store(move |store| store.op(&wanted)).await?.ok_or_else(|| Error::Internal("a creation that is not kept".into()))?;
        let now = self.now();
        match op.state {
            OpState::Done => op.remote.map(Step::Done).ok_or_else(|| Error::Internal("a creation done without an id".into())),
            OpState::Failed => {
                // The person asked to try again: the same bytes, the same key.
                self.store(move |store| store.op_ready_again(&id, now)).await?;
                Ok(Step::Later(Duration::ZERO))
            }
            OpState::InFlight => Ok(Step::Later(Duration::from_secs(1))),
            OpState::Ready => {
                if let Some(wait) = op.not_before.filter(|due| *due > now) {
                    return Ok(Step::Later(Duration::from_millis(u64::try_from(wait - now).unwrap_or(0))));
                }
                self.first_send(attempt, op).await
            }
            OpState::Unknown => self.find_out(attempt, op).await,
        }
    }

    async fn first_send(&self, attempt: &Attempt, op: Op) -> Result<Step> {
        let mut before = vec![];
        match op.kind {
            OpKind::Company => {
                // The same reference was onboarded before, perhaps elsewhere: go on with that company.
                if let (Some(reference), None) = (&attempt.reference, op.sent_at) {
                    match self.inner.source.tagged("reference", reference).await {
                        Ok(found) => {
                            if let Some((company, _)) = oldest(found) {
                                return self.adopt(op, company.id).await;
                            }
                        }
                        Err(error) => return Ok(held_up(error)),
                    }
                }
            }
            OpKind::Connection => {
                let bank = self.bank(&attempt.bank_key).await.ok();
                let company = attempt.company.as_deref().unwrap_or_default();
                match self.inner.source.connections(company).await {
                    Ok(there) => {
                        // An unfinished or ended connection of the same bank is used again, never doubled.
                        let reusable = there.iter().find(|found| found.status != "Linked" && is_of(found, attempt, bank.as_ref()));
                        if let (Some(found), None) = (reusable, op.sent_at) {
                            return self.adopt(op, found.id.clone()).await;
                        }
                        before = there.into_iter().map(|found| found.id).collect();
                    }
                    Err(error) => return Ok(held_up(error)),
                }
            }
        }
        let now = self.now();
        let (id, target) = (op.op.clone(), attempt.company.clone());
        let before = serde_json::to_string(&before).unwrap_or_else(|_| "[]".into());
        let claimed = self.store(move |store| store.claim_op(&id, now, now + LEASE_MS, target.as_deref(), &before)).await?;
        if claimed { self.send(attempt, op).await } else { Ok(Step::Later(Duration::from_secs(1))) }
    }

    async fn send(&self, attempt: &Attempt, op: Op) -> Result<Step> {
        let sent = match op.kind {
            OpKind::Company => match self.inner.source.create_company(&op.body, &op.key).await {
                Sent::Made((company, connections)) => {
                    let now = self.now();
                    let id = company.id.clone();
                    self.store(move |store| store.take_companies(&[(company, connections)], now)).await?;
                    Sent::Made(id)
                }
                other => other.without(),
            },
            OpKind::Connection => {
                let company = attempt.company.clone().unwrap_or_default();
                match self.inner.source.create_connection(&company, &op.body, &op.key).await {
                    Sent::Made(mut connection) => {
                        connection.bank_key.get_or_insert_with(|| attempt.bank_key.clone());
                        let (id, now) = (connection.id.clone(), self.now());
                        self.store(move |store| store.keep_connection(&connection, now)).await?;
                        Sent::Made(id)
                    }
                    other => other.without(),
                }
            }
        };
        let (id, now) = (op.op.clone(), self.now());
        match sent {
            Sent::Made(remote) => self.adopt(op, remote).await,
            Sent::Again(pause) => {
                let due = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                self.store(move |store| store.op_ready_again(&id, due)).await?;
                Ok(Step::Later(pause))
            }
            Sent::InFlight => {
                self.store(move |store| store.op_unknown(&id, "in-flight")).await?;
                Ok(Step::Later(Duration::from_secs(3)))
            }
            Sent::Unknown(word) => {
                tracing::info!(op = %op.op, word, "the outcome of a creation is unknown");
                self.store(move |store| store.op_unknown(&id, word)).await?;
                Ok(Step::Later(Duration::from_millis(200)))
            }
            Sent::Refused(error) => {
                self.store(move |store| store.op_failed(&id, "refused")).await?;
                Ok(Step::Blocked(error))
            }
        }
    }

    async fn find_out(&self, attempt: &Attempt, op: Op) -> Result<Step> {
        let now = self.now();
        let answer = op.answer.as_deref().unwrap_or("none");
        if answer != "5xx" && now - op.key_at < KEY_LIFE_MS {
            let id = op.op.clone();
            let claimed = self.store(move |store| store.resend_op(&id, now, now + LEASE_MS)).await?;
            return if claimed { self.send(attempt, op).await } else { Ok(Step::Later(Duration::from_secs(1))) };
        }
        match self.look(attempt, &op).await {
            Ok(Some(remote)) => return self.adopt(op, remote).await,
            Ok(None) => {}
            Err(error) => return Ok(held_up(error)),
        }
        let since_send = now - op.sent_at.unwrap_or(now);
        if since_send < FIRST_LOOK_MS {
            return Ok(Step::Later(Duration::from_millis(u64::try_from((FIRST_LOOK_MS - since_send).min(5_000)).unwrap_or(5_000))));
        }
        let since_look = op.looked_at.map(|at| now - at);
        if op.looks == 0 || since_look.is_some_and(|since| since >= LOOK_AGAIN_MS && op.looks < 2) {
            let id = op.op.clone();
            self.store(move |store| store.op_looked(&id, now)).await?;
        }
        if op.looks >= 1 && since_look.is_some_and(|since| since >= LOOK_AGAIN_MS) {
            let (id, key) = (op.op.clone(), self.inner.ports.entropy.guid());
            self.store(move |store| store.op_new_key(&id, &key, now)).await?;
            return Ok(Step::Later(Duration::ZERO));
        }
        Ok(Step::Later(Duration::from_secs(5)))
    }

    /// Looks for what a lost creation may have made.
    async fn look(&self, attempt: &Attempt, op: &Op) -> std::result::Result<Option<String>, SourceError> {
        match op.kind {
            OpKind::Company => {
                let found = self.inner.source.tagged(OP_TAG, &op.op).await?;
                if found.len() > 1 {
                    tracing::warn!(op = %op.op, count = found.len(), "more than one company bears this creation's tag");
                }
                Ok(oldest(found).map(|(company, _)| company.id))
            }
            OpKind::Connection => {
                let bank = self.bank(&attempt.bank_key).await.ok();
                let before: Vec<String> = serde_json::from_str(&op.before).unwrap_or_default();
                let mut fresh: Vec<ConnectionEntry> = self.inner.source.connections(attempt.company.as_deref().unwrap_or_default()).await?;
                fresh.retain(|found| !before.contains(&found.id) && is_of(found, attempt, bank.as_ref()));
                fresh.sort_by_key(|found| found.created);
                Ok(fresh.into_iter().next().map(|found| found.id))
            }
        }
    }

    async fn adopt(&self, op: Op, remote: String) -> Result<Step> {
        let (id, kept) = (op.op, remote.clone());
        self.store(move |store| store.op_done(&id, &kept)).await?;
        Ok(Step::Done(remote))
    }

    async fn made(&self, mut attempt: Attempt, remote: String) -> Result<()> {
        let now = self.now();
        let mut event = Event { at: now, attempt: Some(attempt.id.clone()), bank_key: Some(attempt.bank_key.clone()), ..Event::default() };
        if attempt.company.is_none() {
            let told = self.inner.source.company(&remote).await?;
            self.store(move |store| store.take_companies(&[told], now)).await?;
            attempt.company = Some(remote);
            event.kind = "company-made".into();
        } else {
            attempt.connection = Some(remote.clone());
            let told = self.inner.source.company(attempt.company.as_deref().unwrap_or_default()).await?;
            let key = attempt.bank_key.clone();
            self.store(move |store| {
                store.take_companies(&[told.clone()], now)?;
                // Codat may leave the platform key out: we know it.
                for mut connection in told.1.into_iter().filter(|found| found.id == remote && found.bank_key.is_none()) {
                    connection.bank_key = Some(key.clone());
                    store.keep_connection(&connection, now)?;
                }
                Ok(())
            })
            .await?;
            event.kind = "connection-made".into();
        }
        event.company.clone_from(&attempt.company);
        event.connection.clone_from(&attempt.connection);
        self.keep(attempt, Some(event)).await
    }

    async fn ready(&self, mut attempt: Attempt) -> Result<()> {
        if Stage::read(&attempt.stage).0 == AttemptStage::Creating || Stage::read(&attempt.stage).0 == AttemptStage::Blocked {
            attempt.stage = Stage(AttemptStage::Ready).word();
            attempt.problem = None;
            self.keep(attempt, None).await?;
        }
        Ok(())
    }

    async fn blocked(&self, mut attempt: Attempt, error: SourceError) -> Result<()> {
        let wire = Error::Source(error).wire(String::new());
        let problem = Problem {
            side: wire.side,
            what: wire.message,
            done: wire.detail.map(|detail| format!("Codat said: {}", domain::display::shown(&detail))),
            say: None,
            correlation_id: wire.correlation_id,
        };
        attempt.stage = Stage(AttemptStage::Blocked).word();
        attempt.problem = serde_json::to_string(&problem).ok();
        let event = Event {
            at: self.now(),
            attempt: Some(attempt.id.clone()),
            company: attempt.company.clone(),
            bank_key: None,
            kind: "blocked".into(),
            ..Event::default()
        };
        self.keep(attempt, Some(event)).await
    }

    /// Keeps an attempt and says so.
    pub(crate) async fn keep(&self, attempt: Attempt, event: Option<Event>) -> Result<()> {
        let (id, company) = (attempt.id.clone(), attempt.company.clone());
        self.store(move |store| store.keep_attempt(&attempt, event.as_ref())).await?;
        self.stale([Topic::Attempt(id), Topic::Status, Topic::Companies].into_iter().chain(company.map(Topic::Company)));
        Ok(())
    }

    pub(crate) async fn kept_attempt(&self, id: &str) -> Result<Attempt> {
        let id = id.to_owned();
        self.store(move |store| store.attempt(&id)).await?.ok_or(Error::NotFound("attempt"))
    }
}

/// Problems that pass are waited out; the rest needs a person.
fn held_up(error: SourceError) -> Step {
    match error {
        SourceError::Offline | SourceError::Lost | SourceError::Down(_) | SourceError::CaptivePortal => Step::Later(Duration::from_secs(5)),
        other => Step::Blocked(other),
    }
}

fn oldest(mut found: Vec<crate::ports::CompanyTold>) -> Option<crate::ports::CompanyTold> {
    found.sort_by(|left, right| (left.0.created, &left.0.id).cmp(&(right.0.created, &right.0.id)));
    found.into_iter().next()
}

/// Whether a connection is of the attempt's bank; the platform key is not always told.
fn is_of(found: &ConnectionEntry, attempt: &Attempt, bank: Option<&BankEntry>) -> bool {
    match &found.bank_key {
        Some(key) => *key == attempt.bank_key,
        None => bank.is_some_and(|bank| bank.source_id.is_some() && bank.source_id == found.source_id),
    }
}

impl<T> Sent<T> {
    /// The same outcome without what was made; only called where nothing was.
    fn without<U>(self) -> Sent<U> {
        match self {
            Self::Made(_) => Sent::Unknown("none"),
            Self::Again(pause) => Sent::Again(pause),
            Self::InFlight => Sent::InFlight,
            Self::Unknown(word) => Sent::Unknown(word),
            Self::Refused(error) => Sent::Refused(error),
        }
    }
}

/// Whose side a creation that goes on by itself is on, for showing.
pub(crate) fn still_finding_out() -> Problem {
    Problem {
        side: Side::Network,
        what: "The answer from Codat was lost on the way.".into(),
        done: Some("Fairlead is finding out whether it was created, and will not create it twice.".into()),
        say: None,
        correlation_id: None,
    }
}
