//! A typed client of Codat's API, as far as banking needs it.
//!
//! A request is data (`endpoint`), `Client::send` is the only place that touches the network, and what to do after an answer is a pure table
//! (`retry`). It knows nothing of any application's words and could be published alone. What it does not do: keep state, wait, retry by itself.

pub mod client;
pub mod endpoint;
pub mod error;
pub mod ids;
mod inspection;
pub mod key;
pub mod model;
pub mod page;
pub mod rate;
pub mod retry;
pub mod sheet;
pub mod wire;
pub mod words;

pub use client::{Answer, Client, Ended, Limits, Observer};
pub use error::{Absence, Error, Refusal};
pub use key::ApiKey;
pub use page::{BadRecord, Page, PageQuery, Record};
pub use sheet::{Sheet, Take, Taken};
