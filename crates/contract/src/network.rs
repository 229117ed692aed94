//! How other machines are reached: the proxy, and whose certificates are believed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Passphrase, Storage};

/// Through what requests go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxyMode {
    /// What the operating system says.
    #[default]
    System,
    /// None.
    Direct,
    /// The one that is entered.
    Manual,
}

/// The language that a proxy speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxyKind {
    /// HTTP.
    #[default]
    Http,
    /// HTTP over an encrypted connection to the proxy.
    Https,
    /// SOCKS 5.
    Socks5,
}

/// The proxy as it is set. The fields of a manual one stay when another mode is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProxySettings {
    /// Through what requests go.
    pub mode: ProxyMode,
    /// The language of the manual proxy.
    pub kind: ProxyKind,
    /// Its host; empty when none was ever entered.
    pub host: String,
    /// Its port, 1 to 65535; 0 when none was ever entered.
    pub port: u16,
    /// The name to sign in with there; empty for none.
    pub user: String,
    /// Hosts that are reached directly: names with everything below them, addresses, and ranges.
    pub bypass: Vec<String>,
}

/// The password for the proxy that is set. It goes towards Rust only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProxyPassword {
    /// The password.
    #[ts(type = "string")]
    pub password: Passphrase,
}

/// A certificate as a person decides about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// SHA-256, `AB:CD:…`.
    pub fingerprint: String,
    /// Whose it is.
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// From when it is good, RFC 3339.
    pub from: String,
    /// Until when, RFC 3339.
    pub until: String,
    /// Whether it has ended.
    pub ended: bool,
    /// The hosts it is for, at most twenty.
    pub names: Vec<String>,
}

/// A certificate that is believed for one host, because a person has compared it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrustedHost {
    /// The host, without a port.
    pub host: String,
    /// Its certificate.
    pub certificate: CertificateView,
}

/// How other machines are reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkView {
    /// The proxy as it is set.
    pub proxy: ProxySettings,
    /// Where the password for that proxy is kept; `null` when there is none.
    pub password: Option<Storage>,
    /// Host and port of the proxy that requests to other machines go through now.
    pub in_use: Option<String>,
    /// Authorities that are believed beside those of the operating system.
    pub authorities: Vec<CertificateView>,
    /// Certificates that are believed for one host each.
    pub trusted: Vec<TrustedHost>,
}

/// Names a certificate authority that was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorityRef {
    /// SHA-256, `AB:CD:…`.
    pub fingerprint: String,
}

/// Names a certificate that a host has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShownCertificate {
    /// The host, without a port.
    pub host: String,
    /// SHA-256, `AB:CD:…`.
    pub fingerprint: String,
}

/// Names a host whose certificate was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustedHostRef {
    /// The host, without a port.
    pub host: String,
}

/// A certificate that was not believed, and the one that was accepted before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateQuestion {
    /// The host that showed it.
    pub host: String,
    /// What it showed.
    pub shown: CertificateView,
    /// What was accepted there before, when that is why this one is refused.
    pub accepted: Option<CertificateView>,
    /// Whether a person may accept it: nobody known vouches for it, and nothing else is wrong with it.
    pub acceptable: bool,
}
