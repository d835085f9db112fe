//! Placeholder.

pub mod pages;
pub mod world;
