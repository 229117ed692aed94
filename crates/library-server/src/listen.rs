//! Accepting connections, and letting go of them when the library stops.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use http::Request;
use http::uri::PathAndQuery;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::peer::Connected;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Read buffer of a connection; also the longest request head.
const BUFFER: usize = 256 << 10;
/// Connections answered at a time; more wait in the system's queue.
const CONNECTIONS: usize = 512;
/// Pause after the system refused a connection (out of file descriptors), so as not to spin.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// Answers connections until `stop`; then waits at most `grace` for the requests under way.
pub(crate) async fn answer(
    listener: TcpListener,
    app: Router,
    stop: CancellationToken,
    grace: Duration,
) {
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    let places = std::sync::Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                let from = Connected(from.ip());
                let connection = converse(stream, from, app.clone(), stop.clone());
                let cut = cut.clone();
                connections.spawn(async move {
                    let _place = place;
                    tokio::select! {
                        () = cut.cancelled() => {}
                        () = connection => {}
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(grace, connections.wait())
        .await
        .is_err()
    {
        cut.cancel();
        connections.wait().await;
    }
}

async fn converse(stream: TcpStream, from: Connected, app: Router, stop: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        let app = app.clone();
        request.extensions_mut().insert(from);
        async move {
            let answer = app
                .oneshot(single_slashes(request).map(axum::body::Body::new))
                .await;
            Ok::<_, Infallible>(match answer {
                Ok(response) => response,
                Err(never) => match never {},
            })
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Clients that join a configured address and a path by concatenation send doubled slashes.
fn single_slashes<B>(mut request: Request<B>) -> Request<B> {
    if !request.uri().path().contains("//") {
        return request;
    }
    let mut path = String::with_capacity(request.uri().path().len());
    for c in request.uri().path().chars() {
        if c != '/' || !path.ends_with('/') {
            path.push(c);
        }
    }
    if let Some(query) = request.uri().query() {
        path.push('?');
        path.push_str(query);
    }
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path) = path.parse::<PathAndQuery>() {
        parts.path_and_query = Some(path);
        if let Ok(uri) = http::Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_slashes_collapse_and_the_query_stays() {
        let request = Request::get("//v1///token-status?a=//b").body(()).unwrap();
        assert_eq!(single_slashes(request).uri(), "/v1/token-status?a=//b");
        let request = Request::get("/v1/token-status").body(()).unwrap();
        assert_eq!(single_slashes(request).uri(), "/v1/token-status");
    }
}
