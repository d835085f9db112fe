//! `cargo xtask run`: build everything, open the window. Without a display a journey is walked in a virtual one.

use crate::step::{Done, Failed, command, must, step};
use crate::{machine, ui};
use std::path::PathBuf;
use std::process::Command;

/// Builds and opens Fairlead; `args` go to the app.
pub fn run(args: &[String]) -> Done {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let on_screen = has_display || !cfg!(target_os = "linux");
    if on_screen { machine::ready_to_build() } else { machine::ready_to_test() }?;
    ui::built()?;
    let args: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "--").collect();
    if on_screen {
        step("build", || must(command("cargo", ["build", "--locked", "--bin", "fairlead-desktop"])))?;
        let mut open = vec!["run", "--quiet", "--locked", "--bin", "fairlead-desktop", "--"];
        open.extend(args);
        return must(command("cargo", open));
    }
    eprintln!("\nNo display here: walking the journey in a virtual one.");
    // The whole workspace, as the tests build it: one set of features, so nothing is compiled twice.
    step("build", || must(command("cargo", ["build", "--locked", "--workspace", "--bins"])))?;
    step("the journey in the real window", || must(Command::new(beside_this("journey")?)))
}

/// A program that was built into the same folder as this one.
fn beside_this(name: &str) -> Result<PathBuf, Failed> {
    let me = std::env::current_exe().map_err(|error| Failed(format!("where am I: {error}")))?;
    Ok(me.with_file_name(name))
}
