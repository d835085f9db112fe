//! What the suites share: the `fairlead` command line as a process, the real window on a desktop of its own, the journey through it, and
//! a search for things that must not be found.

pub mod attacks;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod exceptions;
pub mod fairlead;
#[cfg(target_os = "linux")]
pub mod journey;
#[cfg(target_os = "linux")]
pub mod keyring;
#[cfg(target_os = "linux")]
pub mod measure;
#[cfg(target_os = "linux")]
pub mod memory;
pub mod needle;
#[cfg(target_os = "linux")]
pub mod notices;
#[cfg(target_os = "linux")]
pub mod postgres;
#[cfg(target_os = "linux")]
pub mod strace;
#[cfg(target_os = "linux")]
pub mod window;
pub mod world;
