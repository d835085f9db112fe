//! Profiles on disk: names, environments and where their secrets live. No secret is in this file.

use crate::error::{Error, Result};
use crate::view::{Environment, Preferences, ProfileView, VaultKind};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A profile as kept in `profiles.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// Folder below `profiles/`.
    pub(crate) folder: String,
    pub(crate) client_name: String,
    pub(crate) environment: Environment,
    pub(crate) is_demo: bool,
    pub(crate) vault: VaultKind,
    /// A loopback sandbox; none = Codat.
    pub(crate) base_url: Option<String>,
    pub(crate) used_at: i64,
}

impl Profile {
    pub(crate) fn view(&self) -> ProfileView {
        ProfileView {
            name: self.name.clone(),
            client_name: self.client_name.clone(),
            environment: self.environment,
            is_demo: self.is_demo,
            vault: self.vault,
        }
    }

    pub(crate) fn key_slot(&self) -> String {
        format!("codat/{}", self.folder)
    }

    pub(crate) fn db_slot(&self) -> String {
        format!("db/{}", self.folder)
    }
}

/// What `profiles.json` holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Profiles {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) preferences: Option<Preferences>,
}

impl Profiles {
    pub(crate) fn read(home: &Path) -> Result<Self> {
        match std::fs::read(home.join("profiles.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| {
                Error::BadRequest("The file profiles.json in the data folder is damaged. It was left as it is; repair or remove it.".into())
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::file("reading the profiles")(error)),
        }
    }

    pub(crate) fn write(&self, home: &Path) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| Error::Internal(error.to_string()))?;
        replace(&home.join("profiles.json"), &bytes).map_err(Error::file("keeping the profiles"))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// A folder name that no profile uses.
    pub(crate) fn free_folder(&self, name: &str) -> String {
        let slug: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let slug = slug.trim_matches('-').chars().take(40).collect::<String>();
        let slug = if slug.is_empty() { "profile".to_owned() } else { slug };
        let taken = |folder: &str| self.profiles.iter().any(|profile| profile.folder == folder);
        (1..).map(|n| if n == 1 { slug.clone() } else { format!("{slug}-{n}") }).find(|folder| !taken(folder)).unwrap_or(slug)
    }

    /// A name that no profile has.
    pub(crate) fn free_name(&self, wish: &str) -> String {
        let wish = if wish.trim().is_empty() { "Codat" } else { wish.trim() };
        (1..)
            .map(|n| if n == 1 { wish.to_owned() } else { format!("{wish} {n}") })
            .find(|name| self.find(name).is_none())
            .unwrap_or_else(|| wish.to_owned())
    }
}

pub(crate) fn folder_of(home: &Path, profile: &Profile) -> PathBuf {
    home.join("profiles").join(&profile.folder)
}

/// A folder that only its owner may enter.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// All or nothing: a crash leaves the old file or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}
