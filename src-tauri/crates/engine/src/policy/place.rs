//! Where a policy stands on this computer, and what is there.

use super::{ManagedView, Policy};
use crate::error::Result;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Nobody writes a longer one.
const LONGEST: u64 = 1 << 20;

/// Where a policy is looked for. No variable and no setting of a person leads elsewhere.
#[derive(Clone, Debug, Default)]
pub enum PolicyPlace {
    /// Where this system's administrators put it: `/etc/fairlead/policy.json`, the registry's policies, or managed preferences.
    #[default]
    Computer,
    /// A JSON file.
    File(PathBuf),
}

/// A policy is there and cannot be read. What it would lock is unknown, so nothing is opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct PolicyTrouble {
    /// The file or the registry's key.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

type Told = std::result::Result<Option<ManagedView>, PolicyTrouble>;

impl PolicyPlace {
    /// What stands there; none: no policy.
    ///
    /// # Errors
    /// When something is there and cannot be read or trusted.
    pub fn read(&self) -> Told {
        match self {
            Self::Computer => of_this_computer(),
            Self::File(path) => file(path, |_| Ok(()), Policy::read),
        }
    }

    /// The same, where no policy sets nothing.
    pub(crate) fn in_force(&self) -> Result<Policy> {
        Ok(self.read()?.map(|managed| managed.policy).unwrap_or_default())
    }
}

/// Whoever could write it could take it away: the check stands before the reading, on the very file that is read.
fn file(
    path: &Path,
    trusted: impl FnOnce(&File) -> std::result::Result<(), String>,
    read: impl FnOnce(&[u8]) -> std::result::Result<Policy, String>,
) -> Told {
    let trouble = |why: String| PolicyTrouble { place: path.display().to_string(), why };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(trouble(error.kind().to_string())),
    };
    trusted(&file).map_err(trouble)?;
    let mut bytes = vec![];
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| trouble(error.kind().to_string()))?;
    let policy = read(&bytes).map_err(trouble)?;
    Ok(Some(ManagedView { place: path.display().to_string(), policy }))
}

#[cfg(not(any(windows, target_os = "macos")))]
fn of_this_computer() -> Told {
    let path = Path::new("/etc/fairlead/policy.json");
    file(path, |file| only_roots(path, file), Policy::read)
}

#[cfg(target_os = "macos")]
fn of_this_computer() -> Told {
    let path = Path::new("/Library/Managed Preferences/app.fairlead.desktop.plist");
    file(path, |file| only_roots(path, file), preferences::read)
}

#[cfg(windows)]
fn of_this_computer() -> Told {
    registry::read()
}

/// The file and its folder: a folder that others may write lets them put another file there.
#[cfg(unix)]
fn only_roots(path: &Path, file: &File) -> std::result::Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let folder = path.parent().unwrap_or(path);
    for (what, about) in [("this file", file.metadata()), ("its folder", std::fs::metadata(folder))] {
        let about = about.map_err(|error| error.kind().to_string())?;
        if !is_only_roots(about.uid(), about.mode()) {
            return Err(format!(
                "{what} may be written by others than root. It counts once it belongs to root and has mode 644 (a folder: 755)"
            ));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_only_roots(owner: u32, mode: u32) -> bool {
    owner == 0 && mode & 0o022 == 0
}

/// Managed preferences of macOS.
#[cfg(any(test, target_os = "macos"))]
pub(super) mod preferences {
    use crate::policy::Policy;
    use serde_json::{Map, Value};

    /// As XML or in the binary form. The system adds members of its own, which all begin alike.
    pub(in crate::policy) fn read(bytes: &[u8]) -> Result<Policy, String> {
        let told: Map<String, Value> = plist::from_bytes(bytes).map_err(|error| error.to_string())?;
        Policy::of(told.into_iter().filter(|(name, _)| !name.starts_with("Payload")).collect())
    }
}

/// Group Policy's part of the registry. Lists are keys of their own below it: a word that is switched on, or a text.
#[cfg(any(test, windows))]
pub(super) mod registry {
    use crate::policy::{Policy, templates};
    use serde_json::{Map, Value};

    /// A value as it stands there.
    #[derive(Clone, Debug)]
    pub(in crate::policy) enum Entry {
        Number(u32),
        Text(String),
    }

    /// A key: its values, and those of the keys below it.
    #[derive(Clone, Debug, Default)]
    pub(in crate::policy) struct Key {
        pub(in crate::policy) values: Vec<(String, Entry)>,
        pub(in crate::policy) below: Vec<(String, Vec<(String, Entry)>)>,
    }

    /// Pure: what the registry says, as a policy.
    pub(in crate::policy) fn policy(key: Key) -> Result<Policy, String> {
        let flags: Vec<&str> = templates::members().iter().filter(|member| member.is_flag()).map(|member| member.key.as_str()).collect();
        let value = |(name, entry): (String, Entry)| {
            let value = match entry {
                Entry::Number(number) if flags.contains(&name.as_str()) => Value::Bool(number != 0),
                Entry::Number(number) => number.into(),
                Entry::Text(text) => text.into(),
            };
            (name, value)
        };
        let entry = |(name, entry): (String, Entry)| match entry {
            Entry::Number(0) => None,
            Entry::Number(_) => Some(Value::String(name)),
            Entry::Text(text) => Some(Value::String(text)),
        };
        let mut told: Map<String, Value> = key.values.into_iter().map(value).collect();
        told.extend(key.below.into_iter().map(|(name, values)| (name, values.into_iter().filter_map(entry).collect())));
        Policy::of(Value::Object(told))
    }

    #[cfg(windows)]
    pub(super) fn read() -> super::Told {
        use crate::policy::{ManagedView, PolicyTrouble};
        let place = format!(r"HKEY_LOCAL_MACHINE\{}", templates::REGISTRY_KEY);
        let trouble = |why: String| PolicyTrouble { place: place.clone(), why };
        match open() {
            Ok(Some(key)) => Ok(Some(ManagedView { policy: policy(key).map_err(trouble)?, place })),
            Ok(None) => Ok(None),
            Err(error) => Err(trouble(error.to_string())),
        }
    }

    #[cfg(windows)]
    fn open() -> std::io::Result<Option<Key>> {
        use std::io::ErrorKind;
        let machine = winreg::RegKey::predef(winreg::enums::HKEY_LOCAL_MACHINE);
        let key = match machine.open_subkey(templates::REGISTRY_KEY) {
            Ok(key) => key,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let names = key.enum_keys().collect::<std::io::Result<Vec<String>>>()?;
        let below = names.into_iter().map(|name| Ok((name.clone(), values(&key.open_subkey(&name)?)?))).collect::<std::io::Result<_>>()?;
        let found = Key { values: values(&key)?, below };
        // Group Policy leaves an empty key where it has taken everything back.
        Ok((!found.values.is_empty() || !found.below.is_empty()).then_some(found))
    }

    #[cfg(windows)]
    fn values(key: &winreg::RegKey) -> std::io::Result<Vec<(String, Entry)>> {
        let mut found = vec![];
        for value in key.enum_values() {
            let (name, value) = value?;
            let entry = match value.vtype {
                winreg::enums::REG_DWORD => Entry::Number(key.get_value(&name)?),
                _ => Entry::Text(key.get_value(&name)?),
            };
            // Group Policy marks lists that it has cleared.
            if !name.starts_with("**") {
                found.push((name, entry));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::registry::{Entry, Key};
    use super::*;
    use crate::view::{Environment, ExportFormat};

    #[cfg(unix)]
    #[test]
    fn a_policy_that_others_than_root_may_write_does_not_count() {
        assert!(is_only_roots(0, 0o100_644) && is_only_roots(0, 0o100_600) && is_only_roots(0, 0o040_755));
        for (owner, mode) in [(1_000, 0o644), (0, 0o664), (0, 0o646), (0, 0o666), (1_000, 0o600)] {
            assert!(!is_only_roots(owner, mode), "{owner} {mode:o}");
        }
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("policy.json");
        std::fs::write(&path, "{}").expect("written");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o666)).expect("for everybody");
        let told = file(&path, |opened| only_roots(&path, opened), Policy::read).expect_err("refused");
        assert!(told.why.contains("others than root"), "{told}");
    }

    #[test]
    fn what_is_not_there_is_no_policy_and_what_is_there_is_read_or_told() {
        let folder = tempfile::tempdir().expect("folder");
        let place = PolicyPlace::File(folder.path().join("policy.json"));
        assert_eq!(place.read(), Ok(None));
        let written = |text: &str| {
            std::fs::write(folder.path().join("policy.json"), text).expect("written");
            place.read()
        };
        assert!(written(r#"{"exports": []}"#).is_ok_and(|found| found.is_some_and(|managed| managed.policy.exports == Some(vec![]))));
        for (text, named) in [
            (r#"{"exprots": []}"#, "exprots"),
            (r#"{"exports": ["docx"]}"#, "docx"),
            (r#"{"lockAfterMinutes": 0}"#, "lockAfterMinutes: from 1 to 240"),
            (r#"{"keepMonths": 121}"#, "keepMonths"),
            (r#"{"contact": ""}"#, "contact"),
            (r#"{"bounceUrl": "http://lender.example/"}"#, "bounceUrl"),
            (r#"{"doorbell": "bounce"}"#, "bounceUrl"),
            (r#"{"demo": true, "demo": false}"#, "demo"),
            ("", "EOF"),
        ] {
            let trouble = written(text).expect_err("told");
            assert!(trouble.to_string().contains(named) && trouble.to_string().contains("policy.json"), "{trouble}");
        }
    }

    #[test]
    fn the_registry_says_the_same_as_a_file() {
        let number = |name: &str, value| (name.to_owned(), Entry::Number(value));
        let key = Key {
            values: vec![number("demo", 0), number("lockAfterMinutes", 10), ("contact".into(), Entry::Text("IT".into()))],
            below: vec![
                ("exports".into(), vec![number("csv", 1), number("xlsx", 0)]),
                ("environments".into(), vec![number("production", 1), number("test", 0)]),
                ("profiles".into(), vec![("1".into(), Entry::Text("Lender".into()))]),
            ],
        };
        let told = registry::policy(key).expect("readable");
        let wanted = Policy {
            demo: Some(false),
            lock_after_minutes: Some(10),
            contact: Some("IT".into()),
            exports: Some(vec![ExportFormat::Csv]),
            environments: Some(vec![Environment::Production]),
            profiles: Some(vec!["Lender".into()]),
            ..Policy::default()
        };
        assert_eq!(told, wanted);
        let none = Key { below: vec![("exports".into(), vec![number("csv", 0)])], ..Key::default() };
        assert_eq!(registry::policy(none).expect("readable").exports, Some(vec![]), "all switched off is none, not free");
        let odd = Key { values: vec![number("exprots", 1)], ..Key::default() };
        assert!(registry::policy(odd).is_err_and(|why| why.contains("exprots")));
    }
}
