//! Uploads that last: every request is taken whole, and the state that the registry puts into an upload's
//! address stays here.

use std::sync::{Arc, PoisonError};

use axum::body::to_bytes;
use axum::http::{HeaderValue, header};
use tokio::sync::Mutex;

use super::front::Shared;
use crate::front::{self, Body, Request, Response};

/// The longest chunk that is taken, in bytes.
const MAX_CHUNK: usize = 256 << 20;

pub(super) async fn lasting(shared: Arc<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // What breaks off on the way never reaches the registry.
    let Ok(body) = to_bytes(body, MAX_CHUNK).await else {
        return front::empty(400);
    };
    let request = Request::from_parts(head, Body::from(body));
    // From here on it happens, also when whoever sent it hangs up.
    let answer = tokio::spawn(async move { pass_on(&shared, request).await });
    answer.await.unwrap_or_else(|_| front::empty(502))
}

async fn pass_on(shared: &Shared, mut request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let known = shared.uploads().get(&path).cloned();
    let mut answer = match &known {
        None => shared.upstream().send(request).await,
        Some(state) => {
            // One request at a time: what is asked after a chunk is answered after it.
            let mut state = state.lock().await;
            let own = request.uri().query().map(|query| format!("&{query}"));
            let target = format!("{path}?{state}{}", own.unwrap_or_default());
            let Ok(uri) = target.parse() else {
                return front::empty(400);
            };
            *request.uri_mut() = uri;
            let answer = shared.upstream().send(request).await;
            if let Some((_, next)) = next_state(&answer) {
                *state = next;
            }
            answer
        }
    };
    if let Some((path, state)) = next_state(&answer) {
        if known.is_none() {
            let state = Arc::new(Mutex::new(state));
            shared.uploads().insert(path.clone(), state);
        }
        if let Ok(path) = HeaderValue::from_str(&path) {
            answer.headers_mut().insert(header::LOCATION, path);
        }
    }
    answer
}

/// The address of an upload and the state in it.
fn next_state(answer: &Response) -> Option<(String, String)> {
    let next = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let (path, state) = next.split_once('?')?;
    Some((path.to_owned(), state.to_owned()))
}

impl Shared {
    fn uploads(&self) -> std::sync::MutexGuard<'_, super::front::Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
