//! One file a family; each is: ask the engine, say what it answered.

pub(crate) mod audit;
pub(crate) mod banks;
pub(crate) mod budget;
pub(crate) mod bulk;
pub(crate) mod companies;
pub(crate) mod connect;
pub(crate) mod consents;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod erase;
pub(crate) mod evidence;
pub(crate) mod inbox;
pub(crate) mod invite;
pub(crate) mod lock;
pub(crate) mod manual;
pub(crate) mod offer;
pub(crate) mod outbox;
pub(crate) mod profile;
pub(crate) mod recovery;
pub(crate) mod ring;
pub(crate) mod sandbox;
pub(crate) mod schedule;
pub(crate) mod setup;
pub(crate) mod stats;
pub(crate) mod sync;
pub(crate) mod transactions;
