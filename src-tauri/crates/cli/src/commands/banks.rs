//! Banks that can be connected.

use crate::answer::{Answer, Failure};
use crate::args::{Banks, Global};
use crate::computer;

pub(crate) async fn run(global: &Global, asked: Banks) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let found = engine.list_banks(asked.query.as_deref().unwrap_or_default(), asked.limit).await?;
    engine.stopped().await;
    let words: String = found.iter().map(|bank| format!("{}  {}\n", bank.key, bank.name)).collect();
    let words = if words.is_empty() {
        "No bank of this client fits. Ask for it in Codat's Portal under Integrations, Banking.".to_owned()
    } else {
        words
    };
    Ok(Answer::done(&found, words))
}
