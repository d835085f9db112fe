//! Evidence packs: made from what is here, or looked through. Asks nothing of Codat.

use crate::answer::{Answer, Exit, Failure};
use crate::args::{Evidence, Global, MakeEvidence};
use crate::commands::companies::resolve;
use crate::computer;
use std::path::PathBuf;

pub(crate) async fn run(global: &Global, command: Evidence) -> Result<Answer, Failure> {
    match command {
        Evidence::Make(asked) => make(global, asked).await,
        Evidence::Verify { file } => verify(file).await,
    }
}

async fn make(global: &Global, asked: MakeEvidence) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let id = resolve(&engine, &asked.company).await?;
    let made = engine.make_evidence(id, asked.out, asked.force).await;
    engine.stopped().await;
    let made = made?;
    let words = format!("{} files in {}.\nSHA-256 {}", made.files, made.place, made.sha256);
    Ok(Answer::done(&made, words))
}

async fn verify(file: PathBuf) -> Result<Answer, Failure> {
    let looked = tokio::task::spawn_blocking(move || engine::verify_evidence(&file)).await;
    let verdict = looked.map_err(|error| Failure::failed("internal", error.to_string()))??;
    let words = if verdict.is_whole {
        format!("{} of {}: {} files, each as the manifest says.", verdict.company, verdict.day, verdict.files)
    } else {
        format!("Not as the manifest says:\n{}", verdict.differs.join("\n"))
    };
    let mut answer = Answer::done(&verdict, words);
    if !verdict.is_whole {
        answer.exit = Exit::Failed;
    }
    Ok(answer)
}
