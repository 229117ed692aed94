//! What a server says about itself and about the caller: discovery, version, token status, user.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lenient;

/// Path of the discovery document below a server's web address.
pub const DISCOVERY_PATH: &str = "/assets/config/config.prod.json";

/// The discovery document, `GET /assets/config/config.prod.json`. No envelope.
///
/// Clients of the field fail when any top-level value is not an object, so this type can only write
/// objects; reading skips whatever it does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub struct Discovery {
    /// The library.
    #[serde(rename = "libraryAPI", skip_serializing_if = "Option::is_none")]
    pub library: Option<Service>,
    /// The HKP keyserver. Its key says *keystore*. Every pull of the official command lines needs it.
    #[serde(rename = "keystoreAPI", skip_serializing_if = "Option::is_none")]
    pub keystore: Option<Service>,
    /// Token status.
    #[serde(rename = "tokenAPI", skip_serializing_if = "Option::is_none")]
    pub token: Option<Service>,
    /// Remote build.
    #[serde(rename = "builderAPI", skip_serializing_if = "Option::is_none")]
    pub builder: Option<Service>,
    /// The consent page.
    #[serde(rename = "consentAPI", skip_serializing_if = "Option::is_none")]
    pub consent: Option<Service>,
}

/// One service of a discovery document. No trailing slash in what we publish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Service {
    /// Base of the service.
    pub uri: String,
    /// The OCI registry behind a library, where there really is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_uri: Option<String>,
    /// Second address of a builder, which no client uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager_uri: Option<String>,
}

impl Service {
    /// A service at this base.
    pub fn at(uri: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            ..Self::default()
        }
    }

    fn find(document: &Map<String, Value>, key: &str) -> Option<Self> {
        let members = document.get(key)?.as_object()?;
        let text = |key: &str| {
            members
                .get(key)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        Some(Self {
            uri: text("uri")?.to_owned(),
            registry_uri: text("registryUri").map(str::to_owned),
            manager_uri: text("managerUri").map(str::to_owned),
        })
    }
}

impl From<Map<String, Value>> for Discovery {
    fn from(document: Map<String, Value>) -> Self {
        let find = |key| Service::find(&document, key);
        Self {
            library: find("libraryAPI"),
            keystore: find("keystoreAPI"),
            token: find("tokenAPI"),
            builder: find("builderAPI"),
            consent: find("consentAPI"),
        }
    }
}

/// `GET /version`, in an envelope, on every service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VersionInfo {
    /// The server's own version.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub version: String,
    /// The library API's version; empty on services that are no library, and on old libraries.
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub api_version: String,
}

impl VersionInfo {
    /// The API version, when it is strict semantic versioning (no `v` in front).
    #[must_use]
    pub fn api(&self) -> Option<Version> {
        Version::parse(&self.api_version).ok()
    }

    /// Whether the API is at least `lowest`, by precedence of semantic versions.
    #[must_use]
    pub fn api_at_least(&self, lowest: &str) -> bool {
        match (self.api(), Version::parse(lowest)) {
            (Some(api), Ok(lowest)) => api.cmp_precedence(&lowest).is_ge(),
            _ => false,
        }
    }
}

/// `GET /v1/token-status`. The Cloud Library's body is not used by any client; Hinkskalle and the
/// local library say who the token belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenStatus {
    /// A word for people, such as `welcome`.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub status: String,
    /// Whose token it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<TokenUser>,
}

/// Whose token it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenUser {
    /// The login name, which is also the name of the user's entity.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub username: String,
    /// The address, where the server gives it.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub email: Option<String>,
}

/// `GET /v1/rbac/users/current`: the user in Harbor's shape. No envelope.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CurrentUser {
    /// The login name; empty when nobody is signed in.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub username: String,
    /// The name for people.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub realname: String,
    /// The address.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub email: String,
    /// The password of the registry behind the library, where there is one.
    #[serde(rename = "oidc_user_meta", skip_serializing_if = "Option::is_none")]
    pub registry: Option<RegistrySecret>,
}

/// The password of the registry behind a library. Read-only here: it is never written out again.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct RegistrySecret {
    #[serde(deserialize_with = "secret_or_empty")]
    secret: SecretString,
}

impl RegistrySecret {
    /// The password; `None` when the server sent an empty one.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretString> {
        (!self.secret.expose_secret().is_empty()).then_some(&self.secret)
    }
}

impl Serialize for RegistrySecret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(std::iter::empty::<(&str, &str)>())
    }
}

impl fmt::Debug for RegistrySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrySecret(kept out)")
    }
}

fn secret_or_empty<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<SecretString, D::Error> {
    Ok(Option::<SecretString>::deserialize(deserializer)?.unwrap_or_default())
}
