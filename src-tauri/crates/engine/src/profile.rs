//! Profiles on disk: names, environments and where their secrets live. No secret is in this file.

use crate::error::{Error, Result};
use crate::lock::LockKept;
use crate::place::replace_file;
use crate::view::{Environment, Preferences, ProfileView, VaultKind};
use say::say;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use store::Receipt;

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
    /// The team's server that it reads from, instead of Codat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) team: Option<TeamPlace>,
    pub(crate) used_at: i64,
    /// It is being removed; this is what went with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) leaving: Option<Receipt>,
}

/// Where a team's server is, and whose certificates are believed there. No secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TeamPlace {
    pub(crate) server: String,
    /// PEM; none = whom this computer believes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authority: Option<String>,
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

    /// The password of its login at the team's server.
    pub(crate) fn team_slot(&self) -> String {
        format!("team/{}", self.folder)
    }

    pub(crate) fn db_slot(&self) -> String {
        format!("db/{}", self.folder)
    }

    /// The key that the database is being put under.
    pub(crate) fn next_db_slot(&self) -> String {
        format!("db-next/{}", self.folder)
    }

    pub(crate) fn audit_slot(&self) -> String {
        format!("audit/{}", self.folder)
    }

    /// Every place in the vault that is this profile's.
    pub(crate) fn slots(&self) -> [String; 5] {
        [self.key_slot(), self.team_slot(), self.db_slot(), self.next_db_slot(), self.audit_slot()]
    }
}

/// What `profiles.json` holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Profiles {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) preferences: Option<Preferences>,
    pub(crate) lock: LockKept,
    /// What went with profiles that were removed, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) receipts: Vec<Receipt>,
}

impl Profiles {
    pub(crate) fn read(home: &Path) -> Result<Self> {
        match std::fs::read(home.join("profiles.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| {
                Error::BadRequest(say!("The file profiles.json in the data folder is damaged. It was left as it is; repair or remove it."))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::file("reading the profiles")(error)),
        }
    }

    pub(crate) fn write(&self, home: &Path) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| Error::Internal(error.to_string()))?;
        replace_file(&home.join("profiles.json"), &bytes).map_err(Error::file("keeping the profiles"))
    }

    /// One that is not leaving.
    pub(crate) fn find(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name && profile.leaving.is_none())
    }

    /// A folder name that no profile uses and nothing lies at: a database that was left behind is never taken over.
    pub(crate) fn free_folder(&self, home: &Path, name: &str) -> String {
        let slug: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let slug = slug.trim_matches('-').chars().take(40).collect::<String>();
        let slug = if slug.is_empty() { "profile".to_owned() } else { slug };
        let taken =
            |folder: &str| self.profiles.iter().any(|profile| profile.folder == folder) || home.join("profiles").join(folder).exists();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("profiles.json");
        replace_file(&path, b"one").expect("written");
        replace_file(&path, b"two").expect("written");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
            let inner = folder.path().join("home");
            private_folder(&inner).expect("made");
            assert_eq!(std::fs::metadata(&inner).expect("there").permissions().mode() & 0o777, 0o700);
        }
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| replace_file(&path, b"of many at once").expect("written"));
            }
        });
        assert_eq!(std::fs::read(&path).expect("read"), b"of many at once");
        let files =
            std::fs::read_dir(folder.path()).expect("list").filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file()));
        assert_eq!(files.count(), 1, "nothing is left beside it");
    }

    #[test]
    fn names_and_folders_are_free_and_a_database_left_behind_is_not_taken_over() {
        let home = tempfile::tempdir().expect("home");
        let mut profiles = Profiles::default();
        assert_eq!(profiles.free_folder(home.path(), "Harbour & Lights"), "harbour---lights");
        std::fs::create_dir_all(home.path().join("profiles/acme")).expect("left behind");
        assert_eq!(profiles.free_folder(home.path(), "Acme"), "acme-2");
        assert_eq!(profiles.free_folder(home.path(), "\u{65e5}\u{672c}"), "profile");
        assert_eq!(profiles.free_folder(home.path(), "../../etc"), "etc");
        profiles.profiles.push(Profile {
            name: "Acme".into(),
            folder: "acme-2".into(),
            client_name: "Acme".into(),
            environment: Environment::Test,
            is_demo: false,
            vault: VaultKind::Keychain,
            base_url: None,
            team: None,
            used_at: 0,
            leaving: None,
        });
        assert_eq!(profiles.free_folder(home.path(), "Acme"), "acme-3");
        assert_eq!((profiles.free_name("Acme"), profiles.free_name(" ")), ("Acme 2".to_owned(), "Codat".to_owned()));
    }
}
