//! The desk: where a person was, jumping to a company, what goes on.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{ActivityView, CompanyRow, Desk};
use tauri::State;

/// The desk as it was left; with `keep`, as it is left now.
#[tauri::command]
pub(crate) async fn desk(house: State<'_, House>, keep: Option<Desk>) -> Answer<Desk> {
    house.engine().await.map_err(wire)?.desk(keep).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn find_companies(house: State<'_, House>, text: String) -> Answer<Vec<CompanyRow>> {
    house.engine().await.map_err(wire)?.find_companies(text).await.map_err(wire)
}

/// Reads that run, what happened, and how banks did here.
#[tauri::command]
pub(crate) async fn activity(house: State<'_, House>) -> Answer<ActivityView> {
    house.engine().await.map_err(wire)?.activity().await.map_err(wire)
}
