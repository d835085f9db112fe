//! `cargo xtask screenshots`: the pictures of the guide, from invented data at a fixed time.

use crate::step::{Done, Failed, command, must, step};
use crate::{machine, ui};

const WAYS: [&str; 2] = ["--all", "--check"];

/// Draws the pictures of `docs/screens` anew; `--check` compares with them, `--all` draws every state in every theme.
pub fn screenshots(args: &[String]) -> Done {
    if let Some(unknown) = args.iter().find(|arg| !WAYS.contains(&arg.as_str()) && !arg.starts_with("--only=")) {
        return Err(Failed(format!("no such way: {unknown}; there are {} and --only=NAME,NAME", WAYS.join(", "))));
    }
    machine::ready_to_test()?;
    ui::installed()?;
    step("pictures of the screens", || {
        let mut draw = command("npm", ["--prefix", "ui", "run", "--silent", "gallery", "--"]);
        draw.args(args);
        must(draw)
    })
}
