//! Every path the library answers, and what is done to every request.

pub(crate) mod address;
mod download;
pub(crate) mod extract;
mod images;
mod json;
mod keys;
mod range;
mod rows;
mod search;
mod service;
mod tags;
mod tokens;
mod uploads;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

use crate::fault::Fault;
use crate::oauth;
use crate::state::AppState;

/// Longest path and query, in bytes.
const URI_LIMIT: usize = 8 << 10;

/// The whole application.
pub(crate) fn app(state: AppState) -> Router {
    Router::new()
        .route("/assets/config/config.prod.json", get(service::discovery))
        .route("/version", get(service::version))
        .route("/v1/token-status", get(service::token_status))
        .route("/v1/rbac/users/current", get(service::current_user))
        .route("/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/tokens/{id}", delete(tokens::revoke))
        .route(
            "/v1/entities",
            get(rows::list_entities).post(rows::create_entity),
        )
        .route("/v1/entities/{entity}", get(rows::get_entity))
        .route("/v1/collections", post(rows::create_collection))
        .route("/v1/collections/{*path}", get(rows::get_collection))
        .route("/v1/containers", post(rows::create_container))
        .route("/v1/containers/{*path}", get(rows::get_container))
        .route("/v1/images", post(images::create))
        .route(
            "/v1/images/{*path}",
            get(images::get).delete(images::delete),
        )
        .route(
            "/v1/tags/{container}",
            get(tags::get_flat).post(tags::set_flat),
        )
        .route(
            "/v2/tags/{container}",
            get(tags::get_by_arch).post(tags::set_by_arch),
        )
        .route("/pks/lookup", get(keys::lookup))
        .route("/pks/add", post(keys::add))
        .route("/v1/search", get(search::search))
        .route(
            "/v1/imagefile/{*path}",
            get(download::redirect).post(uploads::whole),
        )
        .route("/v2/imagefile/{image}", post(uploads::begin_single))
        .route(
            "/v2/imagefile/{image}/_complete",
            put(uploads::complete_single),
        )
        .route(
            "/v2/imagefile/{image}/_multipart",
            post(uploads::begin_multipart).put(uploads::sign_part),
        )
        .route(
            "/v2/imagefile/{image}/_multipart_complete",
            put(uploads::complete_multipart),
        )
        .route(
            "/v2/imagefile/{image}/_multipart_abort",
            put(uploads::abort_multipart),
        )
        .route(uploads::SIGNED_ROUTE, put(uploads::receive))
        .route(download::SIGNED_ROUTE, get(download::bytes))
        .merge(oauth::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(state.clone(), guard))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(DefaultOnResponse::new().level(Level::DEBUG)),
        )
        .with_state(state)
}

/// Method and path only: queries carry signatures, tickets and codes.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

/// What every request must satisfy.
///
/// A library on loopback answers to loopback names only. Otherwise a web page could have its own host
/// name resolve to 127.0.0.1 and read the library from a visitor's browser (DNS rebinding).
async fn guard(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |uri| uri.as_str().len());
    if length > URI_LIMIT {
        return Err(Fault::AddressTooLong);
    }
    if state.local_address().ip().is_loopback() {
        let host = address::host(request.headers()).ok_or(Fault::WrongHost)?;
        let public = state
            .config()
            .public_url
            .as_ref()
            .and_then(|url| url.host_str());
        if !is_loopback(host.host()) && public != Some(host.host()) {
            return Err(Fault::WrongHost);
        }
    }
    Ok(next.run(request).await)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

async fn unknown() -> Fault {
    Fault::NotFound("this address")
}

async fn wrong_method() -> Fault {
    Fault::WrongMethod
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_has_several_names() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example.org",
            "example.org",
            "10.0.0.1",
            "[2001:db8::1]",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
