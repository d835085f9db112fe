//! What stands behind the engine's ports. The only place that knows the `codat` crate, and the demo's control; beside the worker the only one that knows
//! the team's server.

pub mod codat;
pub(crate) mod control;
pub(crate) mod team;
