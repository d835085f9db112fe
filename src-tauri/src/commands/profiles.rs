//! Profiles, preferences, the demo.

use super::{Answer, wire};
use crate::downloads;
use crate::house::{House, state_soon};
use crate::lock::{self, LockStep};
use crate::sealed::Opener;
use crate::window;
use engine::view::{AppState, DoctorView, ErasureView, Preferences, ProfileView, SupportView, SupportWritten};
use engine::{Error, Home};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, State, WebviewWindow};
use ts_rs::TS;

/// What to show first; with a step, after something was done about the lock.
#[tauri::command]
pub(crate) async fn app_state(app: AppHandle, window: WebviewWindow, step: Option<LockStep>) -> Answer<AppState> {
    if let Some(step) = step {
        if window.label() != window::MAIN {
            return Err(wire(Error::BadRequest(say::say!("Fairlead is locked and unlocked in its main window."))));
        }
        lock::step(&app, step).await.map_err(wire)?;
    }
    state_soon(&app).await.map_err(wire)
}

#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum DoctorAsk {
    /// The check-up.
    CheckUp,
    /// What support needs, every word of it.
    Support,
    /// Writes what was shown last into the person's download folder; tells where.
    SaveSupport,
}

#[derive(Serialize, TS)]
#[serde(untagged)]
pub(crate) enum Doctor {
    CheckUp(DoctorView),
    Support(SupportView),
    Saved(SupportWritten),
}

/// What was shown for support: nothing else is written.
#[derive(Default)]
pub(crate) struct SupportShown(Mutex<Option<SupportView>>);

/// The check-up, and what support needs of it. Works without a profile too.
#[tauri::command]
pub(crate) async fn doctor(app: AppHandle, house: State<'_, House>, shown: State<'_, SupportShown>, ask: DoctorAsk) -> Answer<Doctor> {
    let home = house.home().await.map_err(wire)?;
    let answer = match ask {
        DoctorAsk::CheckUp => Ok(Doctor::CheckUp(home.doctor(None).await)),
        DoctorAsk::Support => home.support(None).await.map(|seen| {
            *shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
            Doctor::Support(seen)
        }),
        DoctorAsk::SaveSupport => save_support(&app, &home, &shown).await,
    };
    answer.map_err(wire)
}

async fn save_support(app: &AppHandle, home: &Home, shown: &SupportShown) -> engine::Result<Doctor> {
    let seen = shown.0.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::NotFound("preview"))?;
    let out = downloads::free(&downloads::folder(app)?, "fairlead support", "zip")?;
    home.write_support(seen, out).await.map(Doctor::Saved)
}

#[tauri::command]
pub(crate) async fn set_preferences(house: State<'_, House>, preferences: Preferences) -> Answer<Preferences> {
    house.home().await.map_err(wire)?.set_preferences(preferences).map_err(wire)
}

/// Opens a profile. The demo's is made when it is asked for; a passphrase comes from the key window only, sealed.
#[tauri::command]
pub(crate) async fn open_profile(
    app: AppHandle,
    house: State<'_, House>,
    opener: State<'_, Opener>,
    name: String,
    sealed: Option<String>,
) -> Answer<ProfileView> {
    let home = house.home_even_locked().await.map_err(wire)?;
    if let Some(sealed) = sealed {
        let passphrase = opener.open(&sealed).map_err(wire)?;
        house.open_passphrase_file(&passphrase).await.map_err(wire)?;
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
