//! The first backfill of one company, and the fewest requests that can do a backfill, an unchanged refresh and a delta.

use super::Setup;
use super::backfill::Backfill;
use crate::Result;
use crate::measure::Ran;
use crate::report::{Ratio, Report, count};
use crate::rounds::{Check, Middle, interleave};
use crate::world::{Size, fewest_requests};

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let rows = setup.rows(200_000, 50_000);
    let filled = Backfill::new(setup, Size { companies: 1, accounts: 0, transactions: rows, months: 24 })?;
    filled.keep_pages()?;
    let sides = vec![
        filled.product(),
        filled.floor("naive loop, 100 a page", "naive", Check::Rounded, 100),
        filled.floor("naive loop, 5,000 a page", "naive", Check::Rounded, 5_000),
        filled.floor("bare packed insert", "insert", Check::Exact, 0),
        filled.floor("the same without an index", "append", Check::Exact, 0),
        filled.floor("parse only", "parse", Check::Exact, 0),
        filled.floor("bare download, 10 connections", "download", Check::Nothing, 0),
    ];
    let runs = interleave(setup.rounds, &filled.wanted, sides)?;
    let mut report = Report::new(format!("sync: first backfill of one company, {} transactions, encrypted", filled.wanted.transactions));
    if let [product, naive, large, insert, append, parse, download] = runs.as_slice() {
        let cpu = |ran: &Ran| ran.cpu;
        let wall = |ran: &Ran| ran.wall;
        report.ratios = vec![
            Ratio::new(
                "CPU against the naive loop (100 a page, as the docs advise)",
                Middle::ratio(product, naive, cpu),
                Some((0.5, 0.35)),
            ),
            Ratio::new("wall against the bare packed insert", Middle::ratio(product, insert, wall), Some((1.5, 1.15))),
            Ratio::new("CPU against the naive loop with 5,000 a page", Middle::ratio(product, large, cpu), None),
            Ratio::new("wall against the naive loop", Middle::ratio(product, naive, wall), None),
            Ratio::new("CPU against the bare packed insert", Middle::ratio(product, insert, cpu), None),
            Ratio::new("CPU against the same without an index", Middle::ratio(product, append, cpu), None),
            Ratio::new("CPU against parse only", Middle::ratio(product, parse, cpu), None),
            Ratio::new("wall against the bare download", Middle::ratio(product, download, wall), None),
        ];
        report.fact("CPU a row", Middle::over(product, cpu).median * 1e9 / count(filled.wanted.transactions), "ns");
    }
    report.sides = runs;
    requests(&filled, &mut report)?;
    report.notes.push("The naive loop goes through doubles: its sums agree to four decimals, all others to the last digit.".into());
    Ok(report)
}

fn requests(filled: &Backfill, report: &mut Report) -> Result<()> {
    let unchanged = filled.home.sync()?.requests;
    filled.world.land(&filled.connections(), "banking-transactions")?;
    let delta = filled.home.sync()?.requests;
    // A page of companies says that a connection moved, its history says which type did, and every seventh row was stamped anew.
    let changed = filled.wanted.transactions.div_ceil(7).div_ceil(5_000);
    let fewest = [fewest_requests(1, &filled.digests), 1, 2 + changed];
    for (what, sent, fewest) in [
        ("a backfill", filled.first.requests, fewest[0]),
        ("an unchanged refresh", unchanged, fewest[1]),
        ("a delta of one connection", delta, fewest[2]),
    ] {
        let what = format!("requests of {what}: {sent} sent, {fewest} at least");
        report.ratios.push(Ratio::counted(what, count(sent) / count(fewest), Some((1.05, 1.0))));
    }
    Ok(())
}
