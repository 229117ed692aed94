//! Random identifiers and secrets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// Length of an object id in hexadecimal digits.
const ID_LENGTH: usize = 24;

/// A new object id: 24 lower-case hexadecimal digits, the shape Sylabs Cloud uses.
pub(crate) fn new_id() -> Result<String, Error> {
    Ok(hex::encode(random::<{ ID_LENGTH / 2 }>()?))
}

/// `N` bytes from the operating system, as URL-safe text.
pub(crate) fn new_secret<const N: usize>() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random::<N>()?))
}

/// `N` bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// How a secret is stored: its SHA-256. Secrets here have at least 256 random bits, so no salt is needed.
pub(crate) fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_24_digits_and_differ() {
        let id = new_id().unwrap();
        assert_eq!(id.len(), ID_LENGTH);
        assert_ne!(id, new_id().unwrap());
    }
}
