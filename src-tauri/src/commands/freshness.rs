//! Data that stays fresh by itself: how often, and by whom.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{CodatScheduleAnswer, FreshnessView, SetCodatSchedule, SetFreshness};
use tauri::State;

/// How often each type is read, changed first where a type is named.
#[tauri::command]
pub(crate) async fn freshness(house: State<'_, House>, change: SetFreshness) -> Answer<FreshnessView> {
    let engine = house.engine().await.map_err(wire)?;
    let view = if change.types.is_empty() { engine.freshness(change.company).await } else { engine.set_freshness(change).await };
    view.map_err(wire)
}

/// Codat's own schedule. A change is made only once confirmed; until then the answer tells what it would do.
#[tauri::command]
pub(crate) async fn codat_schedule(house: State<'_, House>, change: SetCodatSchedule) -> Answer<CodatScheduleAnswer> {
    house.engine().await.map_err(wire)?.set_codat_schedule(change).await.map_err(wire)
}
