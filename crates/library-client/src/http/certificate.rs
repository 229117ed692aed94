//! A certificate as a person decides about it: whose it is, who says so, how long, and its fingerprint.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Name};

/// The longest certificate that is looked at, in bytes. Real ones have one or two kilobytes.
const LONGEST: usize = 64 << 10;
/// The longest file of authorities that is read, in bytes.
pub const LONGEST_PEM: usize = 1 << 20;
/// The most authorities that one file may hold.
const MOST: usize = 64;
/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 200;
/// The most host names that are shown.
const MOST_NAMES: usize = 20;

/// Why a file holds no certificate authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// No PEM block of a certificate, or one that cannot be read.
    #[error("there is no certificate that can be read")]
    Unreadable,
    /// The certificate of a server or a person: it may vouch for nobody (RFC 5280, basic constraints).
    #[error("the certificate may not vouch for others")]
    NotAnAuthority,
}

/// A certificate that could be read.
#[derive(Clone)]
pub struct Certificate {
    der: Arc<[u8]>,
    facts: Arc<Facts>,
}

#[derive(Debug)]
struct Facts {
    subject: String,
    issuer: String,
    from: OffsetDateTime,
    until: OffsetDateTime,
    names: Vec<String>,
    authority: bool,
    self_issued: bool,
}

impl Certificate {
    /// Reads a certificate (RFC 5280); `None` for anything else.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        if der.len() > LONGEST {
            return None;
        }
        let (rest, parsed) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let names = parsed.subject_alternative_name().ok().flatten();
        let names = names.map_or_else(Vec::new, |found| names_of(&found.value.general_names));
        let facts = Facts {
            subject: name_text(parsed.subject()),
            issuer: name_text(parsed.issuer()),
            from: parsed.validity().not_before.to_datetime(),
            until: parsed.validity().not_after.to_datetime(),
            names,
            authority: parsed.is_ca(),
            self_issued: parsed.subject().as_raw() == parsed.issuer().as_raw(),
        };
        Some(Self {
            der: der.into(),
            facts: Arc::new(facts),
        })
    }

    /// The authorities in a PEM file; what else is in it, such as a key, is not looked at.
    ///
    /// # Errors
    /// When there is none, or one of the certificates is no authority.
    pub fn authorities_in(pem: &[u8]) -> Result<Vec<Self>, CertificateFault> {
        if pem.len() > LONGEST_PEM {
            return Err(CertificateFault::Unreadable);
        }
        let mut found = Vec::new();
        for der in CertificateDer::pem_slice_iter(pem).take(MOST) {
            let der = der.map_err(|_| CertificateFault::Unreadable)?;
            let certificate = Self::read(&der).ok_or(CertificateFault::Unreadable)?;
            if !certificate.facts.authority {
                return Err(CertificateFault::NotAnAuthority);
            }
            found.push(certificate);
        }
        if found.is_empty() {
            return Err(CertificateFault::Unreadable);
        }
        Ok(found)
    }

    /// The certificate in its encoding.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the encoding as people compare it: `AB:CD:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.der);
        let mut text = String::with_capacity(digest.len() * 3);
        for byte in digest {
            if !text.is_empty() {
                text.push(':');
            }
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02X}");
        }
        text
    }

    /// Whose it is: the common name, else the whole name.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.facts.subject
    }

    /// Who says so.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.facts.issuer
    }

    /// From when it is good.
    #[must_use]
    pub fn from(&self) -> OffsetDateTime {
        self.facts.from
    }

    /// Until when it is good.
    #[must_use]
    pub fn until(&self) -> OffsetDateTime {
        self.facts.until
    }

    /// The hosts it is for, at most twenty.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.facts.names
    }

    /// Whether nobody but itself vouches for it.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.facts.self_issued
    }

    pub(crate) fn to_der(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.der.to_vec())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.facts.subject)
    }
}

fn name_text(name: &X509Name<'_>) -> String {
    let common = name
        .iter_common_name()
        .next()
        .and_then(|value| value.as_str().ok());
    match common.map(visible).filter(|text| !text.is_empty()) {
        Some(text) => text,
        None => visible(&name.to_string()),
    }
}

/// A stranger's text, short and without characters that change how it is read.
fn visible(text: &str) -> String {
    let shown = text.chars().filter(|c| !c.is_control() && !turns(*c));
    shown.take(LONGEST_NAME).collect::<String>().trim().into()
}

/// Characters that make text run the other way, or cannot be seen (Unicode, bidirectional algorithm).
fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn names_of(names: &[GeneralName<'_>]) -> Vec<String> {
    let texts = names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(visible(name)),
        GeneralName::IPAddress(bytes) => address_text(bytes),
        _ => None,
    });
    texts.take(MOST_NAMES).collect()
}

fn address_text(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(sixteen).to_string())
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

    use super::*;

    fn made(change: impl FnOnce(&mut CertificateParams)) -> rcgen::Certificate {
        let mut params =
            CertificateParams::new(["lab.example".into(), "127.0.0.1".into()]).unwrap();
        change(&mut params);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    fn authority() -> rcgen::Certificate {
        made(|params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
                .distinguished_name
                .push(DnType::CommonName, "Lab\u{202e} CA\n");
        })
    }

    #[test]
    fn a_certificate_tells_whose_it_is_and_for_how_long() {
        let made = made(|params| {
            params.distinguished_name.push(DnType::CommonName, "lab");
            params.not_after = rcgen::date_time_ymd(2031, 2, 3);
        });
        let read = Certificate::read(made.der()).unwrap();
        assert_eq!(read.subject(), "lab");
        assert_eq!(read.names(), ["lab.example", "127.0.0.1"]);
        assert_eq!(read.until().date().to_string(), "2031-02-03");
        assert!(read.is_self_issued());
        let printed = read.fingerprint();
        assert_eq!(printed.len(), 32 * 3 - 1);
        assert_eq!(
            printed.replace(':', "").to_lowercase(),
            hex::encode(Sha256::digest(made.der()))
        );
    }

    #[test]
    fn a_name_that_plays_tricks_is_shown_without_them() {
        let read = Certificate::read(authority().der()).unwrap();
        assert_eq!(read.subject(), "Lab CA");
    }

    #[test]
    fn only_authorities_are_taken_from_a_file() {
        let (first, second) = (authority(), authority());
        let bundle = format!("# ours\n{}\n{}", first.pem(), second.pem());
        let read = Certificate::authorities_in(bundle.as_bytes()).unwrap();
        assert_eq!(read.len(), 2);
        let leaf = made(|_| {}).pem();
        assert_eq!(
            Certificate::authorities_in(leaf.as_bytes()),
            Err(CertificateFault::NotAnAuthority)
        );
        let mixed = format!("{}{leaf}", first.pem());
        assert_eq!(
            Certificate::authorities_in(mixed.as_bytes()),
            Err(CertificateFault::NotAnAuthority)
        );
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "hello", garbage] {
            assert_eq!(
                Certificate::authorities_in(text.as_bytes()),
                Err(CertificateFault::Unreadable),
                "{text:?}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_are_refused() {
        let der = authority().der().to_vec();
        for cut in 0..der.len() {
            assert!(Certificate::read(&der[..cut]).is_none(), "{cut}");
        }
        assert!(Certificate::read(&[der.as_slice(), b"x"].concat()).is_none());
        assert!(Certificate::read(&vec![0x30; LONGEST + 1]).is_none());
    }
}
