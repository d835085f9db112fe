//! From a signed contract to the first bank.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{MarkSetup, SetupPath, SetupView};
use serde::Deserialize;
use tauri::State;
use ts_rs::TS;

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum SetupAsk {
    /// The list, held against what Codat shows.
    Look,
    /// A way is chosen.
    Choose(SetupPath),
    /// A step is marked.
    Mark(MarkSetup),
    /// The page of a step, in the system's browser; answers nothing.
    Open(String),
}

#[tauri::command]
pub(crate) async fn setup(house: State<'_, House>, ask: SetupAsk) -> Answer<Option<SetupView>> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        SetupAsk::Look => engine.setup().await.map(Some),
        SetupAsk::Choose(path) => engine.choose_setup(path).await.map(Some),
        SetupAsk::Mark(marked) => engine.mark_setup(marked).await.map(Some),
        SetupAsk::Open(step) => engine.open_setup_page(&step).map(|()| None),
    };
    answer.map_err(wire)
}
