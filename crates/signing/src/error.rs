//! What can go wrong with keys and files, one variant per thing a caller can act on.

use std::io;
use std::path::PathBuf;

/// Why keys could not be read or used, or an image could not be signed or verified at all. That a signature
/// is not valid is no error but a finding; see [`crate::Report`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("cannot use the file {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file is larger than any of its kind.
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// There is no OpenPGP key in what should hold some.
    #[error("no OpenPGP key found")]
    NoKeys,
    /// A PEM file holds no key of a kind that signs.
    #[error(transparent)]
    Pem(#[from] crate::dsse::InvalidKey),
    /// The image cannot be read or changed.
    #[error(transparent)]
    Image(#[from] sifter_sif::Error),
    /// The work was stopped.
    #[error("stopped")]
    Stopped,
}
