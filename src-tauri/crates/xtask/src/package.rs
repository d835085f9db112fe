//! `cargo xtask package`: what is handed to people, built for release: a deb and an rpm with window, command line, manual pages, completions
//! and a timer. `--try` installs the deb in a Debian of its own and walks the first-run journey there.

use crate::step::{Done, Failed, command, must, root, step};
use crate::{machine, ui};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// Builds the packages into `target/package`.
pub fn package(args: &[String]) -> Done {
    let tries = match args {
        [] => false,
        [only] if only == "--try" => true,
        others => return Err(Failed(format!("no such way: {}; there is --try", others.join(" ")))),
    };
    machine::ready_to_build()?;
    ui::built()?;
    step("release build", || {
        must(command("cargo", ["build", "--release", "--locked", "--bins", "-p", "fairlead-desktop", "-p", "fairlead-cli"]))
    })?;
    let out = root().join("target/package");
    step("manual pages and completions", || papers(&out))?;
    step("packages", || bundle(&out))?;
    if tries {
        machine::ready_to_test()?;
        step("the installed package, in a Debian of its own", || must(command::<&str>("src-tauri/packaging/try-deb", [])))?;
    }
    Ok(())
}

fn papers(out: &Path) -> Done {
    let (fairlead, completions) = (root().join("target/release/fairlead"), out.join("completions"));
    fresh(out)?;
    std::fs::create_dir_all(&completions).map_err(said("making a folder"))?;
    let mut manual = command(&fairlead, ["manual"]);
    manual.arg(out.join("man"));
    must(manual)?;
    for shell in SHELLS {
        let file = File::create(completions.join(shell)).map_err(said("writing completions"))?;
        let mut write = command(&fairlead, ["completions", shell]);
        write.stdout(Stdio::from(file));
        must(write)?;
    }
    Ok(())
}

fn bundle(out: &Path) -> Done {
    let mut tauri =
        command("ui/node_modules/.bin/tauri", ["bundle", "--bundles", "deb,rpm", "--config", "src-tauri/packaging/package.json"]);
    tauri.env("CI", "true");
    must(tauri)?;
    let mut packages = vec![];
    for kind in ["deb", "rpm"] {
        let folder = root().join("target/release/bundle").join(kind);
        let found = files(&folder)?.into_iter().find(|path| path.extension().is_some_and(|ending| ending == kind));
        let built = found.ok_or_else(|| Failed(format!("no {kind} came out in {}", folder.display())))?;
        let name = built.file_name().unwrap_or_default();
        std::fs::copy(&built, out.join(name)).map_err(said("copying a package"))?;
        packages.push(name.to_owned());
    }
    let sums = File::create(out.join("SHA256SUMS")).map_err(said("writing the sums"))?;
    let mut hash = command("sha256sum", &packages);
    hash.current_dir(out).stdout(Stdio::from(sums));
    must(hash)?;
    let mut list = command("ls", ["-l"]);
    list.arg(out);
    must(list)
}

fn fresh(folder: &Path) -> Done {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(said("clearing the last packages"))?;
    }
    std::fs::create_dir_all(folder).map_err(said("making a folder"))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let listed = std::fs::read_dir(folder).map_err(said("looking for what was built"))?;
    Ok(listed.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|path| path.is_file()).collect())
}

fn said(doing: &'static str) -> impl Fn(std::io::Error) -> Failed {
    move |error| Failed(format!("{doing}: {error}"))
}
