//! The link journey.

use super::bulk::{self, BulkAnswer, BulkAsk};
use super::consents::{self, ConsentsAnswer, ConsentsAsk};
use super::{Answer, wire};
use crate::browser;
use crate::house::House;
use engine::view::{
    AttemptStep, AttemptView, BankPage, BankQuery, DataAccessSheet, Door, DraftView, HandOver, MirrorQuery, MirrorView, NoteBlock,
    OfferChange, SaveDraft,
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum BanksAsk {
    Search(BankQuery),
    /// What a customer of the bank with this key is told.
    Sheet(String),
    /// As Codat's Portal has them, and the team's offer.
    Mirror(MirrorQuery),
    /// Changes the team's offer; answers nothing.
    Offer(OfferChange),
    /// A note as it will be drawn.
    Note(String),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Banks {
    Page(BankPage),
    Sheet(DataAccessSheet),
    Mirror(Box<MirrorView>),
    Kept(()),
    Note(Vec<NoteBlock>),
}

#[tauri::command]
pub(crate) async fn banks(house: State<'_, House>, ask: BanksAsk) -> Answer<Banks> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        BanksAsk::Search(query) => engine.search_banks(query).await.map(Banks::Page),
        BanksAsk::Sheet(key) => engine.data_access_sheet(key).await.map(Banks::Sheet),
        BanksAsk::Mirror(query) => engine.bank_mirror(query).await.map(|mirror| Banks::Mirror(Box::new(mirror))),
        BanksAsk::Offer(change) => engine.change_offer(change).await.map(Banks::Kept),
        BanksAsk::Note(text) => Ok(Banks::Note(engine::note_blocks(&text))),
    };
    answer.map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum DraftsAsk {
    All,
    Save(SaveDraft),
    Discard(String),
    /// Many at once, from a file.
    Bulk(BulkAsk),
    /// Again, of a connection whose consent ends.
    Consents(ConsentsAsk),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Drafts {
    All(Vec<DraftView>),
    Saved(DraftView),
    Bulk(BulkAnswer),
    Consents(ConsentsAnswer),
}

/// The drafts that stand, after one was thrown away if one is named; or the one that was saved.
#[tauri::command]
pub(crate) async fn drafts(app: AppHandle, house: State<'_, House>, ask: DraftsAsk) -> Answer<Drafts> {
    let engine = house.engine().await.map_err(wire)?;
    match ask {
        DraftsAsk::All => {}
        DraftsAsk::Save(draft) => return engine.save_draft(draft).await.map(Drafts::Saved).map_err(wire),
        DraftsAsk::Bulk(ask) => return bulk::answer(&app, &engine, ask).await.map(Drafts::Bulk),
        DraftsAsk::Consents(ask) => return consents::answer(&app, &engine, ask).await.map(Drafts::Consents),
        DraftsAsk::Discard(id) => engine.discard_draft(id).await.map_err(wire)?,
    }
    engine.drafts().await.map(Drafts::All).map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum LinkOf {
    Draft {
        id: String,
    },
    /// The same connection again; nothing new is made at Codat.
    Connection {
        company_id: String,
        id: String,
    },
}

#[tauri::command]
pub(crate) async fn begin_link(house: State<'_, House>, of: LinkOf) -> Answer<AttemptView> {
    let engine = house.engine().await.map_err(wire)?;
    let begun = match of {
        LinkOf::Draft { id } => engine.begin_link(id).await,
        LinkOf::Connection { company_id, id } => engine.renew_connection(company_id, id).await,
    };
    begun.map_err(wire)
}

/// An attempt as it stands, after a step if one is named.
#[tauri::command]
pub(crate) async fn attempt(house: State<'_, House>, id: String, step: Option<AttemptStep>) -> Answer<AttemptView> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match step {
        None => engine.attempt(id).await,
        Some(AttemptStep::CheckNow) => engine.check_now(id).await,
        Some(AttemptStep::Park) => engine.park_attempt(id).await,
    };
    answer.map_err(wire)
}

/// The engine opens the browser for the door that needs it; a mail goes to the mail program here.
#[tauri::command]
pub(crate) async fn hand_over(house: State<'_, House>, attempt_id: String, door: Door) -> Answer<HandOver> {
    let handed = house.engine().await.map_err(wire)?.hand_over(attempt_id, door).await.map_err(wire)?;
    handed.mail.iter().for_each(browser::write_mail);
    Ok(handed)
}
