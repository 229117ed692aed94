//! Every path the library answers.

use axum::Router;

use crate::fault::Fault;
use crate::oauth;
use crate::state::AppState;

/// The whole application.
pub(crate) fn app(state: AppState) -> Router {
    Router::new().merge(oauth::routes()).fallback(unknown).with_state(state)
}

async fn unknown() -> Fault {
    Fault::NotFound("this address")
}
