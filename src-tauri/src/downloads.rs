//! Files for the person: in their download folder, under names of ours. No path ever comes from a page.

use engine::Error;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager as _};

/// Files of one name before a person is asked to tidy up.
const MOST: u32 = 1_000;

/// The download folder, made when it is not there.
pub(crate) fn folder(app: &AppHandle) -> Result<PathBuf, Error> {
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir()).map_err(|error| Error::Internal(error.to_string()))?;
    std::fs::create_dir_all(&folder).map_err(|error| Error::File { doing: "making the download folder", kind: error.kind() })?;
    Ok(folder)
}

/// A path that is still free: nothing that lies there is written over.
pub(crate) fn free(folder: &Path, stem: &str, ending: &str) -> Result<PathBuf, Error> {
    let stem = plain(stem);
    let names = (1..=MOST).map(|n| if n == 1 { format!("{stem}.{ending}") } else { format!("{stem}-{n}.{ending}") });
    let free = names.map(|name| folder.join(name)).find(|path| !path.exists() && !path.with_added_extension("manifest.json").exists());
    free.ok_or_else(|| Error::BadRequest("There are a thousand files of this name in your download folder. Move some away.".into()))
}

/// A company's name as part of a file's: letters and digits, whatever else it holds.
fn plain(text: &str) -> String {
    let words: String = text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join("-");
    let short: String = joined.chars().take(60).collect();
    if short.is_empty() { "fairlead".into() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert_eq!(plain("../../etc/passwd"), "etc-passwd");
        assert_eq!(plain("Müller & Söhne Ltd. transactions"), "müller-söhne-ltd-transactions");
        assert_eq!(plain("\u{202e}/\0.."), "fairlead");
    }

    #[test]
    fn nothing_is_written_over() {
        let folder = std::env::temp_dir().join(format!("fairlead-downloads-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("folder");
        let first = free(&folder, "Acme", "csv").expect("free");
        std::fs::write(&first, "x").expect("written");
        let second = free(&folder, "Acme", "csv").expect("free");
        assert_eq!((first.file_name(), second.file_name()), (Some("acme.csv".as_ref()), Some("acme-2.csv".as_ref())));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
