//! The way out for who has forgotten the PIN of the window.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Lock};
use crate::computer;
use serde_json::json;

pub(crate) async fn run(global: &Global, asked: Lock) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    let Lock::Off = asked;
    let gone = home.forget_pin().await?;
    let words = if gone { "The PIN is gone. A window that is open stays locked until it is started again." } else { "There is no PIN." };
    Ok(Answer::done(&json!({ "gone": gone }), words))
}
