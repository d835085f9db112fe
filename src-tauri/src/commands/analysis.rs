//! What an analyst decides from.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{CashFlowView, CoverageView, LensView, PeriodQuery};
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum AnalysisAsk {
    /// Of a company.
    Coverage(String),
    CashFlow(PeriodQuery),
    Lens(PeriodQuery),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Analysis {
    Coverage(CoverageView),
    CashFlow(CashFlowView),
    Lens(LensView),
}

#[tauri::command]
pub(crate) async fn analysis(house: State<'_, House>, ask: AnalysisAsk) -> Answer<Analysis> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        AnalysisAsk::Coverage(company) => engine.coverage(company).await.map(Analysis::Coverage),
        AnalysisAsk::CashFlow(query) => engine.cash_flow(query).await.map(Analysis::CashFlow),
        AnalysisAsk::Lens(query) => engine.lens(query).await.map(Analysis::Lens),
    };
    answer.map_err(wire)
}
