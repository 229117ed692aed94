//! What this authorization server says about itself (RFC 8414).

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::oauth::exchange;
use crate::oauth::request::SCOPES;
use crate::oauth::token::DEVICE_GRANT;
use crate::providers::Provider;
use crate::routes::address::Origin;
use crate::state::AppState;

/// The metadata document. `federated_providers` and `token_exchange_nonce_endpoint` are extensions.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    device_authorization_endpoint: String,
    /// Where the app gets a nonce, when it may exchange ID tokens here.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_exchange_nonce_endpoint: Option<String>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    scopes_supported: [&'static str; 2],
    federated_providers: Vec<FederatedProvider>,
}

/// A provider, for a button in the app: its `id` goes into the parameter `idp_hint` of the authorization
/// request.
#[derive(Debug, Serialize)]
struct FederatedProvider {
    id: String,
    label: String,
    kind: &'static str,
    /// Which one it is.
    issuer: String,
    /// Our app's name there, when what it got there is exchanged here.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_client_id: Option<String>,
}

impl From<&Provider> for FederatedProvider {
    fn from(provider: &Provider) -> Self {
        Self {
            id: provider.id.clone(),
            label: provider.label.clone(),
            kind: provider.kind.word(),
            issuer: provider.kind.name(),
            app_client_id: provider.app_client_id.clone(),
        }
    }
}

pub(super) async fn show(State(state): State<AppState>, origin: Origin) -> Json<Document> {
    let providers = &state.config().providers;
    let exchanges = providers
        .iter()
        .any(|provider| provider.app_client_id.is_some());
    let mut grants = vec!["authorization_code", "refresh_token", DEVICE_GRANT];
    if exchanges {
        grants.push(exchange::GRANT);
    }
    Json(Document {
        issuer: origin.as_str().to_owned(),
        authorization_endpoint: origin.join("/oauth/authorize"),
        token_endpoint: origin.join("/oauth/token"),
        revocation_endpoint: origin.join("/oauth/revoke"),
        device_authorization_endpoint: origin.join("/oauth/device_authorization"),
        token_exchange_nonce_endpoint: exchanges.then(|| origin.join(exchange::NONCE_PATH)),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: grants,
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
        scopes_supported: SCOPES,
        federated_providers: providers.iter().map(FederatedProvider::from).collect(),
    })
}
