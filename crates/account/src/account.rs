//! What an account is: who signed in, where, and where the secret is kept. No secret in here.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::{Origin, Url};
use uuid::Uuid;

/// The name of an account inside this installation. Random, so it says nothing about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(Uuid);

impl AccountId {
    /// Where the vault keeps the password of the proxy, which belongs to no account.
    pub const PROXY: Self = Self(Uuid::from_u128(0x5f1f_7e9a_0c1d_4b6e_9a57_7072_6f78_7930));

    /// A fresh, random id.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::str::FromStr for AccountId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// The stable name of a server: its issuer, its discovery host, or a fixed word for the library
/// inside the app, whose port changes with every start.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerKey(String);

impl ServerKey {
    /// Takes the name as it is; the caller decides what is stable for its servers.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A server as sign-in sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Its stable name.
    pub key: ServerKey,
    /// What a person calls it: `cloud.sylabs.io`, "This computer".
    pub label: String,
    /// The OAuth issuer (RFC 8414); `None` where tokens are pasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Url>,
    /// The addresses `Authorization` may go to, compared by scheme, host and port.
    /// The issuer's own address belongs to them without being listed.
    #[serde(default)]
    pub origins: Vec<Url>,
}

impl Server {
    /// Whether a request to `url` goes to this server and may carry its token.
    #[must_use]
    pub fn owns(&self, url: &Url) -> bool {
        let wanted = url.origin();
        matches!(wanted, Origin::Tuple(..))
            && (self.issuer.iter())
                .chain(&self.origins)
                .any(|own| own.origin() == wanted)
    }
}

/// How an account came by its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Signed in through the browser; the access token is renewed without asking.
    SignIn,
    /// A pasted token, used as it is until it ends.
    Token,
}

/// Where the secret of an account is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "in")]
pub enum Storage {
    /// In the keychain of the operating system.
    Keychain {
        /// Its name as people know it: "Keychain", "Credential Manager", "Secret Service".
        name: String,
    },
    /// In the vault file, encrypted with the person's passphrase.
    File,
    /// In memory; gone when the program ends.
    SessionOnly,
}

/// Whether an account can be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// There is a secret, and nothing has refused it.
    SignedIn,
    /// The token ended, was withdrawn or is gone; the person has to sign in again.
    NeedsSignIn,
}

/// One account on one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its name here.
    pub id: AccountId,
    /// The server it belongs to.
    pub server: Server,
    /// The server's stable id for the person; never an e-mail address.
    pub subject: String,
    /// The name they sign in with.
    pub login: String,
    /// The name they are called.
    pub display: String,
    /// How it came by its token.
    pub kind: AccountKind,
    /// Where its secret is kept.
    pub storage: Storage,
    /// Whether it can be used now.
    pub state: AccountState,
    /// When it was first added here.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// When a pasted token ends, if it says so.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires: Option<OffsetDateTime>,
    /// How many days before that the person was last reminded of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server {
            key: ServerKey::new("k"),
            label: "k".into(),
            issuer: Some(Url::parse("https://id.example.org").unwrap()),
            origins: vec![Url::parse("https://library.example.org/base").unwrap()],
        }
    }

    #[test]
    fn a_server_owns_its_issuer_and_its_listed_addresses_on_any_path() {
        for own in [
            "https://id.example.org/oauth/token",
            "https://library.example.org/v1/images",
            "https://library.example.org:443/",
        ] {
            assert!(server().owns(&Url::parse(own).unwrap()), "{own}");
        }
    }

    #[test]
    fn a_server_owns_no_other_host_port_or_scheme() {
        for other in [
            "http://library.example.org/",
            "https://library.example.org:8443/",
            "https://library.example.org.evil.test/",
            "https://evil.test/?https://library.example.org",
            "file:///library.example.org",
            "data:text/plain,x",
        ] {
            assert!(!server().owns(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
