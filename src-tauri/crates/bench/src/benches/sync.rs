//! The first backfill of one company.
//!
//! The product is the `fairlead` program itself, because what people run is what must be fast: its allocator, its threads and its start-up are in
//! the figures. Only opening its vault is taken off.

use super::Setup;
use crate::Result;
use crate::floor::{self, Job};
use crate::measure::Ran;
use crate::product::Home;
use crate::report::{Ratio, Report, count};
use crate::rounds::{Check, Middle, Side, interleave};
use crate::world::{Logged, Size, World, fewest_requests, total};
use std::path::Path;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let rows = setup.rows(200_000, 50_000);
    let world = World::start(&setup.fairlead, setup.seed, Size { companies: 1, accounts: 0, transactions: rows })?;
    let backfill = || Home::new(&setup.fairlead, &world)?.sync();
    // Once for nothing: the sandbox makes its world, and its log tells what the others have to fetch.
    let before = world.requests()?;
    let first = backfill()?;
    let log = world.last_requests(usize::try_from(world.requests()? - before)?)?;
    let digests = world.digest()?;
    let wanted = total(&digests)?;
    if first.holds != wanted {
        return Err(format!("void: the product holds {:?}, the sandbox {wanted:?}", first.holds).into());
    }
    let pages = tempfile::tempdir()?;
    let urls = fetched(&log);
    world.keep_pages(urls.iter().filter(|url| url.contains("banking-transactions")), pages.path())?;
    let job = job(&world, urls, pages.path());

    let large = Job { page_size: 5_000, ..job.clone() };
    let floor = |name: &'static str, job: &'_ Job| -> Box<dyn FnMut() -> Result<Ran>> {
        let job = job.clone();
        Box::new(move || floor::run(name, &job))
    };
    let side = |name, run, check| Side { name, run, check };
    let sides = vec![
        side("fairlead", Box::new(backfill), Check::Exact),
        side("naive loop, 100 a page", floor("naive", &job), Check::Rounded),
        side("naive loop, 5,000 a page", floor("naive", &large), Check::Rounded),
        side("bare packed insert", floor("insert", &job), Check::Exact),
        side("parse only", floor("parse", &job), Check::Exact),
        side("bare download, 8 connections", floor("download", &job), Check::Nothing),
    ];
    let runs = interleave(setup.rounds, &wanted, sides)?;
    let mut report = Report::new(format!("sync: first backfill of one company, {} rows, encrypted", wanted.transactions));
    if let [product, naive, large, insert, parse, download] = runs.as_slice() {
        let cpu = |ran: &Ran| ran.cpu;
        let wall = |ran: &Ran| ran.wall;
        report.ratios = vec![
            Ratio::new(
                "CPU against the naive loop (100 a page, as the docs advise)",
                Middle::ratio(product, naive, cpu),
                Some((0.5, 0.35)),
            ),
            Ratio::new("wall against the bare packed insert", Middle::ratio(product, insert, wall), Some((1.5, 1.15))),
            Ratio::counted(
                "requests against the fewest possible",
                count(first.requests) / count(fewest_requests(1, &digests)),
                Some((1.05, 1.0)),
            ),
            Ratio::new("CPU against the naive loop with 5,000 a page", Middle::ratio(product, large, cpu), None),
            Ratio::new("wall against the naive loop", Middle::ratio(product, naive, wall), None),
            Ratio::new("CPU against the bare packed insert", Middle::ratio(product, insert, cpu), None),
            Ratio::new("CPU against parse only", Middle::ratio(product, parse, cpu), None),
            Ratio::new("wall against the bare download", Middle::ratio(product, download, wall), None),
        ];
        report.fact("CPU a row", Middle::over(product, cpu).median * 1e9 / count(wanted.transactions), "ns");
    }
    report.fact("requests sent", count(first.requests), "");
    report.fact("fewest possible", count(fewest_requests(1, &digests)), "");
    report.sides = runs;
    Ok(report)
}

/// What the product fetched, as paths and queries.
pub(super) fn fetched(log: &[Logged]) -> Vec<String> {
    let good = log.iter().filter(|line| line.method == "GET" && line.status == 200 && line.path != "/profile");
    good.map(|line| line.query.as_ref().map_or_else(|| line.path.clone(), |query| format!("{}?{query}", line.path))).collect()
}

pub(super) fn job(world: &World, urls: Vec<String>, pages: &Path) -> Job {
    Job { base_url: world.base_url.clone(), api_key: world.api_key.clone(), connections: 8, urls, page_size: 100, pages: pages.to_owned() }
}
