//! Says what became stale. One bounded channel; a gap in the numbers means that something was missed.

use crate::view::{Stale, Topic};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// The sending side. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events {
    sender: broadcast::Sender<Stale>,
    seq: Arc<Mutex<u64>>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(256).0, seq: Arc::default() }
    }
}

impl Events {
    /// Says that these are stale. Call it after the commit, never before.
    pub fn stale(&self, topics: impl IntoIterator<Item = Topic>) {
        let topics = topics.into_iter().collect();
        // Numbered and sent under one lock: numbers out of order would look like a gap.
        let mut seq = self.seq.lock().unwrap_or_else(PoisonError::into_inner);
        *seq += 1;
        // Nobody may be listening.
        let _ = self.sender.send(Stale { seq: *seq, topics });
    }

    /// The receiving side.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Stale> {
        self.sender.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_arrive_in_order_from_many_threads_so_that_a_gap_means_a_loss() {
        let events = Events::default();
        let mut heard = events.subscribe();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..25).for_each(|_| events.stale([Topic::Status])));
            }
        });
        let seqs: Vec<u64> = std::iter::from_fn(|| heard.try_recv().ok()).map(|stale| stale.seq).collect();
        assert_eq!(seqs, (1..=200).collect::<Vec<_>>());
        (0..300).for_each(|_| events.stale([Topic::Status]));
        assert!(heard.try_recv().is_err(), "who is too slow is told so, and asks everything again");
    }
}
