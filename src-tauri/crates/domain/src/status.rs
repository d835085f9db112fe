//! Statuses of a connection and of a dataset. Both sets are open: a word that Codat adds tomorrow is kept and shown.

/// Where a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionStatus {
    /// Made, not authorised yet.
    PendingAuth,
    /// The customer gave consent.
    Linked,
    /// We ended it.
    Unlinked,
    /// The bank, the customer or time ended it.
    Deauthorized,
    /// Something new.
    Unknown(String),
}

impl ConnectionStatus {
    /// Reads Codat's word; case does not matter, and help texts' `Pending` is understood.
    #[must_use]
    pub fn from_wire(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "pendingauth" | "pending" => Self::PendingAuth,
            "linked" => Self::Linked,
            "unlinked" => Self::Unlinked,
            "deauthorized" | "deauthorised" => Self::Deauthorized,
            _ => Self::Unknown(text.to_owned()),
        }
    }

    /// Codat's word.
    #[must_use]
    pub fn wire(&self) -> &str {
        match self {
            Self::PendingAuth => "PendingAuth",
            Self::Linked => "Linked",
            Self::Unlinked => "Unlinked",
            Self::Deauthorized => "Deauthorized",
            Self::Unknown(text) => text,
        }
    }
}

/// How far a dataset (pull operation) is, in the terms that screens and waits need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Waiting at Codat.
    Queued,
    /// Reading from the bank.
    Fetching,
    /// Converting.
    Mapping,
    /// Checking.
    Validating,
    /// Storing.
    Processing,
    /// Ended well: readable, or the bank does not have this type.
    Done,
    /// Ended, not well.
    Failed,
}

/// A dataset's status: one of Codat's 21, or something new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetStatus(String);

impl DatasetStatus {
    /// Keeps Codat's word as it came.
    pub fn from_wire(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Codat's word.
    #[must_use]
    pub fn wire(&self) -> &str {
        &self.0
    }

    /// How far it is. A word we do not know counts as running: it ends by a time-out, not by a guess.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.0.to_ascii_lowercase().as_str() {
            "initial" | "queued" | "pending" => Phase::Queued,
            "mapqueued" | "mapping" => Phase::Mapping,
            "validationqueued" | "validating" => Phase::Validating,
            "processingqueued" | "processing" => Phase::Processing,
            "complete" | "success" | "notsupported" => Phase::Done,
            "fetcherror"
            | "maperror"
            | "validationerror"
            | "processingerror"
            | "internalerror"
            | "permissionserror"
            | "autherror"
            | "ratelimiterror"
            | "prerequisitenotmet"
            | "prerequisitesnotmet"
            | "cancelled"
            | "failure"
            | "timeout" => Phase::Failed,
            _ => Phase::Fetching,
        }
    }

    /// It will not change any more.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.phase() >= Phase::Done
    }

    /// It ended, and not well.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.phase() == Phase::Failed
    }

    /// The integration lacks the type: neutral, never an alarm.
    #[must_use]
    pub fn is_not_supported(&self) -> bool {
        self.0.eq_ignore_ascii_case("NotSupported")
    }

    /// Consent is over: the customer must authorise again.
    #[must_use]
    pub fn is_auth_error(&self) -> bool {
        self.0.eq_ignore_ascii_case("AuthError")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_kept_and_counts_as_running() {
        let status = DatasetStatus::from_wire("Percolating");
        assert_eq!((status.wire(), status.phase(), status.is_terminal()), ("Percolating", Phase::Fetching, false));
        assert_eq!(ConnectionStatus::from_wire("Dormant").wire(), "Dormant");
    }

    #[test]
    fn each_of_the_21_words_has_its_phase() {
        let words = [
            (Phase::Queued, "Initial Queued"),
            (Phase::Fetching, "Fetching"),
            (Phase::Mapping, "MapQueued Mapping"),
            (Phase::Validating, "ValidationQueued Validating"),
            (Phase::Processing, "ProcessingQueued Processing"),
            (Phase::Done, "Complete NotSupported"),
            (
                Phase::Failed,
                "FetchError MapError ValidationError ProcessingError InternalError PermissionsError AuthError RateLimitError PrerequisiteNotMet Cancelled",
            ),
        ];
        let mut count = 0;
        for (phase, words) in words {
            for word in words.split(' ') {
                let status = DatasetStatus::from_wire(word);
                assert_eq!((status.phase(), status.is_failed()), (phase, phase == Phase::Failed), "{word}");
                count += 1;
            }
        }
        assert_eq!(count, 21);
    }

    #[test]
    fn not_supported_ends_well_and_lower_case_history_is_understood() {
        assert_eq!(DatasetStatus::from_wire("NotSupported").phase(), Phase::Done, "the bank lacks it; nobody is to be alarmed");
        assert_eq!(DatasetStatus::from_wire("success").phase(), Phase::Done);
        assert_eq!(DatasetStatus::from_wire("failure").phase(), Phase::Failed);
        assert_eq!(ConnectionStatus::from_wire("pendingAuth"), ConnectionStatus::PendingAuth);
    }
}
