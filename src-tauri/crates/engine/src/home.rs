//! The data folder: its profiles, and the one that is open.

use crate::audit::Keeper;
use crate::engine::{Engine, Opening};
use crate::error::{Error, Result};
use crate::events::Events;
use crate::joining::source_of;
use crate::links::doorbells;
use crate::lock::Locked;
use crate::policy::Policy;
use crate::ports::{BankingSource, Ports, SecretVault, VaultError};
use crate::profile::{Profile, Profiles, folder_of, private_folder};
use crate::recovery::{may_have_another_key, settle};
use crate::view::{
    AppState, Density, Environment, KeychainState, Language, NoticeSettings, Preferences, ProfileView, Stale, Theme, Topic, VaultKind,
};
use say::{say, word};
use secrecy::{ExposeSecret as _, SecretSlice};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use store::{DbKey, Store};
use tokio::sync::broadcast;

/// The name of the demo's profile.
pub const DEMO: &str = "Demo";
/// Shortcuts that are kept, and letters of one.
const MOST_SHORTCUTS: usize = 64;
const LONGEST_SHORTCUT: usize = 40;

/// The data folder. Cheap to clone.
#[derive(Clone)]
pub struct Home {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) folder: PathBuf,
    pub(crate) ports: Ports,
    pub(crate) events: Events,
    state: Mutex<State>,
    /// One opening at a time: two would fight over the database.
    pub(crate) opening: tokio::sync::Mutex<()>,
    /// One change of `profiles.json` at a time.
    pub(crate) listing: tokio::sync::Mutex<()>,
    /// One PIN is tried at a time.
    pub(crate) trying: tokio::sync::Mutex<()>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) open: Option<(Profile, Engine)>,
    /// A key that was checked and not saved yet.
    pub(crate) checked: Option<SecretSlice<u8>>,
    pub(crate) locked: Option<Locked>,
    /// Held while this program may have the demo open.
    demo: Option<File>,
    /// The computer's language, once a window is to be spoken to; a command line has none, and everything is said in English.
    computer: Option<Language>,
}

impl Home {
    /// Opens the data folder, making it when it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made or its profiles not be read.
    pub fn open(folder: PathBuf, ports: Ports) -> Result<Self> {
        private_folder(&folder).map_err(Error::file("making the data folder"))?;
        Profiles::read(&folder)?;
        let inner = Inner {
            folder,
            ports,
            events: Events::default(),
            state: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            listing: tokio::sync::Mutex::default(),
            trying: tokio::sync::Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// What becomes stale, from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Stale> {
        self.inner.events.subscribe()
    }

    /// What to show first.
    ///
    /// # Errors
    /// When the profiles cannot be read.
    pub async fn app_state(&self) -> Result<AppState> {
        let keychain = self.inner.ports.vaults.keychain().await;
        self.go_on_removing().await;
        self.app_state_with(keychain)
    }

    /// The same when the keychain's answer is known, or is not to be waited for.
    ///
    /// # Errors
    /// When the profiles cannot be read.
    pub fn app_state_with(&self, keychain: KeychainState) -> Result<AppState> {
        let managed = self.inner.ports.policy.read()?;
        let policy = managed.as_ref().map(|managed| managed.policy.clone()).unwrap_or_default();
        let mut profiles = self.profiles()?;
        profiles.profiles.sort_by_key(|profile| std::cmp::Reverse(profile.used_at));
        let lock = self.lock_view(&profiles.lock, &policy);
        if lock.locked {
            profiles.profiles.clear();
        }
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profiles: profiles.profiles.iter().filter(|profile| profile.leaving.is_none()).map(Profile::view).collect(),
            active: self.active(),
            // The vault says it in English.
            keychain: KeychainState { message: keychain.message.map(|message| say::again(&message)), ..keychain },
            lock,
            preferences: policy.preferences(profiles.preferences.unwrap_or_else(default_preferences)),
            computer: self.state(|state| state.computer).unwrap_or_default(),
            managed,
        })
    }

    /// The open profile.
    #[must_use]
    pub fn active(&self) -> Option<ProfileView> {
        self.state(|state| state.open.as_ref().map(|(profile, _)| profile.view()))
    }

    /// Forgets a key that was checked and not saved: the window it was typed in has gone.
    pub fn forget_checked_key(&self) {
        self.state(|state| state.checked = None);
    }

    /// Keeps how the app looks.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn set_preferences(&self, preferences: Preferences) -> Result<Preferences> {
        let is_long = |text: &String| text.chars().count() > LONGEST_SHORTCUT;
        if preferences.shortcuts.len() > MOST_SHORTCUTS
            || preferences.shortcuts.iter().any(|(action, keys)| is_long(action) || is_long(keys))
        {
            return Err(Error::BadRequest(say!("These shortcuts are too many or too long.")));
        }
        let policy = self.policy()?;
        policy.hold_choice(
            &preferences,
            &policy.preferences(preferences.clone()),
            word("names in notices, personal banks, or the months that a credit file needs"),
        )?;
        let mut profiles = self.profiles()?;
        profiles.preferences = Some(preferences.clone());
        profiles.write(&self.inner.folder)?;
        if let Ok(engine) = self.engine() {
            engine.prefer(preferences.clone());
        }
        let before = (say::language(), say::formats());
        self.speak(&preferences);
        let is_another = before != (say::language(), say::formats());
        self.inner.events.stale(if is_another { vec![Topic::Resync] } else { vec![Topic::App, Topic::Banks] });
        Ok(preferences)
    }

    /// From now on a window is spoken to: in the language that was chosen, or in the computer's.
    ///
    /// # Errors
    /// When the preferences cannot be read.
    pub fn speak_to_window(&self, computer: Language) -> Result<()> {
        self.state(|state| state.computer = Some(computer));
        self.speak(&self.profiles()?.preferences.unwrap_or_else(default_preferences));
        Ok(())
    }

    fn speak(&self, chosen: &Preferences) {
        let Some(computer) = self.state(|state| state.computer) else { return };
        let language = chosen.language.unwrap_or(computer);
        say::speak(language.spoken(), chosen.formats.unwrap_or(language).spoken());
    }

    /// Opens the demo, making its profile the first time.
    ///
    /// # Errors
    /// When the sandbox, the vault or the database cannot be had.
    pub async fn start_demo(&self) -> Result<ProfileView> {
        self.policy()?.allow_demo()?;
        if self.profiles()?.find(DEMO).is_none() {
            let vault = self.best_vault().await;
            let _one = self.inner.listing.lock().await;
            let mut profiles = self.profiles()?;
            let folder = profiles.free_folder(&self.inner.folder, DEMO);
            profiles.profiles.push(Profile {
                name: DEMO.into(),
                folder,
                client_name: String::new(),
                environment: Environment::Sandbox,
                is_demo: true,
                vault,
                base_url: None,
                team: None,
                used_at: 0,
                leaving: None,
            });
            profiles.write(&self.inner.folder)?;
        }
        self.open_profile(DEMO).await
    }

    /// The demo holds no customer's data: where there is no keychain, its database lives for this session.
    async fn best_vault(&self) -> VaultKind {
        let passphrase = self.inner.ports.vaults.vault(VaultKind::PassphraseFile).is_some();
        let keychain = self.inner.ports.vaults.vault(VaultKind::Keychain).is_some() && self.inner.ports.vaults.keychain().await.available;
        if passphrase {
            VaultKind::PassphraseFile
        } else if keychain {
            VaultKind::Keychain
        } else {
            VaultKind::Session
        }
    }

    /// Opens a profile and closes the one before.
    ///
    /// # Errors
    /// When its key, database or source cannot be had; the one before stays open then.
    pub async fn open_profile(&self, name: &str) -> Result<ProfileView> {
        self.open_with(name, Engine::start).await
    }

    /// The same for a face that asks one question and leaves: nothing is taken up, nothing runs that was not asked for.
    ///
    /// # Errors
    /// As `open_profile`.
    pub async fn open_profile_at_rest(&self, name: &str) -> Result<ProfileView> {
        self.open_with(name, Engine::rest).await
    }

    async fn open_with(&self, name: &str, begin: fn(Opening) -> Engine) -> Result<ProfileView> {
        let _one = self.inner.opening.lock().await;
        if self.is_locked() {
            return Err(Error::Locked);
        }
        let policy = self.policy()?;
        if let Some(view) =
            self.state(|state| state.open.as_ref().filter(|(profile, _)| profile.name == name).map(|(profile, _)| profile.view()))
        {
            return Ok(view);
        }
        let mut profile = self.profiles()?.find(name).cloned().ok_or(Error::NotFound("profile"))?;
        policy.allow(&profile)?;
        let vault = self.vault(profile.vault)?;
        let folder = folder_of(&self.inner.folder, &profile);
        private_folder(&folder).map_err(Error::file("making the profile's folder"))?;
        if profile.is_demo {
            self.hold_demo()?;
        }
        if profile.is_demo && profile.vault == VaultKind::Session && vault.get(&profile.db_slot()).await?.is_none() {
            forget_demo(&folder).map_err(Error::file("clearing the demo"))?;
        }
        let is_new = !folder.join("fairlead.db").exists();
        let store = open_store(&profile, &folder, vault.as_ref(), self.inner.ports.entropy.bytes()).await?;
        let mut demo = None;
        let source: Arc<dyn BankingSource> = if let Some(place) = &profile.team {
            Arc::new(source_of(&profile, place, vault.as_ref()).await?)
        } else if profile.is_demo {
            let settings = policy.returns(&doorbells::stored(&store));
            let address = self.inner.ports.demo.start(folder.clone(), doorbells::template(&settings)).await.map_err(Error::Internal)?;
            let key = SecretSlice::from(address.api_key.expose_secret().as_bytes().to_vec());
            demo = Some(address.base_url);
            self.inner.ports.sources.source(&key, demo.as_deref()).map_err(Error::BadRequest)?
        } else {
            let key = vault.get(&profile.key_slot()).await?.ok_or_else(|| key_missing(&profile))?;
            self.inner.ports.sources.source(&key, profile.base_url.as_deref()).map_err(Error::BadRequest)?
        };
        // The demo's client is known once its sandbox runs.
        let client_name = if profile.client_name.is_empty() { source.client().await.ok().map(|client| client.name) } else { None };
        let now = self.inner.ports.clock.now();
        let listing = self.inner.listing.lock().await;
        let mut profiles = self.profiles()?;
        if let Some(kept) = profiles.profiles.iter_mut().find(|kept| kept.name == name) {
            kept.used_at = now;
            kept.client_name = client_name.unwrap_or_else(|| std::mem::take(&mut kept.client_name));
            profile = kept.clone();
        }
        profiles.write(&self.inner.folder)?;
        drop(listing);
        let preferences = policy.preferences(profiles.preferences.unwrap_or_else(default_preferences));
        let audit = Keeper::new(vault, Arc::clone(&self.inner.ports.entropy), &profile, &folder);
        let engine = begin(Opening {
            store,
            source,
            ports: self.inner.ports.clone(),
            events: self.inner.events.clone(),
            folder,
            audit,
            demo,
            profile: profile.name.clone(),
            preferences,
        });
        if profile.is_demo {
            engine.take_up_course().await;
        }
        if is_new {
            engine.noted("profile-made", "", "").await;
        }
        let view = profile.view();
        let before = self.state(|state| state.open.replace((profile, engine)));
        if let Some((_, engine)) = before {
            engine.stop();
        }
        self.inner.events.stale([Topic::Resync]);
        Ok(view)
    }

    /// The demo's sandbox keeps its state in a file, so one program at a time has the demo.
    fn hold_demo(&self) -> Result<()> {
        if self.state(|state| state.demo.is_some()) {
            return Ok(());
        }
        let file = File::create(self.inner.folder.join("demo.lock")).map_err(Error::file("holding the demo"))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let busy = word("The demo is open in another Fairlead on this computer. Go on there, or close it there first.");
            return Err(Error::BadRequest(busy.into()));
        }
        self.state(|state| state.demo = Some(file));
        Ok(())
    }

    /// Closes the open profile.
    pub fn close_profile(&self) {
        if let Some((_, engine)) = self.state(|state| state.open.take()) {
            engine.stop();
        }
        self.inner.events.stale([Topic::Resync]);
    }

    /// The open profile's engine.
    ///
    /// # Errors
    /// `NoProfile`, `Locked`, or a policy that does not allow it or cannot be read.
    pub fn engine(&self) -> Result<Engine> {
        self.engine_under(&self.policy()?)
    }

    fn engine_under(&self, policy: &Policy) -> Result<Engine> {
        let open = self.state(|state| state.open.clone());
        let (profile, engine) = open.ok_or_else(|| if self.is_locked() { Error::Locked } else { Error::NoProfile })?;
        policy.allow(&profile)?;
        Ok(engine)
    }

    /// The same for a window: where the organisation wants a PIN, nothing is shown before there is one.
    ///
    /// # Errors
    /// As `engine`; also when the PIN is missing.
    pub fn engine_to_show(&self) -> Result<Engine> {
        // Whatever the window asks comes through here: the policy is read once for it, and the profiles only where a PIN is wanted.
        let policy = self.policy()?;
        let engine = self.engine_under(&policy)?;
        if policy.pin_required == Some(true) && self.lock_view(&self.profiles()?.lock, &policy).wants_pin {
            return Err(policy.refused(word("a PIN comes first. Set one under Settings, Lock")));
        }
        Ok(engine)
    }

    pub(crate) fn vault(&self, kind: VaultKind) -> Result<Arc<dyn SecretVault>> {
        self.inner.ports.vaults.vault(kind).ok_or_else(|| match kind {
            VaultKind::PassphraseFile => {
                Error::BadRequest(say!("This profile\u{2019}s secrets are behind a passphrase. Open Fairlead with it."))
            }
            VaultKind::Keychain | VaultKind::Session => Error::Vault(VaultError::NoKeychain),
        })
    }

    /// Nothing of anybody is looked up under a policy that cannot be read.
    pub(crate) fn profiles(&self) -> Result<Profiles> {
        self.policy()?;
        Profiles::read(&self.inner.folder)
    }

    pub(crate) fn state<T>(&self, body: impl FnOnce(&mut State) -> T) -> T {
        body(&mut self.inner.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(crate) fn default_preferences() -> Preferences {
    Preferences {
        theme: Theme::System,
        density: Density::Comfortable,
        show_personal_banks: false,
        required_months: 12,
        notices: NoticeSettings::default(),
        shortcuts: std::collections::BTreeMap::new(),
        language: None,
        formats: None,
    }
}

/// A session's key is gone with the session, so what it encrypted is noise. Only ever called for the demo.
fn forget_demo(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn key_missing(profile: &Profile) -> Error {
    match profile.vault {
        VaultKind::Session => Error::SessionOver,
        VaultKind::Keychain | VaultKind::PassphraseFile => Error::KeyMissing,
    }
}

impl Home {
    /// The database of a profile that is not open, for one look.
    pub(crate) async fn closed_store(&self, profile: &Profile) -> Result<Store> {
        kept_store(profile, &folder_of(&self.inner.folder, profile), self.vault(profile.vault)?.as_ref()).await
    }
}

/// The database of a profile. A new key is made only where there is no database yet.
async fn open_store(profile: &Profile, folder: &Path, vault: &dyn SecretVault, fresh: [u8; 32]) -> Result<Store> {
    let path = folder.join("fairlead.db");
    if path.exists() {
        return kept_store(profile, folder, vault).await;
    }
    let key = match vault.get(&profile.db_slot()).await? {
        Some(kept) => db_key(&kept)?,
        None => {
            vault.set(&profile.db_slot(), SecretSlice::from(fresh.to_vec())).await?;
            DbKey::from_bytes(&fresh).ok_or_else(|| Error::Internal("a key of 32 bytes".into()))?
        }
    };
    blocking(move || Ok(Store::create(&path, &key)?)).await
}

/// The database that is there, with the key that the vault has for it; a change of key that was cut is ended first.
async fn kept_store(profile: &Profile, folder: &Path, vault: &dyn SecretVault) -> Result<Store> {
    let open = async || {
        let path = folder.join("fairlead.db");
        let kept = vault.get(&profile.db_slot()).await?.ok_or_else(|| key_missing(profile))?;
        let key = db_key(&kept)?;
        blocking(move || Ok(Store::open(&path, &key)?)).await
    };
    match open().await {
        Err(Error::Open(error)) if may_have_another_key(&error) && settle(profile, folder, vault).await? => open().await,
        opened => opened,
    }
}

/// A key as a vault keeps it.
pub(crate) fn db_key(kept: &SecretSlice<u8>) -> Result<DbKey> {
    DbKey::from_bytes(kept.expose_secret()).ok_or(Error::Vault(VaultError::Unreadable))
}

/// What takes its time, where blocking is allowed.
pub(crate) async fn blocking<T: Send + 'static>(body: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(body).await.map_err(|error| Error::Internal(error.to_string()))?
}
