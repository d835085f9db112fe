//! The doorbells.

use super::{Answer, wire};
use crate::downloads;
use crate::house::House;
use engine::view::{Doorbell, ReturnSettings, RingOutcome, SetReturn, StatusPill};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum ReturnsAsk {
    /// Changes how returns are caught; without a change it only tells.
    Settings(SetReturn),
    /// An address that a person pasted.
    Pasted(String),
    Test(Doorbell),
    /// Writes the page for the team to host into the person's download folder, and tells where.
    Page,
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Returns {
    Settings(ReturnSettings),
    Rang(RingOutcome),
    Tested(StatusPill),
    Page(String),
}

#[tauri::command]
pub(crate) async fn returns(app: AppHandle, house: State<'_, House>, ask: ReturnsAsk) -> Answer<Returns> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        ReturnsAsk::Settings(change) => engine.set_return(change).await.map(Returns::Settings),
        ReturnsAsk::Pasted(text) => engine.ring(text).await.map(Returns::Rang),
        ReturnsAsk::Test(kind) => engine.test_doorbell(kind).await.map(Returns::Tested),
        ReturnsAsk::Page => {
            let folder = downloads::folder(&app).map_err(wire)?;
            engine.write_bounce_page(&folder).await.map(|path| Returns::Page(path.display().to_string()))
        }
    };
    answer.map_err(wire)
}
