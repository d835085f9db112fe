//! `cargo deny`: licences, bans and sources as `deny.toml` allows them.

use crate::step::{Done, command, must, step, target};
use std::path::PathBuf;

/// The one that reads our `deny.toml`.
const VERSION: &str = "0.20.2";

/// One of this project's own, where the computer has none.
fn ours() -> PathBuf {
    target().join("tools")
}

fn found() -> Option<PathBuf> {
    let ours = ours().join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    [PathBuf::from("cargo-deny"), ours].into_iter().find(|deny| command(deny, ["--version"]).output().is_ok_and(|out| out.status.success()))
}

/// Whether it can be asked.
pub fn is_here() -> bool {
    found().is_some()
}

/// Builds it where there is none: some minutes, once.
pub fn installed() -> Done {
    if is_here() {
        return Ok(());
    }
    step("cargo-deny", || {
        let mut install = command("cargo", ["install", "cargo-deny", "--version", VERSION, "--locked", "--quiet", "--root"]);
        install.arg(ours());
        must(install)
    })
}

/// Asks it. The advisories have a check of their own, which needs no network.
pub fn asked() -> Done {
    let deny = found().unwrap_or_else(|| PathBuf::from("cargo-deny"));
    must(command(deny, ["--offline", "check", "licenses", "bans", "sources"]))
}
