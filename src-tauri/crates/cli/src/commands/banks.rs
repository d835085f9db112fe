//! Banks that can be connected, and what Codat's Portal has of them.

use crate::answer::{Answer, Failure};
use crate::args::{Banks, Global};
use crate::computer;
use crate::progress::time;
use engine::Engine;
use engine::view::{MirrorQuery, MirrorRow, MirrorView, MirrorWhich};
use std::fmt::Write as _;

/// The most rows of one window.
const WINDOW: u32 = 200;

pub(crate) async fn run(global: &Global, asked: Banks) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let answer = if asked.portal { portal(&engine, &asked).await } else { list(&engine, &asked).await };
    engine.stopped().await;
    answer
}

async fn list(engine: &Engine, asked: &Banks) -> Result<Answer, Failure> {
    let found = engine.list_banks(asked.query.as_deref().unwrap_or_default(), asked.limit).await?;
    let why = |hidden: &Option<String>| hidden.as_ref().map(|why| format!("  ({why})")).unwrap_or_default();
    let words: String = found.iter().map(|bank| format!("{}  {}{}\n", bank.key, bank.name, why(&bank.hidden))).collect();
    let words = if words.is_empty() {
        "No bank of this client fits. Ask for it in Codat's Portal under Integrations, Banking.".to_owned()
    } else {
        words
    };
    Ok(Answer::done(&found, words))
}

async fn portal(engine: &Engine, asked: &Banks) -> Result<Answer, Failure> {
    engine.refresh_banks().await?;
    let text = asked.query.clone().unwrap_or_default();
    let mirror = mirror(engine, MirrorQuery { text, which: MirrorWhich::All, ..MirrorQuery::default() }, asked.limit).await?;
    let mut words = String::new();
    for source in &mirror.sources {
        let _ = writeln!(words, "{}: {} switched on, {} off", source.name, source.on, source.off);
    }
    match mirror.since {
        _ if !mirror.changes.is_empty() => {
            let _ = writeln!(words, "\nWithin the last week:");
            for change in &mirror.changes {
                let _ = writeln!(words, "{}  {}  {} ({})", time(change.at), change.name, change.status.word, change.source);
            }
        }
        Some(since) => {
            let _ = writeln!(words, "\nNothing changed within the last week; changes are noted since {}.", time(since));
        }
        None => {}
    }
    words.push('\n');
    for row in &mirror.rows {
        let _ = writeln!(words, "{}  {}  {}, {}{}", row.key, row.name, row.source, row.status.word.to_lowercase(), ours(row));
    }
    if mirror.total > asked.limit {
        let _ = writeln!(words, "{} more; see them with --limit.", mirror.total - asked.limit);
    }
    Ok(Answer::done(&mirror, words))
}

/// The mirror with so many rows, a window after the other.
pub(super) async fn mirror(engine: &Engine, query: MirrorQuery, limit: u32) -> Result<MirrorView, Failure> {
    let window = |offset: u32| MirrorQuery { offset, limit: limit.saturating_sub(offset).min(WINDOW), ..query.clone() };
    let mut mirror = engine.bank_mirror(window(0)).await?;
    while let Some(offset) = u32::try_from(mirror.rows.len()).ok().filter(|rows| *rows < mirror.total.min(limit)) {
        let more = engine.bank_mirror(window(offset)).await?.rows;
        if more.is_empty() {
            break;
        }
        mirror.rows.extend(more);
    }
    Ok(mirror)
}

/// What the team made of it.
pub(super) fn ours(row: &MirrorRow) -> String {
    let mut words = String::new();
    if row.is_default {
        words.push_str("; the default");
    }
    if row.favourite {
        words.push_str("; a favourite");
    }
    match row.hidden.as_deref() {
        Some("") => words.push_str("; hidden"),
        Some(why) => {
            let _ = write!(words, "; hidden: {why}");
        }
        None => {}
    }
    if !row.note.is_empty() {
        words.push_str("; has a note");
    }
    words
}
