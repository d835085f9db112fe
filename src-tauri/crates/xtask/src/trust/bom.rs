//! What we ship is known: who may depend on what, under which licences, from where, with which advisories against it; and a bill of materials for
//! each half.

use super::programs::Ran;
use crate::deny;
use crate::step::{Failed, root};
use std::path::PathBuf;
use std::process::Command;

/// Where an advisory database lies; else where cargo's own tools keep theirs.
const ADVISORIES: &str = "FAIRLEAD_ADVISORIES";

/// Asks `cargo deny` and the advisory database, and lets the bills be written and read again.
pub fn seen() -> Ran {
    let mut ran = Ran::default();
    let mut count = |told: Result<String, Failed>| match told {
        Ok(says) => {
            ran.passed += 1;
            ran.measured.push(says);
        }
        Err(Failed(why)) => {
            eprintln!("{why}");
            ran.failed += 1;
        }
    };
    count(denied());
    count(says("bom", &[]));
    match advisories() {
        Some(folder) => count(says("advisories", &[folder])),
        None => eprintln!("no advisory database is here: not asked. {ADVISORIES} names the folder of a clone of RustSec's."),
    }
    ran
}

fn denied() -> Result<String, Failed> {
    deny::installed()?;
    deny::asked()?;
    Ok("licences, bans and sources as allowed".into())
}

/// A clone that somebody named, or one that `cargo audit` or `cargo deny` made.
fn advisories() -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let of_cargo = || cargo.map(|cargo| cargo.join("advisory-db")).filter(|folder| folder.join("crates").is_dir());
    std::env::var_os(ADVISORIES).map(PathBuf::from).or_else(of_cargo)
}

/// Runs one of our own programs that stands beside this one; what it prints is its finding.
fn says(program: &str, args: &[PathBuf]) -> Result<String, Failed> {
    let me = std::env::current_exe().map_err(|error| Failed(format!("where am I: {error}")))?;
    let mut ask = Command::new(me.with_file_name(program));
    let out = ask.args(args).current_dir(root()).output().map_err(|error| Failed(format!("could not start {program}: {error}")))?;
    let told = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    if out.status.success() { Ok(told) } else { Err(Failed(format!("{told}\n{}", String::from_utf8_lossy(&out.stderr)))) }
}
