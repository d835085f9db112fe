//! Where an attempt stands, as kept in the database and as shown.

use crate::view::AttemptStage;

/// The same as `AttemptStage`, with the word that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stage(pub(crate) AttemptStage);

const WORDS: [(AttemptStage, &str); 10] = [
    (AttemptStage::Creating, "creating"),
    (AttemptStage::Blocked, "blocked"),
    (AttemptStage::Ready, "ready"),
    (AttemptStage::Waiting, "waiting"),
    (AttemptStage::Returned, "returned"),
    (AttemptStage::Reading, "reading"),
    (AttemptStage::Complete, "complete"),
    (AttemptStage::ReadFailed, "read-failed"),
    (AttemptStage::NotLinked, "not-linked"),
    (AttemptStage::Parked, "parked"),
];

impl Stage {
    pub(crate) fn word(self) -> String {
        WORDS.iter().find(|(stage, _)| *stage == self.0).map_or("parked", |(_, word)| word).to_owned()
    }

    pub(crate) fn read(word: &str) -> Self {
        Self(WORDS.iter().find(|(_, known)| *known == word).map_or(AttemptStage::Parked, |(stage, _)| *stage))
    }
}
