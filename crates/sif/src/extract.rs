//! Taking something out of an image into a new file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::Error;

/// How much is moved at a time, in bytes.
const CHUNK: usize = 256 << 10;

/// Writes all of `from` to the new file `target` and returns its length. Nothing is overwritten, and no part of a
/// file is left behind.
pub(crate) fn to_new_file(from: &mut impl Read, target: &Path) -> Result<u64, Error> {
    let mut file = create(target)?;
    let copied = copy(from, &mut file).and_then(|length| {
        file.sync_all().map_err(written)?;
        Ok(length)
    });
    if copied.is_err() {
        drop(file);
        // The first error is the one to report.
        let _ = std::fs::remove_file(target);
    }
    copied
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

fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<u64, Error> {
    let mut buffer = vec![0; CHUNK];
    let mut length = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(length),
            Ok(count) => {
                to.write_all(buffer.get(..count).unwrap_or_default())
                    .map_err(written)?;
                length += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read(error)),
        }
    }
}

fn written(source: io::Error) -> Error {
    Error::Write {
        what: "new file",
        source,
    }
}

/// An error of this crate that travelled through a reader is itself again.
fn read(error: io::Error) -> Error {
    error.downcast().unwrap_or_else(|source| Error::Read {
        what: "data to take out",
        source,
    })
}
