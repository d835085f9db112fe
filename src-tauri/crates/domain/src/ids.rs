//! Ids are types: a company's id cannot be handed to a function that wants a connection's.
//!
//! All of them are opaque text. Codat's are usually GUIDs, a bank's are whatever the bank uses; nothing here reads them.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text, for leaving the house.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A company at Codat.
    CompanyId;
    /// A connection at Codat.
    ConnectionId;
    /// A bank account, as the bank names it; unique within its connection only.
    AccountId;
    /// A transaction, as the bank names it; unique within its connection only.
    TransactionId;
    /// A transaction category, as the provider names it.
    CategoryId;
    /// A dataset (pull operation) at Codat.
    DatasetId;
    /// A banking source at Codat (`platformKey`), for example `natwest_business_uk`.
    BankKey;
    /// An attempt to link a bank; ours.
    AttemptId;
    /// A case that was begun; ours.
    DraftId;
    /// A creation in the outbox; ours. Also its first idempotency key.
    OpId;
}
