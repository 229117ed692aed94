//! What can go wrong with keys and files, one variant per thing a caller can act on.

use std::io;
use std::path::PathBuf;

use crate::failure::{Failure, NotValid};

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
    /// A passphrase is needed to use the key.
    #[error("the key is protected by a passphrase")]
    PassphraseNeeded,
    /// The passphrase does not open the key.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// A signature by the key would not be believed.
    #[error("the key cannot sign")]
    NotUsable(#[source] NotValid),
    /// The name for a new key is empty, too long, or has control characters.
    #[error("not a name for a key")]
    Name,
    /// The end of a key would lie before its beginning, or after 2106.
    #[error("not an end for the key")]
    Expiry,
    /// The key has no name that could carry the statement.
    #[error("the key has no name")]
    NoName,
    /// What should be a revocation of the key is none.
    #[error("not a revocation of this key")]
    Revocation,
    /// The OpenPGP library refused.
    #[error("the OpenPGP key cannot be used")]
    OpenPgp(#[source] pgp::errors::Error),
    /// What was to be signed is not there, or cannot be signed.
    #[error(transparent)]
    Selection(#[from] Failure),
    /// No key to sign with was given.
    #[error("no key to sign with")]
    NoSigningKey,
    /// The metadata could not be written.
    #[error("cannot write the integrity metadata")]
    Metadata(#[source] serde_json::Error),
    /// The image cannot be read or changed.
    #[error(transparent)]
    Image(#[from] sifter_sif::Error),
    /// The work was stopped.
    #[error("stopped")]
    Stopped,
}
