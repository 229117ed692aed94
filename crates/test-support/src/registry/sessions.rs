//! Uploads that last: every request is taken whole, and the state that the registry puts into an upload's
//! address stays here.

use std::sync::PoisonError;

use axum::body::to_bytes;
use axum::http::{HeaderValue, header};

use super::front::Shared;
use crate::front::{self, Body, Request, Response};

/// The longest chunk that is taken, in bytes.
const MAX_CHUNK: usize = 256 << 20;

pub(super) async fn lasting(shared: &Shared, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    // What breaks off on the way never reaches the registry.
    let Ok(body) = to_bytes(body, MAX_CHUNK).await else {
        return front::empty(400);
    };
    let path = head.uri.path().to_owned();
    let state = shared
        .uploads
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&path)
        .cloned();
    if let Some(state) = state {
        let own = head.uri.query().map(|query| format!("&{query}"));
        let target = format!("{path}?{state}{}", own.unwrap_or_default());
        let Ok(uri) = target.parse() else {
            return front::empty(400);
        };
        head.uri = uri;
    }
    // The chunk is on its way now, also when whoever sent it hangs up.
    let upstream = shared.upstream();
    let sent = Request::from_parts(head, Body::from(body));
    let Ok(mut answer) = tokio::spawn(upstream.send(sent)).await else {
        return front::empty(502);
    };
    let next = answer.headers().get(header::LOCATION).cloned();
    let next = next.as_ref().and_then(|next| next.to_str().ok());
    if let Some((path, state)) = next.and_then(|next| next.split_once('?')) {
        shared
            .uploads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), state.to_owned());
        if let Ok(path) = HeaderValue::from_str(path) {
            answer.headers_mut().insert(header::LOCATION, path);
        }
    }
    answer
}
