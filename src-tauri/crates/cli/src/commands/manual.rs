//! What the command line tells of itself: for shells, and for `man`.

use crate::answer::{Answer, Failure};
use crate::args::Args;
use clap::CommandFactory as _;
use clap_complete::Shell;
use serde_json::json;
use std::path::Path;

/// Completions of one shell.
pub(crate) fn completions(shell: Shell) -> Answer {
    let mut script = vec![];
    clap_complete::generate(shell, &mut Args::command(), "fairlead", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Answer::done(&json!({ "shell": shell.to_string(), "script": script }), script)
}

/// A page for each command.
pub(crate) fn pages(out: &Path) -> Result<Answer, Failure> {
    let write = || {
        std::fs::create_dir_all(out)?;
        clap_mangen::generate_to(Args::command(), out)?;
        std::fs::read_dir(out).map(Iterator::count)
    };
    let pages =
        write().map_err(|error| Failure::failed("disk", format!("The manual could not be written to {}: {error}", out.display())))?;
    Ok(Answer::done(&json!({ "pages": pages }), format!("{pages} pages in {}", out.display())))
}
