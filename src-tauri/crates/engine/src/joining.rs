//! Joining a team: a profile whose source is the team's server. No key of Codat is asked for, and none is kept.

use crate::adapters::team::TeamSource;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::keys::profile_name;
use crate::ports::{SecretVault, SourceError};
use crate::profile::{Profile, TeamPlace};
use crate::view::{Environment, ProfileView, Topic, VaultKind};
use say::say;
use secrecy::SecretSlice;
use team::{Address, Role, Trust, Way};

/// A profile to be joined to a team.
pub struct JoinTeam {
    /// Name, unique here.
    pub name: String,
    /// Where the server is and as whom, without a password.
    pub server: String,
    /// The authority that signed the server's certificate, as PEM; none = whom this computer believes.
    pub authority: Option<String>,
    /// The login's password, where the server asks for one.
    pub password: Option<SecretSlice<u8>>,
    /// Whether the team's companies are those of a test client.
    pub environment: Environment,
    /// Where its secrets go.
    pub vault: VaultKind,
}

impl Home {
    /// Makes a profile that reads from a team's server, once the server took the login. One that is joined to the same server already gets the new password.
    ///
    /// # Errors
    /// When the server is away or refuses, this login sees no companies there, the name is taken, or the vault refuses.
    pub async fn join_team(&self, join: JoinTeam) -> Result<ProfileView> {
        let name = profile_name(&join.name)?;
        let there = self.profiles()?.find(&name).cloned();
        // Before the password goes anywhere.
        match &there {
            Some(there) => self.policy()?.allow(there)?,
            None => self.policy()?.allow_new(&name, join.environment, join.vault)?,
        }
        let place = TeamPlace { server: join.server, authority: join.authority };
        if there.as_ref().is_some_and(|there| there.team.as_ref().is_none_or(|team| team.server != place.server)) {
            return Err(Error::BadRequest(say!(
                "The profile \u{201c}{name}\u{201d} is another one already. Choose another name for this team.",
                name
            )));
        }
        let way = place.way(join.password.clone())?;
        is_let_in(&way).await?;
        let _one = self.inner.listing.lock().await;
        let mut profiles = self.profiles()?;
        let kind = there.as_ref().map_or(join.vault, |there| there.vault);
        let now = self.inner.ports.clock.now();
        let profile = Profile {
            folder: there.map_or_else(|| profiles.free_folder(&self.inner.folder, &name), |there| there.folder),
            name,
            client_name: way.address.database().to_owned(),
            environment: join.environment,
            is_demo: false,
            vault: kind,
            base_url: None,
            team: Some(place),
            used_at: now,
            leaving: None,
        };
        let vault = self.vault(kind)?;
        match join.password {
            Some(password) => vault.set(&profile.team_slot(), password).await?,
            None => vault.delete(&profile.team_slot()).await?,
        }
        let view = profile.view();
        profiles.profiles.retain(|kept| kept.name != profile.name || kept.leaving.is_some());
        profiles.profiles.push(profile);
        profiles.write(&self.inner.folder)?;
        self.inner.events.stale([Topic::App]);
        Ok(view)
    }
}

/// The server takes this login, holds a portfolio of our version, and shows it companies.
async fn is_let_in(way: &Way) -> Result<()> {
    let told = async {
        let mut server = way.connect().await?;
        server.is_ready().await?;
        server.status().await
    };
    let status = told.await.map_err(SourceError::Team)?;
    let reads = |role: &Role| *role != Role::Worker;
    if status.companies.is_none() || !status.roles.iter().any(reads) {
        return Err(SourceError::Team(team::Error::NoRights).into());
    }
    Ok(())
}

/// A joined profile's source. It gets there when it is first asked: a server that is away keeps nobody from what is here.
pub(crate) async fn source_of(profile: &Profile, place: &TeamPlace, vault: &dyn SecretVault) -> Result<TeamSource> {
    Ok(TeamSource::new(place.way(vault.get(&profile.team_slot()).await?)?))
}

impl TeamPlace {
    fn way(&self, password: Option<SecretSlice<u8>>) -> Result<Way> {
        let address = Address::parse(&self.server).map_err(SourceError::Team)?;
        let unreadable = || Error::BadRequest(say!("The authority of the team\u{2019}s server is no certificate (PEM)."));
        let trust = match &self.authority {
            None => Trust::System,
            Some(text) => Trust::pem(text.as_bytes()).ok_or_else(unreadable)?,
        };
        Ok(Way { address, password, trust })
    }
}
