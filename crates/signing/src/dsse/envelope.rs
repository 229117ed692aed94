//! The envelope: a payload, its media type, and signatures over both.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};

use super::{InvalidKey, PrivateKey, PublicKey};
use crate::digest::DigestAlgorithm;
use crate::error::Error;
use crate::metadata::MEDIA_TYPE;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    payload_type: String,
    payload: String,
    signatures: Vec<WireSignature>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

/// An envelope whose base64 has been decoded.
#[derive(Debug)]
pub(crate) struct Envelope {
    payload: Vec<u8>,
    signatures: Vec<(String, Vec<u8>)>,
}

/// How an envelope fares with a set of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// These keys have signed it, by their ids.
    Signed(Vec<String>),
    /// A key that a signature names does not sign it.
    Mismatch,
    /// No signature names any of the keys.
    OtherKeys,
    /// There is no signature, or one that cannot be decoded, which spoils the envelope.
    Damaged,
}

impl Envelope {
    /// Reads an envelope around integrity metadata; `None` when `data` is none.
    pub(crate) fn parse(data: &[u8]) -> Option<Result<Self, Outcome>> {
        let wire: Wire = serde_json::from_slice(data).ok()?;
        if wire.payload_type != MEDIA_TYPE {
            return None;
        }
        Some(Self::decode(wire).ok_or(Outcome::Damaged))
    }

    fn decode(wire: Wire) -> Option<Self> {
        let signatures = wire.signatures.into_iter().map(|signature| {
            let bytes = decode(&signature.sig)?;
            Some((signature.keyid, bytes))
        });
        let signatures: Vec<_> = signatures.collect::<Option<_>>()?;
        Some(Self {
            payload: decode(&wire.payload).filter(|_| !signatures.is_empty())?,
            signatures,
        })
    }

    /// The metadata, not to be believed before [`Envelope::verify`] has said so.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Tries every signature with every key; one match is enough. `hash` is the one the descriptor states;
    /// SHA-256, which the tools use whatever it states, is tried as well.
    pub(crate) fn verify(&self, keys: &[PublicKey], hash: Option<DigestAlgorithm>) -> Outcome {
        let message = encode(MEDIA_TYPE, &self.payload);
        let hashes = [hash, Some(DigestAlgorithm::Sha256)];
        let (mut accepted, mut mismatch) = (Vec::new(), false);
        for (name, signature) in &self.signatures {
            for key in keys {
                if !name.is_empty() && name != key.id() {
                    continue;
                }
                let mut hashes = hashes.iter().flatten();
                if hashes.any(|hash| key.verify(*hash, &message, signature)) {
                    accepted.push(key.id().to_owned());
                } else {
                    mismatch |= !name.is_empty();
                }
            }
        }
        match (accepted.is_empty(), mismatch) {
            (false, _) => Outcome::Signed(accepted),
            (true, true) => Outcome::Mismatch,
            (true, false) => Outcome::OtherKeys,
        }
    }
}

/// An envelope around integrity metadata, signed by every one of `keys`, without a line end.
pub(crate) fn seal(payload: &[u8], keys: &[PrivateKey]) -> Result<String, Error> {
    let message = encode(MEDIA_TYPE, payload);
    let signatures = keys.iter().map(|key| {
        Ok(WireSignature {
            keyid: key.public().id().to_owned(),
            sig: STANDARD.encode(key.sign(&message)?),
        })
    });
    let wire = Wire {
        payload_type: MEDIA_TYPE.to_owned(),
        payload: STANDARD.encode(payload),
        signatures: signatures.collect::<Result<_, InvalidKey>>()?,
    };
    serde_json::to_string(&wire).map_err(Error::Metadata)
}

/// The octets that are signed: type and payload, each after its length, so that neither runs into the other.
pub(super) fn encode(media_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = format!(
        "DSSEv1 {} {media_type} {} ",
        media_type.len(),
        payload.len()
    )
    .into_bytes();
    message.extend_from_slice(payload);
    message
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_octets_tell_type_and_payload_apart() {
        assert_eq!(
            encode("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_ne!(encode("a", b"b c"), encode("a b", b"c"));
    }

    #[test]
    fn envelopes_of_other_things_and_damaged_ones_are_told_apart() {
        let with = |payload_type: &str, payload: &str, signatures: &str| {
            format!(
                r#"{{"payloadType":"{payload_type}","payload":"{payload}","signatures":[{signatures}]}}"#
            )
        };
        let signature = r#"{"keyid":"","sig":"AA=="}"#;
        assert!(Envelope::parse(with("text/plain", "e30=", signature).as_bytes()).is_none());
        assert!(Envelope::parse(b"-----BEGIN").is_none());
        let good = Envelope::parse(with(MEDIA_TYPE, "e30=", signature).as_bytes());
        assert_eq!(good.unwrap().unwrap().payload(), b"{}");
        for (payload, signatures) in [
            ("e30=", ""),
            ("e3", signature),
            ("e30=", r#"{"keyid":"","sig":"?"}"#),
        ] {
            let damaged = Envelope::parse(with(MEDIA_TYPE, payload, signatures).as_bytes());
            assert_eq!(damaged.unwrap().unwrap_err(), Outcome::Damaged);
        }
    }
}
