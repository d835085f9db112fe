//! One step: say what is done, do it, say how long it took.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Why the whole command stops.
#[derive(Debug)]
pub struct Failed(pub String);

/// The result of a step.
pub type Done = Result<(), Failed>;

/// The repository's top folder.
pub fn root() -> PathBuf {
    // CARGO_MANIFEST_DIR is src-tauri/crates/xtask.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Runs `body` under a title and prints its wall time.
pub fn step(title: &str, body: impl FnOnce() -> Done) -> Done {
    eprintln!("\n── {title}");
    let started = Instant::now();
    let done = body();
    let word = if done.is_ok() { "done" } else { "FAILED" };
    eprintln!("── {title}: {word} in {:.1} s", started.elapsed().as_secs_f64());
    done
}

/// A command that runs in the repository's top folder.
pub fn command<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Where cargo builds to.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of a release build.
pub fn released(program: &str) -> PathBuf {
    target().join("release").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// Runs a command to its end; a non-zero exit fails the step.
pub fn must(mut command: Command) -> Done {
    let shown = format!("{:?}", command.get_program()).replace('"', "");
    let status = command.status().map_err(|error| Failed(format!("could not start {shown}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failed(format!("{shown} ended with {status}"))) }
}
