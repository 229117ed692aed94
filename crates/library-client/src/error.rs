//! What can go wrong, in words a caller can act on.

use std::error::Error as StdError;
use std::time::Duration;

use ::http::StatusCode;
use sifter_library_api::ApiError;
use sifter_library_api::upload::DAMAGED_CODES;

use crate::http::Refusal;
use crate::token::TokenError;

mod transport;

pub(crate) use transport::find;
pub use transport::proxy_trouble;

/// How a server could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unreachable {
    /// Its name is not known.
    Dns,
    /// Nothing listens there.
    Refused,
    /// No answer within the connect or idle timeout.
    Timeout,
    /// The proxy in between cannot be reached, or does not let the request through.
    Proxy,
    /// The proxy in between wants a name and a password, or others.
    ProxySignIn,
    /// Another network failure before an answer came.
    Network,
}

/// A call to a library that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 404, or a row that is marked deleted.
    #[error("the library does not have it")]
    NotFound,
    /// 401 after a fresh token was tried, or without one.
    #[error("the library asks for a sign-in")]
    Unauthorized,
    /// 403: signed in, but not allowed. Also 406 from Hinkskalle for a container that is read-only.
    #[error("the library does not allow it: {0}")]
    Forbidden(ApiError),
    /// 403 that says which scopes the token lacks (RFC 6750 section 3.1, `insufficient_scope`): a wider
    /// sign-in of the same person would do.
    #[error("the sign-in does not allow it (it lacks \"{scopes}\")")]
    ScopeMissing {
        /// What the server wants, separated by blanks; empty when it does not say.
        scopes: String,
    },
    /// 507, or 413 from Hinkskalle: the storage is used up.
    #[error("the storage is used up: {0}")]
    QuotaExceeded(ApiError),
    /// 409, or 412 from Hinkskalle: it is there already, or was changed by somebody else.
    #[error("it is there already: {0}")]
    Conflict(ApiError),
    /// 400 from a storage that compared digests, 422 from Hinkskalle: what arrived is not what was sent.
    #[error("the bytes arrived damaged: {0}")]
    DamagedOnArrival(ApiError),
    /// Any other refusal (4xx) of the request as it was made.
    #[error("the library refused the request (status {status}): {error}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The library's words.
        error: ApiError,
    },
    /// 429: too many requests.
    #[error("the library asks for fewer requests")]
    Throttled {
        /// How long to wait, where the server says.
        retry_after: Option<Duration>,
    },
    /// 5xx or 408.
    #[error("the library failed (status {status}): {error}")]
    ServerFault {
        /// The HTTP status.
        status: u16,
        /// The library's words.
        error: ApiError,
        /// How long to wait, where the server says.
        retry_after: Option<Duration>,
    },
    /// No connection could be made, or no answer came.
    #[error("the server cannot be reached")]
    Unreachable {
        /// How.
        reason: Unreachable,
        /// The chain below.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The server's certificate is not trusted on this machine.
    #[error("the server's certificate is not trusted")]
    Certificate(#[source] Box<Refusal>),
    /// The connection broke, stood still or ended early while bytes were moving.
    #[error("the connection broke off")]
    Interrupted(#[source] Box<dyn StdError + Send + Sync>),
    /// There is a server, but no library.
    #[error("there is no container library at {0}")]
    NotALibrary(String),
    /// The address cannot be used: see the words.
    #[error("the address cannot be used: {0}")]
    Address(AddressFault),
    /// An answer that breaks the protocol.
    #[error("the answer makes no sense: {what}")]
    InvalidAnswer {
        /// What is wrong with it.
        what: &'static str,
        /// The chain below, if any.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// An answer longer than anything the protocol needs.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The server ignored `Range` and sent the whole file, or another part than the one asked for. Download
    /// it as one stream.
    #[error("the server cannot send parts of a file")]
    RangeIgnored,
    /// A presigned address, or the target of a redirect, no longer works. Ask for a new one.
    #[error("the storage behind the library refused the address (status {status})")]
    LinkRefused {
        /// The HTTP status.
        status: u16,
    },
    /// The reference names an OCI image, which is not fetched through the library API.
    #[error("this is an OCI image, not a SIF file")]
    OciImageInstead,
    /// The account has no token for this request.
    #[error("no token for this request")]
    Token(#[from] TokenError),
    /// The HTTP client could not be set up on this machine.
    #[error("the connection could not be set up")]
    Setup(#[source] Box<dyn StdError + Send + Sync>),
}

/// Why an address is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AddressFault {
    /// Not an address.
    #[error("not an http or https address")]
    Malformed,
    /// It carries a user name or password.
    #[error("it carries a user name or password")]
    Credentials,
    /// Plain http to another machine.
    #[error("plain http is used on this computer only")]
    PlainHttp,
    /// A server that was reached by https points to plain http.
    #[error("an https server points to plain http")]
    Downgrade,
    /// More redirects than anybody needs, or one where none is followed.
    #[error("it redirects where that is not allowed")]
    Redirect,
}

/// How a registry says the same (OCI distribution specification, error codes).
const REGISTRY_DAMAGED: &str = "DIGEST_INVALID";

/// Whether the body of a refusal says that digests differ.
fn names_damage(body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body);
    let mut codes = DAMAGED_CODES.iter().chain([&REGISTRY_DAMAGED]);
    codes.any(|code| body.contains(code))
}

/// Whether a 406 means that the container is closed to writers (Hinkskalle says "container is readonly").
fn names_read_only(error: &ApiError) -> bool {
    let letters = |letter: &char| letter.is_ascii_alphabetic();
    let message: String = error.message.chars().filter(letters).collect();
    message.to_ascii_lowercase().contains("readonly")
}

/// Whether a 422 means that size or digest of what arrived differ: what Hinkskalle says of either. Other
/// libraries use the status for a file that is no image.
fn names_mismatch(error: &ApiError) -> bool {
    error.message.contains("does not match")
}

/// What the official client looks for in the message of an answer about an OCI image.
const OCI_CONFIG_TYPE: &str = "application/vnd.oci.image.config.v1+json";

impl Error {
    pub(crate) fn invalid(what: &'static str) -> Self {
        Self::InvalidAnswer { what, source: None }
    }

    pub(crate) fn invalid_because(
        what: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::InvalidAnswer {
            what,
            source: Some(source.into()),
        }
    }

    /// Sorts a failed answer by its status; `body` is what came with it, already bounded.
    pub(crate) fn from_answer(
        status: StatusCode,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Self {
        let error = ApiError::find_in(body).unwrap_or_default();
        if status == StatusCode::NOT_FOUND {
            return Self::NotFound;
        }
        if error.message.contains(OCI_CONFIG_TYPE) {
            return Self::OciImageInstead;
        }
        match status.as_u16() {
            400 if names_damage(body) => Self::DamagedOnArrival(error),
            401 => Self::Unauthorized,
            403 => Self::Forbidden(error),
            406 if names_read_only(&error) => Self::Forbidden(error),
            409 | 412 => Self::Conflict(error),
            413 | 507 => Self::QuotaExceeded(error),
            422 if names_mismatch(&error) => Self::DamagedOnArrival(error),
            429 => Self::Throttled { retry_after },
            status @ (408 | 500..=599) => Self::ServerFault {
                status,
                error,
                retry_after,
            },
            status => Self::Rejected { status, error },
        }
    }

    /// Whether the same request may succeed when it is made again later, unchanged.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Unreachable { .. } | Self::Interrupted(_) => true,
            Self::ServerFault { status, .. } => !matches!(status, 501 | 505),
            Self::Token(TokenError::Unavailable(_)) => true,
            _ => false,
        }
    }

    /// How long the server asks to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::ServerFault { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the server has no such call (404, 405, 501), as an older library answers to a newer
    /// call.
    #[must_use]
    pub const fn is_unsupported(&self) -> bool {
        matches!(
            self,
            Self::NotFound
                | Self::Rejected { status: 405, .. }
                | Self::ServerFault { status: 501, .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(status: u16, body: &str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Error::from_answer(status, Some(Duration::from_secs(7)), body.as_bytes())
    }

    #[test]
    fn answers_are_sorted_by_what_a_caller_can_do() {
        assert!(matches!(sorted(404, ""), Error::NotFound));
        assert!(matches!(sorted(401, ""), Error::Unauthorized));
        assert!(matches!(sorted(403, ""), Error::Forbidden(_)));
        assert!(matches!(sorted(412, ""), Error::Conflict(_)));
        assert!(matches!(sorted(413, ""), Error::QuotaExceeded(_)));
        assert!(matches!(
            sorted(418, ""),
            Error::Rejected { status: 418, .. }
        ));
        let full = sorted(
            507,
            r#"{"error":{"code":507,"message":"Upload would exceed quota"}}"#,
        );
        assert_eq!(
            full.to_string(),
            "the storage is used up: Upload would exceed quota (507)"
        );
        assert!(!full.is_transient());
    }

    #[test]
    fn only_what_may_pass_is_transient() {
        assert!(sorted(429, "").is_transient());
        assert!(sorted(503, "<html>").is_transient());
        assert!(sorted(408, "").is_transient());
        assert!(!sorted(501, "").is_transient());
        assert!(!sorted(400, "").is_transient());
        assert!(!sorted(404, "").is_transient());
        assert_eq!(sorted(503, "").retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(sorted(429, "").retry_after(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn damage_is_told_from_a_refusal_in_every_form() {
        for body in [
            "<Error><Code>BadDigest</Code></Error>",
            "<?xml version=\"1.0\"?><Error><Code>XAmzContentSHA256Mismatch</Code></Error>",
            r#"{"error":{"code":400,"message":"BadDigest: the SHA-256 differs"}}"#,
            r#"{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}"#,
        ] {
            assert!(
                matches!(sorted(400, body), Error::DamagedOnArrival(_)),
                "{body}"
            );
        }
        assert!(matches!(
            sorted(400, "<Error><Code>InvalidRequest</Code></Error>"),
            Error::Rejected { status: 400, .. }
        ));
        assert!(!sorted(400, "BadDigest").is_transient());
    }

    #[test]
    fn what_hinkskalle_means_by_its_statuses_is_understood() {
        let said = |status, detail: &str| {
            let body =
                format!(r#"{{"status":"error","errors":[{{"title":"T","detail":"{detail}"}}]}}"#);
            sorted(status, &body)
        };
        let read_only = said(406, "container is readonly");
        assert!(matches!(read_only, Error::Forbidden(_)));
        let closed = said(406, "Upload 7 has invalid state");
        assert!(matches!(closed, Error::Rejected { status: 406, .. }));
        let damaged = said(422, "Image hash sha256.a does not match: b");
        assert!(matches!(damaged, Error::DamagedOnArrival(_)));
        let no_image = said(422, "the file is not a usable SIF image");
        assert!(matches!(no_image, Error::Rejected { status: 422, .. }));
    }

    #[test]
    fn an_oci_image_is_recognised_by_its_media_type() {
        let body = format!(r#"{{"error":{{"message":"unexpected {OCI_CONFIG_TYPE}"}}}}"#);
        assert!(matches!(sorted(400, &body), Error::OciImageInstead));
        assert!(matches!(sorted(404, &body), Error::NotFound));
    }
}
