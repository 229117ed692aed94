//! Token exchange (RFC 8693): the app has signed in at a provider itself and brings what it got.
//!
//! An ID token proves something here only if the provider made it for our app, just now, and in answer to
//! a nonce that this library gave out for the purpose. The nonce is good once, and so is the token then.
//! Where a provider has no ID tokens (GitHub), it is asked whether the access token was made for our app, and ends it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use sifter_openid::Jws;
pub(super) use sifter_openid::exchange::{ACCESS_TOKEN, GRANT};
use sifter_openid::exchange::{ID_TOKEN, PROVIDER, bound_nonce};
use time::Duration;

use crate::ids;
use crate::oauth::federation::FederationError;
use crate::oauth::params::{Form, Params};
use crate::oauth::refusal::OAuthError;
use crate::oauth::request::{self, is_ours};
use crate::oauth::shelf::{Bounds, Full, Shelf};
use crate::oauth::token::check_client;
use crate::peer::Peer;
use crate::people::identities::Proven;
use crate::routes::address::Origin;
use crate::state::AppState;

/// Where a nonce is got.
pub(super) const NONCE_PATH: &str = "/oauth/exchange_nonce";

/// How long a nonce is good: as long as a person may take at the provider.
const NONCE_LIFE: Duration = Duration::minutes(10);
const BOUNDS: Bounds = Bounds {
    in_all: 2000,
    from_one_place: 100,
};

/// The nonces that were given out and not used.
#[derive(Debug)]
pub(super) struct Nonces(Shelf<()>);

impl Default for Nonces {
    fn default() -> Self {
        Self(Shelf::new(NONCE_LIFE, BOUNDS))
    }
}

#[derive(Serialize)]
struct FreshNonce {
    nonce: String,
    expires_in: i64,
}

/// `POST /oauth/exchange_nonce`, an extension: a nonce to begin a sign-in at a provider with.
pub(super) async fn nonce(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Result<Response, OAuthError> {
    let Form(params) = form?;
    check_client(&headers, &params)?;
    let nonce = ids::new_secret::<32>()?;
    // The token will carry the nonce with our name in it: one that another library has passed on does not fit.
    let bound = bound_nonce(origin.as_str(), &nonce);
    let (now, key) = (state.clock().now(), ids::secret_hash(&bound));
    let shelf = &state.oauth().nonces.0;
    shelf
        .put(now, peer, key, ())
        .map_err(|Full| OAuthError::too_many())?;
    let mut response = Json(FreshNonce {
        nonce,
        expires_in: NONCE_LIFE.whole_seconds(),
    })
    .into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

/// Who the brought token speaks of, and the scope that is asked for.
pub(super) async fn by_brought_token(
    state: &AppState,
    origin: &Origin,
    params: &Params,
) -> Result<(Proven, String), OAuthError> {
    let token = params
        .one("subject_token")?
        .ok_or(OAuthError::invalid_request("no subject_token"))?;
    let kind = params.one("subject_token_type")?;
    let provider = params.one(PROVIDER)?;
    let wanted = params.one("requested_token_type")?;
    if wanted.is_some_and(|wanted| wanted != ACCESS_TOKEN) {
        return Err(OAuthError::invalid_request("only access tokens are given"));
    }
    if params.one("actor_token")?.is_some() {
        return Err(OAuthError::invalid_request(
            "nobody acts for somebody else here",
        ));
    }
    for target in ["audience", "resource"] {
        let target = params.one(target)?;
        if target.is_some_and(|target| !is_ours(target, origin.as_str())) {
            return Err(OAuthError::invalid_target());
        }
    }
    let scope = params.one("scope")?.unwrap_or_default();
    if !request::is_scope(scope) {
        return Err(OAuthError::invalid_scope());
    }
    let proven = match (kind, provider) {
        (Some(ID_TOKEN), _) => prove(state, token).await,
        (Some(ACCESS_TOKEN), Some(provider)) => spend(state, provider, token).await,
        _ => return Err(OAuthError::invalid_request("no such token is exchanged")),
    };
    let proven = proven.map_err(refusal)?;
    Ok((proven, scope.to_owned()))
}

async fn prove(state: &AppState, token: &str) -> Result<Proven, FederationError> {
    let (oauth, now) = (state.oauth(), state.clock().now());
    let token = Jws::parse(token)?;
    let linked = oauth
        .federation
        .find_issuer(&token)
        .ok_or(FederationError::NoSuchIssuer)?;
    let (proven, nonce) = oauth.federation.prove(linked, now, &token).await?;
    // Last, so that a token which is no good spends nobody's nonce.
    match oauth.nonces.0.take(now, &ids::secret_hash(&nonce)) {
        Some(()) => Ok(proven),
        None => Err(FederationError::replayed()),
    }
}

async fn spend(state: &AppState, provider: &str, token: &str) -> Result<Proven, FederationError> {
    let federation = &state.oauth().federation;
    let linked = federation
        .find(provider)
        .ok_or(FederationError::NoSuchIssuer)?;
    federation.spend(linked, token).await
}

/// RFC 8693 section 2.2.2: whatever is wrong with the token is an invalid request.
fn refusal(error: FederationError) -> OAuthError {
    match error {
        FederationError::Library(error) => error.into(),
        FederationError::NotAdmitted => {
            OAuthError::bad_subject_token("this account may not sign in here")
        }
        FederationError::NoSuchIssuer
        | FederationError::ForeignToken
        | FederationError::IdToken(_) => {
            tracing::info!(
                error = &error as &dyn std::error::Error,
                "a token was not exchanged"
            );
            OAuthError::bad_subject_token("the token proves nothing here")
        }
        error => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a token could not be checked"
            );
            OAuthError::provider_failed()
        }
    }
}
