//! A check-up, to act on or to send to support as it stands.

use crate::answer::{Answer, Exit, Failure};
use crate::args::Global;
use crate::computer;
use engine::view::{DoctorView, Verdict};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let opened = computer::open(&home, global).await;
    let seen = home.doctor(opened.as_ref().err().map(Failure::message)).await;
    if let Ok(engine) = opened {
        engine.stopped().await;
    }
    let exit = if seen.wrong > 0 { Exit::NeedsOperator } else { Exit::Done };
    Ok(Answer { exit, ..Answer::done(&seen, words(&seen)) })
}

fn words(seen: &DoctorView) -> String {
    let mut words = String::new();
    for finding in &seen.findings {
        let mark = match finding.verdict {
            Verdict::Good => "ok",
            Verdict::Note => "note",
            Verdict::Wrong => "WRONG",
            Verdict::Unknown => "?",
        };
        let _ = writeln!(words, "{mark:<6} {:<23} {}", finding.title, finding.says);
        if let Some(fix) = &finding.fix {
            let _ = writeln!(words, "{:<31}{fix}", "");
        }
    }
    let _ = write!(words, "{} wrong, {} to note. Fairlead {} on {}.", seen.wrong, seen.notes, seen.version, seen.system);
    words
}
