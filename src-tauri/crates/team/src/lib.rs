//! A team's shared portfolio on PostgreSQL. The only crate that speaks PostgreSQL's SQL.
//!
//! A team's server is to be a source: workers fill it from Codat, and who works with the data reads from it. `address` says where it is, `connect` gets
//! there, over TLS wherever the way leaves this computer; `schema` makes and looks at what stands there, and lets people in.

mod address;
mod connect;
mod error;
mod schema;
mod tls;

pub use address::Address;
pub use connect::{Server, Trust, Way};
pub use error::Error;
pub use schema::{Role, Status};
