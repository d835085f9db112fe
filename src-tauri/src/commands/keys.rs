//! The key window's commands. A key comes in; none goes out.

use super::{Answer, wire};
use crate::house::House;
use crate::key_window::KeyWindow;
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

#[tauri::command]
pub(crate) async fn check_key(house: State<'_, House>, window: State<'_, KeyWindow>, key: String) -> Answer<KeyCheck> {
    let key = SecretString::from(key);
    let check = house.home().await.map_err(wire)?.check_key(&key).await.map_err(wire)?;
    window.checked();
    Ok(check)
}

/// Saves the key that was just checked. A passphrase opens, or makes, the file behind it.
#[tauri::command]
pub(crate) async fn save_key(
    app: AppHandle,
    house: State<'_, House>,
    window: State<'_, KeyWindow>,
    save: SaveKey,
    passphrase: Option<String>,
) -> Answer<ProfileView> {
    let home = house.home().await.map_err(wire)?;
    if save.vault == VaultKind::PassphraseFile {
        house.open_passphrase_file(passphrase.unwrap_or_default()).await.map_err(wire)?;
    }
    if !window.take_checked() {
        return Err(wire(Error::BadRequest("Check the key first.".into())));
    }
    let view = home.save_key(save).await.inspect_err(|_| window.checked()).map_err(wire)?;
    house.attend(&home);
    window::close_key_entry(&app);
    Ok(view)
}
