//! Companies: the list, and how one stands.

use crate::answer::{Answer, Failure};
use crate::args::{Companies, Company, End, Global};
use crate::computer;
use crate::progress::say;
use engine::Engine;
use engine::view::{CompanyQuery, CompanyRow, CompanyView, Ending, ErrorCode};
use serde_json::json;
use std::fmt::Write as _;

/// The most rows of one window.
const WINDOW: u32 = 500;

pub(crate) async fn list(global: &Global, asked: Companies) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    if let Err(error) = engine.refresh_companies().await {
        stale(&engine, &error).await?;
    }
    let rows = all(&engine, asked.query.as_deref().unwrap_or_default()).await?;
    engine.stopped().await;
    let mut words = String::new();
    for row in &rows {
        let reference = row.reference.as_ref().map(|reference| format!(" [{reference}]")).unwrap_or_default();
        let _ = writeln!(words, "{}  {}{reference}  {}", row.id, row.name, row.status.word);
    }
    Ok(Answer::done(&rows, if words.is_empty() { "No company.".to_owned() } else { words }))
}

pub(crate) async fn status(global: &Global, asked: Company) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let id = resolve(&engine, &asked.company).await?;
    if let Err(error) = engine.refresh_company(&id).await {
        stale(&engine, &error).await?;
    }
    let company = engine.company(id).await?;
    engine.stopped().await;
    Ok(Answer::done(&company, in_words(&company)))
}

pub(crate) async fn end(global: &Global, asked: End) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let company_id = resolve(&engine, &asked.company).await?;
    let (ending, words) = match (asked.what.unlink, asked.what.delete_connection) {
        (Some(connection), _) => (Ending::Unlink(connection), "Unlinked. What was read stays readable."),
        (_, Some(connection)) => (Ending::DeleteConnection(connection), "The connection is deleted at Codat."),
        _ => (
            Ending::DeleteCompany,
            "The company is deleted at Codat. What was read stays in this computer\u{2019}s encrypted database until you erase it: fairlead erase company ID --confirm NAME",
        ),
    };
    let ended = engine.end(engine::view::End { company_id: company_id.clone(), ending: ending.clone(), typed: asked.confirm }).await;
    engine.stopped().await;
    ended?;
    Ok(Answer::done(&json!({ "companyId": company_id, "ending": ending }), words))
}

/// What is stored is shown when Codat cannot be asked; what a person must mend is not hidden.
pub(super) async fn stale(engine: &Engine, error: &engine::Error) -> Result<(), Failure> {
    match error.code() {
        ErrorCode::Offline | ErrorCode::CaptivePortal | ErrorCode::CodatDown | ErrorCode::Limited | ErrorCode::Untrusted => {
            say(&format!("note: {} Showing what was read before. {}", error.wire(String::new()).message, last_read(engine).await?));
            Ok(())
        }
        ErrorCode::NotFound => {
            let whose = if engine.is_of_a_team() { "The team\u{2019}s server" } else { "Codat" };
            say(&format!("note: {whose} does not have this company any more. Showing what was read before."));
            Ok(())
        }
        _ => Err(Failure::of(error)),
    }
}

/// How old what is shown is.
pub(super) async fn last_read(engine: &Engine) -> Result<String, Failure> {
    let at = engine.listed_at().await?.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok());
    Ok(at.map_or_else(
        || "Nothing was read here before.".to_owned(),
        |at| at.strftime("It was last read on %Y-%m-%d at %H:%M UTC.").to_string(),
    ))
}

async fn all(engine: &Engine, text: &str) -> Result<Vec<CompanyRow>, Failure> {
    let mut rows = vec![];
    loop {
        let offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let page = engine.list_companies(CompanyQuery { text: text.to_owned(), offset, limit: WINDOW, ..CompanyQuery::default() }).await?;
        let came = page.rows.len();
        rows.extend(page.rows);
        if came == 0 || rows.len() >= page.total as usize {
            return Ok(rows);
        }
    }
}

/// An id, a reference or a name as the id of exactly one company. Asks Codat's list when it is not known here.
pub(crate) async fn resolve(engine: &Engine, typed: &str) -> Result<String, Failure> {
    if let Some(id) = known(engine, typed).await? {
        return Ok(id);
    }
    engine.refresh_companies().await?;
    known(engine, typed)
        .await?
        .ok_or_else(|| Failure::failed("notFound", format!("There is no company \u{201c}{typed}\u{201d} at this Codat client.")))
}

async fn known(engine: &Engine, typed: &str) -> Result<Option<String>, Failure> {
    match engine.company(typed.to_owned()).await {
        Ok(company) => return Ok(Some(company.row.id)),
        Err(error) if error.code() == ErrorCode::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let rows = all(engine, typed).await?;
    let by_reference: Vec<&CompanyRow> = rows.iter().filter(|row| row.reference.as_deref() == Some(typed)).collect();
    let by_name: Vec<&CompanyRow> = rows.iter().filter(|row| row.name.to_lowercase() == typed.to_lowercase()).collect();
    let found = if by_reference.is_empty() { by_name } else { by_reference };
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only.id.clone())),
        several => {
            let ids = several.iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join(", ");
            Err(Failure::usage(format!("Several companies are called \u{201c}{typed}\u{201d}. Use an id: {ids}")))
        }
    }
}

fn in_words(company: &CompanyView) -> String {
    let mut words = format!("{}  {}\n{}\n", company.row.name, company.row.status.word, company.sentence);
    for connection in &company.connections {
        let _ = writeln!(words, "\n{}  {}  {}", connection.bank.name, connection.raw_status, connection.id);
        for row in &connection.sync {
            let _ = writeln!(words, "  {:<13} {:<28} {} rows", row.label, row.status.word, row.rows);
        }
        if let Some(problem) = &connection.problem {
            let _ = writeln!(words, "  {}", problem.what);
        }
    }
    words
}
