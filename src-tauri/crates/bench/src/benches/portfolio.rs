//! An unchanged portfolio of 100,000 companies: requests, and what it costs to find that nothing moved.
//!
//! Filling it honestly would take 400,000 requests, which is hours under any limit. So the companies are taken in, and then noted as read, by the
//! product's own words for that; should those words change, the refresh would begin to fetch, and the bench says so.

use super::Setup;
use super::backfill::logged;
use crate::Result;
use crate::computer::Computer;
use crate::measure::{Ran, Watch};
use crate::report::{Ratio, Report, count};
use crate::world::{Size, World};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{DbKey, Store};

pub(super) fn measure(setup: &Setup, companies: u32, report: &mut Report) -> Result<()> {
    let world = World::start(&setup.fairlead, setup.seed, Size { companies, accounts: 1, transactions: 10, months: 1 })?;
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let computer = runtime.block_on(Computer::new(folder.path(), &world))?;
    let moved = runtime.block_on(computer.engine.refresh_companies())?;
    let store = store_in(folder.path(), &computer)?;
    let mut seen = vec![];
    for company in &moved {
        let connections = store.company(company)?.map(|item| item.connections).unwrap_or_default();
        seen.extend(connections.iter().map(|found| {
            let at = found.last_sync.map(|at| at.to_string()).unwrap_or_default();
            (format!("seen/{}", found.id), format!("{}@{at}", found.status))
        }));
    }
    store.set_facts(&seen)?;
    let mut ran = Ran::default();
    let watch = Watch::start();
    let (told, log) = logged(&world, || {
        let sync = async { tokio::time::timeout(Duration::from_secs(60), computer.engine.sync_and_wait(None)).await };
        Ok(runtime.block_on(sync)??)
    })?;
    watch.add_to(&mut ran);
    if told.outcome != "complete" || told.pages > 0 {
        return Err(format!("void: the unchanged portfolio ended {} with {} pages", told.outcome, told.pages).into());
    }
    let fewest = u64::from(companies).div_ceil(5_000);
    let what = format!("unchanged portfolio of {companies}: {} requests, {fewest} at least", log.len());
    report.ratios.push(Ratio::counted(what, count(log.len() as u64) / count(fewest), Some((1.05, 1.0))));
    report.fact(format!("unchanged portfolio of {companies}: CPU"), ran.cpu, "s");
    report.fact(format!("unchanged portfolio of {companies}: wall"), ran.wall, "s");
    Ok(())
}

/// The same database beside the engine; one of the secrets opens it.
fn store_in(folder: &Path, computer: &Computer) -> Result<Store> {
    let file = find_database(folder)?.ok_or("there is no database in the folder")?;
    let keys = computer.secrets().into_values().filter_map(|secret| DbKey::from_bytes(&secret));
    keys.into_iter().find_map(|key| Store::open(&file, &key).ok()).ok_or_else(|| "no secret opens the database".into())
}

fn find_database(folder: &Path) -> Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if let Some(found) = find_database(&path)? {
                return Ok(Some(found));
            }
        } else if path.extension().is_some_and(|extension| extension == "db") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
