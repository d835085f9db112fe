//! The sandbox's world: the banks a client can choose from, their drawn logos, and believable money behind every
//! connection. Everything here is a pure function of a seed; nothing here reads a clock, speaks HTTP or keeps state.
//!
//! ```text
//! catalogue(mode, seed)      -> Catalogue      every row of GET /integrations
//! logo(&bank)                -> Option<Logo>   bytes behind `logoUrl`
//! ledger(&LedgerSpec)        -> Ledger         accounts, balances, transactions, categories of one connection
//! ```
//!
//! Records are kept compact and written as Codat's JSON only when asked ([`Record::write_json`]), because a ledger may
//! hold a hundred thousand of them. Amounts are exact decimals and are written as JSON number literals.

mod catalogue;
mod dice;
mod ledger;
mod logos;
mod names;
mod record;

pub use catalogue::{Bank, Catalogue, LogoFormat, Mode, catalogue};
pub use dice::Dice;
pub use ledger::{Account, AccountKind, Balance, Category, Ledger, LedgerSpec, Transaction, ledger};
pub use logos::{Logo, logo};
pub(crate) use record::Object;
pub use record::{DateForm, Field, Record};
