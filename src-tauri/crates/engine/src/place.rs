//! A file that is not in its place yet. Written beside it, synced, then moved there: what breaks off leaves nothing under the final name.

use say::say;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// How what is not in its place yet ends.
const PART: &str = ".part";
/// Younger than this, a file that nobody holds may just be being made.
const JUST_MADE: Duration = Duration::from_secs(60);

/// Dropped before it is in its place, it is gone.
pub(crate) struct Place {
    out: PathBuf,
    file: NamedTempFile,
}

/// What lies there in the end.
pub(crate) struct Written {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Place {
    /// For what takes long to write: it begins with taking away what a killed program left of the same file.
    pub(crate) fn beside(out: &Path) -> Result<Self> {
        clear_left(folder(out), &prefix(out)?);
        Self::begun(out)
    }

    /// Readable for this account alone: customers' transactions are not for everybody on this computer.
    fn begun(out: &Path) -> Result<Self> {
        let file = tempfile::Builder::new().prefix(&prefix(out)?).suffix(PART).tempfile_in(folder(out))?;
        // Where files cannot be held, none is ever cleared either.
        let _ = file.as_file().try_lock();
        Ok(Self { out: out.to_owned(), file })
    }

    pub(crate) fn handle(&self) -> Result<File> {
        self.file.as_file().try_clone()
    }

    /// To the disk, and back from it: the hash is that of what can be read again.
    pub(crate) fn settle(&self) -> Result<Written> {
        self.file.as_file().sync_all()?;
        let mut hash = Sha256::new();
        let bytes = std::io::copy(&mut self.file.reopen()?, &mut hash)?;
        Ok(Written { bytes, sha256: hex(&hash.finalize()) })
    }

    /// Nothing of this name is lost unless it may be.
    pub(crate) fn put(self, overwrite: bool) -> Result<()> {
        let put = if overwrite { self.file.persist(&self.out) } else { self.file.persist_noclobber(&self.out) };
        put.map_err(|error| error.error)?;
        #[cfg(unix)]
        File::open(folder(&self.out))?.sync_all()?;
        Ok(())
    }

    /// A small file, whole. Thousands may be written into one folder, so nobody looks through it for each.
    pub(crate) fn small(out: &Path, content: &[u8]) -> Result<Self> {
        let mut place = Self::begun(out)?;
        place.file.write_all(content)?;
        place.file.as_file().sync_all()?;
        Ok(place)
    }
}

/// How the name of a file that is not in its place yet begins.
fn prefix(out: &Path) -> Result<String> {
    let name = out.file_name().ok_or_else(|| Error::from(ErrorKind::InvalidFilename))?;
    Ok(format!(".{}.", name.to_string_lossy()))
}

/// Takes away what a killed program left of the same file: it holds what its reader may no longer have. Whoever still writes holds their file.
fn clear_left(folder: &Path, prefix: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().and_then(|name| name.strip_prefix(prefix)?.strip_suffix(PART)).is_some_and(|dice| !dice.contains('.'));
        let is_left = |file: &File| {
            let age = file.metadata().and_then(|found| found.modified()).ok().and_then(|made| made.elapsed().ok());
            age.is_some_and(|age| age > JUST_MADE) && file.try_lock().is_ok()
        };
        if is_ours && File::open(entry.path()).is_ok_and(|file| is_left(&file)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Nothing is begun that could not be put into its place.
///
/// # Errors
/// When it is taken and may not be written over; `what` says of what.
pub(crate) fn refuse_taken(is_taken: bool, overwrite: bool, what: &str) -> std::result::Result<(), crate::error::Error> {
    if is_taken && !overwrite {
        let why = say!("{what} of this name is there already. Choose another name, or say that it may be written over.", what);
        return Err(crate::error::Error::BadRequest(why));
    }
    Ok(())
}

/// A turn that one copy of the program has at a time, and that ends with the file; none when another has it.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn turn_on(path: &Path) -> Result<Option<File>> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Two digits a byte, as `sha256sum` writes them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a small file over what lies there, all or nothing: a crash leaves the old file or the new one, for this account alone. Several programs at
/// once do not meet in the file that is written first.
///
/// # Errors
/// When the disk refuses.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    Place::small(path, bytes)?.put(true)
}

pub(crate) fn folder(out: &Path) -> &Path {
    out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder for what is not for everybody on this computer.
pub(crate) fn own_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_a_killed_program_left_is_cleared_by_the_next_and_what_another_writes_is_not() {
        let folder = tempfile::tempdir().expect("folder");
        let out = folder.path().join("rows.csv");
        let an_hour_ago = SystemTime::now() - Duration::from_secs(3_600);
        let lay = |name: &str, made: SystemTime| {
            let file = File::create(folder.path().join(name)).expect("made");
            file.set_modified(made).expect("dated");
            file
        };
        lay(".rows.csv.abc123.part", an_hour_ago);
        lay(".other.csv.abc123.part", an_hour_ago);
        lay(".rows.csv.new123.part", SystemTime::now());
        let held = lay(".rows.csv.held12.part", an_hour_ago);
        held.try_lock().expect("held");
        let mine = Place::beside(&out).expect("begun");
        let there = |name: &str| folder.path().join(name).exists();
        assert!(!there(".rows.csv.abc123.part"), "nobody writes it any more");
        assert!(there(".rows.csv.held12.part") && there(".rows.csv.new123.part") && there(".other.csv.abc123.part"));
        mine.file.as_file().set_modified(an_hour_ago).expect("dated");
        let second = Place::beside(&out).expect("begun");
        assert!(mine.file.path().exists(), "two who export at once leave each other alone");
        second.put(false).expect("put");
        mine.put(true).expect("put");
        assert!(out.exists());
    }
}
