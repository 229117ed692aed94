//! Downloads: a 303 to a signed address, and the bytes behind it in ranges.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use sifter_library_api::Image;

use super::address::Origin;
use super::extract::{Asked, Named};
use super::images::{ArchQuery, find};
use super::range::{Selection, select};
use crate::caller::Caller;
use crate::catalog::{containers, images};
use crate::fault::Fault;
use crate::state::AppState;

/// Where bytes are fetched. The address is the permission, and names image and content.
pub(super) const SIGNED_ROUTE: &str = "/signed/image/{image}/{digest}";

/// `GET /v1/imagefile/…`: official clients follow a 303 with several connections and `Range`.
pub(super) async fn redirect(
    State(state): State<AppState>,
    method: Method,
    caller: Caller,
    origin: Origin,
    Named(path): Named<String>,
    Asked(query): Asked<ArchQuery>,
) -> Result<Response, Fault> {
    let (container, image) = find(&state, caller, &path, query.arch).await?;
    let digest = digest_of(&image).ok_or(Fault::NotFound("image"))?;
    if method == Method::GET {
        state
            .db()
            .write(move |c| containers::count_download(c, &container))
            .await?;
    }
    let location = origin.join(&state.signing_key().sign(
        &Method::GET,
        &format!("/signed/image/{}/{digest}", image.id),
        "",
        state.clock().now(),
        state.config().download_url_lifetime,
    ));
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// The bytes, all or a range of them, while the image exists.
pub(super) async fn bytes(
    State(state): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    Named((image, digest)): Named<(String, String)>,
) -> Result<Response, Fault> {
    // HEAD is allowed where GET is.
    state
        .signing_key()
        .verify(&Method::GET, uri.path(), uri.query(), state.clock().now())?;
    let promised = digest.clone();
    let size = state
        .db()
        .call(move |connection| images::size_of(connection, &image, &promised))
        .await?
        .ok_or(Fault::NotFound("image"))?;

    let etag = format!("\"{digest}\"");
    let (status, range) = match select(&headers, &etag, size) {
        Selection::Whole => (StatusCode::OK, 0..size),
        Selection::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Selection::Nothing => return Err(Fault::NoSuchRange { size }),
        Selection::Unchanged => (StatusCode::NOT_MODIFIED, 0..0),
    };
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    let lines = answer.headers_mut();
    insert(lines, header::ETAG, &etag);
    lines.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-transform"),
    );
    if status == StatusCode::NOT_MODIFIED {
        return Ok(answer);
    }
    lines.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    lines.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    lines.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    insert(
        lines,
        header::CONTENT_LENGTH,
        &(range.end - range.start).to_string(),
    );
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        insert(
            lines,
            header::CONTENT_RANGE,
            &format!("bytes {}-{last}/{size}", range.start),
        );
    }
    let body = state.blobs().read(&digest, range).await?;
    *answer.body_mut() = body.ok_or(Fault::NotFound("image"))?;
    Ok(answer)
}

fn digest_of(image: &Image) -> Option<String> {
    if image.uploaded {
        image.hash?.sha256_hex()
    } else {
        None
    }
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // Digests and numbers are always valid in a header.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
