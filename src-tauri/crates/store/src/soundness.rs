//! Whether the file is whole.

use crate::error::{StoreError, StoreProblem};
use crate::guard::Stop;
use crate::open::Store;
use std::time::Duration;

/// How a look through the database came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soundness {
    /// Every page was read and proved whole.
    Sound,
    /// What was read in the time is whole.
    SoFar,
    /// A page is not what was written, or the pages do not fit together.
    Damaged,
}

impl Store {
    /// Reads every page, which proves its authentication code, and how they hang together; stops after this long. Changes nothing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn soundness(&self, within: Duration) -> Result<Soundness, StoreError> {
        let verdict = self.read_for("looking through the database", Some(within), &Stop::default(), |conn| {
            conn.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
        });
        match verdict {
            Ok(verdict) if verdict == "ok" => Ok(Soundness::Sound),
            Ok(_) => Ok(Soundness::Damaged),
            Err(error) => match error.problem {
                StoreProblem::Damaged => Ok(Soundness::Damaged),
                StoreProblem::TooSlow => Ok(Soundness::SoFar),
                _ => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::DbKey;
    use std::io::{Seek as _, SeekFrom, Write as _};

    #[test]
    fn one_changed_byte_anywhere_in_the_file_is_found() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("data.db");
        let key = DbKey::from_bytes(&[7; 32]).expect("32 bytes");
        let store = Store::create(&path, &key).expect("made");
        for number in 0..2_000 {
            store.set_fact(&format!("fact {number}"), &"x".repeat(200)).expect("kept");
        }
        assert_eq!(store.soundness(Duration::from_secs(60)).expect("read"), Soundness::Sound);
        drop(store);
        let length = std::fs::metadata(&path).expect("there").len();
        // In the page that came last, which opening does not read.
        let place = length - 5_000;
        let mut file = std::fs::OpenOptions::new().read(true).write(true).open(&path).expect("opened");
        file.seek(SeekFrom::Start(place)).expect("there");
        let mut byte = [0];
        std::io::Read::read_exact(&mut file, &mut byte).expect("read");
        file.seek(SeekFrom::Start(place)).expect("there");
        file.write_all(&[byte[0] ^ 1]).expect("changed");
        drop(file);
        let store = Store::open(&path, &key).expect("its first page is whole");
        assert_eq!(store.soundness(Duration::from_secs(60)).expect("read"), Soundness::Damaged);
        assert_eq!(std::fs::metadata(&path).expect("there").len(), length, "it was left as it is");
    }
}
