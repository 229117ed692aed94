//! A reverse proxy over loopback before a real server, with one hook that may answer a request itself,
//! change it before it is forwarded, or change what comes back.
//!
//! The hook sees a request and the [`Upstream`] behind the front, as a middleware does:
//!
//! ```ignore
//! let front = Front::start(library.address(), |request: Request, upstream: Upstream| async move {
//!     if request.uri().path().ends_with("/_multipart") {
//!         return front::empty(404);
//!     }
//!     let answer = upstream.send(request).await;
//!     front::edit_json(answer, |json| json["data"]["apiVersion"] = "1.0.0".into()).await
//! })
//! .await?;
//! ```
//!
//! Bodies stream through in both directions. `Host` is passed on as the client sent it, so a server that names
//! addresses of its own names the front's.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::http::{StatusCode, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

pub use axum::body::{Body, Bytes};
pub use axum::extract::Request;
pub use axum::http;
pub use axum::response::Response;

/// The longest JSON answer that can be edited, in bytes.
const MAX_JSON: usize = 8 << 20;

/// A request as a front saw it, and what it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Whether it carried an `Authorization` header.
    pub authorized: bool,
    /// The status of its answer.
    pub status: u16,
}

/// A proxy before one server. Dropping it closes its port.
#[derive(Debug)]
pub struct Front {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    _serving: AbortOnDropHandle<()>,
}

impl Front {
    /// Starts a front on a free loopback port before the server at `upstream`; every request goes through `hook`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start<F, A>(upstream: SocketAddr, hook: F) -> Result<Self>
    where
        F: Fn(Request, Upstream) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("binding the front")?;
        let address = listener.local_addr()?;
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let note = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| {
            let mut entry = Seen {
                method: request.method().to_string(),
                target: request.uri().to_string(),
                authorized: request.headers().contains_key(header::AUTHORIZATION),
                status: 0,
            };
            let (answer, note) = (hook(request, Upstream(upstream)), Arc::clone(&note));
            async move {
                let answer = answer.await;
                entry.status = answer.status().as_u16();
                note.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(entry);
                answer
            }
        });
        let serving = tokio::spawn(async move {
            // Ends only with the front; a listener that fails shows as requests that fail.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            seen,
            _serving: AbortOnDropHandle::new(serving),
        })
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients reach it, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request that was answered so far, in the order of the answers.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The server behind a front.
#[derive(Debug, Clone, Copy)]
pub struct Upstream(SocketAddr);

impl Upstream {
    /// Another server than the one behind the front.
    pub fn at(address: SocketAddr) -> Self {
        Self(address)
    }

    /// Passes a request on and answers what comes back; 502 with the reason when nothing does.
    pub async fn send(self, request: Request) -> Response {
        match self.try_send(request).await {
            Ok(response) => response,
            Err(error) => {
                let mut answer = Response::new(Body::from(format!("{error:#}")));
                *answer.status_mut() = StatusCode::BAD_GATEWAY;
                answer
            }
        }
    }

    async fn try_send(self, request: Request) -> Result<Response> {
        let stream = TcpStream::connect(self.0).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // Drives the connection until its one exchange is over.
        tokio::spawn(connection);
        let response = sender.send_request(request).await?;
        Ok(response.map(Body::new))
    }
}

/// An answer of nothing but a status.
pub fn empty(status: u16) -> Response {
    answer(status, Body::empty())
}

/// An answer of JSON.
pub fn json(status: u16, value: &Value) -> Response {
    let mut response = answer(status, Body::from(value.to_string()));
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn answer(status: u16, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// All of a body; nothing of one that breaks off or is too long.
pub async fn bytes(body: Body) -> Bytes {
    axum::body::to_bytes(body, MAX_JSON)
        .await
        .unwrap_or_default()
}

/// Changes the JSON of an answer; an answer that is not JSON passes as it is.
pub async fn edit_json(response: Response, edit: impl FnOnce(&mut Value)) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_JSON).await else {
        return empty(502);
    };
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut value) => {
            edit(&mut value);
            head.headers.remove(header::CONTENT_LENGTH);
            Bytes::from(value.to_string())
        }
        Err(_) => bytes,
    };
    Response::from_parts(head, Body::from(bytes))
}
