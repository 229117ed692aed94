//! A folder of keys, laid out as the command-line tools lay out theirs, so that either can use the other's.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keyring::{KEYRING_LIMIT, KeyOrigin, Keyring, read_bounded};
use super::{Certificate, Fingerprint, SecretKey};
use crate::error::Error;

/// The file of public keys in a folder of keys: binary, one key after the other.
pub const PUBLIC_RING: &str = "pgp-public";
/// The file of secret keys, in the same form.
pub const SECRET_RING: &str = "pgp-secret";

/// The file that is locked while a ring is changed: two changes at once would lose one of them.
const LOCK: &str = ".sifter-lock";

/// A folder with a ring of public and a ring of secret keys.
#[derive(Debug, Clone)]
pub struct KeyStore {
    folder: PathBuf,
}

impl KeyStore {
    /// The folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The public keys, those of the secret ones included; empty when there is no folder.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn public(&self, origin: KeyOrigin) -> Result<Keyring, Error> {
        let ring = Keyring::open_if_there(self.folder.join(PUBLIC_RING), origin.clone())?;
        let mut all = ring.certificates().to_vec();
        for key in self.secret()? {
            if !all
                .iter()
                .any(|certificate| certificate.fingerprint() == key.fingerprint())
            {
                all.push(key.certificate());
            }
        }
        Ok(Keyring::new(origin, all))
    }

    /// The secret keys; none when there is no folder.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::TooLarge`], [`Error::NoKeys`] about the file.
    pub fn secret(&self) -> Result<Vec<SecretKey>, Error> {
        match SecretKey::open(self.folder.join(SECRET_RING)) {
            Err(Error::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Vec::new())
            }
            // A ring from which the last key was removed.
            Err(Error::NoKeys) if self.is_empty(SECRET_RING)? => Ok(Vec::new()),
            other => other,
        }
    }

    /// Adds a public key, or what is new about one that is there: a revocation once known is never lost.
    ///
    /// # Errors
    /// [`Error::File`] and others about the files, [`Error::OpenPgp`].
    pub fn add(&self, certificate: &Certificate) -> Result<(), Error> {
        let _alone = self.alone()?;
        self.add_certificate(certificate)
    }

    fn add_certificate(&self, certificate: &Certificate) -> Result<(), Error> {
        let ring = Keyring::open_if_there(self.folder.join(PUBLIC_RING), KeyOrigin::Local)?;
        let mut all = ring.certificates().to_vec();
        match all
            .iter_mut()
            .find(|known| known.fingerprint() == certificate.fingerprint())
        {
            Some(known) => *known = known.merged(certificate),
            None => all.push(certificate.clone()),
        }
        self.write_public(&all)
    }

    /// Adds a secret key and its certificate, or replaces the secret key that is there.
    ///
    /// # Errors
    /// As [`KeyStore::add`].
    pub fn add_secret(&self, key: &SecretKey) -> Result<(), Error> {
        let _alone = self.alone()?;
        self.add_certificate(&key.certificate())?;
        let mut all = self.secret()?;
        match all
            .iter_mut()
            .find(|known| known.fingerprint() == key.fingerprint())
        {
            Some(known) => *known = key.clone(),
            None => all.push(key.clone()),
        }
        self.write_secret(&all)
    }

    /// Removes a key, the secret part of it too, and says whether there was one.
    ///
    /// # Errors
    /// As [`KeyStore::add`].
    pub fn remove(&self, fingerprint: &Fingerprint) -> Result<bool, Error> {
        let _alone = self.alone()?;
        let ring = Keyring::open_if_there(self.folder.join(PUBLIC_RING), KeyOrigin::Local)?;
        let (public, mut secret) = (ring.certificates(), self.secret()?);
        let before = public.len() + secret.len();
        let mut kept = public.to_vec();
        kept.retain(|certificate| certificate.fingerprint() != *fingerprint);
        let secrets = secret.len();
        secret.retain(|key| key.fingerprint() != *fingerprint);
        if kept.len() < public.len() {
            self.write_public(&kept)?;
        }
        if secret.len() < secrets {
            self.write_secret(&secret)?;
        }
        Ok(kept.len() + secret.len() < before)
    }

    /// Waits until nobody else of ours changes the folder, for as long as the answer lives.
    pub(super) fn alone(&self) -> Result<File, Error> {
        let path = self.folder.join(LOCK);
        let failed = |source| Error::File {
            path: path.clone(),
            source,
        };
        make_private(&self.folder).map_err(failed)?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let file = file.map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    fn is_empty(&self, ring: &str) -> Result<bool, Error> {
        Ok(read_bounded(&self.folder.join(ring), KEYRING_LIMIT)?.is_empty())
    }

    fn write_public(&self, all: &[Certificate]) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for certificate in all {
            bytes.extend(certificate.to_bytes().map_err(Error::OpenPgp)?);
        }
        replace(&self.folder.join(PUBLIC_RING), &bytes)
    }

    fn write_secret(&self, all: &[SecretKey]) -> Result<(), Error> {
        let keys = all
            .iter()
            .map(SecretKey::to_bytes)
            .collect::<Result<Vec<_>, _>>()?;
        let size = keys.iter().map(|key| key.len()).sum();
        // Set aside at once, so that growing leaves no copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        for key in &keys {
            bytes.extend_from_slice(key);
        }
        replace(&self.folder.join(SECRET_RING), &bytes)
    }
}

/// Replaces a ring whole: at no time is there half of one. Only the owner can read it.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    // The temporary file is created for its owner alone.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(unix)]
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
