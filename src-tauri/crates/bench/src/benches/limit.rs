//! How a limit of requests is kept: first the one Codat tells, 1,000 a minute; then one that is smaller than anybody told, to see what is sent
//! after an answer 429 and before its `Retry-After` has passed.

use super::Setup;
use super::backfill::logged;
use crate::Result;
use crate::product::Home;
use crate::report::{Ratio, Report, count};
use crate::world::{Logged, Size, World};
use serde_json::json;

/// As the sandbox tells with an answer 429.
const RETRY_AFTER_MS: i64 = 60_000;
/// What was on its way when the first 429 went out is no sin.
const UNDER_WAY_MS: i64 = 250;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let companies = if setup.is_short { 300 } else { 380 };
    let mut report = Report::new(format!("limit: a first backfill of {companies} companies under 1,000 requests a minute"));

    let world = World::start(&setup.fairlead, setup.seed, small(companies))?;
    world.switch(&json!({ "requestsAMinute": 1000 }))?;
    let home = Home::new(&world)?;
    let (ran, log) = logged(&world, || home.sync())?;
    let wanted = crate::world::total(&world.digest()?)?;
    if ran.holds != wanted {
        return Err(format!("void: the product holds {:?}, the sandbox {wanted:?}", ran.holds).into());
    }
    let (sent, refused) = (log.len() as u64, refused(&log));
    // Shorter than this nobody can be who keeps to the limit evenly; a burst in the first minute is allowed and comes out below 1.
    let evenly = count(sent) / 1_000.0 * 60.0;
    report.fact("requests sent", count(sent), "");
    report.fact("seconds", ran.wall, "s");
    report.ratios.push(Ratio::counted("time against requests ÷ limit", ran.wall / evenly, Some((1.10, 1.03))));
    report.ratios.push(Ratio::counted(
        format!("share answered 429 ({refused} of {sent})"),
        count(refused) / count(sent),
        Some((0.01, 0.0)),
    ));
    drop(world);

    let world = World::start(&setup.fairlead, setup.seed, small(20))?;
    let home = Home::new(&world)?;
    world.switch(&json!({ "requestsAMinute": 60 }))?;
    let (_, log) = logged(&world, || home.sync())?;
    let early = before_retry_after(&log);
    report.fact("with a limit of 60 nobody told: requests", count(log.len() as u64), "");
    report.fact("with a limit of 60 nobody told: answered 429", count(self::refused(&log)), "");
    report.ratios.push(Ratio::counted("requests before Retry-After", count(early), Some((0.0, 0.0))));
    report.notes.push("One run: the waiting is the limit's, whatever else the machine does.".into());
    Ok(report)
}

fn small(companies: u32) -> Size {
    Size { companies, accounts: 1, transactions: 20, months: 1 }
}

fn refused(log: &[Logged]) -> u64 {
    log.iter().filter(|line| line.status == 429).count() as u64
}

/// Requests that came after an answer 429 and before it allowed any.
fn before_retry_after(log: &[Logged]) -> u64 {
    let at = |line: &Logged| line.at.as_millisecond();
    let stops: Vec<i64> = log.iter().filter(|line| line.status == 429).map(at).collect();
    let early = |line: &&Logged| stops.iter().any(|stop| at(line) > stop + UNDER_WAY_MS && at(line) < stop + RETRY_AFTER_MS);
    log.iter().filter(early).count() as u64
}
