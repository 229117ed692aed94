//! `POST /oauth/device_authorization` (RFC 8628 section 3.1).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use super::{INTERVAL, LIFE};
use crate::oauth::params::Form;
use crate::oauth::refusal::OAuthError;
use crate::oauth::request;
use crate::oauth::token::check_client;
use crate::peer::Peer;
use crate::routes::address::Origin;
use crate::state::AppState;

/// Where people type the code. Short, because they type this as well.
pub(crate) const PAGE: &str = "/device";

#[derive(Serialize)]
struct Started {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: i64,
    interval: i64,
}

pub(crate) async fn start(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Result<Response, OAuthError> {
    let Form(params) = form?;
    check_client(&headers, &params)?;
    let scope = params.one("scope")?.unwrap_or_default();
    if !request::is_scope(scope) {
        return Err(OAuthError::invalid_scope());
    }
    let now = state.clock().now();
    let (device_code, user_code) = state
        .oauth()
        .devices
        .add(now, peer, scope)?
        .ok_or(OAuthError::too_many())?;
    let verification_uri = origin.join(PAGE);
    let mut response = Json(Started {
        device_code,
        verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
        verification_uri,
        user_code: user_code.to_string(),
        expires_in: LIFE.whole_seconds(),
        interval: INTERVAL.whole_seconds(),
    })
    .into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}
