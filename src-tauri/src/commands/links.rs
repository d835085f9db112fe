//! The link journey.

use super::{Answer, wire};
use crate::browser;
use crate::house::House;
use engine::view::{AttemptStep, AttemptView, BankPage, BankQuery, DataAccessSheet, Door, DraftView, HandOver, SaveDraft};
use tauri::State;

#[tauri::command]
pub(crate) async fn search_banks(house: State<'_, House>, query: BankQuery) -> Answer<BankPage> {
    house.engine().await.map_err(wire)?.search_banks(query).await.map_err(wire)
}

/// The drafts that stand, after one was thrown away if one is named.
#[tauri::command]
pub(crate) async fn drafts(house: State<'_, House>, discard: Option<String>) -> Answer<Vec<DraftView>> {
    let engine = house.engine().await.map_err(wire)?;
    if let Some(id) = discard {
        engine.discard_draft(id).await.map_err(wire)?;
    }
    engine.drafts().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn save_draft(house: State<'_, House>, draft: SaveDraft) -> Answer<DraftView> {
    house.engine().await.map_err(wire)?.save_draft(draft).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn data_access_sheet(house: State<'_, House>, bank_key: String) -> Answer<DataAccessSheet> {
    house.engine().await.map_err(wire)?.data_access_sheet(bank_key).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn begin_link(house: State<'_, House>, draft_id: String) -> Answer<AttemptView> {
    house.engine().await.map_err(wire)?.begin_link(draft_id).await.map_err(wire)
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

#[tauri::command]
pub(crate) async fn open_attempts(house: State<'_, House>) -> Answer<Vec<AttemptView>> {
    house.engine().await.map_err(wire)?.open_attempts().await.map_err(wire)
}

/// The engine opens the browser for the door that needs it; a mail goes to the mail program here.
#[tauri::command]
pub(crate) async fn hand_over(house: State<'_, House>, attempt_id: String, door: Door) -> Answer<HandOver> {
    let handed = house.engine().await.map_err(wire)?.hand_over(attempt_id, door).await.map_err(wire)?;
    handed.mail.iter().for_each(browser::write_mail);
    Ok(handed)
}

/// The same connection again; nothing new is made at Codat.
#[tauri::command]
pub(crate) async fn renew(house: State<'_, House>, company_id: String, connection_id: String) -> Answer<AttemptView> {
    house.engine().await.map_err(wire)?.renew_connection(company_id, connection_id).await.map_err(wire)
}
