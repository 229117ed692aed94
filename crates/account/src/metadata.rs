//! What an authorization server says about itself (RFC 8414), and the checks before it is believed.

use http::StatusCode;
use serde::Deserialize;
use sifter_openid::exchange::GRANT;
use sifter_openid::is_loopback;
use url::Url;

use crate::error::Error;
use crate::providers::{self, Provider, ProviderKind};
use crate::transport::{Http, is_allowed};

/// The part of the metadata Sifter uses, checked.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    /// Exactly as the server writes it: what `iss` is compared with.
    pub(crate) issuer: String,
    pub(crate) authorize: Url,
    pub(crate) token: Url,
    pub(crate) revoke: Option<Url>,
    /// Where a device without a browser asks for a code (RFC 8628).
    pub(crate) device: Option<Url>,
    /// The answer must carry `iss` (RFC 9207).
    pub(crate) sends_issuer: bool,
    /// Who else may say who somebody is.
    pub(crate) providers: Vec<Provider>,
    /// Where a nonce is got, for an ID token that is to be exchanged (RFC 8693).
    pub(crate) nonce: Option<Url>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    #[serde(default)]
    revocation_endpoint: Option<Url>,
    #[serde(default)]
    device_authorization_endpoint: Option<Url>,
    #[serde(default)]
    token_exchange_nonce_endpoint: Option<Url>,
    #[serde(default)]
    grant_types_supported: Vec<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    /// Whatever it is: a list that makes no sense is no reason to keep anybody out.
    #[serde(default)]
    federated_providers: serde_json::Value,
}

impl Metadata {
    /// Whether an address that the server names later is its own.
    pub(crate) fn is_home(&self, address: &Url) -> bool {
        is_at_home(address, &self.token)
    }

    /// Asks the issuer. A server without the document has no sign-in page.
    pub(crate) async fn fetch(http: &Http, issuer: &Url) -> Result<Self, Error> {
        if !is_allowed(issuer) || issuer.query().is_some() || issuer.fragment().is_some() {
            return Err(Error::UnsafeServer {
                what: "its address",
            });
        }
        let answer = http.get(&document_address(issuer)).await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(Error::NoSignIn),
            status if status.is_server_error() => {
                return Err(Error::ServerRejected {
                    reason: status.as_u16().to_string(),
                });
            }
            _ => {
                return Err(Error::BadResponse {
                    what: "no description of its sign-in",
                });
            }
        }
        let document = serde_json::from_slice(&answer.body).map_err(|_| Error::BadResponse {
            what: "the description of its sign-in",
        })?;
        check(document, issuer)
    }
}

/// Whether an address is on the issuer's own host and as safe as the issuer.
fn is_at_home(address: &Url, issuer: &Url) -> bool {
    // On this machine every port may belong to somebody else.
    let home = address.host() == issuer.host()
        && (!is_loopback(address) || address.port() == issuer.port());
    is_allowed(address) && home && address.scheme() == issuer.scheme()
}

/// `https://host/path` describes itself at `https://host/.well-known/oauth-authorization-server/path`
/// (RFC 8414 section 3.1).
fn document_address(issuer: &Url) -> Url {
    let mut address = issuer.clone();
    let path = issuer.path().trim_end_matches('/');
    address.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
    address
}

fn check(document: Document, issuer: &Url) -> Result<Metadata, Error> {
    let unsafe_server = |what| Err(Error::UnsafeServer { what });
    // `https://host` and `https://host/` are one issuer; `Url` always writes the second.
    let known = issuer.as_str();
    let same = document.issuer == known
        || issuer.path() == "/" && known.strip_suffix('/') == Some(&document.issuer);
    if !same {
        return unsafe_server("it speaks for another issuer");
    }
    let addresses = [
        Some(&document.authorization_endpoint),
        Some(&document.token_endpoint),
        document.revocation_endpoint.as_ref(),
        document.device_authorization_endpoint.as_ref(),
        document.token_exchange_nonce_endpoint.as_ref(),
    ];
    for address in addresses.into_iter().flatten() {
        if !is_at_home(address, issuer) {
            return unsafe_server("an address of its sign-in is elsewhere");
        }
    }
    let methods = &document.code_challenge_methods_supported;
    if !methods.iter().any(|method| method == "S256") {
        return unsafe_server("no PKCE with S256");
    }
    let grants = &document.grant_types_supported;
    let exchanges = grants.iter().any(|grant| grant == GRANT);
    let nonce = document.token_exchange_nonce_endpoint;
    let mut providers = providers::read(&document.federated_providers);
    for provider in &mut providers {
        // An ID token needs a nonce of the library's; GitHub has no ID tokens.
        let is_whole = exchanges && (nonce.is_some() || provider.kind == ProviderKind::GitHub);
        provider.direct = provider.direct.take().filter(|_| is_whole);
    }
    Ok(Metadata {
        issuer: document.issuer,
        authorize: document.authorization_endpoint,
        token: document.token_endpoint,
        revoke: document.revocation_endpoint,
        device: document.device_authorization_endpoint,
        sends_issuer: document.authorization_response_iss_parameter_supported,
        providers,
        nonce,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "issuer": "https://id.example.org",
            "authorization_endpoint": "https://id.example.org/oauth/authorize",
            "token_endpoint": "https://id.example.org/oauth/token",
            "revocation_endpoint": "https://id.example.org/oauth/revoke",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true
        })
    }

    fn checked(issuer: &str, document: Value) -> Result<Metadata, Error> {
        let document = serde_json::from_value(document).unwrap();
        check(document, &Url::parse(issuer).unwrap())
    }

    #[test]
    fn a_server_that_describes_itself_well_is_believed() {
        let metadata = checked("https://id.example.org", good()).unwrap();
        assert!(metadata.sends_issuer);
        assert_eq!(metadata.issuer, "https://id.example.org");
        assert_eq!(metadata.providers, []);
    }

    #[test]
    fn providers_are_taken_from_it_and_nonsense_in_their_place_keeps_nobody_out() {
        let mut document = good();
        document["federated_providers"] =
            json!([{ "id": "lab", "label": "Lab", "kind": "gitlab" }]);
        let metadata = checked("https://id.example.org", document.clone()).unwrap();
        assert_eq!(metadata.providers.len(), 1);
        document["federated_providers"] = json!({ "id": ["lab"] });
        let metadata = checked("https://id.example.org", document).unwrap();
        assert_eq!(metadata.providers, []);
    }

    #[test]
    fn nothing_is_brought_to_a_server_that_exchanges_nothing() {
        let takes_direct = |change: &dyn Fn(&mut Value)| {
            let mut document = good();
            document["grant_types_supported"] = json!([GRANT]);
            document["token_exchange_nonce_endpoint"] = json!("https://id.example.org/nonce");
            document["federated_providers"] = json!([{
                "id": "lab", "kind": "gitlab", "issuer": "https://git.test", "app_client_id": "x",
            }]);
            change(&mut document);
            let metadata = checked("https://id.example.org", document).unwrap();
            metadata.providers[0].direct.is_some()
        };
        assert!(takes_direct(&|_| {}));
        assert!(!takes_direct(&|document| {
            document["grant_types_supported"] = json!(["authorization_code"]);
        }));
        let without_nonce = |document: &mut Value| {
            let fields = document.as_object_mut().unwrap();
            fields.remove("token_exchange_nonce_endpoint");
        };
        assert!(!takes_direct(&without_nonce));
        assert!(takes_direct(&|document| {
            without_nonce(document);
            document["federated_providers"][0]["kind"] = json!("github");
        }));
    }

    #[test]
    fn a10_metadata_of_another_issuer_or_with_foreign_or_unsafe_addresses_is_refused() {
        for (field, value) in [
            ("issuer", "https://evil.test"),
            ("issuer", "https://id.example.org/other"),
            ("token_endpoint", "https://evil.test/oauth/token"),
            ("token_endpoint", "http://id.example.org/oauth/token"),
            (
                "authorization_endpoint",
                "https://id.example.org@evil.test/",
            ),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("revocation_endpoint", "http://127.0.0.1:1/revoke"),
            ("device_authorization_endpoint", "https://evil.test/device"),
            ("token_exchange_nonce_endpoint", "https://evil.test/nonce"),
        ] {
            let mut document = good();
            document[field] = value.into();
            let error = checked("https://id.example.org", document).unwrap_err();
            assert_eq!(error.code(), "unsafe_server", "{field} {value}");
        }
    }

    #[test]
    fn a10_on_this_machine_another_port_is_another_server() {
        let document = json!({
            "issuer": "http://127.0.0.1:4000",
            "authorization_endpoint": "http://127.0.0.1:4000/a",
            "token_endpoint": "http://127.0.0.1:4001/t",
            "code_challenge_methods_supported": ["S256"],
        });
        let error = checked("http://127.0.0.1:4000", document).unwrap_err();
        assert_eq!(error.code(), "unsafe_server");
    }

    #[test]
    fn a07_metadata_without_s256_is_refused() {
        for methods in [json!([]), json!(["plain"]), json!(["s256"])] {
            let mut document = good();
            document["code_challenge_methods_supported"] = methods;
            let error = checked("https://id.example.org", document).unwrap_err();
            assert_eq!(error.code(), "unsafe_server");
        }
    }

    #[test]
    fn the_description_of_an_issuer_with_a_path_lies_beside_the_path() {
        let address = document_address(&Url::parse("https://host.test/team/a/").unwrap());
        assert_eq!(
            address.as_str(),
            "https://host.test/.well-known/oauth-authorization-server/team/a"
        );
    }
}
