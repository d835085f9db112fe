//! Ids are types: a company's cannot be handed to a request that wants a connection's. All are opaque text; nothing here reads them.

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

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
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
    /// A company.
    CompanyId;
    /// A connection of a company to a source.
    ConnectionId;
    /// A dataset: one read of one data type.
    DatasetId;
    /// A bank account, as the bank names it: unique within its connection only.
    AccountId;
    /// A transaction, as the bank names it: unique within its connection only.
    TransactionId;
    /// A transaction category, as the provider names it.
    CategoryId;
    /// A source (`platformKey`): four letters once, longer and with `_` today.
    PlatformKey;
    /// A provider; several sources may share it.
    IntegrationId;
    /// A source, by its other id.
    SourceId;
}
