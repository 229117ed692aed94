//! Positioned writes to the file of an image.

use std::fs::File;
use std::io::{self, Read};

use crate::error::Error;

/// How much data is moved at a time, in bytes.
const CHUNK: usize = 256 << 10;

/// Writes `data` at `offset`.
pub(crate) fn write_at(
    file: &File,
    offset: i64,
    data: &[u8],
    what: &'static str,
) -> Result<(), Error> {
    let offset = u64::try_from(offset).map_err(|_| Error::OffsetOutOfRange)?;
    write_all_at(file, data, offset).map_err(|source| Error::Write { what, source })
}

/// Copies all of `data` to `offset` and returns its length. When that fails, what it added to the
/// file of `len` bytes is cut off again.
pub(crate) fn copy_at(
    file: &File,
    offset: i64,
    mut data: impl Read,
    len: u64,
) -> Result<i64, Error> {
    let mut buffer = vec![0; CHUNK];
    let mut end = offset;
    let outcome = loop {
        match data.read(&mut buffer) {
            Ok(0) => break Ok(end - offset),
            Ok(count) => {
                let chunk = buffer.get(..count).unwrap_or(&buffer);
                if let Err(error) = write_at(file, end, chunk, "data of the new object") {
                    break Err(error);
                }
                let Some(next) = end.checked_add(chunk.len() as i64) else {
                    break Err(Error::OffsetOutOfRange);
                };
                end = next;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(Error::Input(error)),
        }
    };
    if outcome.is_err() && file.metadata().is_ok_and(|metadata| metadata.len() > len) {
        // The objects are intact either way: what follows the last one belongs to nobody.
        let _ = file.set_len(len);
    }
    outcome
}

#[cfg(unix)]
pub(crate) fn write_all_at(file: &File, data: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, data, offset)
}

#[cfg(windows)]
pub(crate) fn write_all_at(file: &File, mut data: &[u8], mut offset: u64) -> io::Result<()> {
    while !data.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, data, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                data = data.get(count..).unwrap_or_default();
                offset = offset.saturating_add(count as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
