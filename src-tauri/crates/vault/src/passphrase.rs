//! Secrets in one file behind a passphrase: Argon2id makes a key from the passphrase, ChaCha20-Poly1305 seals the slots.
//!
//! Several processes may share it: every change reads the file again under a lock before it writes.
//! The file holds nothing readable but its version and salt. A wrong passphrase and a damaged file look alike to the cipher; the sealed check
//! word tells them apart: it is sealed alone, so that a good check word with unreadable slots means damage.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use engine::ports::VaultError;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use secrecy::{ExposeSecret as _, SecretSlice};
use std::collections::BTreeMap;
use std::fs::File;
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
    slots: Slots,
}

type Slots = BTreeMap<String, SecretSlice<u8>>;

impl SealedFile {
    /// Opens the file, or makes an empty vault where there is none.
    pub(crate) fn open(path: &Path, passphrase: &SecretSlice<u8>) -> Result<Self, VaultError> {
        if let Some(bytes) = read(path)? {
            return Self::unseal(path, &bytes, passphrase);
        }
        let salt = random()?;
        let fresh = Self { path: path.to_path_buf(), key: derive(passphrase, &salt)?, salt, slots: Slots::new() };
        let _lock = lock(path)?;
        // Another process may have made it meanwhile, with a salt of its own.
        match read(path)? {
            Some(bytes) => Self::unseal(path, &bytes, passphrase),
            None => fresh.write().map(|()| fresh),
        }
    }

    pub(crate) fn get(&mut self, slot: &str) -> Result<Option<SecretSlice<u8>>, VaultError> {
        if !self.slots.contains_key(slot) {
            self.slots = self.read_again()?;
        }
        Ok(self.slots.get(slot).cloned())
    }

    pub(crate) fn set(&mut self, slot: &str, secret: SecretSlice<u8>) -> Result<(), VaultError> {
        self.change(|slots| {
            slots.insert(slot.to_owned(), secret);
        })
    }

    pub(crate) fn delete(&mut self, slot: &str) -> Result<(), VaultError> {
        self.change(|slots| {
            slots.remove(slot);
        })
    }

    /// What is not on disk is not kept in memory either: the caller is told that it failed.
    fn change(&mut self, change: impl FnOnce(&mut Slots)) -> Result<(), VaultError> {
        let _lock = lock(&self.path)?;
        self.slots = self.read_again()?;
        let before = self.slots.clone();
        change(&mut self.slots);
        self.write().inspect_err(|_| self.slots = before)
    }

    /// The slots as they are on disk now. A file that is gone is not taken for an empty vault.
    fn read_again(&self) -> Result<Slots, VaultError> {
        let bytes = read(&self.path)?.ok_or(VaultError::File)?;
        let Parts { salt, check, sealed } = parts(&bytes)?;
        if *salt != self.salt {
            return Err(VaultError::WrongPassphrase);
        }
        open_box(&self.key, salt, check).ok_or(VaultError::WrongPassphrase)?;
        decode(&open_box(&self.key, salt, sealed).ok_or(VaultError::Damaged)?).ok_or(VaultError::Damaged)
    }

    fn unseal(path: &Path, bytes: &[u8], passphrase: &SecretSlice<u8>) -> Result<Self, VaultError> {
        let Parts { salt, check, sealed } = parts(bytes)?;
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
        replace_file(&self.path, &bytes).map_err(|_| VaultError::File)
    }
}

/// A vault file taken apart.
struct Parts<'b> {
    salt: &'b [u8; SALT],
    /// The check word, sealed.
    check: &'b [u8],
    /// The slots, sealed.
    sealed: &'b [u8],
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>, VaultError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(VaultError::Damaged)?;
    let (salt, rest) = rest.split_first_chunk::<SALT>().ok_or(VaultError::Damaged)?;
    let (check, sealed) = rest.split_at_checked(SEALED_CHECK).ok_or(VaultError::Damaged)?;
    Ok(Parts { salt, check, sealed })
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, VaultError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(VaultError::File),
    }
}

/// Held until dropped; other processes wait.
fn lock(path: &Path) -> Result<File, VaultError> {
    let open = || {
        folder_of(path)?;
        let file = File::options().create(true).truncate(false).write(true).open(path.with_extension("lock"))?;
        file.lock()?;
        Ok(file)
    };
    open().map_err(|_: std::io::Error| VaultError::File)
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
fn encode(slots: &Slots) -> Zeroizing<Vec<u8>> {
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

fn decode(mut bytes: &[u8]) -> Option<Slots> {
    let mut slots = Slots::new();
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
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| VaultError::Failed)?;
    Ok(bytes)
}

/// Where a file lies. Often the vault is the first to need the data folder: nobody else may look into it.
fn folder_of(path: &Path) -> std::io::Result<&Path> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    Ok(folder)
}

/// All or nothing: a crash leaves the old file or the new one.
fn replace_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = folder_of(path)?;
    let fresh = path.with_extension("new");
    if fresh.exists() {
        // Left by a crash, with permissions of who knows whom.
        std::fs::remove_file(&fresh)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
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

        let mut again = open(&path, "one").expect("the same passphrase");
        let get = |vault: &mut SealedFile, slot: &str| vault.get(slot).expect("readable");
        assert_eq!(get(&mut again, "codat/a").expect("slot").expose_secret(), b"key with \0 bytes");
        assert_eq!(get(&mut again, "db/a").expect("slot").expose_secret(), b"");
        assert!(get(&mut again, "other").is_none(), "a slot never set is none, not an error");
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
        let path = folder.path().join("home/vault");
        open(&path, "one").expect("new").set("db/a", phrase("NEEDLE-IN-VAULT")).expect("set");
        let bytes = std::fs::read(&path).expect("read");
        assert!(!bytes.windows(6).any(|window| window == b"NEEDLE"), "sealed means unreadable");
        assert!(bytes.starts_with(MAGIC), "control: the search does see what stands in clear");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).expect("meta").permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(&folder.path().join("home")), 0o700, "a data folder that the vault made is as private as one the app made");
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
        assert!(open(&path, "one").expect("open").get("db/a").expect("readable").is_none());
    }

    #[test]
    fn two_processes_do_not_write_over_each_other() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        let mut one = open(&path, "one").expect("made");
        let mut two = open(&path, "one").expect("opened");
        one.set("db/a", phrase("a")).expect("set");
        two.set("db/b", phrase("b")).expect("set");
        for slot in ["db/a", "db/b"] {
            assert!(open(&path, "one").expect("open").get(slot).expect("readable").is_some(), "{slot} was kept");
            assert!(one.get(slot).expect("readable").is_some(), "{slot} is seen by the one that did not write it");
        }
    }

    #[test]
    fn a_vault_that_was_taken_away_is_not_an_empty_one() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        let mut vault = open(&path, "one").expect("made");
        std::fs::remove_file(&path).expect("taken away");
        assert_eq!(vault.get("db/a").err(), Some(VaultError::File), "none would mean: there never was a key");
        assert_eq!(vault.set("db/a", phrase("x")).err(), Some(VaultError::File));
    }

    #[test]
    fn what_could_not_be_written_is_not_remembered() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault");
        let mut vault = open(&path, "one").expect("made");
        // A folder stands where the fresh file would be written.
        std::fs::create_dir(path.with_extension("new")).expect("obstacle");
        assert_eq!(vault.set("db/a", phrase("x")).err(), Some(VaultError::File));
        assert!(vault.get("db/a").expect("readable").is_none());
    }
}
