//! The audit log: who did what, and whether anybody changed the log.

use crate::answer::{Answer, Exit, Failure};
use crate::args::{Audit, Global};
use crate::computer;
use engine::view::{AuditStanding, AuditView};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, asked: Audit) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let answer = match asked {
        Audit::List { limit } => engine.audit_of(limit).await.map(|log| judged(&log, lines(&log))),
        Audit::Verify => engine.audit_of(0).await.map(|log| judged(&log, String::new())),
        Audit::Export { out } => {
            engine.write_audit(&out).await.map(|copy| Answer::done(&copy, format!("{} lines written. SHA-256 {}", copy.lines, copy.sha256)))
        }
    };
    engine.stopped().await;
    Ok(answer?)
}

/// A log that somebody changed needs a person.
fn judged(log: &AuditView, mut words: String) -> Answer {
    let is_good = matches!(log.standing, AuditStanding::Whole { .. } | AuditStanding::CaughtUp { .. });
    let _ = write!(words, "{} lines. {}", log.total, log.says);
    if let Some(seal) = &log.seal {
        let _ = write!(words, "\nSeal of line {}: {seal}", log.total);
    }
    Answer { exit: if is_good { Exit::Done } else { Exit::NeedsOperator }, ..Answer::done(log, words) }
}

fn lines(log: &AuditView) -> String {
    let mut words = String::new();
    for line in &log.lines {
        let _ =
            writeln!(words, "{:>5}  {}  {:<12} {:<18} {} {}", line.seq, moment(line.at.0), line.who, line.act, line.subject, line.detail);
    }
    words
}

fn moment(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%F %T").to_string()).unwrap_or_default()
}
