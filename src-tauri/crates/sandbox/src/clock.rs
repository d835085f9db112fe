//! The sandbox's clock: the computer's, shifted, or standing still.

use jiff::{SignedDuration, Timestamp};

/// A clock that tests can turn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    Running(SignedDuration),
    Standing(Timestamp),
}

impl Clock {
    pub(crate) fn start(standing: Option<Timestamp>) -> Self {
        standing.map_or(Self::Running(SignedDuration::ZERO), Self::Standing)
    }

    pub(crate) fn now(self) -> Timestamp {
        match self {
            Self::Running(shift) => Timestamp::now().checked_add(shift).unwrap_or(Timestamp::MAX),
            Self::Standing(at) => at,
        }
    }

    pub(crate) fn is_standing(self) -> bool {
        matches!(self, Self::Standing(_))
    }

    pub(crate) fn advance(&mut self, by: SignedDuration) {
        *self = match *self {
            Self::Running(shift) => Self::Running(shift.saturating_add(by)),
            Self::Standing(at) => Self::Standing(at.checked_add(by).unwrap_or(Timestamp::MAX)),
        };
    }

    pub(crate) fn freeze(&mut self) {
        *self = Self::Standing(self.now());
    }

    pub(crate) fn thaw(&mut self) {
        *self = Self::Running(self.now().duration_since(Timestamp::now()));
    }

    pub(crate) fn set(&mut self, at: Timestamp) {
        *self = match *self {
            Self::Running(_) => Self::Running(at.duration_since(Timestamp::now())),
            Self::Standing(_) => Self::Standing(at),
        };
    }
}

/// Codat's own stamps: UTC with seven digits of a second.
pub(crate) fn stamp(at: Timestamp) -> String {
    let mut out = String::with_capacity(28);
    crate::world::DateForm::SevenDigits.write_instant(at, &mut out);
    out
}
