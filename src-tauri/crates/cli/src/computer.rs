//! This computer as the engine's ports see it: vaults, no browser, an embedded sandbox on request.

use crate::answer::Failure;
use crate::args::{Global, Vault};
use crate::progress::say;
use engine::adapters::codat::CodatSources;
use engine::ports::{DemoSandbox, LinkOpener, Ports, SandboxAddress, SecretVault, SystemClock, SystemEntropy, Vaults, Wait};
use engine::view::{ProfileView, VaultKind};
use engine::{Engine, Home, PolicyPlace};
use sandbox::{Options, Sandbox};
use secrecy::{SecretSlice, SecretString};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use vault::ComputerVaults;

/// Opens the data folder with the vault that was asked for.
pub(crate) async fn home(global: &Global) -> Result<Home, Failure> {
    let folder = folder(global)?;
    let vaults = vaults(global, &folder).await?;
    Ok(Home::open(folder, ports(Arc::new(vaults), Arc::new(Embedded::default()), policy(global)?))?)
}

/// The vault that was asked for, or this computer's keychain.
pub(crate) async fn vault(global: &Global) -> Result<Arc<dyn SecretVault>, Failure> {
    let vaults = vaults(global, &folder(global)?).await?;
    let kind = global.vault.as_ref().map_or(VaultKind::Keychain, Vault::kind);
    vaults.vault(kind).ok_or_else(|| Failure::needs_operator("keychain", "This computer has no vault of that kind."))
}

fn folder(global: &Global) -> Result<PathBuf, Failure> {
    global.home.clone().map_or_else(default_home, Ok)
}

/// The vaults of this computer, the file behind a passphrase opened where it was asked for.
async fn vaults(global: &Global, folder: &Path) -> Result<ComputerVaults, Failure> {
    let vaults = ComputerVaults::new();
    if let Some(Vault::PassphraseFile(path)) = &global.vault {
        vaults.open_passphrase_file(folder, passphrase(path)?).await.map_err(engine::Error::from)?;
    }
    Ok(vaults)
}

/// Opens the profile that was asked for, or the only one. Nothing runs by itself.
pub(crate) async fn engine(global: &Global) -> Result<(Home, Engine), Failure> {
    let home = home(global).await?;
    let engine = open(&home, global).await?;
    Ok((home, engine))
}

/// The same in a data folder that is open.
pub(crate) async fn open(home: &Home, global: &Global) -> Result<Engine, Failure> {
    let profile = chosen(home, global).await?;
    home.open_profile_at_rest(&profile.name).await?;
    Ok(home.engine()?)
}

/// The profile that was asked for, or the only one; its secrets can be asked for.
pub(crate) async fn chosen(home: &Home, global: &Global) -> Result<ProfileView, Failure> {
    let profiles = home.app_state().await?.profiles;
    let known = profiles.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>().join(", ");
    let profile = match (&global.profile, profiles.as_slice()) {
        (Some(name), all) => all.iter().find(|profile| profile.name == *name).ok_or_else(|| {
            let there = if known.is_empty() { "There is none yet.".to_owned() } else { format!("There are: {known}.") };
            Failure::usage(format!("There is no profile called \u{201c}{name}\u{201d}. {there}"))
        })?,
        (None, [only]) => only,
        (None, []) => {
            return Err(Failure::needs_operator("noProfile", "There is no profile yet. Add one: fairlead profile add NAME --key-stdin"));
        }
        (None, _) => return Err(Failure::usage(format!("Say which profile with --profile NAME. There are: {known}."))),
    };
    match (profile.vault, &global.vault) {
        (VaultKind::PassphraseFile, Some(Vault::PassphraseFile(_))) | (VaultKind::Keychain, _) => Ok(profile.clone()),
        (VaultKind::PassphraseFile, _) => Err(Failure::needs_operator(
            "keyMissing",
            "This profile's secrets are behind a passphrase. Give the file that holds it: --vault passphrase-file=PATH",
        )),
        (VaultKind::Session, _) => Err(Failure::needs_operator(
            "keyMissing",
            "This profile's secrets were kept for one session only, and that session has ended. Remove the profile and add it again.",
        )),
    }
}

/// A secret from standard input; `what` says which, for when it cannot be read. At most `longest` bytes: the text is never moved while it grows.
pub(crate) fn typed(what: &str, longest: u64) -> Result<SecretString, Failure> {
    let mut text = String::with_capacity(usize::try_from(longest).unwrap_or_default());
    let read = std::io::stdin().lock().take(longest).read_to_string(&mut text);
    let secret = SecretString::from(text);
    read.map_err(|_| Failure::needs_operator("keyMissing", format!("{what} could not be read from standard input.")))?;
    Ok(secret)
}

/// Where the policy stands. One may be tried where there is none: it can only take away, and never another one's place.
pub(crate) fn policy(global: &Global) -> Result<PolicyPlace, Failure> {
    let Some(file) = &global.policy else { return Ok(PolicyPlace::Computer) };
    if !matches!(PolicyPlace::Computer.read(), Ok(None)) {
        return Err(Failure::failed("managed", "Your organisation sets a policy on this computer, so no other one is tried here."));
    }
    std::fs::metadata(file).map_err(|error| unreadable("policy", file, &error))?;
    Ok(PolicyPlace::File(file.clone()))
}

pub(crate) fn ports(vaults: Arc<dyn Vaults>, demo: Arc<dyn DemoSandbox>, policy: PolicyPlace) -> Ports {
    Ports {
        sources: Arc::new(CodatSources::default()),
        vaults,
        opener: Arc::new(NoBrowser),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        demo,
        policy,
    }
}

/// Somebody asks this program to end.
#[cfg(unix)]
pub(crate) async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Somebody asks this program to end.
#[cfg(not(unix))]
pub(crate) async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// The passphrase in a file: everything but the line's end.
pub(crate) fn passphrase(path: &Path) -> Result<SecretSlice<u8>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| unreadable("passphrase file", path, &error))?;
    let kept = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let kept = kept.strip_suffix(b"\r").unwrap_or(kept);
    if kept.is_empty() {
        return Err(Failure::usage(format!("The passphrase file {} is empty.", path.display())));
    }
    #[cfg(unix)]
    if std::fs::metadata(path).is_ok_and(|meta| std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o077 != 0) {
        say(&format!("warning: {} can be read by others on this computer (chmod 600 it)", path.display()));
    }
    Ok(SecretSlice::from(kept.to_vec()))
}

/// A file that the command line names.
pub(crate) fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "this account may not read it".to_owned(),
        kind => kind.to_string(),
    };
    Failure::usage(format!("The {what} {} cannot be read: {why}.", path.display()))
}

/// The folder `fairlead` among the account's application data.
fn default_home() -> Result<PathBuf, Failure> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = if cfg!(target_os = "macos") {
        var("HOME").map(|home| home.join("Library/Application Support"))
    } else if cfg!(windows) {
        var("APPDATA")
    } else {
        var("XDG_DATA_HOME").or_else(|| var("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("fairlead"))
        .ok_or_else(|| Failure::usage("This account has no home folder. Give a data folder with --home DIR."))
}

/// A terminal prints links; it opens none.
struct NoBrowser;

impl LinkOpener for NoBrowser {
    fn open(&self, _url: &SecretString) -> Result<(), String> {
        Err("a terminal opens no browser".into())
    }
}

/// The demo's sandbox, for as long as this lives.
#[derive(Default)]
pub(crate) struct Embedded {
    running: Mutex<Option<Sandbox>>,
}

impl Embedded {
    /// The control API of the sandbox that runs.
    pub(crate) fn control_url(&self) -> Option<String> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Sandbox::control_url)
    }
}

impl DemoSandbox for Embedded {
    fn start(&self, folder: PathBuf, redirect: String) -> Wait<'_, Result<SandboxAddress, String>> {
        Box::pin(async move {
            let options = Options { state_file: Some(folder.join("sandbox.json")), redirect_url: Some(redirect), ..Options::default() };
            let sandbox = Sandbox::start(options).await.map_err(|error| error.to_string())?;
            let address =
                SandboxAddress { base_url: sandbox.base_url().to_owned(), api_key: SecretString::from(sandbox.api_key().to_owned()) };
            *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(sandbox);
            Ok(address)
        })
    }
}
