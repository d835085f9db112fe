//! A team's shared portfolio on PostgreSQL. The only crate that speaks PostgreSQL's SQL.
//!
//! A team's server is a source: workers fill it from Codat, and who works with the data reads from it. `address` says where it is, `connect` gets there,
//! over TLS wherever the way leaves this computer; `schema` makes and looks at what stands there. `portfolio` and `records` take in what was told,
//! `reading` gives it out, `news` rings for who reads; `lease` shares the work and `budget` the requests. Coordination is PostgreSQL's own: row locks,
//! `SKIP LOCKED`, advisory locks, `COPY`, `NOTIFY`, partitions, row-level security.

mod address;
mod budget;
mod connect;
mod error;
mod lease;
mod news;
mod portfolio;
mod reading;
mod records;
mod rings;
mod schema;
mod tls;

pub use address::Address;
pub use connect::{Server, Trust, Way};
pub use error::Error;
pub use lease::{Duty, Lease};
pub use news::News;
pub use portfolio::ConnectionState;
pub use reading::{Asked, Held, Read};
pub use records::{Cursor, Fetch, Page};
pub use schema::{Role, Status};
