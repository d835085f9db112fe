//! Many companies with many accounts, 50 ms before each answer: what counts is how many requests are under way.

use super::Setup;
use super::backfill::Backfill;
use crate::Result;
use crate::measure::Ran;
use crate::report::{Ratio, Report, count};
use crate::rounds::{Check, Middle, interleave};
use crate::world::{Size, fewest_requests};

const COMPANIES: u32 = 50;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let rows = setup.rows(100_000, 50_000);
    // Three months before the link; the months since then bring more than as many again.
    let size = Size { companies: COMPANIES, accounts: 20, transactions: rows * 2 / 5 / COMPANIES, months: 3 };
    let filled = Backfill::new(setup, size)?;
    filled.keep_pages()?;
    filled.world.latency(50)?;
    let sides = vec![
        filled.product(),
        filled.floor("bare download, 14 connections", "download", Check::Nothing, 0),
        filled.floor("bare packed insert", "insert", Check::Exact, 0),
    ];
    let runs = interleave(setup.rounds, &filled.wanted, sides)?;
    let balances: u64 = filled.digests.iter().map(|digest| digest.balances).sum();
    let mut report = Report::new(format!(
        "wide: {COMPANIES} companies ({} connections with data) × 20 accounts, {} transactions and {balances} balances, 50 ms an answer",
        filled.digests.len(),
        filled.wanted.transactions
    ));
    if let [product, download, insert] = runs.as_slice() {
        let wall = |ran: &Ran| ran.wall;
        report.ratios = vec![
            Ratio::new("wall against the bare download at 14 connections", Middle::ratio(product, download, wall), Some((2.0, 1.3))),
            Ratio::new("wall against the bare packed insert of the transactions", Middle::ratio(product, insert, wall), None),
        ];
    }
    let fewest = fewest_requests(COMPANIES.into(), &filled.digests);
    let what = format!("requests: {} sent, {fewest} at least", filled.first.requests);
    report.ratios.push(Ratio::counted(what, count(filled.first.requests) / count(fewest), Some((1.05, 1.0))));
    report.sides = runs;
    Ok(report)
}
