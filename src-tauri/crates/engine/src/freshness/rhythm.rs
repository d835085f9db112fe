//! What the loops share: when we woke, what is on screen, and when each company is next to be looked into.

use crate::freshness::due::Screen;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OnceCell, watch};

/// A second waking this soon after one is the same: all loops notice it.
const SAME_WAKING_MS: i64 = 60_000;

/// Never by itself.
const NEVER: i64 = i64::MAX;

/// Shared by the loops that keep data fresh.
pub(crate) struct Rhythm {
    woke: AtomicI64,
    pub(super) screen: watch::Sender<Screen>,
    /// A moment before which a company need not be looked into. Looking again is cheap and finds the true one.
    plan: Mutex<HashMap<String, i64>>,
    has_new: AtomicBool,
    /// What every company's place among all follows from.
    pub(super) seed: OnceCell<String>,
    pub(super) bell: Notify,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            woke: AtomicI64::new(0),
            screen: watch::Sender::new(Screen::default()),
            plan: Mutex::default(),
            has_new: AtomicBool::new(true),
            seed: OnceCell::new(),
            bell: Notify::new(),
        }
    }
}

impl Rhythm {
    fn plan(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when we have been able to act.
    pub(super) fn woke(&self) -> i64 {
        self.woke.load(Ordering::SeqCst)
    }

    pub(super) fn wake(&self, now: i64) {
        if (now - self.woke()).abs() > SAME_WAKING_MS {
            self.woke.store(now, Ordering::SeqCst);
            self.bell.notify_one();
        }
    }

    /// There may be companies that no moment is known of.
    pub(super) fn expect_new(&self) {
        self.has_new.store(true, Ordering::SeqCst);
        self.bell.notify_one();
    }

    pub(super) fn takes_new(&self) -> bool {
        self.has_new.swap(false, Ordering::SeqCst)
    }

    pub(super) fn plan_at(&self, company: &str, at: Option<i64>) {
        self.plan().insert(company.to_owned(), at.unwrap_or(NEVER));
    }

    pub(super) fn is_planned(&self, company: &str) -> bool {
        self.plan().contains_key(company)
    }

    /// Everything (or one company) is to be thought over.
    pub(crate) fn forget(&self, company: Option<&str>) {
        match company {
            Some(company) => drop(self.plan().remove(company)),
            None => self.plan().clear(),
        }
        self.expect_new();
    }

    /// Companies to be looked into by now, longest due first.
    pub(super) fn due(&self, now: i64) -> Vec<String> {
        let mut due: Vec<(i64, String)> =
            self.plan().iter().filter(|(_, at)| **at <= now).map(|(company, at)| (*at, company.clone())).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, company)| company).collect()
    }

    /// The next moment at which there is something to do.
    pub(super) fn next(&self) -> i64 {
        self.plan().values().copied().min().unwrap_or(NEVER)
    }

    /// The same for a person: nothing when there is none.
    pub(super) fn next_known(&self) -> Option<i64> {
        Some(self.next()).filter(|at| *at != NEVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_due_comes_first_and_what_is_never_due_never() {
        let rhythm = Rhythm::default();
        for (company, at) in [("a", Some(30)), ("b", Some(10)), ("c", None), ("d", Some(50))] {
            rhythm.plan_at(company, at);
        }
        assert_eq!((rhythm.due(40), rhythm.next()), (vec!["b".to_owned(), "a".to_owned()], 10));
        rhythm.forget(Some("b"));
        assert!(!rhythm.is_planned("b") && rhythm.is_planned("c") && rhythm.takes_new() && !rhythm.takes_new());
        rhythm.forget(None);
        assert_eq!(rhythm.next(), NEVER);
    }

    #[test]
    fn one_waking_noticed_by_all_loops_is_one() {
        let rhythm = Rhythm::default();
        rhythm.wake(1_000_000);
        rhythm.wake(1_005_000);
        assert_eq!(rhythm.woke(), 1_000_000);
        rhythm.wake(500_000);
        assert_eq!(rhythm.woke(), 500_000, "a clock that was turned back is a waking too");
    }
}
