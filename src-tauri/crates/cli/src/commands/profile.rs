//! Codat clients on this computer.

use crate::answer::{Answer, Failure};
use crate::args::{AddProfile, Global, Profile, Vault};
use crate::computer;
use engine::NewProfile;
use engine::adapters::codat::CodatSources;
use engine::ports::SourceFactory as _;
use engine::view::{Environment, ErrorCode, ProfileView, VaultKind};
use secrecy::{ExposeSecret as _, SecretString};

/// No key is longer.
const LONGEST_KEY: u64 = 4_096;

pub(crate) async fn run(global: &Global, command: Profile) -> Result<Answer, Failure> {
    match command {
        Profile::Add(new) => add(global, new).await,
        Profile::List => list(global).await,
        Profile::Remove { name } => remove(global, &name).await,
    }
}

async fn add(global: &Global, new: AddProfile) -> Result<Answer, Failure> {
    let vault = global.vault.as_ref().map_or(VaultKind::Keychain, Vault::kind);
    if vault == VaultKind::Session {
        return Err(Failure::usage("A session vault ends with this command, and the key with it. Use keychain, or passphrase-file=PATH."));
    }
    if !new.key_stdin {
        return Err(Failure::needs_operator(
            "keyMissing",
            "Give the API key on standard input: fairlead profile add NAME --key-stdin < FILE",
        ));
    }
    let key = typed_key()?;
    let sources = CodatSources::default();
    let read = sources.read_key(key.expose_secret()).ok_or_else(|| {
        Failure::needs_operator(
            "keyRefused",
            "This does not look like a Codat API key. Copy it from Codat's Portal under Developers, API keys.",
        )
    })?;
    sources.source(&read, new.sandbox_url.as_deref()).map_err(Failure::usage)?;
    let home = computer::home(global).await?;
    let environment = if new.test_client { Environment::Test } else { Environment::Production };
    let profile = NewProfile { name: new.name, key, environment, base_url: new.sandbox_url, vault };
    let profile = home.add_profile(profile).await.map_err(|error| {
        let hint = (error.code() == ErrorCode::Keychain && vault == VaultKind::Keychain)
            .then_some("Or keep this profile's secrets in a file behind a passphrase: --vault passphrase-file=PATH");
        Failure::of(&error).hinting(hint)
    })?;
    let words = format!("Added {} ({}).", profile.name, in_words(&profile));
    Ok(Answer::done(&profile, words))
}

fn typed_key() -> Result<SecretString, Failure> {
    let key = computer::typed("The API key", LONGEST_KEY)?;
    if key.expose_secret().trim().is_empty() {
        return Err(Failure::needs_operator("keyMissing", "Standard input is empty; it must hold the API key."));
    }
    Ok(key)
}

async fn list(global: &Global) -> Result<Answer, Failure> {
    let profiles = computer::home(global).await?.app_state().await?.profiles;
    let words: String = profiles.iter().map(|profile| format!("{}  {}\n", profile.name, in_words(profile))).collect();
    let words = if words.is_empty() { "No profile yet. Add one: fairlead profile add NAME --key-stdin".to_owned() } else { words };
    Ok(Answer::done(&profiles, words))
}

async fn remove(global: &Global, name: &str) -> Result<Answer, Failure> {
    let home = computer::home(global).await?;
    home.remove_profile(name).await?;
    Ok(Answer::done(&serde_json::json!({ "removed": name }), format!("Removed {name} from this computer. Codat was not touched.")))
}

fn in_words(profile: &ProfileView) -> String {
    let environment = match profile.environment {
        Environment::Production => "production",
        Environment::Test => "test client",
        Environment::Sandbox => "SANDBOX",
    };
    let vault = match profile.vault {
        VaultKind::Keychain => "keychain",
        VaultKind::Session => "session only",
        VaultKind::PassphraseFile => "passphrase file",
    };
    format!("{}, {environment}, secrets in {vault}", profile.client_name)
}
