//! Token exchange (RFC 8693), as the app asks for it and the library answers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The grant type.
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// `subject_token_type` where the provider has ID tokens.
pub const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// `subject_token_type` where it has none; and what is got.
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// Names the provider of an access token, which says nothing of it itself: the id in the library's metadata.
pub const PROVIDER: &str = "idp_hint";

/// The nonce that an ID token must carry to be exchanged at the library with this issuer, made of one that the
/// library gave out.
///
/// The library's name goes in, so that a library which passes on another's nonce gets a token that is of no use
/// there: without it, whoever runs one could sign in to all others as the people that sign in to his.
#[must_use]
pub fn bound_nonce(issuer: &str, nonce: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["sifter exchange nonce", issuer, nonce] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_that_another_library_passes_on_becomes_another() {
        let here = bound_nonce("https://a.example", "n");
        assert_eq!(here, bound_nonce("https://a.example", "n"));
        assert_ne!(here, bound_nonce("https://b.example", "n"));
        assert_ne!(here, bound_nonce("https://a.example", "m"));
        assert_ne!(here, bound_nonce("https://a.examplen", ""));
        assert_eq!(here.len(), 43);
    }
}
