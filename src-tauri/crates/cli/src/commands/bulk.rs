//! Lists of customers. The same file is the same list: a run that was cut goes on when it is run again.

use crate::answer::{Answer, Exit, Failure};
use crate::args::{Bulk, BulkColumns as Chosen, BulkFile, BulkLinks, BulkRun, Global};
use crate::computer;
use crate::progress::{reason, say, time};
use engine::view::{BulkCheck, BulkColumns, BulkQuery, BulkStage, BulkVerdict, BulkView, BulkWhich, ErrorCode};
use engine::{Engine, LinksTo};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Rows of one window.
const WINDOW: u32 = 500;
/// Between two lines of progress.
const LINE: Duration = Duration::from_secs(10);

pub(crate) async fn run(global: &Global, command: Bulk) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let answer = match command {
        Bulk::Check(asked) => check(&engine, &asked).await,
        Bulk::Run(asked) => make(&engine, &asked).await,
        Bulk::Board { list: None } => all(&engine).await,
        Bulk::Board { list: Some(list) } => board(&engine, &list).await,
        Bulk::Links(asked) => links(&engine, asked).await,
        Bulk::Cancel { list } => engine.cancel_bulk(list).await.map(|list| told(&list)).map_err(Failure::from),
        Bulk::Undo { list, yes } => undo(&engine, &list, yes).await,
    };
    engine.stopped().await;
    answer
}

async fn check(engine: &Engine, asked: &BulkFile) -> Result<Answer, Failure> {
    let (name, bytes) = read(&asked.file)?;
    let checked = engine.check_bulk(&name, &bytes, None).await?;
    let checked = match chosen(&checked, &asked.columns)? {
        Some(columns) => engine.check_bulk(&name, &bytes, Some(columns)).await?,
        None => checked,
    };
    let mut words = String::new();
    for line in &checked.lines {
        let verdict = match line.verdict {
            BulkVerdict::Make if line.notes.is_empty() => continue,
            BulkVerdict::Make => "made",
            BulkVerdict::Known => "here already",
            BulkVerdict::LeftOut => "left out",
        };
        let _ = writeln!(words, "line {:>4}  {verdict:<12}  {}: {}", line.line, line.name, line.notes.join(" "));
    }
    let _ = write!(words, "{} would be made, {} are here already, {} are left out.", checked.make, checked.known, checked.left_out);
    let _ = write!(words, " That takes about {} requests.", checked.requests);
    if let (Some(today), Some(until)) = (checked.fits.today.filter(|today| *today < checked.requests), checked.fits.until) {
        let _ = write!(words, " {today} are left today; all of them would be through by {}.", time(until));
    }
    if !checked.is_current {
        words.push_str("\nCodat could not be asked: compared with the companies as they were when last read.");
    }
    Ok(Answer::done(&checked, words))
}

async fn make(engine: &Engine, asked: &BulkRun) -> Result<Answer, Failure> {
    let id = match engine.bulk(&asked.list).await {
        Ok(list) => list.id,
        Err(error) if error.code() == ErrorCode::NotFound => {
            let (name, bytes) = read(Path::new(&asked.list))?;
            let columns = chosen(&engine.check_bulk(&name, &bytes, None).await?, &asked.columns)?;
            engine.begin_bulk(&name, &bytes, columns).await?.id
        }
        Err(error) => return Err(error.into()),
    };
    engine.go_on_bulk(id.clone()).await?;
    let done = tokio::select! {
        done = engine.run_bulk(&id) => done?,
        () = show(engine, &id) => unreachable!("it ends never"),
    };
    let mut answer = told(&done);
    if let Some(problem) = &done.problem {
        let _ = write!(answer.words, "\n{}", problem.what);
    }
    answer.exit = match done.stage {
        BulkStage::Done => Exit::Done,
        BulkStage::Held => Exit::NeedsOperator,
        _ => Exit::Failed,
    };
    Ok(answer)
}

/// Says how far a list is, for as long as it is polled. Ends never.
async fn show(engine: &Engine, id: &str) {
    let mut ticks = tokio::time::interval(LINE);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Ok(list) = engine.bulk(id).await else { continue };
        let waits = engine.waits().map(|(why, until)| format!(" Waiting until {}: {}.", time(until), reason(why))).unwrap_or_default();
        say(&format!("{}{waits}", list.sentence));
    }
}

async fn all(engine: &Engine) -> Result<Answer, Failure> {
    let lists = engine.bulks().await?;
    let words = lists.iter().map(line).collect::<Vec<_>>().join("\n");
    Ok(Answer::done(&lists, if words.is_empty() { "No list yet.".to_owned() } else { words }))
}

async fn board(engine: &Engine, id: &str) -> Result<Answer, Failure> {
    let query = |offset| BulkQuery { id: id.to_owned(), which: BulkWhich::All, offset, limit: WINDOW };
    let mut board = engine.bulk_board(query(0)).await?;
    while board.rows.len() < board.total as usize {
        let more = engine.bulk_board(query(u32::try_from(board.rows.len()).unwrap_or(u32::MAX))).await?.rows;
        if more.is_empty() {
            break;
        }
        board.rows.extend(more);
    }
    let mut words = String::new();
    for row in &board.rows {
        let why = row.why.as_ref().map(|why| format!("  {why}")).unwrap_or_default();
        let _ = writeln!(words, "line {:>4}  {:<14}  {}{why}", row.line, row.status.word, row.name);
    }
    let _ = write!(words, "{}", line(&board.list));
    Ok(Answer::done(&board, words))
}

async fn links(engine: &Engine, asked: BulkLinks) -> Result<Answer, Failure> {
    let done = engine
        .bulk_links(&asked.list, LinksTo { out: asked.out, mails: asked.mails, overwrite: asked.force, language: asked.language })
        .await?;
    let mut words = format!("{} links in {}. Each works once and until {}.", done.links, done.place, time(done.expires_at));
    if let Some(folder) = &done.mails_place {
        let _ = write!(words, "\n{} mails as drafts in {folder}.", done.mails);
    }
    Ok(Answer::done(&done, words))
}

async fn undo(engine: &Engine, id: &str, yes: bool) -> Result<Answer, Failure> {
    if !yes {
        let list = engine.bulk(id).await?;
        let what = format!(
            "This deletes up to {} companies at Codat that were made for {} and never linked. Add --yes to do it.",
            list.made, list.name
        );
        return Err(Failure::usage(what));
    }
    Ok(told(&engine.undo_bulk(id).await?))
}

fn told(list: &BulkView) -> Answer {
    Answer::done(list, line(list))
}

fn line(list: &BulkView) -> String {
    format!("{}  {}  {}  {}", list.id, list.name, list.status.word, list.sentence)
}

fn read(file: &Path) -> Result<(String, Vec<u8>), Failure> {
    let bytes = std::fs::read(file).map_err(|error| computer::unreadable("list", file, &error))?;
    Ok((file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), bytes))
}

/// The guess with what was said about it; none when nothing was.
fn chosen(checked: &BulkCheck, said: &Chosen) -> Result<Option<BulkColumns>, Failure> {
    if said.name.is_none() && said.reference.is_none() && said.mail.is_none() && said.language.is_none() {
        return Ok(None);
    }
    let column = |said: &Option<String>, guess: Option<u32>| match said.as_deref() {
        None => Ok(guess),
        Some("none") => Ok(None),
        Some(text) => {
            let by_heading = checked.headings.iter().position(|heading| heading.to_lowercase() == text.to_lowercase());
            let by_number =
                || text.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|at| *at < checked.headings.len());
            let found = by_heading.or_else(by_number).and_then(|at| u32::try_from(at).ok());
            let headings = checked.headings.join(", ");
            found.map(Some).ok_or_else(|| Failure::usage(format!("There is no column \u{201c}{text}\u{201d}. There are: {headings}.")))
        }
    };
    Ok(Some(BulkColumns {
        name: column(&said.name, checked.columns.name)?,
        reference: column(&said.reference, checked.columns.reference)?,
        mail: column(&said.mail, checked.columns.mail)?,
        language: column(&said.language, checked.columns.language)?,
    }))
}
