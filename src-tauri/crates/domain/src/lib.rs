//! The words of the business. Pure: no I/O, no clock, no randomness.

mod bank_aliases;
pub mod bank_kind;
pub mod bank_search;
pub mod data_type;
pub mod date;
pub mod ids;
pub mod money;
pub mod monogram;
pub mod status;
