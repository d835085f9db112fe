//! An address that claims to be a customer's return. A good one makes one question to Codat happen now; a bad one changes nothing.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Ring};
use crate::computer;
use crate::progress::say;

pub(crate) async fn run(global: &Global, asked: Ring) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let heard = engine.ring(asked.url).await?;
    if let Some(attempt) = heard.attempt_id.clone().filter(|_| heard.accepted)
        && let Err(error) = engine.check_now(attempt).await
    {
        say(&format!("note: {} The bell was heard; the next look finds out.", error.wire(String::new()).message));
    }
    engine.stopped().await;
    let words = if heard.accepted {
        "Accepted: Codat was asked at once.".to_owned()
    } else {
        format!("Refused: {}. Nothing changed.", heard.reason)
    };
    Ok(Answer::done(&heard, words))
}
