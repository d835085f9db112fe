//! `cargo xtask trust --reproducible`: what is shipped, built twice from nothing in two folders. It has to be the same, byte by byte.

use crate::step::{Done, Failed, command, must, root, step, target};
use crate::ui;
use std::path::{Path, PathBuf};

const PROGRAMS: [&str; 2] = ["fairlead", "fairlead-desktop"];

/// Takes as long as two releases.
pub fn reproducible() -> Done {
    ui::built()?;
    let folders = ["one", "two"].map(|name| target().join("reproducible").join(name));
    for folder in &folders {
        step("release build", || released_into(folder))?;
    }
    let read = |folder: &PathBuf, program: &str| {
        let path = folder.join("release").join(program);
        std::fs::read(&path).map_err(|error| Failed(format!("reading {}: {error}", path.display())))
    };
    let mut differ = vec![];
    for program in PROGRAMS {
        let (one, two) = (read(&folders[0], program)?, read(&folders[1], program)?);
        println!("{program}: {} and {} bytes, {}", one.len(), two.len(), if one == two { "the same" } else { "NOT THE SAME" });
        if one != two {
            differ.push(program);
        }
    }
    if differ.is_empty() { Ok(()) } else { Err(Failed(format!("built twice, not the same: {}", differ.join(", ")))) }
}

fn released_into(folder: &Path) -> Done {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| Failed(format!("emptying {}: {error}", folder.display())))?;
    }
    let mut build = command("cargo", ["build", "--release", "--locked", "--bins", "-p", "fairlead-desktop", "-p", "fairlead-cli"]);
    // Where it was built is nobody's business and differs.
    let home = std::env::home_dir().unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let places = [(root(), "/fairlead"), (folder.to_path_buf(), "/target"), (cargo, "/cargo")];
    let flags: Vec<String> = places.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect();
    build.env("CARGO_TARGET_DIR", folder).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    must(build)
}
