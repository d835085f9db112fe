//! What only the operating system knows.

use std::path::Path;

/// Which program takes `fairlead:` addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SchemeOwner {
    Ours,
    Other(String),
    Nobody,
    /// The system was not asked, or did not say.
    Untold,
}

/// Asks the desktop's own register.
#[cfg(target_os = "linux")]
pub(super) async fn scheme_owner() -> SchemeOwner {
    let asked =
        tokio::process::Command::new("xdg-mime").args(["query", "default", "x-scheme-handler/fairlead"]).kill_on_drop(true).output();
    let Ok(Ok(answer)) = tokio::time::timeout(std::time::Duration::from_secs(5), asked).await else { return SchemeOwner::Untold };
    match String::from_utf8_lossy(&answer.stdout).trim() {
        "" => SchemeOwner::Nobody,
        entry if entry.to_ascii_lowercase().contains("fairlead") => SchemeOwner::Ours,
        entry => SchemeOwner::Other(entry.chars().filter(|letter| !letter.is_control()).take(80).collect()),
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) async fn scheme_owner() -> SchemeOwner {
    SchemeOwner::Untold
}

/// The proxy that the environment names for Codat, without what signs in there.
pub(super) fn proxy() -> Option<String> {
    let named = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let value = named.into_iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))?;
    let url = url::Url::parse(&value).or_else(|_| url::Url::parse(&format!("http://{value}"))).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// Bytes this account may still write.
pub(super) fn free(folder: &Path) -> Option<u64> {
    fs4::available_space(folder).ok()
}

/// Whether nobody else on this computer may look into the folder.
#[cfg(unix)]
pub(super) fn is_private(folder: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(folder).ok().map(|about| about.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
pub(super) fn is_private(_folder: &Path) -> Option<bool> {
    None
}
