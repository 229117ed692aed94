//! Taking something out of an image into a new file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::Error;

/// How much is moved at a time, in bytes.
const CHUNK: usize = 256 << 10;

/// Lets `fill` write the new file `target`, and returns what it returns, the length. Nothing is overwritten, and no
/// part of a file is left behind.
pub(crate) fn to_new_file(
    target: &Path,
    fill: impl FnOnce(&mut File) -> Result<u64, Error>,
) -> Result<u64, Error> {
    let mut file = create(target)?;
    let filled = fill(&mut file).and_then(|length| {
        file.sync_all().map_err(unwritable)?;
        Ok(length)
    });
    if filled.is_err() {
        drop(file);
        // The first error is the one to report.
        let _ = std::fs::remove_file(target);
    }
    filled
}

fn create(target: &Path) -> Result<File, Error> {
    let created = OpenOptions::new().write(true).create_new(true).open(target);
    created.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists {
            path: target.to_owned(),
        },
        _ => Error::Open {
            path: target.to_owned(),
            source,
        },
    })
}

/// Writes all of `from` and returns how much that was.
pub(crate) fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<u64, Error> {
    let mut buffer = vec![0; CHUNK];
    let mut length = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(length),
            Ok(count) => {
                to.write_all(buffer.get(..count).unwrap_or_default())
                    .map_err(unwritable)?;
                length += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
}

/// The new file could not be written.
pub(crate) fn unwritable(source: io::Error) -> Error {
    Error::Write {
        what: "new file",
        source,
    }
}

fn unreadable(source: io::Error) -> Error {
    Error::Read {
        what: "data to take out",
        source,
    }
}
