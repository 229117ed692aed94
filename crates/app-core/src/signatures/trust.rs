//! Whose keys a person trusts: those among their own, as the command-line tools have it. Keys that were only seen,
//! on a key server or in a file, are kept apart until their fingerprints have been compared.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sifter_contract::{KeyPlace, KeyView, UiError};
use sifter_signing::Error;
use sifter_signing::openpgp::{Certificate, Fingerprint, KeyOrigin};

use super::keys::{ImportReport, KeyDesk, parse, read_keys};
use super::places::Places;
use super::{apart, shown, views};
use crate::errors;

impl KeyDesk {
    /// The keys that have been met and whose owners are not trusted.
    ///
    /// # Errors
    /// `key_unusable` or `storage_failed` when Sifter's own keys cannot be read.
    pub async fn met(&self) -> Result<Vec<KeyView>, UiError> {
        let places = Arc::clone(self.places());
        apart(move |_| {
            let trusted = places.keyrings()?;
            let met = places.known_to_servers();
            let unknown = |certificate: &&Certificate| {
                let fingerprint = certificate.fingerprint();
                !trusted.iter().any(|ring| ring.get(&fingerprint).is_some())
            };
            let met = met.certificates().iter().filter(unknown);
            Ok(met
                .map(|certificate| views::key(certificate, KeyPlace::Sifter, None))
                .collect())
        })
        .await
    }

    /// Trusts the owner of a key that has been met.
    ///
    /// # Errors
    /// `key_unusable` when it has not.
    pub async fn trust(&self, fingerprint: &str) -> Result<KeyView, UiError> {
        self.move_key(fingerprint, |places, fingerprint| {
            let met = places.known_to_servers();
            let certificate = met.get(fingerprint).cloned();
            let certificate = certificate.ok_or(Error::NoSigningKey)?;
            places.own.add(&certificate)?;
            Ok(certificate)
        })
        .await
    }

    /// Trusts the owner of a key no longer. It stays among those that have been met.
    ///
    /// # Errors
    /// `key_unusable` when it is not among Sifter's own, or is the person's.
    pub async fn distrust(&self, fingerprint: &str) -> Result<KeyView, UiError> {
        self.move_key(fingerprint, |places, fingerprint| {
            let own = places.own.public(KeyOrigin::Local)?;
            let secret = places.own.secret()?;
            let mine = secret.iter().any(|key| key.fingerprint() == *fingerprint);
            let certificate = own.get(fingerprint).filter(|_| !mine).cloned();
            let certificate = certificate.ok_or(Error::NoSigningKey)?;
            // In this order, so that it is never in neither place.
            places.fetched.add(&certificate)?;
            places.own.remove(fingerprint)?;
            Ok(certificate)
        })
        .await
    }

    /// Removes a key from those that have been met.
    ///
    /// # Errors
    /// `key_unusable` when it is not among them.
    pub async fn forget_met(&self, fingerprint: &str) -> Result<(), UiError> {
        self.move_key(fingerprint, |places, fingerprint| {
            let met = places.known_to_servers();
            let certificate = met.get(fingerprint).cloned();
            let certificate = certificate.ok_or(Error::NoSigningKey)?;
            places.fetched.remove(fingerprint)?;
            Ok(certificate)
        })
        .await
        .map(|_| ())
    }

    /// Takes over the keys in a file, those of others only as met: a file says nothing of who has made it.
    ///
    /// # Errors
    /// As [`KeyDesk::import`].
    pub async fn import_as_met(&self, path: &Path) -> Result<ImportReport, UiError> {
        let places = Arc::clone(self.places());
        let path: PathBuf = path.to_owned();
        apart(move |_| import(&places, &path)).await
    }

    async fn move_key(
        &self,
        fingerprint: &str,
        act: impl FnOnce(&Places, &Fingerprint) -> Result<Certificate, Error> + Send + 'static,
    ) -> Result<KeyView, UiError> {
        let places = Arc::clone(self.places());
        let named = fingerprint.to_owned();
        apart(move |_| {
            let fingerprint = parse(&named)?;
            let moved = act(&places, &fingerprint);
            let moved = moved.map_err(|error| errors::signing(&error, &named))?;
            Ok(views::key(&moved, KeyPlace::Sifter, None))
        })
        .await
    }
}

fn import(places: &Places, path: &Path) -> Result<ImportReport, UiError> {
    let failed = |error: Error| errors::signing(&error, &shown(path));
    let read = read_keys(places, path)?;
    let own = places.own.public(KeyOrigin::Local).map_err(failed)?;
    for certificate in &read.certificates {
        let fingerprint = certificate.fingerprint();
        let mine = read.protected(&fingerprint).is_some();
        // What is new about a key that is trusted, such as a revocation, must not pass it by.
        let store = if mine || own.get(&fingerprint).is_some() {
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
