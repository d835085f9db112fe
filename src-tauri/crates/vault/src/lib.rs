//! Where secrets live: the operating system's keychain, memory, or a file behind a passphrase.
//!
//! All are `SecretVault`s of the engine. `None` from `get` means "not found here", never "there never was one": a locked keychain may say it
//! too, so whoever keeps a database decides by the database whether a new key may be made. There is no plain file, not even as a fallback.

mod keychain;
mod memory;
mod passphrase;

pub use memory::keep_memory_private;

use engine::ports::{SecretVault, VaultError, Vaults, Wait};
use engine::view::{KeychainState, VaultKind};
use passphrase::SealedFile;
use secrecy::SecretSlice;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The operating system's keychain. Calls run on a thread of their own and give up after ten seconds.
#[derive(Clone)]
pub struct Keychain {
    thread: keychain::Thread,
}

impl Keychain {
    /// Starts the thread; touches no keychain yet.
    #[must_use]
    pub fn new() -> Self {
        Self { thread: keychain::Thread::start() }
    }

    /// Whether it can be used now. Makes nothing prompt.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn probe(&self) -> Result<(), VaultError> {
        self.thread.probe().await
    }
}

impl Default for Keychain {
    fn default() -> Self {
        Self::new()
    }
}

impl SecretVault for Keychain {
    fn kind(&self) -> VaultKind {
        VaultKind::Keychain
    }

    fn get<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<Option<SecretSlice<u8>>, VaultError>> {
        Box::pin(self.thread.get(slot))
    }

    fn set<'a>(&'a self, slot: &'a str, secret: SecretSlice<u8>) -> Wait<'a, Result<(), VaultError>> {
        Box::pin(self.thread.set(slot, secret))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<(), VaultError>> {
        Box::pin(self.thread.delete(slot))
    }
}

/// Memory: gone when the program ends.
#[derive(Default)]
pub struct Session {
    slots: Mutex<BTreeMap<String, SecretSlice<u8>>>,
}

impl Session {
    fn slots<T>(&self, act: impl FnOnce(&mut BTreeMap<String, SecretSlice<u8>>) -> T) -> T {
        act(&mut self.slots.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SecretVault for Session {
    fn kind(&self) -> VaultKind {
        VaultKind::Session
    }

    fn get<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<Option<SecretSlice<u8>>, VaultError>> {
        Box::pin(async move { Ok(self.slots(|slots| slots.get(slot).cloned())) })
    }

    fn set<'a>(&'a self, slot: &'a str, secret: SecretSlice<u8>) -> Wait<'a, Result<(), VaultError>> {
        Box::pin(async move {
            self.slots(|slots| slots.insert(slot.to_owned(), secret));
            Ok(())
        })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<(), VaultError>> {
        Box::pin(async move {
            self.slots(|slots| slots.remove(slot));
            Ok(())
        })
    }
}

/// A file behind a passphrase (Argon2id, then ChaCha20-Poly1305), readable by its owner only.
#[derive(Clone)]
pub struct PassphraseFile {
    file: Arc<Mutex<SealedFile>>,
}

impl PassphraseFile {
    /// Opens the vault at `path`, or makes an empty one there.
    ///
    /// # Errors
    /// `WrongPassphrase`, `Damaged` or `File`; the file is left as it is.
    pub async fn open(path: &Path, passphrase: SecretSlice<u8>) -> Result<Self, VaultError> {
        let path = path.to_path_buf();
        let file = blocking(move || SealedFile::open(&path, &passphrase)).await?;
        Ok(Self { file: Arc::new(Mutex::new(file)) })
    }

    async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut SealedFile) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let file = Arc::clone(&self.file);
        blocking(move || act(&mut file.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> Result<T, VaultError> + Send + 'static) -> Result<T, VaultError> {
    tokio::task::spawn_blocking(act).await.unwrap_or(Err(VaultError::Failed))
}

impl SecretVault for PassphraseFile {
    fn kind(&self) -> VaultKind {
        VaultKind::PassphraseFile
    }

    fn get<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<Option<SecretSlice<u8>>, VaultError>> {
        let slot = slot.to_owned();
        Box::pin(self.with(move |file| file.get(&slot)))
    }

    fn set<'a>(&'a self, slot: &'a str, secret: SecretSlice<u8>) -> Wait<'a, Result<(), VaultError>> {
        let slot = slot.to_owned();
        Box::pin(self.with(move |file| file.set(&slot, secret)))
    }

    fn delete<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<(), VaultError>> {
        let slot = slot.to_owned();
        Box::pin(self.with(move |file| file.delete(&slot)))
    }
}

/// The vaults of this computer: the keychain, this session's memory, and the passphrase file once it was opened.
pub struct ComputerVaults {
    keychain: Arc<Keychain>,
    session: Arc<Session>,
    passphrase: Mutex<Option<Arc<PassphraseFile>>>,
}

impl ComputerVaults {
    /// With the passphrase file still closed.
    #[must_use]
    pub fn new() -> Self {
        Self { keychain: Arc::default(), session: Arc::default(), passphrase: Mutex::default() }
    }

    /// Opens or makes the passphrase file of the data folder.
    ///
    /// # Errors
    /// See `PassphraseFile::open`; a file that was open stays open.
    pub async fn open_passphrase_file(&self, home: &Path, passphrase: SecretSlice<u8>) -> Result<(), VaultError> {
        let file = PassphraseFile::open(&passphrase_path(home), passphrase).await?;
        *self.passphrase.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(file));
        Ok(())
    }

    /// Forgets what was in the passphrase file, until somebody gives the passphrase again.
    pub fn close_passphrase_file(&self) {
        self.passphrase.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Default for ComputerVaults {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the passphrase file of a data folder lies.
#[must_use]
pub fn passphrase_path(home: &Path) -> PathBuf {
    home.join("secrets.vault")
}

impl Vaults for ComputerVaults {
    fn vault(&self, kind: VaultKind) -> Option<Arc<dyn SecretVault>> {
        match kind {
            VaultKind::Keychain => Some(Arc::clone(&self.keychain) as Arc<dyn SecretVault>),
            VaultKind::Session => Some(Arc::clone(&self.session) as Arc<dyn SecretVault>),
            VaultKind::PassphraseFile => {
                let open = self.passphrase.lock().unwrap_or_else(PoisonError::into_inner);
                open.clone().map(|file| file as Arc<dyn SecretVault>)
            }
        }
    }

    fn keychain(&self) -> Wait<'_, KeychainState> {
        Box::pin(async {
            match self.keychain.probe().await {
                Ok(()) => KeychainState { available: true, message: None },
                Err(error) => KeychainState { available: false, message: Some(error.to_string()) },
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn secret(text: &str) -> SecretSlice<u8> {
        SecretSlice::from(text.as_bytes().to_vec())
    }

    async fn keeps_and_forgets(vault: Arc<dyn SecretVault>) {
        assert!(vault.get("db/a").await.expect("answer").is_none(), "not found is an answer, not an error");
        vault.set("db/a", secret("one")).await.expect("set");
        vault.set("db/a", secret("two")).await.expect("set again");
        vault.set("db/b", secret("three")).await.expect("set");
        assert_eq!(vault.get("db/a").await.expect("answer").expect("slot").expose_secret(), b"two");
        vault.delete("db/a").await.expect("delete");
        vault.delete("db/a").await.expect("twice is the same as once");
        assert!(vault.get("db/a").await.expect("answer").is_none());
        assert!(vault.get("db/b").await.expect("answer").is_some(), "the others stay");
    }

    #[tokio::test]
    async fn session_and_passphrase_file_are_vaults_alike() {
        let home = tempfile::tempdir().expect("home");
        let vaults = ComputerVaults::new();
        assert!(vaults.vault(VaultKind::PassphraseFile).is_none(), "closed until somebody gives the passphrase");
        vaults.open_passphrase_file(home.path(), secret("correct horse")).await.expect("made");
        for kind in [VaultKind::Session, VaultKind::PassphraseFile] {
            let vault = vaults.vault(kind).expect("open");
            assert_eq!(vault.kind(), kind);
            keeps_and_forgets(vault).await;
        }
    }

    #[tokio::test]
    async fn a_wrong_passphrase_leaves_the_open_vault_open() {
        let home = tempfile::tempdir().expect("home");
        let vaults = ComputerVaults::new();
        vaults.open_passphrase_file(home.path(), secret("one")).await.expect("made");
        assert_eq!(vaults.open_passphrase_file(home.path(), secret("two")).await, Err(VaultError::WrongPassphrase));
        assert!(vaults.vault(VaultKind::PassphraseFile).expect("still open").set("db/a", secret("x")).await.is_ok());
    }
}
