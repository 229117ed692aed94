//! A clear-signed text, and whether one of the known keys has signed it.

use pgp::composed::CleartextSignedMessage;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType, SubpacketData};
use pgp::types::VerifyingKey;

use super::certificate::weakness;
use super::standing::Revocation;
use super::{Certificate, Issuer, KeyOrigin, KeySource, Time, end, time};
use crate::failure::NotValid;

/// The most signatures read from one message. The tools write one.
const MOST_SIGNATURES: usize = 16;

/// A clear-signed text as found in a signature object.
#[derive(Debug)]
pub(crate) struct Message {
    inner: CleartextSignedMessage,
    signed: String,
}

/// Whose signature it is, when the mathematics say so. Whether it is to be believed is another matter.
#[derive(Debug, Clone)]
pub(crate) struct SignedBy {
    pub(crate) certificate: Certificate,
    pub(crate) origin: KeyOrigin,
    pub(crate) made: Option<Time>,
    pub(crate) hash: String,
}

/// The one key that made a signature, with what is said about it.
struct SigningKey<'a, K> {
    certificate: &'a Certificate,
    key: &'a K,
    expires: Option<Time>,
    revoked: Option<Revocation>,
}

impl Message {
    /// Reads a clear-signed text; `None` when it is none, or has more signatures than any honest one.
    pub(crate) fn parse(data: &[u8]) -> Option<Self> {
        let (inner, _) = CleartextSignedMessage::from_armor(data).ok()?;
        if inner.signatures().len() > MOST_SIGNATURES {
            return None;
        }
        let signed = inner.signed_text();
        Some(Self { inner, signed })
    }

    /// The text, with line feeds between its lines.
    pub(crate) fn text(&self) -> String {
        self.signed.replace("\r\n", "\n")
    }

    /// Who claims to have signed.
    pub(crate) fn issuers(&self) -> Vec<Issuer> {
        self.inner.signatures().iter().map(Issuer::of).collect()
    }

    /// Looks for a key behind one of the signatures, source by source, and judges that signature as of `now`.
    pub(crate) fn verify(
        &self,
        sources: &[&dyn KeySource],
        now: Time,
    ) -> (Option<SignedBy>, Result<(), NotValid>) {
        let mut missing = None;
        for signature in self.inner.signatures() {
            let issuer = Issuer::of(signature);
            let mut silent = None;
            for source in sources {
                match source.find(&issuer) {
                    Ok(found) if !found.is_empty() && !issuer.is_unknown() => {
                        let found = with_other_copies(found, &issuer, sources);
                        return self.judge(signature, &issuer, &found, &source.origin(), now);
                    }
                    Ok(_) => {}
                    Err(unavailable) => silent = silent.or(Some(unavailable.origin.to_string())),
                }
            }
            missing = missing.or(Some(match silent {
                Some(origin) => NotValid::KeySourceUnavailable { issuer, origin },
                None => NotValid::UnknownKey { issuer },
            }));
        }
        (None, Err(missing.unwrap_or(NotValid::Damaged)))
    }

    fn judge(
        &self,
        signature: &Signature,
        issuer: &Issuer,
        found: &[Certificate],
        origin: &KeyOrigin,
        now: Time,
    ) -> (Option<SignedBy>, Result<(), NotValid>) {
        if let Err(refused) = acceptable(signature) {
            return (None, Err(refused));
        }
        let mut result = Err(NotValid::NotForSigning);
        for certificate in found {
            let by = || SignedBy {
                certificate: certificate.clone(),
                origin: origin.clone(),
                made: signature.created().map(time),
                hash: signature
                    .hash_alg()
                    .map_or_else(String::new, |hash| hash.to_string()),
            };
            let primary = &certificate.key().primary_key;
            if issuer.is(primary) && certificate.may_sign() {
                if self.matches(signature, primary) {
                    let key = SigningKey {
                        certificate,
                        key: primary,
                        expires: None,
                        revoked: None,
                    };
                    return (Some(by()), believable(signature, &key, now));
                }
                result = Err(NotValid::Mismatch);
            }
            for (subkey, standing) in certificate.signing_subkeys(issuer) {
                if !standing.signs {
                    continue;
                }
                if self.matches(signature, &subkey.key) {
                    let key = SigningKey {
                        certificate,
                        key: &subkey.key,
                        expires: standing.expires,
                        revoked: standing.revoked,
                    };
                    return (Some(by()), believable(signature, &key, now));
                }
                result = Err(NotValid::Mismatch);
            }
        }
        (None, result)
    }

    fn matches(&self, signature: &Signature, key: &impl VerifyingKey) -> bool {
        signature.verify(key, self.signed.as_bytes()).is_ok()
    }
}

/// What every keyring on this computer says about the certificates found in the first: one of them may know of a
/// revocation that the others have missed. No server is asked for it.
fn with_other_copies(
    mut found: Vec<Certificate>,
    issuer: &Issuer,
    sources: &[&dyn KeySource],
) -> Vec<Certificate> {
    let local = sources
        .iter()
        .filter(|source| !matches!(source.origin(), KeyOrigin::Server(_)));
    for copy in local
        .filter_map(|source| source.find(issuer).ok())
        .flatten()
    {
        let known = found
            .iter_mut()
            .find(|known| known.fingerprint() == copy.fingerprint());
        if let Some(known) = known.filter(|known| **known != copy) {
            *known = known.merged(&copy);
        }
    }
    found
}

/// Whether a signature is of a form that is believed at all, whoever made it.
fn acceptable(signature: &Signature) -> Result<(), NotValid> {
    if !matches!(
        signature.typ(),
        Some(SignatureType::Text | SignatureType::Binary)
    ) {
        return Err(NotValid::Type);
    }
    let hash = signature.hash_alg().ok_or(NotValid::Damaged)?;
    if !matches!(
        hash,
        HashAlgorithm::Sha224
            | HashAlgorithm::Sha256
            | HashAlgorithm::Sha384
            | HashAlgorithm::Sha512
    ) {
        return Err(NotValid::WeakHash(hash.to_string()));
    }
    let config = signature.config().ok_or(NotValid::Damaged)?;
    let unknown = config.hashed_subpackets().any(|subpacket| {
        let not_understood = matches!(
            subpacket.data,
            SubpacketData::Notation(_) | SubpacketData::Experimental(..) | SubpacketData::Other(..)
        );
        subpacket.is_critical && not_understood
    });
    if unknown {
        return Err(NotValid::Critical);
    }
    Ok(())
}

/// Whether a signature that matches its key is to be believed as of `now`: times, revocations, strength.
fn believable<K: VerifyingKey>(
    signature: &Signature,
    signer: &SigningKey<'_, K>,
    now: Time,
) -> Result<(), NotValid> {
    let standing = signer.certificate.standing();
    let created = signature.created().ok_or(NotValid::Damaged)?;
    let made = time(created);
    let revocations = [standing.revoked, signer.revoked].into_iter().flatten();
    if let Some(revocation) =
        revocations.min_by_key(|revocation| (revocation.retired, revocation.at))
    {
        return Err(NotValid::KeyRevoked {
            at: revocation.at,
            signed_before: revocation.retired && made < revocation.at,
        });
    }
    if let Some(kind) = weakness(signer.key.public_params()) {
        return Err(NotValid::WeakKey(kind));
    }
    if standing.nameless {
        return Err(NotValid::NoIdentity);
    }
    for at in [standing.expires, signer.expires].into_iter().flatten() {
        if at <= now {
            let signed_before = made < at;
            return Err(NotValid::KeyExpired { at, signed_before });
        }
    }
    if made > now {
        return Err(NotValid::Future { at: made });
    }
    match end(created, signature.signature_expiration_time()) {
        Some(at) if at <= now => Err(NotValid::SignatureExpired { at }),
        _ => Ok(()),
    }
}
