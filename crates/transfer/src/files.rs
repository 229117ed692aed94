//! Files as the engine uses them: read and written at offsets, identified, put in place.

mod clone;
mod part_file;
mod place;
mod positioned;
mod quarantine;
mod source;

use std::io;

pub(crate) use clone::clone_file;
pub(crate) use part_file::PartFile;
pub(crate) use place::{copies, open_permissions, place, sync_folder};
pub(crate) use positioned::{read_at, write_all_at};
pub(crate) use quarantine::quarantine;
pub(crate) use source::Source;

use crate::error::{Failure, TransferError};

/// Sorts an error of the system while writing below the download folder.
pub(crate) fn disk_failure(error: &io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            TransferError::NotEnoughSpace {
                needed: 0,
                available: 0,
            }
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            TransferError::FolderNotWritable
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => TransferError::FolderMissing,
        _ => TransferError::Disk,
    };
    Failure::new(kind, error)
}

/// Runs blocking work on files away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}
