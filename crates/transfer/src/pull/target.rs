//! Questions about the folder and the name before anything is fetched.

use std::fs::File;
use std::io;
use std::path::Path;

use super::{Pull, front};
use crate::error::{Failure, TransferError};
use crate::files::{blocking, disk_failure};
use crate::run::Stop;
use crate::view::Phase;

/// What lies under the final name.
pub(super) enum Existing {
    Nothing,
    /// A file with the very bytes that would be fetched.
    SameBytes,
    /// Another file, a link, or something that cannot be read.
    OtherBytes,
    /// A folder, which no policy replaces; another name beside it is fine.
    Folder,
}

/// Fails unless `folder` is there.
pub(super) async fn check_folder(folder: &Path) -> Result<(), Failure> {
    let path = folder.to_owned();
    match blocking(move || Ok(std::fs::metadata(path)?.is_dir())).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(TransferError::FolderMissing.into()),
        Err(error) => Err(disk_failure(&error)),
    }
}

/// Fails when the disk cannot hold `needed` bytes more and the margin.
pub(super) async fn check_space(folder: &Path, needed: u64, margin: u64) -> Result<(), Failure> {
    let path = folder.to_owned();
    // A system that cannot tell does not stop the download; writing will show.
    let Ok(available) = blocking(move || fs4::available_space(path)).await else {
        return Ok(());
    };
    if needed.saturating_add(margin) > available {
        return Err(TransferError::NotEnoughSpace { needed, available }.into());
    }
    Ok(())
}

/// Sorts an error of writing; a full disk says how much is missing.
pub(super) fn full_disk(error: &io::Error, folder: &Path, needed: u64) -> Failure {
    let mut failure = disk_failure(error);
    if matches!(failure.error, TransferError::NotEnoughSpace { .. }) {
        let available = fs4::available_space(folder).unwrap_or(0);
        failure.error = TransferError::NotEnoughSpace { needed, available };
    }
    failure
}

/// Compares what lies at `path` with the promised bytes.
pub(super) async fn compare(pull: &Pull<'_>, path: &Path) -> Result<Existing, Stop> {
    let (path, size) = (path.to_owned(), pull.size);
    let opened = blocking(move || {
        let metadata = match std::fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(Existing::Nothing));
            }
            Err(error) => return Err(error),
        };
        if metadata.is_dir() {
            return Ok(Err(Existing::Folder));
        }
        if !metadata.is_file() || metadata.len() != size {
            return Ok(Err(Existing::OtherBytes));
        }
        Ok(File::open(&path).map_err(|_| Existing::OtherBytes))
    });
    let file = match opened.await.map_err(|error| disk_failure(&error))? {
        Ok(file) => file,
        Err(existing) => return Ok(existing),
    };
    pull.run.live.enter(Phase::Hashing);
    let mut front = front::Front::new(file.into());
    while front.hashed() < pull.size {
        match front.advance(pull.size).await {
            Ok(advanced) => front = advanced,
            Err(_) => return Ok(Existing::OtherBytes),
        }
        let hashed = front.hashed();
        pull.run.live.change(|state| state.bytes_done = hashed);
    }
    pull.run.live.change(|state| state.bytes_done = 0);
    pull.run.live.enter(Phase::Downloading);
    let same = front.finish() == pull.digest;
    Ok(if same {
        Existing::SameBytes
    } else {
        Existing::OtherBytes
    })
}
