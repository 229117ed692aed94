//! What a library says about itself and about the caller.

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use sifter_library_api::service::{
    CurrentUser, Discovery, Service, TokenStatus, TokenUser, VersionInfo,
};
use sifter_library_api::upload::API_VERSION_ARCH_TAGS;

use super::address::Origin;
use super::json::{Answer, answer};
use crate::caller::{Caller, bearer};
use crate::fault::Fault;
use crate::oauth;
use crate::people::{self, Person};
use crate::state::AppState;

/// Official clients demand a keyserver in the document before they pull, so it names one: this library.
pub(super) async fn discovery(origin: Origin) -> Json<Discovery> {
    let here = || Some(Service::at(origin.as_str()));
    Json(Discovery {
        library: here(),
        keystore: here(),
        token: here(),
        ..Discovery::default()
    })
}

pub(super) async fn version() -> Answer<VersionInfo> {
    answer(VersionInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api_version: API_VERSION_ARCH_TAGS.to_owned(),
    })
}

/// 404 for a bad token: official clients then say "Invalid Credentials", and "Unknown" for 401.
pub(super) async fn token_status(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Answer<TokenStatus> {
    let token = bearer(&headers)
        .map_err(|_| Fault::UnknownToken)?
        .ok_or(Fault::UnknownToken)?;
    let identity = oauth::verify_access_token(&state, token)
        .await?
        .ok_or(Fault::UnknownToken)?;
    let person = person(&state, identity.user_id).await?;
    answer(TokenStatus {
        status: "welcome".to_owned(),
        user: Some(TokenUser {
            username: person.login,
            email: Some(person.email).filter(|email| !email.is_empty()),
        }),
    })
}

/// In the shape of Harbor, without an envelope: that is what official clients read here.
pub(super) async fn current_user(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<CurrentUser>, Fault> {
    let person = person(&state, caller.signed_in()?.user_id).await?;
    Ok(Json(CurrentUser {
        username: person.login,
        realname: person.display_name,
        email: person.email,
        registry: None,
    }))
}

async fn person(state: &AppState, id: String) -> Result<Person, Fault> {
    let found = state
        .db()
        .call(move |connection| people::find(connection, &id))
        .await?;
    found.ok_or(Fault::BadToken)
}
