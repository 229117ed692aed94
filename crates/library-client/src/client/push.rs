//! Image upload v2, step by step: a single PUT, or parts in any order and number at a time.
//!
//! The transfer engine decides what to send when, and what to send again; here is one request each.

use std::time::Duration;

use ::http::{Method, header};
use reqwest::{Body, Response};
use secrecy::ExposeSecret;
use serde_json::Value;
use sifter_library_api::ImageId;
use sifter_library_api::upload::{
    AbortMultipart, BeginMultipart, BeginPart, BeginSingle, CompleteMultipart, CompleteSingle,
    CompletedPart, Completion, MultipartBegun, PartBegun, S3_SHA256_HEADER, SingleBegun,
};

use super::LibraryClient;
use super::names::image_segment;
use crate::error::Error;
use crate::http::{COMPLETION_TIMEOUT, body, pace};
use crate::location::PresignedUrl;

/// The most parts one upload is accepted with, as S3 has it.
const MAX_PARTS: u64 = 10_000;
/// The longest upload id and part token that are kept, in bytes.
const MAX_TOKEN_LEN: usize = 4 << 10;

/// A multipart upload in progress. Plain data: written to a journal and read back, it continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultipartUpload {
    /// The image that the bytes are for.
    pub image: ImageId,
    /// The library's name for this upload.
    pub upload_id: String,
    /// Bytes of the whole file.
    pub file_size: u64,
    /// Bytes of every part but the last.
    pub part_size: u64,
    /// Number of parts.
    pub total_parts: u32,
    /// Whether each part's SHA-256 has to be given to [`LibraryClient::begin_part`] and
    /// [`LibraryClient::put_part`].
    pub wants_part_sha256: bool,
}

impl MultipartUpload {
    /// Offset and length of a part, counted from 1; `None` when there is no such part.
    #[must_use]
    pub fn part_range(&self, number: u32) -> Option<(u64, u64)> {
        if number == 0 || number > self.total_parts {
            return None;
        }
        let start = u64::from(number - 1).checked_mul(self.part_size)?;
        let left = self.file_size.checked_sub(start)?;
        Some((start, left.min(self.part_size)))
    }

    fn checked(image: &ImageId, file_size: u64, begun: MultipartBegun) -> Result<Self, Error> {
        let wants_part_sha256 = begun.wants_part_sha256();
        let MultipartBegun {
            upload_id,
            total_parts,
            part_size,
            ..
        } = begun;
        let covers = part_size > 0
            && (1..=MAX_PARTS).contains(&total_parts)
            && file_size.div_ceil(part_size) == total_parts;
        let total_parts = u32::try_from(total_parts).ok().filter(|_| covers);
        let Some(total_parts) = total_parts else {
            return Err(Error::invalid("its parts do not add up to the file"));
        };
        if upload_id.is_empty() || upload_id.len() > MAX_TOKEN_LEN {
            return Err(Error::invalid("its upload has no usable id"));
        }
        let image = image.clone();
        Ok(Self {
            image,
            upload_id,
            file_size,
            part_size,
            total_parts,
            wants_part_sha256,
        })
    }
}

impl LibraryClient {
    /// Begins an upload by a single PUT. Digests are lower-case hexadecimal; the MD5 may be left out.
    ///
    /// # Errors
    /// [`Error::QuotaExceeded`] when the library says so already; any other [`Error`].
    pub async fn begin_single(
        &self,
        image: &ImageId,
        size: u64,
        sha256: &str,
        md5: Option<&str>,
    ) -> Result<PresignedUrl, Error> {
        let path = format!("v2/imagefile/{}", image_segment(image)?);
        let body = BeginSingle {
            filesize: size,
            sha256sum: Some(sha256.to_owned()),
            md5sum: md5.map(str::to_owned),
        };
        let begun: SingleBegun = self.post(&path, &body).await?;
        self.presigned(&begun.upload_url)
    }

    /// Sends a whole file of `size` bytes to where [`begin_single`](Self::begin_single) said.
    ///
    /// # Errors
    /// [`Error::LinkRefused`] when the address is not good any more; any other [`Error`].
    pub async fn put_single(
        &self,
        to: &PresignedUrl,
        body: Body,
        size: u64,
        sha256: &str,
    ) -> Result<(), Error> {
        let sha256 = to.signs_sha256().then_some(sha256);
        self.put(to, body, size, Some("application/octet-stream"), sha256)
            .await?;
        Ok(())
    }

    /// Tells the library that the single PUT is done. Where it answers nothing, nothing is known
    /// about the storage.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn complete_single(&self, image: &ImageId) -> Result<Completion, Error> {
        let path = format!("v2/imagefile/{}/_complete", image_segment(image)?);
        let done = self
            .send_json(
                Method::PUT,
                &path,
                &CompleteSingle {},
                Some(COMPLETION_TIMEOUT),
            )
            .await?;
        Ok(done.unwrap_or_default())
    }

    /// Begins an upload in parts. `None` when the library cannot do that: use a single PUT.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn begin_multipart(
        &self,
        image: &ImageId,
        size: u64,
    ) -> Result<Option<MultipartUpload>, Error> {
        let path = format!("v2/imagefile/{}/_multipart", image_segment(image)?);
        match self.post(&path, &BeginMultipart { filesize: size }).await {
            Ok(begun) => MultipartUpload::checked(image, size, begun).map(Some),
            Err(error) if error.is_unsupported() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks where a part goes. The address is good for one try: ask again before another.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the library has forgotten the upload; any other [`Error`].
    pub async fn begin_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        sha256: Option<&str>,
    ) -> Result<PresignedUrl, Error> {
        let Some((_, length)) = upload.part_range(number) else {
            return Err(Error::invalid("there is no such part"));
        };
        let path = format!("v2/imagefile/{}/_multipart", image_segment(&upload.image)?);
        let body = BeginPart {
            part_size: length,
            upload_id: upload.upload_id.clone(),
            part_number: number,
            sha256sum: sha256
                .filter(|_| upload.wants_part_sha256)
                .unwrap_or_default()
                .to_owned(),
        };
        let begun: Option<PartBegun> = self.send_json(Method::PUT, &path, &body, None).await?;
        self.presigned(&begun.unwrap_or_default().presigned_url)
    }

    /// Sends one part of `length` bytes and returns the token (`ETag`) that completes it.
    ///
    /// # Errors
    /// [`Error::LinkRefused`] when the address is not good any more; any other [`Error`].
    pub async fn put_part(
        &self,
        to: &PresignedUrl,
        body: Body,
        length: u64,
        sha256: Option<&str>,
    ) -> Result<String, Error> {
        let response = self.put(to, body, length, None, sha256).await?;
        let token = response
            .headers()
            .get(header::ETAG)
            .and_then(|etag| etag.to_str().ok());
        match token {
            Some(token) if !token.is_empty() && token.len() <= MAX_TOKEN_LEN => {
                Ok(token.to_owned())
            }
            _ => Err(Error::invalid("the storage gave no ETag for a part")),
        }
    }

    /// Puts the parts together. Slow on servers that read the whole file again.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn complete_multipart(
        &self,
        upload: &MultipartUpload,
        mut parts: Vec<CompletedPart>,
    ) -> Result<Completion, Error> {
        parts.sort_by_key(|part| part.part_number);
        let path = format!(
            "v2/imagefile/{}/_multipart_complete",
            image_segment(&upload.image)?
        );
        let body = CompleteMultipart {
            upload_id: upload.upload_id.clone(),
            completed_parts: parts,
        };
        let done = self
            .send_json(Method::PUT, &path, &body, Some(COMPLETION_TIMEOUT))
            .await?;
        Ok(done.unwrap_or_default())
    }

    /// Gives an upload up, so that the library can free its parts.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::NotFound`] means that there is nothing left to give up.
    pub async fn abort_multipart(&self, upload: &MultipartUpload) -> Result<(), Error> {
        let path = format!(
            "v2/imagefile/{}/_multipart_abort",
            image_segment(&upload.image)?
        );
        let body = AbortMultipart {
            upload_id: upload.upload_id.clone(),
        };
        self.send_json::<Value>(Method::PUT, &path, &body, None)
            .await?;
        Ok(())
    }

    /// Image upload v1, for libraries before 2019: the whole file straight to the library.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn post_file_v1(&self, image: &ImageId, body: Body, size: u64) -> Result<(), Error> {
        let url = self.url(&format!("v1/imagefile/{}", image_segment(image)?), &[]);
        let mut request = self.http.sending(&url).await?.post(url);
        // A stream cannot be sent twice, so the token has to outlive the upload.
        let life = Duration::from_secs(10 * 60);
        if let Some(token) = self.tokens.bearer(&self.origin, life).await? {
            request = request.bearer_auth(token.expose_secret());
        }
        let response = pace::send(request, body, size, self.http.idle()).await?;
        if response.status().is_success() {
            Ok(())
        } else {
            Err(body::failure(response).await)
        }
    }

    fn presigned(&self, text: &str) -> Result<PresignedUrl, Error> {
        PresignedUrl::parse(&self.http, &self.endpoints.library, text)
    }

    /// The address is the permission: no token goes with it, and no redirect is followed.
    async fn put(
        &self,
        to: &PresignedUrl,
        body: Body,
        length: u64,
        content_type: Option<&str>,
        sha256: Option<&str>,
    ) -> Result<Response, Error> {
        let mut request = self.http.sending(to.url()).await?.put(to.url().clone());
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(sha256) = sha256 {
            request = request.header(S3_SHA256_HEADER, sha256);
        }
        let response = pace::send(request, body, length, self.http.idle()).await?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(refused(response).await)
        }
    }
}

/// A storage that says no means the address, not the account: 401 here must never look like one.
pub(super) async fn refused(response: Response) -> Error {
    let status = response.status().as_u16();
    match body::failure(response).await {
        error @ (Error::Throttled { .. }
        | Error::ServerFault { .. }
        | Error::QuotaExceeded(_)
        | Error::DamagedOnArrival(_)) => error,
        _ => Error::LinkRefused { status },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(total_parts: u64, part_size: u64) -> MultipartBegun {
        let upload_id = "up".to_owned();
        MultipartBegun {
            upload_id,
            total_parts,
            part_size,
            ..MultipartBegun::default()
        }
    }

    fn checked(size: u64, total: u64, part: u64) -> Result<MultipartUpload, Error> {
        MultipartUpload::checked(&ImageId::from("i"), size, begun(total, part))
    }

    #[test]
    fn parts_cover_the_file_exactly() {
        let upload = checked(25, 3, 10).unwrap();
        assert_eq!(upload.part_range(1), Some((0, 10)));
        assert_eq!(upload.part_range(3), Some((20, 5)));
        assert_eq!(upload.part_range(0), None);
        assert_eq!(upload.part_range(4), None);
        assert_eq!(checked(20, 2, 10).unwrap().part_range(2), Some((10, 10)));
    }

    #[test]
    fn parts_that_do_not_add_up_are_refused() {
        for (size, total, part) in [
            (25, 2, 10),
            (25, 4, 10),
            (25, 0, 10),
            (25, 3, 0),
            (1 << 40, 1 << 20, 1 << 20),
        ] {
            let found = checked(size, total, part);
            assert!(
                matches!(found, Err(Error::InvalidAnswer { .. })),
                "{size} {total} {part}"
            );
        }
    }
}
