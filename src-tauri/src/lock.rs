//! The lock as the windows see it: what a person asks of it, and a look now and then whether anybody is still there.

use crate::downloads::Exports;
use crate::house::House;
use crate::{deep_link, window};
use engine::Error;
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;
use tauri::{AppHandle, Manager as _};
use ts_rs::TS;

/// Between two looks; a computer that slept is looked at as soon as it wakes.
const BREATH: Duration = Duration::from_secs(5);

#[derive(Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum LockStep {
    /// Locks.
    Now,
    /// Unlocks with this PIN.
    Pin(String),
    /// A new PIN, or none, in the old one's place.
    Set(SetPin),
    /// Locks by itself after so many minutes, or only by hand.
    After(Option<u32>),
}

#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetPin {
    pub(crate) old: String,
    pub(crate) new: Option<String>,
}

pub(crate) async fn step(app: &AppHandle, step: LockStep) -> Result<(), Error> {
    let house = app.state::<House>();
    match step {
        LockStep::Now => now(app, true).await,
        LockStep::Pin(typed) => {
            house.home_even_locked().await?.unlock(&SecretString::from(typed)).await?;
            opened(app).await;
            Ok(())
        }
        LockStep::Set(SetPin { old, new }) => {
            house.home().await?.set_pin(&SecretString::from(old), new.map(SecretString::from).as_ref()).await
        }
        LockStep::After(minutes) => house.home().await?.lock_after(minutes).await,
    }
}

/// Nothing of a customer is left: not in the database, not in memory, and the page begins anew with nothing in it.
async fn now(app: &AppHandle, by_hand: bool) -> Result<(), Error> {
    let house = app.state::<House>();
    house.home().await?.lock(by_hand).await?;
    app.state::<Exports>().end();
    house.forget_passphrase();
    window::close_key_entry(app);
    window::begin_anew(app);
    Ok(())
}

/// Whatever rang meanwhile is heard now.
pub(crate) async fn opened(app: &AppHandle) {
    let house = app.state::<House>();
    house.used_now();
    house.take_up_latest().await;
    for address in house.rung() {
        deep_link::hear(app, vec![address]);
    }
}

/// Locks when nobody was there for as long as the team allows.
pub(crate) fn watch(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            tokio::time::sleep(BREATH).await;
            let house = app.state::<House>();
            let Ok(home) = house.home().await else { continue };
            if home.is_idle(house.used_at()).unwrap_or(false)
                && let Err(error) = now(&app, false).await
            {
                tracing::warn!(code = ?error.code(), "Fairlead could not lock itself");
            }
        }
    });
}
