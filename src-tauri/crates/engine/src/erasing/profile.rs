//! A profile goes with its keys and its files. The intention is written down first: whoever is cut in between goes on at the next start.

use crate::erasing::of_receipt;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::ports::VaultError;
use crate::profile::{Profile, Profiles, folder_of};
use crate::view::{ErasureView, Topic};
use store::{Receipt, Store};

impl Home {
    /// Removes a profile with its keys and its data on this computer; tells what went. Codat is not touched.
    ///
    /// # Errors
    /// When it does not exist, its secrets cannot be removed (then nothing was), or its files cannot (then the next start goes on).
    pub async fn remove_profile(&self, name: &str) -> Result<ErasureView> {
        let _alone = self.inner.opening.lock().await;
        let profile = self.profiles()?.find(name).cloned().ok_or(Error::NotFound("profile"))?;
        let receipt = Receipt {
            what: "profile".into(),
            of: Some(profile.name.clone()),
            before: None,
            at: self.inner.ports.clock.now(),
            counts: self.rows_of(&profile).await.unwrap_or_default(),
        };
        self.mark(&profile, Some(receipt.clone())).await?;
        let open = self.state(|state| state.open.take_if(|(open, _)| open.name == name));
        if let Some((_, engine)) = open {
            engine.stopped().await;
            self.inner.events.stale([Topic::Resync]);
        }
        // The secrets first: without its key the database is noise, whatever becomes of the file. A locked keychain ends it here.
        if let Err(error) = self.forget_secrets(&profile).await {
            self.mark(&profile, None).await?;
            return Err(error);
        }
        self.remove_files(&profile, &receipt).await?;
        // Its own log went with it.
        if let Ok(engine) = self.engine() {
            engine.noted("profile-removed", &profile.folder, format!("receipt {}", receipt.digest())).await;
        }
        Ok(of_receipt(&receipt, true))
    }

    /// Receipts of profiles that are gone, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn removed(&self) -> Result<Vec<ErasureView>> {
        Ok(self.profiles()?.receipts.iter().rev().map(|receipt| of_receipt(receipt, true)).collect())
    }

    /// Goes on with removals that were cut.
    pub(crate) async fn go_on_removing(&self) {
        // Whoever holds it is opening or removing one right now.
        let Ok(_alone) = self.inner.opening.try_lock() else { return };
        let Ok(profiles) = self.profiles() else { return };
        for profile in profiles.profiles {
            let Some(receipt) = profile.leaving.clone() else { continue };
            let ended = match self.forget_secrets(&profile).await {
                Ok(()) => self.remove_files(&profile, &receipt).await,
                Err(error) => Err(error),
            };
            if let Err(error) = ended {
                tracing::warn!(%error, "a profile is not removed yet; the next start goes on");
            }
        }
    }

    async fn forget_secrets(&self, profile: &Profile) -> Result<()> {
        if let Ok(vault) = self.vault(profile.vault) {
            for slot in profile.slots() {
                match vault.delete(&slot).await {
                    Ok(()) | Err(VaultError::NoKeychain) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    async fn remove_files(&self, profile: &Profile, receipt: &Receipt) -> Result<()> {
        let _one = self.inner.listing.lock().await;
        let folder = folder_of(&self.inner.folder, profile);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::file("removing the profile\u{2019}s data")(error));
            }
            Ok(()) | Err(_) => {}
        }
        // The name and its receipt change places in one step.
        let mut profiles = self.profiles()?;
        if let Some(at) = profiles.profiles.iter().position(|other| other.folder == profile.folder) {
            profiles.profiles.remove(at);
            profiles.receipts.push(receipt.clone());
        }
        profiles.write(&self.inner.folder)?;
        self.inner.events.stale([Topic::App]);
        Ok(())
    }

    /// Writes down that a profile is leaving, or that it stays after all.
    async fn mark(&self, profile: &Profile, leaving: Option<Receipt>) -> Result<()> {
        let _one = self.inner.listing.lock().await;
        let mut profiles: Profiles = self.profiles()?;
        if let Some(kept) = profiles.profiles.iter_mut().find(|kept| kept.folder == profile.folder) {
            kept.leaving = leaving;
        }
        profiles.write(&self.inner.folder)
    }

    /// What a receipt counts, where the database can be had.
    async fn rows_of(&self, profile: &Profile) -> Option<std::collections::BTreeMap<String, u64>> {
        let open = self.state(|state| state.open.as_ref().filter(|(open, _)| open.name == profile.name).map(|(_, engine)| engine.clone()));
        if let Some(engine) = open {
            return engine.store(Store::row_counts).await.ok();
        }
        let store = self.closed_store(profile).await.ok()?;
        tokio::task::spawn_blocking(move || store.row_counts()).await.ok()?.ok()
    }
}
