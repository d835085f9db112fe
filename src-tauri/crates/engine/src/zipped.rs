//! A ZIP whose bytes follow from what is in it alone: no time of day, no order of a disk and no computer's name.

use crate::place::{Place, Written};
use std::io::{Read, Result};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Writes these files, in their order, beside `out` and moves them into place whole.
pub(crate) fn write<'f>(files: impl IntoIterator<Item = (&'f str, Box<dyn Read + 'f>)>, out: &Path, overwrite: bool) -> Result<Written> {
    let place = Place::beside(out)?;
    let mut zip = ZipWriter::new(place.handle()?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600)
        .large_file(false);
    for (name, mut content) in files {
        zip.start_file(name, options).map_err(std::io::Error::other)?;
        std::io::copy(&mut content, &mut zip)?;
    }
    zip.finish().map_err(std::io::Error::other)?;
    let written = place.settle()?;
    place.put(overwrite)?;
    Ok(written)
}
