//! The data folder as the windows see it: opened off the main thread, opened again when it failed, with the profile used last taken up.

use crate::{events, notices, window};
use engine::ports::Ports;
use engine::view::{AppState, KeychainState, Language, Topic, VaultKind};
use engine::{Engine, Error, Home};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Manager as _};
use tokio::sync::{OnceCell, watch};
use vault::ComputerVaults;

/// How long the first screen waits for what is slow: a keychain with a prompt open, a large database.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Addresses that are kept while it is locked, and how long each may be.
const MOST_RUNG: usize = 16;
const LONGEST_RUNG: usize = 2_048;

/// How long an address that started the app waits for the window to be there.
const LOADING: Duration = Duration::from_secs(10);

/// The data folder, its vaults, and whether it is open.
pub(crate) struct House {
    app: AppHandle,
    folder: PathBuf,
    ports: Ports,
    vaults: Arc<ComputerVaults>,
    home: OnceCell<Home>,
    /// The profile used last is open, or cannot be opened by itself.
    settled: watch::Sender<bool>,
    /// The main window shows the open profile, so it listens.
    seen: watch::Sender<bool>,
    /// When a person last did something, UTC milliseconds.
    used: AtomicI64,
    /// Addresses that came while it was locked.
    rung: Mutex<Vec<String>>,
}

impl House {
    pub(crate) fn new(app: AppHandle, folder: PathBuf, ports: Ports, vaults: Arc<ComputerVaults>) -> Self {
        let used = AtomicI64::new(ports.clock.now());
        let (settled, seen) = (watch::Sender::new(false), watch::Sender::new(false));
        Self { app, folder, ports, vaults, home: OnceCell::new(), settled, seen, used, rung: Mutex::default() }
    }

    /// The open data folder, unless Fairlead is locked: whatever a page asks for comes through here.
    pub(crate) async fn home(&self) -> Result<Home, Error> {
        let home = self.home_even_locked().await?;
        if home.is_locked() { Err(Error::Locked) } else { Ok(home) }
    }

    /// The open data folder. Whoever asks first opens it; after a failure the next one tries again.
    pub(crate) async fn home_even_locked(&self) -> Result<Home, Error> {
        let opened = self.home.get_or_try_init(|| async {
            let (folder, ports) = (self.folder.clone(), self.ports.clone());
            let opening = tauri::async_runtime::spawn_blocking(move || Home::open(folder, ports));
            let home = opening.await.map_err(|error| Error::Internal(error.to_string()))??;
            home.speak_to_window(computers_language())?;
            home.lock_at_start().await?;
            events::forward(&self.app, &home);
            notices::follow(&self.app, &home);
            Ok(home)
        });
        opened.await.cloned()
    }

    /// The open profile's engine.
    pub(crate) async fn engine(&self) -> Result<Engine, Error> {
        self.home().await?.engine_to_show()
    }

    /// The open profile's engine, if everything is open already.
    pub(crate) fn engine_at_hand(&self) -> Option<Engine> {
        self.home.get().and_then(|home| home.engine().ok())
    }

    /// The file behind a passphrase, opened or made.
    pub(crate) async fn open_passphrase_file(&self, passphrase: &SecretString) -> Result<(), Error> {
        let home = self.home_even_locked().await?;
        Ok(self.vaults.open_passphrase_file(home.folder(), passphrase.expose_secret().as_bytes().to_vec().into()).await?)
    }

    /// What was behind a passphrase is forgotten until somebody gives it again.
    pub(crate) fn forget_passphrase(&self) {
        self.vaults.close_passphrase_file();
    }

    /// Somebody is there.
    pub(crate) fn used_now(&self) {
        self.used.store(self.ports.clock.now(), Ordering::Relaxed);
    }

    /// When somebody last was.
    pub(crate) fn used_at(&self) -> i64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Keeps addresses until it is unlocked: a few, since anybody may send them.
    pub(crate) fn keep_rung(&self, addresses: Vec<String>) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST_RUNG.saturating_sub(rung.len());
        rung.extend(addresses.into_iter().filter(|address| address.len() <= LONGEST_RUNG).take(room));
    }

    /// Those that were kept, once.
    pub(crate) fn rung(&self) -> Vec<String> {
        std::mem::take(&mut *self.rung.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A key that was typed and not saved is not kept beyond its window.
    pub(crate) fn forget_key(&self) {
        if let Some(home) = self.home.get() {
            home.forget_checked_key();
        }
    }

    /// Waits until the profile used last was taken up, whatever came of it.
    pub(crate) async fn settled(&self) {
        // The sender lives as long as `self`, so this can only end well.
        let _ = self.settled.subscribe().wait_for(|settled| *settled).await;
    }

    /// The main window has asked something that only a shown profile asks.
    pub(crate) fn see(&self) {
        self.seen.send_replace(true);
    }

    /// A window shows the open profile.
    pub(crate) fn is_seen(&self) -> bool {
        *self.seen.borrow()
    }

    /// Waits until what becomes stale is heard by a window, but not for ever: a screen is a convenience.
    pub(crate) async fn seen(&self) {
        let mut seen = self.seen.subscribe();
        let _ = tokio::time::timeout(LOADING, seen.wait_for(|seen| *seen)).await;
    }

    /// Opens the profile used last, unless that needs a person: its key is gone with its session, or behind a passphrase.
    pub(crate) async fn take_up_latest(&self) {
        let Ok(home) = self.home().await else { return };
        let unasked = KeychainState { available: true, message: None };
        let Ok(state) = home.app_state_with(unasked) else { return };
        if state.active.is_some() {
            return self.attend(&home).await;
        }
        let Some(latest) = state.profiles.into_iter().next() else { return };
        let by_itself = match latest.vault {
            VaultKind::Keychain => true,
            VaultKind::Session => latest.is_demo,
            VaultKind::PassphraseFile => false,
        };
        if by_itself {
            match home.open_profile(&latest.name).await {
                Ok(_) => self.attend(&home).await,
                // The screen lists the profile; opening it there tells why.
                Err(error) => tracing::warn!(code = ?error.code(), "the profile used last could not be taken up"),
            }
        }
    }

    /// From now on a person sits in front of the open profile.
    pub(crate) async fn attend(&self, home: &Home) {
        if let Ok(engine) = home.engine() {
            engine.attend().await;
        }
    }
}

/// The first of the computer's languages that there is, as the page finds it too.
fn computers_language() -> Language {
    sys_locale::get_locales().find_map(|tag| Language::read(&tag)).unwrap_or_default()
}

/// Opens the house and takes up the profile used last. A failure is kept for nobody: the screen asks, and that tries again.
pub(crate) fn open(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let house = app.state::<House>();
        if let Err(error) = house.home_even_locked().await {
            tracing::error!(code = ?error.code(), "the data folder could not be opened");
        }
        house.take_up_latest().await;
        house.settled.send_replace(true);
        window::name_main(&app);
    });
}

/// What to show first, soon: a keychain that takes its time is said to, and the screen asks again once it has answered.
pub(crate) async fn state_soon(app: &AppHandle) -> Result<AppState, Error> {
    let house = app.state::<House>();
    let home = house.home_even_locked().await?;
    let _ = tokio::time::timeout(PATIENCE, house.settled()).await;
    if let Ok(told) = tokio::time::timeout(PATIENCE, home.app_state()).await {
        return told;
    }
    let (late, asked) = (app.clone(), home.clone());
    tauri::async_runtime::spawn(async move {
        let _ = asked.app_state().await;
        events::tell(&late, vec![Topic::App]);
    });
    let message = say::word("The keychain has not answered yet. A password prompt may be waiting behind this window.");
    home.app_state_with(KeychainState { available: false, message: Some(message.into()) })
}
