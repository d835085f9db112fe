//! The list from a signed contract to the first bank.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Setup, SetupStep, SetupWay, SetupWord};
use crate::computer;
use engine::view::{MarkSetup, SetupMark, SetupPath, SetupState, SetupView};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, asked: Setup) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let is_report = matches!(asked.step, Some(SetupStep::Report));
    let view = match asked.step {
        None | Some(SetupStep::Report) => engine.setup().await,
        Some(SetupStep::Choose { path }) => engine.choose_setup(way(path)).await,
        Some(SetupStep::Mark { step, mark, by }) => engine.mark_setup(MarkSetup { step, mark: word(mark), by }).await,
    };
    engine.stopped().await;
    let view = view?;
    let words = if is_report { view.report.clone() } else { words(&view) };
    Ok(Answer::done(&view, words))
}

fn words(view: &SetupView) -> String {
    let mut words = String::new();
    for step in &view.steps {
        let mark = match step.state {
            SetupState::Open => "todo",
            SetupState::Waiting => "waits",
            SetupState::Done | SetupState::Seen => "ok",
            SetupState::Differs => "DIFFERS",
        };
        let _ = writeln!(words, "{mark:<8}{:<19}{}", step.key, step.title);
        if matches!(step.state, SetupState::Done | SetupState::Seen) {
            continue;
        }
        let about = [Some(&step.says), step.expect.as_ref(), step.shows.as_ref()];
        for text in about.into_iter().flatten() {
            let _ = writeln!(words, "{:<27}{text}", "");
        }
        for take in &step.copy {
            let _ = writeln!(words, "{:<27}{}: {}", "", take.label, take.text);
        }
        if let Some(page) = &step.page {
            let _ = writeln!(words, "{:<27}{}", "", page.address);
        }
    }
    let _ = write!(words, "{}", view.truth);
    if view.path.is_none() {
        words.push_str(" Say `fairlead setup choose through-codat`, `own-truelayer`, `plaid` or `banking-sandbox`.");
    }
    if let Some(unasked) = &view.unasked {
        let _ = write!(words, " {unasked}");
    }
    words
}

fn way(way: SetupWay) -> SetupPath {
    match way {
        SetupWay::ThroughCodat => SetupPath::ThroughCodat,
        SetupWay::OwnTruelayer => SetupPath::OwnTrueLayer,
        SetupWay::Plaid => SetupPath::Plaid,
        SetupWay::BankingSandbox => SetupPath::BankingSandbox,
    }
}

fn word(word: SetupWord) -> SetupMark {
    match word {
        SetupWord::Open => SetupMark::Open,
        SetupWord::Waiting => SetupMark::Waiting,
        SetupWord::Done => SetupMark::Done,
    }
}
