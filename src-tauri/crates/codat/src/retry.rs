//! What to do after an attempt. A pure table: no clock, no randomness, no I/O.

use crate::error::{Absence, Error};
use std::time::Duration;

/// What kind of request it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// GET or PUT, and a POST that does no harm twice: it may be sent again.
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
    /// How often it may be sent in all.
    #[must_use]
    pub fn attempts(self) -> u32 {
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
    /// Send the same again, with the same idempotency key where there is one.
    Retry(Pause),
    /// Codat's quota: wait this long and a little more, then the same again with the same key. Does not count as an attempt.
    Wait(Duration),
    /// Nobody knows whether it took effect: look before any new key.
    Unknown,
    /// A normal outcome of a read: there is nothing, or not yet.
    Absent(Absence),
    /// The same key is being worked on: ask again with it after this long.
    KeyInFlight(Duration),
    /// Every request of this key is pointless until a person acts.
    StopProfile,
    /// This request is pointless until something changes.
    Stop,
    /// Something answers in Codat's place: pause all, probe once a minute.
    Portal,
    /// Attempts are used up.
    GiveUp,
}

/// How long to wait: never less than `least`, plus a random part of `within`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// What the server asked for.
    pub least: Duration,
    /// Upper bound of the random part.
    pub within: Duration,
}

/// 429 without a usable `Retry-After`.
pub const UNSAID_WAIT: Duration = Duration::from_secs(60);
/// How soon to ask about a key in flight.
const IN_FLIGHT: Duration = Duration::from_secs(3);
const TRANSIENT: Duration = Duration::from_millis(500);
const CAP: Duration = Duration::from_secs(60);

/// Decides after attempt number `attempt` (from 1) of a request of this `kind` ended with `error`.
#[must_use]
pub fn decide(kind: Kind, error: &Error, attempt: u32, patience: Patience) -> Next {
    let refusal = match error {
        Error::NotSent => return again(attempt, patience, Duration::ZERO),
        // A redirect was answered instead of done: nothing of ours took effect, and it is never followed.
        Error::Untrusted | Error::Address(_) | Error::Redirect => return Next::Stop,
        Error::Lost => return unless_created(kind, again(attempt, patience, Duration::ZERO)),
        Error::CaptivePortal => return unless_created(kind, Next::Portal),
        Error::TooLarge(_) | Error::Unreadable { .. } => return unless_created(kind, Next::Stop),
        Error::Refused(refusal) => refusal,
    };
    let asked = refusal.rate.retry_after;
    match (refusal.status.as_u16(), kind, &refusal.absence) {
        (_, Kind::Repeatable, Some(absence)) => Next::Absent(absence.clone()),
        (401, ..) => Next::StopProfile,
        (404, Kind::Delete, _) => Next::Done,
        (408, ..) => unless_created(kind, again(attempt, patience, Duration::ZERO)),
        (409, Kind::Create, _) => Next::KeyInFlight(IN_FLIGHT),
        (429, ..) => Next::Wait(asked.unwrap_or(UNSAID_WAIT)),
        (511, ..) => unless_created(kind, Next::Portal),
        // The answer is kept under the key for 90 minutes: the same key would only bring it again.
        (500..=599, Kind::Create, _) => Next::Unknown,
        (500 | 502 | 503 | 504, ..) => again(attempt, patience, asked.unwrap_or_default()),
        _ => Next::Stop,
    }
}

/// How much longer than told to wait for a quota, at most: every waiter of an office would return in the same second otherwise.
#[must_use]
pub fn spread(wait: Duration) -> Duration {
    (wait / 10).min(Duration::from_secs(30))
}

fn again(attempt: u32, patience: Patience, least: Duration) -> Next {
    if attempt >= patience.attempts() {
        return Next::GiveUp;
    }
    let doubled = TRANSIENT.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    Next::Retry(Pause { least, within: doubled.min(CAP) })
}

fn unless_created(kind: Kind, otherwise: Next) -> Next {
    if kind == Kind::Create { Next::Unknown } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Refusal, StatusCode};
    use crate::rate::RateInfo;
    use proptest::prelude::*;

    const KINDS: [Kind; 3] = [Kind::Repeatable, Kind::Create, Kind::Delete];

    fn refused(status: u16, text: &str, retry_after: Option<u64>) -> Error {
        let rate = RateInfo { retry_after: retry_after.map(Duration::from_secs), ..RateInfo::default() };
        let body = serde_json::json!({ "error": text }).to_string();
        Box::new(Refusal::read(StatusCode::from_u16(status).expect("status"), body.as_bytes(), rate)).into()
    }

    fn next(kind: Kind, error: &Error) -> Next {
        decide(kind, error, 1, Patience::Person)
    }

    fn unreadable() -> Error {
        Error::Unreadable { what: "a company", why: "x".into() }
    }

    #[test]
    fn c9_a_creation_whose_answer_was_lost_is_never_repeated_blindly() {
        let lost = [Error::Lost, Error::CaptivePortal, Error::TooLarge(1), unreadable(), refused(408, "", None)];
        let replayed = [500, 501, 502, 503, 504, 511, 520].map(|status| refused(status, "", Some(3)));
        for error in lost.into_iter().chain(replayed) {
            assert_eq!(next(Kind::Create, &error), Next::Unknown, "{error}");
        }
        assert!(matches!(next(Kind::Create, &Error::NotSent), Next::Retry(_)), "it never left, so the same may be sent again");
        assert!(matches!(next(Kind::Create, &refused(409, "", None)), Next::KeyInFlight(_)), "the first one is still at work");
    }

    #[test]
    fn c8_reads_and_deletions_are_repeated_after_what_passes() {
        for kind in [Kind::Repeatable, Kind::Delete] {
            for error in [
                Error::NotSent,
                Error::Lost,
                refused(500, "", None),
                refused(502, "", None),
                refused(504, "", None),
                refused(408, "", None),
            ] {
                assert!(matches!(next(kind, &error), Next::Retry(Pause { least: Duration::ZERO, .. })), "{error}");
            }
            let asked = next(kind, &refused(503, "", Some(9)));
            assert!(
                matches!(asked, Next::Retry(Pause { least, .. }) if least == Duration::from_secs(9)),
                "maintenance named its end: {asked:?}"
            );
            assert_eq!(next(kind, &Error::CaptivePortal), Next::Portal);
            assert_eq!(next(kind, &refused(511, "", None)), Next::Portal);
        }
    }

    #[test]
    fn c32_absence_is_an_answer_and_no_error() {
        assert_eq!(next(Kind::Repeatable, &refused(404, "No data available", None)), Next::Absent(Absence::NoData));
        assert_eq!(next(Kind::Repeatable, &refused(404, "No company was found", None)), Next::Absent(Absence::Gone));
        assert_eq!(next(Kind::Repeatable, &refused(409, "not requested", None)), Next::Absent(Absence::NotYet));
        let running = refused(400, "DatasetAlreadyInProgressException: previous sync d1 is still in progress", None);
        assert_eq!(next(Kind::Repeatable, &running), Next::Absent(Absence::AlreadyInProgress(Some("d1".into()))), "c21");
        assert_eq!(next(Kind::Delete, &refused(404, "gone", None)), Next::Done, "deleted is deleted");
        assert_eq!(next(Kind::Delete, &refused(409, "", None)), Next::Stop);
        assert_eq!(next(Kind::Create, &refused(404, "No company was found", None)), Next::Stop);
    }

    #[test]
    fn c5_c6_one_refused_key_stops_the_profile_and_refusals_that_will_not_pass_are_not_repeated() {
        for kind in KINDS {
            assert_eq!(next(kind, &refused(401, "Unauthorized", None)), Next::StopProfile);
            for status in [400, 402, 403, 405, 413, 422, 451] {
                assert_eq!(next(kind, &refused(status, "no", None)), Next::Stop, "{status}");
            }
            for error in [Error::Untrusted, Error::Redirect, Error::Address("x".into())] {
                assert_eq!(next(kind, &error), Next::Stop, "{error}");
            }
        }
        assert_eq!(next(Kind::Repeatable, &unreadable()), Next::Stop, "the same answer would come again");
    }

    #[test]
    fn c7_a_quota_is_waited_for_and_waiting_is_no_attempt() {
        for kind in KINDS {
            for attempt in [1, 99] {
                let waited = decide(kind, &refused(429, "", Some(7)), attempt, Patience::Person);
                assert_eq!(waited, Next::Wait(Duration::from_secs(7)));
            }
        }
        assert_eq!(next(Kind::Repeatable, &refused(429, "", None)), Next::Wait(UNSAID_WAIT));
        assert_eq!(spread(Duration::from_secs(7)), Duration::from_millis(700));
        assert_eq!(spread(Duration::from_secs(36_000)), Duration::from_secs(30), "hours of waiting are not made days");
    }

    #[test]
    fn a_person_waits_for_three_attempts_and_nobody_for_five() {
        let tries =
            |patience| (1..).take_while(|attempt| decide(Kind::Repeatable, &Error::Lost, *attempt, patience) != Next::GiveUp).count() + 1;
        assert_eq!((tries(Patience::Person), tries(Patience::Background)), (3, 5));
    }

    fn any_error() -> impl Strategy<Value = Error> {
        prop_oneof![
            Just(0).prop_map(|_| Error::NotSent),
            Just(0).prop_map(|_| Error::Lost),
            Just(0).prop_map(|_| Error::CaptivePortal),
            Just(0).prop_map(|_| Error::TooLarge(9)),
            Just(0).prop_map(|_| unreadable()),
            (300_u16..600, proptest::option::of(0_u64..100_000), "[ -~]{0,40}")
                .prop_map(|(status, after, text)| refused(status, &text, after)),
        ]
    }

    proptest! {
        #[test]
        fn attempts_end_and_random_waits_are_bounded(error in any_error(), attempt in 0_u32..1000, kind in proptest::sample::select(&KINDS[..])) {
            let next = decide(kind, &error, attempt, Patience::Background);
            if let Next::Retry(pause) = next {
                prop_assert!(pause.within <= CAP && attempt < 5);
            }
        }

        #[test]
        fn a_creation_is_sent_again_only_when_it_never_left_or_under_the_same_key(error in any_error(), attempt in 1_u32..9) {
            match decide(Kind::Create, &error, attempt, Patience::Background) {
                Next::Retry(_) | Next::GiveUp => prop_assert!(matches!(error, Error::NotSent)),
                Next::Absent(_) | Next::Done => prop_assert!(false, "a creation is not a read"),
                Next::Wait(_) => prop_assert!(matches!(&error, Error::Refused(refusal) if refusal.status == 429)),
                Next::KeyInFlight(_) => prop_assert!(matches!(&error, Error::Refused(refusal) if refusal.status == 409)),
                Next::Unknown | Next::StopProfile | Next::Stop | Next::Portal => {}
            }
        }
    }
}
