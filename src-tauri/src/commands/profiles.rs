//! Profiles, preferences, the demo.

use super::{Answer, wire};
use engine::Home;
use engine::view::{AppState, Preferences, ProfileView};
use tauri::State;

#[tauri::command]
pub(crate) async fn app_state(home: State<'_, Home>) -> Answer<AppState> {
    home.app_state().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn set_preferences(home: State<'_, Home>, preferences: Preferences) -> Answer<Preferences> {
    home.set_preferences(preferences).map_err(wire)
}

#[tauri::command]
pub(crate) async fn start_demo(home: State<'_, Home>) -> Answer<ProfileView> {
    let view = home.start_demo().await.map_err(wire)?;
    home.engine().map_err(wire)?.attend();
    Ok(view)
}

#[tauri::command]
pub(crate) async fn open_profile(home: State<'_, Home>, name: String) -> Answer<ProfileView> {
    let view = home.open_profile(&name).await.map_err(wire)?;
    home.engine().map_err(wire)?.attend();
    Ok(view)
}

#[tauri::command]
pub(crate) async fn remove_profile(home: State<'_, Home>, name: String) -> Answer<()> {
    home.remove_profile(&name).await.map_err(wire)
}
