//! One repository of a registry: manifests and small blobs, every byte compared with its digest.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ::http::{Method, StatusCode, header};
use reqwest::Response;

use super::digest::Digest;
use super::manifest::{ANY_MANIFEST, Document};
use crate::client::{ByteStream, Call, LibraryClient};
use crate::error::Error;
use crate::http::body;
use crate::location::DownloadLocation;

/// The longest manifest, index or config that is read, in bytes; registries take no longer manifests
/// (OCI distribution specification, pushing manifests).
pub(super) const MAX_DOCUMENT: u64 = 4 << 20;

/// How a registry names the digest of what it answers.
pub(super) const DIGEST_HEADER: &str = "docker-content-digest";

/// Where a registry keeps a container's images. Cheap to clone; clones share the token.
#[derive(Clone)]
pub struct OciRepository {
    /// The registry, with the token of this repository.
    pub(super) registry: LibraryClient,
    pub(super) name: Arc<str>,
}

impl OciRepository {
    pub(super) fn new(registry: LibraryClient, name: String) -> Self {
        Self {
            registry,
            name: name.into(),
        }
    }

    pub(super) fn url(&self, rest: &str) -> url::Url {
        self.registry.url(&format!("v2/{}/{rest}", self.name), &[])
    }

    /// The manifest or index under a tag or digest; `None` where there is none.
    pub(super) async fn document(&self, reference: &str) -> Result<Option<Document>, Error> {
        let call = Call {
            accept: Some(ANY_MANIFEST),
            ..Call::get(self.url(&format!("manifests/{reference}")))
        };
        let response = self.registry.send(call).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let response = success(response).await?;
        let told = header_digest(&response);
        let bytes = body::read_bounded(response, MAX_DOCUMENT).await?;
        let digest = Digest::of(&bytes);
        // A digest in the address has to be kept; one in a header, where there is one.
        let promised = reference.parse::<Digest>().ok().or(told);
        if promised.is_some_and(|promised| promised != digest) {
            return Err(Error::invalid(
                "a manifest has another digest than promised",
            ));
        }
        Document::parse(digest, &bytes).map(Some)
    }

    /// Puts a manifest or index under a tag.
    pub(super) async fn put_document(
        &self,
        tag: &str,
        media_type: &'static str,
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        let call = Call {
            body: Some((media_type, bytes)),
            ..Call::new(Method::PUT, self.url(&format!("manifests/{tag}")))
        };
        success(self.registry.send(call).await?).await?;
        Ok(())
    }

    /// A small blob, such as a config.
    pub(super) async fn small_blob(&self, digest: &Digest) -> Result<Vec<u8>, Error> {
        let call = Call::get(self.url(&format!("blobs/{digest}")));
        let response = success(self.registry.send(call).await?).await?;
        let bytes = body::read_bounded(response, MAX_DOCUMENT).await?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(Error::invalid("a blob has another digest than promised"))
        }
    }

    /// Whether the registry has a blob of `size` bytes.
    ///
    /// # Errors
    /// Any [`Error`]: a failure is never taken for "no".
    pub async fn has_blob(&self, digest: &Digest, size: u64) -> Result<bool, Error> {
        let url = self.url(&format!("blobs/{digest}"));
        let response = self.registry.send(Call::new(Method::HEAD, url)).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(false),
            // Sent to the storage that has it.
            status if status.is_redirection() => {
                Ok(header_digest(&response).is_none_or(|told| told == *digest))
            }
            StatusCode::OK => Ok(match header_digest(&response) {
                Some(told) => told == *digest,
                // Anything may answer 200; a blob has its length.
                None => content_length(&response) == Some(size),
            }),
            _ => success(response).await.map(|_| false),
        }
    }

    /// Where the bytes of a blob are. The registry sends to its storage from there, where it has one.
    #[must_use]
    pub fn location(&self, digest: &Digest) -> DownloadLocation {
        DownloadLocation::new(self.url(&format!("blobs/{digest}")), None)
    }

    /// As [`LibraryClient::get_range`].
    ///
    /// # Errors
    /// As [`LibraryClient::get_range`].
    pub async fn get_range(
        &self,
        location: &DownloadLocation,
        range: Range<u64>,
        size: u64,
    ) -> Result<ByteStream, Error> {
        self.registry.get_range(location, range, size).await
    }

    /// As [`LibraryClient::get_whole`].
    ///
    /// # Errors
    /// As [`LibraryClient::get_whole`].
    pub async fn get_whole(
        &self,
        location: &DownloadLocation,
        size: u64,
    ) -> Result<ByteStream, Error> {
        self.registry.get_whole(location, size).await
    }
}

impl fmt::Debug for OciRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "OciRepository({} at {})",
            self.name,
            self.registry.origin()
        )
    }
}

/// The answer, when it is a success.
pub(super) async fn success(response: Response) -> Result<Response, Error> {
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(body::failure(response).await)
    }
}

fn header_digest(response: &Response) -> Option<Digest> {
    let digest = response.headers().get(DIGEST_HEADER)?;
    digest.to_str().ok()?.parse().ok()
}

/// As the header says it: an answer to HEAD has no body to count.
fn content_length(response: &Response) -> Option<u64> {
    let length = response.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}
