//! Signatures of tools before 3.6: a clear-signed digest of data. Header and descriptors are not covered.

use sifter_sif::{Descriptor, HashType, Source};

use super::{Content, Run, blank, form};
use crate::digest::{Digest, DigestAlgorithm};
use crate::failure::{Failure, Target};
use crate::hashing::NoDigest;
use crate::metadata::legacy_digits;
use crate::report::{Contents, SignatureReport};
use crate::selection::object;

impl<S: Source> Run<'_, '_, '_, S> {
    pub(super) fn legacy(
        &mut self,
        target: Target,
        signature: &Descriptor,
        content: &Content,
    ) -> Result<SignatureReport, NoDigest> {
        let mut report = blank(signature, form(content));
        let Content::Message(message) = content else {
            report.failure = Some(Failure::FormatNotRecognized);
            return Ok(report);
        };
        let authenticity = self.authenticate_message(signature, message);
        report.signer = authenticity.signer;
        let stated = authenticity.result.and_then(|()| {
            let digest = stated_digest(signature, &message.text())?;
            self.claim_holds(signature, report.signer.as_ref())?;
            Ok(digest)
        });
        let digest = match stated {
            Ok(digest) => digest,
            Err(failure) => {
                report.failure = Some(failure);
                return Ok(report);
            }
        };
        let (objects, altered) = match target {
            Target::Object(id) => (
                vec![object(self.image, id)?],
                Failure::DataAltered { object: id },
            ),
            Target::Group(group) => {
                let members = self
                    .image
                    .descriptors()
                    .filter(|object| object.group() == Some(group));
                (members.collect(), Failure::GroupAltered)
            }
        };
        let ids = objects.iter().map(|object| object.id()).collect();
        if self.contents == Contents::Unread {
            // Data is all that it covers.
            report.unread = ids;
            report.failure = Some(Failure::DataUnread);
            return Ok(report);
        }
        let found = match objects[..] {
            [object] => self.digests.of(object, digest.algorithm())?,
            _ => self.digests.of_all(&objects, digest.algorithm())?,
        };
        if found == digest {
            report.verified = ids;
        } else {
            report.altered = ids;
            report.failure = Some(altered);
        }
        Ok(report)
    }
}

/// The digest in the text, of the algorithm in the descriptor.
fn stated_digest(signature: &Descriptor, text: &str) -> Result<Digest, Failure> {
    let algorithm = match signature.signature().map(|claim| claim.hash) {
        Ok(HashType::Sha256) => DigestAlgorithm::Sha256,
        Ok(HashType::Sha384) => DigestAlgorithm::Sha384,
        Ok(HashType::Sha512) => DigestAlgorithm::Sha512,
        _ => return Err(Failure::HashType),
    };
    Ok(Digest::from_hex(algorithm, legacy_digits(text)?)?)
}

#[cfg(test)]
mod tests {
    use sifter_sif::{ObjectInput, Signature};

    use super::*;
    use crate::digest::InvalidDigest;

    fn digest(hash: HashType, text: &str) -> Result<Digest, Failure> {
        let signature = Signature {
            hash,
            fingerprint: None,
        };
        let descriptor = ObjectInput::signature(&b""[..], signature)
            .descriptor()
            .unwrap();
        stated_digest(&descriptor, text)
    }

    #[test]
    fn the_descriptor_names_the_hash_and_the_text_the_digest() {
        let good = format!("SIFHASH:\n{}", "ab".repeat(48));
        assert_eq!(
            digest(HashType::Sha384, &good).unwrap().as_bytes(),
            [0xAB; 48]
        );
        for (hash, text) in [
            (HashType::Sha384, "SIFHASH:\nabc".to_owned()),
            (HashType::Sha256, good.clone()),
            (HashType::Sha512, String::new()),
        ] {
            assert!(matches!(
                digest(hash, &text),
                Err(Failure::Digest(InvalidDigest::Malformed))
            ));
        }
        assert!(matches!(
            digest(HashType::Blake2b256, &good),
            Err(Failure::HashType)
        ));
    }
}
