//! Requests that are refused, as the envelope error clients read.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use sifter_library_api::upload::DAMAGED_CODES;
use sifter_library_api::{ApiError, Envelope};

use crate::caller::WRITE_SCOPE;
use crate::error::Error;

/// Why a request is refused. The `Display` text is the `error.message` of the envelope.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("authentication required")]
    SignInRequired,
    #[error("the access token is unknown or has expired")]
    BadToken,
    // Only for the token status call, where official clients expect 404.
    #[error("the access token is unknown or has expired")]
    UnknownToken,
    // Answered with `insufficient_scope` (RFC 6750 section 3.1), which clients go by.
    #[error("the access token does not allow this")]
    MissingScope,
    #[error("a token made for scripts cannot make tokens; sign in with Sifter to make one")]
    SignInToMakeTokens,
    #[error("there are {0} tokens already; revoke one of them first")]
    TooManyTokens(usize),
    #[error("you have published {0} keys already")]
    TooManyKeys(usize),
    #[error("the key cannot be published: {0}")]
    KeyRefused(sifter_signing::hkp::Refused),
    #[error("too many requests; try again in {seconds} seconds")]
    TooManyRequests { seconds: u64 },
    #[error("{0} belongs to somebody else")]
    NotYours(&'static str),
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("bad request: {0}")]
    Invalid(&'static str),
    #[error("bad request: {what}: {why}")]
    InvalidName {
        what: &'static str,
        why: sifter_library_api::NameError,
    },
    #[error("bad request: {0}")]
    BadJson(serde_json::Error),
    #[error("the address is too long")]
    AddressTooLong,
    #[error("this address does not answer to that method")]
    WrongMethod,
    #[error("the request body is too large")]
    TooLarge,
    #[error("the request must state its Content-Length")]
    LengthRequired,
    #[error("bytes {size} and up do not exist")]
    NoSuchRange { size: u64 },
    #[error("the request body ended early or stalled")]
    BrokenBody,
    #[error("{received} bytes arrived where {expected} were announced")]
    WrongLength { expected: u64, received: u64 },
    #[error("{}: the {algorithm} of the bytes that arrived is not the promised one", DAMAGED_CODES[0])]
    WrongDigest { algorithm: &'static str },
    #[error("this address has expired or was not made by this library")]
    BadSignature,
    #[error("the upload is not known (any more); begin again")]
    UploadGone,
    #[error("parts missing: {0}")]
    PartsMissing(PartList),
    #[error("part {0}: the token is not the one its upload answered")]
    WrongPartToken(u32),
    #[error("the file is not a usable SIF image: {0}")]
    NotASif(#[source] sifter_sif::Error),
    #[error("the image has not been uploaded")]
    NotUploaded,
    #[error("the container is read-only")]
    ReadOnly,
    // Clients look for this text (Sylabs Cloud uses it).
    #[error("Upload would exceed quota")]
    QuotaExceeded,
    #[error("the library's disk is full: {needed} bytes needed, {free} bytes free")]
    DiskFull { needed: u64, free: u64 },
    #[error("this library is not served under that name")]
    WrongHost,
    #[error("the library failed; its log says why")]
    Internal(#[source] Error),
}

/// Part numbers for a message: the first few and how many there are.
#[derive(Debug)]
pub(crate) struct PartList(pub(crate) Vec<u32>);

impl std::fmt::Display for PartList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 10;
        for (position, number) in self.0.iter().take(SHOWN).enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{number}")?;
        }
        match self.0.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => write!(f, " and {more} more"),
            _ => Ok(()),
        }
    }
}

impl Fault {
    /// The HTTP status. A part of an upload must never answer 404: official clients take it as "no
    /// multipart here" and start over in the middle of the file, hence 410 for unknown uploads.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::SignInRequired | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::MissingScope
            | Self::SignInToMakeTokens
            | Self::NotYours(_)
            | Self::BadSignature
            | Self::ReadOnly => StatusCode::FORBIDDEN,
            Self::NotFound(_) | Self::UnknownToken => StatusCode::NOT_FOUND,
            Self::Invalid(_)
            | Self::InvalidName { .. }
            | Self::BadJson(_)
            | Self::BrokenBody
            | Self::WrongLength { .. }
            | Self::WrongDigest { .. }
            | Self::PartsMissing(_)
            | Self::WrongPartToken(_) => StatusCode::BAD_REQUEST,
            Self::NotASif(_) | Self::KeyRefused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotUploaded | Self::TooManyTokens(_) | Self::TooManyKeys(_) => {
                StatusCode::CONFLICT
            }
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::LengthRequired => StatusCode::LENGTH_REQUIRED,
            Self::NoSuchRange { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::UploadGone => StatusCode::GONE,
            Self::QuotaExceeded | Self::DiskFull { .. } => StatusCode::INSUFFICIENT_STORAGE,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Internal(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Internal(Error::Database(error))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = self.status();
        if let Self::Internal(error) = &self {
            tracing::error!(error = error as &dyn std::error::Error, "request failed");
        }
        let body = Envelope::<()>::error(ApiError::new(status.as_u16(), self.to_string()));
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Self::MissingScope = self {
            let why = format!(r#"Bearer error="insufficient_scope", scope="{WRITE_SCOPE}""#);
            if let Ok(why) = HeaderValue::from_str(&why) {
                headers.insert(header::WWW_AUTHENTICATE, why);
            }
        }
        if let Self::TooManyRequests { seconds } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::NoSuchRange { size } = self
            && let Ok(range) = HeaderValue::from_str(&format!("bytes */{size}"))
        {
            headers.insert(header::CONTENT_RANGE, range);
        }
        response
    }
}
