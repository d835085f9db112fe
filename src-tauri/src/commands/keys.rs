//! The key window's commands. A key comes in; none goes out.

use super::{Answer, wire};
use crate::key_window::KeyWindow;
use engine::view::{KeyCheck, ProfileView, SaveKey};
use engine::{Error, Home};
use secrecy::SecretString;
use tauri::{AppHandle, State};

#[tauri::command]
pub(crate) async fn open_key_window(app: AppHandle) -> Answer<()> {
    crate::window::open_key_entry(&app).map_err(|error| wire(Error::Internal(error.to_string())))
}

#[tauri::command]
pub(crate) async fn check_key(home: State<'_, Home>, window: State<'_, KeyWindow>, key: String) -> Answer<KeyCheck> {
    let key = SecretString::from(key);
    let check = home.check_key(&key).await.map_err(wire)?;
    window.checked();
    Ok(check)
}

#[tauri::command]
pub(crate) async fn save_key(app: AppHandle, home: State<'_, Home>, window: State<'_, KeyWindow>, save: SaveKey) -> Answer<ProfileView> {
    if !window.take_checked() {
        return Err(wire(Error::BadRequest("Check the key first.".into())));
    }
    let view = home.save_key(save).await.inspect_err(|_| window.checked()).map_err(wire)?;
    home.engine().map_err(wire)?.attend();
    crate::window::close_key_entry(&app);
    Ok(view)
}
