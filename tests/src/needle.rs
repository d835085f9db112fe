//! Looks for a secret in every form in which it could lie about.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::path::{Path, PathBuf};

/// A secret and the forms in which it could be written: raw, hex in both cases, base64 in three alphabets.
pub struct Needle {
    name: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Needle {
    /// A needle named for the report; the secret itself is never printed.
    #[must_use]
    pub fn new(name: &'static str, secret: &[u8]) -> Self {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
        for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(engine.encode(secret).into_bytes());
        }
        Self { name, forms }
    }

    /// Whether any form stands in these bytes.
    #[must_use]
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
    }

    /// Every file below `folder` that holds it.
    ///
    /// # Panics
    /// When a file cannot be read: an unread file proves nothing.
    #[must_use]
    pub fn files_below(&self, folder: &Path) -> Vec<PathBuf> {
        files_below(folder).into_iter().filter(|path| self.is_in(&std::fs::read(path).expect("reading a file to search it"))).collect()
    }

    /// Its name for a report.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// Every regular file below a folder.
///
/// # Panics
/// When a folder cannot be listed.
#[must_use]
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("listing a folder to search it") {
            let path = entry.expect("an entry of that folder").path();
            if path.is_dir() {
                open.push(path);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
