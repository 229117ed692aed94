//! What a provider says about itself (OpenID Connect Discovery), and whether that can be believed.

use serde::Deserialize;
use url::Url;

use crate::error::Fault;
use crate::kind::{ProviderKind, bare, github_api};

/// The addresses of a provider.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Whom its tokens name; may hold `{tenantid}` (Microsoft).
    pub issuer: String,
    /// Where browsers are sent.
    pub authorize: Url,
    /// Where codes are traded.
    pub token: Url,
    /// Where a device without a browser asks for a code (RFC 8628). Known of GitHub only: nothing asks the others for
    /// one.
    pub device: Option<Url>,
    /// Says who somebody is.
    pub identity: IdentitySource,
    /// The secret goes into the form rather than into a header.
    pub secret_in_form: bool,
    /// Answers always say whom they come from (RFC 9207).
    pub sends_issuer: bool,
}

/// How a provider says who somebody is.
#[derive(Debug, Clone)]
pub enum IdentitySource {
    /// By an ID token, signed with one of the keys at this address.
    IdToken {
        /// A set of keys (RFC 7517).
        keys: Url,
    },
    /// By an answer to whoever brings an access token (GitHub).
    UserApi(Url),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Endpoints {
    /// GitHub publishes no metadata. `None` when the address leads nowhere.
    #[must_use]
    pub fn of_github(base: &Url) -> Option<Self> {
        let at = |path: &str| Url::parse(&format!("{}{path}", bare(base))).ok();
        Some(Self {
            issuer: bare(base),
            authorize: at("/login/oauth/authorize")?,
            token: at("/login/oauth/access_token")?,
            device: at("/login/device/code"),
            identity: IdentitySource::UserApi(github_api(base)?),
            secret_in_form: true,
            sends_issuer: false,
        })
    }

    /// Reads a metadata document. The issuer must be the configured one, letter for letter (the defence
    /// against mix-up), and every endpoint must belong to the provider.
    ///
    /// # Errors
    /// When it does not hold that, cannot be read, or offers no S256.
    pub fn read(kind: &ProviderKind, body: &[u8]) -> Result<Self, Fault> {
        let refuse = |why| Err(Fault::Answer(why));
        let Ok(document) = serde_json::from_slice::<Document>(body) else {
            return refuse("the metadata cannot be read");
        };
        if !kind.is_metadata_of(&document.issuer) {
            return refuse("the metadata is of another issuer");
        }
        let endpoints = [
            &document.authorization_endpoint,
            &document.token_endpoint,
            &document.jwks_uri,
        ];
        if !endpoints.into_iter().all(|url| kind.owns(url)) {
            return refuse("an endpoint is on a host that does not belong to the provider");
        }
        let lacks = |methods: &Option<Vec<String>>, wanted: &str| {
            methods
                .as_ref()
                .is_some_and(|methods| !methods.iter().any(|method| method == wanted))
        };
        if lacks(&document.code_challenge_methods_supported, "S256") {
            return refuse("the provider knows no S256");
        }
        // Without a list the standard means the header.
        let methods = &document.token_endpoint_auth_methods_supported;
        let secret_in_form = methods.is_some() && !lacks(methods, "client_secret_post");
        Ok(Self {
            issuer: document.issuer,
            authorize: document.authorization_endpoint,
            token: document.token_endpoint,
            device: None,
            identity: IdentitySource::IdToken {
                keys: document.jwks_uri,
            },
            secret_in_form,
            sends_issuer: document.authorization_response_iss_parameter_supported,
        })
    }
}

/// Where the metadata of a provider is; `None` where there is none.
#[must_use]
pub fn metadata_address(kind: &ProviderKind) -> Option<Url> {
    let issuer = kind.discovery()?;
    let issuer = issuer.trim_end_matches('/');
    Url::parse(&format!("{issuer}/.well-known/openid-configuration")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_used_of_the_metadata_may_be_anything() {
        let document = json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://id.example/keys",
            "device_authorization_endpoint": "/device",
            "userinfo_endpoint": 7,
        });
        let kind = ProviderKind::Oidc {
            issuer: "https://id.example".to_owned(),
            endpoint_hosts: Vec::new(),
        };
        let endpoints = Endpoints::read(&kind, document.to_string().as_bytes()).unwrap();
        assert_eq!(endpoints.token.as_str(), "https://id.example/token");
    }
}
