//! What can go wrong below HTTP: the disk, the database, the address.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::file::ConfigFault;

/// A failure of the library itself, as opposed to a request it refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be bound; usually another program has it.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process serves this data folder.
    #[error("the library in {} is already being served", .0.display())]
    AlreadyServed(PathBuf),
    /// A file or folder of the library cannot be used.
    #[error("cannot use {}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database refused.
    #[error("the library database failed")]
    Database(#[from] rusqlite::Error),
    /// The database was made by a newer version of this program.
    #[error("the library database has schema {found}, this program knows up to {known}")]
    NewerSchema {
        /// Version found in the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// The database thread has ended; the library is stopping.
    #[error("the library is stopping")]
    Stopping,
    /// The object store refused.
    #[error("the object store failed")]
    Store(#[from] object_store::Error),
    /// Something in the database is not what this program writes.
    #[error("the library database holds an unreadable {0}")]
    Corrupt(&'static str),
    /// The owner's login name holds no letter or digit to make an entity name of.
    #[error("no entity name can be made of this login name")]
    OwnerName,
    /// `library.toml` says something that cannot be.
    #[error("cannot use {}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        fault: ConfigFault,
    },
    /// Identity providers send browsers back to a fixed address, which is not known.
    #[error("identity providers need a public_url, or a library that listens on this machine only")]
    NoPublicUrl,
    /// The system's random number source failed.
    #[error("no random numbers from the operating system")]
    Random,
}

impl Error {
    /// Wraps an I/O failure with the path it happened on.
    pub(crate) fn disk(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk { path, source }
    }
}
