//! CPU a row and memory, from ten thousand rows to ten million: companies of ten thousand rows each, and one company that has them all.

use super::Setup;
use super::backfill::Backfill;
use crate::Result;
use crate::measure::Ran;
use crate::report::{Ratio, Report, count};
use crate::rounds::{Middle, Runs, Side, interleave};
use crate::world::Size;

/// Rows a company.
const EACH: u32 = 10_000;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let largest = setup.rows(1_000_000, 300_000);
    let mut sizes: Vec<u32> = [10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|rows| *rows < largest).collect();
    sizes.push(largest);
    let worlds = sizes.iter().map(|rows| Backfill::new(setup, many(*rows))).collect::<Result<Vec<_>>>()?;
    let one = [100_000, largest.min(1_000_000)].map(|rows| Backfill::new(setup, Size { companies: 1, transactions: rows, ..many(EACH) }));
    let [small, large] = one;
    let worlds: Vec<Backfill> = worlds.into_iter().chain([small?, large?]).collect();
    // What made the worlds known counts as the first round: its rows and sums were held against the sandbox as well.
    let mut all: Vec<Runs> = worlds.iter().map(|world| Runs { name: "", rounds: vec![world.first.clone()] }).collect();
    for _ in 1..setup.rounds.min(if largest > 1_000_000 { 1 } else { 3 }) {
        for (world, runs) in worlds.iter().zip(&mut all) {
            let side: Side<'_> = world.product();
            for ran in interleave(1, &world.wanted, vec![side])? {
                runs.rounds.extend(ran.rounds);
            }
        }
    }
    let mut report = Report::new("grow: CPU a transaction and peak memory of a first backfill");
    let a_row = |ran: &Ran| ran.cpu / count(ran.holds.transactions.max(1));
    let peak = |runs: &Runs| Middle::over(runs, |ran| count(ran.peak_rss) / 1_048_576.0).median;
    for ((runs, rows), is_one) in all.iter().zip(sizes.iter().chain(&[100_000, largest.min(1_000_000)])).zip(shapes(sizes.len())) {
        let shape = if is_one { "one company" } else { "companies of 10,000" };
        report.fact(format!("{rows} rows, {shape}: CPU a row"), Middle::over(runs, a_row).median * 1e9, "ns");
        report.fact(format!("{rows} rows, {shape}: peak memory"), peak(runs), "MiB");
    }
    let (many, one) = all.split_at(sizes.len());
    let base = sizes.iter().position(|rows| *rows == 100_000).and_then(|place| many.get(place));
    if let Some(base) = base {
        for (runs, rows) in many.iter().zip(&sizes).filter(|(_, rows)| **rows != 100_000) {
            let what = format!("CPU a row at {rows} rows against 100,000, companies of 10,000");
            report.ratios.push(Ratio::new(what, Middle::ratio(runs, base, a_row), Some((1.5, 1.25))));
        }
    }
    if let [small, large] = one {
        let what = format!("CPU a row of one company at {} rows against 100,000", largest.min(1_000_000));
        report.ratios.push(Ratio::new(what, Middle::ratio(large, small, a_row), Some((1.5, 1.25))));
    }
    let most = all.iter().map(peak).fold(0.0, f64::max);
    report.ratios.push(Ratio::counted("peak memory, MiB", most, Some((128.0, 80.0))));
    Ok(report)
}

fn many(rows: u32) -> Size {
    Size { companies: (rows / EACH).max(1), accounts: 0, transactions: EACH.min(rows), months: 24 }
}

fn shapes(many: usize) -> impl Iterator<Item = bool> {
    std::iter::repeat_n(false, many).chain([true, true])
}
