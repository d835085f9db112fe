//! One creation, made exactly once, wherever its outbox is kept: in this computer's database, or on a team's server. What may be done next is decided in
//! `outbox`; here it is done.
//!
//! A creation whose answer was lost is never blindly repeated. While the outcome is unknown, the same bytes go out under the same key, which Codat
//! answers from memory; after a 5xx (which it would replay) we look for what may have been made; only when two looks found nothing is there a new key.

use crate::error::{Error, Result};
use crate::links::change::passes;
use crate::links::outbox::{self, Empty, Next, answer};
use crate::ports::{BankingSource, Clock, CompanyTold, Entropy, Sent, SourceError, Wait};
use crate::view::Line;
use std::time::Duration;
use store::{BankEntry, ConnectionEntry, Op, OpKind};

/// Tag that carries a creation's id.
pub(crate) const OP_TAG: &str = "onboard_ref";

/// Two minutes of "this key is in flight" are enough: then we look.
const MOST_IN_FLIGHT: u32 = 40;
const IN_FLIGHT_PAUSE: Duration = Duration::from_secs(3);
/// Between two questions while Codat cannot be asked.
const HELD_UP: Duration = Duration::from_secs(5);
/// Pauses between sending the same again grow from the first to the second.
pub(crate) const AGAIN_FROM_MS: u64 = 200;
const AGAIN_TO_MS: u64 = 30_000;

/// What a step of a creation came to.
pub(crate) enum Step {
    Done(String),
    /// The same, and the answer has told all about it.
    Told(String),
    /// The same, and somebody else of the team had it made.
    Found(String, By),
    /// Try again after this.
    Later(Duration),
    /// The same, and it is worth telling why.
    Held(SourceError, Duration),
    /// It takes a person.
    Blocked(SourceError),
}

/// Who had it made, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct By {
    pub(crate) who: String,
    pub(crate) at: i64,
}

/// What a run of steps remembers; a restart begins anew, which costs a request or two.
#[derive(Default)]
pub(crate) struct Tries {
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

/// How far a creation got, to be kept before anything else is done.
pub(crate) enum Kept<'a> {
    /// It is sent now, after these ids were there.
    Sent(&'a str),
    /// The same once more.
    SentAgain,
    /// It happened; its id.
    Done(&'a str),
    /// Nobody knows; one word says how it ended.
    Unknown(&'static str),
    /// It had no effect: not before then.
    Ready(i64),
    /// A look found nothing.
    Looked,
    /// It was not made: a new key.
    NewKey(&'a str),
    /// Refused for good.
    Refused,
}

/// Where creations are kept, with what is known of companies.
pub(crate) trait Outbox: Send + Sync {
    /// Keeps a step; false when it is another's to take.
    fn keep<'a>(&'a self, op: &'a Op, now: i64, kept: Kept<'a>) -> Wait<'a, Result<bool>>;
    /// A company as the answer told it.
    fn take_company(&self, told: CompanyTold) -> Wait<'_, Result<()>>;
    /// A connection as the answer told it.
    fn take_connection(&self, told: ConnectionEntry) -> Wait<'_, Result<()>>;
    /// A bank, where it is listed.
    fn bank<'a>(&'a self, key: &'a str) -> Wait<'a, Option<BankEntry>>;
    /// So many bear our mark. The oldest is used, a person is told, nothing is deleted.
    fn doubled(&self, count: usize) -> Wait<'_, ()>;
}

/// What is to be made, beside its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) company: Option<&'a str>,
    pub(crate) reference: Option<&'a str>,
    pub(crate) bank_key: &'a str,
}

/// Makes it.
pub(crate) struct Making<'a> {
    pub(crate) source: &'a dyn BankingSource,
    pub(crate) outbox: &'a dyn Outbox,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) entropy: &'a dyn Entropy,
    pub(crate) wanted: Wanted<'a>,
}

impl Making<'_> {
    /// The next step of a creation as it is kept now. Whoever calls holds its turn: nobody else is sending it.
    pub(crate) async fn step(&self, op: Op, tries: &mut Tries) -> Result<Step> {
        let now = self.clock.now();
        match outbox::next(&op, now) {
            Next::Done(remote) => Ok(Step::Done(remote)),
            Next::Wait(ms) => Ok(Step::Later(millis(ms))),
            Next::Send => self.first_send(op, tries).await,
            Next::Repeat => {
                let claimed = self.outbox.keep(&op, now, Kept::SentAgain).await?;
                if claimed { self.send(op, tries).await } else { Ok(Step::Later(Duration::from_secs(1))) }
            }
            Next::Look => self.find_out(op).await,
            // Codat keeps a refusal under its key for 90 minutes: only a new one is asked anew.
            Next::Reopen => self.with_new_key(op).await,
        }
    }

    /// Before anything is made, what is there already is used.
    async fn first_send(&self, op: Op, tries: &mut Tries) -> Result<Step> {
        let is_new = op.sent_at.is_none();
        let mut before = vec![];
        match op.kind {
            OpKind::Company => {
                // The same reference was onboarded before, perhaps elsewhere: go on with that company.
                if let Some(reference) = self.wanted.reference.filter(|_| is_new) {
                    match self.source.tagged("reference", reference).await {
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
                let bank = self.outbox.bank(self.wanted.bank_key).await;
                let there = match self.source.connections(self.wanted.company.unwrap_or_default()).await {
                    Ok(there) => there,
                    Err(error) => return Ok(self.held_up(error)),
                };
                // An unfinished or ended connection of the same bank is used again, never doubled.
                let reusable = there.iter().find(|found| found.status != "Linked" && is_of(found, self.wanted.bank_key, bank.as_ref()));
                if let Some(found) = reusable.filter(|_| is_new) {
                    return self.adopt(op, found.id.clone()).await;
                }
                before = there.into_iter().map(|found| found.id).collect();
            }
        }
        let before = serde_json::to_string(&before).map_err(|error| Error::Internal(error.to_string()))?;
        let claimed = self.outbox.keep(&op, self.clock.now(), Kept::Sent(&before)).await?;
        if claimed { self.send(op, tries).await } else { Ok(Step::Later(Duration::from_secs(1))) }
    }

    async fn send(&self, op: Op, tries: &mut Tries) -> Result<Step> {
        let sent = match op.kind {
            OpKind::Company => self.send_company(&op).await?,
            OpKind::Connection => self.send_connection(&op).await?,
        };
        let now = self.clock.now();
        match sent {
            Sent::Made(remote) => {
                self.outbox.keep(&op, now, Kept::Done(&remote)).await?;
                Ok(Step::Told(remote))
            }
            Sent::Found { made, who, at } => {
                self.outbox.keep(&op, now, Kept::Done(&made)).await?;
                Ok(Step::Found(made, By { who, at }))
            }
            Sent::Again(pause) => {
                let is_offline = self.source.pace().line == Line::Offline;
                let pause = if is_offline { pause.max(tries.pause_after_loss()) } else { pause };
                let due = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                self.outbox.keep(&op, now, Kept::Ready(due)).await?;
                // A pause that a person notices is told.
                Ok(match (is_offline, pause >= HELD_UP) {
                    (true, _) => Step::Held(SourceError::Offline, pause),
                    (false, true) => Step::Held(SourceError::Limited(due), pause),
                    (false, false) => Step::Later(pause),
                })
            }
            Sent::Held(error, pause) => {
                let due = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                self.outbox.keep(&op, now, Kept::Ready(due)).await?;
                Ok(Step::Held(error, pause))
            }
            Sent::InFlight => {
                tries.in_flight += 1;
                let word = if tries.in_flight < MOST_IN_FLIGHT { answer::IN_FLIGHT } else { answer::STUCK };
                self.outbox.keep(&op, now, Kept::Unknown(word)).await?;
                Ok(Step::Later(IN_FLIGHT_PAUSE))
            }
            Sent::Unknown(word) => {
                tracing::info!(op = %op.op, word, "the outcome of a creation is unknown");
                self.outbox.keep(&op, now, Kept::Unknown(word)).await?;
                Ok(Step::Later(tries.pause_after_loss()))
            }
            Sent::Refused(error) => {
                self.outbox.keep(&op, now, Kept::Refused).await?;
                Ok(Step::Blocked(error))
            }
        }
    }

    async fn send_company(&self, op: &Op) -> Result<Sent<String>> {
        let sent = self.source.create_company(&op.body, &op.key).await;
        let (told, sent) = sent.apart(|(company, _)| company.id.clone());
        if let Some(told) = told {
            self.outbox.take_company(told).await?;
        }
        Ok(sent)
    }

    async fn send_connection(&self, op: &Op) -> Result<Sent<String>> {
        let sent = self.source.create_connection(self.wanted.company.unwrap_or_default(), &op.body, &op.key).await;
        let (told, sent) = sent.apart(|connection| connection.id.clone());
        if let Some(mut told) = told {
            told.bank_key.get_or_insert_with(|| self.wanted.bank_key.to_owned());
            self.outbox.take_connection(told).await?;
        }
        Ok(sent)
    }

    async fn find_out(&self, op: Op) -> Result<Step> {
        match self.look(&op).await {
            Ok(Some(remote)) => return self.adopt(op, remote).await,
            Ok(None) => {}
            Err(error) => return Ok(self.held_up(error)),
        }
        let now = self.clock.now();
        match outbox::after_empty_look(&op, now) {
            Empty::TooEarly(ms) => Ok(Step::Later(millis(ms))),
            Empty::First => {
                self.outbox.keep(&op, now, Kept::Looked).await?;
                Ok(Step::Later(HELD_UP))
            }
            Empty::Second => self.with_new_key(op).await,
        }
    }

    async fn with_new_key(&self, op: Op) -> Result<Step> {
        let key = self.entropy.guid();
        self.outbox.keep(&op, self.clock.now(), Kept::NewKey(&key)).await?;
        Ok(Step::Later(Duration::ZERO))
    }

    /// Looks for what a lost creation may have made.
    async fn look(&self, op: &Op) -> std::result::Result<Option<String>, SourceError> {
        let mut found: Vec<(Option<i64>, String)> = match op.kind {
            OpKind::Company => {
                let found = self.source.tagged(OP_TAG, &op.op).await?;
                found.into_iter().map(|(company, _)| (company.created, company.id)).collect()
            }
            OpKind::Connection => {
                let bank = self.outbox.bank(self.wanted.bank_key).await;
                let before: Vec<String> = serde_json::from_str(&op.before).unwrap_or_default();
                let mut there = self.source.connections(self.wanted.company.unwrap_or_default()).await?;
                there.retain(|found| !before.contains(&found.id) && is_of(found, self.wanted.bank_key, bank.as_ref()));
                there.into_iter().map(|found| (found.created, found.id)).collect()
            }
        };
        found.sort();
        if found.len() > 1 {
            self.outbox.doubled(found.len()).await;
        }
        Ok(found.into_iter().next().map(|(_, id)| id))
    }

    async fn adopt(&self, op: Op, remote: String) -> Result<Step> {
        self.outbox.keep(&op, self.clock.now(), Kept::Done(&remote)).await?;
        Ok(Step::Done(remote))
    }

    /// Problems that pass are waited out; the rest needs a person.
    pub(crate) fn held_up(&self, error: SourceError) -> Step {
        held_up(error, self.clock.now())
    }
}

/// Problems that pass are waited out; the rest needs a person.
pub(crate) fn held_up(error: SourceError, now: i64) -> Step {
    let pause = match &error {
        SourceError::Limited(until) => millis((until - now).max(1_000)),
        _ => HELD_UP,
    };
    if passes(&Error::Source(error.clone())) { Step::Held(error, pause) } else { Step::Blocked(error) }
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

fn oldest(mut found: Vec<CompanyTold>) -> Option<CompanyTold> {
    found.sort_by(|left, right| (left.0.created, &left.0.id).cmp(&(right.0.created, &right.0.id)));
    found.into_iter().next()
}

/// Whether a connection is of this bank; the platform key is not always told.
fn is_of(found: &ConnectionEntry, bank_key: &str, bank: Option<&BankEntry>) -> bool {
    match &found.bank_key {
        Some(key) => key == bank_key,
        None => bank.is_some_and(|bank| bank.source_id.is_some() && bank.source_id == found.source_id),
    }
}

impl<T> Sent<T> {
    /// What was made, and the same outcome with its id alone.
    fn apart(self, id: impl FnOnce(&T) -> String) -> (Option<T>, Sent<String>) {
        match self {
            Self::Made(made) => {
                let id = id(&made);
                (Some(made), Sent::Made(id))
            }
            Self::Found { made, who, at } => {
                let id = id(&made);
                (Some(made), Sent::Found { made: id, who, at })
            }
            Self::Again(pause) => (None, Sent::Again(pause)),
            Self::Held(error, pause) => (None, Sent::Held(error, pause)),
            Self::InFlight => (None, Sent::InFlight),
            Self::Unknown(word) => (None, Sent::Unknown(word)),
            Self::Refused(error) => (None, Sent::Refused(error)),
        }
    }
}
