//! What ends when, and renewals that go out. The first asks nothing of Codat but the list of companies.

use crate::answer::{Answer, Failure};
use crate::args::{Consents, Global, Renew};
use crate::commands::companies::{resolve, stale};
use crate::computer;
use crate::progress::time;
use engine::view::{ConsentGroup, ConsentQuery, ConsentRow, ConsentsView, RenewOf};
use engine::{Engine, RenewTo};
use serde_json::json;
use std::fmt::Write as _;

/// What a company's renewal is asked for without a number of days.
const SOON_DAYS: u32 = 30;

pub(crate) async fn list(global: &Global, asked: Consents) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let desk = look(&engine, asked.within).await?;
    let written = match asked.ics {
        Some(out) => {
            let ends = engine.consent_calendar(asked.within, out.clone(), asked.force).await?;
            Some(json!({ "ends": ends, "place": out.display().to_string() }))
        }
        None => None,
    };
    engine.stopped().await;
    let mut words = words(&desk);
    if let Some(written) = &written {
        let _ = write!(words, "\n{} ends in {}.", written["ends"], written["place"].as_str().unwrap_or_default());
    }
    let mut document = serde_json::to_value(&desk).unwrap_or_default();
    document["calendar"] = written.unwrap_or_default();
    Ok(Answer::done(&document, words))
}

pub(crate) async fn renew(global: &Global, asked: Renew) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let desk = look(&engine, None).await?;
    let chosen = match (&asked.company, asked.within) {
        (Some(company), _) => of_company(&engine, &desk, &resolve(&engine, company).await?).await?,
        (None, within) => due(&look(&engine, Some(within.unwrap_or(SOON_DAYS))).await?.rows),
    };
    if chosen.is_empty() {
        engine.stopped().await;
        return Ok(Answer::done(&json!({ "batch": null, "sent": 0 }), "No consent ended or ends in that time: nothing was sent."));
    }
    let sent = engine.send_renewals(chosen, RenewTo { folder: asked.out, codes: asked.codes, language: asked.language }).await;
    engine.stopped().await;
    let sent = sent?;
    let mut words = format!("{} links in {}. Each works once and until {}.", sent.sent, sent.place, time(sent.expires_at));
    if sent.left_out > 0 {
        let _ = write!(words, " {} left out: gone at Codat.", sent.left_out);
    }
    if let Some(why) = &sent.stopped {
        let _ = write!(words, "\nThe rest was not sent: {why}");
    }
    Ok(Answer::done(&sent, words))
}

async fn look(engine: &Engine, within: Option<u32>) -> Result<ConsentsView, Failure> {
    if let Err(error) = engine.refresh_companies().await {
        stale(engine, &error).await?;
    }
    Ok(engine.consents(ConsentQuery { within, batch: None }).await?)
}

fn due(rows: &[ConsentRow]) -> Vec<RenewOf> {
    let of = |row: &ConsentRow| RenewOf { company_id: row.company_id.clone(), connection_id: row.connection_id.clone() };
    rows.iter().filter(|row| row.group != ConsentGroup::Unknown).map(of).collect()
}

/// What ended or ends soon; when nothing does, a person who names a company wants it early.
async fn of_company(engine: &Engine, desk: &ConsentsView, id: &str) -> Result<Vec<RenewOf>, Failure> {
    let of_it = |group: fn(ConsentGroup) -> bool| {
        let rows: Vec<ConsentRow> = desk.rows.iter().filter(|row| row.company_id == id && group(row.group)).cloned().collect();
        due(&rows)
    };
    let soon = of_it(|group| group < ConsentGroup::Later);
    if !soon.is_empty() {
        return Ok(soon);
    }
    let company = engine.company(id.to_owned()).await?;
    let linked = company.connections.iter().filter(|card| ["Linked", "Deauthorized"].contains(&card.raw_status.as_str()));
    Ok(linked.map(|card| RenewOf { company_id: id.to_owned(), connection_id: card.id.clone() }).collect())
}

fn words(desk: &ConsentsView) -> String {
    let mut words = String::new();
    for row in &desk.rows {
        let end = match (row.group, row.ends_at) {
            (ConsentGroup::Ended, Some(at)) => format!("ended {}", &time(at)[..10]),
            (ConsentGroup::Ended, None) => "ended".to_owned(),
            (_, Some(at)) => format!("about {}", &time(at)[..10]),
            (_, None) => "not known".to_owned(),
        };
        let renewal = row.renewal.as_ref().map(|pill| format!("  renewal: {}", pill.word.to_lowercase())).unwrap_or_default();
        let _ = writeln!(words, "{end:<17} {}, {}{renewal}  ({})", row.company_name, row.bank, row.why.trim_end_matches('.'));
    }
    let counts = desk.counts;
    let _ = write!(
        words,
        "{} ended, {} any day, {} within a week, {} within 30 days, {} later, {} not known. Ends are estimates.",
        counts.ended, counts.overdue, counts.week, counts.month, counts.later, counts.unknown
    );
    words
}
