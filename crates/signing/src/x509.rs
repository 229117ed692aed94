//! Certificates of code signers: a chain from a certificate to a root that the person trusts.
//!
//! Certificates are not kept in images. One that stands the check here lends its key to the verification of
//! DSSE envelopes.

pub mod status;

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::dsse::{InvalidKey, PublicKey};
use crate::openpgp::Time;

/// The purpose "code signing", 1.3.6.1.5.5.7.3.3, as certificates encode it.
const CODE_SIGNING: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3, 3];
/// The most certificates read from one file. Chains have a handful, bundles of roots a few hundred.
const MOST_CERTIFICATES: usize = 4096;

/// Which of the three files is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The signer's certificate.
    Certificate,
    /// Those between it and a root.
    Intermediates,
    /// Those the person trusts.
    Roots,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Certificate => "certificate",
            Self::Intermediates => "intermediate certificates",
            Self::Roots => "root certificates",
        })
    }
}

/// Why a certificate does not lend its key.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Untrusted {
    /// A file holds no certificate, or something beside certificates.
    #[error("the {0} cannot be read")]
    Unreadable(Part),
    /// No roots were given. There is no list of roots for code signing that everybody shares.
    #[error("no root certificates given")]
    NoRoots,
    /// The certificate has ended, or one on the way to the root has.
    #[error("x509: certificate has expired")]
    Expired,
    /// The certificate is not valid yet, or one on the way to the root is not.
    #[error("x509: certificate is not yet valid")]
    NotYetValid,
    /// The certificate is for something else, such as web servers.
    #[error("x509: certificate specifies an incompatible key usage")]
    WrongPurpose,
    /// No chain leads to one of the roots.
    #[error("x509: certificate signed by unknown authority")]
    UnknownAuthority,
    /// Something else is wrong with the chain.
    #[error("x509: the chain of certificates is not valid")]
    Invalid(#[source] webpki::Error),
    /// The key in the certificate cannot be used.
    #[error(transparent)]
    Key(#[from] InvalidKey),
}

/// The key of the certificate in `certificate` (PEM, the first block), provided that a chain through
/// `intermediates` leads to one of `roots` (PEM, any number) as of `now`, and that it may sign code. As in the
/// reference, a certificate that states no purpose may.
///
/// # Errors
/// [`Untrusted`].
pub fn trusted_key(
    certificate: &[u8],
    intermediates: &[u8],
    roots: &[u8],
    now: Time,
) -> Result<PublicKey, Untrusted> {
    let chain = chain(certificate, intermediates, roots, now)?;
    let unreadable = || Untrusted::Unreadable(Part::Certificate);
    let leaf = chain.first().ok_or_else(unreadable)?;
    let (_, parsed) = X509Certificate::from_der(leaf).map_err(|_| unreadable())?;
    Ok(PublicKey::from_spki(parsed.public_key().raw)?)
}

/// The certificates from the signer's up to a root, both included.
fn chain(
    certificate: &[u8],
    intermediates: &[u8],
    roots: &[u8],
    now: Time,
) -> Result<Vec<CertificateDer<'static>>, Untrusted> {
    let certificates = read(certificate, Part::Certificate)?;
    let leaf = certificates
        .first()
        .ok_or(Untrusted::Unreadable(Part::Certificate))?;
    let intermediates = read(intermediates, Part::Intermediates)?;
    let roots = read(roots, Part::Roots)?;
    if roots.is_empty() {
        return Err(Untrusted::NoRoots);
    }
    let mut anchors = Vec::new();
    for root in &roots {
        anchors
            .push(anchor_from_trusted_cert(root).map_err(|_| Untrusted::Unreadable(Part::Roots))?);
    }
    let entity = EndEntityCert::try_from(leaf).map_err(refused)?;
    let path = entity
        .verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            &intermediates,
            unix(now),
            KeyUsage::required_if_present(CODE_SIGNING),
            None,
            None,
        )
        .map_err(refused)?;
    let mut chain = vec![leaf.clone()];
    chain.extend(
        path.intermediate_certificates()
            .map(|one| one.der().into_owned()),
    );
    let mut both = anchors.iter().zip(&roots);
    let root = both.find(|(anchor, _)| *anchor == path.anchor());
    chain.extend(root.map(|(_, root)| root.clone()));
    Ok(chain)
}

/// The time as the verifier of chains takes it, which knows none before 1970.
fn unix(time: Time) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(time.0.max(0).cast_unsigned()))
}

/// The certificates in a PEM file. Nothing else may be in it, except beside the one that is to be checked,
/// whose key often comes in the same file.
fn read(text: &[u8], part: Part) -> Result<Vec<CertificateDer<'static>>, Untrusted> {
    let blocks = pem::parse_many(text).map_err(|_| Untrusted::Unreadable(part))?;
    let mut certificates = Vec::new();
    for block in blocks {
        if block.tag() == "CERTIFICATE" && certificates.len() < MOST_CERTIFICATES {
            certificates.push(CertificateDer::from(block.into_contents()));
        } else if part != Part::Certificate {
            return Err(Untrusted::Unreadable(part));
        }
    }
    // Text without a single block is a mistake, no text at all is not.
    if certificates.is_empty() && !text.iter().all(u8::is_ascii_whitespace) {
        return Err(Untrusted::Unreadable(part));
    }
    Ok(certificates)
}

fn refused(error: webpki::Error) -> Untrusted {
    match error {
        webpki::Error::CertExpired { .. } => Untrusted::Expired,
        webpki::Error::CertNotValidYet { .. } => Untrusted::NotYetValid,
        webpki::Error::RequiredEkuNotFoundContext(_) => Untrusted::WrongPurpose,
        webpki::Error::UnknownIssuer => Untrusted::UnknownAuthority,
        other => Untrusted::Invalid(other),
    }
}
