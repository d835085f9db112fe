//! `cargo xtask exports`: what others read out of our exports, and how much memory writing a million rows takes.

use crate::step::{Done, Failed, command, must, released, step};

const ROWS: &str = "1000000";

/// Builds the command line as it is shipped and lets other programs open what it writes. `--rows N` for fewer.
pub fn exports(args: &[String]) -> Done {
    let rows = match args {
        [] => ROWS,
        [flag, rows] if flag == "--rows" && rows.parse::<u32>().is_ok() => rows.as_str(),
        _ => return Err(Failed("exports takes --rows N and nothing else".into())),
    };
    step("release build", || must(command("cargo", ["build", "--release", "--locked", "--package", "fairlead-cli"])))?;
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    step("exports as others read them", || {
        let mut look = command(python, ["tests/exports/by_others.py"]);
        look.arg(released("fairlead")).arg(rows);
        must(look)
    })
}
