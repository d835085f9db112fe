//! The training course of the demo. Each command opens the demo, and its bank plays its part for as long as the command runs.

use crate::answer::{Answer, Exit, Failure};
use crate::args::{Course, CourseAct, Global};
use crate::computer;
use engine::Home;
use engine::view::{CourseKey, CourseRun, CourseState, CourseStep, CourseView, VaultKind};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, asked: Course) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let act = asked.step.unwrap_or(CourseAct::List);
    let told = answer(&home, act).await;
    if let Ok(engine) = home.engine() {
        engine.stopped().await;
    }
    home.close_profile();
    told
}

async fn answer(home: &Home, act: CourseAct) -> Result<Answer, Failure> {
    let demo = home.start_demo().await?;
    if demo.vault == VaultKind::Session && !matches!(act, CourseAct::List) {
        return Err(Failure::needs_operator(
            "keyMissing",
            "A case is kept in the demo's database, and here that is gone with this command. Give a vault that stays: --vault keychain, or --vault passphrase-file=PATH",
        ));
    }
    let engine = home.engine()?;
    let is_check = matches!(act, CourseAct::Check);
    let step = match act {
        CourseAct::List => CourseStep::Look,
        CourseAct::Start { number } => CourseStep::Start(key(&engine.course(CourseStep::Look).await?, number)?),
        CourseAct::Hint => CourseStep::Hint,
        CourseAct::Check => CourseStep::Check,
        CourseAct::Reset => CourseStep::StartOver,
        CourseAct::End => CourseStep::End,
    };
    let is_list = matches!(step, CourseStep::Look | CourseStep::End);
    let view = engine.course(step).await?;
    let words = match &view.running {
        Some(run) if !is_list => case(run),
        _ => list(&view),
    };
    let done = view.running.as_ref().and_then(|run| run.checked.as_ref()).is_some_and(|checked| checked.done);
    let answer = Answer::done(&view, words);
    Ok(if is_check && !done { Answer { exit: Exit::Failed, ..answer } } else { answer })
}

fn key(view: &CourseView, number: u32) -> Result<CourseKey, Failure> {
    let case = view.cases.iter().find(|case| case.number == number);
    case.map(|case| case.key).ok_or_else(|| Failure::usage("There is no such case."))
}

fn list(view: &CourseView) -> String {
    let mut words = String::new();
    for case in &view.cases {
        let mark = match case.state {
            CourseState::NotBegun => "",
            CourseState::UnderWay => "now",
            CourseState::Done => "done",
        };
        let _ = writeln!(words, "{:>2}  {mark:<5}{}\n         {}", case.number, case.title, case.goal);
    }
    let _ = write!(words, "{} of {} done.", view.done, view.cases.len());
    words
}

fn case(run: &CourseRun) -> String {
    let mut words = format!("{}. {}\nGoal: {}\nWhat you will see: {}\n", run.number, run.title, run.goal, run.see);
    for hint in &run.hints {
        let _ = writeln!(words, "Hint: {hint}");
    }
    for part in run.checked.iter().flat_map(|checked| &checked.parts) {
        let _ = writeln!(words, "{:<8}{}", if part.done { "ok" } else { "MISSING" }, part.says);
    }
    match &run.checked {
        Some(checked) if checked.done => words.push_str("Done."),
        Some(_) => words.push_str("Not done yet."),
        None => {
            let _ = write!(words, "{} more hints.", run.hints_left);
        }
    }
    words
}
