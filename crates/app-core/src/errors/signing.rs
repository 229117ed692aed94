//! Errors about keys and about signing.

use std::io::ErrorKind;
use std::path::Path;

use sifter_contract::{ErrorCode, UiError};
use sifter_signing::dsse::InvalidKey;
use sifter_signing::x509::Untrusted;
use sifter_signing::{Error, NotValid};

use super::{chain, sif, storage};

/// A key that cannot be used, and why in a word the window may act on.
pub(crate) fn key(name: &str, reason: &str) -> UiError {
    UiError::new(ErrorCode::KeyUnusable)
        .with("name", name)
        .with("reason", reason)
}

/// What a crate of keys and signatures says about `name`, a file or a key; empty for Sifter's own files.
pub(crate) fn signing(error: &Error, name: &str) -> UiError {
    let plain = |code| UiError::new(code).with("name", name);
    let mapped = match error {
        Error::File { source, path } => match source.kind() {
            _ if name.is_empty() => return storage(error),
            ErrorKind::NotFound => plain(ErrorCode::FileMissing),
            _ if path.is_dir() => plain(ErrorCode::FileIsFolder),
            _ => plain(ErrorCode::FileUnreadable),
        },
        Error::PassphraseNeeded => plain(ErrorCode::PassphraseNeeded),
        Error::WrongPassphrase => plain(ErrorCode::PassphraseWrong),
        Error::Stopped => UiError::new(ErrorCode::Cancelled),
        Error::NotUsable(why) => key(name, unusable(why)),
        Error::Pem(InvalidKey::Encrypted) => key(name, "encrypted"),
        Error::Pem(InvalidKey::TooShort) => key(name, "weak"),
        Error::NoKeys | Error::TooLarge { .. } | Error::Pem(_) | Error::OpenPgp(_) => {
            key(name, "unreadable")
        }
        Error::Name => key(name, "name"),
        Error::Expiry => key(name, "expiry"),
        Error::NoName => key(name, "not_for_signing"),
        Error::Revocation => key(name, "revocation"),
        Error::NoSigningKey => key(name, "not_found"),
        _ => UiError::new(ErrorCode::Internal),
    };
    mapped.details(chain(error))
}

fn unusable(why: &NotValid) -> &'static str {
    match why {
        NotValid::KeyExpired { .. } => "expired",
        NotValid::KeyRevoked { .. } => "revoked",
        NotValid::WeakKey(_) => "weak",
        _ => "not_for_signing",
    }
}

/// A certificate that does not lend its key.
pub(crate) fn certificate(error: &Untrusted, name: &str) -> UiError {
    let reason = match error {
        Untrusted::Unreadable(_) => "unreadable",
        Untrusted::NoRoots => "no_roots",
        Untrusted::Expired | Untrusted::NotYetValid => "out_of_date",
        Untrusted::WrongPurpose => "purpose",
        Untrusted::UnknownAuthority => "unknown_authority",
        _ => "chain",
    };
    key(name, reason).details(chain(error))
}

/// An image to which no signature can be added.
pub(crate) fn unsignable(error: &sifter_sif::Error, name: &str, path: &Path) -> UiError {
    let reason = match error {
        sifter_sif::Error::InsufficientCapacity => "full",
        sifter_sif::Error::Draft { source, .. } => match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "no_space",
            _ => "no_copy",
        },
        sifter_sif::Error::ChangedMeanwhile { .. } => "changed",
        sifter_sif::Error::Write { .. } => "unwritten",
        sifter_sif::Error::Damaged(_) => "damaged",
        _ => return sif(error, name, path),
    };
    let cannot = UiError::new(ErrorCode::CannotSign)
        .with("name", name)
        .with("reason", reason);
    cannot.details(chain(error))
}

/// What was to be signed is not there.
pub(crate) fn nothing_to_sign(error: &Error, name: &str) -> UiError {
    let cannot = UiError::new(ErrorCode::CannotSign)
        .with("name", name)
        .with("reason", "nothing");
    cannot.details(chain(error))
}
