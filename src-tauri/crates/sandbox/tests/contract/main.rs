//! What a faithful Codat must do, S1 to S75, each over real HTTP.

mod authorisation;
mod banking;
mod companies;
mod control;
mod faults;
mod paging;
mod syncs;
mod transport;
mod world;
