//! Finding where an image's bytes are, and reading them: whole, or a range with every header checked.

use std::io;
use std::ops::Range;

use ::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest::Response;
use sifter_library_api::{Arch, Image, ImageHash, LibraryRef, Target};

use super::{Call, LibraryClient, push, redirect_of};
use crate::error::Error;
use crate::http::body;
use crate::location::{self, DownloadLocation};
use crate::origin::Origin;

/// Bytes of an image as they arrive. Ends after exactly the bytes that were asked for, or with an
/// error.
pub type ByteStream = BoxStream<'static, Result<Bytes, Error>>;

/// An image that can be downloaded. Pinned by its hash: a push in between does not mix two files.
#[derive(Debug, Clone)]
pub struct Located {
    /// What the library says about it.
    pub image: Image,
    /// The content that the download must turn out to have.
    pub hash: ImageHash,
    /// Bytes.
    pub size: u64,
    /// Where the bytes are now. Ask [`LibraryClient::locate`] again when it is refused.
    pub location: DownloadLocation,
}

impl LibraryClient {
    /// Resolves a reference to an image and asks where its bytes are.
    ///
    /// # Errors
    /// [`Error::OciImageInstead`] when it is no SIF; any other [`Error`].
    pub async fn resolve(
        &self,
        reference: &LibraryRef,
        arch: Option<Arch>,
    ) -> Result<Located, Error> {
        let image = self.image(reference, arch).await?;
        // Hinkskalle has a word for images whose bytes are not there; others leave the size out.
        if image.upload_state.is_some() && !image.is_uploaded() {
            return Err(Error::NotFound);
        }
        let hash = image
            .hash
            .ok_or_else(|| Error::invalid("the image has no hash"))?;
        if image.size == 0 {
            return Err(Error::invalid("the image has no size"));
        }
        let location = self.locate(reference, hash, image.arch.or(arch)).await?;
        Ok(Located {
            size: image.size,
            image,
            hash,
            location,
        })
    }

    /// Asks where the bytes of an image are: behind a 303, or at the library itself. The image is
    /// named by its hash, in the container of `reference`.
    ///
    /// # Errors
    /// [`Error::OciImageInstead`] when it is no SIF; any other [`Error`].
    pub async fn locate(
        &self,
        reference: &LibraryRef,
        hash: ImageHash,
        arch: Option<Arch>,
    ) -> Result<DownloadLocation, Error> {
        let pinned = reference.clone().with_target(Target::Hash(hash));
        let path = format!("v1/imagefile/{}:{}", pinned.path(), pinned.tag_or_hash());
        let url = self.url(&path, &[("arch", arch.map_or("", Arch::as_str))]);
        // One byte is enough to learn whether a library that sends the file itself can send parts.
        let range = Some("bytes=0-0".to_owned());
        let call = Call {
            range,
            follow: false,
            ..Call::get(url)
        };
        let response = self.send(call).await?;
        if let Some(target) = redirect_of(&response) {
            let url = location::onward(&self.http, response.url(), target)?;
            return Ok(DownloadLocation::new(url, None));
        }
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                Ok(DownloadLocation::new(response.url().clone(), Some(true)))
            }
            StatusCode::OK => Ok(DownloadLocation::new(response.url().clone(), Some(false))),
            // Hinkskalle's word for "not a SIF".
            StatusCode::NOT_ACCEPTABLE => Err(Error::OciImageInstead),
            status if status.is_success() || status.is_redirection() => {
                Err(Error::invalid("the file is neither here nor elsewhere"))
            }
            _ => Err(body::failure(response).await),
        }
    }

    /// Reads `range` (end excluded) of a file of `size` bytes.
    ///
    /// # Errors
    /// [`Error::RangeIgnored`] when the whole file or another part came instead: use
    /// [`get_whole`](Self::get_whole).
    /// [`Error::LinkRefused`] when the address is not good any more. The stream fails with
    /// [`Error::Interrupted`] when it ends early.
    pub async fn get_range(
        &self,
        location: &DownloadLocation,
        range: Range<u64>,
        size: u64,
    ) -> Result<ByteStream, Error> {
        if range.is_empty() || range.end > size {
            return Err(Error::invalid("there is no such range"));
        }
        let header = format!("bytes={}-{}", range.start, range.end - 1);
        let response = self.download(location, Some(header)).await?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT => {}
            StatusCode::OK => return Err(Error::RangeIgnored),
            StatusCode::RANGE_NOT_SATISFIABLE => {
                return Err(Error::invalid("the file is shorter than the library said"));
            }
            _ => return Err(push::refused(response).await),
        }
        check_range(response.headers(), &range, size)?;
        exactly(response, range.end - range.start)
    }

    /// Reads a whole file of `size` bytes as one stream.
    ///
    /// # Errors
    /// As [`get_range`](Self::get_range).
    pub async fn get_whole(
        &self,
        location: &DownloadLocation,
        size: u64,
    ) -> Result<ByteStream, Error> {
        let response = self.download(location, None).await?;
        match response.status() {
            StatusCode::OK => exactly(response, size),
            status if status.is_success() => Err(Error::invalid("it is not the whole file")),
            _ => Err(push::refused(response).await),
        }
    }

    async fn download(
        &self,
        location: &DownloadLocation,
        range: Option<String>,
    ) -> Result<Response, Error> {
        let own = Origin::of(location.url()).as_ref() == Some(&self.origin);
        let call = Call {
            range,
            ..Call::get(location.url().clone())
        };
        let response = self.send(call).await?;
        // Here the library itself speaks, about the account.
        if own && response.status() == StatusCode::UNAUTHORIZED {
            return Err(Error::Unauthorized);
        }
        Ok(response)
    }
}

/// `Content-Range` has to name exactly the range that was asked for. A server that answers with another one
/// does not understand ranges, whatever its status says.
fn check_range(headers: &HeaderMap, range: &Range<u64>, size: u64) -> Result<(), Error> {
    let text = headers
        .get(header::CONTENT_RANGE)
        .and_then(|text| text.to_str().ok());
    let parts = text.and_then(parse_content_range);
    let Some((start, last, total)) = parts else {
        return Err(Error::RangeIgnored);
    };
    if start != range.start || last != range.end - 1 {
        return Err(Error::RangeIgnored);
    }
    if total.is_some_and(|total| total != size) {
        return Err(Error::invalid(
            "the file has another size than the library said",
        ));
    }
    Ok(())
}

/// `bytes first-last/total`, where the total may be `*`.
fn parse_content_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let total = if total == "*" {
        None
    } else {
        Some(total.parse().ok()?)
    };
    Some((first.parse().ok()?, last.parse().ok()?, total))
}

/// The body of an answer, which has to be `length` bytes long as it is on the wire.
fn exactly(response: Response, length: u64) -> Result<ByteStream, Error> {
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(Error::invalid("the file came compressed"));
    }
    if response
        .content_length()
        .is_some_and(|announced| announced != length)
    {
        return Err(Error::invalid(
            "another number of bytes is announced than was asked for",
        ));
    }
    let body = response.bytes_stream().boxed();
    let stream = stream::unfold(Some((body, length)), |state| async move {
        let (mut body, left) = state?;
        match body.next().await {
            Some(Ok(bytes)) => match left.checked_sub(bytes.len() as u64) {
                Some(left) => Some((Ok(bytes), Some((body, left)))),
                None => Some((
                    Err(Error::invalid("more bytes came than were asked for")),
                    None,
                )),
            },
            Some(Err(source)) => Some((Err(Error::Interrupted(source.without_url().into())), None)),
            None if left == 0 => None,
            None => {
                let source = io::Error::from(io::ErrorKind::UnexpectedEof);
                Some((Err(Error::Interrupted(source.into())), None))
            }
        }
    });
    Ok(stream.boxed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content_range: &str) -> Result<(), Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_RANGE, content_range.parse().unwrap());
        check_range(&headers, &(10..20), 100)
    }

    #[test]
    fn only_the_range_that_was_asked_for_is_taken() {
        assert!(check("bytes 10-19/100").is_ok());
        assert!(check("bytes 10-19/*").is_ok());
        assert!(matches!(
            check("bytes 10-19/101"),
            Err(Error::InvalidAnswer { .. })
        ));
        for bad in [
            "bytes 0-9/100",
            "bytes 10-18/100",
            "bytes 10-20/100",
            "bytes */100",
            "bytes=10-19/100",
            "10-19/100",
            "bytes",
            "",
            "bytes -19/100",
            "bytes 99999999999999999999-19/100",
        ] {
            assert!(matches!(check(bad), Err(Error::RangeIgnored)), "{bad:?}");
        }
        assert!(check_range(&HeaderMap::new(), &(10..20), 100).is_err());
    }
}
