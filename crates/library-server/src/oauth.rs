//! The authorization server of the library: OAuth 2.1 for one public client, the Sifter app.
//!
//! The rest of the crate uses two things from here: [`routes`], merged into the router, and
//! [`verify_access_token`], asked once per authenticated request.
//!
//! A browser that brings a one-time ticket may continue as the owner of the library; there are no
//! passwords. A device without a browser shows a code instead
//! (module `device`). Where an administrator has configured identity providers, people sign in with an
//! account there (modules `elsewhere`, `federation`), or the app brings an ID token it got itself (module
//! `exchange`). Codes and tokens are random, kept as hashes, and belong to a family that ends as a whole
//! when one of them turns up in wrong hands.

mod attempt;
mod authorize;
mod browser;
mod client;
mod codes;
mod consent;
mod device;
mod elsewhere;
mod exchange;
#[cfg(test)]
mod expiry_tests;
mod families;
mod federation;
mod metadata;
mod pages;
mod params;
mod pkce;
mod refresh;
mod refusal;
mod request;
mod shelf;
mod throttle;
mod token;

use axum::Router;
use axum::routing::{get, post};

use crate::error::Error;
use crate::ids;
use crate::oauth::attempt::Attempts;
use crate::oauth::device::Devices;
use crate::oauth::exchange::Nonces;
use crate::oauth::federation::Federation;
pub(crate) use crate::oauth::request::SCOPES;
use crate::oauth::throttle::{Limits, Throttle};
use crate::providers::Provider;
use crate::state::AppState;
use crate::tokens::store;

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Row of `users`.
    pub(crate) user_id: String,
    /// Login name, for `createdBy` fields.
    pub(crate) login: String,
    /// What the token may do; empty means everything its user may.
    pub(crate) scopes: Vec<String>,
    /// The token came of a sign-in with a browser or a device, not of a list of named tokens.
    pub(crate) signed_in: bool,
}

/// What the authorization server keeps in memory: what is under way, and who has guessed wrong.
#[derive(Debug)]
pub(crate) struct Memory {
    throttle: Throttle,
    /// For the short codes of devices.
    code_throttle: Throttle,
    attempts: Attempts,
    devices: Devices,
    nonces: Nonces,
    federation: Federation,
}

impl Memory {
    pub(crate) fn new(providers: &[Provider]) -> Self {
        Self {
            throttle: Throttle::new(Limits {
                from_one_place: 60,
                in_all: 600,
            }),
            // With 1000 devices waiting, ten minutes of this find one with a chance of 1 in 26,000.
            code_throttle: Throttle::new(Limits {
                from_one_place: 10,
                in_all: 100,
            }),
            attempts: Attempts::default(),
            devices: Devices::default(),
            nonces: Nonces::default(),
            federation: Federation::new(providers),
        }
    }
}

/// The pages and endpoints of sign-in.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::show),
        )
        .route(
            "/oauth/authorize",
            get(authorize::ask).post(authorize::decide),
        )
        .route("/oauth/consent", get(consent::ask).post(consent::decide))
        .route("/oauth/sign-in", get(elsewhere::depart))
        .route("/oauth/callback/{provider}", get(elsewhere::arrive))
        .route(exchange::NONCE_PATH, post(exchange::nonce))
        .route("/oauth/token", post(token::grant))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/device_authorization", post(device::endpoint::start))
        .route(
            device::endpoint::PAGE,
            get(device::page::ask).post(device::page::look_up),
        )
}

/// Looks a token up by its SHA-256. `None` for unknown, expired and revoked tokens alike.
pub(crate) async fn verify_access_token(
    state: &AppState,
    token: &str,
) -> Result<Option<Identity>, Error> {
    let hash = ids::secret_hash(token);
    let clock = state.clock().clone();
    state
        .db()
        .call(move |connection| store::verify(connection, &clock, &hash))
        .await
}
