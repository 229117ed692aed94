//! Secret keys: reading, protecting, exporting, and signing a text.

use std::fmt;
use std::path::Path;

use pgp::composed::{ArmorOptions, CleartextSignedMessage, SignedSecretKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, Password, S2kParams, SecretParams, Timestamp};
use rand::rngs::OsRng;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::keyring::{KEYRING_LIMIT, read_bounded};
use super::packets::{self, Found};
use super::{Certificate, Fingerprint, Time, time};
use crate::error::Error;
use crate::failure::NotValid;

/// A secret key with its certificate. What is secret is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SecretKey {
    pub(super) key: SignedSecretKey,
}

impl SecretKey {
    /// The secret keys in `bytes`, armored or binary. Public keys among them are passed over.
    ///
    /// # Errors
    /// [`Error::NoKeys`] when there is no secret key.
    pub fn read(bytes: &[u8]) -> Result<Vec<Self>, Error> {
        let (found, _) = packets::keys(bytes);
        let secret = found.into_iter().filter_map(|key| match key {
            Found::Secret(key) => Some(Self { key: *key }),
            Found::Public(_) => None,
        });
        let keys: Vec<Self> = secret.filter(Self::is_sound).collect();
        if keys.is_empty() {
            return Err(Error::NoKeys);
        }
        Ok(keys)
    }

    /// The secret keys in the file at `path`.
    ///
    /// # Errors
    /// [`Error::File`] and [`Error::TooLarge`] about the file, else as [`SecretKey::read`].
    pub fn open(path: impl AsRef<Path>) -> Result<Vec<Self>, Error> {
        Self::read(&Zeroizing::new(read_bounded(path.as_ref(), KEYRING_LIMIT)?))
    }

    /// Whether an unprotected RSA key has two different primes. Encoding one that has not would panic in the
    /// library below.
    fn is_sound(&self) -> bool {
        use pgp::types::PlainSecretParams;
        let params = std::iter::once(self.key.primary_key.secret_params()).chain(
            self.key
                .secret_subkeys
                .iter()
                .map(|subkey| subkey.key.secret_params()),
        );
        params.into_iter().all(|params| match params {
            SecretParams::Plain(PlainSecretParams::RSA(key)) => {
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| key.write_len())).is_ok()
            }
            _ => true,
        })
    }

    /// The public part.
    pub fn certificate(&self) -> Certificate {
        Certificate::new(self.key.to_public_key())
    }

    /// Fingerprint of the primary key.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::from(&self.key.primary_key.fingerprint())
    }

    /// Whether a passphrase is needed to use it.
    pub fn is_protected(&self) -> bool {
        self.key.primary_key.secret_params().is_encrypted()
    }

    /// Makes sure that `passphrase` opens the key.
    ///
    /// # Errors
    /// [`Error::PassphraseNeeded`], [`Error::WrongPassphrase`].
    pub fn unlock(&self, passphrase: Option<&SecretString>) -> Result<(), Error> {
        if !self.is_protected() {
            return Ok(());
        }
        let password = password(passphrase.ok_or(Error::PassphraseNeeded)?);
        match self.key.primary_key.unlock(&password, |_, _| Ok(())) {
            Ok(Ok(())) => Ok(()),
            _ => Err(Error::WrongPassphrase),
        }
    }

    /// Changes or removes the passphrase.
    ///
    /// # Errors
    /// As [`SecretKey::unlock`] for the old one, [`Error::OpenPgp`] when the key cannot be encrypted.
    pub fn protect(
        &mut self,
        old: Option<&SecretString>,
        new: Option<&SecretString>,
    ) -> Result<(), Error> {
        self.unlock(old)?;
        let old = old.map_or_else(Password::empty, password);
        let primary = &mut self.key.primary_key;
        primary
            .remove_password(&old)
            .map_err(|_| Error::WrongPassphrase)?;
        for subkey in &mut self.key.secret_subkeys {
            subkey
                .key
                .remove_password(&old)
                .map_err(|_| Error::WrongPassphrase)?;
        }
        let Some(new) = new else { return Ok(()) };
        let new = password(new);
        let s2k = || S2kParams::new_default(OsRng, primary_version(&self.key));
        let (first, others) = (
            s2k(),
            self.key
                .secret_subkeys
                .iter()
                .map(|_| s2k())
                .collect::<Vec<_>>(),
        );
        self.key
            .primary_key
            .set_password_with_s2k(&new, first)
            .map_err(Error::OpenPgp)?;
        for (subkey, s2k) in self.key.secret_subkeys.iter_mut().zip(others) {
            subkey
                .key
                .set_password_with_s2k(&new, s2k)
                .map_err(Error::OpenPgp)?;
        }
        Ok(())
    }

    /// The key in the binary form of keyring files.
    ///
    /// # Errors
    /// [`Error::OpenPgp`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.key
            .to_bytes()
            .map(Zeroizing::new)
            .map_err(Error::OpenPgp)
    }

    /// The key as text, for a backup. As well protected as the key is.
    ///
    /// # Errors
    /// [`Error::OpenPgp`].
    pub fn to_armor(&self) -> Result<SecretString, Error> {
        let text = self.key.to_armored_string(ArmorOptions::default());
        text.map(SecretString::from).map_err(Error::OpenPgp)
    }

    /// Makes sure that a signature made now would be believed.
    ///
    /// # Errors
    /// [`Error::NotUsable`].
    pub(crate) fn ensure_usable(&self, now: Time) -> Result<(), Error> {
        let certificate = self.certificate();
        let standing = certificate.standing();
        let refused = if let Some(revocation) = standing.revoked {
            NotValid::KeyRevoked {
                at: revocation.at,
                signed_before: false,
            }
        } else if let Some(at) = standing.expires.filter(|at| *at <= now) {
            let signed_before = false;
            NotValid::KeyExpired { at, signed_before }
        } else if !certificate.may_sign() || self.fingerprint().v4().is_none() {
            NotValid::NotForSigning
        } else if let Some(kind) = certificate.weakness() {
            NotValid::WeakKey(kind)
        } else {
            return Ok(());
        };
        Err(Error::NotUsable(refused))
    }

    /// Clear-signs `text` with the primary key, as the official tools do: SHA-256, no checksum line, no line
    /// end after the last line.
    pub(crate) fn clear_sign(
        &self,
        text: &str,
        passphrase: Option<&SecretString>,
        now: Time,
    ) -> Result<String, Error> {
        self.unlock(passphrase)?;
        let key = &self.key.primary_key;
        let mut config =
            SignatureConfig::v4(SignatureType::Text, key.algorithm(), HashAlgorithm::Sha256);
        config.hashed_subpackets = self.issued(now)?;
        let password = passphrase.map_or_else(Password::empty, password);
        let message =
            CleartextSignedMessage::new(text, config, key, &password).map_err(Error::OpenPgp)?;
        let options = ArmorOptions {
            headers: None,
            include_checksum: false,
        };
        let mut armored = message.to_armored_string(options).map_err(Error::OpenPgp)?;
        armored.truncate(armored.trim_end().len());
        Ok(armored)
    }

    /// What every signature says: when it was made, and by which key.
    pub(super) fn issued(&self, now: Time) -> Result<Vec<Subpacket>, Error> {
        let key = &self.key.primary_key;
        let created = SubpacketData::SignatureCreationTime(timestamp(now));
        let subpackets = [
            Subpacket::critical(created),
            Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id())),
            Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint())),
        ];
        subpackets
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(Error::OpenPgp)
    }

    /// When the primary key was made.
    pub fn created(&self) -> Time {
        time(self.key.primary_key.created_at())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretKey")
            .field(&self.fingerprint())
            .finish()
    }
}

fn primary_version(key: &SignedSecretKey) -> pgp::types::KeyVersion {
    key.primary_key.version()
}

pub(super) fn password(passphrase: &SecretString) -> Password {
    Password::from(passphrase.expose_secret())
}

/// A time as packets write it: unsigned seconds, until 2106.
pub(super) fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_secs(u32::try_from(time.0.max(0)).unwrap_or(u32::MAX))
}
