//! Keys of one folder in the folder of another program, which stays theirs.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keyring::{KEYRING_LIMIT, KeyOrigin, Keyring, read_bounded};
use super::store::{KeyStore, PUBLIC_RING, SECRET_RING, make_private, replace};
use super::{Certificate, Fingerprint, SecretKey};
use crate::error::Error;

/// What was written into the folder of another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lent {
    /// The public key, or what was new about it.
    pub public: bool,
    /// The secret key.
    pub secret: bool,
}

impl KeyStore {
    /// Puts a key of this folder into `theirs`, the secret part too when `secret` says so. The keys that are there stay
    /// byte for byte, also those that cannot be understood here; only when the other program has an older copy of this
    /// very key, its ring is written anew with what both copies say. A secret key that is there is left alone, since its
    /// passphrase may be another.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`] when the key (or its secret part) is not in this folder, [`Error::NoKeys`] when a ring of
    /// theirs cannot be read whole and would have to be, [`Error::File`] and [`Error::TooLarge`] about the files.
    pub fn lend(
        &self,
        fingerprint: &Fingerprint,
        theirs: &Self,
        secret: bool,
    ) -> Result<Lent, Error> {
        // Two of ours at once would lose one of two keys. The other program knows no lock.
        let _alone = self.alone()?;
        let own = self.public(KeyOrigin::Local)?;
        let certificate = own.get(fingerprint).ok_or(Error::NoSigningKey)?;
        let key = secret.then(|| self.secret()).transpose()?;
        let key = match &key {
            Some(keys) => {
                let mut keys = keys.iter();
                let found = keys.find(|key| key.fingerprint() == *fingerprint);
                Some(found.ok_or(Error::NoSigningKey)?)
            }
            None => None,
        };
        make_private(theirs.folder()).map_err(|source| Error::File {
            path: theirs.folder().to_owned(),
            source,
        })?;
        Ok(Lent {
            public: lend_public(&ring(theirs.folder(), PUBLIC_RING), certificate)?,
            secret: match key {
                Some(key) => lend_secret(&ring(theirs.folder(), SECRET_RING), key)?,
                None => false,
            },
        })
    }
}

fn lend_public(path: &Path, certificate: &Certificate) -> Result<bool, Error> {
    let kept = kept(path)?;
    // A ring of nothing but keys that are not understood cannot have this one.
    let ring = match Keyring::read(&kept, KeyOrigin::Local) {
        Err(Error::NoKeys) => Keyring::new(KeyOrigin::Local, Vec::new()),
        other => other?,
    };
    let Some(known) = ring.get(&certificate.fingerprint()) else {
        return append(path, kept, &certificate.to_bytes().map_err(Error::OpenPgp)?);
    };
    let merged = known.merged(certificate);
    if merged == *known {
        return Ok(false);
    }
    if ring.skipped() > 0 {
        return Err(Error::NoKeys);
    }
    let mut bytes = Vec::with_capacity(kept.len());
    for one in ring.certificates() {
        let one = if one == known { &merged } else { one };
        bytes.extend(one.to_bytes().map_err(Error::OpenPgp)?);
    }
    replace(path, &bytes)?;
    Ok(true)
}

fn lend_secret(path: &Path, key: &SecretKey) -> Result<bool, Error> {
    let kept = kept(path)?;
    let known = SecretKey::read(&kept).unwrap_or_default();
    if known
        .iter()
        .any(|known| known.fingerprint() == key.fingerprint())
    {
        return Ok(false);
    }
    append(path, kept, &key.to_bytes()?)
}

/// What a ring holds; nothing when there is none.
fn kept(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    match read_bounded(path, KEYRING_LIMIT) {
        Err(Error::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(Zeroizing::default())
        }
        other => other.map(Zeroizing::new),
    }
}

fn append(path: &Path, kept: Zeroizing<Vec<u8>>, key: &[u8]) -> Result<bool, Error> {
    // Set aside at once, so that growing leaves no copies of secret keys behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(kept.len() + key.len()));
    bytes.extend_from_slice(&kept);
    bytes.extend_from_slice(key);
    replace(path, &bytes)?;
    Ok(true)
}

/// Where a ring really is: people keep such files in other folders and link to them.
fn ring(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    path.canonicalize().unwrap_or(path)
}
