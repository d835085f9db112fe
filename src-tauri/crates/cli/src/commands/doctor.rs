//! A check-up, to act on or to send to support as it stands.

use crate::answer::{Answer, Exit, Failure};
use crate::args::Global;
use crate::computer;
use std::path::PathBuf;

pub(crate) async fn run(global: &Global) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let opened = computer::open(&home, global).await;
    let seen = home.doctor(opened.as_ref().err().map(Failure::message)).await;
    if let Ok(engine) = opened {
        engine.stopped().await;
    }
    let exit = if seen.wrong > 0 { Exit::NeedsOperator } else { Exit::Done };
    Ok(Answer { exit, ..Answer::done(&seen, seen.words()) })
}

pub(crate) async fn support(global: &Global, out: Option<PathBuf>) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let opened = computer::open(&home, global).await;
    let seen = home.support(opened.as_ref().err().map(Failure::message)).await?;
    let answer = match out {
        None => {
            let texts = seen.files.iter().map(|file| format!("── {}: {}\n{}", file.name, file.what, file.text));
            Ok(Answer::done(&seen, texts.collect::<Vec<_>>().join("\n")))
        }
        Some(out) => home.write_support(seen, out).await.map(|written| {
            let words = format!("{} files written. SHA-256 {}", written.files, written.sha256);
            Answer::done(&written, words)
        }),
    };
    if let Ok(engine) = opened {
        engine.stopped().await;
    }
    Ok(answer?)
}
