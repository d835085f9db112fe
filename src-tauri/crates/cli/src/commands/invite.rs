//! Links as files, and leaflets. Nothing is sent.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Invite, Leaflet};
use crate::commands::companies::resolve;
use crate::computer;
use crate::progress::time;
use engine::view::{Addressee, AttemptView, HandFile};
use engine::{Engine, LeafletTo};
use serde_json::json;

pub(crate) async fn run(global: &Global, asked: Invite) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let answer = invite(&engine, asked).await;
    engine.stopped().await;
    answer
}

async fn invite(engine: &Engine, asked: Invite) -> Result<Answer, Failure> {
    let what = asked.what;
    let files = [(HandFile::Eml, what.eml), (HandFile::Png, what.png), (HandFile::Sheet, what.sheet)];
    let Some((file, out)) = files.into_iter().find_map(|(file, out)| Some((file, out?))) else {
        return Err(Failure::usage("Say what to write: --eml, --png or --sheet."));
    };
    let attempt = open_case(engine, &asked.company).await?;
    if asked.language.is_some() || asked.to.is_some() || asked.mail.is_some() {
        let kept = attempt.addressee.clone();
        let to =
            Addressee { language: asked.language.unwrap_or(kept.language), name: asked.to.or(kept.name), mail: asked.mail.or(kept.mail) };
        engine.address_attempt(attempt.id.clone(), to).await?;
    }
    let handed = engine.hand_over_as(attempt.id, file, out, asked.force).await?;
    let place = handed.place.unwrap_or_default();
    let document = json!({
        "attempt": handed.attempt_id, "company": handed.company_name, "language": handed.language, "textVersion": handed.text_version,
        "to": handed.mail.and_then(|mail| mail.to), "worksUntil": handed.expires_at, "place": place,
    });
    let words = format!("The link of {} is in {place}. It works once and until about {}.", handed.company_name, time(handed.expires_at));
    Ok(Answer::done(&document, words))
}

/// The newest case of a company of which more is to come.
async fn open_case(engine: &Engine, company: &str) -> Result<AttemptView, Failure> {
    let id = resolve(engine, company).await?;
    let open = engine.open_attempts().await?;
    let found = open.into_iter().find(|attempt| attempt.company_id.as_ref() == Some(&id));
    found.ok_or_else(|| {
        Failure::failed("notFound", "No case of this company waits for its customer. Begin one with `fairlead connect`, or open a consent again with `fairlead renew`.")
    })
}

pub(crate) async fn leaflet(global: &Global, asked: Leaflet) -> Result<Answer, Failure> {
    let (_home, engine) = computer::engine(global).await?;
    let made = engine.write_leaflet(asked.bank, asked.language, LeafletTo { out: asked.out, overwrite: asked.force }).await;
    engine.stopped().await;
    let made = made?;
    let words = format!("Text {} is in {}.", made.version, made.place);
    Ok(Answer::done(&made, words))
}
