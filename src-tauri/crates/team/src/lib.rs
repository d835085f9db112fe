//! A team's shared portfolio on PostgreSQL. The only crate that speaks PostgreSQL's SQL.
//!
//! A team's server is a source: workers fill it from Codat, and who works with the data reads from it. `address` says where it is, `connect` gets there,
//! over TLS wherever the way leaves this computer; `schema` makes and looks at what stands there. `portfolio` and `records` take in what was told,
//! `reading` gives it out, `news` rings for who reads; `lease` shares the work and `budget` the requests;
//! `outbox` is what people ask of Codat, `errands` what workers do with it, and `banks` the list they keep for everybody. Coordination is PostgreSQL's own: row locks,
//! `SKIP LOCKED`, advisory locks, `COPY`, `NOTIFY`, partitions, row-level security.

mod address;
mod banks;
mod budget;
mod connect;
mod errands;
mod error;
mod lease;
mod news;
mod outbox;
mod portfolio;
mod reading;
mod records;
mod rings;
mod schema;
mod tls;

pub use address::Address;
pub use connect::{Server, Trust, Way};
pub use errands::{Errand, Move};
pub use error::Error;
pub use lease::{Duty, Lease};
pub use news::{News, Ring};
pub use outbox::{Course, Elsewhere, Kind, Standing, Wish, Wishes, Written};
pub use portfolio::ConnectionState;
pub use reading::{Asked, Held, Read};
pub use records::{Cursor, Fetch, Page};
pub use schema::{Role, Status};
