//! `/device`: the page where a person types the code of a device and sees what asks.
//!
//! A link with the code in it only fills the field: the person presses the button, compares the code with
//! the device's screen, and has to prove who they are before anything is allowed.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;

use super::codes::UserCode;
use crate::oauth::attempt::Target;
use crate::oauth::browser::{form_of_our_page, not_begun};
use crate::oauth::elsewhere::{self, departure_uri};
use crate::oauth::pages;
use crate::oauth::pages::device::{self, ConfirmPage};
use crate::oauth::params::{Form, Params};
use crate::oauth::refusal::OAuthError;
use crate::peer::Peer;
use crate::routes::address::Origin;
use crate::state::AppState;

/// The empty field, or the one a link has filled.
pub(crate) async fn ask(origin: Origin, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let code = params.one("user_code").ok().flatten();
    device::code_page(&origin, code.and_then(UserCode::parse), None)
}

/// The code was typed: shows the device behind it.
pub(crate) async fn look_up(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Response {
    let (oauth, now) = (state.oauth(), state.clock().now());
    let brake = (&oauth.code_throttle, now, peer);
    let params = match form_of_our_page(form, &headers, &origin, brake) {
        Ok(params) => params,
        Err(page) => return *page,
    };
    let typed = params.one("user_code").ok().flatten();
    let found = typed
        .and_then(UserCode::parse)
        .and_then(|code| Some((code, oauth.devices.find(now, code)?)));
    let Some((code, (key, request))) = found else {
        oauth.code_throttle.count_wrong(now, peer);
        return device::code_page(&origin, None, Some(device::UNKNOWN));
    };
    let begun = oauth.attempts.begin(
        now,
        peer,
        &origin,
        Target::Device { key, code },
        |id, form| {
            device::confirm_page(&ConfirmPage {
                origin: &origin,
                place: pages::place(&state, &origin),
                code,
                request: &request,
                attempt: id,
                form,
                ways: elsewhere::ways(&state, |idp| departure_uri(&origin, id, idp)),
            })
        },
    );
    begun.unwrap_or_else(|why| not_begun(&why))
}
