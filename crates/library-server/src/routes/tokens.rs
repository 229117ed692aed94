//! The access tokens of the caller: `/v1/tokens`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use sifter_library_api::{AccessTokenInfo, NewAccessToken};

use super::extract::Named;
use super::json::{Answer, Body, answer};
use crate::caller::{Caller, WRITE_SCOPE};
use crate::fault::Fault;
use crate::oauth::{Identity, SCOPES};
use crate::state::AppState;
use crate::tokens::store::{self, Wanted};

/// Longest name of a token, in characters.
const LONGEST_NAME: usize = 100;
/// Tokens one person may have at a time.
const MOST_TOKENS: usize = 100;

pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
) -> Answer<Vec<AccessTokenInfo>> {
    let user = caller.signed_in()?.user_id;
    answer(state.db().call(move |c| store::list(c, &user)).await?)
}

/// A token made for scripts makes no others: whoever finds it could keep a way in after it was revoked.
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<NewAccessToken>,
) -> Result<Response, Fault> {
    let caller = caller.signed_in()?;
    if !caller.signed_in {
        return Err(Fault::SignInToMakeTokens);
    }
    let name = checked_name(&wanted.name)?;
    let scopes = granted(&caller, &wanted.scopes)?;
    let clock = state.clock().clone();
    let is_past = wanted
        .expires_at
        .get()
        .is_some_and(|end| end <= clock.now());
    if is_past {
        return Err(Fault::Invalid("expiresAt has passed"));
    }
    let made = state
        .db()
        .write(move |connection| {
            if store::list(connection, &caller.user_id)?.len() >= MOST_TOKENS {
                return Err(Fault::TooManyTokens(MOST_TOKENS));
            }
            let wanted = Wanted {
                name: &name,
                scopes: &scopes,
                expires_at: wanted.expires_at,
            };
            Ok(store::issue(connection, &clock, &caller.user_id, &wanted)?)
        })
        .await?;
    let mut response = answer(made).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

pub(super) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Named(id): Named<String>,
) -> Answer<()> {
    let user = caller.signed_in()?.may_write()?.user_id;
    let ended = state
        .db()
        .write(move |connection| store::revoke(connection, &user, &id))
        .await?;
    if ended {
        answer(())
    } else {
        Err(Fault::NotFound("token"))
    }
}

fn checked_name(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Fault::Invalid(
            "a token needs a name of 1 to 100 characters",
        ));
    }
    Ok(name.to_owned())
}

/// What the new token may do: what was asked for, and never more than the caller may.
fn granted(caller: &Identity, wanted: &[String]) -> Result<String, Fault> {
    if !wanted.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
        return Err(Fault::Invalid("scopes are library:read and library:write"));
    }
    let asks_to_write =
        wanted.is_empty() || wanted.iter().any(|scope| scope.as_str() == WRITE_SCOPE);
    if asks_to_write && !caller.scopes.is_empty() {
        caller.clone().may_write()?;
    }
    Ok(wanted.join(" "))
}
