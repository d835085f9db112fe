//! What the last requests said about the line to Codat. Pure: it is told the time.

use crate::view::Line;
use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row after which background work pauses.
pub(super) const PATIENCE: u32 = 5;
/// How long it pauses then.
pub(super) const BREAK: Duration = Duration::from_secs(30);
/// How long it pauses when something answers in Codat's place.
const PORTAL_BREAK: Duration = Duration::from_secs(60);

/// The line.
#[derive(Debug)]
pub(super) struct State {
    line: Line,
    pub(super) checked_at: Option<i64>,
    pub(super) is_key_refused: bool,
    failures: u32,
    rests_until: Option<Instant>,
}

impl Default for State {
    fn default() -> Self {
        Self { line: Line::Unknown, checked_at: None, is_key_refused: false, failures: 0, rests_until: None }
    }
}

impl State {
    /// How it is. A refused key stays so, whatever is still answered to what was under way.
    pub(super) fn line(&self) -> Line {
        if self.is_key_refused { Line::KeyRefused } else { self.line }
    }

    /// Codat answered.
    pub(super) fn answered(&mut self, wall: i64) {
        self.failures = 0;
        self.rests_until = None;
        self.checked_at = Some(wall);
        self.line = Line::Online;
    }

    /// It did not.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures += 1;
        self.line = Line::Offline;
        if self.failures >= PATIENCE {
            self.rests_until = Some(now + BREAK);
        }
    }

    /// Something else did.
    pub(super) fn portal(&mut self, now: Instant) {
        self.line = Line::Offline;
        self.rests_until = Some(now + PORTAL_BREAK);
    }

    /// The key is no good.
    pub(super) fn key_refused(&mut self, wall: i64) {
        self.is_key_refused = true;
        self.checked_at = Some(wall);
    }

    /// Nobody but a person may try.
    pub(super) fn rests(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| until > now)
    }

    /// One may try after a rest, the others wait for how it ends.
    pub(super) fn is_on_trial(&self) -> bool {
        self.rests_until.is_some()
    }
}
