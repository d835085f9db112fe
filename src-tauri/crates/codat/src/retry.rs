//! What to do after an attempt. A pure table: no clock, no randomness, no I/O.

use crate::error::{Absence, Error};
use std::time::Duration;

/// What kind of request it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// GET or PUT: sending it again does no harm.
    Repeatable,
    /// POST or PATCH with an idempotency key: a lost answer leaves the outcome unknown.
    Create,
    /// DELETE: gone is done.
    Delete,
}

/// Who waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// A person: three attempts.
    Person,
    /// Nobody: five attempts, then the job is parked.
    Background,
}

impl Patience {
    fn attempts(self) -> u32 {
        match self {
            Self::Person => 3,
            Self::Background => 5,
        }
    }
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The wished state stands already.
    Done,
    /// Send the same again after a random part of this, with the same idempotency key where there is one.
    Retry {
        /// Upper bound of the random wait.
        within: Duration,
    },
    /// Codat said when: wait this long (plus a little jitter), then the same again. Does not count as an attempt.
    Wait(Duration),
    /// Nobody knows whether it took effect: look before any new key.
    Unknown,
    /// A normal outcome of a read: there is nothing, or not yet.
    Absent(Absence),
    /// The key in flight elsewhere: ask again with the same key.
    KeyInFlight,
    /// Every request of this key is pointless until a person acts.
    StopProfile,
    /// This request is pointless until something changes.
    Stop,
    /// Something answers in Codat's place: pause all, probe once a minute.
    Portal,
    /// Attempts are used up.
    GiveUp,
}

/// 429 without a usable `Retry-After`.
const UNSAID_WAIT: Duration = Duration::from_secs(60);

/// Decides after attempt number `attempt` (from 1) of `kind` ended with `error`.
#[must_use]
pub fn decide(kind: Kind, error: &Error, attempt: u32, patience: Patience) -> Next {
    match error {
        Error::NotSent => retry(attempt, patience, TRANSIENT),
        Error::Untrusted | Error::Redirect | Error::Address(_) => Next::Stop,
        Error::Lost => unless_created(kind, retry(attempt, patience, TRANSIENT)),
        Error::CaptivePortal => unless_created(kind, Next::Portal),
        Error::TooLarge(_) | Error::Unreadable { .. } => unless_created(kind, Next::Stop),
        Error::Refused(refusal) => match (refusal.status.as_u16(), &refusal.absence) {
            (_, Some(running @ Absence::AlreadyInProgress(_))) => Next::Absent(running.clone()),
            (401, _) => Next::StopProfile,
            (404, _) if kind == Kind::Delete => Next::Done,
            (404, Some(absence)) if kind == Kind::Repeatable => Next::Absent(absence.clone()),
            (408, _) => unless_created(kind, retry(attempt, patience, TRANSIENT)),
            (409, _) if kind == Kind::Create => Next::KeyInFlight,
            (409, Some(absence)) if kind == Kind::Repeatable => Next::Absent(absence.clone()),
            (429, _) => Next::Wait(refusal.rate.retry_after.unwrap_or(UNSAID_WAIT)),
            (511, _) => unless_created(kind, Next::Portal),
            (500 | 502 | 503 | 504, _) if kind == Kind::Create => Next::Unknown,
            (503, _) if refusal.rate.retry_after.is_some() => Next::Wait(refusal.rate.retry_after.unwrap_or(UNSAID_WAIT)),
            (500 | 502 | 503 | 504, _) => retry(attempt, patience, TRANSIENT),
            _ => Next::Stop,
        },
    }
}

const TRANSIENT: Duration = Duration::from_millis(500);
const CAP: Duration = Duration::from_secs(60);

fn retry(attempt: u32, patience: Patience, base: Duration) -> Next {
    if attempt >= patience.attempts() {
        return Next::GiveUp;
    }
    Next::Retry { within: base.saturating_mul(1 << attempt.min(16)).min(CAP) }
}

fn unless_created(kind: Kind, otherwise: Next) -> Next {
    if kind == Kind::Create { Next::Unknown } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;
    use crate::rate::RateInfo;
    use proptest::prelude::*;
    use reqwest::StatusCode;

    fn refused(status: u16, text: &str, retry_after: Option<u64>) -> Error {
        let rate = RateInfo { retry_after: retry_after.map(Duration::from_secs), ..RateInfo::default() };
        let body = serde_json::json!({ "error": text }).to_string();
        Box::new(Refusal::read(StatusCode::from_u16(status).expect("status"), body.as_bytes(), rate)).into()
    }

    fn next(kind: Kind, error: &Error) -> Next {
        decide(kind, error, 1, Patience::Person)
    }

    #[test]
    fn a_creation_whose_answer_was_lost_is_never_repeated_blindly() {
        for error in [
            Error::Lost,
            Error::CaptivePortal,
            refused(408, "", None),
            refused(500, "", None),
            refused(503, "", Some(3)),
            refused(511, "", None),
        ] {
            assert_eq!(next(Kind::Create, &error), Next::Unknown, "{error}");
        }
        assert!(matches!(next(Kind::Create, &Error::NotSent), Next::Retry { .. }), "it never left, so the same may be sent again");
    }

    #[test]
    fn reads_are_repeated_and_absence_is_no_error() {
        for error in [Error::NotSent, Error::Lost, refused(500, "", None), refused(502, "", None), refused(408, "", None)] {
            assert!(matches!(next(Kind::Repeatable, &error), Next::Retry { .. }), "{error}");
        }
        assert_eq!(next(Kind::Repeatable, &refused(404, "No data available", None)), Next::Absent(Absence::NoData));
        assert_eq!(next(Kind::Repeatable, &refused(409, "not requested", None)), Next::Absent(Absence::NotYet));
        assert_eq!(next(Kind::Delete, &refused(404, "gone", None)), Next::Done, "deleted is deleted");
    }

    #[test]
    fn one_refused_key_stops_the_profile_and_a_quota_is_waited_for() {
        for kind in [Kind::Repeatable, Kind::Create, Kind::Delete] {
            assert_eq!(next(kind, &refused(401, "Unauthorized", None)), Next::StopProfile);
            assert_eq!(next(kind, &refused(429, "", Some(7))), Next::Wait(Duration::from_secs(7)));
            assert_eq!(next(kind, &refused(402, "limit", None)), Next::Stop);
            assert_eq!(next(kind, &refused(403, "", None)), Next::Stop);
            assert_eq!(next(kind, &refused(422, "", None)), Next::Stop);
        }
        assert_eq!(
            decide(Kind::Repeatable, &refused(429, "", Some(7)), 99, Patience::Person),
            Next::Wait(Duration::from_secs(7)),
            "waiting is no attempt"
        );
    }

    proptest! {
        #[test]
        fn waits_are_bounded_and_attempts_end(attempt in 0_u32..1000) {
            match decide(Kind::Repeatable, &Error::Lost, attempt, Patience::Background) {
                Next::Retry { within } => prop_assert!(within <= CAP && attempt < 5),
                next => prop_assert_eq!(next, Next::GiveUp),
            }
        }
    }
}
