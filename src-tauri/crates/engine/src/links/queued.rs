//! What waits to be made at Codat, as a person sees it: why it waits, when it is tried next, and what taking it out of the queue comes to.
//!
//! A creation whose outcome is open is not forgotten by being discarded: it stays in the outbox, and the next case of the same reference looks for
//! what it may have made.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::change::{event, kept_problem, set_problem, set_stage, stage};
use crate::links::outbox::{self, Next};
use crate::links::stage::Stage;
use crate::ports::Pace;
use crate::view::{AttemptStage, Discard, Line, Millis, Problem, QueueView, QueuedStep, QueuedView, Ring, Side, StatusPill};
use domain::display::shown;
use say::{say, word};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Attempt, Draft, Op, OpState, Store, StoreError};

/// While one is being sent, nobody can say what taking it out would mean.
const ITS_TURN: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// A case with its creations, as they are kept.
struct Kept {
    attempt: Attempt,
    company: Option<Op>,
    connection: Option<Op>,
}

impl Kept {
    fn read(store: &Store, attempt: Attempt) -> std::result::Result<Self, StoreError> {
        let op = |id: &Option<String>| id.as_deref().map_or(Ok(None), |id| store.op(id));
        let (company, connection) = (op(&attempt.company_op)?, op(&attempt.connection_op)?);
        Ok(Self { attempt, company, connection })
    }

    /// The creation that is next.
    fn next(&self) -> Option<&Op> {
        let open = |op: &&Op| op.state != OpState::Done;
        self.company.as_ref().filter(|_| self.attempt.company.is_none()).filter(open).or_else(|| self.connection.as_ref().filter(open))
    }

    fn makes_company(&self) -> bool {
        self.attempt.company.is_none()
    }

    /// A row of a list is made with its list.
    fn is_of_a_list(&self) -> bool {
        self.attempt.connection_op.is_none()
    }

    fn what(&self) -> String {
        let bank = shown(&self.attempt.bank_name);
        match (self.makes_company(), self.is_of_a_list()) {
            (true, true) => say!("Make the company"),
            (true, false) => say!("Make the company and its connection to {bank}", bank),
            (false, _) => say!("Make the connection to {bank}", bank),
        }
    }

    fn discard(&self) -> (Discard, String) {
        let bank = shown(&self.attempt.bank_name);
        if self.is_of_a_list() {
            let means = word("It is a row of a customer list. Stop the list to keep the rest of it from being made.");
            return (Discard::Elsewhere, means.to_owned());
        }
        let is_open = |op: &Option<Op>| op.as_ref().is_some_and(|op| matches!(op.state, OpState::Unknown | OpState::InFlight));
        if self.makes_company() && is_open(&self.company) {
            let later = if self.attempt.reference.is_some() {
                word("A new case under the same reference looks for it first, so it is not made twice.")
            } else {
                word("Without a reference a new case cannot find it: compare the names before you begin one.")
            };
            return (
                Discard::MayExist,
                say!(
                    "Nobody knows whether Codat made this company: the answer was lost. Fairlead stops finding out. If it is there, it appears in the list without a bank. {later}",
                    later
                ),
            );
        }
        if is_open(&self.connection) {
            let means = say!(
                "Nobody knows whether Codat made the connection to {bank}: the answer was lost. If it is there, it stays there unused, without consent, and the next case of this company at {bank} goes on with it.",
                bank
            );
            return (Discard::MayExist, means);
        }
        let is_there = self.attempt.company_op.is_some()
            && (self.attempt.company.is_some() || self.company.as_ref().is_some_and(|op| op.state == OpState::Done));
        if is_there {
            return (Discard::Leaves, say!("The company is at Codat and stays there. The connection to {bank} is not made.", bank));
        }
        (Discard::Clean, say!("Nothing of it is at Codat, and nothing will be."))
    }

    fn view(&self, pace: &Pace, now: i64) -> QueuedView {
        let (discard, means) = self.discard();
        let waits = self.waits(pace, now);
        QueuedView {
            attempt_id: self.attempt.id.clone(),
            company_id: self.attempt.company.clone(),
            company_name: shown(&self.attempt.typed_name),
            what: self.what(),
            since: Millis(self.attempt.started_at),
            status: StatusPill { ring: waits.ring, word: waits.word.to_owned() },
            why: waits.why,
            next: waits.next.filter(|at| *at > now).map(Millis),
            goes_on: waits.goes_on,
            discard,
            means,
        }
    }

    fn waits(&self, pace: &Pace, now: i64) -> Waits {
        let told = self.attempt.problem.as_deref().and_then(kept_problem);
        let told = |or: &str| told.map_or_else(|| or.to_owned(), |problem| problem.what);
        match stage(&self.attempt) {
            AttemptStage::Blocked => return Waits::for_a_person(Ring::Crossed, word("Refused"), told(word("Codat refused it."))),
            AttemptStage::Parked => {
                return Waits::for_a_person(
                    Ring::Slashed,
                    word("Stopped"),
                    say!("Somebody stopped the wait. It goes on when the case is opened again."),
                );
            }
            _ => {}
        }
        let Some(op) = self.next() else {
            return Waits::by_itself(Ring::Running, word("Being made"), say!("Codat made it, and is asked about it."), None);
        };
        match outbox::next(op, now) {
            Next::Repeat | Next::Look => Waits::by_itself(
                Ring::Half,
                word("Answer unknown"),
                say!("The answer was lost. Fairlead is finding out whether it was made, and does not make it twice."),
                None,
            ),
            _ if pace.line == Line::Offline => {
                Waits::by_itself(Ring::Dotted, word("Offline"), told(word("There is no connection to Codat.")), op.not_before)
            }
            _ if pace.line == Line::Limited => Waits::by_itself(
                Ring::Clock,
                word("Limited"),
                say!("Codat\u{2019}s request limit is reached."),
                pace.resumes_at.or(op.not_before),
            ),
            _ if pace.line == Line::KeyRefused => Waits::for_a_person(
                Ring::Crossed,
                word("Key refused"),
                say!("Codat refuses the key of this profile. Enter a new one in Settings."),
            ),
            Next::Wait(_) if op.state == OpState::Ready => {
                Waits::by_itself(Ring::Clock, word("Paused"), told(word("Codat asked for a pause.")), op.not_before)
            }
            Next::Reopen => Waits::for_a_person(Ring::Crossed, word("Refused"), told(word("Codat refused it."))),
            _ => Waits::by_itself(Ring::Waiting, word("Next"), told(word("It is the next to be sent.")), None),
        }
    }
}

/// Why one waits, and for what.
struct Waits {
    ring: Ring,
    word: &'static str,
    why: String,
    next: Option<i64>,
    goes_on: bool,
}

impl Waits {
    fn by_itself(ring: Ring, word: &'static str, why: String, next: Option<i64>) -> Self {
        Self { ring, word, why, next, goes_on: true }
    }

    fn for_a_person(ring: Ring, word: &'static str, why: String) -> Self {
        Self { ring, word, why, next: None, goes_on: false }
    }
}

/// Whether an open case still waits to be made at Codat.
pub(crate) fn is_queued(attempt: &Attempt) -> bool {
    let waits = matches!(Stage::read(&attempt.stage).0, AttemptStage::Creating | AttemptStage::Blocked | AttemptStage::Parked);
    !attempt.ended && attempt.connection.is_none() && waits
}

impl Engine {
    /// What waits to be made at Codat, after a step.
    ///
    /// # Errors
    /// When the case is not in the queue any more, is being sent right now, or may not be taken out so.
    pub async fn queue(&self, step: QueuedStep) -> Result<QueueView> {
        let mut draft_id = None;
        match step {
            QueuedStep::Look => {}
            QueuedStep::Discard { attempt_id, knowing } => self.discard_queued(attempt_id, knowing).await?,
            QueuedStep::Change { attempt_id } => draft_id = Some(self.change_queued(attempt_id).await?),
        }
        let (pace, now) = (self.inner.source.pace(), self.now());
        let waiting = self
            .store(move |store| {
                let mut open: Vec<Attempt> = store.open_attempts()?.into_iter().filter(is_queued).collect();
                open.sort_by(|one, other| (one.started_at, &one.id).cmp(&(other.started_at, &other.id)));
                open.into_iter().map(|attempt| Ok(Kept::read(store, attempt)?.view(&pace, now))).collect()
            })
            .await?;
        Ok(QueueView { waiting, draft_id })
    }

    async fn discard_queued(&self, id: String, knowing: bool) -> Result<()> {
        let _turn = self.turn_to_take_out().await?;
        let kept = self.queued(&id).await?;
        self.take_back(&kept).await?;
        match kept.discard() {
            (Discard::Elsewhere, means) => return Err(Error::BadRequest(means)),
            (Discard::MayExist, means) if !knowing => return Err(Error::BadRequest(means)),
            (Discard::MayExist, means) => self.take_out(kept.attempt, "unknown", &means).await?,
            (Discard::Clean | Discard::Leaves, means) => self.take_out(kept.attempt, "unsent", &means).await?,
        }
        Ok(())
    }

    /// The case as a draft again, with everything that was typed.
    async fn change_queued(&self, id: String) -> Result<String> {
        let _turn = self.turn_to_take_out().await?;
        let kept = self.queued(&id).await?;
        let (Discard::Clean, means) = kept.discard() else {
            return Err(Error::BadRequest(say!(
                "It can only be changed while nothing of it is at Codat. Discard it, and begin a new case."
            )));
        };
        self.take_back(&kept).await?;
        let (attempt, now) = (kept.attempt, self.now());
        let draft = Draft {
            id: self.inner.ports.entropy.guid(),
            name: attempt.typed_name.clone(),
            reference: attempt.reference.clone(),
            company: attempt.company.clone(),
            bank_key: Some(attempt.bank_key.clone()),
            sheet_seen_at: attempt.sheet_version.as_ref().map(|_| now),
            saved_at: now,
            language: attempt.language.clone(),
        };
        let new = draft.id.clone();
        // The draft first: cut in between, beginning it goes on with the very case.
        self.store(move |store| store.keep_draft(&draft)).await?;
        self.take_out(attempt, "changed", &means).await?;
        Ok(new)
    }

    /// What was given to a team's workers and waits there waits no more.
    async fn take_back(&self, kept: &Kept) -> Result<()> {
        let given = kept.next().filter(|op| op.state == OpState::Ready && op.sent_at.is_some());
        if let Some(op) = given
            && !self.inner.source.take_back(&op.key).await?
        {
            return Err(Error::BadRequest(say!(
                "A worker of your team has it right now, so it cannot be taken out. Look again in a moment."
            )));
        }
        Ok(())
    }

    async fn queued(&self, id: &str) -> Result<Kept> {
        let attempt = self.kept_attempt(id).await?;
        if !is_queued(&attempt) {
            return Err(Error::BadRequest(say!("It does not wait any more. Look at the case itself.")));
        }
        self.store(move |store| {
            // Whoever was sending is gone: we have the turn.
            store.release_leases(i64::MAX)?;
            Kept::read(store, attempt)
        })
        .await
    }

    async fn turn_to_take_out(&self) -> Result<std::fs::File> {
        let waiting = async {
            loop {
                if let Some(turn) = self.outbox_lock()? {
                    return Ok(turn);
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let busy = || Error::BadRequest(say!("Something is being sent right now, so nothing can be taken out. Try again in a moment."));
        tokio::time::timeout(ITS_TURN, waiting).await.map_err(|_| busy())?
    }

    async fn take_out(&self, before: Attempt, outcome: &str, means: &str) -> Result<()> {
        let (now, outcome) = (self.now(), outcome.to_owned());
        let problem = Problem {
            side: Side::Nobody,
            what: say::plainly(|| say!("Taken out of the queue.")),
            done: Some(means.to_owned()),
            say: None,
            correlation_id: None,
        };
        let mut attempt = before.clone();
        set_stage(&mut attempt, AttemptStage::NotLinked);
        set_problem(&mut attempt, Some(&problem));
        (attempt.ended, attempt.next_check) = (true, None);
        let told = store::Event { outcome: Some(outcome), ..event(&attempt, "discarded", now) };
        let (kept, changing) = (attempt.clone(), Arc::clone(&self.inner.watchers.changing));
        self.store(move |store| {
            let _one = changing.lock().unwrap_or_else(PoisonError::into_inner);
            store.discard_attempt(&kept, &told)
        })
        .await?;
        self.noted("queued-discarded", &attempt.id, String::new()).await;
        self.say_changed(&before, &attempt, true);
        Ok(())
    }
}
