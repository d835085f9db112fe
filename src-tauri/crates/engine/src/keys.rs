//! Keys: who one belongs to, a profile made of it, and a new one in an old one's place. A key comes in; none goes out.

use crate::error::{Error, Result};
use crate::home::{DEMO, Home};
use crate::ports::ClientTold;
use crate::profile::{Profile, Profiles};
use crate::view::{Environment, KeyCheck, ProfileView, SaveKey, Topic, VaultKind};
use say::say;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};

/// A profile to be made.
pub struct NewProfile {
    /// Name, unique here.
    pub name: String,
    /// Key as typed.
    pub key: SecretString,
    /// Production or test; ignored with a sandbox.
    pub environment: Environment,
    /// A loopback sandbox.
    pub base_url: Option<String>,
    /// Where its secrets go.
    pub vault: VaultKind,
}

/// A key that Codat accepted, and what is to be kept with it.
struct Accepted {
    name: String,
    key: SecretSlice<u8>,
    client: ClientTold,
    environment: Environment,
    base_url: Option<String>,
    vault: VaultKind,
}

/// A name as it may be given to a profile.
pub(crate) fn profile_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Error::BadRequest(say!("Give the profile a name of at most 60 characters.")));
    }
    if name == DEMO {
        return Err(Error::BadRequest(say!("The name \u{201c}Demo\u{201d} belongs to the built-in demo. Choose another name.")));
    }
    Ok(name.to_owned())
}

impl Home {
    /// Asks Codat who a key belongs to, and holds it until it is saved.
    ///
    /// # Errors
    /// When it cannot be a key, or Codat refuses it.
    pub async fn check_key(&self, typed: &SecretString) -> Result<KeyCheck> {
        let policy = self.policy()?;
        let key = self.read_key(typed)?;
        let source = self.inner.ports.sources.source(&key, None).map_err(Error::BadRequest)?;
        let client = source.client().await?;
        let companies = source.companies(1, 1).await?.total;
        let banks = source.banks().await?.len();
        let profiles = self.profiles()?;
        // The same client once more: most likely a new key in the old one's place.
        let known =
            profiles.profiles.iter().find(|profile| !profile.is_demo && profile.base_url.is_none() && profile.client_name == client.name);
        let suggested_profile = known.map_or_else(
            || policy.only_profile().map_or_else(|| profiles.free_name(&client.name), str::to_owned),
            |profile| profile.name.clone(),
        );
        self.state(|state| state.checked = Some(key));
        Ok(KeyCheck {
            client_name: client.name,
            companies: u32::try_from(companies).unwrap_or(u32::MAX),
            banks_enabled: u32::try_from(banks).unwrap_or(u32::MAX),
            suggested_profile,
        })
    }

    /// Saves the key that was just checked, as a new profile or in place of the old key of its client's profile, and opens it.
    ///
    /// # Errors
    /// When none was checked, the name is taken by another client, or the vault refuses.
    pub async fn save_key(&self, save: SaveKey) -> Result<ProfileView> {
        let key = self.state(|state| state.checked.take()).ok_or_else(|| Error::BadRequest(say!("Check the key first.")))?;
        let again = key.clone();
        let kept = self.keep(&save.profile, key, save.environment, None, save.vault).await;
        if kept.is_err() {
            // A locked keychain must not cost another round of typing.
            self.state(|state| state.checked = Some(again));
        }
        let name = kept?.name;
        self.reopen(&name).await
    }

    /// Makes a profile after one verifying call. One that is there already gets the new key, when both are of the same client.
    ///
    /// # Errors
    /// When the key is refused, the name is taken by another client, or the vault refuses.
    pub async fn add_profile(&self, new: NewProfile) -> Result<ProfileView> {
        let key = self.read_key(&new.key)?;
        let environment = if new.base_url.is_some() { Environment::Sandbox } else { new.environment };
        let view = self.keep(&new.name, key, environment, new.base_url, new.vault).await?;
        if self.active().is_some_and(|active| active.name == view.name) {
            return self.reopen(&view.name).await;
        }
        Ok(view)
    }

    async fn keep(
        &self,
        name: &str,
        key: SecretSlice<u8>,
        environment: Environment,
        base_url: Option<String>,
        vault: VaultKind,
    ) -> Result<ProfileView> {
        let name = &*profile_name(name)?;
        if base_url.is_none() && environment == Environment::Sandbox {
            return Err(Error::BadRequest(say!("A key of Codat is for production or for a test client. Choose one of the two.")));
        }
        // Before the key goes anywhere.
        match self.profiles()?.find(name) {
            Some(there) => self.policy()?.allow(there)?,
            None => self.policy()?.allow_new(name, environment, vault)?,
        }
        let source = self.inner.ports.sources.source(&key, base_url.as_deref()).map_err(Error::BadRequest)?;
        let client = source.client().await?;
        let accepted = Accepted { name: name.to_owned(), key, client, environment, base_url, vault };
        let _one = self.inner.listing.lock().await;
        let profiles = self.profiles()?;
        let view = match profiles.find(name).cloned() {
            Some(there) => self.replace_key(profiles, there, accepted).await?,
            None => self.make_profile(profiles, accepted).await?,
        };
        self.inner.events.stale([Topic::App]);
        Ok(view)
    }

    async fn make_profile(&self, mut profiles: Profiles, accepted: Accepted) -> Result<ProfileView> {
        let profile = Profile {
            folder: profiles.free_folder(&self.inner.folder, &accepted.name),
            name: accepted.name,
            client_name: accepted.client.name,
            environment: accepted.environment,
            is_demo: false,
            vault: accepted.vault,
            base_url: accepted.base_url,
            team: None,
            used_at: self.inner.ports.clock.now(),
            leaving: None,
        };
        self.vault(profile.vault)?.set(&profile.key_slot(), accepted.key).await?;
        let view = profile.view();
        profiles.profiles.push(profile);
        profiles.write(&self.inner.folder)?;
        Ok(view)
    }

    /// The new key goes where the old one is. A key of another client would mix two clients' companies in one database.
    async fn replace_key(&self, mut profiles: Profiles, there: Profile, accepted: Accepted) -> Result<ProfileView> {
        if there.team.is_some() {
            return Err(Error::BadRequest(say!(
                "The profile \u{201c}{name}\u{201d} reads from your team\u{2019}s server and needs no key. Choose another name for this client.",
                name = there.name
            )));
        }
        let same_place = there.base_url.is_some() == accepted.base_url.is_some();
        if !same_place || there.client_name != accepted.client.name {
            return Err(Error::BadRequest(say!(
                "This key belongs to \u{201c}{accepted}\u{201d}, but the profile \u{201c}{name}\u{201d} is \u{201c}{client_name}\u{201d}. Choose another name for this client.",
                accepted = domain::display::shown(&accepted.client.name),
                name = there.name,
                client_name = domain::display::shown(&there.client_name)
            )));
        }
        self.vault(there.vault)?.set(&there.key_slot(), accepted.key).await?;
        let view = there.view();
        if let Some(kept) = profiles.profiles.iter_mut().find(|kept| kept.name == there.name) {
            // A sandbox may have moved to another port.
            kept.base_url = accepted.base_url;
            kept.used_at = self.inner.ports.clock.now();
        }
        profiles.write(&self.inner.folder)?;
        self.noted_of(&there, "key-replaced").await;
        Ok(view)
    }

    /// Opens a profile with the key that it has now.
    async fn reopen(&self, name: &str) -> Result<ProfileView> {
        let open = self.state(|state| state.open.take_if(|(open, _)| open.name == name));
        if let Some((_, engine)) = open {
            engine.stopped().await;
        }
        self.open_profile(name).await
    }

    fn read_key(&self, typed: &SecretString) -> Result<SecretSlice<u8>> {
        let key = self.inner.ports.sources.read_key(typed.expose_secret());
        key.ok_or_else(|| {
            Error::BadRequest(say!(
                "This does not look like a Codat API key. Copy it from Codat\u{2019}s Portal under Developers, API keys."
            ))
        })
    }
}
