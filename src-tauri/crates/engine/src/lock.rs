//! The lock: nothing of a customer is open, in memory or on screen until somebody shows who they are. It stops a passer-by, not a program of the same
//! user: what opens the database still lies in the vault, and a PIN only says that Fairlead may ask for it.

use crate::error::{Error, Result};
use crate::home::{Home, blocking};
use crate::policy::Policy;
use crate::ports::SecretVault;
use crate::view::{LockBy, LockView, Millis, Topic, VaultKind};
use argon2::{Algorithm, Argon2, Params, Version};
use say::say;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Where the vault keeps what a PIN is held against.
const SLOT: &str = "lock/pin";
/// Letters of a PIN.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=64;
/// Minutes without a person after which it locks itself once there is a PIN, until somebody chooses otherwise.
const USUAL: u32 = 10;
/// Minutes without a person after which Fairlead may lock itself.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=240;
/// Wrong PINs that cost nothing but the typing.
const FREE: u32 = 4;
/// Salt, hash, wrong PINs so far, not before this (UTC milliseconds).
const KEPT: usize = 16 + 32 + 4 + 8;
/// What a lock waits for that it could do without.
const A_MOMENT: Duration = Duration::from_millis(300);

/// What `profiles.json` says of the lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LockKept {
    /// The vault that has the PIN; none: there is no PIN.
    pub(crate) pin: Option<VaultKind>,
    /// Minutes without a person; none: only by hand.
    pub(crate) after: Option<u32>,
}

/// Fairlead is locked.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    /// What is opened again.
    profile: Option<String>,
    by: LockBy,
    not_before: i64,
}

/// A PIN as the vault keeps it.
struct Pin {
    salt: [u8; 16],
    hash: Zeroizing<[u8; 32]>,
    wrong: u32,
    not_before: i64,
}

impl Pin {
    fn new(salt: [u8; 16], typed: &SecretString) -> Result<Self> {
        Ok(Self { salt, hash: stretched(typed.expose_secret().as_bytes(), &salt)?, wrong: 0, not_before: 0 })
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let part = |from: usize, to: usize| bytes.get(from..to);
        (bytes.len() == KEPT).then_some(())?;
        Some(Self {
            salt: part(0, 16)?.try_into().ok()?,
            hash: Zeroizing::new(part(16, 48)?.try_into().ok()?),
            wrong: u32::from_le_bytes(part(48, 52)?.try_into().ok()?),
            not_before: i64::from_le_bytes(part(52, KEPT)?.try_into().ok()?),
        })
    }

    fn bytes(&self) -> SecretSlice<u8> {
        let mut bytes = Vec::with_capacity(KEPT);
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&*self.hash);
        bytes.extend_from_slice(&self.wrong.to_le_bytes());
        bytes.extend_from_slice(&self.not_before.to_le_bytes());
        SecretSlice::from(bytes)
    }
}

/// 32 bytes of a secret that somebody may guess at: slow on purpose, and in 64 MiB.
pub(crate) fn stretched(secret: &[u8], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let params = Params::new(64 << 10, 3, 1, Some(32)).map_err(|error| Error::Internal(error.to_string()))?;
    let mut out = Zeroizing::new([0; 32]);
    let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(secret, salt, &mut *out);
    done.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(out)
}

/// Pure: how long the next try has to wait after so many wrong ones.
fn pause_ms(wrong: u32) -> i64 {
    const SECOND: i64 = 1_000;
    match wrong.saturating_sub(FREE) {
        0 => 0,
        1 => 30 * SECOND,
        2 => 60 * SECOND,
        3 => 300 * SECOND,
        4 => 900 * SECOND,
        _ => 3_600 * SECOND,
    }
}

/// Pure: nobody was here for as long as the team allows. A clock that was turned back locks as well: what it says then proves nothing.
fn is_over(now: i64, used: i64, after: Option<u32>) -> bool {
    after.is_some_and(|minutes| now < used || now - used >= i64::from(minutes) * 60_000)
}

impl Home {
    /// Whether nothing may be asked for now.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.state(|state| state.locked.is_some())
    }

    /// Nobody was here since then (UTC milliseconds) for as long as the team allows.
    ///
    /// # Errors
    /// When the profiles cannot be read.
    pub fn is_idle(&self, since: i64) -> Result<bool> {
        let kept = self.policy()?.lock(&self.profiles()?.lock);
        Ok(!self.is_locked() && self.lock_by(&kept).is_some() && is_over(self.inner.ports.clock.now(), since, kept.after))
    }

    /// Locked before anybody sees anything, where there is a PIN: starting Fairlead anew is no way around it.
    ///
    /// # Errors
    /// When the profiles cannot be read.
    pub async fn lock_at_start(&self) -> Result<()> {
        let Some(kind) = self.profiles()?.lock.pin else { return Ok(()) };
        if kind == VaultKind::Session {
            // It ended with the session that had it.
            return self.keep_lock(|lock| lock.pin = None).await;
        }
        self.state(|state| state.locked = Some(Locked { profile: None, by: LockBy::Pin, not_before: 0 }));
        // Only what the screen says: a keychain that takes its time is asked again with the first try.
        if let Ok(Ok(Some(pin))) = tokio::time::timeout(A_MOMENT, self.pin(kind)).await {
            self.not_before(pin.not_before);
        }
        Ok(())
    }

    /// Locks: ends what runs at its next step, closes the database and drops what knows a key.
    ///
    /// # Errors
    /// When there is nothing to unlock it with.
    pub async fn lock(&self, by_hand: bool) -> Result<()> {
        let _one = self.inner.opening.lock().await;
        if self.is_locked() {
            return Ok(());
        }
        let by = self.lock_by(&self.profiles()?.lock).ok_or_else(|| Error::BadRequest(say!("Set a PIN first: Settings, Lock.")))?;
        let open = self.state(|state| {
            let open = state.open.take();
            state.checked = None;
            state.locked = Some(Locked { profile: open.as_ref().map(|(profile, _)| profile.name.clone()), by, not_before: 0 });
            open
        });
        self.inner.events.stale([Topic::App]);
        if let Some((_, engine)) = open {
            let said = engine.noted("locked", "", if by_hand { "by hand" } else { "nobody was there" });
            let _ = tokio::time::timeout(A_MOMENT, said).await;
            engine.shut().await;
        }
        Ok(())
    }

    /// Opens again what was open. Wrong PINs are counted in the vault before they are looked at, so that ending the program makes no try free.
    ///
    /// # Errors
    /// When it is too early for another try, the PIN is wrong, or the vault or the profile cannot be had.
    pub async fn unlock(&self, typed: &SecretString) -> Result<()> {
        let Some(locked) = self.state(|state| state.locked.clone()) else { return Ok(()) };
        let wrong = match locked.by {
            LockBy::Passphrase => {
                return Err(Error::BadRequest(say!("This profile\u{2019}s secrets are behind a passphrase. Unlock with it.")));
            }
            LockBy::Computer => 0,
            LockBy::Pin => self.try_pin(typed).await.map_err(|(not_before, error)| {
                self.not_before(not_before);
                error
            })?,
        };
        self.open_again(locked.profile.as_deref(), wrong).await
    }

    /// The same once the passphrase file of the profile that was open was opened.
    ///
    /// # Errors
    /// When it is not what Fairlead is locked with, or the profile cannot be opened.
    pub async fn unlock_with_passphrase(&self, name: &str) -> Result<()> {
        let Some(locked) = self.state(|state| state.locked.clone()) else { return Ok(()) };
        if locked.by != LockBy::Passphrase || locked.profile.as_deref() != Some(name) {
            return Err(Error::Locked);
        }
        self.open_again(Some(name), 0).await
    }

    fn not_before(&self, at: i64) {
        self.state(|state| {
            if let Some(locked) = &mut state.locked {
                locked.not_before = at;
            }
        });
    }

    async fn open_again(&self, profile: Option<&str>, wrong: u32) -> Result<()> {
        self.state(|state| state.locked = None);
        self.inner.events.stale([Topic::App]);
        let Some(profile) = profile else { return Ok(()) };
        self.open_profile(profile).await?;
        let said = if wrong == 0 { String::new() } else { format!("after {wrong} wrong PINs") };
        self.engine()?.noted("unlocked", "", said).await;
        Ok(())
    }

    /// How many were wrong before this right one; else from when on the next may be tried, and why.
    async fn try_pin(&self, typed: &SecretString) -> std::result::Result<u32, (i64, Error)> {
        let _one = self.inner.trying.lock().await;
        let failed = |error: Error| (0, error);
        let kind = self.profiles().map_err(failed)?.lock.pin.ok_or_else(|| failed(gone()))?;
        let vault = self.vault(kind).map_err(failed)?;
        let mut pin = self.pin(kind).await.map_err(failed)?.ok_or_else(|| failed(gone()))?;
        let now = self.inner.ports.clock.now();
        if now < pin.not_before {
            return Err((pin.not_before, Error::BadRequest(too_early(pin.not_before - now))));
        }
        let before = pin.wrong;
        pin.wrong = pin.wrong.saturating_add(1);
        pin.not_before = now.saturating_add(pause_ms(pin.wrong));
        vault.set(SLOT, pin.bytes()).await.map_err(|error| failed(error.into()))?;
        let (salt, typed) = (pin.salt, typed.clone());
        let hashed = blocking(move || stretched(typed.expose_secret().as_bytes(), &salt)).await.map_err(failed)?;
        if bool::from(hashed.ct_eq(&*pin.hash)) {
            (pin.wrong, pin.not_before) = (0, 0);
            vault.set(SLOT, pin.bytes()).await.map_err(|error| failed(error.into()))?;
            return Ok(before);
        }
        let wait = pause_ms(pin.wrong);
        let why = if wait == 0 {
            let left = FREE + 1 - pin.wrong;
            if left == 1 {
                say!("This is not the PIN. 1 more try before Fairlead makes you wait.")
            } else {
                say!("This is not the PIN. {left} more tries before Fairlead makes you wait.", left)
            }
        } else {
            say!("This is not the PIN. {wait}", wait = too_early(wait))
        };
        Err((if wait == 0 { 0 } else { pin.not_before }, Error::BadRequest(why)))
    }

    /// Sets, changes or takes away the PIN. One that is set is asked for first, and its wrong tries count like those at the lock.
    ///
    /// # Errors
    /// When the old one is wrong, the new one is too short or too long, or the vault refuses.
    pub async fn set_pin(&self, old: &SecretString, new: Option<&SecretString>) -> Result<()> {
        let kept = self.profiles()?.lock;
        if kept.pin.is_some() {
            self.try_pin(old).await.map_err(|(_, error)| error)?;
        }
        let Some(new) = new else {
            self.policy()?.hold_pin()?;
            return self.forget_pin().await.map(drop);
        };
        if !LETTERS.contains(&new.expose_secret().chars().count()) {
            return Err(Error::BadRequest(say!("A PIN has 4 to 64 letters or digits.")));
        }
        let kind = self.active().map(|profile| profile.vault).filter(|kind| *kind != VaultKind::PassphraseFile);
        let kind =
            kind.ok_or_else(|| Error::BadRequest(say!("This profile is locked and unlocked with its passphrase; it needs no PIN.")))?;
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.inner.ports.entropy.bytes()[..16]);
        let typed = new.clone();
        let made = blocking(move || Pin::new(salt, &typed)).await?;
        self.vault(kind)?.set(SLOT, made.bytes()).await?;
        self.keep_lock(|lock| {
            lock.pin = Some(kind);
            lock.after = lock.after.or(Some(USUAL));
        })
        .await?;
        self.note_lock("a new PIN").await;
        Ok(())
    }

    /// Takes the PIN away without asking for it: for somebody at a terminal of this account, who could open the database as well. False: there was none.
    ///
    /// # Errors
    /// When the vault refuses.
    pub async fn forget_pin(&self) -> Result<bool> {
        let Some(kind) = self.profiles()?.lock.pin else { return Ok(false) };
        self.vault(kind)?.delete(SLOT).await?;
        self.keep_lock(|lock| lock.pin = None).await?;
        self.note_lock("the PIN is gone").await;
        Ok(true)
    }

    /// After so many minutes without a person Fairlead locks itself; none: only by hand.
    ///
    /// # Errors
    /// When that is too short or too long, or it cannot be kept.
    pub async fn lock_after(&self, minutes: Option<u32>) -> Result<()> {
        if minutes.is_some_and(|minutes| !MINUTES.contains(&minutes)) {
            return Err(Error::BadRequest(say!("Choose 1 to 240 minutes.")));
        }
        let policy = self.policy()?;
        let most = policy.lock_after_minutes.unwrap_or_default();
        policy.hold_choice(
            &minutes,
            &policy.lock(&LockKept { after: minutes, pin: None }).after,
            &say!("it locks after {most} minutes at most", most),
        )?;
        self.keep_lock(|lock| lock.after = minutes).await?;
        self.note_lock(&minutes.map_or_else(|| "only by hand".to_owned(), |minutes| format!("after {minutes} minutes"))).await;
        Ok(())
    }

    /// What a face shows of the lock.
    pub(crate) fn lock_view(&self, kept: &LockKept, policy: &Policy) -> LockView {
        let kept = policy.lock(kept);
        let locked = self.state(|state| state.locked.clone());
        let by = self.lock_by(&kept);
        let is_of_customers = self.active().is_some_and(|profile| !profile.is_demo && profile.vault != VaultKind::PassphraseFile);
        LockView {
            locked: locked.is_some(),
            by: locked.as_ref().map(|locked| locked.by).or(by),
            profile: locked.as_ref().and_then(|locked| locked.profile.clone()),
            has_pin: kept.pin.is_some(),
            after_minutes: kept.after,
            not_before: locked.map(|locked| locked.not_before).filter(|at| *at > 0).map(Millis),
            wants_pin: policy.pin_required == Some(true) && is_of_customers && kept.pin.is_none(),
        }
    }

    /// What it would be unlocked with; none: it cannot be locked.
    fn lock_by(&self, kept: &LockKept) -> Option<LockBy> {
        match self.active().map(|profile| profile.vault) {
            Some(VaultKind::PassphraseFile) => Some(LockBy::Passphrase),
            _ if kept.pin.is_some() => Some(LockBy::Pin),
            Some(VaultKind::Keychain) => Some(LockBy::Computer),
            Some(VaultKind::Session) | None => None,
        }
    }

    async fn pin(&self, kind: VaultKind) -> Result<Option<Pin>> {
        let vault: Arc<dyn SecretVault> = self.vault(kind)?;
        Ok(vault.get(SLOT).await?.and_then(|kept| Pin::read(kept.expose_secret())))
    }

    async fn keep_lock(&self, change: impl FnOnce(&mut LockKept)) -> Result<()> {
        let _one = self.inner.listing.lock().await;
        let mut profiles = self.profiles()?;
        change(&mut profiles.lock);
        profiles.write(&self.inner.folder)?;
        self.inner.events.stale([Topic::App]);
        Ok(())
    }

    async fn note_lock(&self, what: &str) {
        if let Ok(engine) = self.engine() {
            engine.noted("lock", "", what).await;
        }
    }
}

fn gone() -> Error {
    Error::BadRequest(say!(
        "The PIN is not in the keychain any more, so nothing can be held against it. Unlock the keychain and try again."
    ))
}

fn too_early(ms: i64) -> String {
    let seconds = (ms + 999) / 1_000;
    match seconds {
        ..=90 => say!("Try again in {seconds} seconds.", seconds),
        _ => say!("Try again in {minutes} minutes.", minutes = (seconds + 59) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_never_end_for_good() {
        let waits: Vec<i64> = (0..=10).map(|wrong| pause_ms(wrong) / 1_000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 300, 900, 3_600, 3_600]);
        assert_eq!((too_early(29_001), too_early(900_000)), ("Try again in 30 seconds.".to_owned(), "Try again in 15 minutes.".to_owned()));
    }

    #[test]
    fn nobody_there_for_as_long_as_allowed_is_idle_also_after_sleep_and_when_the_clock_goes_back() {
        let minute = 60_000;
        assert!(!is_over(4 * minute, 0, Some(5)) && is_over(5 * minute, 0, Some(5)));
        assert!(is_over(600 * minute, 0, Some(15)), "the computer slept");
        assert!(is_over(0, minute, Some(60)), "the clock was turned back");
        assert!(!is_over(600 * minute, 0, None), "only by hand");
    }

    #[test]
    fn a_pin_comes_back_from_the_vault_and_its_tries_with_it() {
        let pin = Pin { salt: [3; 16], hash: Zeroizing::new([4; 32]), wrong: 7, not_before: 1_800_000_000_000 };
        let again = Pin::read(pin.bytes().expose_secret()).expect("readable");
        assert_eq!((again.salt, *again.hash, again.wrong, again.not_before), ([3; 16], [4; 32], 7, 1_800_000_000_000));
        assert!(Pin::read(&[0; 59]).is_none(), "what was cut is no PIN");
    }
}
