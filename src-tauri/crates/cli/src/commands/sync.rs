//! Bringing this computer up to what Codat holds.

use crate::answer::{Answer, Exit, Failure, number};
use crate::args::{Global, Sync};
use crate::commands::companies::{last_read, resolve};
use crate::computer;
use crate::progress::{say, show};
use serde_json::json;

pub(crate) async fn run(global: &Global, asked: Sync) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let company = match &asked.company {
        Some(typed) => Some(resolve(&engine, typed).await?),
        None => None,
    };
    let done = tokio::select! {
        done = engine.sync_and_wait(company) => done?,
        () = show(&engine) => unreachable!("it ends never"),
    };
    if done.outcome == "offline"
        && let Some(why) = engine.status().await?.message
    {
        say(&format!("note: {why} {}", last_read(&engine).await?));
    }
    engine.stopped().await;
    let document = json!({
        "outcome": done.outcome, "requests": done.requests, "pages": done.pages, "rows": done.rows, "seconds": number(&done.seconds),
        "peakRssBytes": peak_rss(),
    });
    let words = format!("{}: {} rows on {} pages, {} requests, {} s", done.outcome, done.rows, done.pages, done.requests, done.seconds);
    let exit = match done.outcome.as_str() {
        "complete" => Exit::Done,
        "limited" | "offline" => Exit::Offline,
        _ => Exit::Failed,
    };
    Ok(Answer { document, words, exit })
}

/// The most memory this process ever held, where the system tells.
fn peak_rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
