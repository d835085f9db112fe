//! The key window's commands. A key comes in; none goes out.

use super::{Answer, wire};
use crate::house::House;
use crate::window;
use engine::Error;
use engine::view::{KeyCheck, ProfileView, SaveKey, VaultKind};
use secrecy::SecretString;
use tauri::{AppHandle, State};

/// Opens the key window; with a profile's name it asks for that profile's passphrase.
#[tauri::command]
pub(crate) async fn open_key_window(app: AppHandle, unlock: Option<String>) -> Answer<()> {
    window::open_key_entry(&app, unlock.as_deref()).map_err(|error| wire(Error::Internal(error.to_string())))
}

/// Asks Codat whose key it is. The engine holds it until it is saved or the window has gone.
#[tauri::command]
pub(crate) async fn check_key(house: State<'_, House>, key: String) -> Answer<KeyCheck> {
    house.home().await.map_err(wire)?.check_key(&SecretString::from(key)).await.map_err(wire)
}

/// Saves the key that was just checked. A passphrase opens, or makes, the file behind it.
#[tauri::command]
pub(crate) async fn save_key(app: AppHandle, house: State<'_, House>, save: SaveKey, passphrase: Option<String>) -> Answer<ProfileView> {
    let home = house.home().await.map_err(wire)?;
    if save.vault == VaultKind::PassphraseFile {
        house.open_passphrase_file(passphrase.unwrap_or_default()).await.map_err(wire)?;
    }
    let view = home.save_key(save).await.map_err(wire)?;
    house.attend(&home).await;
    window::close_key_entry(&app);
    Ok(view)
}
