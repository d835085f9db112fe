//! No question holds a screen up: a statement past its time is stopped, and so is one whose answer nobody waits for any more.

use crate::error::StoreProblem;
use rusqlite::{Connection, ErrorCode};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Steps of `SQLite`'s machine between two looks at the clock: a fraction of a millisecond.
const STEPS: i32 = 4_000;

/// Tells a question that its answer is not wanted any more, from any thread. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// The next keystroke has come.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Watches the statements of one connection.
pub(crate) struct Guard {
    watch: Arc<Watch>,
}

struct Watch {
    begun: Instant,
    /// Microseconds since `begun`; `u64::MAX`: no end.
    until: AtomicU64,
    stop: Mutex<Stop>,
}

impl Watch {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn stopped(&self) -> bool {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).is_stopped()
    }
}

impl Guard {
    pub(crate) fn new(conn: &mut Connection) -> rusqlite::Result<Self> {
        let watch = Arc::new(Watch { begun: Instant::now(), until: AtomicU64::new(u64::MAX), stop: Mutex::default() });
        let watched = Arc::clone(&watch);
        conn.progress_handler(STEPS, Some(move || watched.now() > watched.until.load(Ordering::Relaxed) || watched.stopped()))?;
        Ok(Self { watch })
    }

    /// What runs until the next call may take this long.
    pub(crate) fn allow(&self, time: Option<Duration>, stop: &Stop) {
        let until = time.map_or(u64::MAX, |time| self.watch.now().saturating_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX)));
        self.watch.until.store(until, Ordering::Relaxed);
        *self.watch.stop.lock().unwrap_or_else(PoisonError::into_inner) = stop.clone();
    }

    /// Why a statement was broken off.
    pub(crate) fn why(&self, error: &rusqlite::Error) -> Option<StoreProblem> {
        let broken_off = error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted);
        broken_off.then(|| if self.watch.stopped() { StoreProblem::Stopped } else { StoreProblem::TooSlow })
    }
}
