//! Addresses that a library hands out for bytes: presigned upload addresses and download locations.
//!
//! Both may carry a signature that is as good as a password for one file, so neither shows its query.

use std::fmt;

use sifter_library_api::upload::S3_SHA256_HEADER;
use url::Url;

use crate::error::{AddressFault, Error};
use crate::http::Http;

/// The longest address that is taken from a server, in bytes.
pub(crate) const MAX_URL_LEN: usize = 16 << 10;

/// Parses an address that a server at `from` sent, relative to it.
pub(crate) fn onward(http: &Http, from: &Url, text: &str) -> Result<Url, Error> {
    if text.is_empty() || text.len() > MAX_URL_LEN || text.chars().any(char::is_control) {
        return Err(Error::Address(AddressFault::Malformed));
    }
    let mut url = from
        .join(text)
        .map_err(|_| Error::Address(AddressFault::Malformed))?;
    url.set_fragment(None);
    http.check_onward(from, &url)?;
    Ok(url)
}

fn without_query(url: &Url, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = url.clone();
    shown.set_query(None);
    write!(f, "{name}({shown})")
}

/// Where the bytes of one upload or part go, by `PUT` and without `Authorization`.
#[derive(Clone, PartialEq, Eq)]
pub struct PresignedUrl(Url);

impl PresignedUrl {
    pub(crate) fn parse(http: &Http, from: &Url, text: &str) -> Result<Self, Error> {
        // Relative addresses are refused here as everywhere in the field.
        Url::parse(text).map_err(|_| Error::Address(AddressFault::Malformed))?;
        onward(http, from, text).map(Self)
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }

    /// Whether the signature covers the SHA-256 header, so that it has to be sent: the first
    /// `X-Amz-SignedHeaders` of the query names it.
    #[must_use]
    pub fn signs_sha256(&self) -> bool {
        self.0
            .query_pairs()
            .find(|(key, _)| key == "X-Amz-SignedHeaders")
            .is_some_and(|(_, headers)| headers.split(';').any(|name| name == S3_SHA256_HEADER))
    }
}

impl fmt::Debug for PresignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        without_query(&self.0, "PresignedUrl", f)
    }
}

/// Where an image's bytes come from.
#[derive(Clone, PartialEq, Eq)]
pub struct DownloadLocation {
    url: Url,
    ranges: Option<bool>,
}

impl DownloadLocation {
    pub(crate) const fn new(url: Url, ranges: Option<bool>) -> Self {
        Self { url, ranges }
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether the place can send parts of the file; `None` until it has been asked.
    #[must_use]
    pub const fn ranges(&self) -> Option<bool> {
        self.ranges
    }

    /// The host the bytes come from, to show to people.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

impl fmt::Debug for DownloadLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        without_query(&self.url, "DownloadLocation", f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presigned(text: &str) -> Result<PresignedUrl, Error> {
        let base = Url::parse("https://library.example.org/").unwrap();
        PresignedUrl::parse(&Http::default(), &base, text)
    }

    #[test]
    fn the_sha256_header_is_sent_only_where_it_is_signed() {
        for (query, signed) in [
            ("X-Amz-SignedHeaders=x-amz-content-sha256", true),
            ("X-Amz-SignedHeaders=host%3Bx-amz-content-sha256", true),
            ("X-Amz-SignedHeaders=host;x-amz-content-sha256;y", true),
            ("X-Amz-SignedHeaders=x-amz-content-sha256x", false),
            ("X-Amz-SignedHeaders=", false),
            (
                "X-Amz-SignedHeaders=host&X-Amz-SignedHeaders=x-amz-content-sha256",
                false,
            ),
            ("x-amz-signedheaders=x-amz-content-sha256", false),
            ("", false),
        ] {
            let url = presigned(&format!("https://s3.example.org/b/k?{query}")).unwrap();
            assert_eq!(url.signs_sha256(), signed, "{query}");
        }
    }

    #[test]
    fn a25_addresses_that_a_server_should_not_hand_out_are_refused() {
        for text in [
            "",
            "\n",
            "/relative",
            "s3.example.org/b",
            "http://s3.example.org/b",
            "http://127.0.0.1/b",
            "https://user:pw@s3.example.org/b",
            "file:///etc/passwd",
        ] {
            assert!(
                matches!(presigned(text), Err(Error::Address(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_signature_is_not_shown() {
        let url = presigned("https://s3.example.org/b/k?X-Amz-Signature=secret").unwrap();
        assert_eq!(
            format!("{url:?}"),
            "PresignedUrl(https://s3.example.org/b/k)"
        );
    }
}
