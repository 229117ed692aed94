//! `/oauth/consent`: the decision about a sign-in that this browser has under way.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use crate::error::Error;
use crate::oauth::attempt::Target;
use crate::oauth::browser::{BrowserCookie, failed, is_from_our_page};
use crate::oauth::pages::{self, Notice};
use crate::oauth::params::{Form, Params};
use crate::oauth::refusal::OAuthError;
use crate::oauth::shelf::Key;
use crate::peer::Peer;
use crate::people;
use crate::routes::address::Origin;
use crate::state::AppState;
use crate::tickets;

/// Takes the pressed button.
pub(super) async fn decide(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Response {
    let Ok(Form(params)) = form else {
        return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    if !is_from_our_page(&headers, &origin) {
        return pages::notice(StatusCode::FORBIDDEN, Notice::BadRequest);
    }
    let (oauth, now) = (state.oauth(), state.clock().now());
    if oauth.throttle.is_closed(now, peer) {
        return pages::notice(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany);
    }
    let field = |name| params.one(name).ok().flatten().unwrap_or_default();
    let decided = oauth
        .attempts
        .decide(now, &headers, &origin, field("attempt"), field("form"));
    let Some((key, attempt)) = decided else {
        return pages::notice(StatusCode::FORBIDDEN, Notice::Ended);
    };
    let Target::Device(device) = attempt.target;
    let mut response = match for_device(&state, peer, &params, &device).await {
        Ok(response) => response,
        Err(error) => failed(&error),
    };
    BrowserCookie::of(&key, &origin).end(&mut response);
    response
}

async fn for_device(
    state: &AppState,
    peer: Peer,
    params: &Params,
    device: &Key,
) -> Result<Response, Error> {
    let (oauth, now) = (state.oauth(), state.clock().now());
    if params.one("decision") != Ok(Some("allow")) {
        oauth.devices.decide(now, device, None);
        return Ok(pages::notice(StatusCode::OK, Notice::DeviceDeclined));
    }
    let ticket = params.one("ticket").ok().flatten().unwrap_or_default();
    let Some(person) = owner_by_ticket(state, ticket.trim()).await? else {
        oauth.throttle.count_wrong(now, peer);
        return Ok(pages::notice(StatusCode::FORBIDDEN, Notice::LinkSpent));
    };
    let in_time = oauth.devices.decide(now, device, Some(person));
    Ok(if in_time {
        pages::notice(StatusCode::OK, Notice::DeviceAllowed)
    } else {
        pages::notice(StatusCode::FORBIDDEN, Notice::Ended)
    })
}

/// The owner's id, for a ticket that was made for no request in particular.
async fn owner_by_ticket(state: &AppState, ticket: &str) -> Result<Option<String>, Error> {
    let (clock, owner) = (state.clock().clone(), state.config().owner.clone());
    let ticket = ticket.to_owned();
    state
        .db()
        .write(move |connection| {
            if !tickets::redeem(connection, &clock, &ticket, "")? {
                return Ok(None);
            }
            let person = people::sign_in(connection, &clock, &owner.login, &owner.display_name)?;
            Ok(Some(person.id))
        })
        .await
}
