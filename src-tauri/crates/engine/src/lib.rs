//! What the product does, without a window. Two thin faces stand on it: the desktop shell and the command line.
//!
//! `Home` is the data folder with its profiles; `Engine` is one open profile. Each family of questions is a folder or file with its own
//! `impl Engine` block. Codat, the vault, the browser, the clock and randomness are `ports`; SQL is `store`'s.

mod activity;
pub mod adapters;
mod analysis;
mod audit;
mod banks;
mod browse;
mod budget;
mod bulk;
mod business;
mod calm;
mod categories;
mod companies;
mod consents;
mod course;
mod desk;
mod doctor;
mod engine;
mod erasing;
pub mod error;
mod events;
mod evidence;
mod export;
mod freshness;
mod home;
mod inbox;
mod joining;
mod keys;
mod lane;
mod links;
mod lock;
mod numbers;
mod paper;
mod place;
mod policy;
pub mod ports;
mod profile;
mod recovery;
mod search;
mod setup;
mod sync;
mod terminal;
pub mod view;
mod words;
pub mod worker;
mod zipped;

pub use banks::note_blocks;
pub use bulk::{LinksTo, customers_in};
pub use consents::RenewTo;
pub use engine::{Engine, runtime};
pub use error::{Error, Result};
pub use evidence::verify_evidence;
pub use export::{ExportTo, Going};
pub use home::{DEMO, Home};
pub use joining::JoinTeam;
pub use keys::NewProfile;
pub use links::doorbells::DEFAULT_PORT;
pub use place::replace_file;
pub use policy::{PolicyFile, PolicyPlace, PolicyTrouble, policy_file};
pub use sync::SyncProgress;
pub use terminal::BankListing;
pub use words::LeafletTo;
