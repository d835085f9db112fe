//! Companies and the status line.

use super::{Answer, engine, wire};
use engine::Home;
use engine::view::{CompanyPage, CompanyQuery, CompanyView, NameCheck, StatusView};
use tauri::State;

#[tauri::command]
pub(crate) async fn status(home: State<'_, Home>) -> Answer<StatusView> {
    engine(&home)?.status().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn list_companies(home: State<'_, Home>, query: CompanyQuery) -> Answer<CompanyPage> {
    engine(&home)?.list_companies(query).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn company(home: State<'_, Home>, id: String) -> Answer<CompanyView> {
    engine(&home)?.company(id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn check_company_name(home: State<'_, Home>, name: String) -> Answer<NameCheck> {
    engine(&home)?.check_company_name(name).await.map_err(wire)
}

/// Reads companies and banks from Codat again.
#[tauri::command]
pub(crate) async fn refresh(home: State<'_, Home>) -> Answer<()> {
    let engine = engine(&home)?;
    engine.refresh_companies().await.map_err(wire)?;
    engine.refresh_banks().await.map_err(wire)
}
