//! The engine inside this process: for what is asked of it many times, and for data folders that another process goes on with.
//!
//! Secrets lie in memory, so that nothing is stretched or asked for; a process that goes on is handed them.

use crate::Result;
use crate::world::World;
use engine::adapters::codat::CodatSources;
use engine::ports::{DemoSandbox, LinkOpener, Ports, SandboxAddress, SecretVault, SystemClock, SystemEntropy, VaultError, Vaults, Wait};
use engine::view::{Environment, KeychainState, VaultKind};
use engine::{Engine, Home, NewProfile};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The secrets of a data folder. Those of a sandbox: nobody's.
pub(crate) type Secrets = BTreeMap<String, Vec<u8>>;

#[derive(Default)]
struct Memory(Mutex<Secrets>);

impl Memory {
    fn secrets<T>(&self, act: impl FnOnce(&mut Secrets) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SecretVault for Memory {
    fn kind(&self) -> VaultKind {
        VaultKind::Session
    }

    fn get<'a>(&'a self, slot: &'a str) -> Wait<'a, std::result::Result<Option<SecretSlice<u8>>, VaultError>> {
        Box::pin(async move { Ok(self.secrets(|secrets| secrets.get(slot).cloned()).map(SecretSlice::from)) })
    }

    fn set<'a>(&'a self, slot: &'a str, secret: SecretSlice<u8>) -> Wait<'a, std::result::Result<(), VaultError>> {
        Box::pin(async move {
            self.secrets(|secrets| secrets.insert(slot.to_owned(), secret.expose_secret().to_vec()));
            Ok(())
        })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> Wait<'a, std::result::Result<(), VaultError>> {
        Box::pin(async move {
            self.secrets(|secrets| secrets.remove(slot));
            Ok(())
        })
    }
}

struct OneVault(Arc<Memory>);

impl Vaults for OneVault {
    fn vault(&self, kind: VaultKind) -> Option<Arc<dyn SecretVault>> {
        (kind == VaultKind::Session).then(|| Arc::clone(&self.0) as Arc<dyn SecretVault>)
    }

    fn keychain(&self) -> Wait<'_, KeychainState> {
        Box::pin(async { KeychainState { available: false, message: None } })
    }
}

struct Nothing;

impl LinkOpener for Nothing {
    fn open(&self, _url: &SecretString) -> std::result::Result<(), String> {
        Err("a bench opens no browser".into())
    }
}

impl DemoSandbox for Nothing {
    fn start(&self, _folder: PathBuf, _redirect: String) -> Wait<'_, std::result::Result<SandboxAddress, String>> {
        Box::pin(async { Err("a bench has its own sandbox".into()) })
    }
}

/// A data folder that is open.
pub(crate) struct Computer {
    vault: Arc<Memory>,
    _home: Home,
    pub(crate) engine: Engine,
}

impl Computer {
    /// Makes a profile in a new folder and opens it.
    pub(crate) async fn new(folder: &Path, world: &World) -> Result<Self> {
        let vault = Arc::new(Memory::default());
        let home = Home::open(folder.to_owned(), ports(&vault))?;
        let key = SecretString::from(world.api_key.clone());
        let base_url = Some(world.base_url.clone());
        home.add_profile(NewProfile { name: PROFILE.into(), key, environment: Environment::Test, base_url, vault: VaultKind::Session })
            .await?;
        Self::of(home, vault).await
    }

    /// Opens a folder that another process left.
    pub(crate) async fn open(folder: &Path, secrets: Secrets) -> Result<Self> {
        let vault = Arc::new(Memory(Mutex::new(secrets)));
        Self::of(Home::open(folder.to_owned(), ports(&vault))?, vault).await
    }

    async fn of(home: Home, vault: Arc<Memory>) -> Result<Self> {
        home.open_profile_at_rest(PROFILE).await?;
        let engine = home.engine()?;
        Ok(Self { vault, _home: home, engine })
    }

    pub(crate) fn secrets(&self) -> Secrets {
        self.vault.secrets(|secrets| secrets.clone())
    }
}

const PROFILE: &str = "bench";

fn ports(vault: &Arc<Memory>) -> Ports {
    Ports {
        sources: Arc::new(CodatSources::default()),
        vaults: Arc::new(OneVault(Arc::clone(vault))),
        opener: Arc::new(Nothing),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        demo: Arc::new(Nothing),
        policy: engine::PolicyPlace::Computer,
    }
}
