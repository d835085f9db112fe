//! What the suites share: the `fairlead` command line as a process, and a search for things that must not be found.

pub mod fairlead;
pub mod needle;
