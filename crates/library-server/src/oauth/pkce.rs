//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// What a client promises to know the pre-image of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge(String);

impl Challenge {
    /// The base64url text of 32 bytes, or `None`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a verifier is promised by.
pub(crate) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether `verifier` has the form of one and hashes to `challenge`, in time that does not depend on
/// how much of it is right.
pub(crate) fn verifies(verifier: &str, challenge: &str) -> bool {
    let form = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    form && bool::from(
        challenge_of(verifier)
            .as_bytes()
            .ct_eq(challenge.as_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_standard_verifies() {
        assert!(verifies(VERIFIER, CHALLENGE));
        assert!(Challenge::parse(CHALLENGE).is_some());
    }

    #[test]
    fn a07_verifiers_of_a_wrong_form_or_content_do_not() {
        let hash = |text: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(text));
        for bad in [
            "x".repeat(42),
            "x".repeat(129),
            format!("{}+", "x".repeat(43)),
        ] {
            assert!(!verifies(&bad, &hash(&bad)), "{bad}");
        }
        assert!(!verifies(CHALLENGE, CHALLENGE), "the method plain");
        assert!(!verifies(&"x".repeat(43), CHALLENGE));
    }

    #[test]
    fn a07_a_challenge_is_the_text_of_32_bytes() {
        for bad in [
            "",
            "short",
            &"x".repeat(44),
            &format!("{}=", &CHALLENGE[..42]),
            &"+".repeat(43),
        ] {
            assert_eq!(Challenge::parse(bad), None, "{bad}");
        }
    }
}
