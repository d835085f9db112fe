//! Codat's objects, as tolerant as the wire needs: absent equals null, words of open sets stay open, amounts keep their digits.
//!
//! Members that nobody here reads are not listed; they are kept in the record's raw text.

mod banking;
mod companies;
mod reads;
mod settings;

pub use banking::{Account, AccountBalance, Balance, CategoryRef, Identifiers, Institution, Transaction, TransactionCategory};
pub use companies::{Company, Connection, ConnectionError, DataTypeFeature, Integration, SupportedFeature};
pub use reads::{DataStatus, PullOperation};
pub use settings::{Profile, SyncSetting, SyncSettings};
