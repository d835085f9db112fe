//! What the team makes of its banks. Codat is not touched.

use super::banks::{mirror, ours};
use crate::answer::{Answer, Failure};
use crate::args::{Global, Offer};
use crate::computer::{self, unreadable};
use engine::Engine;
use engine::view::{MirrorQuery, MirrorWhich, OfferChange};
use std::fmt::Write as _;

pub(crate) async fn run(global: &Global, asked: Offer) -> Result<Answer, Failure> {
    let change = match asked {
        Offer::List => None,
        Offer::Favourites { keys } => Some(OfferChange::Favourites { keys }),
        Offer::Default { key, .. } => Some(OfferChange::Default { key }),
        Offer::Hide { key, why } => Some(OfferChange::Hide { key, why: Some(why.unwrap_or_default()) }),
        Offer::Unhide { key } => Some(OfferChange::Hide { key, why: None }),
        Offer::Note { key, file, .. } => {
            let text = match &file {
                Some(file) => std::fs::read_to_string(file).map_err(|error| unreadable("note", file, &error))?,
                None => String::new(),
            };
            Some(OfferChange::Note { key, text })
        }
    };
    let (_home, engine) = computer::engine(global).await?;
    let answer = changed(&engine, change).await;
    engine.stopped().await;
    answer
}

async fn changed(engine: &Engine, change: Option<OfferChange>) -> Result<Answer, Failure> {
    if let Some(change) = change {
        engine.change_offer(change).await?;
    }
    let mirror = mirror(engine, MirrorQuery { which: MirrorWhich::Ours, ..MirrorQuery::default() }, u32::MAX).await?;
    let mut words = String::new();
    if !mirror.favourites.is_empty() {
        let names: Vec<&str> = mirror.favourites.iter().map(|row| row.name.as_str()).collect();
        let _ = writeln!(words, "Favourites, in this order: {}", names.join(", "));
    }
    for row in &mirror.rows {
        let _ = writeln!(words, "{}  {}  {}{}", row.key, row.name, row.status.word.to_lowercase(), ours(row));
    }
    if words.is_empty() {
        words.push_str("Nothing yet: the picker shows what Codat enables.");
    }
    Ok(Answer::done(&mirror, words))
}
