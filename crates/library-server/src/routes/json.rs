//! JSON in and out: bodies without a `Content-Type` (official clients send none), answers in the
//! envelope.

use axum::Json;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use sifter_library_api::Envelope;

use super::extract::bounded;
use crate::fault::Fault;
use crate::state::AppState;

/// Longest JSON body read, in bytes. A create request with a long description fits many times.
const LIMIT: usize = 1 << 20;

/// A JSON body, whatever its `Content-Type` says. An empty one reads as `{}`.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Fault> {
        let bytes = bounded(request, state, LIMIT).await?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text)
            .map(Self)
            .map_err(Fault::BadJson)
    }
}

/// An answer in the envelope. Always 200: official clients take 204 for a failure in several calls.
pub(crate) type Answer<T> = Result<Json<Envelope<T>>, Fault>;

/// Wraps an answer.
#[allow(clippy::unnecessary_wraps, reason = "every handler ends with it")]
pub(crate) fn answer<T>(data: T) -> Answer<T> {
    Ok(Json(Envelope::data(data)))
}
