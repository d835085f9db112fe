//! What we ship is known: who may depend on what, under which licences, from where; and a bill of materials for each half.

use super::programs::Ran;
use crate::step::{Done, Failed, must, root};
use std::process::Command;

/// Asks `cargo deny`, and lets the bills be written and read again.
pub fn seen() -> Ran {
    let mut ran = Ran::default();
    let mut count = |done: Done, says: &str| match done {
        Ok(()) => {
            ran.passed += 1;
            ran.measured.push(says.to_owned());
        }
        Err(Failed(why)) => {
            eprintln!("{why}");
            ran.failed += 1;
        }
    };
    count(denied(), "licences, bans and sources as allowed");
    count(bills(), "both bills of materials written to artifacts/ and read again");
    ran
}

fn denied() -> Done {
    crate::test::deny().unwrap_or_else(|| Err(Failed("cargo-deny is not installed: cargo install cargo-deny --locked".into())))
}

fn bills() -> Done {
    let me = std::env::current_exe().map_err(|error| Failed(format!("where am I: {error}")))?;
    let mut bom = Command::new(me.with_file_name("bom"));
    bom.current_dir(root());
    must(bom)
}
