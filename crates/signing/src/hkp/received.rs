//! What somebody sends to a key server.

use crate::openpgp::{Certificate, holds_secret_key, public_keys};

/// The most keys in one publication.
const MOST_KEYS: usize = 8;
/// The most signatures on a key that are looked at. Keys with hundreds of certifications by others exist; those
/// certifications are not kept.
const MOST_SIGNATURES: usize = 4096;
/// The largest key that is kept, in bytes, after everything that it has not said itself is gone.
const LARGEST: usize = 128 << 10;

/// Why a publication is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// There is no OpenPGP public key in it.
    #[error("there is no OpenPGP public key in it")]
    NoKey,
    /// There is a secret key in it.
    #[error(
        "it contains a secret key, which was thrown away; others may have seen it, so revoke it"
    )]
    Secret,
    /// There are more keys in it than are taken at a time.
    #[error("it contains more than {MOST_KEYS} keys")]
    TooMany,
    /// A key is too large.
    #[error("a key in it is too large")]
    TooLarge,
    /// A key has not signed any statement about itself.
    #[error("a key in it has no valid signature of its own")]
    Unsigned,
}

/// The keys that somebody publishes: armored or binary, public keys alone, each with nothing but its own valid
/// statements.
///
/// # Errors
/// [`Refused`]; nothing of it is to be kept then.
pub fn received(keytext: &[u8]) -> Result<Vec<Certificate>, Refused> {
    if holds_secret_key(keytext) {
        return Err(Refused::Secret);
    }
    let keys = public_keys(keytext);
    match keys.len() {
        0 => Err(Refused::NoKey),
        number if number > MOST_KEYS => Err(Refused::TooMany),
        _ => keys.iter().map(kept).collect(),
    }
}

fn kept(certificate: &Certificate) -> Result<Certificate, Refused> {
    if certificate.signature_count() > MOST_SIGNATURES {
        return Err(Refused::TooLarge);
    }
    let own = certificate.own_statements();
    if own.signature_count() == 0 {
        return Err(Refused::Unsigned);
    }
    match own.to_bytes() {
        Ok(bytes) if bytes.len() <= LARGEST => Ok(own),
        _ => Err(Refused::TooLarge),
    }
}
