//! Looking after the person's keys: list, make, import, export, take back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use sifter_contract::{KeyPlace, KeyTrust, KeyView, UiError};
use sifter_library_client::Http;
use sifter_signing::Error;
use sifter_signing::openpgp::{
    Certificate, Fingerprint, KEYRING_LIMIT, KeyAlgorithm, KeyOrigin, Keyring, NewKey,
    RevocationReason, SecretKey, Time,
};

use super::places::Places;
use super::{Signatures, apart, shown, views};
use crate::errors;

/// What a new key is to be.
#[derive(Debug, Default)]
pub struct NewKeyRequest {
    /// Its name, usually `Name <address>`.
    pub name: String,
    /// RSA with 4096 bits instead of Ed25519.
    pub rsa: bool,
    /// In how many days it is to end, if it is to.
    pub days: Option<u32>,
    /// What protects it.
    pub passphrase: Option<SecretString>,
}

/// What an import has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// The keys, as they are kept now.
    pub keys: Vec<KeyView>,
    /// How many of them came with their secret part.
    pub secret: usize,
}

/// The person's keys.
#[derive(Debug, Clone)]
pub struct KeyDesk {
    signatures: Signatures,
}

impl KeyDesk {
    pub(super) fn new(signatures: Signatures) -> Self {
        Self { signatures }
    }

    pub(super) fn signatures(&self) -> &Signatures {
        &self.signatures
    }

    /// How key servers are reached.
    pub(super) fn http(&self) -> &Http {
        &self.signatures.http
    }

    pub(super) fn places(&self) -> &Arc<Places> {
        &self.signatures.places
    }

    /// Sifter's own keys, then those of the command-line tools that are not among them.
    ///
    /// # Errors
    /// `key_unusable` or `storage_failed` when Sifter's own keys cannot be read.
    pub async fn list(&self) -> Result<Vec<KeyView>, UiError> {
        let places = Arc::clone(self.places());
        apart(move |_| list(&places)).await
    }

    /// Makes a key and keeps it among Sifter's own.
    ///
    /// # Errors
    /// `key_unusable` about the name or the end, `storage_failed`.
    pub async fn generate(&self, request: NewKeyRequest) -> Result<KeyView, UiError> {
        let places = Arc::clone(self.places());
        apart(move |_| {
            let created = Time::now();
            let days = |days: u32| {
                Time(
                    created
                        .0
                        .saturating_add(i64::from(days).saturating_mul(86_400)),
                )
            };
            let new = NewKey {
                name: request.name.clone(),
                algorithm: if request.rsa {
                    KeyAlgorithm::Rsa4096
                } else {
                    KeyAlgorithm::Ed25519
                },
                expires: request.days.map(days),
                created,
            };
            let failed = |error: Error| errors::signing(&error, &request.name);
            let key = SecretKey::generate(&new, request.passphrase.as_ref()).map_err(failed)?;
            places.own.add_secret(&key).map_err(failed)?;
            Ok(views::key(
                &key.certificate(),
                KeyPlace::Sifter,
                Some(key.is_protected()),
            ))
        })
        .await
    }

    /// Takes over the keys in a file: public and secret ones, and a revocation of a key that is there.
    ///
    /// # Errors
    /// `key_unusable` when there is none, and those of reading the file.
    pub async fn import(&self, path: &Path) -> Result<ImportReport, UiError> {
        self.take_over(path, KeyTrust::Trusted).await
    }

    /// Takes over the keys in a file, those of others only as met: a file says nothing of who has made it.
    ///
    /// # Errors
    /// As [`KeyDesk::import`].
    pub async fn import_as_met(&self, path: &Path) -> Result<ImportReport, UiError> {
        self.take_over(path, KeyTrust::Met).await
    }

    async fn take_over(&self, path: &Path, trust: KeyTrust) -> Result<ImportReport, UiError> {
        let places = Arc::clone(self.places());
        let path: PathBuf = path.to_owned();
        apart(move |_| import(&places, &path, trust)).await
    }

    /// A key as text: the public part to publish, or the secret one for a backup, as well protected as the key is.
    ///
    /// # Errors
    /// `key_unusable` when there is no such key.
    pub async fn export(&self, fingerprint: &str, secret: bool) -> Result<SecretString, UiError> {
        let places = Arc::clone(self.places());
        let named = fingerprint.to_owned();
        apart(move |_| {
            let failed = |error: Error| errors::signing(&error, &named);
            let fingerprint = parse(&named)?;
            if secret {
                let (_, key) = secret_key(&places, &fingerprint)?;
                return key.to_armor().map_err(failed);
            }
            let certificate = certificate(&places, &fingerprint)?;
            certificate
                .to_armor()
                .map(SecretString::from)
                .map_err(|error| failed(Error::OpenPgp(error)))
        })
        .await
    }

    /// Takes a key back and returns the text that says so, to be published.
    ///
    /// # Errors
    /// `key_unusable` when the secret part is not there, `passphrase_needed`, `passphrase_wrong`.
    pub async fn revoke(
        &self,
        fingerprint: &str,
        reason: RevocationReason,
        passphrase: Option<SecretString>,
    ) -> Result<String, UiError> {
        self.change(fingerprint, move |key| {
            let now = Time::now();
            key.revoke(reason, passphrase.as_ref(), now)?;
            key.revocation(reason, passphrase.as_ref(), now)
        })
        .await
    }

    /// Gives a key another end, in `days` from now, or none.
    ///
    /// # Errors
    /// As [`KeyDesk::revoke`].
    pub async fn set_expiry(
        &self,
        fingerprint: &str,
        days: Option<u32>,
        passphrase: Option<SecretString>,
    ) -> Result<KeyView, UiError> {
        self.change(fingerprint, move |key| {
            let now = Time::now();
            let end =
                days.map(|days| Time(now.0.saturating_add(i64::from(days).saturating_mul(86_400))));
            key.set_expiry(end, passphrase.as_ref(), now)?;
            Ok(views::key(
                &key.certificate(),
                KeyPlace::Sifter,
                Some(key.is_protected()),
            ))
        })
        .await
    }

    /// Removes one of Sifter's own keys, the secret part of it too.
    ///
    /// # Errors
    /// `key_unusable` when there is no such key.
    pub async fn remove(&self, fingerprint: &str) -> Result<(), UiError> {
        let places = Arc::clone(self.places());
        let named = fingerprint.to_owned();
        apart(move |_| {
            let removed = places.own.remove(&parse(&named)?);
            match removed.map_err(|error| errors::signing(&error, &named))? {
                true => Ok(()),
                false => Err(errors::key(&named, "not_found")),
            }
        })
        .await
    }

    /// Changes a secret key where it is kept.
    async fn change<T: Send + 'static>(
        &self,
        fingerprint: &str,
        change: impl FnOnce(&mut SecretKey) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, UiError> {
        let places = Arc::clone(self.places());
        let named = fingerprint.to_owned();
        apart(move |_| {
            let failed = |error: Error| errors::signing(&error, &named);
            let (place, mut key) = secret_key(&places, &parse(&named)?)?;
            let done = change(&mut key).map_err(failed)?;
            places.store(place).add_secret(&key).map_err(failed)?;
            Ok(done)
        })
        .await
    }
}

fn list(places: &Places) -> Result<Vec<KeyView>, UiError> {
    let secret = places.secret_keys()?;
    let own = places
        .own
        .public(KeyOrigin::Local)
        .map_err(|error| errors::signing(&error, ""))?;
    let mut rings = vec![(KeyPlace::Sifter, own)];
    for (place, store) in &places.tools {
        if let Ok(ring) = store.public(KeyOrigin::Local) {
            rings.push((*place, ring));
        }
    }
    let mut views: Vec<KeyView> = Vec::new();
    for (place, ring) in &rings {
        for certificate in ring.certificates() {
            let fingerprint = certificate.fingerprint();
            let protected = secret
                .iter()
                .find(|(home, key)| home == place && key.fingerprint() == fingerprint)
                .map(|(_, key)| key.is_protected());
            let view = views::key(certificate, *place, protected);
            if !views
                .iter()
                .any(|known| known.fingerprint == view.fingerprint)
            {
                views.push(view);
            }
        }
    }
    Ok(views)
}

/// The keys in a file.
struct KeysRead {
    certificates: Vec<Certificate>,
    secret: Vec<SecretKey>,
}

impl KeysRead {
    /// Whether a passphrase protects the secret part of a key, if that is in the file.
    fn protected(&self, fingerprint: &Fingerprint) -> Option<bool> {
        let mut secret = self.secret.iter();
        secret
            .find(|key| key.fingerprint() == *fingerprint)
            .map(SecretKey::is_protected)
    }

    fn report(&self) -> ImportReport {
        let view = |key: &Certificate| {
            views::key(key, KeyPlace::Sifter, self.protected(&key.fingerprint()))
        };
        ImportReport {
            keys: self.certificates.iter().map(view).collect(),
            secret: self.secret.len(),
        }
    }
}

/// Reads the keys in a file. A revocation makes the key of Sifter's own that it takes back.
fn read_keys(places: &Places, path: &Path) -> Result<KeysRead, UiError> {
    let failed = |error: Error| errors::signing(&error, &shown(path));
    // A backup holds secret keys, so the copy is wiped.
    let bytes = sifter_signing::openpgp::read_file(path, KEYRING_LIMIT).map_err(failed)?;
    let secret = SecretKey::read(&bytes).unwrap_or_default();
    let certificates: Vec<Certificate> = match Keyring::read(&bytes, KeyOrigin::Given) {
        Ok(ring) => ring.certificates().to_vec(),
        Err(error) => vec![revoked(places, &bytes).ok_or_else(|| failed(error))?],
    };
    if certificates.is_empty() {
        return Err(failed(Error::NoKeys));
    }
    Ok(KeysRead {
        certificates,
        secret,
    })
}

/// `trust` is for the keys of others that are not known yet.
fn import(places: &Places, path: &Path, trust: KeyTrust) -> Result<ImportReport, UiError> {
    let failed = |error: Error| errors::signing(&error, &shown(path));
    let read = read_keys(places, path)?;
    let own = places.own.public(KeyOrigin::Local).map_err(failed)?;
    for certificate in &read.certificates {
        let fingerprint = certificate.fingerprint();
        let mine = read.protected(&fingerprint).is_some();
        // What is new about a key that is trusted, such as a revocation, must not pass it by.
        let store = if trust != KeyTrust::Met || mine || own.get(&fingerprint).is_some() {
            &places.own
        } else {
            &places.fetched
        };
        store.add(certificate).map_err(failed)?;
    }
    for key in &read.secret {
        places.own.add_secret(key).map_err(failed)?;
    }
    Ok(read.report())
}

/// The key among Sifter's own that `text` takes back.
fn revoked(places: &Places, text: &[u8]) -> Option<Certificate> {
    let ring = places.own.public(KeyOrigin::Local).ok()?;
    let mut certificates = ring.certificates().iter();
    certificates.find_map(|certificate| certificate.with_revocation(text).ok())
}

fn secret_key(
    places: &Places,
    fingerprint: &Fingerprint,
) -> Result<(KeyPlace, SecretKey), UiError> {
    let found = places.secret_key(fingerprint)?;
    found.ok_or_else(|| errors::key(&fingerprint.to_string(), "not_found"))
}

pub(super) fn certificate(
    places: &Places,
    fingerprint: &Fingerprint,
) -> Result<Certificate, UiError> {
    let rings = places.keyrings()?;
    let found = rings.iter().find_map(|ring| ring.get(fingerprint));
    found
        .cloned()
        .ok_or_else(|| errors::key(&fingerprint.to_string(), "not_found"))
}

pub(super) fn parse(text: &str) -> Result<Fingerprint, UiError> {
    text.parse().map_err(|_| errors::key(text, "not_found"))
}
