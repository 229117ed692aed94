//! The library's side: it says where its registry is, hands tokens out for it and checks them before it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::extract::Query;
use axum::http::{HeaderValue, Method, Uri, header};
use serde_json::json;
use uuid::Uuid;

use super::{Registry, images, sessions};
use crate::front::{self, Body, Front, Request, Response, Seen, Upstream};

/// Where the registry is below the front: a base with a path, as a shared host has it.
const BELOW: &str = "/registry";

/// How uploads last in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// As Distribution 2.8 does it by itself: an answer that got lost, or a chunk that broke off, ends the
    /// upload.
    Fragile,
    /// As behind a proxy that takes a whole request before it passes it on, and with addresses that stay:
    /// a chunk is there or is not, and the status says which.
    Lasting,
}

/// A library whose images lie in a registry. What is not about them goes to the library behind it.
#[derive(Debug)]
pub struct OciFront {
    front: Front,
    shared: Arc<Shared>,
}

/// What every request knows.
#[derive(Debug)]
pub(super) struct Shared {
    registry: Registry,
    sessions: Sessions,
    withdrawn: AtomicBool,
    tokens: Mutex<HashMap<String, Grant>>,
    /// The state of each upload, where the front keeps it; held while a request is on its way.
    pub(super) uploads: Mutex<Uploads>,
}

/// States by the paths of their uploads.
pub(super) type Uploads = HashMap<String, Arc<tokio::sync::Mutex<String>>>;

/// What a token is good for.
#[derive(Debug, Clone)]
struct Grant {
    namespace: String,
    push: bool,
}

impl OciFront {
    /// Starts a registry, and a front before it and the library at `library`; `None` where no registry is
    /// installed.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(library: SocketAddr, sessions: Sessions) -> Result<Option<Self>> {
        let Some(registry) = Registry::start().await? else {
            return Ok(None);
        };
        let shared = Arc::new(Shared {
            registry,
            sessions,
            withdrawn: AtomicBool::new(false),
            tokens: Mutex::default(),
            uploads: Mutex::default(),
        });
        let known = Arc::clone(&shared);
        let front = Front::start(library, move |request, library| {
            route(Arc::clone(&known), request, library)
        });
        Ok(Some(Self {
            front: front.await?,
            shared,
        }))
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.front.address()
    }

    /// Where clients reach it, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        self.front.base_url()
    }

    /// Every request that was answered so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.front.seen()
    }

    /// The registry itself, past the front: it asks for no token.
    pub fn registry(&self) -> Upstream {
        self.shared.upstream()
    }

    /// Every token that is good now.
    pub fn tokens(&self) -> Vec<String> {
        self.shared.tokens().keys().cloned().collect()
    }

    /// The library offers no registry any more, and there is none.
    pub fn withdraw(&self) {
        self.shared.withdrawn.store(true, Ordering::Relaxed);
    }

    /// Every token handed out so far is refused from now on.
    pub fn expire_tokens(&self) {
        self.shared.tokens().clear();
    }
}

impl Shared {
    pub(super) fn upstream(&self) -> Upstream {
        Upstream::at(self.registry.address())
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, HashMap<String, Grant>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the bearer of a request may do.
    fn grant_of(&self, request: &Request) -> Option<Grant> {
        let value = request
            .headers()
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?;
        let (scheme, token) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.tokens().get(token.trim()).cloned()
    }
}

async fn route(shared: Arc<Shared>, request: Request, library: Upstream) -> Response {
    let path = request.uri().path().to_owned();
    if shared.withdrawn.load(Ordering::Relaxed) {
        return library.send(request).await;
    }
    if path == "/v1/oci-redirect" {
        return offer(&shared, request, library).await;
    }
    if let Some(path) = path.strip_prefix(BELOW) {
        return guarded(&shared, path, request).await;
    }
    if let Some(reference) = path.strip_prefix("/v1/images/")
        && *request.method() == Method::GET
        && let Some(image) = images::show(shared.upstream(), reference, &query(&request)).await
    {
        return front::json(200, &json!({ "data": image }));
    }
    library.send(request).await
}

fn query(request: &Request) -> HashMap<String, String> {
    Query::try_from_uri(request.uri()).map_or_else(|_| HashMap::new(), |Query(query)| query)
}

/// Where the registry is, and a token: for reading to everybody, for writing to whom the library knows.
async fn offer(shared: &Shared, request: Request, library: Upstream) -> Response {
    let query = query(&request);
    let namespace = query.get("namespace").cloned().unwrap_or_default();
    let push = query
        .get("accessTypes")
        .is_some_and(|types| types.contains("push"));
    let host = request.headers().get(header::HOST).cloned();
    let host = host
        .as_ref()
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if push {
        let mut question = Request::new(Body::empty());
        *question.uri_mut() = Uri::from_static("/v1/token-status");
        *question.headers_mut() = request.headers().clone();
        let known = library.send(question).await;
        if !known.status().is_success() {
            return front::empty(401);
        }
    }
    let token = Uuid::new_v4().to_string();
    let grant = Grant {
        namespace: namespace.clone(),
        push,
    };
    shared.tokens().insert(token.clone(), grant);
    let url = format!("http://{host}{BELOW}/");
    front::json(
        200,
        &json!({ "token": token, "url": url, "name": namespace }),
    )
}

/// The registry, for whom a token lets in.
async fn guarded(shared: &Arc<Shared>, path: &str, mut request: Request) -> Response {
    let Some(grant) = shared.grant_of(&request) else {
        let mut answer = front::empty(401);
        let challenge = HeaderValue::from_static("Bearer realm=\"the library\"");
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        return answer;
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let own = path.starts_with(&format!("/v2/{}/", grant.namespace));
    if !own || !(reads || grant.push) {
        return front::empty(403);
    }
    request.headers_mut().remove(header::AUTHORIZATION);
    let target = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let Ok(uri) = target.parse() else {
        return front::empty(400);
    };
    *request.uri_mut() = uri;
    if shared.sessions == Sessions::Lasting && path.contains("/blobs/uploads/") {
        return sessions::lasting(Arc::clone(shared), request).await;
    }
    shared.upstream().send(request).await
}
