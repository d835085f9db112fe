//! What an analyst decides from.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{CashFlowView, CoverageView, LensView, PeriodQuery};
use tauri::State;

#[tauri::command]
pub(crate) async fn coverage(house: State<'_, House>, company_id: String) -> Answer<CoverageView> {
    house.engine().await.map_err(wire)?.coverage(company_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn cash_flow(house: State<'_, House>, query: PeriodQuery) -> Answer<CashFlowView> {
    house.engine().await.map_err(wire)?.cash_flow(query).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn lens(house: State<'_, House>, query: PeriodQuery) -> Answer<LensView> {
    house.engine().await.map_err(wire)?.lens(query).await.map_err(wire)
}
