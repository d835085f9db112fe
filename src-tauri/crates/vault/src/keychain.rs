//! The operating system's keychain, on a thread of its own.
//!
//! A keychain may wait for a person, or for ever, and some of its errors carry the secret: so every call has a time-out, and nothing of an
//! error but its kind leaves this file. A store that could not be built is built again at the next call: people unlock keychains.

use engine::ports::VaultError;
use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretSlice};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// Entries are filed under this service name.
const SERVICE: &str = "app.fairlead.desktop";

/// How long a person may take to answer a prompt before we say what we are waiting for.
const PATIENCE: Duration = Duration::from_secs(10);

enum Ask {
    Get(String, oneshot::Sender<Result<Option<SecretSlice<u8>>, VaultError>>),
    Set(String, SecretSlice<u8>, oneshot::Sender<Result<(), VaultError>>),
    Delete(String, oneshot::Sender<Result<(), VaultError>>),
    Probe(oneshot::Sender<Result<(), VaultError>>),
}

/// Makes a store; called again after a failure.
type Build = dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send;
/// Says whether a store may be used, without making it prompt.
type Look = dyn Fn() -> Result<(), VaultError> + Send;

/// A handle to the keychain's thread.
#[derive(Clone)]
pub(crate) struct Thread {
    asks: mpsc::Sender<Ask>,
}

impl Thread {
    pub(crate) fn start() -> Self {
        Self::start_with(Box::new(build_store), Box::new(look))
    }

    fn start_with(build: Box<Build>, look: Box<Look>) -> Self {
        let (asks, queue) = mpsc::channel();
        let thread = Keychain { build, look, store: None };
        // Should the thread not start, the queue is dropped and every question is answered with `Failed`.
        let _ = std::thread::Builder::new().name("keychain".into()).spawn(move || thread.serve(&queue));
        Self { asks }
    }

    pub(crate) async fn get(&self, slot: &str) -> Result<Option<SecretSlice<u8>>, VaultError> {
        self.ask(|answer| Ask::Get(slot.to_owned(), answer)).await
    }

    pub(crate) async fn set(&self, slot: &str, secret: SecretSlice<u8>) -> Result<(), VaultError> {
        self.ask(|answer| Ask::Set(slot.to_owned(), secret, answer)).await
    }

    pub(crate) async fn delete(&self, slot: &str) -> Result<(), VaultError> {
        self.ask(|answer| Ask::Delete(slot.to_owned(), answer)).await
    }

    /// Whether it can be used; touches no entry of ours and makes nothing prompt.
    pub(crate) async fn probe(&self) -> Result<(), VaultError> {
        self.ask(Ask::Probe).await
    }

    async fn ask<T>(&self, make: impl FnOnce(oneshot::Sender<Result<T, VaultError>>) -> Ask) -> Result<T, VaultError> {
        let (answer, answered) = oneshot::channel();
        self.asks.send(make(answer)).map_err(|_| VaultError::Failed)?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(VaultError::Failed),
            Err(_) => Err(VaultError::Silent),
        }
    }
}

/// Lives on the thread.
struct Keychain {
    build: Box<Build>,
    look: Box<Look>,
    store: Option<Arc<CredentialStore>>,
}

impl Keychain {
    fn serve(mut self, queue: &mpsc::Receiver<Ask>) {
        while let Ok(ask) = queue.recv() {
            // A caller that gave up no longer listens: its answer is dropped, which wipes it.
            match ask {
                Ask::Get(slot, answer) => drop(answer.send(self.with(&slot, read))),
                Ask::Set(slot, secret, answer) => drop(answer.send(self.with(&slot, |entry| write(entry, &secret)))),
                Ask::Delete(slot, answer) => drop(answer.send(self.with(&slot, remove))),
                Ask::Probe(answer) => drop(answer.send(self.open().and_then(|_| (self.look)()))),
            }
        }
    }

    /// Whatever failed, the store is made anew next time: the daemon may have been restarted, the keychain unlocked.
    fn with<T>(&mut self, slot: &str, act: impl FnOnce(&Entry) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let done = self.open().and_then(|store| Entry::new_in_store(&store, SERVICE, slot).map_err(kind)).and_then(|entry| act(&entry));
        if done.is_err() {
            self.store = None;
        }
        done
    }

    fn open(&mut self) -> Result<Arc<CredentialStore>, VaultError> {
        if let Some(open) = &self.store {
            return Ok(Arc::clone(open));
        }
        let built = (self.build)().map_err(kind)?;
        self.store = Some(Arc::clone(&built));
        Ok(built)
    }
}

// KWallet's bridge keeps UTF-8 only, so what is stored is hex text.
fn write(entry: &Entry, secret: &SecretSlice<u8>) -> Result<(), VaultError> {
    let mut text = Zeroizing::new(String::with_capacity(secret.expose_secret().len() * 2));
    for byte in secret.expose_secret() {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    entry.set_password(&text).map_err(kind)
}

fn read(entry: &Entry) -> Result<Option<SecretSlice<u8>>, VaultError> {
    let text = match entry.get_password() {
        Ok(text) => Zeroizing::new(text),
        Err(Error::NoEntry) => return Ok(None),
        Err(error) => return Err(kind(error)),
    };
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    for [high, low] in pairs {
        let half = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (Some(high), Some(low)) = (half(high), half(low)) else { return Err(VaultError::Unreadable) };
        bytes.push(high << 4 | low);
    }
    if rest.is_empty() { Ok(Some(SecretSlice::from(bytes))) } else { Err(VaultError::Unreadable) }
}

fn remove(entry: &Entry) -> Result<(), VaultError> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(kind(error)),
    }
}

/// The kind alone: `BadEncoding` and `BadDataFormat` carry the secret and must never be printed.
#[expect(clippy::needless_pass_by_value, reason = "taken whole so that it is dropped here and nowhere else")]
fn kind(error: Error) -> VaultError {
    match error {
        Error::NoDefaultStore | Error::PlatformFailure(_) => VaultError::NoKeychain,
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) | Error::Ambiguous(_) => VaultError::Unreadable,
        _ => VaultError::Failed,
    }
}

#[cfg(target_os = "linux")]
fn build_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn build_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn build_store() -> keyring_core::Result<Arc<CredentialStore>> {
    // The default would let the entry roam to other machines of the domain.
    let local = std::collections::HashMap::from([("persistence", "local")]);
    Ok(windows_native_keyring_store::Store::new_with_configuration(&local)?)
}

/// Locked, or without any keyring to put things into.
#[cfg(target_os = "linux")]
fn look() -> Result<(), VaultError> {
    use secret_service::blocking::SecretService;
    let service = SecretService::connect(secret_service::EncryptionType::Plain).map_err(|_| VaultError::NoKeychain)?;
    let keyring = service.get_default_collection().map_err(|_| VaultError::Locked)?;
    match keyring.is_locked() {
        Ok(false) => Ok(()),
        Ok(true) | Err(_) => Err(VaultError::Locked),
    }
}

#[cfg(not(target_os = "linux"))]
fn look() -> Result<(), VaultError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyring_core::mock;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn secret(text: &str) -> SecretSlice<u8> {
        SecretSlice::from(text.as_bytes().to_vec())
    }

    fn mocked() -> Thread {
        let store = mock::Store::new().expect("store");
        Thread::start_with(Box::new(move || Ok(Arc::clone(&store) as Arc<CredentialStore>)), Box::new(|| Ok(())))
    }

    #[tokio::test]
    async fn bytes_come_back_as_they_were_and_nothing_is_none() {
        let keychain = mocked();
        assert!(keychain.get("db/a").await.expect("answer").is_none());
        let bytes: Vec<u8> = (0..=255).collect();
        keychain.set("db/a", SecretSlice::from(bytes.clone())).await.expect("set");
        assert_eq!(keychain.get("db/a").await.expect("answer").expect("slot").expose_secret(), bytes);
        keychain.delete("db/a").await.expect("delete");
        keychain.delete("db/a").await.expect("twice is the same as once");
        assert!(keychain.get("db/a").await.expect("answer").is_none());
    }

    #[tokio::test]
    async fn a_store_that_could_not_be_made_is_made_again_at_the_next_call() {
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        let store = mock::Store::new().expect("store");
        let build = move || match counted.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Error::NoStorageAccess("locked".into())),
            1 => Err(Error::PlatformFailure("no bus".into())),
            _ => Ok(Arc::clone(&store) as Arc<CredentialStore>),
        };
        let keychain = Thread::start_with(Box::new(build), Box::new(|| Ok(())));
        assert_eq!(keychain.get("db/a").await.err(), Some(VaultError::Locked));
        assert_eq!(keychain.get("db/a").await.err(), Some(VaultError::NoKeychain));
        assert!(keychain.set("db/a", secret("x")).await.is_ok(), "people unlock keychains");
        assert!(keychain.get("db/a").await.is_ok());
        assert_eq!(tries.load(Ordering::SeqCst), 3, "a good one is kept");
    }

    #[tokio::test(start_paused = true)]
    async fn a_keychain_that_does_not_answer_is_silent_and_not_waited_for_any_longer() {
        let (hold, held) = mpsc::channel::<()>();
        let held = std::sync::Mutex::new(held);
        let build = move || {
            let _ = held.lock().map(|held| held.recv());
            Err(Error::NoDefaultStore)
        };
        let keychain = Thread::start_with(Box::new(build), Box::new(|| Ok(())));
        let begun = tokio::time::Instant::now();
        assert_eq!(keychain.probe().await.err(), Some(VaultError::Silent));
        assert_eq!(begun.elapsed(), PATIENCE);
        drop(hold);
    }

    #[test]
    fn no_error_carries_what_the_keychain_held() {
        let told = [
            kind(Error::BadEncoding(b"NEEDLE".to_vec())),
            kind(Error::BadDataFormat(b"NEEDLE".to_vec(), "NEEDLE".into())),
            kind(Error::PlatformFailure("NEEDLE".into())),
            kind(Error::TooLong("NEEDLE".into(), 9)),
        ];
        assert!(!format!("{told:?}").contains("NEEDLE"));
        assert!(told.iter().all(|error| !error.to_string().contains("NEEDLE")));
    }
}
