//! The words of the business. Pure: no I/O, no clock, no randomness.

mod bank_aliases;
pub mod bank_kind;
pub mod bank_search;
pub mod company_name;
pub mod consent;
pub mod data_type;
pub mod date;
pub mod display;
pub mod figures;
pub mod freshness;
pub mod history_window;
pub mod ids;
pub mod ladder;
pub mod link_return;
pub mod money;
pub mod monogram;
pub mod own_category;
pub mod query_bar;
pub mod same_business;
pub mod sentence;
pub mod stages;
pub mod status;
