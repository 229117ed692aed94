//! The window's commands and events over HTTP.

use std::convert::Infallible;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::Bridge;

/// `POST /api/<command>` and `GET /api/events`.
pub(crate) fn routes() -> Router<Bridge> {
    Router::new()
        .route("/api/events", get(events))
        .route("/api/{command}", post(command))
}

async fn command(
    State(bridge): State<Bridge>,
    Path(command): Path<String>,
    Json(body): Json<serde_json::Value>,
) -> Response {
    match sifter_contract::dispatch(bridge.core.as_ref(), &command, body).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response(),
    }
}

async fn events(
    State(bridge): State<Bridge>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = unfold(bridge.core.watch(), async |mut events| {
        let event = events.next().await?;
        // An event that cannot be written as JSON is left out as a comment rather than ending the stream.
        let event = Event::default()
            .json_data(event)
            .unwrap_or_else(|error| Event::default().comment(error.to_string()));
        Some((Ok(event), events))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
