//! A pack as a file: a ZIP whose bytes follow from what is in it alone, with a manifest and plain checksums.

use crate::place::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Result, Write};
use std::path::Path;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SUMS: &str = "SHA256SUMS";

/// One file of a pack.
pub(super) struct Part {
    pub(super) name: String,
    /// What it is, for a reader of the manifest.
    pub(super) what: &'static str,
    pub(super) content: Content,
}

/// Where a part's bytes are.
pub(super) enum Content {
    Bytes(Vec<u8>),
    File(std::path::PathBuf),
}

impl Part {
    pub(super) fn text(name: &str, what: &'static str, text: String) -> Self {
        Self { name: name.to_owned(), what, content: Content::Bytes(text.into_bytes()) }
    }

    pub(super) fn json(name: &str, what: &'static str, value: &impl Serialize) -> Self {
        let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
        text.push('\n');
        Self::text(name, what, text)
    }

    fn open(&self) -> Result<Box<dyn Read + '_>> {
        Ok(match &self.content {
            Content::Bytes(bytes) => Box::new(bytes.as_slice()),
            Content::File(path) => Box::new(File::open(path)?),
        })
    }
}

/// The document that says what a pack holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) company: Named,
    pub(super) client: String,
    pub(super) profile: String,
    /// The day it tells of, in UTC.
    pub(super) day: String,
    pub(super) version: String,
    pub(super) files: Vec<Listed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) reference: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) what: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Reads to the end: bytes and their hash, handed on to `to`.
pub(super) fn digest(from: &mut dyn Read, to: &mut dyn Write) -> Result<(u64, String)> {
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        bytes += read as u64;
    }
    Ok((bytes, hex(&hash.finalize())))
}

/// The checksums as `sha256sum` takes them, which follow from the manifest: a changed manifest does not agree with them.
pub(super) fn sums(of_manifest: &str, manifest: &Manifest) -> String {
    let mut sums = format!("{of_manifest}  {MANIFEST}\n");
    for listed in &manifest.files {
        let _ = writeln!(sums, "{}  {}", listed.sha256, listed.name);
    }
    sums
}

/// Writes a pack.
pub(super) fn write(mut parts: Vec<Part>, mut manifest: Manifest, out: &Path, overwrite: bool) -> Result<(u32, u64, String)> {
    parts.sort_by(|one, other| one.name.cmp(&other.name));
    for part in &parts {
        let (bytes, sha256) = digest(&mut part.open()?, &mut std::io::sink())?;
        manifest.files.push(Listed { name: part.name.clone(), what: part.what.to_owned(), bytes, sha256 });
    }
    let told = Part::json(MANIFEST, "what this pack holds", &manifest);
    let (_, of_manifest) = digest(&mut told.open()?, &mut std::io::sink())?;
    let sums = Part::text(SUMS, "checksums for sha256sum", sums(&of_manifest, &manifest));
    let files = [&told, &sums].into_iter().chain(&parts).map(|part| Ok((part.name.as_str(), part.open()?)));
    let written = crate::zipped::write(files.collect::<Result<Vec<_>>>()?, out, overwrite)?;
    Ok((u32::try_from(parts.len() + 2).unwrap_or(u32::MAX), written.bytes, written.sha256))
}
