//! Sends under the budget and does what `codat::retry` decides. The only loop around a request.

use super::CodatSource;
use crate::budget::{Outcome, Refused, Urgency};
use crate::ports::{Sent, SourceError, Told};
use codat::endpoint::Endpoint;
use codat::retry::{Next, Patience, Pause, UNSAID_WAIT, decide, spread};
use codat::{Absence, Error, Refusal};
use std::time::Duration;

/// How often a named pause is sat out before the task is freed.
const PAUSES: u32 = 20;
/// A pause of nothing would be a storm.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// There is nothing, or not yet; the refusal says it in Codat's words.
    Absent(Absence, SourceError),
    /// Anything else.
    Error(SourceError),
}

impl From<Failed> for SourceError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Absent(_, error) | Failed::Error(error) => error,
        }
    }
}

impl CodatSource {
    /// Asks until there is an answer, or nothing more is to be hoped for.
    pub(super) async fn ask<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<E::Output, Failed> {
        let urgency = crate::calm::as_asked(urgency);
        let patience = match urgency {
            Urgency::Person => Patience::Person,
            Urgency::Background => Patience::Background,
        };
        let (mut attempt, mut pauses) = (1, 0);
        loop {
            let error = match self.once(endpoint, urgency).await.map_err(|refused| Failed::Error(in_words(refused)))? {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            match decide(endpoint.kind(), &error, attempt, patience) {
                Next::Retry(Pause { least, within }) => {
                    if !self.budget.may_repeat() {
                        return Err(Failed::Error(tell(&error)));
                    }
                    attempt += 1;
                    tokio::time::sleep(least + random_part(within)).await;
                }
                Next::Wait(_) => {
                    pauses += 1;
                    if pauses > PAUSES {
                        return Err(Failed::Error(SourceError::Limited(self.budget.paused_until().unwrap_or_else(|| self.budget.now()))));
                    }
                }
                Next::Absent(absence) => return Err(Failed::Absent(absence, tell(&error))),
                Next::Done | Next::Unknown | Next::KeyInFlight(_) | Next::StopProfile | Next::Stop | Next::Portal | Next::GiveUp => {
                    return Err(Failed::Error(tell(&error)));
                }
            }
        }
    }

    /// Sends a creation once and says what is known of its effect.
    pub(super) async fn send_once<E: Endpoint>(&self, endpoint: &E) -> Sent<E::Output> {
        let error = match self.once(endpoint, crate::calm::as_asked(Urgency::Person)).await {
            Err(Refused::Until(until)) => return Sent::Again(self.until(until)),
            Err(refused) => return Sent::Refused(in_words(refused)),
            Ok(Ok(output)) => return Sent::Made(output),
            Ok(Err(error)) => error,
        };
        match decide(endpoint.kind(), &error, 1, Patience::Person) {
            Next::Retry(Pause { least, within }) => Sent::Again(least + random_part(within)),
            Next::Wait(wait) => Sent::Again(self.budget.paused_until().map_or(wait, |until| self.until(until))),
            Next::KeyInFlight(_) => Sent::InFlight,
            Next::Unknown => Sent::Unknown(word(&error)),
            Next::Done | Next::Absent(_) | Next::StopProfile | Next::Stop | Next::Portal | Next::GiveUp => Sent::Refused(tell(&error)),
        }
    }

    async fn once<E: Endpoint>(&self, endpoint: &E, urgency: Urgency) -> Result<Result<E::Output, Error>, Refused> {
        let permit = self.budget.enter(urgency, endpoint.template()).await?;
        let result = self.client.send(endpoint).await;
        permit.end(outcome(&result)).await;
        Ok(result.map(|answer| answer.value))
    }

    fn until(&self, until: i64) -> Duration {
        Duration::from_millis(u64::try_from(until - self.budget.now()).unwrap_or(0))
    }
}

/// The same, of another type: it was not made.
pub(super) fn not_made<T, U>(sent: Sent<T>) -> Sent<U> {
    match sent {
        Sent::Made(_) | Sent::Found { .. } => Sent::Unknown("none"),
        Sent::Held(error, wait) => Sent::Held(error, wait),
        Sent::Again(wait) => Sent::Again(wait),
        Sent::InFlight => Sent::InFlight,
        Sent::Unknown(word) => Sent::Unknown(word),
        Sent::Refused(error) => Sent::Refused(error),
    }
}

/// What the budget makes of it. Named waits are made a little longer: every waiter of an office would return in the same second otherwise.
fn outcome<T>(result: &Result<T, Error>) -> Outcome {
    let refusal = match result {
        Ok(_) | Err(Error::Unreadable { .. } | Error::TooLarge(_) | Error::Address(_)) => return Outcome::Answered,
        Err(Error::NotSent | Error::Lost | Error::Untrusted) => return Outcome::LineFailed,
        Err(Error::CaptivePortal | Error::Redirect) => return Outcome::Portal,
        Err(Error::Refused(refusal)) => refusal,
    };
    let longer = |wait: Duration| wait.max(SHORTEST_PAUSE) + random_part(spread(wait));
    match (refusal.status.as_u16(), refusal.rate.retry_after) {
        (401, _) => Outcome::KeyRefused,
        (429, wait) => Outcome::Limited(longer(wait.unwrap_or(UNSAID_WAIT))),
        (511, _) => Outcome::Portal,
        (503, Some(wait)) => Outcome::Away(longer(wait)),
        (500.., _) => Outcome::Failed,
        _ => Outcome::Answered,
    }
}

fn in_words(refused: Refused) -> SourceError {
    match refused {
        Refused::Until(until) => SourceError::Limited(until),
        Refused::LineDown => SourceError::Offline,
        Refused::NoKey => SourceError::KeyRefused(Told { message: "Unauthorized".into(), correlation_id: None }),
    }
}

/// One word for the outbox: whether Codat answered at all decides whether the same key is of any use.
fn word(error: &Error) -> &'static str {
    match error {
        Error::Refused(refusal) if refusal.status.as_u16() == 408 => "408",
        Error::Refused(_) => "5xx",
        Error::CaptivePortal => "portal",
        Error::Unreadable { .. } | Error::TooLarge(_) => "unreadable",
        Error::NotSent | Error::Untrusted | Error::Lost | Error::Redirect | Error::Address(_) => "none",
    }
}

pub(super) fn tell(error: &Error) -> SourceError {
    match error {
        Error::NotSent => SourceError::Offline,
        Error::Untrusted => SourceError::Untrusted,
        Error::Lost => SourceError::Lost,
        Error::CaptivePortal | Error::Redirect => SourceError::CaptivePortal,
        Error::TooLarge(_) => SourceError::TooLarge,
        Error::Unreadable { what, why } => SourceError::Unreadable(format!("{what}: {why}")),
        Error::Address(why) => SourceError::Refused(Told { message: why.clone(), correlation_id: None }),
        Error::Refused(refusal) => refused(refusal),
    }
}

fn refused(refusal: &Refusal) -> SourceError {
    let mut message = domain::display::shown(&refusal.message);
    for item in refusal.validation.iter().filter(|item| **item != refusal.message) {
        message = format!("{message} {}", domain::display::shown(item));
    }
    let told = Told { message, correlation_id: refusal.correlation_id.clone() };
    match refusal.status.as_u16() {
        401 => SourceError::KeyRefused(told),
        402 => SourceError::PlanLimit(told),
        403 => SourceError::Forbidden(told),
        404 => SourceError::NotFound(told),
        511 => SourceError::CaptivePortal,
        408 | 500..=599 => SourceError::Down(told),
        _ => SourceError::Refused(told),
    }
}

fn random_part(within: Duration) -> Duration {
    let ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(rand::random_range(0..=ms))
}
