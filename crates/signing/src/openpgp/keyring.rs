//! Where keys come from: keyring files, and anything else that can be asked for a key.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::packets::{self, Found};
use super::{Certificate, Fingerprint, Issuer};
use crate::error::Error;

/// The largest keyring read, in bytes. A key has a few kilobytes; a ring of thousands fits.
pub const KEYRING_LIMIT: u64 = 64 << 20;

/// Where a key was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyOrigin {
    /// In a file given for this one verification.
    Given,
    /// In the keyring of the machine's administrator.
    Global,
    /// In the person's own keyring.
    Local,
    /// On a key server, by its address.
    Server(String),
}

impl fmt::Display for KeyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "the given keyring",
            Self::Global => "the global keyring",
            Self::Local => "the local keyring",
            Self::Server(address) => address,
        })
    }
}

/// A source that could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{origin} could not be asked")]
pub struct Unavailable {
    /// Which one.
    pub origin: KeyOrigin,
    /// Why.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Anything that can be asked for the key behind a signature: a keyring, or a client of a key server that
/// the caller brings along. It is asked from the thread that verifies.
pub trait KeySource: Send + Sync {
    /// Where its keys come from.
    fn origin(&self) -> KeyOrigin;

    /// The certificates whose primary key or subkey is the one `issuer` names; none when it has none.
    ///
    /// # Errors
    /// [`Unavailable`] when it cannot tell.
    fn find(&self, issuer: &Issuer) -> Result<Vec<Certificate>, Unavailable>;
}

/// Certificates from one place, in their order.
#[derive(Debug, Clone)]
pub struct Keyring {
    origin: KeyOrigin,
    certificates: Vec<Certificate>,
    skipped: usize,
}

impl Keyring {
    /// A keyring of these certificates.
    pub fn new(origin: KeyOrigin, certificates: Vec<Certificate>) -> Self {
        Self {
            origin,
            certificates,
            skipped: 0,
        }
    }

    /// Reads a keyring: binary as the command-line tools keep it, or armored, any number of blocks. Of
    /// secret keys the public part is taken. Keys that cannot be understood are skipped.
    ///
    /// # Errors
    /// [`Error::NoKeys`] when there are bytes, but no key among them.
    pub fn read(bytes: &[u8], origin: KeyOrigin) -> Result<Self, Error> {
        let (found, skipped) = packets::keys(bytes);
        if found.is_empty() && !bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::NoKeys);
        }
        let certificates = found.into_iter().map(|key| match key {
            Found::Public(key) => Certificate::new(*key),
            Found::Secret(key) => Certificate::new(key.to_public_key()),
        });
        Ok(Self {
            origin,
            certificates: certificates.collect(),
            skipped,
        })
    }

    /// Reads the keyring file at `path`.
    ///
    /// # Errors
    /// [`Error::File`] and [`Error::TooLarge`] about the file, else as [`Keyring::read`].
    pub fn open(path: impl AsRef<Path>, origin: KeyOrigin) -> Result<Self, Error> {
        Self::read(&read_bounded(path.as_ref(), KEYRING_LIMIT)?, origin)
    }

    /// As [`Keyring::open`], where a missing file is an empty keyring.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn open_if_there(path: impl AsRef<Path>, origin: KeyOrigin) -> Result<Self, Error> {
        match Self::open(path, origin.clone()) {
            Err(Error::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::new(origin, Vec::new()))
            }
            other => other,
        }
    }

    /// The certificates, in their order.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// How many keys were skipped because they could not be understood.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// The certificate with this fingerprint.
    pub fn get(&self, fingerprint: &Fingerprint) -> Option<&Certificate> {
        let mut certificates = self.certificates.iter();
        certificates.find(|certificate| certificate.fingerprint() == *fingerprint)
    }
}

impl KeySource for Keyring {
    fn origin(&self) -> KeyOrigin {
        self.origin.clone()
    }

    fn find(&self, issuer: &Issuer) -> Result<Vec<Certificate>, Unavailable> {
        let named = self
            .certificates
            .iter()
            .filter(|certificate| certificate.is_issuer(issuer));
        Ok(named.cloned().collect())
    }
}

/// Reads a file of keys or certificates, of at most `limit` bytes. The copy is wiped when it is dropped.
///
/// # Errors
/// [`Error::File`], [`Error::TooLarge`].
pub fn read_file(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    read_bounded(path, limit).map(Zeroizing::new)
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::File {
        path: PathBuf::from(path),
        source,
    };
    // Asked before opening: opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(failed(std::io::ErrorKind::InvalidInput.into()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > limit) {
        return Err(Error::TooLarge {
            path: PathBuf::from(path),
            limit,
        });
    }
    Ok(bytes)
}
