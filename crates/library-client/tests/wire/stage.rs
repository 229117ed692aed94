//! A server for one test: it records every request and answers from a closure. And one that sends raw
//! bytes, for answers no honest server gives.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use secrecy::SecretString;
use serde_json::{Value, json};
use sifter_library_client::{Anonymous, Endpoints, FixedToken, Http, LibraryClient, Origin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// The token every test account has.
pub(crate) const TOKEN: &str = "test-token-1";

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method, path and query, as in `GET /version`.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A running server; it ends with the test.
pub(crate) struct Stage {
    pub(crate) base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stage {
    pub(crate) async fn new(
        answer: impl Fn(&Seen) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| {
            let (record, answer) = (Arc::clone(&record), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
                let line = format!("{} {}", parts.method, parts.uri);
                let seen = Seen {
                    line,
                    headers: parts.headers,
                    body,
                };
                record.lock().unwrap().push(seen.clone());
                answer(&seen)
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base, seen, task }
    }

    /// Answers each `(line, answer)` of the list, and 404 to the rest.
    pub(crate) async fn of(answers: &'static [(&str, u16, &str)]) -> Self {
        Self::new(move |seen| {
            let found = answers.iter().find(|(line, _, _)| *line == seen.line);
            let (_, status, body) = found.unwrap_or(&("", 404, ""));
            reply(*status, body)
        })
        .await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// A client of this library that nobody is signed in to.
    pub(crate) fn stranger(&self) -> LibraryClient {
        let endpoints = Endpoints::of_library(self.base.clone());
        LibraryClient::new(Http::default(), endpoints, Arc::new(Anonymous)).unwrap()
    }

    /// A client of this library with [`TOKEN`].
    pub(crate) fn client(&self) -> LibraryClient {
        let token = SecretString::from(TOKEN);
        let tokens = FixedToken::new(Origin::of(&self.base).unwrap(), token);
        let mut endpoints = Endpoints::of_library(self.base.clone());
        endpoints.token = Some(self.base.clone());
        LibraryClient::new(Http::default(), endpoints, Arc::new(tokens)).unwrap()
    }
}

/// An answer with a body.
pub(crate) fn reply(status: u16, body: &str) -> Response {
    reply_with(status, &[], body.to_owned())
}

/// An answer with headers and a body.
pub(crate) fn reply_with(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

/// An enveloped answer.
pub(crate) fn data(value: Value) -> Response {
    reply(200, &json!({ "data": value }).to_string())
}

/// An answer that sends the client elsewhere.
pub(crate) fn redirect(status: u16, to: &str) -> Response {
    reply_with(status, &[(header::LOCATION.as_str(), to)], Body::empty())
}

/// A server that answers every connection with the same bytes and hangs up.
pub(crate) struct RawStage {
    pub(crate) base: Url,
    task: JoinHandle<()>,
}

impl Drop for RawStage {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl RawStage {
    pub(crate) async fn new(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut buffer = [0; 4096];
                    while !request.ends_with(b"\r\n\r\n") {
                        match connection.read(&mut buffer).await {
                            Ok(0) | Err(_) => return,
                            Ok(count) => request.extend_from_slice(&buffer[..count]),
                        }
                    }
                    // The client may hang up in the middle; that is its right.
                    drop(connection.write_all(&answer).await);
                    drop(connection.shutdown().await);
                });
            }
        });
        Self { base, task }
    }
}
