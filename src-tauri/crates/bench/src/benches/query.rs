//! What screens ask, over a large store: idle, while a backfill writes, and while its pages are only downloaded, which tells what the computer's being
//! busy costs by itself. In this process, through the engine, as the window's commands ask it: a question takes less time than a process takes to start.

use super::Setup;
use super::backfill::fetched;
use crate::Result;
use crate::computer::Computer;
use crate::floor::{self, Job};
use crate::report::{Ratio, Report, count};
use crate::rounds::Middle;
use crate::world::{Size, World, total};
use engine::Engine;
use engine::view::{CompanyQuery, PeriodQuery, TransactionQuery};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Transactions a company.
const EACH: u32 = 10_000;
/// Askings of each question.
const ASKED: usize = 300;

pub(super) fn run(setup: &Setup) -> Result<Report> {
    let rows = setup.rows(1_000_000, 200_000);
    let size = Size { companies: (rows / EACH).max(1), accounts: 0, transactions: EACH.min(rows), months: 24 };
    let world = World::start(&setup.fairlead, setup.seed, size)?;
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let computer = Computer::new(folder.path(), &world).await?;
        let engine = computer.engine.clone();
        engine.refresh_companies().await?;
        let ids = company_ids(&engine).await?;
        let backfill = tokio::spawn({
            let engine = engine.clone();
            async move { engine.sync_and_wait(None).await }
        });
        while engine.stats().await?.transactions < u64::from(rows) * 8 / 10 && !backfill.is_finished() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let busy = ask_all(&engine, &ids, setup.seed, || !backfill.is_finished()).await?;
        let told = backfill.await??;
        if told.outcome != "complete" {
            return Err(format!("void: the backfill ended {}", told.outcome).into());
        }
        let held = engine.stats().await?.transactions;
        let wanted = tokio::task::block_in_place(|| total(&world.digest()?))?;
        if held != wanted.transactions {
            return Err(format!("void: {held} rows are here, {} at the sandbox", wanted.transactions).into());
        }
        engine.make_searchable().await?;
        let idle = ask_all(&engine, &ids, setup.seed, || true).await?;
        let loaded = ask_beside_a_download(&engine, &ids, setup.seed, &world).await?;
        Ok(report(held, &idle, &busy, &loaded))
    })
}

/// The same questions while another process downloads the backfill's pages again and again and nothing is stored.
async fn ask_beside_a_download(engine: &Engine, ids: &[String], seed: u64, world: &World) -> Result<Times> {
    let urls = tokio::task::block_in_place(|| Ok::<_, Box<dyn std::error::Error>>(fetched(&world.last_requests(world.requests()?)?)))?;
    let urls: Vec<String> = urls.into_iter().filter(|url| url.contains("/banking-")).collect();
    let job = Job { base_url: world.base_url.clone(), api_key: world.api_key.clone(), connections: 4, urls, ..Job::default() };
    let is_over = Arc::new(AtomicBool::new(false));
    let download = tokio::task::spawn_blocking({
        let is_over = Arc::clone(&is_over);
        move || {
            while !is_over.load(Ordering::Relaxed) {
                floor::run("download", &job).map_err(|error| error.to_string())?;
            }
            Ok::<_, String>(())
        }
    });
    let times = ask_all(engine, ids, seed, || !download.is_finished()).await;
    is_over.store(true, Ordering::Relaxed);
    download.await??;
    times
}

/// The questions, and how long each asking took, in milliseconds.
type Times = Vec<(&'static str, Vec<f64>)>;

async fn company_ids(engine: &Engine) -> Result<Vec<String>> {
    let page = engine.list_companies(CompanyQuery { limit: 500, ..CompanyQuery::default() }).await?;
    Ok(page.rows.into_iter().map(|row| row.id).collect())
}

/// Asks in turn, of companies picked by dice, until each was asked often enough or `goes_on` says no.
async fn ask_all(engine: &Engine, ids: &[String], seed: u64, goes_on: impl Fn() -> bool) -> Result<Times> {
    let mut times: Times = QUESTIONS.iter().map(|name| (*name, vec![])).collect();
    let mut dice = seed | 1;
    for _ in 0..ASKED {
        for (name, taken) in &mut times {
            if !goes_on() {
                return Ok(times);
            }
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(dice >> 33).unwrap_or(0) % ids.len().max(1);
            let company = ids.get(place).cloned().ok_or("there are no companies")?;
            let started = Instant::now();
            ask(engine, name, company).await?;
            taken.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(times)
}

const EVERYWHERE: [&str; 2] = ["a word in all companies", "two words in all companies"];

const QUESTIONS: [&str; 9] = [
    "companies, first window",
    "companies by a word",
    "transactions, newest 100",
    "transactions of 90 days",
    "transactions by a word",
    "company page",
    "cash flow of 12 months",
    EVERYWHERE[0],
    EVERYWHERE[1],
];

/// What a question may take, and what is aimed at, in milliseconds.
fn bounds(name: &str) -> (f64, f64) {
    if EVERYWHERE.contains(&name) { (50.0, 16.0) } else { (16.0, 4.0) }
}

async fn ask(engine: &Engine, name: &str, company: String) -> Result<()> {
    let rows = |from: Option<&str>, text: &str| TransactionQuery {
        company_id: company.clone(),
        from: from.map(str::to_owned),
        text: text.to_owned(),
        limit: 100,
        ..TransactionQuery::default()
    };
    let companies = |text: &str| CompanyQuery { text: text.to_owned(), limit: 100, ..CompanyQuery::default() };
    match name {
        "companies, first window" => engine.list_companies(companies("")).await.map(drop)?,
        "companies by a word" => engine.list_companies(companies("ba")).await.map(drop)?,
        "transactions, newest 100" => engine.transactions(rows(None, "")).await.map(drop)?,
        "transactions of 90 days" => engine.transactions(rows(Some(&ninety_days_ago()), "")).await.map(drop)?,
        "transactions by a word" => engine.transactions(rows(None, "card")).await.map(drop)?,
        "cash flow of 12 months" => {
            engine.cash_flow(PeriodQuery { company_id: company, currency: None, months: 12 }).await.map(drop)?;
        }
        "a word in all companies" => engine.search_transactions("takings".into(), 100).await.map(drop)?,
        "two words in all companies" => engine.search_transactions("keelstone policy".into(), 100).await.map(drop)?,
        _ => engine.company(company).await.map(drop)?,
    }
    Ok(())
}

fn ninety_days_ago() -> String {
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    today.saturating_sub(jiff::Span::new().days(90)).to_string()
}

fn report(rows: u64, idle: &Times, busy: &Times, loaded: &Times) -> Report {
    let mut report = Report::new(format!("query: {rows} transactions, {ASKED} askings of each question, through the engine"));
    for (((name, idle), (_, busy)), (_, loaded)) in idle.iter().zip(busy).zip(loaded) {
        let p95 = percentile(idle, 95);
        report.ratios.push(Ratio::counted(format!("{name}: p95, ms"), p95, Some(bounds(name))));
        report.fact(format!("{name}: median"), percentile(idle, 50), "ms");
        // Of a few askings there is no p95 to speak of.
        if busy.len() >= 40 {
            let found = Middle { median: percentile(busy, 95) / p95.max(1e-9), spread: 0.0 };
            report.ratios.push(Ratio::new(format!("{name}: p95 while a backfill writes, against idle"), found, Some((2.0, 1.3))));
            report.fact(format!("{name}: median while a backfill writes"), percentile(busy, 50), "ms");
            let floor = percentile(loaded, 95);
            report.fact(format!("{name}: p95 while pages are only downloaded"), floor, "ms");
            let found = Middle { median: percentile(busy, 95) / floor.max(1e-9), spread: 0.0 };
            report.ratios.push(Ratio::new(format!("{name}: p95 while a backfill writes, against that"), found, None));
        } else {
            report.notes.push(format!("{name}: only {} askings while the backfill wrote: take more rows", count(busy.len() as u64)));
        }
    }
    report
}

pub(super) fn percentile(times: &[f64], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
