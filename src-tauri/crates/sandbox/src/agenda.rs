//! What is to happen by itself, and when. Nothing runs in the background: before each request, what is due by then happens.

use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that happens by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// A connection reads `Linked`.
    LinkTakesEffect(String),
    /// A sync comes to its end.
    SyncEnds(String),
    /// A consent that began then ends by itself.
    ConsentEnds(String, Timestamp),
}

/// The agenda, by time; at the same time in the order in which things were noted.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Reverse<(Timestamp, u64, Due)>>,
    noted: u64,
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Timestamp, due: Due) {
        self.noted += 1;
        self.heap.push(Reverse((at, self.noted, due)));
    }

    /// The next thing that is due by now.
    pub(crate) fn next(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        if self.heap.peek().is_none_or(|Reverse((at, ..))| *at > now) {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, due))| (at, due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_in_the_order_of_their_time_and_never_early() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let mut agenda = Agenda::default();
        agenda.add(at(30), Due::SyncEnds("c".into()));
        agenda.add(at(10), Due::SyncEnds("b".into()));
        agenda.add(at(10), Due::LinkTakesEffect("a".into()));
        let mut seen = vec![];
        while let Some((_, due)) = agenda.next(at(29)) {
            seen.push(due);
        }
        assert_eq!(seen, [Due::SyncEnds("b".into()), Due::LinkTakesEffect("a".into())], "noted first happens first");
        assert!(agenda.next(at(30)).is_some());
    }
}
