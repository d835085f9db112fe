//! A team's server: made, brought up to date, looked at, opened to people.

use crate::answer::{Answer, Failure};
use crate::args::{Global, Team, TeamRole, TeamServer, Vault};
use crate::computer;
use engine::JoinTeam;
use engine::ports::VaultError;
use engine::view::{Environment, VaultKind};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::json;
use team::{Address, Role, Server, Trust, Way};

/// No password is longer.
const LONGEST: u64 = 1_000;

pub(crate) async fn run(global: &Global, command: Team) -> Result<Answer, Failure> {
    match command {
        Team::Init(asked) => {
            let (before, after) = way(global, &asked).await?.connect().await?.init().await?;
            Ok(changed(before, after))
        }
        Team::Migrate(asked) => {
            let (before, after) = way(global, &asked).await?.connect().await?.migrate().await?;
            Ok(changed(before, after))
        }
        Team::Status(asked) => status(global, &asked).await,
        Team::Join { name, test_client, server } => join(global, name, test_client, &server).await,
        Team::Admit { login, role, scope, server } => {
            way(global, &server).await?.connect().await?.admit(&login, role.into(), &scope).await?;
            let seen = if scope == "*" { "all companies".to_owned() } else { format!("the companies of {scope}") };
            let words = format!("{login} is {} and sees {seen}.", Role::from(role));
            Ok(Answer::done(&json!({ "login": login, "role": Role::from(role).to_string(), "scope": scope }), words))
        }
    }
}

async fn join(global: &Global, name: String, test_client: bool, asked: &TeamServer) -> Result<Answer, Failure> {
    let vault = global.vault.as_ref().map_or(VaultKind::Keychain, Vault::kind);
    if vault == VaultKind::Session {
        return Err(Failure::usage(
            "A session vault ends with this command, and the password with it. Use keychain, or passphrase-file=PATH.",
        ));
    }
    let way = way(global, asked).await?;
    let authority = match &asked.ca {
        Some(file) => Some(std::fs::read_to_string(file).map_err(|error| computer::unreadable("authority", file, &error))?),
        None => None,
    };
    let environment = if test_client { Environment::Test } else { Environment::Production };
    let join = JoinTeam { name, server: asked.server.clone(), authority, password: way.password, environment, vault };
    let profile = computer::home(global).await?.join_team(join).await?;
    let words = format!("{} reads from {}. Bring what the team has: fairlead sync --all", profile.name, way.address);
    Ok(Answer::done(&profile, words))
}

fn changed(before: u32, after: u32) -> Answer {
    let words = if before == after {
        format!("The portfolio is of version {after} already; nothing was changed.")
    } else if before == 0 {
        format!("The portfolio is there (version {after}). Let people in with: fairlead team admit LOGIN --role ROLE")
    } else {
        format!("The portfolio went from version {before} to {after}.")
    };
    Answer::done(&json!({ "before": before, "version": after }), words)
}

async fn status(global: &Global, asked: &TeamServer) -> Result<Answer, Failure> {
    let way = way(global, asked).await?;
    let status = way.connect().await?.status().await?;
    let roles: Vec<String> = status.roles.iter().map(ToString::to_string).collect();
    let may = if roles.is_empty() { "no role yet".to_owned() } else { roles.join(", ") };
    let sees = status.companies.map_or_else(|| "sees no companies".to_owned(), |count| format!("sees {count} companies"));
    let words = format!("{} answers. Version {} of {}. This login: {may}; {sees}.", way.address, status.version, Server::known_version());
    let document = json!({
        "server": way.address.to_string(), "version": status.version, "known": Server::known_version(), "roles": roles,
        "companies": status.companies,
    });
    Ok(Answer::done(&document, words))
}

/// How to get to a team's server, with the password of standard input or what the vault keeps.
async fn way(global: &Global, asked: &TeamServer) -> Result<Way, Failure> {
    let typed =
        if asked.password_stdin { Some(secret(computer::typed("The password", LONGEST)?.expose_secret(), "the password")?) } else { None };
    way_with(global, asked, typed).await
}

/// How to get to a team's server, with this password or what the vault keeps.
pub(crate) async fn way_with(global: &Global, asked: &TeamServer, typed: Option<SecretSlice<u8>>) -> Result<Way, Failure> {
    let address = Address::parse(&asked.server)?;
    let trust = asked.ca.as_deref().map_or(Ok(Trust::System), Trust::authority)?;
    let password = match typed {
        Some(typed) => Some(typed),
        None => kept(global, &address).await?,
    };
    let way = Way { address, password, trust };
    if let (true, Some(password)) = (asked.keep, &way.password) {
        way.connect().await?;
        let vault = computer::vault(global).await?;
        vault.set(&way.address.slot(), password.clone()).await.map_err(engine::Error::from)?;
    }
    Ok(way)
}

/// A line of standard input without its end.
pub(crate) fn secret(line: &str, what: &str) -> Result<SecretSlice<u8>, Failure> {
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Failure::needs_operator("keyMissing", format!("Standard input does not hold {what}.")));
    }
    Ok(SecretSlice::from(line.as_bytes().to_vec()))
}

/// What the vault keeps for this login. A server may ask for none, and a computer without a keychain may have none.
async fn kept(global: &Global, address: &Address) -> Result<Option<SecretSlice<u8>>, Failure> {
    match computer::vault(global).await?.get(&address.slot()).await {
        Err(VaultError::NoKeychain) if global.vault.is_none() => Ok(None),
        kept => Ok(kept.map_err(engine::Error::from)?),
    }
}

impl From<TeamRole> for Role {
    fn from(role: TeamRole) -> Self {
        match role {
            TeamRole::Worker => Self::Worker,
            TeamRole::Onboarding => Self::Onboarding,
            TeamRole::Analyst => Self::Analyst,
            TeamRole::Administrator => Self::Administrator,
            TeamRole::ReadOnly => Self::ReadOnly,
        }
    }
}
