//! What this authorization server says about itself (RFC 8414).

use axum::Json;
use serde::Serialize;

use crate::oauth::request::SCOPES;
use crate::oauth::token::DEVICE_GRANT;
use crate::routes::address::Origin;

/// The metadata document. `federated_providers` is ours: the identity providers an administrator has
/// configured, none so far.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    device_authorization_endpoint: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 3],
    token_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    scopes_supported: [&'static str; 2],
    federated_providers: [&'static str; 0],
}

pub(super) async fn show(origin: Origin) -> Json<Document> {
    Json(Document {
        issuer: origin.as_str().to_owned(),
        authorization_endpoint: origin.join("/oauth/authorize"),
        token_endpoint: origin.join("/oauth/token"),
        revocation_endpoint: origin.join("/oauth/revoke"),
        device_authorization_endpoint: origin.join("/oauth/device_authorization"),
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token", DEVICE_GRANT],
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
        scopes_supported: SCOPES,
        federated_providers: [],
    })
}
