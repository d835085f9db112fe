//! What stands behind the engine's ports. The only place that knows the `codat` crate.

pub mod codat;
