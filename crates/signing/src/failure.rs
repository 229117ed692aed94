//! Why a verification did not end well. The texts are those of the reference tools.

use std::fmt;
use std::sync::Arc;

use crate::digest::InvalidDigest;
use crate::openpgp::{Issuer, Time};

/// What a signature was looked for: all of a group, or one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// Every object of the group of this number.
    Group(u32),
    /// The object of this id.
    Object(u32),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => write!(f, "object group {group}"),
            Self::Object(object) => write!(f, "object {object}"),
        }
    }
}

/// The two families of signatures, which need different keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// OpenPGP, from a keyring.
    OpenPgp,
    /// A public key in PEM form, or a certificate.
    Pem,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenPgp => "PGP clear-sign",
            Self::Pem => "DSSE envelope",
        })
    }
}

/// What a failure means for a person who wants to use the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Nobody has signed it.
    Unsigned,
    /// It could not be found out.
    Unknown,
    /// The image is not what was signed, or the signature must not be believed.
    Refused,
}

/// Why a verification failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The image has no objects at all.
    #[error("no objects in image")]
    NoObjects,
    /// No object is in a group, so nothing can be signed.
    #[error("no groups found")]
    NoGroups,
    /// The group asked for has no objects.
    #[error("group not found")]
    GroupNotFound,
    /// The object asked for is not there.
    #[error("object not found")]
    ObjectNotFound,
    /// Several objects have the id asked for.
    #[error("multiple objects found")]
    SeveralObjects,
    /// Zero is no object id.
    #[error("invalid object ID")]
    InvalidObjectId,
    /// Zero is no group, and an object of no group cannot be signed.
    #[error("invalid group ID")]
    InvalidGroupId,
    /// A legacy signature was looked for on the primary partition, and there is none.
    #[error("no primary system partition")]
    NoPrimaryPartition,
    /// An object that no signature can cover.
    #[error("non-signature object not associated with object group")]
    UngroupedObject {
        /// The object.
        object: u32,
        /// Whether the image carries signatures at all.
        signed: bool,
    },
    /// There is no signature of the form looked for.
    #[error("signature not found for {target}")]
    SignatureNotFound {
        /// What was to be covered.
        target: Target,
        /// Whether there is a signature of the other form, modern or legacy.
        other_form: bool,
    },
    /// The signature cannot be believed.
    #[error("signature object {object} not valid")]
    NotValid {
        /// The signature object.
        object: u32,
        /// Why.
        #[source]
        cause: NotValid,
    },
    /// No key of the family the signature needs was given.
    #[error("key material not provided for {kind} signature")]
    NoKeyMaterial {
        /// The family.
        kind: KeyKind,
    },
    /// The signature object is of no known form.
    #[error("signature format not recognized")]
    FormatNotRecognized,
    /// The descriptor of the signature names a hash that does not exist.
    #[error("hash algorithm unsupported")]
    HashType,
    /// A legacy digest cannot be understood.
    #[error(transparent)]
    Digest(#[from] InvalidDigest),
    /// The key that signed is not the one the descriptor claims.
    #[error("fingerprint in descriptor does not correspond to signing entity")]
    FingerprintMismatch,
    /// The image has an object that the signature does not cover.
    #[error("object {object}: object not signed")]
    NotSigned {
        /// The object.
        object: u32,
    },
    /// The signature covers an object that the image, or the selection, does not have.
    #[error("object {object}: signed object not found")]
    SignedObjectNotFound {
        /// Its id.
        object: u32,
    },
    /// The header is not the signed one.
    #[error("header integrity compromised")]
    HeaderAltered,
    /// The descriptor of an object is not the signed one.
    #[error("data object descriptor integrity compromised: {object}")]
    DescriptorAltered {
        /// The object.
        object: u32,
    },
    /// The data of an object is not what was signed.
    #[error("data object integrity compromised: {object}")]
    DataAltered {
        /// The object.
        object: u32,
    },
    /// The data of a group is not what a legacy signature signed.
    #[error("data object integrity compromised")]
    GroupAltered,
    /// The signature is about data alone, which was left unread.
    #[error("data object integrity not checked")]
    DataUnread,
    /// An object could not be read.
    #[error("cannot read object {object}")]
    Unreadable {
        /// The object.
        object: u32,
        /// Why.
        #[source]
        cause: Arc<sifter_sif::Error>,
    },
}

/// Why one signature cannot be believed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum NotValid {
    /// The key that made it was not found.
    #[error("signature made by unknown entity {issuer}")]
    UnknownKey {
        /// Who signed, as the signature says.
        issuer: Issuer,
    },
    /// The key could not be looked for everywhere.
    #[error("the key {issuer} was not found, and {origin} could not be asked")]
    KeySourceUnavailable {
        /// Who signed, as the signature says.
        issuer: Issuer,
        /// Where it could not be looked for.
        origin: String,
    },
    /// The key does not sign what it is said to have signed.
    #[error("the signature does not match")]
    Mismatch,
    /// None of the given keys made it, as far as the names of keys tell.
    #[error("none of the given keys made the signature")]
    OtherKey,
    /// The signature object is damaged.
    #[error("the signature is damaged")]
    Damaged,
    /// A signature of an unusual kind, such as one over a key.
    #[error("a signature of this type does not sign documents")]
    Type,
    /// The signature is made with a hash that can be forged.
    #[error("the signature uses the weak hash {0}")]
    WeakHash(String),
    /// The key is too short or of a kind that can be broken.
    #[error("the key is weak: {0}")]
    WeakKey(String),
    /// The key is not meant for signing documents.
    #[error("the key is not meant for signing")]
    NotForSigning,
    /// The key has expired.
    #[error("the key expired {at}")]
    KeyExpired {
        /// When.
        at: Time,
        /// Whether the signature states an earlier time.
        signed_before: bool,
    },
    /// The key was revoked by its owner.
    #[error("the key was revoked {at}")]
    KeyRevoked {
        /// When.
        at: Time,
        /// Whether the signature states an earlier time, and the key was merely retired.
        signed_before: bool,
    },
    /// The signature states an end of its own.
    #[error("the signature expired {at}")]
    SignatureExpired {
        /// When.
        at: Time,
    },
    /// The signature, or its key, is dated in the future.
    #[error("the signature is dated in the future, {at}")]
    Future {
        /// When.
        at: Time,
    },
    /// The signature demands something that is not understood.
    #[error("the signature demands something unknown")]
    Critical,
    /// No name of the key is vouched for by the key itself any more.
    #[error("the key has no valid name")]
    NoIdentity,
    /// What was signed is no integrity metadata.
    #[error("the signed text is not understood")]
    Metadata(#[source] Arc<serde_json::Error>),
}

impl Failure {
    /// What it means for a person who wants to use the image.
    pub fn gravity(&self) -> Gravity {
        match self {
            Self::SignatureNotFound { other_form, .. } if *other_form => Gravity::Unknown,
            Self::SignatureNotFound { .. } | Self::NoObjects | Self::NoGroups => Gravity::Unsigned,
            Self::UngroupedObject { signed, .. } if !signed => Gravity::Unsigned,
            Self::UngroupedObject { .. }
            | Self::FingerprintMismatch
            | Self::NotSigned { .. }
            | Self::SignedObjectNotFound { .. }
            | Self::HeaderAltered
            | Self::DescriptorAltered { .. }
            | Self::DataAltered { .. }
            | Self::GroupAltered => Gravity::Refused,
            Self::NotValid { cause, .. } => cause.gravity(),
            Self::Unreadable { cause, .. } => match **cause {
                // An image cut short is not the one that was signed.
                sifter_sif::Error::ObjectPastEnd { .. } | sifter_sif::Error::ObjectRange { .. } => {
                    Gravity::Refused
                }
                _ => Gravity::Unknown,
            },
            _ => Gravity::Unknown,
        }
    }

    /// The failure and its causes in one line, as the reference tools print it.
    pub fn text(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl NotValid {
    fn gravity(&self) -> Gravity {
        match self {
            Self::Mismatch | Self::SignatureExpired { .. } => Gravity::Refused,
            Self::KeyExpired { signed_before, .. } | Self::KeyRevoked { signed_before, .. } => {
                // A stated time is no proof: whoever has the key can write any. So this is not "valid" either.
                if *signed_before {
                    Gravity::Unknown
                } else {
                    Gravity::Refused
                }
            }
            _ => Gravity::Unknown,
        }
    }
}
