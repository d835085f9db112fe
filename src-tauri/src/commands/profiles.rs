//! Profiles, preferences, the demo.

use super::{Answer, wire};
use crate::house::{House, state_soon};
use crate::window;
use engine::view::{AppState, DoctorView, ErasureView, Preferences, ProfileView};
use tauri::{AppHandle, State};

#[tauri::command]
pub(crate) async fn app_state(app: AppHandle) -> Answer<AppState> {
    state_soon(&app).await.map_err(wire)
}

/// The check-up. Works without a profile too.
#[tauri::command]
pub(crate) async fn doctor(house: State<'_, House>) -> Answer<DoctorView> {
    Ok(house.home().await.map_err(wire)?.doctor(None).await)
}

#[tauri::command]
pub(crate) async fn set_preferences(house: State<'_, House>, preferences: Preferences) -> Answer<Preferences> {
    house.home().await.map_err(wire)?.set_preferences(preferences).map_err(wire)
}

/// Opens a profile. The demo's is made when it is asked for; a passphrase comes from the key window only.
#[tauri::command]
pub(crate) async fn open_profile(app: AppHandle, house: State<'_, House>, name: String, passphrase: Option<String>) -> Answer<ProfileView> {
    let home = house.home().await.map_err(wire)?;
    if let Some(passphrase) = passphrase {
        house.open_passphrase_file(passphrase).await.map_err(wire)?;
    }
    let opened = if name == engine::DEMO { home.start_demo().await } else { home.open_profile(&name).await };
    let view = opened.map_err(wire)?;
    house.attend(&home).await;
    window::close_key_entry(&app);
    Ok(view)
}

#[tauri::command]
pub(crate) async fn remove_profile(house: State<'_, House>, name: String) -> Answer<ErasureView> {
    house.home().await.map_err(wire)?.remove_profile(&name).await.map_err(wire)
}
