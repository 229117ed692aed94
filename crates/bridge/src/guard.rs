//! Who may ask, and what every answer carries: only this computer's own page, under a strict policy.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// The same policy as the desktop app's, apart from where commands go.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Refuses requests in the name of another host (DNS rebinding) or from another page.
pub(crate) async fn check(
    State(address): State<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if !is_own(request.headers(), address) {
        return (StatusCode::MISDIRECTED_REQUEST, "not this page").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_own(headers: &HeaderMap, address: SocketAddr) -> bool {
    let own = [address.to_string(), format!("localhost:{}", address.port())];
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST).is_some_and(|host| own.iter().any(|own| own == host));
    let origin = match headers.get(header::ORIGIN) {
        None => true,
        Some(_) => text(header::ORIGIN)
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|origin| own.iter().any(|own| own == origin)),
    };
    host && origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_own(&headers, SocketAddr::from(([127, 0, 0, 1], 4242)))
    }

    #[test]
    fn only_the_own_page_may_ask() {
        assert!(asked("127.0.0.1:4242", None));
        assert!(asked("localhost:4242", Some("http://localhost:4242")));
        for (host, origin) in [
            ("evil.example:4242", None),
            ("127.0.0.1", None),
            ("127.0.0.1:4242", Some("http://evil.example")),
            ("127.0.0.1:4242", Some("null")),
            ("127.0.0.1:4242", Some("https://127.0.0.1:4242")),
        ] {
            assert!(!asked(host, origin), "{host} {origin:?}");
        }
        assert!(!is_own(
            &HeaderMap::new(),
            SocketAddr::from(([127, 0, 0, 1], 4242))
        ));
    }
}
