//! The sign-in page: who may continue as the owner of the library, and where the browser goes then.
//!
//! Opening the page changes nothing that lasts; only the pressed button spends the ticket and makes a code. The
//! form carries the ticket, which no other site can know, so it cannot be sent from one.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use crate::clock::Clock;
use crate::config::Owner;
use crate::error::Error;
use crate::oauth::attempt::Target;
use crate::oauth::browser::{answer, failed, is_from_our_page, not_begun, send_to};
use crate::oauth::elsewhere::{self, departure_uri};
use crate::oauth::pages::sign_in::{self, OwnersWay, SignInPage};
use crate::oauth::pages::{self, Notice, Way};
use crate::oauth::params::{Form, Params};
use crate::oauth::request::{AuthorizeRequest, Refusal};
use crate::oauth::{codes, families};
use crate::peer::Peer;
use crate::people;
use crate::routes::address::Origin;
use crate::state::AppState;
use crate::tickets;

/// Shows the page, to a browser with a live ticket.
pub(super) async fn ask(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let request = match AuthorizeRequest::parse(&params, origin.as_str()) {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal, &origin),
    };
    let oauth = state.oauth();
    let hint = params.one("idp_hint").ok().flatten();
    if let Some(idp) = hint.filter(|idp| oauth.federation.find(idp).is_some()) {
        return to_provider(&state, &origin, peer, request, idp);
    }
    let Ok(Some(ticket)) = params.one("ticket") else {
        return without_ticket(&state, &origin, &request);
    };
    let now = state.clock().now();
    if oauth.throttle.is_closed(now, peer) {
        return pages::notice(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany);
    }
    let (clock, secret) = (state.clock().clone(), ticket.to_owned());
    let challenge = request.challenge.clone();
    let left = state
        .db()
        .call(move |connection| tickets::left(connection, &clock, &secret, challenge.as_str()))
        .await;
    match left {
        Ok(Some(left)) => sign_in::show(&SignInPage {
            place: pages::place(&state, &origin),
            request: &request,
            owner: Some(OwnersWay {
                owner: &state.config().owner,
                ticket,
                left,
            }),
            takes_ticket: false,
            ways: ways(&state, &origin, &request),
        }),
        Ok(None) => {
            oauth.throttle.count_wrong(now, peer);
            pages::notice(StatusCode::FORBIDDEN, Notice::LinkSpent)
        }
        Err(error) => failed(&error),
    }
}

/// The provider was chosen already, in the app or by a link of the page.
fn to_provider(
    state: &AppState,
    origin: &Origin,
    peer: Peer,
    request: AuthorizeRequest,
    idp: &str,
) -> Response {
    let target = Target::App(Box::new(request));
    let begun = state
        .oauth()
        .attempts
        .begin(state.clock().now(), peer, origin, target, |id, _| {
            send_to(&departure_uri(origin, id, idp))
        });
    begun.unwrap_or_else(|why| not_begun(&why))
}

/// The page for a browser without a ticket: it lets in whoever a provider knows, or brings a ticket from the
/// server's command line. The library inside the app lets in nobody the app has not sent.
fn without_ticket(state: &AppState, origin: &Origin, request: &AuthorizeRequest) -> Response {
    let ways = ways(state, origin, request);
    let place = pages::place(state, origin);
    let takes_ticket = place.is_some();
    if ways.is_empty() && !takes_ticket {
        return pages::notice(StatusCode::FORBIDDEN, Notice::StartInApp);
    }
    sign_in::show(&SignInPage {
        place,
        request,
        owner: None,
        takes_ticket,
        ways,
    })
}

fn ways(state: &AppState, origin: &Origin, request: &AuthorizeRequest) -> Vec<Way> {
    elsewhere::ways(state, |idp| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(
            request
                .fields()
                .iter()
                .filter(|(_, value)| !value.is_empty()),
        );
        query.append_pair("idp_hint", idp);
        origin.join(&format!("/oauth/authorize?{}", query.finish()))
    })
}

/// Takes the pressed button: makes a code and sends the browser back to the app.
pub(super) async fn decide(
    State(state): State<AppState>,
    origin: Origin,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, crate::oauth::refusal::OAuthError>,
) -> Response {
    let Ok(Form(params)) = form else {
        return pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    if !is_from_our_page(&headers, &origin) {
        return pages::notice(StatusCode::FORBIDDEN, Notice::StartInApp);
    }
    let request = match AuthorizeRequest::parse(&params, origin.as_str()) {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal, &origin),
    };
    let Ok(Some(ticket)) = params.one("ticket") else {
        return pages::notice(StatusCode::FORBIDDEN, Notice::StartInApp);
    };
    let now = state.clock().now();
    let throttle = &state.oauth().throttle;
    if throttle.is_closed(now, peer) {
        return pages::notice(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany);
    }
    let allowed = params.one("decision") == Ok(Some("allow"));
    let admission = Admission {
        clock: state.clock().clone(),
        owner: state.config().owner.clone(),
        ticket: ticket.to_owned(),
        redirect: request.redirect.clone(),
        challenge: request.challenge,
        scope: request.scope,
        allowed,
    };
    let outcome = state
        .db()
        .write(move |connection| admission.spend(connection))
        .await;
    match outcome {
        Ok(Spent::Code(code)) => answer(
            &request.redirect,
            request.state.as_deref(),
            &origin,
            ("code", &code),
        ),
        Ok(Spent::Declined) => {
            let error = ("error", "access_denied");
            answer(&request.redirect, request.state.as_deref(), &origin, error)
        }
        Ok(Spent::NoTicket) => {
            throttle.count_wrong(now, peer);
            pages::notice(StatusCode::FORBIDDEN, Notice::LinkSpent)
        }
        Err(error) => failed(&error),
    }
}

/// One decision, to be made in one transaction.
struct Admission {
    clock: Clock,
    owner: Owner,
    ticket: String,
    redirect: crate::oauth::client::RedirectUri,
    challenge: crate::oauth::pkce::Challenge,
    scope: String,
    allowed: bool,
}

enum Spent {
    Code(String),
    Declined,
    NoTicket,
}

impl Admission {
    fn spend(&self, connection: &rusqlite::Connection) -> Result<Spent, Error> {
        let clock = &self.clock;
        if !tickets::redeem(connection, clock, &self.ticket, self.challenge.as_str())? {
            return Ok(Spent::NoTicket);
        }
        if !self.allowed {
            return Ok(Spent::Declined);
        }
        let (login, name) = (&self.owner.login, &self.owner.display_name);
        let person = people::sign_in(connection, clock, login, name)?;
        let family = families::begin(connection, clock, &person.id, &self.scope)?;
        codes::issue(connection, clock, &family, &self.redirect, &self.challenge).map(Spent::Code)
    }
}

fn refuse(refusal: Refusal, origin: &Origin) -> Response {
    match refusal {
        Refusal::Here => pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest),
        Refusal::There {
            redirect,
            state,
            error,
        } => answer(&redirect, state.as_deref(), origin, ("error", error)),
    }
}
