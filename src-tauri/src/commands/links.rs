//! The link journey.

use super::bulk::{self, BulkAnswer, BulkAsk};
use super::consents::{self, ConsentsAnswer, ConsentsAsk};
use super::{Answer, wire};
use crate::browser;
use crate::downloads;
use crate::house::House;
use engine::view::{
    AttemptStep, AttemptView, BankPage, BankQuery, DataAccessSheet, Door, DraftView, HandFile, HandOver, Language, LeafletMade,
    MirrorQuery, MirrorView, NoteBlock, OfferChange, SaveDraft,
};
use engine::{Engine, Error, LeafletTo};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum BanksAsk {
    Search(BankQuery),
    /// What customers of a bank are told.
    Sheet(SheetOf),
    /// The same as a leaflet, PDF or HTML, in the person's download folder.
    Leaflet(LeafletOf),
    /// As Codat's Portal has them, and the team's offer.
    Mirror(MirrorQuery),
    /// Changes the team's offer; answers nothing.
    Offer(OfferChange),
    /// A note as it will be drawn.
    Note(String),
}

/// Which sheet.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SheetOf {
    bank_key: String,
    language: Language,
}

#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LeafletOf {
    sheet: SheetOf,
    pdf: bool,
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Banks {
    Leaflet(LeafletMade),
    Page(BankPage),
    Sheet(DataAccessSheet),
    Mirror(Box<MirrorView>),
    Kept(()),
    Note(Vec<NoteBlock>),
}

#[tauri::command]
pub(crate) async fn banks(app: AppHandle, house: State<'_, House>, ask: BanksAsk) -> Answer<Banks> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        BanksAsk::Search(query) => engine.search_banks(query).await.map(Banks::Page),
        BanksAsk::Sheet(of) => engine.data_access_sheet(of.bank_key, of.language).await.map(Banks::Sheet),
        BanksAsk::Leaflet(of) => leaflet(&app, &engine, of).await.map(Banks::Leaflet),
        BanksAsk::Mirror(query) => engine.bank_mirror(query).await.map(|mirror| Banks::Mirror(Box::new(mirror))),
        BanksAsk::Offer(change) => engine.change_offer(change).await.map(Banks::Kept),
        BanksAsk::Note(text) => Ok(Banks::Note(engine::note_blocks(&text))),
    };
    answer.map_err(wire)
}

async fn leaflet(app: &AppHandle, engine: &Engine, of: LeafletOf) -> Result<LeafletMade, Error> {
    let SheetOf { bank_key, language } = of.sheet;
    let name = format!("{bank_key} data access {}", language.code());
    let out = downloads::free(&downloads::folder(app)?, &name, if of.pdf { "pdf" } else { "html" })?;
    engine.write_leaflet(bank_key, language, LeafletTo { out, overwrite: false }).await
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
        Some(AttemptStep::Address(to)) => engine.address_attempt(id, to).await,
    };
    answer.map_err(wire)
}

/// The engine opens the browser for the door that needs it; a mail goes to the mail program here. As a file, the link goes into the person's download folder.
#[tauri::command]
pub(crate) async fn hand_over(
    app: AppHandle,
    house: State<'_, House>,
    attempt_id: String,
    door: Door,
    file: Option<HandFile>,
) -> Answer<HandOver> {
    let engine = house.engine().await.map_err(wire)?;
    if let Some(file) = file {
        return as_file(&app, &engine, attempt_id, file).await.map_err(wire);
    }
    let handed = engine.hand_over(attempt_id, door).await.map_err(wire)?;
    handed.mail.iter().for_each(browser::write_mail);
    Ok(handed)
}

async fn as_file(app: &AppHandle, engine: &Engine, attempt_id: String, file: HandFile) -> Result<HandOver, Error> {
    let name = engine.attempt(attempt_id.clone()).await?.company_name;
    let ending = match file {
        HandFile::Eml => "eml",
        HandFile::Png => "png",
        HandFile::Sheet => "html",
    };
    let out = downloads::free(&downloads::folder(app)?, &format!("{name} link"), ending)?;
    engine.hand_over_as(attempt_id, file, out, false).await
}
