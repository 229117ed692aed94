//! Errors of the way to a server: proxies and certificates.

use std::io;

use sifter_contract::{ErrorCode, Retry, UiError};
use sifter_library_client::Unreachable;
use sifter_library_client::http::{CertificateFault, Distrust, Refusal};

use crate::errors::{Place, chain};

/// A certificate was not believed.
pub(crate) fn distrusted(refusal: &Refusal, place: &Place) -> UiError {
    let (code, reason) = match refusal.distrust {
        Distrust::Unknown => (ErrorCode::CertificateUntrusted, None),
        Distrust::Changed => (ErrorCode::CertificateChanged, None),
        Distrust::Expired => (ErrorCode::CertificateInvalid, Some("expired")),
        Distrust::NotYet => (ErrorCode::CertificateInvalid, Some("not_yet")),
        Distrust::OtherName => (ErrorCode::CertificateInvalid, Some("name")),
        Distrust::Revoked => (ErrorCode::CertificateInvalid, Some("revoked")),
        _ => (ErrorCode::CertificateInvalid, Some("broken")),
    };
    let mut error = place.error(code).with("host", refusal.host.as_str());
    if let Some(shown) = &refusal.certificate {
        error = error
            .with("fingerprint", shown.fingerprint())
            .with("issuer", shown.issuer());
    }
    if let Some(reason) = reason {
        error = error.with("reason", reason);
    }
    error
}

/// No answer came; what is known of why.
pub(crate) fn unreachable(reason: Unreachable, place: &Place) -> UiError {
    match reason {
        Unreachable::Dns => place.retry(ErrorCode::HostUnknown),
        Unreachable::Proxy => place.retry(ErrorCode::ProxyFailed).with("reason", "other"),
        Unreachable::ProxySignIn => place
            .retry(ErrorCode::ProxyFailed)
            .with("reason", "sign_in"),
        Unreachable::Refused => place.retry(ErrorCode::Unreachable).with("how", "refused"),
        Unreachable::Timeout => place.retry(ErrorCode::Unreachable).with("how", "silent"),
        _ => place.retry(ErrorCode::Unreachable),
    }
}

/// A connection came about and could not be secured.
pub(crate) fn not_secured(place: &Place) -> UiError {
    place.retry(ErrorCode::NotSecured)
}

/// A file that holds no certificate authority.
pub(crate) fn authority(name: &str, fault: CertificateFault) -> UiError {
    let reason = match fault {
        CertificateFault::NotAnAuthority => "not_authority",
        _ => "unreadable",
    };
    UiError::new(ErrorCode::AuthorityUnusable)
        .with("name", name)
        .with("reason", reason)
}

/// A file that should hold certificate authorities and cannot be read as text.
pub(crate) fn authority_file(name: &str, error: &io::Error) -> UiError {
    if error.kind() == io::ErrorKind::InvalidData {
        return authority(name, CertificateFault::Unreadable);
    }
    UiError::new(ErrorCode::FileUnreadable)
        .with("name", name)
        .retry(Retry::Yes)
        .details(chain(error))
}
