//! The key server, by the HTTP Keyserver Protocol: `/pks/lookup` for everybody, `/pks/add` for the people of
//! this library.

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use sifter_signing::hkp::write_index;
use sifter_signing::openpgp::{Time, armored};

use super::extract::{Asked, bounded};
use crate::caller::Caller;
use crate::error::Error;
use crate::fault::Fault;
use crate::keys::search::{self, Term};
use crate::keys::{self, store};
use crate::peer::Peer;
use crate::state::AppState;

/// The largest publication read, in bytes: a form with armored keys. What is kept of a key is far smaller.
const LARGEST_FORM: usize = 1 << 20;
/// The most keys in one answer to `get`.
const MOST_KEYS: u32 = 32;
/// The most entries in one answer to `index`, which is also what official clients ask for.
const MOST_ENTRIES: u32 = 256;
/// Where a client finds how to go on.
const NEXT_PAGE: HeaderName = HeaderName::from_static("x-hkp-next-page-token");

/// The question. `options` and `fingerprint` are understood and change nothing: every answer is for programs, and
/// has fingerprints.
#[derive(Debug, Deserialize)]
pub(super) struct Lookup {
    op: String,
    search: String,
    #[serde(default)]
    exact: String,
    #[serde(rename = "x-pagesize")]
    page_size: Option<u32>,
    #[serde(default, rename = "x-pagetoken")]
    page_token: String,
}

/// Answers everybody alike: what is published is public, and a token that has ended does not keep anyone from
/// verifying an image.
pub(super) async fn lookup(
    State(state): State<AppState>,
    peer: Peer,
    Asked(asked): Asked<Lookup>,
) -> Result<Response, Fault> {
    state.keys().count_lookup(&state, peer.place())?;
    let term = Term::parse(&asked.search, asked.exact.eq_ignore_ascii_case("on"))?;
    match asked.op.as_str() {
        "get" => get(&state, term).await,
        "index" | "vindex" => index(&state, term, &asked).await,
        _ => Err(Fault::Invalid("op is get, index or vindex")),
    }
}

async fn get(state: &AppState, term: Term) -> Result<Response, Fault> {
    let found = state
        .db()
        .call(move |connection| search::certificates(connection, &term, MOST_KEYS))
        .await?;
    if found.is_empty() {
        return Err(Fault::NotFound("key"));
    }
    let text = keys::apart(move || armored_text(&found)).await??;
    Ok(plain("application/pgp-keys", text))
}

/// What the library keeps of some keys, as one text.
fn armored_text(kept: &[Vec<u8>]) -> Result<String, Error> {
    let keys = kept.iter().map(|bytes| store::read(bytes));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    armored(&keys).map_err(|_| Error::Corrupt("key"))
}

async fn index(state: &AppState, term: Term, asked: &Lookup) -> Result<Response, Fault> {
    let after = hex::decode(&asked.page_token)
        .map_err(|_| Fault::Invalid("the page token is not one of this library"))?;
    let size = asked
        .page_size
        .filter(|size| *size > 0)
        .map_or(MOST_ENTRIES, |size| size.min(MOST_ENTRIES));
    let mut found = state
        .db()
        .call(move |connection| search::entries(connection, &term, &after, size + 1))
        .await?;
    if found.is_empty() {
        return Err(Fault::NotFound("key"));
    }
    let is_last = found.len() <= size as usize;
    found.truncate(size as usize);
    let next = found.last().filter(|_| !is_last);
    let next = next.and_then(|entry| HeaderValue::from_str(&entry.id).ok());
    let now = Time(state.clock().now().unix_timestamp());
    let mut response = plain("text/plain; charset=utf-8", write_index(&found, now));
    if let Some(next) = next {
        response.headers_mut().insert(NEXT_PAGE, next);
    }
    Ok(response)
}

/// Takes keys from a form with the one field `keytext`.
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
) -> Result<StatusCode, Fault> {
    let user = caller.signed_in()?.may_write()?.user_id;
    let form = bounded(request, &state, LARGEST_FORM).await?;
    let mut fields = url::form_urlencoded::parse(&form);
    let text = fields
        .find(|(name, _)| name == "keytext")
        .map(|(_, text)| text.into_owned())
        .filter(|text| !text.trim().is_empty())
        .ok_or(Fault::Invalid("the form has no keytext"))?;
    keys::publish(&state, user, text.into_bytes()).await?;
    Ok(StatusCode::OK)
}

fn plain(kind: &'static str, text: String) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
    (kind, text).into_response()
}
