//! The product as people run it: the `fairlead` program with a fresh data folder.
//!
//! It opens a vault behind a passphrase, which is slow on purpose and no part of a sync: opening is measured each time by a command that does
//! nothing else, and taken off. What is left also holds reading the profile, opening the database and closing it.

use crate::Result;
use crate::measure::{Holds, Ran, children_cpu};
use crate::world::{World, in_words};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr as _;
use std::time::Instant;
use tempfile::TempDir;

/// A data folder with one profile.
pub(crate) struct Home {
    fairlead: PathBuf,
    folder: TempDir,
    /// What opening costs.
    opening: Ran,
}

impl Home {
    pub(crate) fn new(fairlead: &Path, world: &World) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        write_private(&folder.path().join("passphrase"), "a bench has nothing to hide\n")?;
        let mut home = Self { fairlead: fairlead.to_owned(), folder, opening: Ran::default() };
        home.run(&["profile", "add", "bench", "--key-stdin", "--sandbox-url", &world.base_url], &world.api_key)?;
        home.opening = home.run(&["stats"], "")?.1;
        Ok(home)
    }

    /// The same profile with the same data, in a folder of its own.
    pub(crate) fn copy(&self) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy_folder(self.folder.path(), folder.path())?;
        Ok(Self { fairlead: self.fairlead.clone(), folder, opening: self.opening.clone() })
    }

    /// Brings the folder up to what the sandbox holds, and checks nothing.
    pub(crate) fn refresh(&self) -> Result<Ran> {
        let (told, mut ran) = self.run(&["sync", "--all"], "")?;
        if told["outcome"] != "complete" {
            return Err(format!("the sync did not end well: {told}").into());
        }
        ran.cpu -= self.opening.cpu;
        ran.wall -= self.opening.wall;
        ran.requests = told["requests"].as_u64().unwrap_or_default();
        ran.peak_rss = told["peakRssBytes"].as_u64().unwrap_or_default();
        Ok(ran)
    }

    /// Brings the folder up to what the sandbox holds, and tells what it holds then.
    pub(crate) fn sync(&self) -> Result<Ran> {
        let ran = self.refresh()?;
        Ok(Ran { holds: self.holds()?, ..ran })
    }

    fn holds(&self) -> Result<Holds> {
        let stats = self.run(&["stats"], "")?.0;
        let sums = stats["sums"].as_object().ok_or("stats tell no sums")?;
        let sums: BTreeMap<String, Decimal> = sums
            .iter()
            .map(|(currency, sum)| Ok((currency.clone(), Decimal::from_str(sum.as_str().ok_or("a sum is no text")?)?)))
            .collect::<Result<_>>()?;
        Ok(Holds { transactions: stats["transactions"].as_u64().ok_or("stats tell no count")?, sums: in_words(&sums) })
    }

    fn run(&self, args: &[&str], input: &str) -> Result<(Value, Ran)> {
        let mut command = Command::new(&self.fairlead);
        let vault = format!("passphrase-file={}", self.folder.path().join("passphrase").display());
        command.args(args).args(["--json", "--vault", &vault, "--home"]).arg(self.folder.path().join("home"));
        let (cpu, started) = (children_cpu(), Instant::now());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().ok_or("no input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        let wall = started.elapsed().as_secs_f64();
        let cpu = (children_cpu() - cpu).as_secs_f64();
        if !output.status.success() {
            let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            return Err(format!("fairlead {} ended with {}: {out}{err}", args.join(" "), output.status).into());
        }
        Ok((serde_json::from_slice(&output.stdout)?, Ran { cpu, wall, ..Ran::default() }))
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let (entry, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if entry.is_dir() {
            std::fs::create_dir(&to)?;
            copy_folder(&entry, &to)?;
        } else {
            std::fs::copy(&entry, &to)?;
        }
    }
    Ok(())
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?.write_all(text.as_bytes())?)
}
