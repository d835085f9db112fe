//! The link journey.

use super::{Answer, wire};
use crate::browser;
use crate::house::House;
use engine::view::{AttemptView, BankPage, BankQuery, DataAccessSheet, Door, DraftView, HandOver, SaveDraft};
use tauri::State;

#[tauri::command]
pub(crate) async fn search_banks(house: State<'_, House>, query: BankQuery) -> Answer<BankPage> {
    house.engine().await.map_err(wire)?.search_banks(query).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn drafts(house: State<'_, House>) -> Answer<Vec<DraftView>> {
    house.engine().await.map_err(wire)?.drafts().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn save_draft(house: State<'_, House>, draft: SaveDraft) -> Answer<DraftView> {
    house.engine().await.map_err(wire)?.save_draft(draft).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn discard_draft(house: State<'_, House>, id: String) -> Answer<()> {
    house.engine().await.map_err(wire)?.discard_draft(id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn data_access_sheet(house: State<'_, House>, bank_key: String) -> Answer<DataAccessSheet> {
    house.engine().await.map_err(wire)?.data_access_sheet(bank_key).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn begin_link(house: State<'_, House>, draft_id: String) -> Answer<AttemptView> {
    house.engine().await.map_err(wire)?.begin_link(draft_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn attempt(house: State<'_, House>, id: String) -> Answer<AttemptView> {
    house.engine().await.map_err(wire)?.attempt(id).await.map_err(wire)
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

#[tauri::command]
pub(crate) async fn check_now(house: State<'_, House>, attempt_id: String) -> Answer<AttemptView> {
    house.engine().await.map_err(wire)?.check_now(attempt_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn park_attempt(house: State<'_, House>, attempt_id: String) -> Answer<AttemptView> {
    house.engine().await.map_err(wire)?.park_attempt(attempt_id).await.map_err(wire)
}
