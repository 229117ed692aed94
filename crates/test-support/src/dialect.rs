//! Libraries that speak the Cloud Library API in other ways than the local one, played by a [`Front`] before it.
//!
//! What each of them does is what servers of the field do: versions of the library API before 2.0, servers and
//! caches without multipart uploads or ranges, and Hinkskalle.

mod hinkskalle;

use anyhow::Result;
use axum::body::to_bytes;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Uri, header};
use serde_json::{Value, json};

use crate::SpawnedLibrary;
use crate::front::{self, Body, Bytes, Front, Request, Response, Upstream};

/// The longest body of a request that is read whole, in bytes. Images are not.
const MAX_BODY: usize = 1 << 20;

/// A way to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A library of before 2019 whose version names no API: uploads in one request to the library itself, one
    /// image for a tag whatever the architecture, and no list of a container's images.
    Old,
    /// The same, and without a version call.
    Unversioned,
    /// API 2.0.0-alpha.1: uploads as today, tags as before.
    NoArchTags,
    /// No multipart uploads; asked for one it answers this status.
    NoMultipart(u16),
    /// Storage that sends the whole file whatever range it is asked for.
    RangesIgnored,
    /// Storage that answers 206 with the beginning of the file whatever range it is asked for.
    WrongRanges,
    /// Hinkskalle, with everything it does differently.
    Hinkskalle,
}

/// A library that speaks a dialect.
#[derive(Debug)]
pub struct Foreign {
    /// What clients speak to.
    pub front: Front,
    /// A token of the library's owner, as the dialect has them.
    pub token: String,
}

impl Dialect {
    /// Puts a front that speaks it before `library`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn before(self, library: &SpawnedLibrary) -> Result<Foreign> {
        if self == Self::Hinkskalle {
            return hinkskalle::before(library).await;
        }
        let hook = move |request: Request, upstream: Upstream| self.answer(request, upstream);
        Ok(Foreign {
            front: Front::start(library.address(), hook).await?,
            token: library.token().to_owned(),
        })
    }

    async fn answer(self, mut request: Request, upstream: Upstream) -> Response {
        let path = request.uri().path().to_owned();
        match self {
            Self::NoMultipart(status)
                if request.method() == Method::POST && path.ends_with("/_multipart") =>
            {
                let error = json!({ "error": { "code": status, "message": "no such call" } });
                front::json(status, &error)
            }
            Self::RangesIgnored if path.starts_with("/signed/image/") => {
                request.headers_mut().remove(header::RANGE);
                upstream.send(request).await
            }
            Self::WrongRanges if path.starts_with("/signed/image/") => {
                let beginning = request.headers().get(header::RANGE).and_then(from_zero);
                if let Some(range) = beginning {
                    request.headers_mut().insert(header::RANGE, range);
                }
                upstream.send(request).await
            }
            Self::Old | Self::Unversioned | Self::NoArchTags => {
                self.answer_without_arch(request, upstream).await
            }
            _ => upstream.send(request).await,
        }
    }

    async fn answer_without_arch(self, mut request: Request, upstream: Upstream) -> Response {
        let path = request.uri().path().to_owned();
        let get = request.method() == Method::GET;
        let missing = path.starts_with("/v2/tags/")
            || (path.starts_with("/v1/containers/") && path.ends_with("/images"))
            || (path.starts_with("/v2/imagefile/") && self != Self::NoArchTags)
            || (path == "/version" && self == Self::Unversioned);
        if missing {
            return front::empty(404);
        }
        if request.method() == Method::POST && path.starts_with("/v1/tags/") {
            return set_only_tag(request, upstream).await;
        }
        if get && (path.starts_with("/v1/images/") || path.starts_with("/v1/imagefile/")) {
            // The architecture that is asked for means nothing here.
            if let Ok(uri) = path.parse::<Uri>() {
                *request.uri_mut() = uri;
            }
            return upstream.send(request).await;
        }
        let answer = upstream.send(request).await;
        let edit = |json: &mut Value| {
            if path == "/version" {
                json["data"]["apiVersion"] = "2.0.0-alpha.1".into();
                if self != Self::NoArchTags {
                    remove_key(json, "apiVersion");
                }
            }
            remove_key(json, "archTags");
        };
        front::edit_json(answer, edit).await
    }
}

/// Sets a tag the old way: it leaves every other image of the container, of whatever architecture.
async fn set_only_tag(request: Request, upstream: Upstream) -> Response {
    let Some((head, body)) = whole(request).await else {
        return front::empty(400);
    };
    let Ok(wanted) = serde_json::from_slice::<Value>(&body) else {
        return front::empty(400);
    };
    // An empty image id takes the tag away from all architectures.
    let none = json!({ "Tag": wanted["Tag"], "ImageID": "" });
    let removed = upstream.send(with_json(&head, &none)).await;
    if !removed.status().is_success() {
        return removed;
    }
    upstream.send(with_json(&head, &wanted)).await
}

/// A request with its body in memory; `None` when it is too long or breaks off.
async fn whole(request: Request) -> Option<(Parts, Bytes)> {
    let (head, body) = request.into_parts();
    Some((head, to_bytes(body, MAX_BODY).await.ok()?))
}

/// A request like another one, with a body of JSON.
fn with_json(head: &Parts, body: &Value) -> Request {
    let mut head = head.clone();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::TRANSFER_ENCODING);
    Request::from_parts(head, Body::from(body.to_string()))
}

/// The range of the same length at the beginning of the file.
fn from_zero(range: &HeaderValue) -> Option<HeaderValue> {
    let (first, last) = range
        .to_str()
        .ok()?
        .strip_prefix("bytes=")?
        .split_once('-')?;
    let last = last.parse::<u64>().ok()? - first.parse::<u64>().ok()?;
    HeaderValue::from_str(&format!("bytes=0-{last}")).ok()
}

/// Removes a key from every object within.
fn remove_key(json: &mut Value, key: &str) {
    match json {
        Value::Object(members) => {
            members.remove(key);
            members
                .values_mut()
                .for_each(|value| remove_key(value, key));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| remove_key(value, key)),
        _ => {}
    }
}
