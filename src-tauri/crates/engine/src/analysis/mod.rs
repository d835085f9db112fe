//! What a credit analyst decides from: figures over what was read. Nothing here asks Codat, and nothing is written.

mod cash_flow;
mod coverage;
mod lens;
mod period;
pub(crate) mod view;
