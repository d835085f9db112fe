//! The doorbells.

use super::{Answer, engine, wire};
use engine::Home;
use engine::view::{Doorbell, ReturnSettings, RingOutcome, SetReturn, StatusPill};
use tauri::State;

/// An address that a person pasted.
#[tauri::command]
pub(crate) async fn ring(home: State<'_, Home>, text: String) -> Answer<RingOutcome> {
    engine(&home)?.ring(text).await.map_err(wire)
}

/// Changes how returns are caught; without a change it only tells.
#[tauri::command]
pub(crate) async fn set_return(home: State<'_, Home>, change: SetReturn) -> Answer<ReturnSettings> {
    engine(&home)?.set_return(change).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn test_doorbell(home: State<'_, Home>, kind: Doorbell) -> Answer<StatusPill> {
    engine(&home)?.test_doorbell(kind).await.map_err(wire)
}
