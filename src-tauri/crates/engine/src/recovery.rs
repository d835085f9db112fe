//! What opens a database when the vault that had its key is lost: a code on paper, and the key sealed under it beside the database. And another key
//! for the database, when the old one may be known to somebody.

use crate::error::{Error, Result};
use crate::home::{Home, blocking, db_key};
use crate::lock::stretched;
use crate::place::replace_file;
use crate::ports::SecretVault;
use crate::profile::{Profile, folder_of};
use crate::view::Topic;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use say::say;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use store::{OpenError, Store};
use zeroize::Zeroizing;

/// Digits and letters that nobody mistakes for one another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code that are random: 100 bits.
const RANDOM: usize = 20;
/// Letters that follow from those, so that a slip of the pen is told from a wrong code.
const CHECK: usize = 4;
const MAGIC: &[u8; 8] = b"FLRECOV1";
const SALT: usize = 16;
const NONCE: usize = 12;

impl Home {
    /// Makes a recovery code for a profile's database. It is shown this once: what stays here is the key, sealed under it.
    ///
    /// # Errors
    /// When there is one and it may not be replaced, or the vault or the disk refuses.
    pub async fn make_recovery_code(&self, name: &str, replace: bool) -> Result<SecretString> {
        let profile = self.usable(name)?;
        let path = sealed_at(&self.inner.folder, &profile);
        if path.exists() && !replace {
            return Err(Error::BadRequest(say!(
                "There is a recovery code for this profile, and it was shown when it was made. A new one makes the old one void: --replace makes it."
            )));
        }
        let key = self.vault(profile.vault)?.get(&profile.db_slot()).await?.ok_or(Error::KeyMissing)?;
        let letters = letters_of(&self.inner.ports.entropy.bytes());
        let (salt, nonce) = (self.inner.ports.entropy.bytes(), self.inner.ports.entropy.bytes());
        let code = SecretString::from(written(&letters));
        let sealed = blocking(move || seal(&letters, &salt[..SALT], &nonce[..NONCE], key.expose_secret())).await?;
        replace_file(&path, &sealed).map_err(Error::file("keeping what the recovery code opens"))?;
        self.noted_of(&profile, "recovery-code-made").await;
        Ok(code)
    }

    /// Puts the key of a profile's database back into the vault, by the code on paper. Nothing is changed unless the key opens the database.
    ///
    /// # Errors
    /// When the code is mistyped, of something else, or older than the database's key, or the vault refuses.
    pub async fn use_recovery_code(&self, name: &str, typed: &SecretString) -> Result<()> {
        let _alone = self.inner.opening.lock().await;
        let profile = self.usable(name)?;
        if self.active().is_some_and(|active| active.name == profile.name) {
            return Err(Error::BadRequest(say!("This profile is open, so its key is where it should be.")));
        }
        let letters = read(typed.expose_secret())?;
        let path = sealed_at(&self.inner.folder, &profile);
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::BadRequest(say!("No recovery code was made for this profile, or its key was changed since.")));
            }
            Err(error) => return Err(Error::file("reading what the recovery code opens")(error)),
        };
        let key = blocking(move || open(&letters, &sealed)).await?;
        let database = folder_of(&self.inner.folder, &profile).join("fairlead.db");
        let tried = SecretSlice::from(key.expose_secret().to_vec());
        let opens = blocking(move || opened_by(&database, &[&tried])).await?;
        if opens.is_none() {
            return Err(Error::BadRequest(say!("This code is of an earlier key of the database. Nothing was changed.")));
        }
        self.vault(profile.vault)?.set(&profile.db_slot(), key).await?;
        self.noted_of(&profile, "recovery-code-used").await;
        self.inner.events.stale([Topic::App]);
        Ok(())
    }

    /// Puts a profile's database under a new key. Whoever is cut in between leaves it under one of the two, and the next opening finds out which.
    /// A recovery code of the old key is void from then on.
    ///
    /// # Errors
    /// When somebody else has the database open, or the vault or the disk refuses; it opens with the old key or the new one then.
    pub async fn change_database_key(&self, name: &str) -> Result<()> {
        let (profile, was_open) = {
            let _alone = self.inner.opening.lock().await;
            if self.is_locked() {
                return Err(Error::Locked);
            }
            let profile = self.usable(name)?;
            let open = self.state(|state| state.open.take_if(|(open, _)| open.name == name));
            if let Some((_, engine)) = &open {
                engine.shut().await;
            }
            self.change_key_of(&profile).await?;
            (profile, open.is_some())
        };
        if was_open {
            self.open_profile(name).await?;
        }
        self.noted_of(&profile, "database-key-changed").await;
        Ok(())
    }

    /// The profile of this name, where the organisation lets it be used.
    fn usable(&self, name: &str) -> Result<Profile> {
        let profile = self.profiles()?.find(name).cloned().ok_or(Error::NotFound("profile"))?;
        self.policy()?.allow(&profile)?;
        Ok(profile)
    }

    async fn change_key_of(&self, profile: &Profile) -> Result<()> {
        let vault = self.vault(profile.vault)?;
        let folder = folder_of(&self.inner.folder, profile);
        // One that was cut is ended first: the key it left may be the only one that opens the file.
        settle(profile, &folder, vault.as_ref()).await?;
        if vault.get(&profile.next_db_slot()).await?.is_some() {
            return Err(Error::Open(OpenError::KeyWrong));
        }
        let old = vault.get(&profile.db_slot()).await?.ok_or(Error::KeyMissing)?;
        let new = SecretSlice::from(self.inner.ports.entropy.bytes().to_vec());
        // In the vault before it is on the disk: there is no moment at which a key is nowhere.
        vault.set(&profile.next_db_slot(), new.clone()).await?;
        let database = folder.join("fairlead.db");
        let changed = blocking(move || Ok(Store::rekey(&database, &db_key(&old)?, &db_key(&new)?)?)).await;
        let has_new = settle(profile, &folder, vault.as_ref()).await?;
        changed?;
        if !has_new {
            return Err(Error::Internal("the database kept its key".into()));
        }
        let sealed = sealed_at(&self.inner.folder, profile);
        if sealed.exists() {
            std::fs::remove_file(&sealed).map_err(Error::file("removing what the old recovery code opens"))?;
        }
        Ok(())
    }
}

/// A change of key was cut: the file says which of the two it has, and the vault keeps that one. Whether it is the newer one.
pub(crate) async fn settle(profile: &Profile, folder: &Path, vault: &dyn SecretVault) -> Result<bool> {
    let Some(next) = vault.get(&profile.next_db_slot()).await? else { return Ok(false) };
    let old = vault.get(&profile.db_slot()).await?.ok_or(Error::KeyMissing)?;
    let (database, newer) = (folder.join("fairlead.db"), next.clone());
    let has_new = match blocking(move || opened_by(&database, &[&old, &newer])).await? {
        Some(at) => at == 1,
        // Neither opens it: that is for whoever opens it to say, and no key is thrown away.
        None => return Ok(false),
    };
    if has_new {
        vault.set(&profile.db_slot(), next).await?;
    }
    vault.delete(&profile.next_db_slot()).await?;
    Ok(has_new)
}

fn opened_by(database: &Path, keys: &[&SecretSlice<u8>]) -> Result<Option<usize>> {
    let keys = keys.iter().map(|key| db_key(key)).collect::<Result<Vec<_>>>()?;
    Ok(Store::key_of(database, &keys.iter().collect::<Vec<_>>())?)
}

/// Whether a change of key that was cut may be the reason that a database does not open.
pub(crate) fn may_have_another_key(error: &OpenError) -> bool {
    matches!(error, OpenError::KeyWrong | OpenError::Unreadable | OpenError::Damaged)
}

fn sealed_at(home: &Path, profile: &Profile) -> PathBuf {
    folder_of(home, profile).join("recovery")
}

type Letters = Zeroizing<[u8; RANDOM]>;

fn letters_of(random: &[u8; 32]) -> Letters {
    Zeroizing::new(std::array::from_fn(|at| LETTERS[usize::from(random[at] % 32)]))
}

fn check_of(letters: &[u8; RANDOM]) -> [u8; CHECK] {
    let digest = Sha256::new().chain_update(b"fairlead recovery").chain_update(letters).finalize();
    std::array::from_fn(|at| LETTERS[usize::from(digest[at] % 32)])
}

/// In groups of four, as one reads it out.
fn written(letters: &[u8; RANDOM]) -> String {
    let check = check_of(letters);
    let all: Vec<&[u8]> = letters.chunks(4).chain([&check[..]]).collect();
    all.iter().map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join("-")
}

/// However it was typed: small letters, blanks, an O for a zero.
fn read(typed: &str) -> Result<Letters> {
    let typed: Zeroizing<Vec<u8>> = Zeroizing::new(
        typed
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-')
            .map(|byte| match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            })
            .collect(),
    );
    if typed.len() != RANDOM + CHECK {
        return Err(Error::BadRequest(say!(
            "A recovery code has {what} letters and digits; this has {typed}.",
            what = RANDOM + CHECK,
            typed = typed.len()
        )));
    }
    let mut letters = Zeroizing::new([0; RANDOM]);
    letters.copy_from_slice(&typed[..RANDOM]);
    if check_of(&letters)[..] != typed[RANDOM..] {
        return Err(Error::BadRequest(say!("There is a slip in this recovery code. Compare it with the paper, group by group.")));
    }
    Ok(letters)
}

fn seal(letters: &Letters, salt: &[u8], nonce: &[u8], key: &[u8]) -> Result<Vec<u8>> {
    // The code has 100 random bits; slow all the same, as it costs nothing.
    let wrapping = stretched(letters.as_slice(), salt)?;
    let cipher = ChaCha20Poly1305::new(Key::from_slice(wrapping.as_slice()));
    let sealed = cipher.encrypt(Nonce::from_slice(nonce), Payload { msg: key, aad: MAGIC });
    let sealed = sealed.map_err(|_| Error::Internal("sealing the database key".into()))?;
    Ok([MAGIC.as_slice(), salt, nonce, &sealed].concat())
}

fn open(letters: &Letters, sealed: &[u8]) -> Result<SecretSlice<u8>> {
    let parts = sealed.strip_prefix(MAGIC).and_then(|rest| rest.split_at_checked(SALT));
    let parts = parts.and_then(|(salt, rest)| rest.split_at_checked(NONCE).map(|(nonce, sealed)| (salt, nonce, sealed)));
    let (salt, nonce, sealed) =
        parts.ok_or_else(|| Error::BadRequest(say!("What the recovery code opens is damaged. Nothing was changed.")))?;
    let wrapping = stretched(letters.as_slice(), salt)?;
    let cipher = ChaCha20Poly1305::new(Key::from_slice(wrapping.as_slice()));
    let key = cipher.decrypt(Nonce::from_slice(nonce), Payload { msg: sealed, aad: MAGIC });
    let key = key
        .map_err(|_| Error::BadRequest(say!("This code is not of this profile, or was made void by a newer one. Nothing was changed.")))?;
    Ok(SecretSlice::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed_and_every_slip_of_one_letter_is_noticed() {
        let letters = letters_of(&std::array::from_fn(|at| u8::try_from(at * 7 % 256).expect("small")));
        let code = written(&letters);
        assert_eq!((code.len(), code.split('-').count()), (29, 6));
        for typed in
            [code.clone(), code.to_lowercase(), code.replace('-', " "), code.replace('0', "O").replace('1', "l"), format!("  {code}\n")]
        {
            assert_eq!(*read(&typed).expect("the same code"), *letters, "{typed}");
        }
        assert!(read(&code[1..]).is_err_and(|error| error.to_string().contains("this has 23")));
        let (mut slips, mut noticed) = (0, 0);
        for at in 0..code.len() {
            for other in LETTERS
                .iter()
                .map(|letter| char::from(*letter))
                .filter(|other| !code[at..].starts_with(*other) && !code[at..].starts_with('-'))
            {
                slips += 1;
                noticed += usize::from(read(&format!("{}{other}{}", &code[..at], &code[at + 1..])).is_err());
            }
        }
        assert_eq!((slips, noticed), (24 * 31, 24 * 31));
    }

    #[test]
    fn what_a_code_opens_is_opened_by_it_alone_and_damage_is_told() {
        let letters = letters_of(&[3; 32]);
        let sealed = seal(&letters, &[1; SALT], &[2; NONCE], &[7; 32]).expect("sealed");
        assert!(!sealed.windows(8).any(|window| window == [7; 8]));
        assert_eq!(open(&letters, &sealed).expect("opened").expose_secret(), [7; 32]);
        assert!(open(&letters_of(&[4; 32]), &sealed).is_err_and(|error| error.to_string().contains("not of this profile")));
        assert!(open(&letters, &sealed[1..]).is_err_and(|error| error.to_string().contains("damaged")));
    }
}
