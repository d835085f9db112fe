//! Codat's words of closed sets that are not closed: a word added tomorrow is kept and shown, never a failure. Case does not matter.

use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $wire:literal $(| $other:literal)*),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "Codat's own words")]
        pub enum $name {
            $($variant,)*
            /// Something new, as it was sent.
            Unknown(String),
        }

        impl $name {
            /// Reads the word; what is not known is kept.
            #[must_use]
            pub fn from_wire(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($wire) $(|| text.eq_ignore_ascii_case($other))* {
                    return Self::$variant;
                })*
                Self::Unknown(text.to_owned())
            }

            /// Codat's word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(text) => text,
                }
            }

            /// Every word known today.
            pub const KNOWN: &'static [&'static str] = &[$($wire),*];
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from_wire(&text)
            }
        }

        impl From<Cow<'_, str>> for $name {
            fn from(text: Cow<'_, str>) -> Self {
                Self::from_wire(&text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from).map(Self::from)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

words! {
    /// Where a connection stands.
    ConnectionStatus {
        PendingAuth = "PendingAuth" | "Pending", Linked = "Linked", Unlinked = "Unlinked", Deauthorized = "Deauthorized" | "Deauthorised",
    }
    /// Whether an error of a connection still stands.
    ErrorState { Active = "Active", Resolved = "Resolved" }
    /// How far a dataset is. Finished words of 2022 are understood as today's.
    DatasetStatus {
        Initial = "Initial", Queued = "Queued" | "Pending", Fetching = "Fetching", MapQueued = "MapQueued", Mapping = "Mapping",
        ValidationQueued = "ValidationQueued", Validating = "Validating", ProcessingQueued = "ProcessingQueued", Processing = "Processing",
        Complete = "Complete" | "Success", FetchError = "FetchError" | "TimeOut", MapError = "MapError", ValidationError = "ValidationError",
        ProcessingError = "ProcessingError", InternalError = "InternalError" | "Failure", Cancelled = "Cancelled",
        NotSupported = "NotSupported", RateLimitError = "RateLimitError", PermissionsError = "PermissionsError", AuthError = "AuthError",
        PrerequisiteNotMet = "PrerequisiteNotMet" | "PrerequisitesNotMet",
    }
    /// What kind of thing a source is.
    SourceType {
        Accounting = "Accounting", Banking = "Banking", BankFeed = "BankFeed", Commerce = "Commerce", Expense = "Expense", Other = "Other",
    }
    /// Whether money on the account is had or owed.
    AccountType { Debit = "Debit", Credit = "Credit" }
    /// What an account's numbers belong to.
    IdentifierType {
        Account = "Account", Card = "Card", Credit = "Credit", Depository = "Depository", Investment = "Investment", Loan = "Loan",
        Other = "Other",
    }
    /// What kind of movement a transaction is.
    TransactionCode {
        Fee = "Fee", Payment = "Payment", Cash = "Cash", Transfer = "Transfer", Interest = "Interest", Cashback = "Cashback",
        Cheque = "Cheque", DirectDebit = "DirectDebit", Purchase = "Purchase", StandingOrder = "StandingOrder", Adjustment = "Adjustment",
        Credit = "Credit", Other = "Other", NotSupported = "NotSupported",
    }
    /// Whether a category is in use.
    CategoryStatus { Active = "Active", Archived = "Archived" }
}

impl DatasetStatus {
    /// It will not change any more. A word we do not know counts as running: it ends by the caller's time-out, not by a guess.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Complete | Self::NotSupported) || self.is_failure()
    }

    /// It ended, not well. `NotSupported` is neutral.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match self {
            Self::FetchError
            | Self::MapError
            | Self::ValidationError
            | Self::ProcessingError
            | Self::InternalError
            | Self::Cancelled
            | Self::RateLimitError
            | Self::PermissionsError
            | Self::AuthError
            | Self::PrerequisiteNotMet => true,
            Self::Initial
            | Self::Queued
            | Self::Fetching
            | Self::MapQueued
            | Self::Mapping
            | Self::ValidationQueued
            | Self::Validating
            | Self::ProcessingQueued
            | Self::Processing
            | Self::Complete
            | Self::NotSupported
            | Self::Unknown(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c3_a_new_word_is_kept_as_it_was_sent() {
        assert_eq!(ConnectionStatus::from_wire("Dormant").as_str(), "Dormant");
        assert_eq!(TransactionCode::from_wire("Teleport"), TransactionCode::Unknown("Teleport".into()));
        assert_eq!(AccountType::from_wire("Unknown").as_str(), "Unknown", "Codat's own Unknown is nothing special");
    }

    #[test]
    fn c41_lower_case_and_the_words_of_2022_are_understood() {
        assert_eq!(ConnectionStatus::from_wire("pendingauth"), ConnectionStatus::PendingAuth);
        assert_eq!(DatasetStatus::from_wire("success"), DatasetStatus::Complete);
        assert_eq!(DatasetStatus::from_wire("failure"), DatasetStatus::InternalError);
        for word in DatasetStatus::KNOWN {
            assert_eq!(DatasetStatus::from_wire(&word.to_lowercase()).as_str(), *word);
        }
    }

    #[test]
    fn c20_all_21_statuses_are_known_and_a_new_one_is_running() {
        assert_eq!(DatasetStatus::KNOWN.len(), 21);
        let ended = DatasetStatus::KNOWN.iter().filter(|word| DatasetStatus::from_wire(word).is_terminal()).count();
        assert_eq!(ended, 12, "the other nine are on their way");
        assert!(!DatasetStatus::from_wire("Percolating").is_terminal());
        assert!(!DatasetStatus::NotSupported.is_failure(), "the bank lacks it: nobody is to be alarmed");
    }
}
