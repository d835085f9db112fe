//! Who waits for a turn: persons in one line, the background in another, each in the order in which they came.

use super::Urgency;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;

/// The two lines.
#[derive(Debug, Default)]
pub(super) struct Queue {
    persons: VecDeque<Arc<Notify>>,
    background: VecDeque<Arc<Notify>>,
}

impl Queue {
    /// Takes the last place.
    pub(super) fn join(&mut self, urgency: Urgency) -> Arc<Notify> {
        let bell = Arc::new(Notify::new());
        self.line(urgency).push_back(Arc::clone(&bell));
        bell
    }

    /// Leaves, with a turn or without.
    pub(super) fn leave(&mut self, urgency: Urgency, bell: &Arc<Notify>) {
        self.line(urgency).retain(|other| !Arc::ptr_eq(other, bell));
    }

    /// Nobody stands before this one.
    pub(super) fn is_next(&self, urgency: Urgency, bell: &Arc<Notify>) -> bool {
        let before = match urgency {
            Urgency::Person => self.persons.front(),
            Urgency::Background => self.persons.front().or(self.background.front()),
        };
        before.is_some_and(|first| Arc::ptr_eq(first, bell))
    }

    /// Tells who stands first that something moved.
    pub(super) fn ring(&self) {
        self.persons.front().into_iter().chain(self.background.front()).for_each(|bell| bell.notify_one());
    }

    /// Persons and others who wait.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.persons.len(), self.background.len())
    }

    fn line(&mut self, urgency: Urgency) -> &mut VecDeque<Arc<Notify>> {
        match urgency {
            Urgency::Person => &mut self.persons,
            Urgency::Background => &mut self.background,
        }
    }
}
