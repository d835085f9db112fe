//! The state of the reads of 500 companies that all moved, 50 ms before each answer.
//!
//! Each round a read of one type ends at every connection that brings nothing, so that the product has to ask each company how its reads
//! stand and has nothing more to fetch. The floor then downloads the very requests the product sent. A round works on its own copy of a data
//! folder that was filled before; the minute of the fill has passed by then, because the product keeps it over restarts.

use super::Setup;
use super::backfill::{Backfill, fetched, logged};
use crate::Result;
use crate::floor;
use crate::measure::Ran;
use crate::report::{Ratio, Report};
use crate::rounds::{Middle, Runs};
use crate::world::Size;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    // Of 590 companies about 500 are linked and have been read.
    let companies = if setup.is_short { 118 } else { 590 };
    let filled = Backfill::new(setup, Size { companies, accounts: 1, transactions: 10, months: 1 })?;
    eprintln!("the folder is filled; waiting for the minute of its requests to pass");
    std::thread::sleep(Duration::from_secs(61));
    let homes = (0..setup.rounds).map(|_| filled.home.copy()).collect::<Result<Vec<_>>>()?;
    filled.world.switch(&json!({ "latencyMs": 50, "failSyncs": { "banking-transactions": "NotSupported" } }))?;
    let mut product = Runs { name: "fairlead", rounds: vec![] };
    let mut download = Runs { name: "bare download, 14 connections", rounds: vec![] };
    let mut asked = 0;
    let moved: BTreeSet<&str> = filled.digests.iter().map(|digest| digest.company_id.as_str()).collect();
    for home in &homes {
        filled.world.land(&filled.connections(), "banking-transactions")?;
        let (ran, log) = logged(&filled.world, || home.sync())?;
        let urls = fetched(&log);
        let histories = urls.iter().filter(|url| url.contains("/history") || url.contains("/dataStatus")).count();
        if histories < moved.len() {
            return Err(format!("void: {} companies moved, and the product asked {histories} how they stand", moved.len()).into());
        }
        asked = urls.len();
        product.rounds.push(ran);
        download.rounds.push(floor::run("download", &filled.job(urls))?);
    }
    let mut report = Report::new(format!("status: how the reads of {} companies stand, {asked} requests, 50 ms an answer", moved.len()));
    let bounds = Some((1.15, 1.05));
    let wall = Middle::ratio(&product, &download, |ran: &Ran| ran.wall);
    report.ratios.push(Ratio::new("wall against the bare download at 14 connections", wall, bounds));
    report.sides = vec![product, download];
    super::portfolio::measure(setup, if setup.is_short { 20_000 } else { 100_000 }, &mut report)?;
    Ok(report)
}
