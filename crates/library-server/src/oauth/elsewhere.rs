//! The way to a provider and back: `/oauth/sign-in` and `/oauth/callback/{provider}`.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;

use crate::error::Error;
use crate::ids;
use crate::oauth::attempt::{Guest, Leg, Target, Visit};
use crate::oauth::browser::{answer, failed, send_to};
use crate::oauth::federation::{Arrival, FederationError, Leaving, Linked};
use crate::oauth::pages::{self, Notice, Way};
use crate::oauth::params::Params;
use crate::oauth::pkce;
use crate::peer::Peer;
use crate::providers::Provider;
use crate::routes::address::Origin;
use crate::routes::extract::Named;
use crate::state::AppState;

/// Between the two halves of `state`: which attempt, and the secret of this way there. Neither half
/// contains it.
const JOINT: char = '.';

/// The address that is registered at a provider.
pub(super) fn redirect_uri(origin: &Origin, provider_id: &str) -> String {
    origin.join(&format!("/oauth/callback/{provider_id}"))
}

/// The address that sends the browser of an attempt to a provider.
pub(super) fn departure_uri(origin: &Origin, attempt: &str, provider_id: &str) -> String {
    origin.join(&format!(
        "/oauth/sign-in?attempt={attempt}&idp={provider_id}"
    ))
}

/// A link for every provider, to the address that `href` makes of its id.
pub(super) fn ways(state: &AppState, href: impl Fn(&str) -> String) -> Vec<Way> {
    let providers = state.config().providers.iter();
    let way = |provider: &Provider| Way {
        label: provider.label.clone(),
        href: href(&provider.id),
    };
    providers.map(way).collect()
}

/// `GET /oauth/sign-in`.
pub(super) async fn depart(
    State(state): State<AppState>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let (Ok(Some(id)), Ok(Some(idp))) = (params.one("attempt"), params.one("idp")) else {
        return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    let oauth = state.oauth();
    let Some(linked) = oauth.federation.find(idp) else {
        return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    let visit = Visit {
        now: state.clock().now(),
        headers: &headers,
        origin: &origin,
    };
    if oauth.attempts.view(visit, id).is_none() {
        let notice = if oauth.attempts.lacks_cookie(visit, id) {
            Notice::NoCookies
        } else {
            Notice::Ended
        };
        return pages::notice(StatusCode::FORBIDDEN, notice);
    }
    let (leg, secret) = match new_leg(linked, &origin) {
        Ok(new) => new,
        Err(error) => return failed(&error),
    };
    let challenge = pkce::challenge_of(leg.verifier.expose_secret());
    let leaving = Leaving {
        redirect_uri: &leg.redirect_uri,
        state: &format!("{id}{JOINT}{secret}"),
        nonce: &leg.nonce,
        challenge: &challenge,
    };
    let address = oauth.federation.depart(linked, visit.now, &leaving).await;
    match address {
        Ok(address) if oauth.attempts.depart(visit, id, leg) => send_to(address.as_str()),
        Ok(_) => pages::notice(StatusCode::FORBIDDEN, Notice::Ended),
        Err(error) => not_identified(linked, &error),
    }
}

/// `GET /oauth/callback/{provider}`.
pub(super) async fn arrive(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    Named(idp): Named<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let (oauth, now) = (state.oauth(), state.clock().now());
    if oauth.throttle.is_closed(now, peer) {
        return pages::notice(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany);
    }
    let visit = Visit {
        now,
        headers: &headers,
        origin: &origin,
    };
    let halves = params.one("state").ok().flatten();
    let found = halves
        .and_then(|state| state.split_once(JOINT))
        .and_then(|(id, secret)| Some((id, oauth.attempts.arrive(visit, id, secret, &idp)?)))
        .and_then(|(id, leg)| Some((id, leg, oauth.federation.find(&idp)?)));
    let Some((id, leg, linked)) = found else {
        oauth.throttle.count_wrong(now, peer);
        return pages::notice(StatusCode::FORBIDDEN, Notice::Ended);
    };
    let Ok(issuer) = params.one("iss") else {
        return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    match oauth.federation.is_answer_of(linked, now, issuer).await {
        Ok(true) => {}
        Ok(false) => return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest),
        Err(error) => return not_identified(linked, &error),
    }
    if let Ok(Some(_)) = params.one("error") {
        return declined(&state, visit, id);
    }
    let Ok(Some(code)) = params.one("code") else {
        return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    let arrival = Arrival {
        code,
        redirect_uri: &leg.redirect_uri,
        verifier: &leg.verifier,
        nonce: &leg.nonce,
    };
    match oauth.federation.arrive(linked, now, &arrival).await {
        Ok(proven) => {
            let guest = Guest {
                proven,
                provider: linked.provider.label.clone(),
            };
            if oauth.attempts.welcome(visit, id, guest) {
                // Away from the address with the code in it.
                send_to(&origin.join(&format!("/oauth/consent?attempt={id}")))
            } else {
                pages::notice(StatusCode::FORBIDDEN, Notice::Ended)
            }
        }
        Err(error) => not_identified(linked, &error),
    }
}

fn new_leg(linked: &Linked, origin: &Origin) -> Result<(Leg, String), Error> {
    let secret = ids::new_secret::<32>()?;
    let leg = Leg {
        provider_id: linked.provider.id.clone(),
        state: ids::secret_hash(&secret),
        nonce: ids::new_secret::<32>()?,
        verifier: ids::new_secret::<32>()?.into(),
        redirect_uri: redirect_uri(origin, &linked.provider.id),
    };
    Ok((leg, secret))
}

/// The person said no at the provider. The app is told; a device waits on, for another way.
fn declined(state: &AppState, visit: Visit<'_>, id: &str) -> Response {
    match state.oauth().attempts.give_up(visit, id) {
        Some(attempt) => match attempt.target {
            Target::App(request) => {
                let error = ("error", "access_denied");
                answer(
                    &request.redirect,
                    request.state.as_deref(),
                    visit.origin,
                    error,
                )
            }
            Target::Device { .. } => pages::notice(StatusCode::OK, Notice::Ended),
        },
        None => pages::notice(StatusCode::FORBIDDEN, Notice::Ended),
    }
}

/// The page for whoever could not be identified; the reason goes to the log.
fn not_identified(linked: &Linked, error: &FederationError) -> Response {
    if let FederationError::NotAdmitted = error {
        tracing::info!(provider = %linked.provider, "somebody who is not on the list was turned away");
        return pages::notice(StatusCode::FORBIDDEN, Notice::NotAdmitted);
    }
    tracing::warn!(
        provider = %linked.provider,
        error = error as &dyn std::error::Error,
        "nobody could be identified"
    );
    pages::notice(StatusCode::BAD_GATEWAY, Notice::ProviderFailed)
}
