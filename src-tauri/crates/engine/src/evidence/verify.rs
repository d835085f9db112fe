//! Whether a pack is what its manifest says. Needs no profile, no key and nothing of this computer but the file.

use super::pack::{MANIFEST, Manifest, SUMS, digest, sums};
use crate::error::{Error, Result};
use crate::view::EvidenceVerdict;
use domain::display::shown;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use zip::ZipArchive;

/// A manifest is small: whatever is larger is none.
const MOST: u64 = 4 << 20;

/// Looks through a pack.
///
/// # Errors
/// When the file cannot be read, or is no evidence pack.
pub fn verify_evidence(file: &Path) -> Result<EvidenceVerdict> {
    let opened = File::open(file).map_err(Error::file("opening the pack"))?;
    let no_pack = || Error::BadRequest("This is no evidence pack: a ZIP with a manifest of Fairlead.".into());
    let mut zip = ZipArchive::new(opened).map_err(|_| no_pack())?;
    let mut text = vec![];
    zip.by_name(MANIFEST).map_err(|_| no_pack())?.take(MOST).read_to_end(&mut text).map_err(|_| no_pack())?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| no_pack())?;
    let mut found: BTreeMap<String, Option<(u64, String)>> = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for at in 0..zip.len() {
        let name = zip.by_index_raw(at).ok().and_then(|part| Some(part.name().ok()?.into_owned())).unwrap_or_else(|| format!("entry {at}"));
        // What does not unpack, or fails its own check, is told by its name.
        let told = zip.by_index(at).ok().and_then(|mut part| digest(&mut part, &mut std::io::sink()).ok());
        if found.insert(name.clone(), told).is_some() {
            twice.insert(name);
        }
    }
    let mut differs: Vec<String> = twice.iter().map(|name| format!("{} is in the pack twice.", shown(name))).collect();
    let mut wanted: Vec<(&str, &str)> = manifest.files.iter().map(|listed| (listed.name.as_str(), listed.sha256.as_str())).collect();
    let of_sums = expected_sums(&text, &manifest);
    wanted.push((SUMS, &of_sums));
    for (name, sha256) in &wanted {
        match found.get(*name) {
            None => differs.push(format!("{} is missing.", shown(name))),
            Some(None) => differs.push(format!("{} cannot be unpacked: it was changed or damaged.", shown(name))),
            Some(Some((_, is))) if is != sha256 => differs.push(format!("{} differs from what the manifest says.", shown(name))),
            Some(Some(_)) => {}
        }
    }
    for name in found.keys().filter(|name| *name != MANIFEST && !wanted.iter().any(|(listed, _)| listed == name)) {
        differs.push(format!("{} is in the pack and not in the manifest.", shown(name)));
    }
    Ok(EvidenceVerdict {
        is_whole: differs.is_empty(),
        company: shown(&manifest.company.name),
        day: shown(&manifest.day),
        files: u32::try_from(manifest.files.len()).unwrap_or(u32::MAX),
        differs,
    })
}

/// The hash of the checksums that belong to this manifest.
fn expected_sums(text: &[u8], manifest: &Manifest) -> String {
    let of_manifest = digest(&mut &*text, &mut std::io::sink()).map(|(_, sha256)| sha256).unwrap_or_default();
    digest(&mut sums(&of_manifest, manifest).as_bytes(), &mut std::io::sink()).map(|(_, sha256)| sha256).unwrap_or_default()
}
