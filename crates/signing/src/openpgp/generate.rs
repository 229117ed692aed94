//! Making keys, and what their owners say about them later: an end, a revocation.

use pgp::armor::{self, BlockType};
use pgp::composed::{SignedKeyDetails, SignedSecretKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::crypto::{ed25519, eddsa_legacy, rsa};
use pgp::packet::{
    self, Features, KeyFlags, PacketTrait as _, PubKeyInner, RevocationCode, Signature,
    SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::types::{
    Duration, KeyDetails as _, KeyVersion, Password, PlainSecretParams, PublicParams, SecretParams,
    SignedUser, Tag,
};
use rand::rngs::OsRng;
use secrecy::SecretString;

use super::secret::{password, timestamp};
use super::{Certificate, SecretKey, Time, packets};
use crate::error::Error;

/// The kinds of keys that are made. Both are understood by all official tools and by GnuPG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyAlgorithm {
    /// Ed25519: short, fast, safe. In the form that GnuPG 2.2 and later read.
    #[default]
    Ed25519,
    /// RSA with 4096 bits, what the official tools make.
    Rsa4096,
}

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its name, usually `Name <address>`. Becomes public with the key.
    pub name: String,
    /// Its kind.
    pub algorithm: KeyAlgorithm,
    /// When it is to end, if it is to.
    pub expires: Option<Time>,
    /// When it is made.
    pub created: Time,
}

/// Why a key is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// None given. Nothing the key ever signed is believed.
    Unspecified,
    /// Somebody else may have it. Nothing the key ever signed is believed.
    Compromised,
    /// Another key has taken its place.
    Superseded,
    /// It is no longer used.
    Retired,
}

impl RevocationReason {
    fn code(self) -> RevocationCode {
        match self {
            Self::Unspecified => RevocationCode::NoReason,
            Self::Compromised => RevocationCode::KeyCompromised,
            Self::Superseded => RevocationCode::KeySuperseded,
            Self::Retired => RevocationCode::KeyRetired,
        }
    }
}

impl SecretKey {
    /// Makes a key that signs and certifies, protected by `passphrase` if there is one. RSA takes seconds.
    ///
    /// # Errors
    /// [`Error::Name`] for a name that is empty, too long, or has control characters; [`Error::Expiry`] for
    /// an end before the beginning; [`Error::OpenPgp`].
    pub fn generate(new: &NewKey, passphrase: Option<&SecretString>) -> Result<Self, Error> {
        let name = new.name.trim();
        if name.is_empty() || name.len() > 255 || name.chars().any(char::is_control) {
            return Err(Error::Name);
        }
        let (algorithm, public, secret) = material(new.algorithm).map_err(Error::OpenPgp)?;
        let created = timestamp(new.created);
        let inner = PubKeyInner::new(KeyVersion::V4, algorithm, created, None, public)
            .map_err(Error::OpenPgp)?;
        let public = packet::PublicKey::from_inner(inner).map_err(Error::OpenPgp)?;
        let primary =
            packet::SecretKey::new(public, SecretParams::Plain(secret)).map_err(Error::OpenPgp)?;
        let id =
            UserId::from_str(pgp::types::PacketHeaderVersion::New, name).map_err(Error::OpenPgp)?;
        let details = SignedKeyDetails::new(Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut made = Self {
            key: SignedSecretKey::new(primary, details, Vec::new(), Vec::new()),
        };
        let lifetime = made.lifetime(new.expires)?;
        let binding = made.vouch(&id, lifetime, None, new.created)?;
        made.key
            .details
            .users
            .push(SignedUser::new(id, vec![binding]));
        made.protect(None, passphrase)?;
        Ok(made)
    }

    /// Gives the key another end, or none. Its certificate has to be published again.
    ///
    /// # Errors
    /// [`Error::Expiry`] for an end before the beginning, [`Error::NoName`] for a key without a name, those of
    /// [`SecretKey::unlock`], [`Error::OpenPgp`].
    pub fn set_expiry(
        &mut self,
        expires: Option<Time>,
        passphrase: Option<&SecretString>,
        now: Time,
    ) -> Result<(), Error> {
        self.unlock(passphrase)?;
        let lifetime = self.lifetime(expires)?;
        if self.key.details.users.is_empty() {
            return Err(Error::NoName);
        }
        let ids: Vec<UserId> = self
            .key
            .details
            .users
            .iter()
            .map(|user| user.id.clone())
            .collect();
        for (index, id) in ids.iter().enumerate() {
            let binding = self.vouch(id, lifetime, passphrase, now)?;
            if let Some(user) = self.key.details.users.get_mut(index) {
                user.signatures.push(binding);
            }
        }
        Ok(())
    }

    /// A statement that takes the key back, as text to keep in a safe place or to publish. The key itself
    /// stays as it is until [`SecretKey::revoke`] or [`Certificate::with_revocation`].
    ///
    /// # Errors
    /// Those of [`SecretKey::unlock`], [`Error::OpenPgp`].
    pub fn revocation(
        &self,
        reason: RevocationReason,
        passphrase: Option<&SecretString>,
        now: Time,
    ) -> Result<String, Error> {
        let signature = self.revocation_signature(reason, passphrase, now)?;
        let mut text = Vec::new();
        armor::write(
            &WithHeader(&signature),
            BlockType::PublicKey,
            &mut text,
            None,
            true,
        )
        .map_err(Error::OpenPgp)?;
        // Armor is ASCII.
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Takes the key back. Its certificate has to be published again.
    ///
    /// # Errors
    /// As [`SecretKey::revocation`].
    pub fn revoke(
        &mut self,
        reason: RevocationReason,
        passphrase: Option<&SecretString>,
        now: Time,
    ) -> Result<(), Error> {
        let signature = self.revocation_signature(reason, passphrase, now)?;
        self.key.details.revocation_signatures.push(signature);
        Ok(())
    }

    fn revocation_signature(
        &self,
        reason: RevocationReason,
        passphrase: Option<&SecretString>,
        now: Time,
    ) -> Result<Signature, Error> {
        self.unlock(passphrase)?;
        let key = &self.key.primary_key;
        let mut config = SignatureConfig::v4(
            SignatureType::KeyRevocation,
            key.algorithm(),
            HashAlgorithm::Sha256,
        );
        config.hashed_subpackets = self.issued(now)?;
        let reason = SubpacketData::RevocationReason(reason.code(), pgp::bytes::Bytes::new());
        config
            .hashed_subpackets
            .push(Subpacket::regular(reason).map_err(Error::OpenPgp)?);
        let password = passphrase.map_or_else(Password::empty, password);
        config
            .sign_key(key, &password, key.public_key())
            .map_err(Error::OpenPgp)
    }

    /// The key's statement that `id` is its name, what it is for, and when it ends.
    fn vouch(
        &self,
        id: &UserId,
        lifetime: Option<Duration>,
        passphrase: Option<&SecretString>,
        now: Time,
    ) -> Result<Signature, Error> {
        let key = &self.key.primary_key;
        let mut config = SignatureConfig::v4(
            SignatureType::CertPositive,
            key.algorithm(),
            HashAlgorithm::Sha256,
        );
        config.hashed_subpackets = self.issued(now)?;
        let mut flags = KeyFlags::default();
        flags.set_certify(true);
        flags.set_sign(true);
        let mut features = Features::default();
        features.set_seipd_v1(true);
        let hashes = [
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ];
        let mut statements = vec![
            SubpacketData::KeyFlags(flags),
            SubpacketData::Features(features),
            SubpacketData::IsPrimary(true),
            SubpacketData::PreferredHashAlgorithms(hashes.into_iter().collect()),
        ];
        statements.extend(lifetime.map(SubpacketData::KeyExpirationTime));
        for statement in statements {
            config
                .hashed_subpackets
                .push(Subpacket::regular(statement).map_err(Error::OpenPgp)?);
        }
        let password = passphrase.map_or_else(Password::empty, password);
        let public = key.public_key();
        config
            .sign_certification(key, public, &password, Tag::UserId, id)
            .map_err(Error::OpenPgp)
    }

    fn lifetime(&self, expires: Option<Time>) -> Result<Option<Duration>, Error> {
        let Some(expires) = expires else {
            return Ok(None);
        };
        let seconds = expires.0.saturating_sub(self.created().0);
        let seconds = u32::try_from(seconds).ok().filter(|seconds| *seconds > 0);
        Ok(Some(Duration::from_secs(seconds.ok_or(Error::Expiry)?)))
    }
}

impl Certificate {
    /// The certificate with the revocation that `text` holds.
    ///
    /// # Errors
    /// [`Error::Revocation`] when `text` holds none by this key.
    pub fn with_revocation(&self, text: &[u8]) -> Result<Self, Error> {
        let mut key = self.key().clone();
        let ours = packets::signatures(text).into_iter().find(|signature| {
            signature.typ() == Some(SignatureType::KeyRevocation)
                && signature.verify_key(&key.primary_key).is_ok()
        });
        key.details
            .revocation_signatures
            .push(ours.ok_or(Error::Revocation)?);
        Ok(Self::new(key))
    }
}

/// A signature packet on its own.
struct WithHeader<'a>(&'a Signature);

impl pgp::ser::Serialize for WithHeader<'_> {
    fn to_writer<W: std::io::Write>(&self, writer: &mut W) -> pgp::errors::Result<()> {
        self.0.to_writer_with_header(writer)
    }

    fn write_len(&self) -> usize {
        self.0.write_len_with_header()
    }
}

fn material(
    algorithm: KeyAlgorithm,
) -> pgp::errors::Result<(PublicKeyAlgorithm, PublicParams, PlainSecretParams)> {
    match algorithm {
        KeyAlgorithm::Ed25519 => {
            let secret = ed25519::SecretKey::generate(OsRng, ed25519::Mode::EdDSALegacy);
            let public = PublicParams::EdDSALegacy((&secret).into());
            let secret = PlainSecretParams::EdDSALegacy(eddsa_legacy::SecretKey::Ed25519(secret));
            Ok((PublicKeyAlgorithm::EdDSALegacy, public, secret))
        }
        KeyAlgorithm::Rsa4096 => {
            let secret = rsa::SecretKey::generate(OsRng, 4096)?;
            let public = PublicParams::RSA((&secret).into());
            Ok((
                PublicKeyAlgorithm::RSA,
                public,
                PlainSecretParams::RSA(secret),
            ))
        }
    }
}
