//! `cargo xtask bench`: the product against floors, in one run. Both programs are built as they are shipped.

use crate::step::{Done, command, must, root, step};

/// Builds the product and the bench, and runs what was asked for.
pub fn bench(args: &[String]) -> Done {
    step("release build", || {
        must(command("cargo", ["build", "--release", "--locked", "--package", "fairlead-cli", "--package", "fairlead-bench"]))
    })?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), std::path::PathBuf::from);
    let program = target.join("release").join(format!("fairlead-bench{}", std::env::consts::EXE_SUFFIX));
    let mut run = command(&program, ["bench"]);
    run.args(args.iter().filter(|arg| *arg != "--"));
    must(run)
}
