//! Reading and changing attempts. A change reads what stands, changes it and keeps it as one step, so that two tasks never undo each other.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::Stage;
use crate::view::{AttemptStage, Problem, Topic};
use std::sync::PoisonError;
use store::{Attempt, Event, StoreProblem};

/// The kind of the line of history that ends an attempt.
pub(crate) const ENDED: &str = "ended";

impl Engine {
    /// An attempt as it stands.
    pub(crate) async fn kept_attempt(&self, id: &str) -> Result<Attempt> {
        let id = id.to_owned();
        self.store(move |store| store.attempt(&id)).await?.ok_or(Error::NotFound("attempt"))
    }

    /// Changes an attempt, with a line of history when there is one, and says so once it is kept. Returns it as it then stands.
    pub(crate) async fn change(&self, id: &str, body: impl FnOnce(&mut Attempt) -> Option<Event> + Send + 'static) -> Result<Attempt> {
        let (id, changing) = (id.to_owned(), std::sync::Arc::clone(&self.inner.watchers.changing));
        let changed = self
            .store(move |store| {
                let _one = changing.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(before) = store.attempt(&id)? else { return Ok(None) };
                let mut attempt = before.clone();
                let event = body(&mut attempt);
                if event.is_some() || attempt != before {
                    store.keep_attempt(&attempt, event.as_ref())?;
                }
                Ok(Some((before, attempt, event.map(|event| event.kind))))
            })
            .await?;
        let (before, attempt, event) = changed.ok_or(Error::NotFound("attempt"))?;
        if event.as_deref() == Some(ENDED) {
            // It is experience with a bank now.
            self.forget_picker();
        }
        self.say_changed(&before, &attempt, event.is_some());
        Ok(attempt)
    }

    pub(super) fn say_changed(&self, before: &Attempt, after: &Attempt, is_event: bool) {
        if !is_event && before == after {
            return;
        }
        let shows_elsewhere = is_event || before.stage != after.stage || before.problem != after.problem || before.ended != after.ended;
        let mut topics = vec![Topic::Attempt(after.id.clone())];
        if shows_elsewhere {
            topics.extend([Topic::Status, Topic::Companies]);
            topics.extend(after.company.clone().map(Topic::Company));
        }
        self.stale(topics);
    }

    /// The stage of an attempt.
    pub(crate) async fn stage_of(&self, id: &str) -> Result<AttemptStage> {
        Ok(stage(&self.kept_attempt(id).await?))
    }
}

pub(crate) fn stage(attempt: &Attempt) -> AttemptStage {
    Stage::read(&attempt.stage).0
}

pub(crate) fn set_stage(attempt: &mut Attempt, stage: AttemptStage) {
    attempt.stage = Stage(stage).word();
}

pub(crate) fn set_problem(attempt: &mut Attempt, problem: Option<&Problem>) {
    attempt.problem = problem.and_then(|problem| serde_json::to_string(problem).ok());
}

/// A problem as it was kept, which is in English, in the words of the window.
pub(crate) fn kept_problem(text: &str) -> Option<Problem> {
    let Problem { side, what, done, say, correlation_id } = serde_json::from_str(text).ok()?;
    let again = |text: String| say::again(&text);
    Some(Problem { side, what: again(what), done: done.map(again), say: say.map(again), correlation_id })
}

/// A line of history about an attempt.
pub(crate) fn event(attempt: &Attempt, kind: &str, at: i64) -> Event {
    Event {
        at,
        company: attempt.company.clone(),
        connection: attempt.connection.clone(),
        attempt: Some(attempt.id.clone()),
        bank_key: Some(attempt.bank_key.clone()),
        kind: kind.to_owned(),
        ..Event::default()
    }
}

/// An error as a problem that is kept: whose side, what happened, what Codat said.
pub(crate) fn problem_of(error: &Error) -> Problem {
    say::plainly(|| told_problem(error))
}

fn told_problem(error: &Error) -> Problem {
    let wire = error.wire(String::new());
    let codats_words = match error {
        Error::Source(_) => wire.detail.map(|detail| say::say!("Codat said: {text}", text = domain::display::shown(&detail))),
        _ => None,
    };
    Problem { side: wire.side, what: wire.message, done: codats_words, say: None, correlation_id: wire.correlation_id }
}

/// Whether a background task may go on by itself after this error: the next try may well work.
pub(crate) fn passes(error: &Error) -> bool {
    use crate::ports::SourceError as S;
    match error {
        Error::Source(
            S::Offline | S::Lost | S::Down(_) | S::CaptivePortal | S::Limited(_) | S::Unreadable(_) | S::TooLarge | S::Outbox(_),
        ) => true,
        Error::Source(S::Team(error)) => error.is_passing(),
        Error::Store(error) => matches!(error.problem, StoreProblem::Busy | StoreProblem::Disk(_)),
        _ => false,
    }
}
