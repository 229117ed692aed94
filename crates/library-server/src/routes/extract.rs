//! Paths, queries and bodies whose failures answer in the envelope too.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Query, Request};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::state::AppState;

/// The variable parts of a path.
#[derive(Debug)]
pub(crate) struct Named<T>(pub(crate) T);

/// The query.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Named<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let Path(value) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Fault::Invalid("the path cannot be read"))?;
        Ok(Self(value))
    }
}

impl<T: DeserializeOwned> FromRequestParts<AppState> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Fault::Invalid("the query cannot be read"))?;
        Ok(Self(value))
    }
}

/// The whole body, if it has at most `longest` bytes and does not stall.
pub(super) async fn bounded(
    request: Request,
    state: &AppState,
    longest: usize,
) -> Result<Bytes, Fault> {
    let reading = axum::body::to_bytes(request.into_body(), longest);
    tokio::time::timeout(state.config().uploads.idle_timeout, reading)
        .await
        .map_err(|_| Fault::BrokenBody)?
        .map_err(|_| Fault::TooLarge)
}
