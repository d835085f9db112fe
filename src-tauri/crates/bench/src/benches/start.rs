//! From the start of the process to the first window of a list of 10,000 companies: the engine's part of opening the app.
//!
//! The floor is a process that only opens an encrypted database and reads one row. A bare window would be the other floor; it needs a display and
//! the desktop crate, so it is measured by the desktop's own checks and not here.

use super::Setup;
use crate::Result;
use crate::computer::Computer;
use crate::floor::{self, Job};
use crate::measure::Ran;
use crate::report::{Ratio, Report};
use crate::rounds::{Middle, Runs};
use crate::world::{Size, World};
use std::time::Instant;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let companies = 10_000;
    let world = World::start(&setup.fairlead, setup.seed, Size { companies, accounts: 1, transactions: 10, months: 1 })?;
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let secrets = runtime.block_on(async {
        let computer = Computer::new(folder.path(), &world).await?;
        computer.engine.refresh_companies().await?;
        computer.engine.stopped().await;
        crate::Result::Ok(computer.secrets())
    })?;
    drop(runtime);
    let job = Job { pages: folder.path().to_owned(), secrets, ..Job::default() };
    let mut product = Runs { name: "engine: start to the first window", rounds: vec![] };
    let mut bare = Runs { name: "a process with an encrypted database", rounds: vec![] };
    for _ in 0..setup.rounds * 3 {
        product.rounds.push(started("start", &job)?);
        bare.rounds.push(started("bare-start", &job)?);
    }
    let mut report = Report::new(format!("start: {companies} companies stored, process start to the first 100 of them"));
    let wall = |ran: &Ran| ran.wall;
    report.ratios.push(Ratio::counted("start to the first window, ms", Middle::over(&product, wall).median * 1e3, None));
    report.ratios.push(Ratio::new("wall against a bare process", Middle::ratio(&product, &bare, wall), None));
    report.sides = vec![product, bare];
    report
        .notes
        .push("The bound against a bare window (1.5, aim 1.15) needs the desktop crate and a display; this is the engine's part.".into());
    Ok(report)
}

/// Wall from outside: the process's own start counts.
fn started(name: &str, job: &Job) -> Result<Ran> {
    let at = Instant::now();
    let ran = floor::run(name, job)?;
    Ok(Ran { wall: at.elapsed().as_secs_f64(), ..ran })
}
