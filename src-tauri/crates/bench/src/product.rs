//! The product: the engine as the `fairlead` program runs it, in a process of its own with a data folder of its own.
//!
//! Not the program itself, because its vault behind a passphrase is slow on purpose, and in 64 MiB: a large part of a short sync, and taking it off
//! again is guessing. Everything else is the same code in the same release profile, with opening the database and closing it.

use crate::Result;
use crate::computer::{Computer, Secrets};
use crate::floor::{self, Job};
use crate::measure::{Holds, Ran, Watch};
use crate::world::World;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr as _;
use tempfile::TempDir;
use tokio::runtime::Builder;

/// A data folder with one profile.
pub(crate) struct Home {
    folder: TempDir,
    secrets: Secrets,
}

impl Home {
    pub(crate) fn new(world: &World) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let computer = runtime.block_on(Computer::new(folder.path(), world))?;
        runtime.block_on(computer.engine.stopped());
        Ok(Self { folder, secrets: computer.secrets() })
    }

    /// The same profile with the same data, in a folder of its own.
    pub(crate) fn copy(&self) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy_folder(self.folder.path(), folder.path())?;
        Ok(Self { folder, secrets: self.secrets.clone() })
    }

    /// Brings the folder up to what the sandbox holds.
    pub(crate) fn sync(&self) -> Result<Ran> {
        floor::run("product", &self.job())
    }

    /// What the process that brings it up is told.
    pub(crate) fn job(&self) -> Job {
        Job { pages: self.folder.path().to_owned(), secrets: self.secrets.clone(), ..Job::default() }
    }
}

/// The process that `sync` starts.
pub(crate) fn run(job: &Job) -> Result<Ran> {
    let runtime = engine::runtime()?;
    let mut ran = Ran::default();
    let watch = Watch::start();
    let computer = runtime.block_on(Computer::open(&job.pages, job.secrets.clone()))?;
    let told = runtime.block_on(computer.engine.sync_and_wait(None))?;
    runtime.block_on(computer.engine.stopped());
    watch.add_to(&mut ran);
    if told.outcome != "complete" {
        return Err(format!("the sync ended {}", told.outcome).into());
    }
    let stats = runtime.block_on(computer.engine.stats())?;
    let sums: BTreeMap<String, Decimal> =
        stats.sums.into_iter().map(|(currency, sum)| Ok((currency, Decimal::from_str(&sum)?))).collect::<Result<_>>()?;
    ran.requests = told.requests.into();
    ran.holds = Holds { transactions: stats.transactions, sums: crate::world::in_words(&sums) };
    Ok(ran)
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
