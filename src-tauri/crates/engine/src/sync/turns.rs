//! Who follows which company, and who fetches which type of which connection: one at a time each, everybody else joins.

use crate::sync::Tally;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedMutexGuard, watch};

/// How following a company ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// All latest reads ended well and are here.
    pub(crate) good: bool,
    /// What was fetched on the way.
    pub(crate) tally: Tally,
}

/// Everybody's turns.
#[derive(Default)]
pub(crate) struct Turns {
    followers: Mutex<HashMap<String, Arc<Follower>>>,
    fetches: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

struct Follower {
    rung: AtomicBool,
    bell: Notify,
    end: watch::Sender<Option<End>>,
}

/// What joining came to.
pub(crate) enum Joined<'a> {
    /// Nobody follows yet: do it.
    Leading(Lead<'a>),
    /// Somebody does and was told to look now; here is where the end will be said.
    Waiting(watch::Receiver<Option<End>>),
}

/// The right to follow a company. Given up when dropped.
pub(crate) struct Lead<'a> {
    turns: &'a Turns,
    company: String,
    follower: Arc<Follower>,
}

impl Turns {
    /// Leads, or joins the one who does.
    pub(crate) fn join(&self, company: &str) -> Joined<'_> {
        let mut followers = lock(&self.followers);
        if let Some(follower) = followers.get(company) {
            follower.rung.store(true, Ordering::SeqCst);
            follower.bell.notify_one();
            return Joined::Waiting(follower.end.subscribe());
        }
        let follower = Arc::new(Follower { rung: AtomicBool::new(false), bell: Notify::new(), end: watch::Sender::new(None) });
        followers.insert(company.to_owned(), Arc::clone(&follower));
        Joined::Leading(Lead { turns: self, company: company.to_owned(), follower })
    }

    /// Somebody follows this company's reads right now.
    pub(crate) fn is_followed(&self, company: &str) -> bool {
        lock(&self.followers).contains_key(company)
    }

    /// Waits for the turn to fetch one type of one connection.
    pub(crate) async fn fetch(&self, connection: &str, data_type: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut fetches = lock(&self.fetches);
            // Turns that nobody holds or waits for are forgotten.
            fetches.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(fetches.entry(format!("{connection}/{data_type}")).or_default())
        };
        turn.lock_owned().await
    }
}

impl Lead<'_> {
    /// From here on a ring counts as new.
    pub(crate) fn listen(&self) {
        self.follower.rung.store(false, Ordering::SeqCst);
    }

    /// Ends, unless somebody rang since `listen`: what they asked for may have come after the last look.
    pub(crate) fn end(&self, end: End) -> bool {
        let mut followers = lock(&self.turns.followers);
        if self.follower.rung.load(Ordering::SeqCst) {
            return false;
        }
        followers.remove(&self.company);
        self.follower.end.send_replace(Some(end));
        true
    }

    /// Waits for a ring.
    pub(crate) async fn rung(&self) {
        self.follower.bell.notified().await;
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut followers = lock(&self.turns.followers);
        if followers.get(&self.company).is_some_and(|follower| Arc::ptr_eq(follower, &self.follower)) {
            followers.remove(&self.company);
            self.follower.end.send_replace(Some(End::default()));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_leads_and_the_others_hear_the_same_end() {
        let turns = Turns::default();
        let Joined::Leading(lead) = turns.join("c") else { panic!("the first one leads") };
        lead.listen();
        let Joined::Waiting(mut end) = turns.join("c") else { panic!("the second one waits") };
        let good = End { good: true, ..End::default() };
        assert!(!lead.end(good), "somebody rang: one more look");
        lead.rung().await;
        lead.listen();
        assert!(lead.end(good));
        assert_eq!(*end.wait_for(Option::is_some).await.expect("an end"), Some(good));
        drop(lead);
        assert!(matches!(turns.join("c"), Joined::Leading(_)), "the place is free again");
    }

    #[tokio::test]
    async fn a_leader_that_breaks_off_leaves_nobody_waiting() {
        let turns = Turns::default();
        let lead = turns.join("c");
        let Joined::Waiting(mut end) = turns.join("c") else { panic!("waits") };
        drop(lead);
        assert_eq!(*end.wait_for(Option::is_some).await.expect("an end"), Some(End::default()));
    }

    #[tokio::test]
    async fn one_type_of_one_connection_is_fetched_by_one_at_a_time() {
        let turns = Turns::default();
        let held = turns.fetch("k", "banking-accounts").await;
        let other = turns.fetch("k", "banking-transactions").await;
        let second = turns.fetch("k", "banking-accounts");
        tokio::pin!(second);
        assert!(futures::poll!(&mut second).is_pending());
        drop((held, other));
        drop(second.await);
    }
}
