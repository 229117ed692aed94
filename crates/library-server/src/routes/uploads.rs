//! Uploads: v2 in one piece or in parts, with signed addresses for the bytes, and v1 in one request.

use axum::body::Body as Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, Uri, header};
use serde::Deserialize;
use serde_json::{Map, Value};
use sifter_library_api::upload::{
    AbortMultipart, BeginMultipart, BeginPart, BeginSingle, CompleteMultipart, Completion,
    MultipartBegun, PartBegun, SingleBegun,
};

use super::address::Origin;
use super::extract::{Asked, Named};
use super::json::{Answer, Body, answer};
use crate::caller::Caller;
use crate::catalog::{images, uploads};
use crate::fault::Fault;
use crate::intake::{self, Promise};
use crate::state::AppState;

/// Where bytes are sent. The address is the permission.
pub(super) const SIGNED_ROUTE: &str = "/signed/upload/{upload}/{number}";

/// Hexadecimal digits of an MD5 and a SHA-256.
const MD5_DIGITS: usize = 32;
const SHA256_DIGITS: usize = 64;

pub(super) async fn begin_single(
    State(state): State<AppState>,
    caller: Caller,
    origin: Origin,
    Named(image_id): Named<String>,
    Body(request): Body<BeginSingle>,
) -> Answer<SingleBegun> {
    let promise = Promise {
        image_id,
        size: request.filesize,
        multipart: false,
        md5: checksum(request.md5sum.unwrap_or_default(), MD5_DIGITS)?,
        sha256: checksum(request.sha256sum.unwrap_or_default(), SHA256_DIGITS)?,
    };
    let upload = intake::begin(&state, caller.signed_in()?.may_write()?, promise).await?;
    let upload_url = origin.join(&signed(&state, &upload.id, 1, ""));
    answer(SingleBegun { upload_url })
}

pub(super) async fn begin_multipart(
    State(state): State<AppState>,
    caller: Caller,
    Named(image_id): Named<String>,
    Body(request): Body<BeginMultipart>,
) -> Answer<MultipartBegun> {
    let caller = caller.signed_in()?.may_write()?;
    if request.filesize < state.config().uploads.smallest_multipart {
        return Err(Fault::Invalid("the file is too small to go up in parts"));
    }
    let promise = Promise {
        image_id,
        size: request.filesize,
        multipart: true,
        md5: String::new(),
        sha256: String::new(),
    };
    let upload = intake::begin(&state, caller, promise).await?;
    answer(MultipartBegun {
        upload_id: upload.id,
        total_parts: upload.total_parts.into(),
        part_size: upload.part_size,
        // Clients then send the SHA-256 of each part, and a damaged one is noticed when it arrives.
        options: [("s3compliant".to_owned(), "true".to_owned())].into(),
    })
}

pub(super) async fn sign_part(
    State(state): State<AppState>,
    caller: Caller,
    origin: Origin,
    Named(image_id): Named<String>,
    Body(request): Body<BeginPart>,
) -> Answer<PartBegun> {
    let caller = caller.signed_in()?.may_write()?;
    let sha256 = checksum(request.sha256sum, SHA256_DIGITS)?;
    let upload = find(&state, caller, image_id, request.upload_id).await?;
    let number = request.part_number;
    let (_, length) = upload.part(number).ok_or(Fault::Invalid("no such part"))?;
    if request.part_size != length {
        return Err(Fault::WrongLength {
            expected: length,
            received: request.part_size,
        });
    }
    let query = format!("length={length}&sha256={sha256}");
    let presigned_url = origin.join(&signed(&state, &upload.id, number, &query));
    answer(PartBegun { presigned_url })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PartQuery {
    sha256: String,
}

/// Receives a part, or a whole file. No `Authorization`: the signature is checked instead.
pub(super) async fn receive(
    State(state): State<AppState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Named((upload, number)): Named<(String, u32)>,
    Asked(query): Asked<PartQuery>,
    body: Bytes,
) -> Result<Response, Fault> {
    state
        .signing_key()
        .verify(&method, uri.path(), uri.query(), state.clock().now())?;
    let announced = content_length(&headers);
    let token = intake::receive_part(&state, upload, number, query.sha256, announced, body).await?;
    Ok(([(header::ETAG, token)], ()).into_response())
}

pub(super) async fn complete_single(
    State(state): State<AppState>,
    caller: Caller,
    Named(image_id): Named<String>,
) -> Answer<Completion> {
    let caller = caller.signed_in()?.may_write()?;
    let id = image_id.clone();
    let arrived = state
        .db()
        .call(move |c| uploads::arrived_single(c, &id))
        .await?;
    answer(match arrived {
        Some(upload) => intake::complete(&state, caller, image_id, upload.id, None).await?,
        // The image may be complete already; completing again is then fine.
        None => intake::completion(&state, caller, image_id).await?,
    })
}

pub(super) async fn complete_multipart(
    State(state): State<AppState>,
    caller: Caller,
    Named(image_id): Named<String>,
    Body(request): Body<CompleteMultipart>,
) -> Answer<Completion> {
    let caller = caller.signed_in()?.may_write()?;
    let receipts = Some(request.completed_parts);
    answer(intake::complete(&state, caller, image_id, request.upload_id, receipts).await?)
}

pub(super) async fn abort_multipart(
    State(state): State<AppState>,
    caller: Caller,
    Named(image_id): Named<String>,
    Body(request): Body<AbortMultipart>,
) -> Answer<Map<String, Value>> {
    let caller = caller.signed_in()?.may_write()?;
    match find(&state, caller, image_id, request.upload_id).await {
        Ok(upload) => intake::abort(&state, upload.id).await?,
        Err(Fault::UploadGone) => {}
        Err(fault) => return Err(fault),
    }
    answer(Map::new())
}

/// Upload v1: the file is the body of one authenticated request.
pub(super) async fn whole(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Named(image_id): Named<String>,
    body: Bytes,
) -> Answer<Completion> {
    let caller = caller.signed_in()?.may_write()?;
    let size = content_length(&headers).ok_or(Fault::LengthRequired)?;
    let promise = Promise {
        image_id: image_id.clone(),
        size,
        multipart: false,
        md5: String::new(),
        sha256: String::new(),
    };
    let upload = intake::begin(&state, caller.clone(), promise).await?;
    let id = upload.id.clone();
    if let Err(fault) =
        intake::receive_part(&state, upload.id, 1, String::new(), Some(size), body).await
    {
        intake::abort(&state, id).await?;
        return Err(fault);
    }
    answer(intake::complete(&state, caller, image_id, id, None).await?)
}

/// The upload, when it is one of this image's and the image is the caller's.
///
/// Anything unknown is 410, never 404: official clients take a 404 here for "no parts on this server".
async fn find(
    state: &AppState,
    caller: crate::oauth::Identity,
    image_id: String,
    upload_id: String,
) -> Result<uploads::Upload, Fault> {
    state
        .db()
        .call(move |connection| {
            match images::get_own(connection, &caller, &image_id) {
                Err(Fault::NotFound(_)) => return Err(Fault::UploadGone),
                other => other?,
            };
            uploads::find(connection, &upload_id)?
                .filter(|upload| upload.image_id == image_id)
                .ok_or(Fault::UploadGone)
        })
        .await
}

fn signed(state: &AppState, upload: &str, number: u32, query: &str) -> String {
    let path = format!("/signed/upload/{upload}/{number}");
    let lifetime = state.config().uploads.url_lifetime;
    state
        .signing_key()
        .sign(&Method::PUT, &path, query, state.clock().now(), lifetime)
}

/// A checksum in lower case; empty when none was given.
fn checksum(text: String, digits: usize) -> Result<String, Fault> {
    let text = text.to_ascii_lowercase();
    let right = text.is_empty()
        || (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if right {
        Ok(text)
    } else {
        Err(Fault::Invalid("a checksum is not hexadecimal"))
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}
