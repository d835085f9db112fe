//! Files for the person: in their download folder, under names of ours. No path ever comes from a page.

use engine::{Error, Going};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tauri::{AppHandle, Manager as _};

/// Files of one name before a person is asked to tidy up.
const MOST: u32 = 1_000;

/// The export under way, and where the last one lies.
#[derive(Default)]
pub(crate) struct Exports(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    going: Option<Going>,
    last: Option<PathBuf>,
}

/// The turn of an export; given back when it ends, however it does.
pub(crate) struct Turn<'e> {
    exports: &'e Exports,
    going: Going,
}

impl Turn<'_> {
    pub(crate) fn rows(&self) -> Going {
        self.going.clone()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.exports.kept().going = None;
    }
}

impl Exports {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One at a time: each of them is as fast as the disk.
    pub(crate) fn begin(&self) -> Result<Turn<'_>, Error> {
        let mut kept = self.kept();
        if kept.going.is_some() {
            return Err(Error::BadRequest(say::say!("An export is being written already. Wait for it, or end it.")));
        }
        let going = Going::default();
        kept.going = Some(going.clone());
        Ok(Turn { exports: self, going })
    }

    /// Rows that are written so far; none when nothing is under way.
    pub(crate) fn rows(&self) -> Option<u32> {
        self.kept().going.as_ref().map(Going::rows)
    }

    pub(crate) fn end(&self) {
        if let Some(going) = &self.kept().going {
            going.end();
        }
    }

    pub(crate) fn keep(&self, out: PathBuf) {
        self.kept().last = Some(out);
    }

    /// Asks the system's file manager. Only ever for a file of ours: no path comes from a page.
    pub(crate) async fn show(&self) -> Result<(), Error> {
        let last = self.kept().last.clone().ok_or(Error::NotFound("export"))?;
        if !last.exists() {
            return Err(Error::NotFound("export"));
        }
        let shown = tauri::async_runtime::spawn_blocking(move || tauri_plugin_opener::reveal_item_in_dir(&last)).await;
        match shown {
            Ok(Ok(())) => Ok(()),
            _ => Err(Error::BadRequest(say::say!("No file manager answered on this computer. The file is in your download folder."))),
        }
    }
}

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
    free.ok_or_else(|| Error::BadRequest(say::say!("There are a thousand files of this name in your download folder. Move some away.")))
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
    fn one_export_at_a_time_which_can_be_looked_at_and_ended() {
        let exports = Exports::default();
        assert_eq!(exports.rows(), None);
        let turn = exports.begin().expect("a turn");
        assert!(exports.begin().is_err() && exports.rows() == Some(0));
        drop(turn);
        assert!(exports.rows().is_none() && exports.begin().is_ok(), "however it ended");
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
