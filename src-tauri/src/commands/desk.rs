//! The desk: where a person was, what goes on.

use super::{Answer, wire};
use crate::house::House;
use engine::view::{ActivityView, AttemptView, BudgetView, Desk, InboxStep, InboxView};
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

/// The desk as it was left; with `keep`, as it is left now.
#[tauri::command]
pub(crate) async fn desk(house: State<'_, House>, keep: Option<Desk>) -> Answer<Desk> {
    house.engine().await.map_err(wire)?.desk(keep).await.map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum ActivityAsk {
    /// Reads that run, what happened, and how banks did here.
    Everything,
    /// Links that are out.
    Attempts,
    /// What was sent and what is left.
    Budget,
    /// What a person is to be told, after a step.
    Inbox(InboxStep),
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Activity {
    Everything(ActivityView),
    Attempts(Vec<AttemptView>),
    Budget(BudgetView),
    Inbox(InboxView),
}

/// What goes on. Sends nothing.
#[tauri::command]
pub(crate) async fn activity(house: State<'_, House>, ask: ActivityAsk) -> Answer<Activity> {
    let engine = house.engine().await.map_err(wire)?;
    let answer = match ask {
        ActivityAsk::Everything => engine.activity().await.map(Activity::Everything),
        ActivityAsk::Attempts => engine.open_attempts().await.map(Activity::Attempts),
        ActivityAsk::Inbox(step) => engine.inbox(step).await.map(Activity::Inbox),
        ActivityAsk::Budget => Ok(Activity::Budget(engine.budget_view().await)),
    };
    answer.map_err(wire)
}
