//! `cargo xtask run`: build everything, open the window. Without a display a journey is walked in a virtual one.

use crate::step::{Done, command, must, step};
use crate::{machine, ui};

/// Builds and opens Fairlead; `args` go to the app.
pub fn run(args: &[String]) -> Done {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let on_screen = has_display || !cfg!(target_os = "linux");
    if on_screen { machine::ready_to_build() } else { machine::ready_to_test() }?;
    ui::built()?;
    step("build", || must(command("cargo", ["build", "--locked", "--bin", "fairlead-desktop"])))?;
    let args: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "--").collect();
    if on_screen {
        let mut open = vec!["run", "--quiet", "--locked", "--bin", "fairlead-desktop", "--"];
        open.extend(args);
        return must(command("cargo", open));
    }
    eprintln!("\nNo display here: walking the journey in a virtual one.");
    step("the journey in the real window", || {
        must(command("cargo", ["run", "--quiet", "--locked", "--package", "fairlead-tests", "--bin", "journey"]))
    })
}
