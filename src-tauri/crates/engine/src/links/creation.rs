//! Company and connection, made exactly once. What may be done next is decided in `outbox`; here it is done.
//!
//! A creation whose answer was lost is never blindly repeated. While the outcome is unknown, the same bytes go out under the same key, which Codat
//! answers from memory; after a 5xx (which it would replay) we look for what may have been made; only when two looks found nothing is there a new key.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::change::{event, passes, problem_of, set_problem, set_stage, stage};
use crate::links::outbox::{self, Empty, Next, answer};
use crate::place::turn_on;
use crate::ports::{CompanyTold, Sent, SourceError};
use crate::view::{AttemptStage, Line, Problem, Side};
use say::say;
use std::time::Duration;
use store::{Attempt, BankEntry, ConnectionEntry, Op, OpKind};

/// Tag that carries a creation's id.
pub(crate) const OP_TAG: &str = "onboard_ref";

/// A sender is done or dead after this: one request takes at most a minute.
const LEASE_MS: i64 = 75_000;
/// Two minutes of "this key is in flight" are enough: then we look.
const MOST_IN_FLIGHT: u32 = 40;
const IN_FLIGHT_PAUSE: Duration = Duration::from_secs(3);
/// Between two questions while Codat cannot be asked.
const HELD_UP: Duration = Duration::from_secs(5);
/// Pauses between sending the same again grow from the first to the second.
const AGAIN_FROM_MS: u64 = 200;
const AGAIN_TO_MS: u64 = 30_000;

/// What a step of a creation came to.
enum Step {
    Done(String),
    /// The same, and Codat's answer has told all about it.
    Told(String),
    /// Try again after this.
    Later(Duration),
    /// The same, and it is worth telling why.
    Held(SourceError, Duration),
    /// It takes a person.
    Blocked(SourceError),
}

/// What this run of the loop remembers; a restart begins anew, which costs a request or two.
#[derive(Default)]
struct Tries {
    lost: u32,
    in_flight: u32,
}

impl Tries {
    fn pause_after_loss(&mut self) -> Duration {
        let pause = AGAIN_FROM_MS.saturating_mul(1 << self.lost.min(8)).min(AGAIN_TO_MS);
        self.lost += 1;
        Duration::from_millis(pause)
    }
}

impl Engine {
    /// Brings an attempt from `Creating` to `Ready`, however often it was interrupted. Returns why, when it takes a person to go on.
    pub(crate) async fn create(&self, id: &str) -> Result<Option<SourceError>> {
        let mut tries = Tries::default();
        loop {
            let attempt = self.kept_attempt(id).await?;
            if stage(&attempt) != AttemptStage::Creating {
                return Ok(None);
            }
            let op = match (&attempt.company, &attempt.connection) {
                (Some(_), Some(_)) => {
                    self.ready(id).await?;
                    return Ok(None);
                }
                (Some(_), None) if attempt.connection_op.is_none() => {
                    self.made_alone(id).await?;
                    return Ok(None);
                }
                (None, _) => attempt.company_op.clone(),
                (Some(_), None) => attempt.connection_op.clone(),
            };
            let step = match self.step(&attempt, op, &mut tries).await? {
                Step::Done(remote) => match self.made(&attempt, remote).await {
                    Ok(()) => continue,
                    Err(Error::Source(error)) => self.held_up(error),
                    Err(error) => return Err(error),
                },
                Step::Told(remote) => {
                    self.is_made(&attempt, remote, self.now()).await?;
                    continue;
                }
                step => step,
            };
            match step {
                Step::Done(_) | Step::Told(_) => {}
                Step::Later(pause) => tokio::time::sleep(pause).await,
                Step::Held(error, pause) => {
                    self.change(id, move |attempt| {
                        set_problem(attempt, Some(&problem_of(&Error::Source(error))));
                        None
                    })
                    .await?;
                    tokio::time::sleep(pause).await;
                }
                Step::Blocked(error) => {
                    self.blocked(id, error.clone()).await?;
                    return Ok(Some(error));
                }
            }
        }
    }

    /// One at a time on this computer: whoever holds this knows that a creation in flight is an orphan.
    pub(super) fn outbox_lock(&self) -> Result<Option<std::fs::File>> {
        self.turn_on_disk("outbox.lock")
    }

    /// A turn that one copy of the program has at a time, and that ends with it; none when another has it.
    pub(crate) fn turn_on_disk(&self, name: &str) -> Result<Option<std::fs::File>> {
        turn_on(&self.inner.folder.join(name)).map_err(Error::file("taking a turn"))
    }

    async fn step(&self, attempt: &Attempt, op: Option<String>, tries: &mut Tries) -> Result<Step> {
        let id = op.ok_or_else(|| Error::Internal("an attempt without its creation".into()))?;
        let Some(_lock) = self.outbox_lock()? else { return Ok(Step::Later(Duration::from_millis(AGAIN_FROM_MS))) };
        if self.stage_of(&attempt.id).await? != AttemptStage::Creating {
            // A person took it out of the queue while we waited for our turn.
            return Ok(Step::Later(Duration::ZERO));
        }
        let wanted = id.clone();
        let op = self
            .store(move |store| {
                store.release_leases(i64::MAX)?;
                store.op(&wanted)
            })
            .await?
            .ok_or_else(|| Error::Internal("a creation that is not kept".into()))?;
        let now = self.now();
        match outbox::next(&op, now) {
            Next::Done(remote) => Ok(Step::Done(remote)),
            Next::Wait(ms) => Ok(Step::Later(millis(ms))),
            Next::Send => self.first_send(attempt, op, tries).await,
            Next::Repeat => {
                let claimed = self.store(move |store| store.resend_op(&id, now, now + LEASE_MS)).await?;
                if claimed { self.send(attempt, op, tries).await } else { Ok(Step::Later(Duration::from_secs(1))) }
            }
            Next::Look => self.find_out(attempt, op).await,
            // Codat keeps a refusal under its key for 90 minutes: only a new one is asked anew.
            Next::Reopen => self.with_new_key(id).await,
        }
    }

    /// Before anything is made, what is there already is used.
    async fn first_send(&self, attempt: &Attempt, op: Op, tries: &mut Tries) -> Result<Step> {
        let is_new = op.sent_at.is_none();
        let mut before = vec![];
        match op.kind {
            OpKind::Company => {
                // The same reference was onboarded before, perhaps elsewhere: go on with that company.
                if let Some(reference) = attempt.reference.as_ref().filter(|_| is_new) {
                    match self.inner.source.tagged("reference", reference).await {
                        Ok(found) => {
                            if let Some((company, _)) = oldest(found) {
                                return self.adopt(op, company.id).await;
                            }
                        }
                        Err(error) => return Ok(self.held_up(error)),
                    }
                }
            }
            OpKind::Connection => {
                let bank = self.bank(&attempt.bank_key).await.ok();
                let there = match self.inner.source.connections(attempt.company.as_deref().unwrap_or_default()).await {
                    Ok(there) => there,
                    Err(error) => return Ok(self.held_up(error)),
                };
                // An unfinished or ended connection of the same bank is used again, never doubled.
                let reusable = there.iter().find(|found| found.status != "Linked" && is_of(found, attempt, bank.as_ref()));
                if let Some(found) = reusable.filter(|_| is_new) {
                    return self.adopt(op, found.id.clone()).await;
                }
                before = there.into_iter().map(|found| found.id).collect();
            }
        }
        let now = self.now();
        let (id, target) = (op.op.clone(), attempt.company.clone());
        let before = serde_json::to_string(&before).map_err(|error| Error::Internal(error.to_string()))?;
        let claimed = self.store(move |store| store.claim_op(&id, now, now + LEASE_MS, target.as_deref(), &before)).await?;
        if claimed { self.send(attempt, op, tries).await } else { Ok(Step::Later(Duration::from_secs(1))) }
    }

    async fn send(&self, attempt: &Attempt, op: Op, tries: &mut Tries) -> Result<Step> {
        let sent = match op.kind {
            OpKind::Company => self.send_company(&op).await?,
            OpKind::Connection => self.send_connection(attempt, &op).await?,
        };
        let (id, now) = (op.op.clone(), self.now());
        match sent {
            Sent::Made(remote) => {
                // Where a connection follows, the company is asked for with it.
                let is_all_told = attempt.connection_op.is_none();
                let step = self.adopt(op, remote).await?;
                Ok(match step {
                    Step::Done(remote) if is_all_told => Step::Told(remote),
                    step => step,
                })
            }
            Sent::Again(pause) => {
                let is_offline = self.inner.source.pace().line == Line::Offline;
                let pause = if is_offline { pause.max(tries.pause_after_loss()) } else { pause };
                let due = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                self.store(move |store| store.op_ready_again(&id, due)).await?;
                // A pause that a person notices is told.
                Ok(match (is_offline, pause >= HELD_UP) {
                    (true, _) => Step::Held(SourceError::Offline, pause),
                    (false, true) => Step::Held(SourceError::Limited(due), pause),
                    (false, false) => Step::Later(pause),
                })
            }
            Sent::InFlight => {
                tries.in_flight += 1;
                let word = if tries.in_flight < MOST_IN_FLIGHT { answer::IN_FLIGHT } else { answer::STUCK };
                self.store(move |store| store.op_unknown(&id, word)).await?;
                Ok(Step::Later(IN_FLIGHT_PAUSE))
            }
            Sent::Unknown(word) => {
                tracing::info!(op = %op.op, word, "the outcome of a creation is unknown");
                self.store(move |store| store.op_unknown(&id, word)).await?;
                Ok(Step::Later(tries.pause_after_loss()))
            }
            Sent::Refused(error) => {
                self.store(move |store| store.op_failed(&id, "refused")).await?;
                Ok(Step::Blocked(error))
            }
        }
    }

    async fn send_company(&self, op: &Op) -> Result<Sent<String>> {
        match self.inner.source.create_company(&op.body, &op.key).await {
            Sent::Made((company, connections)) => {
                let (id, now) = (company.id.clone(), self.now());
                self.store(move |store| store.take_companies(&[(company, connections)], now)).await?;
                Ok(Sent::Made(id))
            }
            other => Ok(other.without()),
        }
    }

    async fn send_connection(&self, attempt: &Attempt, op: &Op) -> Result<Sent<String>> {
        let company = attempt.company.clone().unwrap_or_default();
        match self.inner.source.create_connection(&company, &op.body, &op.key).await {
            Sent::Made(mut connection) => {
                connection.bank_key.get_or_insert_with(|| attempt.bank_key.clone());
                let (id, now) = (connection.id.clone(), self.now());
                self.store(move |store| store.keep_connection(&connection, now)).await?;
                Ok(Sent::Made(id))
            }
            other => Ok(other.without()),
        }
    }

    async fn find_out(&self, attempt: &Attempt, op: Op) -> Result<Step> {
        match self.look(attempt, &op).await {
            Ok(Some(remote)) => return self.adopt(op, remote).await,
            Ok(None) => {}
            Err(error) => return Ok(self.held_up(error)),
        }
        let (id, now) = (op.op.clone(), self.now());
        match outbox::after_empty_look(&op, now) {
            Empty::TooEarly(ms) => Ok(Step::Later(millis(ms))),
            Empty::First => {
                self.store(move |store| store.op_looked(&id, now)).await?;
                Ok(Step::Later(HELD_UP))
            }
            Empty::Second => self.with_new_key(id).await,
        }
    }

    async fn with_new_key(&self, id: String) -> Result<Step> {
        let (key, now) = (self.inner.ports.entropy.guid(), self.now());
        self.store(move |store| store.op_new_key(&id, &key, now)).await?;
        Ok(Step::Later(Duration::ZERO))
    }

    /// Looks for what a lost creation may have made.
    async fn look(&self, attempt: &Attempt, op: &Op) -> std::result::Result<Option<String>, SourceError> {
        let mut found: Vec<(Option<i64>, String)> = match op.kind {
            OpKind::Company => {
                let found = self.inner.source.tagged(OP_TAG, &op.op).await?;
                found.into_iter().map(|(company, _)| (company.created, company.id)).collect()
            }
            OpKind::Connection => {
                let bank = self.bank(&attempt.bank_key).await.ok();
                let before: Vec<String> = serde_json::from_str(&op.before).unwrap_or_default();
                let mut there = self.inner.source.connections(attempt.company.as_deref().unwrap_or_default()).await?;
                there.retain(|found| !before.contains(&found.id) && is_of(found, attempt, bank.as_ref()));
                there.into_iter().map(|found| (found.created, found.id)).collect()
            }
        };
        found.sort();
        if found.len() > 1 {
            self.say_doubled(attempt, found.len()).await;
        }
        Ok(found.into_iter().next().map(|(_, id)| id))
    }

    /// More than one bears our mark: the oldest is used, a person is told, nothing is deleted.
    async fn say_doubled(&self, attempt: &Attempt, count: usize) {
        tracing::warn!(attempt = %attempt.id, count, "a creation is there more than once");
        let mut told = event(attempt, "doubled", self.now());
        told.detail = Some(format!("{count} at Codat for one case; the oldest is used"));
        if let Err(error) = self.store(move |store| store.record(&told)).await {
            tracing::warn!(%error, "could not be written down");
        }
    }

    async fn adopt(&self, op: Op, remote: String) -> Result<Step> {
        let (id, kept) = (op.op, remote.clone());
        self.store(move |store| store.op_done(&id, &kept)).await?;
        Ok(Step::Done(remote))
    }

    /// It exists: what Codat tells about it is taken in, and the attempt knows its id.
    async fn made(&self, attempt: &Attempt, remote: String) -> Result<()> {
        let now = self.now();
        let is_company = attempt.company.is_none();
        let company = attempt.company.clone().unwrap_or_else(|| remote.clone());
        let told = self.inner.source.company(&company).await?;
        if is_company {
            // Whatever was erased of it once: a person connects it anew.
            let company = company.clone();
            self.store(move |store| store.take_back(&company)).await?;
        }
        self.take_in(told, (!is_company).then(|| (remote.clone(), attempt.bank_key.clone())), now).await?;
        self.is_made(attempt, remote, now).await
    }

    /// The attempt knows what was made.
    async fn is_made(&self, attempt: &Attempt, remote: String, now: i64) -> Result<()> {
        let is_company = attempt.company.is_none();
        let id = remote.clone();
        self.change(&attempt.id, move |attempt| {
            set_problem(attempt, None);
            if is_company {
                attempt.company = Some(remote);
                return Some(event(attempt, "company-made", now));
            }
            attempt.connection = Some(remote);
            Some(event(attempt, "connection-made", now))
        })
        .await?;
        let act = if is_company { "company-made" } else { "connection-made" };
        self.noted(act, &id, format!("attempt {}", attempt.id)).await;
        Ok(())
    }

    /// Takes in a company as told to a question asked at `asked`: what was made since must not look gone. Codat may leave a connection's platform key
    /// out; of our own we know it.
    pub(crate) async fn take_in(&self, told: CompanyTold, own: Option<(String, String)>, asked: i64) -> Result<()> {
        self.store(move |store| {
            let (company, mut connections) = told;
            if let Some((id, key)) = own {
                for connection in connections.iter_mut().filter(|found| found.id == id && found.bank_key.is_none()) {
                    connection.bank_key = Some(key.clone());
                }
            }
            store.take_companies(&[(company, connections)], asked)
        })
        .await
    }

    async fn ready(&self, id: &str) -> Result<()> {
        self.change(id, |attempt| {
            set_stage(attempt, AttemptStage::Ready);
            set_problem(attempt, None);
            None
        })
        .await?;
        Ok(())
    }

    /// A company alone was wanted: nothing more is to come of this attempt.
    async fn made_alone(&self, id: &str) -> Result<()> {
        self.change(id, |attempt| {
            set_stage(attempt, AttemptStage::Complete);
            set_problem(attempt, None);
            attempt.ended = true;
            None
        })
        .await?;
        Ok(())
    }

    async fn blocked(&self, id: &str, error: SourceError) -> Result<()> {
        let now = self.now();
        self.change(id, move |attempt| {
            set_stage(attempt, AttemptStage::Blocked);
            set_problem(attempt, Some(&problem_of(&Error::Source(error))));
            Some(event(attempt, "blocked", now))
        })
        .await?;
        Ok(())
    }

    /// Problems that pass are waited out; the rest needs a person.
    fn held_up(&self, error: SourceError) -> Step {
        let pause = match &error {
            SourceError::Limited(until) => millis((until - self.now()).max(1_000)),
            _ => HELD_UP,
        };
        if passes(&Error::Source(error.clone())) { Step::Held(error, pause) } else { Step::Blocked(error) }
    }
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

fn oldest(mut found: Vec<CompanyTold>) -> Option<CompanyTold> {
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
            Self::Made(_) => Sent::Unknown(answer::NONE),
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
        what: say!("The answer from Codat was lost on the way."),
        done: Some(say!("Fairlead is finding out whether it was created, and will not create it twice.")),
        say: None,
        correlation_id: None,
    }
}
