//! Transactions of a company: a list, or a file.

use crate::answer::{Answer, Failure};
use crate::args::{Export, Format, Global, Transactions};
use crate::commands::companies::resolve;
use crate::computer;
use engine::view::{ExportFormat, FoundTransaction};
use engine::{Engine, ExportTo};
use std::fmt::Write as _;
use std::time::Duration;

/// The most rows of one window.
const WINDOW: u32 = 500;
/// How long a search waits for the index.
const INDEXING: Duration = Duration::from_secs(20);

pub(crate) async fn list(global: &Global, asked: Transactions) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let Some(company) = &asked.company else { return search(&engine, asked.narrow.query.unwrap_or_default(), asked.limit).await };
    let company_id = resolve(&engine, company).await?;
    let mut query = asked.narrow.of(company_id);
    query.limit = asked.limit.min(WINDOW);
    let mut page = engine.transactions(query.clone()).await?;
    page.rows.truncate(asked.limit as usize);
    while let Some(left) = asked.limit.checked_sub(u32::try_from(page.rows.len()).unwrap_or(u32::MAX)).filter(|left| *left > 0) {
        query.offset = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        query.limit = left.min(WINDOW);
        let more = engine.transactions(query.clone()).await?.rows;
        if more.is_empty() {
            break;
        }
        page.rows.extend(more);
    }
    engine.stopped().await;
    let mut words = String::new();
    for row in &page.rows {
        let _ = writeln!(words, "{}  {:>14} {}  {}", row.date, row.amount, row.currency, row.description);
    }
    let _ = write!(words, "{} of {}", page.rows.len(), page.total);
    Ok(Answer::done(&page, words))
}

async fn search(engine: &Engine, text: String, limit: u32) -> Result<Answer, Failure> {
    // What a sync before this left to be indexed; a first backfill of millions is not waited for.
    if let Ok(Err(error)) = tokio::time::timeout(INDEXING, engine.make_searchable()).await {
        return Err(error.into());
    }
    let found = engine.search_transactions(text, limit).await?;
    engine.stopped().await;
    let mut words = String::new();
    for FoundTransaction { company_name, row, .. } in &found.rows {
        let _ = writeln!(words, "{}  {:>14} {}  {company_name}: {}", row.date, row.amount, row.currency, row.description);
    }
    let _ = write!(words, "{} found", found.rows.len());
    if found.indexed < 100 {
        let _ = write!(words, "; {} % of all rows can be searched so far", found.indexed);
    }
    if found.cut {
        words.push_str("; older ones may be left out");
    }
    Ok(Answer::done(&found, words))
}

pub(crate) async fn export(global: &Global, asked: Export) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let company_id = resolve(&engine, &asked.company).await?;
    let format = match asked.format {
        Format::Csv => ExportFormat::Csv,
        Format::Xlsx => ExportFormat::Xlsx,
        Format::Jsonl => ExportFormat::Jsonl,
        Format::Json => ExportFormat::Json,
        Format::Parquet => ExportFormat::Parquet,
    };
    if let Some(id) = &asked.account
        && !engine.accounts(company_id.clone()).await?.iter().any(|account| account.id == *id)
    {
        return Err(Failure::failed("notFound", format!("{id} is no account of this company.")));
    }
    let mut query = asked.narrow.of(company_id);
    query.account_id = asked.account;
    let to = ExportTo { format, out: asked.out, overwrite: asked.force };
    let done = tokio::select! {
        done = engine.export_transactions(query, to) => Some(done),
        _ = tokio::signal::ctrl_c() => None,
    };
    // Waits until an export that is no longer wanted has taken its unfinished file away.
    engine.stopped().await;
    let done = done.ok_or_else(|| Failure::failed("cancelled", "The export was cancelled. No file was written."))??;
    let mut words = format!("{} rows ({}) in {}, SHA-256 {}", done.rows, done.filter, done.file, done.sha256);
    for sum in &done.sums {
        let _ = write!(words, "\n{}  {} in, {} out, {} rows", sum.currency, sum.money_in, sum.money_out, sum.count);
    }
    Ok(Answer::done(&done, words))
}
