//! The address that a browser is sent to.

use url::Url;

use crate::kind::ProviderKind;
use crate::metadata::{Endpoints, IdentitySource};

/// What a browser is sent to a provider with.
#[derive(Debug)]
pub struct Departure<'a> {
    /// Our name at the provider.
    pub client_id: &'a str,
    /// Where the browser comes back to.
    pub redirect_uri: &'a str,
    /// Recognises the answer.
    pub state: &'a str,
    /// Recognises the ID token; unused where there are none.
    pub nonce: &'a str,
    /// The PKCE challenge, for S256.
    pub challenge: &'a str,
    /// Asks for people of this Google Workspace domain.
    pub domain: Option<&'a str>,
}

impl Departure<'_> {
    /// The address, with all of it in its query.
    #[must_use]
    pub fn address(&self, kind: &ProviderKind, endpoints: &Endpoints) -> Url {
        let mut url = endpoints.authorize.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("state", self.state)
            .append_pair("code_challenge", self.challenge)
            .append_pair("code_challenge_method", "S256");
        match &endpoints.identity {
            IdentitySource::IdToken { .. } => {
                query
                    .append_pair("scope", "openid profile email")
                    .append_pair("nonce", self.nonce);
            }
            // An empty scope is the public profile, which is all that is needed.
            IdentitySource::UserApi(_) => {}
        }
        // Otherwise whoever is signed in there goes through without having been asked.
        if !matches!(
            kind,
            ProviderKind::GitLab { .. } | ProviderKind::Oidc { .. }
        ) {
            query.append_pair("prompt", "select_account");
        }
        if let Some(domain) = self.domain {
            query.append_pair("hd", domain);
        }
        drop(query);
        url
    }
}
