//! The token and the revocation endpoint.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use crate::clock::Clock;
use crate::error::Error;
use crate::ids;
use crate::oauth::client::CLIENT_ID;
use crate::oauth::device::Told;
use crate::oauth::families::{self, ACCESS_LIFE};
use crate::oauth::params::{Form, Params};
use crate::oauth::refusal::OAuthError;
use crate::oauth::{codes, exchange, refresh};
use crate::peer::Peer;
use crate::people::identities;
use crate::routes::address::Origin;
use crate::state::AppState;

/// The grant type of devices (RFC 8628 section 3.4).
pub(super) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A successful answer (RFC 6749 section 5.1).
#[derive(Serialize)]
struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    /// RFC 8693 section 2.2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
}

/// `POST /oauth/token`.
pub(super) async fn grant(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Result<Response, OAuthError> {
    let Form(params) = form?;
    let now = state.clock().now();
    let throttle = &state.oauth().throttle;
    if throttle.is_closed(now, peer) {
        return Err(OAuthError::too_many());
    }
    check_client(&headers, &params)?;
    let outcome = match params.one("grant_type")? {
        Some("authorization_code") => by_code(&state, &params).await,
        Some("refresh_token") => by_refresh(&state, &params).await,
        Some(DEVICE_GRANT) => by_device(&state, &params).await,
        Some(exchange::GRANT) => by_exchange(&state, &origin, &params).await,
        Some(_) => Err(OAuthError::unsupported_grant_type()),
        None => Err(OAuthError::invalid_request("no grant_type")),
    };
    if outcome.as_ref().is_err_and(OAuthError::is_wrong_secret) {
        throttle.count_wrong(now, peer);
    }
    let mut response = Json(outcome?).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

/// The client is public and says its name only; one that sends a secret takes us for somebody else.
pub(super) fn check_client(headers: &HeaderMap, params: &Params) -> Result<(), OAuthError> {
    let silent =
        !headers.contains_key(header::AUTHORIZATION) && params.one("client_secret")?.is_none();
    if silent && params.one("client_id")? == Some(CLIENT_ID) {
        Ok(())
    } else {
        Err(OAuthError::invalid_client())
    }
}

async fn by_code(state: &AppState, params: &Params) -> Result<Tokens, OAuthError> {
    let need = |name, text| params.one(name)?.ok_or(OAuthError::invalid_request(text));
    let code = need("code", "no code")?.to_owned();
    let redirect = need("redirect_uri", "no redirect_uri")?.to_owned();
    // Every code here was asked for with a challenge, so a missing verifier is a downgrade.
    let verifier = need("code_verifier", "no code_verifier")?.to_owned();
    let clock = state.clock().clone();
    let tokens = state.db().write(move |connection| {
        match codes::redeem(connection, &clock, &code, &redirect, &verifier)? {
            Some(family) => {
                let first = refresh::issue(connection, &clock, &family)?;
                issue(connection, &clock, &family, first)
            }
            None => Ok(None),
        }
    });
    tokens.await?.ok_or(OAuthError::invalid_grant())
}

async fn by_refresh(state: &AppState, params: &Params) -> Result<Tokens, OAuthError> {
    let token = params.one("refresh_token")?;
    let token = token
        .ok_or(OAuthError::invalid_request("no refresh_token"))?
        .to_owned();
    let clock = state.clock().clone();
    let tokens =
        state.db().write(
            move |connection| match refresh::rotate(connection, &clock, &token)? {
                Some((family, next)) => issue(connection, &clock, &family, next),
                None => Ok(None),
            },
        );
    tokens.await?.ok_or(OAuthError::invalid_grant())
}

async fn by_device(state: &AppState, params: &Params) -> Result<Tokens, OAuthError> {
    let code = params
        .one("device_code")?
        .ok_or(OAuthError::invalid_request("no device_code"))?;
    let (user_id, scope) = match state.oauth().devices.ask(state.clock().now(), code) {
        Told::Allowed { user_id, scope } => (user_id, scope),
        Told::Pending => return Err(OAuthError::authorization_pending()),
        Told::SlowDown => return Err(OAuthError::slow_down()),
        Told::Expired => return Err(OAuthError::expired_token()),
        Told::Declined => return Err(OAuthError::access_denied()),
        Told::Unknown => return Err(OAuthError::invalid_grant()),
    };
    let clock = state.clock().clone();
    let tokens = state.db().write(move |connection| {
        let family = families::begin(connection, &clock, &user_id, &scope)?;
        let first = refresh::issue(connection, &clock, &family)?;
        issue(connection, &clock, &family, first)
    });
    tokens.await?.ok_or(OAuthError::invalid_grant())
}

async fn by_exchange(
    state: &AppState,
    origin: &Origin,
    params: &Params,
) -> Result<Tokens, OAuthError> {
    let (proven, scope) = exchange::by_brought_token(state, origin, params).await?;
    let (clock, owner) = (state.clock().clone(), state.config().owner.clone());
    let tokens = state.db().write(move |connection| {
        let person = identities::admit(connection, &clock, &owner, &proven)?;
        let family = families::begin(connection, &clock, &person.id, &scope)?;
        let first = refresh::issue(connection, &clock, &family)?;
        issue(connection, &clock, &family, first)
    });
    let tokens = tokens.await?.ok_or(OAuthError::invalid_grant())?;
    Ok(Tokens {
        issued_token_type: Some(exchange::ACCESS_TOKEN),
        ..tokens
    })
}

/// Fresh tokens for a family, unless it has ended. A refusal is a value, not an error: what was found
/// out about misuse on the way must be kept.
fn issue(
    connection: &Connection,
    clock: &Clock,
    family: &str,
    refresh_token: String,
) -> Result<Option<Tokens>, Error> {
    let Some(family) = families::find_live(connection, family)? else {
        return Ok(None);
    };
    Ok(Some(Tokens {
        access_token: families::issue_access(connection, clock, &family)?,
        token_type: "Bearer",
        expires_in: ACCESS_LIFE.whole_seconds(),
        refresh_token,
        scope: family.scopes,
        issued_token_type: None,
    }))
}

/// `POST /oauth/revoke` (RFC 7009). 200 also for tokens nobody knows.
pub(super) async fn revoke(
    State(state): State<AppState>,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Result<StatusCode, OAuthError> {
    let Form(params) = form?;
    check_client(&headers, &params)?;
    let token = params
        .one("token")?
        .ok_or(OAuthError::invalid_request("no token"))?
        .to_owned();
    let clock = state.clock().clone();
    let ended = state.db().write(move |connection| {
        let family = match refresh::family_of(connection, &token)? {
            Some(family) => Some(family),
            None => family_of_access(connection, &token)?,
        };
        match family {
            Some(family) => families::revoke(connection, &clock, &family),
            None => Ok(()),
        }
    });
    ended.await?;
    Ok(StatusCode::OK)
}

/// The family of an access token. Tokens made for scripts have none and are not revoked here.
fn family_of_access(connection: &Connection, token: &str) -> Result<Option<String>, Error> {
    let family: Option<Option<String>> = connection
        .query_row(
            "SELECT family_id FROM access_tokens WHERE hash = ?1",
            params![ids::secret_hash(token)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(family.flatten())
}
