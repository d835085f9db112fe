//! Profiles, preferences, the demo.

use super::{Answer, wire};
use crate::house::{House, state_soon};
use crate::lock::{self, LockStep};
use crate::window;
use engine::Error;
use engine::view::{AppState, DoctorView, ErasureView, Preferences, ProfileView};
use tauri::{AppHandle, State, WebviewWindow};

/// What to show first; with a step, after something was done about the lock.
#[tauri::command]
pub(crate) async fn app_state(app: AppHandle, window: WebviewWindow, step: Option<LockStep>) -> Answer<AppState> {
    if let Some(step) = step {
        if window.label() != window::MAIN {
            return Err(wire(Error::BadRequest("Fairlead is locked and unlocked in its main window.".into())));
        }
        lock::step(&app, step).await.map_err(wire)?;
    }
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
    let home = house.home_even_locked().await.map_err(wire)?;
    if let Some(passphrase) = passphrase {
        house.open_passphrase_file(passphrase).await.map_err(wire)?;
        if let Err(error) = home.unlock_with_passphrase(&name).await {
            house.forget_passphrase();
            return Err(wire(error));
        }
    }
    if home.is_locked() {
        return Err(wire(Error::Locked));
    }
    let opened = if name == engine::DEMO { home.start_demo().await } else { home.open_profile(&name).await };
    let view = opened.map_err(wire)?;
    lock::opened(&app).await;
    window::close_key_entry(&app);
    Ok(view)
}

#[tauri::command]
pub(crate) async fn remove_profile(house: State<'_, House>, name: String) -> Answer<ErasureView> {
    house.home().await.map_err(wire)?.remove_profile(&name).await.map_err(wire)
}
