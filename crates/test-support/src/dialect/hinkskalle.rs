//! Hinkskalle over the local library: tokens of 64 characters, errors without the envelope, `uploadState` in the
//! place of `uploaded`, upload addresses that are good for one try, downloads that never leave the library, and
//! `latest` set after every upload.

mod state;

use std::sync::Arc;

use anyhow::Result;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use self::state::{PartState, State, Upload};
use super::{Foreign, whole, with_json};
use crate::SpawnedLibrary;
use crate::front::{self, Body, Front, Request, Response, Upstream};

/// Where bytes are sent.
const UPLOAD: &str = "/v2/imagefile/_upload/";
/// What is there without a sign-in.
const OPEN: [&str; 5] = [
    "/assets/",
    "/version",
    "/v1/images/",
    "/v1/imagefile/",
    UPLOAD,
];
/// What it does not have.
const MISSING: [&str; 4] = ["/v1/rbac/", "/v1/oci-redirect", "/.well-known/", "/oauth/"];

pub(super) async fn before(library: &SpawnedLibrary) -> Result<Foreign> {
    let token = "h".repeat(64);
    let state = Arc::new(State::new(&token, library.token()));
    let hook = move |request: Request, upstream: Upstream| {
        let state = Arc::clone(&state);
        async move { answer(&state, request, upstream).await }
    };
    let front = Front::start(library.address(), hook).await?;
    Ok(Foreign { front, token })
}

async fn answer(state: &State, mut request: Request, upstream: Upstream) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    if MISSING.iter().any(|missing| path.starts_with(missing)) {
        return front::json(404, &json!({ "message": "not found on the server" }));
    }
    match state.admit(&mut request) {
        Ok(true) => {}
        Ok(false) if OPEN.iter().any(|open| path.starts_with(open)) => {}
        Ok(false) => return refusal(401, "sign in"),
        Err(status) => return refusal(status, "this token is no good"),
    }
    if let Some(number) = path.strip_prefix(UPLOAD) {
        return receive(state, number, request, upstream).await;
    }
    if method == Method::GET && path.starts_with("/v1/imagefile/") {
        return send_file(request, upstream).await;
    }
    let call = path.strip_prefix("/v2/imagefile/").unwrap_or_default();
    let (image, step) = call.split_once('/').unwrap_or((call, ""));
    match (method, step) {
        (Method::POST, "") if !image.is_empty() => begin_single(state, request, upstream).await,
        (Method::POST, "_multipart") => begin_parts(request, upstream).await,
        (Method::PUT, "_multipart") => begin_part(state, request, upstream).await,
        (Method::PUT, "_complete" | "_multipart_complete") => {
            complete(state, image, request, upstream).await
        }
        (Method::POST, _) if path == "/v1/images" => create_image(state, request, upstream).await,
        _ => {
            let answer = upstream.send(request).await;
            spelled(state, answer).await
        }
    }
}

/// A refusal in Hinkskalle's own shape.
fn refusal(status: u16, detail: &str) -> Response {
    let error = json!({ "title": "error", "detail": detail, "code": status });
    front::json(status, &json!({ "status": "error", "errors": [error] }))
}

/// An answer of the library in Hinkskalle's words.
async fn spelled(state: &State, answer: Response) -> Response {
    let status = answer.status();
    if status.is_client_error() || status.is_server_error() {
        let status = match status {
            StatusCode::INSUFFICIENT_STORAGE => 413,
            StatusCode::CONFLICT => 412,
            StatusCode::GONE => 404,
            other => other.as_u16(),
        };
        return refusal(status, &message(answer).await);
    }
    front::edit_json(answer, |json| state.spell(json)).await
}

async fn message(answer: Response) -> String {
    let mut text = String::new();
    let take = |json: &mut Value| {
        text = json["error"]["message"].as_str().unwrap_or_default().into();
    };
    front::edit_json(answer, take).await;
    text
}

/// Makes an image; one that is there already is refused. A file that another container holds is taken over, and
/// that image is `latest` then.
async fn create_image(state: &State, request: Request, upstream: Upstream) -> Response {
    let Some((head, body)) = whole(request).await else {
        return front::empty(400);
    };
    let row: Value = serde_json::from_slice(&body).unwrap_or_default();
    if !state.is_new(&row) {
        return refusal(412, "the image already exists");
    }
    let answer = upstream.send(with_json(&head, &row)).await;
    let mut made = Value::Null;
    let answer = front::edit_json(answer, |json| made = json["data"].clone()).await;
    let answer = spelled(state, answer).await;
    if made["uploaded"] == true {
        set_latest(
            state,
            made["id"].as_str().unwrap_or_default(),
            &head,
            upstream,
        )
        .await;
    }
    answer
}

async fn begin_single(state: &State, request: Request, upstream: Upstream) -> Response {
    let Some((head, body)) = whole(request).await else {
        return front::empty(400);
    };
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = upstream.send(with_json(&head, &asked)).await;
    let answer = spelled(state, answer).await;
    front::edit_json(answer, |json| {
        if let Some(url) = json["data"]["uploadURL"].as_str() {
            let sha256 = asked["sha256sum"].as_str().unwrap_or_default();
            let number = state.add(Upload::new(path_of(url), sha256, None));
            json["data"]["uploadURL"] = address(&head, number).into();
        }
    })
    .await
}

/// Says nothing about S3, which means that parts are announced with their digest.
async fn begin_parts(request: Request, upstream: Upstream) -> Response {
    let answer = upstream.send(request).await;
    front::edit_json(answer, |json| {
        if json["data"].is_object() {
            json["data"]["options"] = json!({});
        }
    })
    .await
}

/// A part has one address, however often one asks.
async fn begin_part(state: &State, request: Request, upstream: Upstream) -> Response {
    let Some((head, body)) = whole(request).await else {
        return front::empty(400);
    };
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let part = (
        asked["uploadID"].to_string(),
        asked["partNumber"].as_u64().unwrap_or_default(),
    );
    if let Some(number) = state.of_part(&part) {
        let presigned = json!({ "presignedURL": address(&head, number) });
        return front::json(200, &json!({ "data": presigned }));
    }
    let answer = upstream.send(with_json(&head, &asked)).await;
    let answer = spelled(state, answer).await;
    front::edit_json(answer, |json| {
        if let Some(url) = json["data"]["presignedURL"].as_str() {
            let sha256 = asked["sha256sum"].as_str().unwrap_or_default();
            let number = state.add(Upload::new(path_of(url), sha256, Some(part)));
            json["data"]["presignedURL"] = address(&head, number).into();
        }
    })
    .await
}

/// Takes the bytes of a part or a file, once: an address that was begun with is used up, whatever came of it.
async fn receive(
    state: &State,
    number: &str,
    mut request: Request,
    upstream: Upstream,
) -> Response {
    let number = number.parse().unwrap_or(usize::MAX);
    let Some((path, sha256)) = state.begin(number) else {
        return refusal(406, &format!("Upload {number} has invalid state"));
    };
    match path.parse() {
        Ok(uri) => *request.uri_mut() = uri,
        Err(_) => return front::empty(500),
    }
    let answer = upstream.send(request).await;
    if answer.status() == StatusCode::BAD_REQUEST {
        let said = message(answer).await;
        return refusal(
            422,
            &format!("Image hash sha256.{sha256} does not match: {said}"),
        );
    }
    if !answer.status().is_success() {
        return spelled(state, answer).await;
    }
    let tag = answer.headers().get(header::ETAG).cloned();
    let tag = tag.and_then(|tag| Some(tag.to_str().ok()?.to_owned()));
    state.arrived(number, tag.unwrap_or_default());
    let mut answer = Response::new(Body::from("Danke!"));
    if let Ok(tag) = HeaderValue::from_str(&sha256) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

async fn complete(state: &State, image: &str, request: Request, upstream: Upstream) -> Response {
    let Some((head, body)) = whole(request).await else {
        return front::empty(400);
    };
    let mut asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let upload = asked["uploadID"].to_string();
    for part in asked["completedParts"].as_array_mut().into_iter().flatten() {
        let number = part["partNumber"].as_u64().unwrap_or_default();
        let found = state.of_part(&(upload.clone(), number));
        match found.and_then(|found| state.tag(found)) {
            Some(tag) => part["token"] = tag.into(),
            None => return refusal(406, &format!("Part {number} not uploaded yet")),
        }
    }
    let answer = upstream.send(with_json(&head, &asked)).await;
    if !answer.status().is_success() {
        return spelled(state, answer).await;
    }
    set_latest(state, image, &head, upstream).await;
    let place = page_of(answer).await;
    let done = json!({
        "quota": { "quotaTotal": 0, "quotaUsage": 0 },
        "containerUrl": place,
    });
    front::json(200, &json!({ "data": done }))
}

/// The address of a container's page: `entities/E/collections/C/containers/N`.
async fn page_of(answer: Response) -> String {
    let mut place = String::new();
    front::edit_json(answer, |json| {
        let url = json["data"]["containerUrl"].as_str().unwrap_or_default();
        let names: Vec<&str> = url.rsplit('/').take(3).collect();
        if let [container, collection, entity] = names[..] {
            place = format!("entities/{entity}/collections/{collection}/containers/{container}");
        }
    })
    .await;
    place
}

/// Points `latest` of the default architecture at an image, whatever was asked for.
async fn set_latest(state: &State, image: &str, head: &Parts, upstream: Upstream) {
    let Some(container) = state.container_of(image) else {
        return;
    };
    let mut head = head.clone();
    head.method = Method::POST;
    if let Ok(uri) = format!("/v2/tags/{container}").parse() {
        head.uri = uri;
        let tag = json!({ "Arch": state::DEFAULT_ARCH, "Tag": "latest", "ImageID": image });
        upstream.send(with_json(&head, &tag)).await;
    }
}

/// Sends the file itself, all of it: no redirect and no ranges.
async fn send_file(mut request: Request, upstream: Upstream) -> Response {
    request.headers_mut().remove(header::RANGE);
    let (head, _) = request.into_parts();
    let first = Request::from_parts(head.clone(), Body::empty());
    let answer = upstream.send(first).await;
    let location = answer.headers().get(header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    let Some(Ok(uri)) = location.map(|location| path_of(location).parse()) else {
        return refusal(answer.status().as_u16(), &message(answer).await);
    };
    let mut head = head;
    head.uri = uri;
    let mut answer = upstream
        .send(Request::from_parts(head, Body::empty()))
        .await;
    for name in [header::ACCEPT_RANGES, header::ETAG] {
        answer.headers_mut().remove(name);
    }
    answer
}

/// The address of an upload at the front itself.
fn address(head: &Parts, number: usize) -> String {
    let host = head.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}{UPLOAD}{number}")
}

/// Path and query of an address.
fn path_of(url: &str) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    path.find('/').map_or("/", |at| &path[at..]).to_owned()
}

impl State {
    /// Puts the library's own token into a request. Answers whether there was one.
    fn admit(&self, request: &mut Request) -> Result<bool, u16> {
        let Some(given) = request.headers().get(header::AUTHORIZATION) else {
            return Ok(false);
        };
        let (scheme, token) = given
            .to_str()
            .unwrap_or_default()
            .split_once(' ')
            .unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
            return Err(406);
        }
        if token != self.token {
            return Err(401);
        }
        let real = HeaderValue::from_str(&self.library_token).map_err(|_| 500_u16)?;
        request.headers_mut().insert(header::AUTHORIZATION, real);
        Ok(true)
    }

    /// Remembers whose images are where, and says of each with a word whether its bytes are there.
    fn spell(&self, json: &mut Value) {
        match json {
            Value::Object(row) => {
                if let Some(uploaded) = row.remove("uploaded") {
                    let word = if uploaded == true {
                        "completed"
                    } else {
                        "initialized"
                    };
                    row.insert("uploadState".to_owned(), word.into());
                    self.remember(&row["id"], &row["container"]);
                }
                row.values_mut().for_each(|value| self.spell(value));
            }
            Value::Array(rows) => rows.iter_mut().for_each(|row| self.spell(row)),
            _ => {}
        }
    }

    /// Begins with an upload: where its bytes really go and their digest, or `None` when that was done before.
    fn begin(&self, number: usize) -> Option<(String, String)> {
        self.change(number, |upload| {
            let is_new = upload.state == PartState::Initialized;
            upload.state = PartState::Uploading.max(upload.state);
            is_new.then(|| (upload.path.clone(), upload.sha256.clone()))
        })?
    }
}
