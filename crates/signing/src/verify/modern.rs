//! Signatures over integrity metadata.

use std::sync::Arc;

use sifter_sif::{Descriptor, HashType, Source};

use super::{Authenticity, Content, Run, blank, form, not_valid};
use crate::digest::DigestAlgorithm;
use crate::dsse::{Envelope, Outcome};
use crate::failure::{Failure, KeyKind, NotValid, Target};
use crate::hashing::NoDigest;
use crate::metadata::ImageMetadata;
use crate::report::{SignatureReport, Signer};

impl<S: Source> Run<'_, '_, '_, S> {
    pub(super) fn modern(
        &mut self,
        target: Target,
        signature: &Descriptor,
        content: &Content,
    ) -> Result<SignatureReport, NoDigest> {
        let mut report = blank(signature, form(content));
        let (authenticity, signed) = match content {
            Content::Message(message) => {
                let text = message.text().into_bytes();
                (self.authenticate_message(signature, message), text)
            }
            Content::Envelope(Ok(envelope)) => {
                let signed = envelope.payload().to_vec();
                (self.authenticate_envelope(signature, envelope), signed)
            }
            Content::Envelope(Err(_)) => {
                report.failure = Some(not_valid(signature, NotValid::Damaged));
                return Ok(report);
            }
            Content::Unknown => {
                report.failure = Some(Failure::FormatNotRecognized);
                return Ok(report);
            }
        };
        report.signer = authenticity.signer;
        let stated = stated_hash(signature);
        let believed = stated
            .and(authenticity.result)
            .and_then(|()| parse(signature, &signed))
            .and_then(|metadata| {
                self.claim_holds(signature, report.signer.as_ref())?;
                Ok(metadata)
            });
        match believed {
            Ok(metadata) => self.compare(target, signature, &metadata, &mut report)?,
            Err(failure) => report.failure = Some(failure),
        }
        Ok(report)
    }

    fn authenticate_envelope(&self, signature: &Descriptor, envelope: &Envelope) -> Authenticity {
        let failed = |result| Authenticity {
            signer: None,
            result: Err(result),
        };
        if self.keys.is_empty() {
            let kind = KeyKind::Pem;
            return failed(Failure::NoKeyMaterial { kind });
        }
        let hash = signature
            .signature()
            .ok()
            .and_then(|claim| match claim.hash {
                HashType::Sha384 => Some(DigestAlgorithm::Sha384),
                HashType::Sha512 => Some(DigestAlgorithm::Sha512),
                _ => None,
            });
        match envelope.verify(self.keys, hash) {
            Outcome::Signed(keys) => Authenticity {
                signer: Some(Signer::Keys(keys)),
                result: Ok(()),
            },
            Outcome::Mismatch => failed(not_valid(signature, NotValid::Mismatch)),
            Outcome::OtherKeys => failed(not_valid(signature, NotValid::OtherKey)),
            Outcome::Damaged => failed(not_valid(signature, NotValid::Damaged)),
        }
    }
}

/// The descriptor has to name a hash that exists, even where it does not matter.
fn stated_hash(signature: &Descriptor) -> Result<(), Failure> {
    match signature.signature() {
        Ok(claim) if !matches!(claim.hash, HashType::Other(_)) => Ok(()),
        _ => Err(Failure::HashType),
    }
}

fn parse(signature: &Descriptor, signed: &[u8]) -> Result<ImageMetadata, Failure> {
    ImageMetadata::parse(signed)
        .map_err(|cause| not_valid(signature, NotValid::Metadata(Arc::new(cause))))
}
