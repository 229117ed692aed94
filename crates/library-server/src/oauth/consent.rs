//! `/oauth/consent`: the last page before anything is given away, and the decision on it.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use rusqlite::Connection;

use crate::clock::Clock;
use crate::config::Owner;
use crate::error::Error;
use crate::oauth::attempt::{Attempt, Guest, Target, Visit};
use crate::oauth::browser::{BrowserCookie, answer, failed, form_of_our_page};
use crate::oauth::pages::consent::{Asker, ConsentPage};
use crate::oauth::pages::{self, Notice};
use crate::oauth::params::{Form, Params};
use crate::oauth::refusal::OAuthError;
use crate::oauth::request::AuthorizeRequest;
use crate::oauth::shelf::Key;
use crate::oauth::{codes, families};
use crate::peer::Peer;
use crate::people::identities::{self, Proven};
use crate::people::{self, Person};
use crate::routes::address::Origin;
use crate::state::AppState;
use crate::tickets;

/// Shows who asks for what, and who has signed in.
pub(super) async fn ask(
    State(state): State<AppState>,
    origin: Origin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let id = params.one("attempt").ok().flatten().unwrap_or_default();
    let (oauth, now) = (state.oauth(), state.clock().now());
    let visit = Visit {
        now,
        headers: &headers,
        origin: &origin,
    };
    let ended = || pages::notice(StatusCode::FORBIDDEN, Notice::Ended);
    let Some(view) = oauth.attempts.view(visit, id) else {
        return ended();
    };
    let Some(guest) = &view.guest else {
        return ended();
    };
    let device;
    let asker = match &view.target {
        Target::App(request) => Asker::App(request),
        Target::Device { key, code } => match oauth.devices.open(now, key) {
            Some(request) => {
                device = request;
                Asker::Device(&device, *code)
            }
            None => return ended(),
        },
    };
    let (login, is_new) = match name_here(&state, guest).await {
        Ok(name) => name,
        Err(error) => return failed(&error),
    };
    pages::consent::show(&ConsentPage {
        origin: &origin,
        place: pages::place(&state, &origin),
        asker,
        guest,
        login: &login,
        is_new,
        attempt: id,
        form: &view.form,
        left: view.left,
    })
}

/// What somebody is called here, and whether that is yet to be.
async fn name_here(state: &AppState, guest: &Guest) -> Result<(String, bool), Error> {
    let (owner, proven) = (state.config().owner.clone(), guest.proven.clone());
    state
        .db()
        .call(move |connection| {
            Ok(match identities::known(connection, &proven)? {
                Some(person) => (person.login, false),
                None => (
                    identities::proposed_login(connection, &owner, &proven)?,
                    true,
                ),
            })
        })
        .await
}

/// Takes the pressed button.
pub(super) async fn decide(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, OAuthError>,
) -> Response {
    let (oauth, now) = (state.oauth(), state.clock().now());
    let params = match form_of_our_page(form, &headers, &origin, (&oauth.throttle, now, peer)) {
        Ok(params) => params,
        Err(page) => return *page,
    };
    let field = |name| params.one(name).ok().flatten().unwrap_or_default();
    let visit = Visit {
        now,
        headers: &headers,
        origin: &origin,
    };
    let decided = oauth
        .attempts
        .decide(visit, field("attempt"), field("form"));
    let Some((key, attempt)) = decided else {
        return pages::notice(StatusCode::FORBIDDEN, Notice::Ended);
    };
    let is_allowed = field("decision") == "allow";
    let Attempt { target, guest, .. } = attempt;
    let outcome = match target {
        Target::App(request) => for_app(&state, &origin, *request, guest, is_allowed).await,
        Target::Device { key, .. } => {
            let visitor = Visitor {
                guest,
                ticket: field("ticket").trim().to_owned(),
            };
            for_device(&state, peer, &key, visitor, is_allowed).await
        }
    };
    let mut response = outcome.unwrap_or_else(|error| failed(&error));
    BrowserCookie::of(&key, &origin).end(&mut response);
    response
}

async fn for_app(
    state: &AppState,
    origin: &Origin,
    request: AuthorizeRequest,
    guest: Option<Guest>,
    is_allowed: bool,
) -> Result<Response, Error> {
    let redirect = request.redirect.clone();
    let app_state = request.state.clone();
    let back = |fields| answer(&redirect, app_state.as_deref(), origin, fields);
    if !is_allowed {
        return Ok(back(("error", "access_denied")));
    }
    let Some(guest) = guest else {
        return Ok(pages::notice(StatusCode::FORBIDDEN, Notice::Ended));
    };
    let (clock, owner) = (state.clock().clone(), state.config().owner.clone());
    let code = state
        .db()
        .write(move |connection| {
            let person = identities::admit(connection, &clock, &owner, &guest.proven)?;
            let family = families::begin(connection, &clock, &person.id, &request.scope)?;
            codes::issue(
                connection,
                &clock,
                &family,
                &request.redirect,
                &request.challenge,
            )
        })
        .await?;
    Ok(back(("code", &code)))
}

/// Who decides about a device: somebody a provider knows, or the owner with a ticket.
struct Visitor {
    guest: Option<Guest>,
    ticket: String,
}

async fn for_device(
    state: &AppState,
    peer: Peer,
    device: &Key,
    visitor: Visitor,
    is_allowed: bool,
) -> Result<Response, Error> {
    let (oauth, now) = (state.oauth(), state.clock().now());
    if !is_allowed {
        oauth.devices.decide(now, device, None);
        return Ok(pages::notice(StatusCode::OK, Notice::DeviceDeclined));
    }
    let (clock, owner) = (state.clock().clone(), state.config().owner.clone());
    let person = state
        .db()
        .write(move |connection| match visitor.guest {
            Some(Guest { proven, .. }) => by_identity(connection, &clock, &owner, &proven),
            None => by_ticket(connection, &clock, &owner, &visitor.ticket),
        })
        .await?;
    let Some(person) = person else {
        oauth.throttle.count_wrong(now, peer);
        return Ok(pages::notice(StatusCode::FORBIDDEN, Notice::LinkSpent));
    };
    let in_time = oauth.devices.decide(now, device, Some(person.id));
    Ok(if in_time {
        pages::notice(StatusCode::OK, Notice::DeviceAllowed)
    } else {
        pages::notice(StatusCode::FORBIDDEN, Notice::Ended)
    })
}

fn by_identity(
    connection: &Connection,
    clock: &Clock,
    owner: &Owner,
    proven: &Proven,
) -> Result<Option<Person>, Error> {
    identities::admit(connection, clock, owner, proven).map(Some)
}

/// The owner, for a ticket that was made for no request in particular.
fn by_ticket(
    connection: &Connection,
    clock: &Clock,
    owner: &Owner,
    ticket: &str,
) -> Result<Option<Person>, Error> {
    if !tickets::redeem(connection, clock, ticket, "")? {
        return Ok(None);
    }
    people::sign_in(connection, clock, &owner.login, &owner.display_name).map(Some)
}
