//! Connecting a bank of a company. Both are made at Codat exactly once, however often this is run with the same reference.

use crate::answer::{Answer, Exit, Failure, number};
use crate::args::{Connect, Global};
use crate::computer;
use crate::progress::say;
use engine::view::{AttemptStage, AttemptView, CompanyQuery, Door, HistoryWindow, Line, MirrorQuery, SaveDraft, Side};
use engine::{Engine, Home};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Finding out whether a lost creation happened takes two looks, a minute and a half apart at most.
const CREATION: Duration = Duration::from_secs(180);

pub(crate) async fn run(global: &Global, asked: Connect) -> Result<Answer, Failure> {
    let (home, engine) = computer::engine(global).await?;
    let answer = match bank(&engine, asked.bank.clone()).await {
        Ok(bank) => connect(&home, &engine, &asked, &bank).await,
        Err(failure) => Err(failure),
    };
    engine.stopped().await;
    answer
}

/// The one that is asked for, or the team's default.
async fn bank(engine: &Engine, asked: Option<String>) -> Result<String, Failure> {
    let bank = match asked {
        Some(bank) => Some(bank),
        None => engine.bank_mirror(MirrorQuery::default()).await?.default_bank.map(|bank| bank.key),
    };
    bank.ok_or_else(|| Failure::usage("Say which bank, with --bank KEY, or choose one for all with `fairlead offer default KEY`."))
}

async fn connect(home: &Home, engine: &Engine, asked: &Connect, bank: &str) -> Result<Answer, Failure> {
    let begun = Instant::now();
    if let Some(linked) = linked_already(engine, asked, bank).await? {
        return Ok(linked);
    }
    let check = engine.check_company_name(asked.company.clone()).await?;
    if !check.removed.is_empty() && !check.empty {
        say(&format!("note: Codat will store this name as \u{201c}{}\u{201d}.", check.stored_as));
    }
    let attempt = begin(engine, asked, bank).await?;
    say("Making the company and its connection at Codat …");
    let made = |view: &AttemptView| view.stage != AttemptStage::Creating;
    let attempt = until(home, engine, &attempt.id, begun + CREATION.max(wait(asked)), made).await?;
    if matches!(attempt.stage, AttemptStage::Creating | AttemptStage::Blocked) {
        return not_made(engine, &attempt).await;
    }
    let mut link = None;
    if !is_linked(attempt.stage) && attempt.stage != AttemptStage::Returned {
        let handed = engine.hand_over(attempt.id.clone(), Door::Copy).await?;
        link = handed.link_url;
        say("The link works once and for 24 hours.");
    }
    let mut attempt = engine.attempt(attempt.id).await?;
    if asked.wait.is_some() {
        if let Some(link) = &link {
            say(&format!("Waiting for the customer to open: {link}"));
        }
        let over = |view: &AttemptView| {
            matches!(view.stage, AttemptStage::Complete | AttemptStage::ReadFailed | AttemptStage::NotLinked | AttemptStage::Parked)
        };
        attempt = until(home, engine, &attempt.id, begun + wait(asked), over).await?;
    }
    Ok(told(&attempt, link, asked.wait.is_some()))
}

fn wait(asked: &Connect) -> Duration {
    Duration::from_secs(asked.wait.unwrap_or_default())
}

async fn begin(engine: &Engine, asked: &Connect, bank: &str) -> Result<AttemptView, Failure> {
    let save = SaveDraft {
        name: Some(asked.company.clone()),
        reference: asked.reference.clone(),
        bank_key: Some(bank.to_owned()),
        ..SaveDraft::default()
    };
    let draft = engine.save_draft(save).await?;
    match engine.begin_link(draft.id.clone()).await {
        Ok(attempt) => Ok(attempt),
        Err(error) => {
            // A terminal has no list of drafts to come back to.
            let _ = engine.discard_draft(draft.id).await;
            Err(error.into())
        }
    }
}

/// The company of this reference has this bank linked: there is nothing to make and nobody to ask.
async fn linked_already(engine: &Engine, asked: &Connect, bank: &str) -> Result<Option<Answer>, Failure> {
    let Some(reference) = &asked.reference else { return Ok(None) };
    let query = CompanyQuery { text: reference.clone(), limit: 500, ..CompanyQuery::default() };
    let rows = engine.list_companies(query).await?.rows;
    let Some(row) = rows.into_iter().find(|row| row.reference.as_ref() == Some(reference)) else { return Ok(None) };
    if let Err(error) = engine.refresh_company(&row.id).await {
        // What is known here has to do; making anything will say it louder.
        say(&format!("note: {}", error.wire(String::new()).message));
    }
    let company = engine.company(row.id).await?;
    let Some(found) = company.connections.iter().find(|found| found.bank.key == bank && found.raw_status == "Linked") else {
        return Ok(None);
    };
    let open = engine.open_attempts().await?;
    if open.iter().any(|attempt| attempt.connection_id.as_deref() == Some(found.id.as_str())) {
        // Its reads are still to be followed.
        return Ok(None);
    }
    let document = document(Some(&company.row.id), Some(&found.id), None, "Linked", found.history.as_ref());
    Ok(Some(Answer { document, words: format!("{} is linked for {} already.", found.bank.name, company.row.name), exit: Exit::Done }))
}

/// Waits for a stage by listening; the time-out only bounds it.
pub(crate) async fn until(
    home: &Home,
    engine: &Engine,
    id: &str,
    deadline: Instant,
    is_there: impl Fn(&AttemptView) -> bool,
) -> Result<AttemptView, Failure> {
    let mut events = home.events();
    let mut stage = None;
    loop {
        let view = engine.attempt(id.to_owned()).await?;
        if stage.replace(view.stage).is_some_and(|before| before != view.stage) {
            say(stage_in_words(view.stage));
        }
        let now = Instant::now();
        if is_there(&view) || now >= deadline {
            return Ok(view);
        }
        // An event may be missed; a second later the attempt is looked at anyway.
        let _ = tokio::time::timeout_at(deadline.min(now + Duration::from_secs(1)), events.recv()).await;
    }
}

fn stage_in_words(stage: AttemptStage) -> &'static str {
    match stage {
        AttemptStage::Creating => "Making the company and its connection at Codat …",
        AttemptStage::Blocked => "This needs you.",
        AttemptStage::Ready => "The connection stands; no link was handed over yet.",
        AttemptStage::Waiting => "Waiting for the customer.",
        AttemptStage::Returned => "The customer came back; Codat has not confirmed yet.",
        AttemptStage::Reading => "Linked. Codat reads the accounts.",
        AttemptStage::Complete => "Everything was read.",
        AttemptStage::ReadFailed => "Linked, but not everything could be read.",
        AttemptStage::NotLinked => "The customer did not finish at the bank.",
        AttemptStage::Parked => "Nobody asks any more; the case stays.",
    }
}

fn is_linked(stage: AttemptStage) -> bool {
    matches!(stage, AttemptStage::Reading | AttemptStage::Complete | AttemptStage::ReadFailed)
}

fn told(attempt: &AttemptView, link: Option<String>, waited: bool) -> Answer {
    let status = if is_linked(attempt.stage) { "Linked" } else { "PendingAuth" };
    let exit = match attempt.stage {
        AttemptStage::Complete => Exit::Done,
        AttemptStage::ReadFailed => Exit::Failed,
        // Without waiting, the link is what was asked for.
        _ if !waited => Exit::Done,
        _ => Exit::NeedsOperator,
    };
    let mut document =
        document(attempt.company_id.as_deref(), attempt.connection_id.as_deref(), link.as_deref(), status, attempt.history.as_ref());
    document["attemptId"] = json!(attempt.id);
    document["stage"] = json!(attempt.stage);
    document["storedName"] = json!(attempt.company_name);
    document["problem"] = json!(attempt.problem);
    let mut words = format!("{}: {status}. {}", attempt.company_name, stage_in_words(attempt.stage));
    if let Some(link) = link {
        words = format!("{words}\n{link}");
    }
    if let Some(problem) = &attempt.problem {
        words = format!("{words}\n{}", problem.what);
    }
    Answer { document, words, exit }
}

fn document(company: Option<&str>, connection: Option<&str>, link: Option<&str>, status: &str, history: Option<&HistoryWindow>) -> Value {
    json!({ "companyId": company, "connectionId": connection, "linkUrl": link, "status": status, "historyWindow": history.map(window) })
}

/// The history window with its seconds as a number.
pub(crate) fn window(history: &HistoryWindow) -> Value {
    json!({ "met": history.met, "seconds": history.seconds.as_deref().map_or(Value::Null, number) })
}

/// The creation stands still: who must act decides the exit code.
async fn not_made(engine: &Engine, attempt: &AttemptView) -> Result<Answer, Failure> {
    let line = engine.status().await?.line;
    let side = attempt.problem.as_ref().map(|problem| problem.side);
    let exit = match (line, side) {
        (Line::KeyRefused, _) => Exit::NeedsOperator,
        (Line::Offline | Line::Limited, _) | (_, Some(Side::Network)) => Exit::Offline,
        _ if attempt.stage == AttemptStage::Creating => Exit::Offline,
        _ => Exit::Failed,
    };
    let answer = told(attempt, None, true);
    let status = if attempt.stage == AttemptStage::Blocked { "Blocked" } else { "Creating" };
    let mut document = answer.document;
    document["status"] = json!(status);
    Ok(Answer { document, words: answer.words.replace("PendingAuth", status), exit })
}
