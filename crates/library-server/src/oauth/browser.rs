//! The browser on the other side of our pages: that it sends our own forms, the cookie it keeps, and the
//! way back to the app.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use crate::error::Error;
use crate::ids;
use crate::oauth::attempt::NotBegun;
use crate::oauth::client::RedirectUri;
use crate::oauth::pages::{self, Notice};
use crate::oauth::params::{Form, Params};
use crate::oauth::refusal::OAuthError;
use crate::oauth::shelf::Key;
use crate::oauth::throttle::Throttle;
use crate::peer::Peer;
use crate::routes::address::Origin;

/// Whether a form was sent by our own page. Old browsers say neither; the secret in the form is the
/// proof, this is the second lock.
pub(super) fn is_from_our_page(headers: &HeaderMap, origin: &Origin) -> bool {
    let is = |name: &str, good: &dyn Fn(&[u8]) -> bool| {
        headers
            .get_all(name)
            .iter()
            .all(|value| good(value.as_bytes()))
    };
    let ours = url::Url::parse(origin.as_str()).map(|url| url.origin().ascii_serialization());
    is("sec-fetch-site", &|site| site == b"same-origin")
        && is("origin", &|from| {
            ours.as_ref().is_ok_and(|ours| from == ours.as_bytes())
        })
}

/// What a form of our own says, from somebody who has not guessed wrong too often; the page for everybody else.
pub(super) fn form_of_our_page(
    form: Result<Form, OAuthError>,
    headers: &HeaderMap,
    origin: &Origin,
    (throttle, now, peer): (&Throttle, OffsetDateTime, Peer),
) -> Result<Params, Box<Response>> {
    let refused = |status, notice| Err(Box::new(pages::notice(status, notice)));
    let Ok(Form(params)) = form else {
        return refused(StatusCode::BAD_REQUEST, Notice::BadRequest);
    };
    if !is_from_our_page(headers, origin) {
        return refused(StatusCode::FORBIDDEN, Notice::BadRequest);
    }
    if throttle.is_closed(now, peer) {
        return refused(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany);
    }
    Ok(params)
}

/// The secret that ties a sign-in under way to the browser it began in. One cookie for each, so that two
/// tabs do not disturb each other.
#[derive(Debug)]
pub(super) struct BrowserCookie {
    name: String,
    is_secure: bool,
}

impl BrowserCookie {
    /// The cookie of the sign-in with this key. Over TLS its name makes the browser insist that only this
    /// very host has set it (RFC 6265bis section 4.1.3.2).
    pub(super) fn of(key: &Key, origin: &Origin) -> Self {
        let is_secure = origin.as_str().starts_with("https://");
        let prefix = if is_secure { "__Host-" } else { "" };
        let digits = hex::encode(key.get(..4).unwrap_or_default());
        Self {
            name: format!("{prefix}sifter-{digits}"),
            is_secure,
        }
    }

    /// Gives the browser a new secret; its hash, to remember.
    pub(super) fn give(&self, response: &mut Response, max_age: i64) -> Result<Key, Error> {
        let secret = ids::new_secret::<32>()?;
        self.set(response, &secret, max_age);
        Ok(ids::secret_hash(&secret))
    }

    /// Takes the cookie away.
    pub(super) fn end(&self, response: &mut Response) {
        self.set(response, "", 0);
    }

    /// `Lax`: the browser brings it along when the identity provider sends it back here.
    fn set(&self, response: &mut Response, value: &str, max_age: i64) {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let cookie = format!(
            "{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}",
            self.name
        );
        // Letters, digits and punctuation of our own: always a header value.
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// Whether the browser brought a cookie of this name, whatever is in it.
    pub(super) fn is_there(&self, headers: &HeaderMap) -> bool {
        cookies(headers).any(|(name, _)| name == self.name)
    }

    /// Whether the browser brought the secret with this hash.
    pub(super) fn is_brought(&self, headers: &HeaderMap, hash: &Key) -> bool {
        let mut ours = cookies(headers).filter(|(name, _)| *name == self.name);
        // Two of the same name: somebody has put one of their own beside ours.
        match (ours.next(), ours.next()) {
            (Some((_, secret)), None) => ids::secret_hash(secret).ct_eq(hash).into(),
            _ => false,
        }
    }
}

/// The names and values of all cookies.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Sends the browser to an address, by 303: a form is not sent along (RFC 9700 section 4.12).
pub(super) fn send_to(address: &str) -> Response {
    let mut response = pages::empty(StatusCode::SEE_OTHER);
    match address.parse() {
        Ok(location) => {
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        // A serialised URL is always a header value.
        Err(_) => pages::notice(StatusCode::BAD_REQUEST, Notice::BadRequest),
    }
}

/// Sends the browser back to the app with an answer and with our name in it (RFC 9207).
pub(super) fn answer(
    redirect: &RedirectUri,
    state: Option<&str>,
    origin: &Origin,
    answer: (&str, &str),
) -> Response {
    let mut fields = vec![answer, ("iss", origin.as_str())];
    fields.extend(state.map(|state| ("state", state)));
    send_to(&redirect.with(&fields))
}

/// The page of a failure of the library itself.
pub(super) fn failed(error: &Error) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "sign-in page failed"
    );
    pages::notice(StatusCode::INTERNAL_SERVER_ERROR, Notice::Failed)
}

/// The page for a sign-in that cannot be begun.
pub(super) fn not_begun(why: &NotBegun) -> Response {
    match why {
        NotBegun::Full => pages::notice(StatusCode::TOO_MANY_REQUESTS, Notice::TooMany),
        NotBegun::Failed(error) => failed(error),
    }
}
