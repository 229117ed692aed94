//! What is found out when a server does not work: one row for each thing that has to.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::UiError;

/// Asks what is wrong with a server: one that is connected, or an address that a person has typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Diagnose {
    /// The connected server.
    pub server_id: Option<String>,
    /// The address, where no server is named.
    pub address: Option<String>,
    /// Ask a server without encryption, after a warning. Loopback needs no consent.
    pub allow_http: bool,
}

/// Names a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DiagnosisRef {
    /// The diagnosis.
    pub diagnosis_id: String,
}

/// A diagnosis, finished or under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosisView {
    /// Opaque id.
    pub id: String,
    /// What is looked at: the server's name, or the address.
    pub subject: String,
    /// Whether all is said.
    pub done: bool,
    /// By host, the one that was typed first.
    pub hosts: Vec<DiagnosedHost>,
}

/// A host and what was tried there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiagnosedHost {
    /// Host and port as people write them.
    pub host: String,
    /// In the order in which one needs the other.
    pub checks: Vec<Check>,
}

/// One thing that has to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What it is.
    pub kind: CheckKind,
    /// What was found.
    pub outcome: CheckOutcome,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// The name is found (DNS).
    Name,
    /// The proxy in between lets it through.
    Proxy,
    /// Somebody takes the connection (TCP).
    Connection,
    /// The connection is secure, and to the right one (TLS).
    Encryption,
    /// The server says where its services are.
    Discovery,
    /// The library answers.
    Library,
    /// The key server answers.
    Keys,
    /// The build service answers.
    Builder,
    /// The registry answers.
    Registry,
    /// The sign-in page describes itself.
    SignIn,
    /// The token of the account in use is good.
    Account,
}

/// Where a check stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Its turn has not come.
    Waiting,
    /// It is being looked at.
    Running,
    /// It works.
    Good {
        /// What was seen.
        seen: Seen,
    },
    /// It does not.
    Bad {
        /// Why.
        error: UiError,
    },
    /// It was not looked at.
    Skipped {
        /// Why not.
        why: SkipReason,
    },
}

/// What was seen where something works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Seen {
    /// The name leads to these addresses, at most four.
    Addresses {
        /// Numbers.
        addresses: Vec<String>,
    },
    /// Somebody took the connection.
    Connected {
        /// Who: an address and a port, or a proxy.
        to: String,
    },
    /// The proxy let it through.
    Through {
        /// Host and port of the proxy.
        proxy: String,
        /// Whether the operating system named it.
        system: bool,
    },
    /// The connection is secure.
    Secured {
        /// Who vouches for the certificate.
        issuer: String,
        /// Until when it is good, RFC 3339.
        until: String,
        /// Whether a person has accepted exactly this certificate.
        pinned: bool,
    },
    /// The server describes its services.
    Services {
        /// How many it names.
        count: u32,
    },
    /// There is no description; the address is that of a library itself.
    LibraryItself,
    /// It answers, and says which version it is.
    Version {
        /// In its own words, at most 40 characters.
        version: String,
    },
    /// It answers.
    Answers,
    /// There is a sign-in page.
    SignInPage {
        /// How many other providers it takes sign-ins from.
        providers: u32,
    },
    /// The token is good.
    SignedIn {
        /// Whose it is.
        login: String,
    },
}

/// Why something was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Something before it does not work.
    Earlier,
    /// The person has stopped looking.
    Stopped,
    /// No proxy is used.
    NoProxy,
    /// The address is a number: there is no name to look up.
    Number,
    /// The proxy looks the name up and connects.
    ByProxy,
    /// The address is one without encryption.
    NotEncrypted,
    /// The server has no sign-in page; a token is pasted there.
    NoSignInPage,
    /// Nobody is signed in there.
    SignedOut,
    /// The server has no service that checks tokens.
    NoTokenService,
}
