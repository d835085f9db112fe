//! A file that is not in its place yet. Written beside it, synced, then moved there: what breaks off leaves nothing under the final name.

use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

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
    /// Readable for this account alone: customers' transactions are not for everybody on this computer.
    pub(crate) fn beside(out: &Path) -> Result<Self> {
        let name = out.file_name().ok_or_else(|| Error::from(ErrorKind::InvalidFilename))?;
        let prefix = format!(".{}.", name.to_string_lossy());
        let file = tempfile::Builder::new().prefix(&prefix).suffix(".part").tempfile_in(folder(out))?;
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

    /// A small file, whole.
    pub(crate) fn small(out: &Path, content: &[u8]) -> Result<Self> {
        let mut place = Self::beside(out)?;
        place.file.write_all(content)?;
        place.file.as_file().sync_all()?;
        Ok(place)
    }
}

/// Nothing is begun that could not be put into its place.
///
/// # Errors
/// When it is taken and may not be written over; `what` says of what.
pub(crate) fn refuse_taken(is_taken: bool, overwrite: bool, what: &str) -> std::result::Result<(), crate::error::Error> {
    if is_taken && !overwrite {
        let why = format!("{what} of this name is there already. Choose another name, or say that it may be written over.");
        return Err(crate::error::Error::BadRequest(why));
    }
    Ok(())
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
