//! Whose certificates are believed: those the operating system vouches for, those of authorities that a person
//! has added, and for single hosts exactly the certificate that a person has compared and accepted.
//!
//! There is no switch that turns the check off.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, OtherError,
    SignatureScheme,
};
use url::{Host, Url};

use super::certificate::Certificate;
use super::network::{NetworkPlan, Refused, note};
use crate::error;

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Distrust {
    /// Nobody that this computer knows vouches for it.
    #[error("nobody known here vouches for it")]
    Unknown,
    /// It is not the one that a person has accepted for this host.
    #[error("it is not the certificate that was accepted for this server")]
    Changed,
    /// It has ended.
    #[error("it has ended")]
    Expired,
    /// It is not good yet.
    #[error("it is not good yet")]
    NotYet,
    /// It is for other hosts.
    #[error("it is for another server")]
    OtherName,
    /// Whoever issued it has taken it back.
    #[error("it was revoked")]
    Revoked,
    /// Anything else.
    #[error("it breaks a rule")]
    Broken,
}

/// A certificate that was not believed. Nothing was sent to that server.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the certificate of {host} is not trusted: {distrust}")]
pub struct Refusal {
    /// The host that showed it, as a pin names it.
    pub host: String,
    /// Why not.
    pub distrust: Distrust,
    /// What it showed, where that could be read.
    pub certificate: Option<Certificate>,
    /// What the check says.
    #[source]
    pub source: TlsError,
}

impl Refusal {
    fn of(error: &TlsError) -> Option<Self> {
        match error {
            TlsError::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
                inner.downcast_ref::<Self>().cloned()
            }
            _ => None,
        }
    }

    /// Finds the refusal in a chain of causes, where errors of other crates carry it.
    #[must_use]
    pub fn find(error: &(dyn StdError + 'static)) -> Option<Self> {
        error::find(error, &|error| {
            let found = error.downcast_ref::<Self>().cloned();
            found.or_else(|| error.downcast_ref::<TlsError>().and_then(Self::of))
        })
    }
}

/// The name of a host as pins have it: without port and brackets, in lower case.
#[must_use]
pub fn pin_name(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain(name) => Some(name.to_ascii_lowercase()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

/// How connections are secured.
pub(super) fn config(plan: &NetworkPlan, refused: Refused) -> Result<ClientConfig, TlsError> {
    super::install_crypto();
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let verifier = Verifier {
        system: system_verifier(&plan.authorities, Arc::clone(&provider))?,
        pinned: plan.pinned.clone(),
        refused,
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(rustls::ALL_VERSIONS)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn system_verifier(
    authorities: &[Certificate],
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    use rustls_platform_verifier::Verifier;
    if authorities.is_empty() {
        return Ok(Arc::new(Verifier::new(provider)?));
    }
    let roots = authorities.iter().map(Certificate::to_der);
    Ok(Arc::new(Verifier::new_with_extra_roots(roots, provider)?))
}

#[derive(Debug)]
struct Verifier {
    system: Arc<dyn ServerCertVerifier>,
    pinned: BTreeMap<String, Certificate>,
    refused: Refused,
}

impl Verifier {
    /// What a person has said about the certificate of this host.
    fn by_pin(pinned: &Certificate, shown: &[u8], now: UnixTime) -> Result<(), Distrust> {
        if pinned.der() != shown {
            return Err(Distrust::Changed);
        }
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < pinned.from().unix_timestamp() {
            return Err(Distrust::NotYet);
        }
        if now > pinned.until().unix_timestamp() {
            return Err(Distrust::Expired);
        }
        Ok(())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let host = server_name.to_str().to_ascii_lowercase();
        let refuse = |distrust, source| {
            let refusal = Refusal {
                host: host.clone(),
                distrust,
                certificate: Certificate::read(end_entity),
                source,
            };
            note(&self.refused, refusal.clone());
            let inner = OtherError(Arc::new(refusal));
            TlsError::InvalidCertificate(CertificateError::Other(inner))
        };
        if let Some(pinned) = self.pinned.get(&host) {
            return match Self::by_pin(pinned, end_entity, now) {
                Ok(()) => Ok(ServerCertVerified::assertion()),
                Err(distrust) => {
                    let source = CertificateError::ApplicationVerificationFailure;
                    Err(refuse(distrust, source.into()))
                }
            };
        }
        let checked = self.system.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        checked.map_err(|error| refuse(distrust_of(&error, end_entity), error))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.system
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.system
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

fn distrust_of(error: &TlsError, shown: &CertificateDer<'_>) -> Distrust {
    let TlsError::InvalidCertificate(error) = error else {
        return Distrust::Broken;
    };
    match error {
        CertificateError::UnknownIssuer => Distrust::Unknown,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Distrust::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Distrust::NotYet
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Distrust::OtherName
        }
        CertificateError::Revoked => Distrust::Revoked,
        // What `openssl req -x509` makes calls itself an authority, which a server's certificate may not be. To
        // a person that is a certificate nobody vouches for.
        CertificateError::Other(_)
            if Certificate::read(shown).is_some_and(|shown| shown.is_self_issued()) =>
        {
            Distrust::Unknown
        }
        _ => Distrust::Broken,
    }
}
