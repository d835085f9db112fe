//! `cargo xtask bench`: the product against floors, in one run. Every program is built as it is shipped.

use crate::step::{Done, command, must, released, step};
use crate::ui;

/// Builds the product and the bench, and runs what was asked for.
pub fn bench(args: &[String]) -> Done {
    let args: Vec<&String> = args.iter().filter(|arg| *arg != "--").collect();
    match args.split_first() {
        Some((name, rest)) if *name == "window" => window(rest),
        _ => engine(&args),
    }
}

fn engine(args: &[&String]) -> Done {
    step("release build", || {
        must(command("cargo", ["build", "--release", "--locked", "--package", "fairlead-cli", "--package", "fairlead-bench"]))
    })?;
    let mut run = command(released("fairlead-bench"), ["bench"]);
    run.args(args);
    must(run)
}

/// The real window against a bare one, and the bridge.
fn window(args: &[&String]) -> Done {
    measured_window()?;
    must(command(released("window"), args))
}

/// Builds the window as it is shipped, but with a door for the driver that measures it.
pub fn measured_window() -> Done {
    ui::built()?;
    step("release build", || {
        let mut build = command("cargo", ["build", "--release", "--locked", "--bins", "--example", "bare-window"]);
        build.args(["--package", "fairlead-desktop", "--package", "fairlead-cli", "--package", "fairlead-tests"]);
        build.args(["--features", "fairlead-desktop/measured"]);
        must(build)
    })
}
