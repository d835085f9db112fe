//! Placeholder.
pub mod bank_kind;
pub mod bank_search;
pub mod monogram;
