//! Where the budget of a profile is kept for the copies of the program on this computer: in its store. Each of them holds a file of its own for
//! as long as it runs, so that what one of them took before it was killed does not stand in the way of the others.

use crate::place::turn_on;
use crate::ports::{BudgetChange, BudgetPlace, Wait};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::Store;

/// What a copy took has run out by then; its file says nothing any more.
const LONG_GONE: Duration = Duration::from_secs(3_600);

/// The store, and the folder in which the copies hold their files.
pub(crate) struct OnThisComputer {
    store: Store,
    folder: PathBuf,
    own: Mutex<Option<(PathBuf, File)>>,
}

impl OnThisComputer {
    pub(crate) fn new(store: Store, folder: &Path) -> Self {
        Self { store, folder: folder.to_path_buf(), own: Mutex::default() }
    }

    fn file_of(&self, holder: u64) -> PathBuf {
        self.folder.join(format!("{PREFIX}{holder:016x}{ENDING}"))
    }

    fn clear_long_gone(&self) {
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_a_copys = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(ENDING));
            let age = || entry.metadata().and_then(|found| found.modified()).ok()?.elapsed().ok();
            if is_a_copys && age().is_some_and(|age| age > LONG_GONE) {
                clear_if_gone(&entry.path());
            }
        }
    }
}

const PREFIX: &str = "copy-";
const ENDING: &str = ".lock";

/// True when nobody holds the file any more. One that is not there says nothing.
fn clear_if_gone(path: &Path) -> bool {
    let is_gone = File::open(path).is_ok_and(|file| file.try_lock().is_ok());
    if is_gone {
        let _ = std::fs::remove_file(path);
    }
    is_gone
}

impl BudgetPlace for OnThisComputer {
    fn read(&self) -> Wait<'_, Result<Option<String>, String>> {
        let store = self.store.clone();
        Box::pin(where_blocking_is_allowed(move || store.budget()))
    }

    fn change(&self, change: BudgetChange) -> Wait<'_, Result<(), String>> {
        let store = self.store.clone();
        Box::pin(where_blocking_is_allowed(move || store.change_budget(change)))
    }

    fn may_go_on_alone(&self) -> bool {
        true
    }

    fn arrive(&self, holder: u64) {
        self.clear_long_gone();
        let path = self.file_of(holder);
        match turn_on(&path) {
            Ok(Some(file)) => *self.own.lock().unwrap_or_else(PoisonError::into_inner) = Some((path, file)),
            // Then this copy counts as running until what it took runs out.
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "other copies cannot be told that this one runs"),
        }
    }

    fn gone(&self, holders: &[u64]) -> Vec<u64> {
        holders.iter().copied().filter(|holder| clear_if_gone(&self.file_of(*holder))).collect()
    }
}

impl Drop for OnThisComputer {
    fn drop(&mut self) {
        if let Some((path, file)) = self.own.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = std::fs::remove_file(path);
            drop(file);
        }
    }
}

async fn where_blocking_is_allowed<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, store::StoreError> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::DbKey;

    fn copy(folder: &Path, name: &str) -> OnThisComputer {
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        OnThisComputer::new(Store::create(&folder.join(name), &key).expect("a database"), folder)
    }

    #[test]
    fn who_left_a_file_that_nobody_holds_is_gone_and_nobody_else_is() {
        let folder = tempfile::tempdir().expect("folder");
        let (here, asking) = (copy(folder.path(), "one.db"), copy(folder.path(), "two.db"));
        here.arrive(1);
        File::create(asking.file_of(2)).expect("what a killed copy leaves");
        assert_eq!(asking.gone(&[1, 2, 3]), [2], "of who left no file nothing is known");
        assert!(!asking.file_of(2).exists() && asking.file_of(1).exists());
        drop(here);
        assert!(!asking.file_of(1).exists(), "who ends in order says so by the budget itself, and leaves nothing");
    }
}
