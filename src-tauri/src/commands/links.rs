//! The link journey.

use super::{Answer, engine, wire};
use engine::Home;
use engine::view::{AttemptView, BankPage, BankQuery, DataAccessSheet, Door, DraftView, HandOver, SaveDraft};
use tauri::State;

#[tauri::command]
pub(crate) async fn search_banks(home: State<'_, Home>, query: BankQuery) -> Answer<BankPage> {
    engine(&home)?.search_banks(query).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn drafts(home: State<'_, Home>) -> Answer<Vec<DraftView>> {
    engine(&home)?.drafts().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn save_draft(home: State<'_, Home>, draft: SaveDraft) -> Answer<DraftView> {
    engine(&home)?.save_draft(draft).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn discard_draft(home: State<'_, Home>, id: String) -> Answer<()> {
    engine(&home)?.discard_draft(id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn data_access_sheet(home: State<'_, Home>, bank_key: String) -> Answer<DataAccessSheet> {
    engine(&home)?.data_access_sheet(bank_key).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn begin_link(home: State<'_, Home>, draft_id: String) -> Answer<AttemptView> {
    engine(&home)?.begin_link(draft_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn attempt(home: State<'_, Home>, id: String) -> Answer<AttemptView> {
    engine(&home)?.attempt(id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn open_attempts(home: State<'_, Home>) -> Answer<Vec<AttemptView>> {
    engine(&home)?.open_attempts().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn hand_over(home: State<'_, Home>, attempt_id: String, door: Door) -> Answer<HandOver> {
    engine(&home)?.hand_over(attempt_id, door).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn check_now(home: State<'_, Home>, attempt_id: String) -> Answer<AttemptView> {
    engine(&home)?.check_now(attempt_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn park_attempt(home: State<'_, Home>, attempt_id: String) -> Answer<AttemptView> {
    engine(&home)?.park_attempt(attempt_id).await.map_err(wire)
}
