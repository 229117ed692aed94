//! Whose keys a person trusts: those among their own, as the command-line tools have it. Keys that were only seen,
//! on a key server or in a file, are kept apart until their fingerprints have been compared.

use std::sync::Arc;

use sifter_contract::{KeyPlace, KeyView, UiError};
use sifter_signing::Error;
use sifter_signing::openpgp::{Certificate, Fingerprint, KeyOrigin};

use super::keys::{KeyDesk, parse};
use super::places::Places;
use super::{apart, views};
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
