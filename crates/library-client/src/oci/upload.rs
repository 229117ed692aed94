//! Blob uploads: begun, sent in order, asked how far they came, finished or given up (OCI distribution
//! specification, pushing blobs in chunks).

use std::fmt;
use std::time::Duration;

use ::http::{Method, StatusCode, header};
use reqwest::{Body, Response};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;

use super::digest::Digest;
use super::repository::{OciRepository, success};
use crate::client::Call;
use crate::error::{AddressFault, Error};
use crate::http::{COMPLETION_TIMEOUT, pace};
use crate::location::MAX_URL_LEN;
use crate::origin::Origin;

/// What a registry calls the least that it takes in one chunk.
const MIN_CHUNK_HEADER: &str = "oci-chunk-min-length";
/// How much longer the token must be good for when a chunk begins with it.
const TOKEN_LIFE: Duration = Duration::from_secs(60);

/// An upload under way. Plain data: written to a journal and read back, it goes on. Its address is one
/// of the registry's own, which is worth nothing without a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobUpload {
    location: Url,
    /// Bytes that the registry has.
    pub offset: u64,
    /// The fewest bytes of a chunk that is not the last, where the registry has such a limit.
    pub min_chunk: Option<u64>,
}

impl OciRepository {
    /// Begins an upload.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn begin_upload(&self) -> Result<BlobUpload, Error> {
        let call = Call {
            body: Some(("application/octet-stream", Vec::new())),
            ..Call::new(Method::POST, self.url("blobs/uploads/"))
        };
        let response = success(self.registry.send(call).await?).await?;
        let location = self
            .next_location(&response)?
            .ok_or_else(|| Error::invalid("an upload began without an address"))?;
        let min_chunk = response.headers().get(MIN_CHUNK_HEADER);
        Ok(BlobUpload {
            location,
            offset: 0,
            min_chunk: min_chunk.and_then(|length| length.to_str().ok()?.trim().parse().ok()),
        })
    }

    /// Sends the next `length` bytes; `body` is opened again when the token had to be renewed.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the registry has forgotten the upload. After any other failure
    /// [`upload_status`](Self::upload_status) says how far it came.
    pub async fn send_chunk(
        &self,
        upload: &BlobUpload,
        length: u64,
        body: impl Fn() -> Body,
    ) -> Result<BlobUpload, Error> {
        let end = upload.offset.saturating_add(length);
        let range = format!("{}-{}", upload.offset, end.saturating_sub(1));
        let response = self.patch(upload, &range, length, body).await?;
        let response = success(response).await?;
        // Some registries say "0-0" to everything; what was accepted was taken then.
        let offset = received(&response)
            .filter(|offset| *offset > 0)
            .unwrap_or(end);
        if offset < upload.offset || offset > end {
            return Err(Error::invalid(
                "the registry has another number of bytes than were sent",
            ));
        }
        self.moved(upload, &response, offset)
    }

    /// Asks how far an upload came.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the registry has forgotten it, or cannot say; any other [`Error`].
    pub async fn upload_status(&self, upload: &BlobUpload) -> Result<BlobUpload, Error> {
        let location = self.own(&upload.location)?.clone();
        let response = self.registry.send(Call::new(Method::GET, location)).await?;
        match success(response).await {
            Ok(response) => {
                let offset = received(&response).ok_or(Error::NotFound)?;
                self.moved(upload, &response, offset)
            }
            // The distribution registry says 400 or 416 about a state that it does not accept.
            Err(Error::Rejected { .. }) => Err(Error::NotFound),
            Err(error) => Err(error),
        }
    }

    /// Finishes an upload that is complete. Slow on registries that read it all again.
    ///
    /// # Errors
    /// [`Error::DamagedOnArrival`] when what arrived has another digest; [`Error::NotFound`] when the
    /// registry has forgotten it, as it does when it is finished; any other [`Error`].
    pub async fn finish_upload(&self, upload: &BlobUpload, digest: &Digest) -> Result<(), Error> {
        self.finish_with(upload, digest, Vec::new()).await
    }

    /// Finishes an upload with the last bytes of it.
    async fn finish_with(
        &self,
        upload: &BlobUpload,
        digest: &Digest,
        rest: Vec<u8>,
    ) -> Result<(), Error> {
        let mut url = self.own(&upload.location)?.clone();
        url.query_pairs_mut()
            .append_pair("digest", &digest.to_string());
        let call = Call {
            body: Some(("application/octet-stream", rest)),
            idle: Some(COMPLETION_TIMEOUT),
            ..Call::new(Method::PUT, url)
        };
        success(self.registry.send(call).await?).await?;
        Ok(())
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// Any [`Error`]; a refusal means that there is nothing left to give up.
    pub async fn cancel_upload(&self, upload: &BlobUpload) -> Result<(), Error> {
        let location = self.own(&upload.location)?.clone();
        let call = Call::new(Method::DELETE, location);
        success(self.registry.send(call).await?).await?;
        Ok(())
    }

    /// Puts a blob that is at hand, unless it is there.
    pub(super) async fn put_small_blob(&self, bytes: Vec<u8>) -> Result<(), Error> {
        let (digest, length) = (Digest::of(&bytes), bytes.len() as u64);
        if self.has_blob(&digest, length).await? {
            return Ok(());
        }
        let upload = self.begin_upload().await?;
        self.finish_with(&upload, &digest, bytes).await
    }

    async fn patch(
        &self,
        upload: &BlobUpload,
        range: &str,
        length: u64,
        body: impl Fn() -> Body,
    ) -> Result<Response, Error> {
        let url = self.own(&upload.location)?;
        let http = self.registry.http();
        let (tokens, origin) = (&self.registry.tokens, self.registry.origin());
        let mut token = tokens.bearer(origin, TOKEN_LIFE).await?;
        let mut refreshed = false;
        loop {
            let mut request = http
                .sending(url)
                .await?
                .patch(url.clone())
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .header(header::CONTENT_RANGE, range);
            if let Some(token) = &token {
                request = request.bearer_auth(token.expose_secret());
            }
            let response = pace::send(request, body(), length, http.idle()).await?;
            let refused = response.status() == StatusCode::UNAUTHORIZED && !refreshed;
            let Some(rejected) = token.as_ref().filter(|_| refused) else {
                return Ok(response);
            };
            refreshed = true;
            match tokens.refresh_after_401(origin, rejected).await? {
                Some(fresh) => token = Some(fresh),
                None => return Ok(response),
            }
        }
    }

    /// The upload as it is after an answer.
    fn moved(
        &self,
        upload: &BlobUpload,
        response: &Response,
        offset: u64,
    ) -> Result<BlobUpload, Error> {
        let next = self.next_location(response)?;
        Ok(BlobUpload {
            location: next.unwrap_or_else(|| upload.location.clone()),
            offset,
            min_chunk: upload.min_chunk,
        })
    }

    fn next_location(&self, response: &Response) -> Result<Option<Url>, Error> {
        let Some(location) = response.headers().get(header::LOCATION) else {
            return Ok(None);
        };
        let text = location.to_str().unwrap_or_default();
        let url = resolve(&self.registry.endpoints().library, text)?;
        self.own(&url)?;
        Ok(Some(url))
    }

    /// Whether an upload is one of this registry, at the address where the registry is reached now.
    #[must_use]
    pub fn has_begun(&self, upload: &BlobUpload) -> bool {
        self.own(&upload.location).is_ok()
    }

    /// An address, if it is the registry's own: uploads carry the token.
    fn own<'a>(&self, url: &'a Url) -> Result<&'a Url, Error> {
        if Origin::of(url).as_ref() == Some(self.registry.origin()) {
            Ok(url)
        } else {
            Err(Error::Address(AddressFault::Redirect))
        }
    }
}

impl fmt::Debug for BlobUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.location.path();
        write!(f, "BlobUpload({path} at {})", self.offset)
    }
}

/// How many bytes an answer says are there: the end of its `Range`, which counts from 0 and is inclusive.
/// "0-0" is what an empty upload says, so one single byte is taken for none and sent again.
fn received(response: &Response) -> Option<u64> {
    parse_range(response.headers().get(header::RANGE)?.to_str().ok()?)
}

fn parse_range(text: &str) -> Option<u64> {
    let (_, last) = text.trim_start_matches("bytes=").split_once('-')?;
    match last.trim().parse().ok()? {
        0 => Some(0),
        last => u64::checked_add(last, 1),
    }
}

/// Resolves the address of an upload. One that begins with a slash is below the registry's base, which
/// it may or may not repeat; behind a proxy that ends TLS a registry may believe that it is spoken to
/// in plain http.
fn resolve(base: &Url, text: &str) -> Result<Url, Error> {
    let malformed = Error::Address(AddressFault::Malformed);
    if text.is_empty() || text.len() > MAX_URL_LEN || text.chars().any(char::is_control) {
        return Err(malformed);
    }
    let prefix = base.path().trim_end_matches('/');
    let mut folder = base.clone();
    folder.set_path(&format!("{prefix}/"));
    let repeats = text
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.starts_with('/'));
    let relative = match text.strip_prefix('/') {
        Some(rest) if !repeats && !rest.starts_with('/') => rest,
        _ => text,
    };
    let Ok(mut url) = folder.join(relative) else {
        return Err(malformed);
    };
    url.set_fragment(None);
    let believes_plain = base.scheme() == "https" && url.scheme() == "http";
    if believes_plain && url.host() == base.host() {
        // Of two schemes that are both known, this cannot fail.
        let _ = url.set_scheme("https");
        let _ = url.set_port(base.port());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(base: &str, location: &str) -> String {
        resolve(&Url::parse(base).unwrap(), location)
            .unwrap()
            .into()
    }

    #[test]
    fn an_upload_lies_below_the_base_of_its_registry() {
        let cases = [
            (
                "https://r.org",
                "/v2/n/blobs/uploads/1?_state=x",
                "https://r.org/v2/n/blobs/uploads/1?_state=x",
            ),
            ("https://r.org/base", "/v2/n/u", "https://r.org/base/v2/n/u"),
            (
                "https://r.org/base/",
                "/base/v2/n/u",
                "https://r.org/base/v2/n/u",
            ),
            ("https://r.org/base", "v2/n/u", "https://r.org/base/v2/n/u"),
            (
                "https://r.org/b",
                "https://r.org/b/v2/n/u",
                "https://r.org/b/v2/n/u",
            ),
            (
                "https://r.org:8443",
                "http://r.org/v2/n/u",
                "https://r.org:8443/v2/n/u",
            ),
            (
                "http://127.0.0.1:5000",
                "http://127.0.0.1:5000/v2/n/u",
                "http://127.0.0.1:5000/v2/n/u",
            ),
            (
                "https://r.org",
                "http://other.org/v2",
                "http://other.org/v2",
            ),
            ("https://r.org", "//other.org/v2", "https://other.org/v2"),
        ];
        for (base, location, expected) in cases {
            assert_eq!(resolved(base, location), expected, "{base} {location}");
        }
        for bad in ["", "\n", "http://[", &"x".repeat(MAX_URL_LEN + 1)] {
            assert!(
                resolve(&Url::parse("https://r.org").unwrap(), bad).is_err(),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_range_says_how_many_bytes_are_there() {
        assert_eq!(parse_range("0-0"), Some(0));
        assert_eq!(parse_range("0-999"), Some(1000));
        assert_eq!(parse_range("bytes=0-999"), Some(1000));
        assert_eq!(parse_range("0-18446744073709551615"), None);
        for bad in ["", "-", "0", "0-x", "x"] {
            assert_eq!(parse_range(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_upload_is_read_back_as_it_was_and_shows_no_state() {
        let upload = BlobUpload {
            location: Url::parse("https://r.org/v2/n/blobs/uploads/1?_state=secret").unwrap(),
            offset: 7,
            min_chunk: Some(3),
        };
        let text = serde_json::to_string(&upload).unwrap();
        assert_eq!(serde_json::from_str::<BlobUpload>(&text).unwrap(), upload);
        assert!(!format!("{upload:?}").contains("secret"));
    }
}
