//! `Idempotency-Key`: what was answered under a key is answered again for 90 minutes, whatever it was, except a 429.

use jiff::Timestamp;
use std::collections::HashMap;

const MEMORY_SECONDS: i64 = 90 * 60;

/// A hash of method, path and body.
pub(crate) type Fingerprint = [u8; 32];

/// The keys in memory.
#[derive(Debug)]
pub(crate) struct Keys<A> {
    kept: HashMap<String, Kept<A>>,
}

impl<A> Default for Keys<A> {
    fn default() -> Self {
        Self { kept: HashMap::new() }
    }
}

#[derive(Debug)]
struct Kept<A> {
    request: Fingerprint,
    at: Timestamp,
    /// None while the first request still runs.
    answer: Option<A>,
}

/// What a key means for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim<A> {
    /// It is the first; the key is now in flight.
    First,
    /// It was answered before.
    Replay(A),
    /// The first request still runs.
    InFlight,
    /// The key belongs to another request.
    OtherRequest,
}

impl<A: Clone> Keys<A> {
    pub(crate) fn claim(&mut self, key: &str, request: Fingerprint, now: Timestamp) -> Claim<A> {
        let old = |kept: &Kept<A>| now.duration_since(kept.at).as_secs() >= MEMORY_SECONDS;
        if self.kept.len() > 4096 {
            self.kept.retain(|_, kept| !old(kept));
        }
        match self.kept.get(key) {
            Some(kept) if !old(kept) => match &kept.answer {
                _ if kept.request != request => Claim::OtherRequest,
                Some(answer) => Claim::Replay(answer.clone()),
                None => Claim::InFlight,
            },
            _ => {
                self.kept.insert(key.to_owned(), Kept { request, at: now, answer: None });
                Claim::First
            }
        }
    }

    /// The first request is answered: from now on the key replays it.
    pub(crate) fn answered(&mut self, key: &str, answer: A) {
        if let Some(kept) = self.kept.get_mut(key) {
            kept.answer = Some(answer);
        }
    }

    /// What is in memory, for the state file.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&str, &Fingerprint, Timestamp, Option<&A>)> {
        self.kept.iter().map(|(key, kept)| (key.as_str(), &kept.request, kept.at, kept.answer.as_ref()))
    }

    /// Puts back what was in memory before a restart. A request that was cut off by it stays in flight until it is forgotten.
    pub(crate) fn restore(&mut self, key: String, request: Fingerprint, at: Timestamp, answer: Option<A>) {
        self.kept.insert(key, Kept { request, at, answer });
    }

    /// The key may be used anew.
    pub(crate) fn release(&mut self, key: &str) {
        self.kept.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_runs_once_and_is_remembered_for_ninety_minutes() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).expect("a moment");
        let (one, other) = ([1; 32], [2; 32]);
        let mut keys: Keys<u16> = Keys::default();
        assert_eq!(keys.claim("k", one, at(0)), Claim::First);
        assert_eq!(keys.claim("k", one, at(0)), Claim::InFlight);
        assert_eq!(keys.claim("k", other, at(0)), Claim::OtherRequest, "another body is told apart even in flight");
        keys.answered("k", 500);
        assert_eq!(keys.claim("k", one, at(89)), Claim::Replay(500), "a 5xx is replayed like any other answer");
        assert_eq!(keys.claim("k", one, at(90)), Claim::First, "after 90 minutes the key is forgotten");
        keys.release("k");
        assert_eq!(keys.claim("k", other, at(90)), Claim::First, "a released key is free for any request");
    }
}
