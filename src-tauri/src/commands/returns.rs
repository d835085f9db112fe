//! The doorbells.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::view::{Doorbell, ReturnSettings, RingOutcome, SetReturn, StatusPill};
use tauri::{AppHandle, State};

/// An address that a person pasted.
#[tauri::command]
pub(crate) async fn ring(house: State<'_, House>, text: String) -> Answer<RingOutcome> {
    house.engine().await.map_err(wire)?.ring(text).await.map_err(wire)
}

/// Changes how returns are caught; without a change it only tells.
#[tauri::command]
pub(crate) async fn set_return(house: State<'_, House>, change: SetReturn) -> Answer<ReturnSettings> {
    house.engine().await.map_err(wire)?.set_return(change).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn test_doorbell(house: State<'_, House>, kind: Doorbell) -> Answer<StatusPill> {
    house.engine().await.map_err(wire)?.test_doorbell(kind).await.map_err(wire)
}

/// Writes the page for the team to host into the person's download folder, and tells where.
#[tauri::command]
pub(crate) async fn write_bounce_page(app: AppHandle, house: State<'_, House>) -> Answer<String> {
    let engine = house.engine().await.map_err(wire)?;
    let folder = downloads::folder(&app).map_err(wire)?;
    let path = engine.write_bounce_page(&folder).await.map_err(wire)?;
    Ok(path.display().to_string())
}
