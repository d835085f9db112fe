//! Saying what became stale, at most ten times a second whatever the load: screens ask again, and they ask for what is visible only.

use crate::engine::Engine;
use crate::view::Topic;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Between two sayings.
const PAUSE: Duration = Duration::from_millis(100);

/// What is still to be said; `None` = nobody is about to say anything.
#[derive(Default)]
pub(crate) struct Unsaid(Mutex<Option<Vec<Topic>>>);

impl Unsaid {
    /// Adds; true when somebody must now see to it that it is said.
    fn add(&self, topics: impl IntoIterator<Item = Topic>) -> bool {
        let mut unsaid = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = unsaid.is_none();
        let kept = unsaid.get_or_insert_default();
        for topic in topics {
            if !kept.contains(&topic) {
                kept.push(topic);
            }
        }
        is_first
    }

    fn take(&self) -> Vec<Topic> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

impl Engine {
    /// Says soon that these are stale, together with whatever else becomes so until then. Call it after the commit.
    pub(crate) fn say(&self, topics: impl IntoIterator<Item = Topic>) {
        if self.inner.unsaid.add(topics) {
            let engine = self.clone();
            self.spawn(async move {
                tokio::time::sleep(PAUSE).await;
                engine.stale(engine.inner.unsaid.take());
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_becomes_one_saying_and_each_topic_once() {
        let unsaid = Unsaid::default();
        assert!(unsaid.add([Topic::Companies, Topic::Company("c".into())]), "the first one says it");
        assert!((0..1_000).all(|_| !unsaid.add([Topic::Companies])), "the others join");
        assert_eq!(unsaid.take(), [Topic::Companies, Topic::Company("c".into())]);
        assert!(unsaid.add([Topic::Status]), "afterwards it begins anew");
    }
}
