//! `cargo xtask test`: everything that must pass, cheapest first.

use crate::step::{Done, Failed, command, must, step};
use crate::{deny, machine, ui};

const PARTS: [&str; 4] = ["ui", "lint", "rust", "axe"];

/// Runs the named parts, or all of them.
pub fn test(parts: &[String]) -> Done {
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(Failed(format!("no such part: {unknown}; there are {}", PARTS.join(", "))));
    }
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    machine::ready_to_test()?;
    ui::built()?;
    if wants("ui") {
        ui::checked()?;
    }
    if wants("lint") {
        step("formatting", || must(command("cargo", ["fmt", "--all", "--check"])))?;
        step("clippy", || {
            must(command("cargo", ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]))
        })?;
        step("licences, bans and sources", licences)?;
    }
    if wants("rust") {
        step("build", || must(command("cargo", ["build", "--workspace", "--all-targets", "--locked"])))?;
        step("tests", || must(command("cargo", ["test", "--workspace", "--locked", "--quiet"])))?;
    }
    if wants("axe") {
        ui::accessible()?;
    }
    Ok(())
}

/// Writes the TypeScript twins; the test that compares them does the writing when asked to.
pub fn write_bindings() -> Done {
    let mut write = command("cargo", ["test", "--quiet", "--package", "fairlead-desktop", "--lib", "bindings"]);
    write.env("WRITE_BINDINGS", "1");
    must(write)
}

fn licences() -> Done {
    if deny::is_here() {
        return deny::asked();
    }
    eprintln!("cargo-deny is not installed: skipped here; `cargo xtask trust` installs it");
    Ok(())
}
