//! Whether the certificates of a chain have been taken back: the Online Certificate Status Protocol (RFC 6960).
//!
//! One question for each certificate below the root, which is trusted without one. Asking is the caller's. The answer
//! has to be signed by the issuer of the certificate, or by a responder that the same issuer has made one; the
//! reference tool looks for that in the certificate that is checked, which proves nothing.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use rustls_pki_types::CertificateDer;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::der::asn1::{Null, ObjectIdentifier, OctetString};
use x509_cert::der::{Any, Decode as _, Encode as _};
use x509_cert::ext::Extension;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspGeneralizedTime, OcspRequest, OcspResponse,
    OcspResponseStatus, Request, SingleResponse, TbsRequest,
};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::OID_PKIX_ACCESS_DESCRIPTOR_OCSP;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Untrusted, chain, unix};
use crate::openpgp::Time;

/// The media type of a question.
pub const REQUEST_TYPE: &str = "application/ocsp-request";
/// The largest answer that makes sense, in bytes. Real ones have a few kilobytes.
pub const ANSWER_LIMIT: u64 = 256 << 10;

/// The purpose "signing OCSP answers", 1.3.6.1.5.5.7.3.9, as certificates encode it.
const OCSP_SIGNING: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3, 9];
/// SHA-1, by which questions name an issuer. Nothing rests on its strength.
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
/// The extension that carries a nonce.
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// The form of an answer that everybody uses.
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// Bytes of a nonce.
const NONCE_LENGTH: usize = 16;
/// How old an answer may be that does not say how long it counts, in seconds.
const OLDEST: i64 = 7 * 24 * 3600;
/// How much the clocks of others may be ahead, in seconds.
const AHEAD: i64 = 300;
/// Certificates of responders in one answer that are looked at.
const MOST_RESPONDERS: usize = 8;

/// Why it is not known that a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusFailure {
    /// It was taken back.
    #[error("the certificate has been revoked")]
    Revoked,
    /// It does not say who knows.
    #[error("the certificate names no OCSP responder")]
    NoResponder,
    /// The responder does not know the certificate.
    #[error("the OCSP responder does not know the certificate")]
    Unknown,
    /// The responder does not answer the question.
    #[error("the OCSP responder refuses to answer")]
    Refused,
    /// The answer makes no sense.
    #[error("the OCSP answer cannot be read")]
    Malformed,
    /// The answer is about something else.
    #[error("the OCSP answer is about another certificate")]
    AnotherCertificate,
    /// The answer is one to another question.
    #[error("the OCSP answer is one to another question")]
    Nonce,
    /// The answer does not count any more, or not yet.
    #[error("the OCSP answer is out of date")]
    OutOfDate,
    /// Nobody who may answer has signed the answer.
    #[error("the OCSP answer is not signed by the issuer, nor by a responder of the issuer")]
    Signature,
    /// The question cannot be written.
    #[error("the OCSP question cannot be written")]
    Question,
}

/// A question about one certificate.
#[derive(Debug, Clone)]
pub struct StatusQuestion {
    url: String,
    request: Vec<u8>,
    id: CertId,
    nonce: Vec<u8>,
    issuer: CertificateDer<'static>,
}

/// The questions about a chain that [`super::trusted_key`] accepts: one for each certificate below the root, the
/// signer's first.
///
/// # Errors
/// [`Untrusted`] about the chain; the inner error when a certificate cannot be asked about.
pub fn questions(
    certificate: &[u8],
    intermediates: &[u8],
    roots: &[u8],
    now: Time,
) -> Result<Result<Vec<StatusQuestion>, StatusFailure>, Untrusted> {
    let chain = chain(certificate, intermediates, roots, now)?;
    let pairs = chain.iter().zip(chain.iter().skip(1));
    Ok(pairs
        .map(|(subject, issuer)| StatusQuestion::about(subject, issuer))
        .collect())
}

impl StatusQuestion {
    fn about(
        subject: &CertificateDer<'static>,
        issuer: &CertificateDer<'static>,
    ) -> Result<Self, StatusFailure> {
        let malformed = |_| StatusFailure::Question;
        let (_, subject) = X509Certificate::from_der(subject).map_err(malformed)?;
        let (_, above) = X509Certificate::from_der(issuer).map_err(malformed)?;
        let url = responder(&subject).ok_or(StatusFailure::NoResponder)?;
        let hashed =
            |bytes: &[u8]| OctetString::new(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
        let mut nonce = vec![0; NONCE_LENGTH];
        let filled = SystemRandom::new().fill(&mut nonce);
        filled.map_err(|_| StatusFailure::Question)?;
        let write = || -> Result<(CertId, Vec<u8>), x509_cert::der::Error> {
            let id = CertId {
                hash_algorithm: AlgorithmIdentifierOwned {
                    oid: SHA1,
                    parameters: Some(Any::from(Null)),
                },
                issuer_name_hash: hashed(above.subject().as_raw())?,
                issuer_key_hash: hashed(&above.public_key().subject_public_key.data)?,
                serial_number: SerialNumber::new(subject.raw_serial())?,
            };
            let nonce = OctetString::new(nonce.as_slice())?.to_der()?;
            let nonce = Extension {
                extn_id: NONCE,
                critical: false,
                extn_value: OctetString::new(nonce)?,
            };
            let request = OcspRequest {
                tbs_request: TbsRequest {
                    request_list: vec![Request {
                        req_cert: id.clone(),
                        single_request_extensions: None,
                    }],
                    request_extensions: Some(vec![nonce]),
                    ..TbsRequest::default()
                },
                optional_signature: None,
            };
            Ok((id, request.to_der()?))
        };
        let (id, request) = write().map_err(|_| StatusFailure::Question)?;
        Ok(Self {
            url,
            request,
            id,
            nonce,
            issuer: issuer.clone(),
        })
    }

    /// Where to ask, as the certificate says.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The body of a POST, of the type [`REQUEST_TYPE`].
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Makes sure that the answer says, at `now`, that the certificate is good.
    ///
    /// # Errors
    /// [`StatusFailure`].
    pub fn check(&self, answer: &[u8], now: Time) -> Result<(), StatusFailure> {
        let malformed = |_| StatusFailure::Malformed;
        let answer = OcspResponse::from_der(answer).map_err(malformed)?;
        if answer.response_status != OcspResponseStatus::Successful {
            return Err(StatusFailure::Refused);
        }
        let content = answer.response_bytes.ok_or(StatusFailure::Malformed)?;
        if content.response_type != BASIC {
            return Err(StatusFailure::Malformed);
        }
        let answer = BasicOcspResponse::from_der(content.response.as_bytes()).map_err(malformed)?;
        // Whose answer it is comes first: before that nothing in it is known.
        if !self.is_signed(&answer, now) {
            return Err(StatusFailure::Signature);
        }
        let told = answer.tbs_response_data;
        // Responders that prepare their answers send no nonce; a foreign one is an old answer.
        if told
            .nonce()
            .is_some_and(|nonce| nonce.0.as_bytes() != self.nonce)
        {
            return Err(StatusFailure::Nonce);
        }
        let mut about = told.responses.iter();
        let about = about
            .find(|one| same(&one.cert_id, &self.id))
            .ok_or(StatusFailure::AnotherCertificate)?;
        if !is_current(about, now.0) {
            return Err(StatusFailure::OutOfDate);
        }
        match about.cert_status {
            CertStatus::Good(_) => Ok(()),
            CertStatus::Revoked(_) => Err(StatusFailure::Revoked),
            CertStatus::Unknown(_) => Err(StatusFailure::Unknown),
        }
    }

    /// Whether the issuer, or a responder that it has made one, has signed the answer.
    fn is_signed(&self, answer: &BasicOcspResponse, now: Time) -> bool {
        let parts = || {
            let data = answer.tbs_response_data.to_der().ok()?;
            let algorithm = answer.signature_algorithm.to_der().ok()?;
            Some((data, algorithm, answer.signature.as_bytes()?))
        };
        let Some((data, algorithm, signature)) = parts() else {
            return false;
        };
        let by =
            |certificate: &CertificateDer<'_>| signed_by(certificate, &algorithm, &data, signature);
        if by(&self.issuer) {
            return true;
        }
        let responders = answer.certs.iter().flatten().take(MOST_RESPONDERS);
        let mut responders = responders.filter_map(|certificate| certificate.to_der().ok());
        responders.any(|der| {
            let certificate = CertificateDer::from(der);
            self.is_responder(&certificate, now) && by(&certificate)
        })
    }

    fn is_responder(&self, certificate: &CertificateDer<'_>, now: Time) -> bool {
        let Ok(anchor) = anchor_from_trusted_cert(&self.issuer) else {
            return false;
        };
        let anchors = [anchor];
        EndEntityCert::try_from(certificate).is_ok_and(|entity| {
            let verified = entity.verify_for_usage(
                ALL_VERIFICATION_ALGS,
                &anchors,
                &[],
                unix(now),
                KeyUsage::required(OCSP_SIGNING),
                None,
                None,
            );
            verified.is_ok()
        })
    }
}

/// The first address of a responder that a certificate names.
fn responder(certificate: &X509Certificate<'_>) -> Option<String> {
    let extensions = certificate.extensions().iter();
    let mut named = extensions.filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => {
            let mut places = access.accessdescs.iter();
            places.find_map(|place| match place.access_location {
                GeneralName::URI(uri) if place.access_method == OID_PKIX_ACCESS_DESCRIPTOR_OCSP => {
                    Some(uri.to_owned())
                }
                _ => None,
            })
        }
        _ => None,
    });
    named.next()
}

fn signed_by(
    certificate: &CertificateDer<'_>,
    algorithm: &[u8],
    data: &[u8],
    signature: &[u8],
) -> bool {
    let Ok(entity) = EndEntityCert::try_from(certificate) else {
        return false;
    };
    // Behind tag and length, as the list of algorithms has it.
    let algorithm = algorithm.get(2..).unwrap_or_default();
    let mut known = ALL_VERIFICATION_ALGS.iter();
    known.any(|one| {
        one.signature_alg_id().as_ref() == algorithm
            && entity.verify_signature(*one, data, signature).is_ok()
    })
}

/// The parameters of the hash may be written or left out.
fn same(one: &CertId, other: &CertId) -> bool {
    one.hash_algorithm.oid == other.hash_algorithm.oid
        && one.issuer_name_hash == other.issuer_name_hash
        && one.issuer_key_hash == other.issuer_key_hash
        && one.serial_number == other.serial_number
}

fn is_current(about: &SingleResponse, now: i64) -> bool {
    let this = seconds(&about.this_update);
    let next = about.next_update.as_ref().map(seconds);
    this <= now.saturating_add(AHEAD)
        && match next {
            Some(next) => now <= next,
            None => now.saturating_sub(this) <= OLDEST,
        }
}

fn seconds(time: &OcspGeneralizedTime) -> i64 {
    i64::try_from(time.0.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}
