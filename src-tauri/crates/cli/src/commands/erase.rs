//! Erasing what is on this computer. Codat is not touched.

use crate::answer::{Answer, Failure};
use crate::args::{Erase, Global};
use crate::commands::companies::resolve;
use crate::computer;
use engine::Engine;
use engine::view::{End, Ending, ErasureView, OlderView};
use serde_json::json;
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, asked: Erase) -> Result<Answer, Failure> {
    if let Erase::Everything { confirm } = asked {
        return everything(global, &confirm).await;
    }
    let (home, engine) = computer::engine(global).await?;
    let answer = match asked {
        Erase::Company { company, confirm } => one(&engine, &company, confirm).await,
        Erase::Older { months, yes, .. } => older(&engine, months, yes).await,
        Erase::List | Erase::Everything { .. } => list(&engine, home.removed()?).await,
    };
    engine.stopped().await;
    answer
}

async fn one(engine: &Engine, company: &str, confirm: String) -> Result<Answer, Failure> {
    let company_id = resolve(engine, company).await?;
    let erased = engine.end(End { company_id, ending: Ending::Erase, typed: confirm }).await?;
    Ok(told(erased.as_ref()))
}

async fn older(engine: &Engine, months: Option<u32>, yes: bool) -> Result<Answer, Failure> {
    match months {
        Some(months) if !yes => {
            let older = engine.older_than(months).await?;
            Ok(Answer::done(&older, format!("{}\nNothing was erased. Add --yes to keep it so from now on.", would_go(&older))))
        }
        Some(_) => Ok(told(engine.keep_for(months).await?.as_ref())),
        None => {
            engine.keep_for(None).await?;
            Ok(Answer::done(
                &json!({ "months": null }),
                "Rows of any age are kept from now on. What was erased comes back with the next full reading.",
            ))
        }
    }
}

async fn everything(global: &Global, confirm: &str) -> Result<Answer, Failure> {
    if let Some(named) = global.profile.as_deref().filter(|named| *named != confirm) {
        return Err(Failure::usage(format!(
            "--profile says \u{201c}{named}\u{201d} and --confirm \u{201c}{confirm}\u{201d}. Nothing was erased."
        )));
    }
    let home = computer::home(global).await?;
    Ok(told(Some(&home.remove_profile(confirm).await?)))
}

async fn list(engine: &Engine, removed: Vec<ErasureView>) -> Result<Answer, Failure> {
    let mut kept = engine.kept_here().await?;
    kept.erasures.extend(removed);
    kept.erasures.sort_by_key(|erasure| std::cmp::Reverse(erasure.at.0));
    let mut words = match kept.months {
        Some(months) => format!("Rows are kept for {months} months.\n"),
        None => "Rows are kept for ever.\n".to_owned(),
    };
    for company in &kept.left_behind {
        let _ = writeln!(words, "gone at Codat and still here: {}  {}  {} transactions", company.id, company.name, company.rows);
    }
    for erasure in &kept.erasures {
        let _ = writeln!(words, "{}", in_words(erasure));
    }
    Ok(Answer::done(&kept, words))
}

fn told(erasure: Option<&ErasureView>) -> Answer {
    Answer::done(&erasure, erasure.map_or_else(|| "There was nothing to erase.".to_owned(), in_words))
}

fn in_words(erasure: &ErasureView) -> String {
    let what = match (erasure.what.as_str(), &erasure.of, &erasure.before) {
        ("age", _, Some(before)) => format!("everything before {before}"),
        (what, Some(of), _) => format!("{what} {of}"),
        (what, ..) => what.to_owned(),
    };
    let open = if erasure.is_whole { "" } else { " (the file is written anew with the next start)" };
    format!("Erased {what}: {} rows{open}. Receipt {}", erasure.rows, erasure.digest)
}

fn would_go(older: &OlderView) -> String {
    format!(
        "Before {}: {} transactions and {} balances of {} companies.",
        older.before, older.transactions, older.balances, older.companies
    )
}
