//! Data that stays fresh by itself: how often, and by whom.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{CodatScheduleAnswer, FreshnessView, SetCodatSchedule, SetFreshness};
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum FreshnessAsk {
    /// How often each type is read, changed first where a type is named.
    Ours(SetFreshness),
    /// Codat's own schedule. A change is made only once confirmed; until then the answer tells what it would do.
    Codat(SetCodatSchedule),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Freshness {
    Ours(FreshnessView),
    Codat(CodatScheduleAnswer),
}

#[tauri::command]
pub(crate) async fn freshness(house: State<'_, House>, ask: FreshnessAsk) -> Answer<Freshness> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        FreshnessAsk::Ours(change) if change.types.is_empty() => engine.freshness(change.company).await.map(Freshness::Ours),
        FreshnessAsk::Ours(change) => engine.set_freshness(change).await.map(Freshness::Ours),
        FreshnessAsk::Codat(change) => engine.set_codat_schedule(change).await.map(Freshness::Codat),
    };
    answer.map_err(wire)
}
