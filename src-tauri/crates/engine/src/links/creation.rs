//! Company and connection of an attempt, made exactly once, however often that is interrupted. A creation's own steps are `making`, kept in `local`.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::causes;
use crate::links::change::{event, problem_of, set_problem, set_stage, stage};
use crate::links::local::Local;
use crate::links::making::{AGAIN_FROM_MS, By, Making, Step, Tries, Wanted, held_up};
use crate::place::turn_on;
use crate::ports::{CompanyTold, SourceError};
use crate::view::{AttemptStage, Problem, Side};
use say::say;
use std::time::Duration;
use store::Attempt;

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
                // Where a connection follows, the company is asked for with it.
                Step::Told(remote) if attempt.connection_op.is_none() => {
                    self.is_made(&attempt, remote, self.now(), None).await?;
                    continue;
                }
                Step::Done(remote) | Step::Told(remote) => self.take_up_made(&attempt, remote, None).await?,
                Step::Found(remote, by) => self.take_up_made(&attempt, remote, Some(by)).await?,
                step => Some(step),
            };
            let Some(step) = step else { continue };
            match step {
                Step::Done(_) | Step::Told(_) | Step::Found(..) => {}
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

    /// It exists; none when the attempt knows all about it, or what it has to wait for.
    async fn take_up_made(&self, attempt: &Attempt, remote: String, by: Option<By>) -> Result<Option<Step>> {
        match self.made(attempt, remote, by).await {
            Ok(()) => Ok(None),
            Err(Error::Source(error)) => Ok(Some(held_up(error, self.now()))),
            Err(error) => Err(error),
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
        let op = self
            .store(move |store| {
                store.release_leases(i64::MAX)?;
                store.op(&id)
            })
            .await?
            .ok_or_else(|| Error::Internal("a creation that is not kept".into()))?;
        let making = Making {
            source: self.inner.source.as_ref(),
            outbox: &Local { engine: self, attempt },
            clock: self.inner.ports.clock.as_ref(),
            entropy: self.inner.ports.entropy.as_ref(),
            wanted: Wanted { company: attempt.company.as_deref(), reference: attempt.reference.as_deref(), bank_key: &attempt.bank_key },
        };
        making.step(op, tries).await
    }

    /// It exists: what Codat tells about it is taken in, and the attempt knows its id.
    async fn made(&self, attempt: &Attempt, remote: String, by: Option<By>) -> Result<()> {
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
        self.is_made(attempt, remote, now, by).await
    }

    /// The attempt knows what was made.
    async fn is_made(&self, attempt: &Attempt, remote: String, now: i64, by: Option<By>) -> Result<()> {
        let is_company = attempt.company.is_none();
        let id = remote.clone();
        self.change(&attempt.id, move |attempt| {
            causes::clear(attempt);
            if is_company {
                attempt.company = Some(remote);
                let mut told = event(attempt, "company-made", now);
                if let Some(by) = by {
                    let note = causes::begun_by(&by.who, by.at);
                    told.detail = Some(note.what.clone());
                    set_problem(attempt, Some(&note));
                }
                return Some(told);
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
            causes::clear(attempt);
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
