//! Where secrets live.

pub mod error;
mod keychain;
mod passphrase;
