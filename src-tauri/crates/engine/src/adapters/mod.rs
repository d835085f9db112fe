//! What stands behind the engine's ports. The only place that knows the `codat` crate, and the demo's control.

pub mod codat;
pub(crate) mod control;
