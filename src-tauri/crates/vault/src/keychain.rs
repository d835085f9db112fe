//! The operating system's keychain, on a thread of its own.
//!
//! A keychain may wait for a person, or for ever, and some of its errors carry the secret: so every call has a time-out, and nothing of an
//! error but its kind leaves this file. A store that could not be built is built again at the next call: people unlock keychains.

use crate::error::VaultError;
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

/// A handle to the keychain's thread.
#[derive(Clone)]
pub(crate) struct Thread {
    asks: mpsc::Sender<Ask>,
}

impl Thread {
    pub(crate) fn start() -> Self {
        let (asks, queue) = mpsc::channel();
        // Should the thread not start, the queue is dropped and every question is answered with `Failed`.
        let _ = std::thread::Builder::new().name("keychain".into()).spawn(move || serve(&queue));
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

    /// Whether it can be reached at all; touches no entry of ours.
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

fn serve(queue: &mpsc::Receiver<Ask>) {
    let mut store = None;
    while let Ok(ask) = queue.recv() {
        // A caller that gave up no longer listens: its answer is dropped, which wipes it.
        match ask {
            Ask::Get(slot, answer) => drop(answer.send(entry(&mut store, &slot).and_then(|entry| read(&entry)))),
            Ask::Set(slot, secret, answer) => drop(answer.send(entry(&mut store, &slot).and_then(|entry| write(&entry, &secret)))),
            Ask::Delete(slot, answer) => drop(answer.send(entry(&mut store, &slot).and_then(|entry| remove(&entry)))),
            Ask::Probe(answer) => drop(answer.send(open(&mut store).map(|_| ()))),
        }
    }
}

fn open(store: &mut Option<Arc<CredentialStore>>) -> Result<Arc<CredentialStore>, VaultError> {
    if let Some(open) = store {
        return Ok(Arc::clone(open));
    }
    let built = build_store().map_err(kind)?;
    *store = Some(Arc::clone(&built));
    Ok(built)
}

fn entry(store: &mut Option<Arc<CredentialStore>>, slot: &str) -> Result<Entry, VaultError> {
    Entry::new_in_store(&open(store)?, SERVICE, slot).map_err(kind)
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
