//! Companies and the status line.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::view::{
    BudgetView, CompanyPage, CompanyQuery, CompanyView, HeldBank, NameCheck, OnScreen, Pick, PickAction, PickDone, StatusView,
};
use tauri::{AppHandle, State};

/// Sends nothing.
#[tauri::command]
pub(crate) async fn budget(house: State<'_, House>) -> Answer<BudgetView> {
    Ok(house.engine().await.map_err(wire)?.budget_view().await)
}

/// With `seen`, what is on screen is looked at more often.
#[tauri::command]
pub(crate) async fn status(house: State<'_, House>, seen: Option<OnScreen>) -> Answer<StatusView> {
    house.see();
    let engine = house.engine().await.map_err(wire)?;
    if let Some(seen) = seen {
        engine.on_screen(&seen);
    }
    engine.status().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn list_companies(house: State<'_, House>, query: CompanyQuery) -> Answer<CompanyPage> {
    house.engine().await.map_err(wire)?.list_companies(query).await.map_err(wire)
}

/// Banks that companies are connected to, for the filter.
#[tauri::command]
pub(crate) async fn held_banks(house: State<'_, House>) -> Answer<Vec<HeldBank>> {
    house.engine().await.map_err(wire)?.held_banks().await.map_err(wire)
}

/// Refreshes, renews or exports the chosen companies; a file goes into the person's download folder.
#[tauri::command]
pub(crate) async fn for_companies(app: AppHandle, house: State<'_, House>, pick: Pick, action: PickAction) -> Answer<PickDone> {
    let engine = house.engine().await.map_err(wire)?;
    let out = match action {
        PickAction::Export => {
            let folder = downloads::folder(&app).map_err(wire)?;
            Some(downloads::free(&folder, "companies", "csv").map_err(wire)?)
        }
        PickAction::Refresh | PickAction::Renew => None,
    };
    engine.for_companies(pick, action, out).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn company(house: State<'_, House>, id: String) -> Answer<CompanyView> {
    house.engine().await.map_err(wire)?.company(id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn check_company_name(house: State<'_, House>, name: String) -> Answer<NameCheck> {
    house.engine().await.map_err(wire)?.check_company_name(name).await.map_err(wire)
}

/// Reads companies and banks from Codat again.
#[tauri::command]
pub(crate) async fn refresh(house: State<'_, House>) -> Answer<()> {
    let engine = house.engine().await.map_err(wire)?;
    engine.refresh_companies().await.map_err(wire)?;
    engine.refresh_banks().await.map_err(wire)
}
