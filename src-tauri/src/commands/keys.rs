//! The key window's commands. A key comes in, sealed; none goes out.

use super::{Answer, wire};
use crate::house::House;
use crate::sealed::Opener;
use crate::window;
use engine::Error;
use engine::view::{KeyCheck, ProfileView, SaveKey, VaultKind};
use tauri::{AppHandle, State};

/// Opens the key window; with a profile's name it asks for that profile's passphrase.
#[tauri::command]
pub(crate) async fn open_key_window(app: AppHandle, unlock: Option<String>) -> Answer<()> {
    window::open_key_entry(&app, unlock.as_deref()).map_err(|error| wire(Error::Internal(error.to_string())))
}

/// Asks Codat whose key it is. The engine holds it until it is saved or the window has gone.
#[tauri::command]
pub(crate) async fn check_key(house: State<'_, House>, opener: State<'_, Opener>, sealed: String) -> Answer<KeyCheck> {
    let key = opener.open(&sealed).map_err(wire)?;
    house.home().await.map_err(wire)?.check_key(&key).await.map_err(wire)
}

/// Saves the key that was just checked. A passphrase opens, or makes, the file behind it.
#[tauri::command]
pub(crate) async fn save_key(
    app: AppHandle,
    house: State<'_, House>,
    opener: State<'_, Opener>,
    save: SaveKey,
    sealed: Option<String>,
) -> Answer<ProfileView> {
    let home = house.home().await.map_err(wire)?;
    if save.vault == VaultKind::PassphraseFile {
        let passphrase = opener.open(&sealed.unwrap_or_default()).map_err(wire)?;
        house.open_passphrase_file(&passphrase).await.map_err(wire)?;
    }
    let view = home.save_key(save).await.map_err(wire)?;
    house.attend(&home).await;
    window::close_key_entry(&app);
    Ok(view)
}
