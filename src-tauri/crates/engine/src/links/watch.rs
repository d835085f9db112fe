//! The wait: one task an attempt asks Codat by the ladder, sooner when the bell rings, and stops by itself. What an answer means is `answers`;
//! several that wait are asked about `together`.
//!
//! When to ask next is kept in the database, so that a restart asks at once what fell due meanwhile.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::Testing;
use crate::links::change::{event, passes, problem_of, set_problem, set_stage, stage};
use crate::links::together::{Together, in_step};
use crate::ports::SourceError;
use crate::view::{AttemptStage, AttemptView};
use say::say;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Attempt, Event, OpState};
use tokio::sync::Notify;

/// A question that was answered this shortly before is not asked again.
const JUST_ASKED_MS: i64 = 1_000;

/// Between two tries of the last look.
const LAST_LOOK_AGAIN_MS: i64 = 60_000;

/// Tasks that wait, by attempt.
#[derive(Default)]
pub(crate) struct Watchers {
    bells: Mutex<HashMap<String, Arc<Notify>>>,
    /// One beginning at a time: two drafts of one case must find each other.
    pub(crate) beginning: tokio::sync::Mutex<()>,
    /// One change of an attempt at a time.
    pub(crate) changing: Arc<Mutex<()>>,
    /// One question about a company at a time.
    asking: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Those questions that are asked with others.
    pub(crate) together: Together,
    /// A doorbell that is being tested.
    pub(crate) testing: Testing,
    /// The loopback page.
    pub(crate) page: crate::links::loopback::Page,
}

impl Watchers {
    fn bells(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Notify>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Attempts that are taken care of right now.
    pub(super) fn count(&self) -> usize {
        self.bells().len()
    }

    /// The turn of a company; whoever holds it asks.
    fn turn(&self, company: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        asking.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(asking.entry(company.to_owned()).or_default())
    }
}

impl Engine {
    /// After a restart: every open attempt goes on where it was. What stood still for a key or a limit is tried again; what Codat refused is not.
    pub(crate) async fn take_up_links(&self) -> Result<()> {
        for attempt in self.store(store::Store::open_attempts).await? {
            match stage(&attempt) {
                AttemptStage::Blocked if !self.was_refused(&attempt).await? => {
                    self.change(&attempt.id, |attempt| {
                        set_stage(attempt, AttemptStage::Creating);
                        None
                    })
                    .await?;
                    self.go_on(&attempt.id);
                }
                AttemptStage::Blocked | AttemptStage::Parked => {}
                _ => self.go_on(&attempt.id),
            }
        }
        Ok(())
    }

    async fn was_refused(&self, attempt: &Attempt) -> Result<bool> {
        let ops = [attempt.company_op.clone(), attempt.connection_op.clone()];
        self.store(move |store| {
            for op in ops.into_iter().flatten() {
                if store.op(&op)?.is_some_and(|op| op.state == OpState::Failed) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// After the list of companies was read: an attempt that nobody asks about any more may have been linked meanwhile.
    pub(crate) async fn settle_attempts(&self) -> Result<()> {
        for attempt in self.store(store::Store::open_attempts).await? {
            let sleeps = matches!(stage(&attempt), AttemptStage::Parked | AttemptStage::NotLinked | AttemptStage::Ready);
            if sleeps && self.own_connection(&attempt).await?.is_some_and(|own| own.status == "Linked" && own.queued_at.is_none()) {
                self.check(&attempt.id).await?;
                self.go_on(&attempt.id);
            }
        }
        Ok(())
    }

    /// A source rang for a company: whoever waits for a link of it that is linked now asks at once.
    pub(crate) async fn hear_of_links(&self, company: &str) -> Result<()> {
        for attempt in self.store(store::Store::open_attempts).await? {
            let waits = attempt.company.as_deref() == Some(company) && is_asked_about(stage(&attempt));
            if waits && self.own_connection(&attempt).await?.is_some_and(|own| own.status == "Linked" && own.queued_at.is_none()) {
                self.go_on(&attempt.id);
            }
        }
        Ok(())
    }

    /// Makes sure that a task takes care of this attempt, and that its next question happens now.
    pub(crate) fn go_on(&self, id: &str) {
        let bell = Arc::new(Notify::new());
        {
            let mut bells = self.inner.watchers.bells();
            if let Some(bell) = bells.get(id) {
                bell.notify_one();
                return;
            }
            bells.insert(id.to_owned(), Arc::clone(&bell));
            self.inner.source.expect_links(bells.len());
        }
        let (engine, id) = (self.clone(), id.to_owned());
        self.spawn(async move {
            if let Err(error) = engine.watch(&id, &bell).await {
                tracing::warn!(attempt = %id, %error, "an attempt could not be followed");
                engine.stands_still(&id, error).await;
            }
            engine.no_longer_watched(&id);
            // Whoever rang while we were leaving found a task that no longer listened.
            if bell_rang(&bell).await {
                engine.go_on(&id);
            }
        });
    }

    fn no_longer_watched(&self, id: &str) {
        let mut bells = self.inner.watchers.bells();
        bells.remove(id);
        self.inner.source.expect_links(bells.len());
    }

    async fn watch(&self, id: &str, bell: &Notify) -> Result<()> {
        loop {
            let attempt = self.kept_attempt(id).await?;
            match stage(&attempt) {
                AttemptStage::Creating => {
                    self.create(id).await?;
                    continue;
                }
                AttemptStage::Reading => return self.read_and_settle(&attempt).await,
                AttemptStage::Waiting | AttemptStage::Returned | AttemptStage::NotLinked => {}
                AttemptStage::Blocked | AttemptStage::Ready | AttemptStage::Complete | AttemptStage::ReadFailed | AttemptStage::Parked => {
                    return Ok(());
                }
            }
            let now = self.now();
            let Some(pause) = next_pause(&attempt, now) else { return self.stop_asking(id).await };
            let due = now + in_step(pause, now, self.inner.watchers.count());
            self.change(id, move |attempt| {
                attempt.next_check = Some(due);
                None
            })
            .await?;
            // Keeping it may have taken a while.
            let left = u64::try_from(due - self.now()).unwrap_or(0);
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
                () = bell.notified() => {}
            }
            // The bell also rings when a person stopped the wait.
            if !is_asked_about(self.stage_of(id).await?) {
                continue;
            }
            match self.check(id).await {
                Ok(()) => {}
                // Said in the status line; the ladder goes on, and waits out a limit.
                Err(error) if passes(&error) => self.later(id, &error).await?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Codat cannot be asked now: a limit is waited out, and the last look is tried again every minute until there is an answer.
    async fn later(&self, id: &str, error: &Error) -> Result<()> {
        let now = self.now();
        let resumes = match error {
            Error::Source(SourceError::Limited(until)) => Some(*until),
            _ => None,
        };
        // That nobody takes the question is not for the status line: it is this case that waits.
        let waits = matches!(error, Error::Source(SourceError::Outbox(_))).then(|| problem_of(error));
        self.change(id, move |attempt| {
            if waits.is_some() {
                set_problem(attempt, waits.as_ref());
            }
            let is_last_look = attempt.until.is_some_and(|until| until <= now);
            attempt.next_check = resumes.or_else(|| is_last_look.then_some(now + LAST_LOOK_AGAIN_MS));
            None
        })
        .await?;
        Ok(())
    }

    /// It takes a person to go on; the attempt says so.
    async fn stands_still(&self, id: &str, error: Error) {
        let kept = self
            .change(id, move |attempt| {
                attempt.next_check = None;
                set_problem(attempt, Some(&problem_of(&error)));
                None
            })
            .await;
        if let Err(error) = kept {
            tracing::warn!(attempt = %id, %error, "that could not be kept");
        }
    }

    /// The ladder has ended. What waited is parked; a failure stays what it is.
    async fn stop_asking(&self, id: &str) -> Result<()> {
        let now = self.now();
        self.change(id, move |attempt| {
            attempt.next_check = None;
            if stage(attempt) == AttemptStage::NotLinked {
                return None;
            }
            set_stage(attempt, AttemptStage::Parked);
            Some(Event { outcome: Some("over".into()), ..event(attempt, "parked", now) })
        })
        .await?;
        Ok(())
    }

    /// Asks Codat once and acts on the answer. Never two at a time about one company; who waited for the other takes its answer.
    pub(crate) async fn check(&self, id: &str) -> Result<()> {
        let Some(company) = self.kept_attempt(id).await?.company else { return Ok(()) };
        let wanted_at = self.now();
        let turn = self.inner.watchers.turn(&company);
        let _one = turn.lock().await;
        let attempt = self.kept_attempt(id).await?;
        if attempt.last_check.is_some_and(|at| at > wanted_at) {
            return Ok(());
        }
        match self.ask_about(&company).await {
            Ok(told) => self.answered(&attempt, told, wanted_at).await,
            Err(SourceError::NotFound(_)) => self.gone(id).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Asks now, whatever the ladder says; a creation that stood still is tried again.
    ///
    /// # Errors
    /// When the attempt is not here or Codat cannot be asked.
    pub async fn check_now(&self, id: String) -> Result<AttemptView> {
        let now = self.now();
        let attempt = self.kept_attempt(&id).await?;
        if attempt.ended && attempt.connection.is_none() {
            return Err(Error::BadRequest(say!("This case was taken out of the queue. Begin it again as a new one.")));
        }
        let just_asked = attempt.last_check.is_some_and(|at| now - at < JUST_ASKED_MS);
        if attempt.connection.is_none() {
            self.change(&id, |attempt| {
                set_stage(attempt, AttemptStage::Creating);
                set_problem(attempt, None);
                None
            })
            .await?;
        } else if !just_asked {
            if stage(&attempt) == AttemptStage::Parked {
                self.change(&id, move |attempt| {
                    set_stage(attempt, AttemptStage::Waiting);
                    attempt.until = Some(domain::ladder::waits_until(now));
                    None
                })
                .await?;
            }
            self.check(&id).await?;
        }
        self.go_on(&id);
        self.attempt(id).await
    }

    /// Stops asking by ourselves. The case stays and can be gone on with.
    ///
    /// # Errors
    /// When the attempt is not here.
    pub async fn park_attempt(&self, id: String) -> Result<AttemptView> {
        let now = self.now();
        self.change(&id, move |attempt| {
            let can_wait = !matches!(
                stage(attempt),
                AttemptStage::Creating | AttemptStage::Reading | AttemptStage::Complete | AttemptStage::ReadFailed | AttemptStage::Parked
            );
            can_wait.then(|| {
                set_stage(attempt, AttemptStage::Parked);
                attempt.next_check = None;
                event(attempt, "parked", now)
            })
        })
        .await?;
        self.go_on(&id);
        self.attempt(id).await
    }
}

fn is_asked_about(stage: AttemptStage) -> bool {
    matches!(stage, AttemptStage::Waiting | AttemptStage::Returned | AttemptStage::NotLinked)
}

/// Whether a ring is still waiting to be heard.
async fn bell_rang(bell: &Notify) -> bool {
    tokio::select! {
        biased;
        () = bell.notified() => true,
        () = std::future::ready(()) => false,
    }
}

/// Milliseconds until the next question; `None` = we have asked long enough.
fn next_pause(attempt: &Attempt, now: i64) -> Option<i64> {
    let until = attempt.until?;
    let waited = now - domain::ladder::began(until);
    let ladder = match stage(attempt) {
        AttemptStage::Returned => domain::ladder::after_return(waited),
        // They may try again on the bank's page; that is not hurried.
        AttemptStage::NotLinked => domain::ladder::waiting_for_consent(waited).map(|pause| pause.max(15_000)),
        _ => domain::ladder::waiting_for_consent(waited),
    };
    let due = attempt.next_check.map(|at| (at - now).max(0));
    match ladder {
        // What was planned before a restart stays planned.
        Some(pause) => Some(due.map_or(pause, |due| if attempt.problem.is_none() { due.min(pause) } else { due })),
        // One last look, since we may have been away when the wait ended.
        None => attempt.last_check.is_none_or(|at| at < until).then_some(due.unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Stage;

    const NOW: i64 = 1_800_000_000_000;

    fn attempt(stage: AttemptStage, began_ago: i64) -> Attempt {
        Attempt { stage: Stage(stage).word(), until: Some(domain::ladder::waits_until(NOW - began_ago)), ..Attempt::default() }
    }

    #[test]
    fn the_ladder_begins_with_the_hand_over_and_anew_with_the_return() {
        assert_eq!(next_pause(&attempt(AttemptStage::Waiting, 0), NOW), Some(5_000));
        assert_eq!(next_pause(&attempt(AttemptStage::Waiting, 300_000), NOW), Some(15_000));
        assert_eq!(next_pause(&attempt(AttemptStage::Returned, 0), NOW), Some(1_000));
        assert_eq!(
            next_pause(&attempt(AttemptStage::NotLinked, 0), NOW),
            Some(15_000),
            "a failure is not asked about as if somebody waited"
        );
        let looked = Attempt { last_check: Some(NOW), ..attempt(AttemptStage::Waiting, 1_800_000) };
        assert_eq!(next_pause(&looked, NOW), None);
        assert_eq!(next_pause(&Attempt { until: None, ..looked }, NOW), None, "what is gone is not asked about");
    }

    #[test]
    fn a_restart_asks_at_once_what_fell_due_meanwhile() {
        let planned = |began_ago: i64, due: i64, last: Option<i64>| {
            let attempt =
                Attempt { next_check: Some(NOW + due), last_check: last.map(|ago| NOW - ago), ..attempt(AttemptStage::Waiting, began_ago) };
            next_pause(&attempt, NOW)
        };
        assert_eq!(planned(60_000, 3_000, Some(2_000)), Some(3_000), "restarted in between: the plan stands");
        assert_eq!(planned(600_000, -500_000, Some(560_000)), Some(0), "closed for a while: now");
        assert_eq!(planned(86_400_000, -86_000_000, Some(86_100_000)), Some(0), "closed over night: one last look");
        assert_eq!(planned(86_400_000, -86_000_000, Some(1_000)), None, "that was the last look");
        assert_eq!(planned(86_400_000, 60_000, Some(86_100_000)), Some(60_000), "nobody answered at the last look");
        assert_eq!(
            next_pause(&attempt(AttemptStage::Waiting, 86_400_000), NOW),
            Some(0),
            "closed right after the hand-over, before anything was planned"
        );
    }
}
