//! Says what became stale. One bounded channel; a gap in the numbers means that something was missed.

use crate::view::{Stale, Topic};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast;

/// The sending side. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events {
    sender: broadcast::Sender<Stale>,
    seq: std::sync::Arc<AtomicU64>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(256).0, seq: std::sync::Arc::default() }
    }
}

impl Events {
    /// Says that these are stale. Call it after the commit, never before.
    pub fn stale(&self, topics: impl IntoIterator<Item = Topic>) {
        let seq = self.seq.fetch_add(1, Ordering::SeqCst) + 1;
        // Nobody may be listening.
        let _ = self.sender.send(Stale { seq, topics: topics.into_iter().collect() });
    }

    /// The receiving side.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Stale> {
        self.sender.subscribe()
    }
}
