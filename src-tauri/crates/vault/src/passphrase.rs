//! Secrets in one file behind a passphrase: Argon2id makes a key from the passphrase, ChaCha20-Poly1305 seals the slots.
//!
//! The file holds nothing readable but its version and salt. A wrong passphrase and a damaged file look alike to the cipher; the sealed check
//! word tells them apart: it is sealed alone, so that a good check word with unreadable slots means damage.

use crate::error::VaultError;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use secrecy::{ExposeSecret as _, SecretSlice};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"FLVAULT1";
const SALT: usize = 16;
const NONCE: usize = 12;
const CHECK_WORD: &[u8] = b"this passphrase opens this vault";
const SEALED_CHECK: usize = NONCE + CHECK_WORD.len() + 16;

/// Memory cost 64 MiB, three passes, one lane: about a fifth of a second on a plain laptop.
fn costs() -> Result<Params, VaultError> {
    Params::new(64 * 1024, 3, 1, Some(32)).map_err(|_| VaultError::Damaged)
}

/// An open vault file: the derived key stays in memory, the passphrase does not.
pub(crate) struct SealedFile {
    path: PathBuf,
    salt: [u8; SALT],
    key: Zeroizing<[u8; 32]>,
    slots: BTreeMap<String, SecretSlice<u8>>,
}

impl SealedFile {
    /// Opens the file, or starts an empty vault when there is none. Nothing is written until a slot is set.
    pub(crate) fn open(path: &Path, passphrase: &SecretSlice<u8>) -> Result<Self, VaultError> {
        match std::fs::read(path) {
            Ok(bytes) => Self::unseal(path, &bytes, passphrase),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let salt = random()?;
                Ok(Self { path: path.to_path_buf(), key: derive(passphrase, &salt)?, salt, slots: BTreeMap::new() })
            }
            Err(error) => Err(VaultError::File(error.kind())),
        }
    }

    pub(crate) fn get(&self, slot: &str) -> Option<SecretSlice<u8>> {
        self.slots.get(slot).cloned()
    }

    pub(crate) fn set(&mut self, slot: &str, secret: SecretSlice<u8>) -> Result<(), VaultError> {
        let before = self.slots.insert(slot.to_owned(), secret);
        self.write().inspect_err(|_| {
            // What is not on disk is not kept in memory either: the caller was told that it failed.
            match before {
                Some(before) => self.slots.insert(slot.to_owned(), before),
                None => self.slots.remove(slot),
            };
        })
    }

    pub(crate) fn delete(&mut self, slot: &str) -> Result<(), VaultError> {
        let Some(before) = self.slots.remove(slot) else { return Ok(()) };
        self.write().inspect_err(|_| {
            self.slots.insert(slot.to_owned(), before);
        })
    }

    fn unseal(path: &Path, bytes: &[u8], passphrase: &SecretSlice<u8>) -> Result<Self, VaultError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(VaultError::Damaged)?;
        let (salt, rest) = rest.split_first_chunk::<SALT>().ok_or(VaultError::Damaged)?;
        if rest.len() < SEALED_CHECK {
            return Err(VaultError::Damaged);
        }
        let (check, sealed) = rest.split_at(SEALED_CHECK);
        let key = derive(passphrase, salt)?;
        open_box(&key, salt, check).ok_or(VaultError::WrongPassphrase)?;
        let plain = open_box(&key, salt, sealed).ok_or(VaultError::Damaged)?;
        Ok(Self { path: path.to_path_buf(), salt: *salt, key, slots: decode(&plain).ok_or(VaultError::Damaged)? })
    }

    fn write(&self) -> Result<(), VaultError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.salt);
        bytes.extend(seal(&self.key, &self.salt, CHECK_WORD)?);
        bytes.extend(seal(&self.key, &self.salt, &encode(&self.slots))?);
        replace_file(&self.path, &bytes).map_err(|error| VaultError::File(error.kind()))
    }
}

fn derive(passphrase: &SecretSlice<u8>, salt: &[u8; SALT]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, costs()?)
        .hash_password_into(passphrase.expose_secret(), salt, key.as_mut_slice())
        .map_err(|_| VaultError::WrongPassphrase)?;
    Ok(key)
}

fn seal(key: &[u8; 32], salt: &[u8; SALT], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE] = random()?;
    let cipher = ChaCha20Poly1305::new(Key::from_slice(key));
    let sealed = cipher.encrypt(Nonce::from_slice(&nonce), Payload { msg: plain, aad: salt }).map_err(|_| VaultError::Damaged)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open_box(key: &[u8; 32], salt: &[u8; SALT], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = ChaCha20Poly1305::new(Key::from_slice(key));
    cipher.decrypt(Nonce::from_slice(nonce), Payload { msg: sealed, aad: salt }).ok().map(Zeroizing::new)
}

/// Slots as length-prefixed pairs: no serializer ever sees a secret.
fn encode(slots: &BTreeMap<String, SecretSlice<u8>>) -> Zeroizing<Vec<u8>> {
    let size = slots.iter().map(|(slot, secret)| 8 + slot.len() + secret.expose_secret().len()).sum();
    // Full capacity at once: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    for (slot, secret) in slots {
        for part in [slot.as_bytes(), secret.expose_secret()] {
            bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend_from_slice(part);
        }
    }
    bytes
}

fn decode(mut bytes: &[u8]) -> Option<BTreeMap<String, SecretSlice<u8>>> {
    let mut slots = BTreeMap::new();
    while !bytes.is_empty() {
        let slot = String::from_utf8(take(&mut bytes)?.to_vec()).ok()?;
        slots.insert(slot, SecretSlice::from(take(&mut bytes)?.to_vec()));
    }
    Some(slots)
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(part)
}

fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| VaultError::File(std::io::ErrorKind::Other))?;
    Ok(bytes)
}

/// All or nothing: a crash leaves the old file or the new one.
fn replace_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let fresh = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str) -> SecretSlice<u8> {
        SecretSlice::from(text.as_bytes().to_vec())
    }

    fn open(path: &Path, text: &str) -> Result<SealedFile, VaultError> {
        SealedFile::open(path, &phrase(text))
    }

    #[test]
    fn secrets_come_back_with_the_same_passphrase_and_only_with_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        let mut vault = open(&path, "one").expect("no file yet, so any passphrase starts it");
        vault.set("codat/a", phrase("key with \0 bytes")).expect("set");
        vault.set("db/a", phrase("")).expect("an empty secret is a secret");

        let again = open(&path, "one").expect("the same passphrase");
        assert_eq!(again.get("codat/a").expect("slot").expose_secret(), b"key with \0 bytes");
        assert_eq!(again.get("db/a").expect("slot").expose_secret(), b"");
        assert!(again.get("other").is_none(), "a slot never set is none, not an error");
        assert!(matches!(open(&path, "two"), Err(VaultError::WrongPassphrase)), "another passphrase is told apart from damage");
    }

    #[test]
    fn a_damaged_file_says_so_and_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        open(&path, "one").expect("new").set("db/a", phrase("secret")).expect("set");
        let good = std::fs::read(&path).expect("read");
        let mut flipped = good.clone();
        *flipped.last_mut().expect("not empty") ^= 1;
        for bad in [flipped, good[..good.len() - 1].to_vec(), good[..20].to_vec(), b"something else entirely".to_vec(), vec![]] {
            std::fs::write(&path, &bad).expect("write");
            assert!(matches!(open(&path, "one"), Err(VaultError::Damaged)), "the passphrase is right, so the file is to blame");
            assert_eq!(std::fs::read(&path).expect("read"), bad, "nothing is repaired behind anyone's back");
        }
    }

    #[test]
    fn the_file_holds_no_secret_in_clear_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        open(&path, "one").expect("new").set("db/a", phrase("NEEDLE-IN-VAULT")).expect("set");
        let bytes = std::fs::read(&path).expect("read");
        assert!(!bytes.windows(6).any(|window| window == b"NEEDLE"), "sealed means unreadable");
        assert!(bytes.starts_with(MAGIC), "control: the search does see what stands in clear");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).expect("meta").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_deleted_slot_is_gone_after_reopening() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        let mut vault = open(&path, "one").expect("new");
        vault.set("db/a", phrase("x")).expect("set");
        vault.delete("db/a").expect("delete");
        vault.delete("db/a").expect("deleting twice is the same as once");
        assert!(open(&path, "one").expect("open").get("db/a").is_none());
    }
}
