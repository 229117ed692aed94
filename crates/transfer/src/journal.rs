//! The journal: what survives a crash.
//!
//! One SQLite file, `transfers.db`, in WAL mode with full synchronisation: when a call returns, what
//! it wrote is on disk. Calls block; async code reaches them through a blocking thread.

mod abandoned;
mod hashes;
mod parts;
mod record;
mod schema;
mod transfers;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::Error;

pub(crate) use abandoned::AbandonedUpload;
pub(crate) use hashes::FileHashes;
pub(crate) use record::{
    Checkpoint, PartFileIdentity, PullWork, PushStage, PushWork, Record, Request, SourceIdentity,
    Status, Times, Work,
};

/// A handle to the open journal.
#[derive(Clone)]
pub(crate) struct Journal {
    connection: Arc<Mutex<Connection>>,
    /// Held as long as any handle lives: two engines on one journal would send parts twice.
    _lock: Arc<File>,
}

impl Journal {
    /// Opens or creates the journal in `folder`. Blocks.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let unusable = |source| Error::DataFolder {
            folder: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("transfers.lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::InUse {
                    folder: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let mut connection = Connection::open(folder.join("transfers.db"))?;
        schema::prepare(&mut connection)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            _lock: Arc::new(lock),
        })
    }

    /// The connection. A panic elsewhere cannot leave a transaction half done, so a poisoned lock
    /// is as good as any.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Self::Journal(source)
    }
}
