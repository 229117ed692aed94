//! Uploads into the registry behind a library: one blob in one row, then its description, then the tags.

use serde::{Deserialize, Serialize};
use sifter_library_api::{Arch, LibraryRef, Tag};
use sifter_library_client::Error;
use sifter_library_client::oci::{BlobUpload, Digest, OciRepository, SifImage};
use sifter_sif::Image;
use sifter_transfer::remote::{
    Body, ChunkUpload, Completion, ImageReference, PushSession, PushShape, PushSpec, UploadPosition,
};
use sifter_transfer::{RemoteError, RemoteErrorKind, Sha256Digest};
use uuid::Uuid;

use super::pull::{arch, parse};
use super::push::{fatal, needed_arch};
use super::sorted::{sort, sort_in_upload};

/// More chunks than this are no help to anybody; those of an enormous file are longer.
const MOST_CHUNKS: u64 = 50_000;

/// What is needed to go on with an upload, also after a restart. The token is asked for again; the address of
/// the upload is worth nothing without it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Resume {
    /// `entity/collection/container`.
    registry_path: String,
    digest: Digest,
    size: u64,
    arch: String,
    description: String,
    signed: bool,
    encrypted: bool,
    /// `None` when the bytes were there already.
    upload: Option<BlobUpload>,
}

impl Resume {
    /// The note of an upload, if it goes to a registry.
    pub(super) fn of(session: &PushSession) -> Option<Self> {
        serde_json::from_str(&session.resume).ok()
    }

    /// The container that it goes to.
    pub(super) fn reference(&self) -> Result<LibraryRef, RemoteError> {
        parse(&self.registry_path)
    }

    fn image(&self) -> Result<SifImage, RemoteError> {
        Ok(SifImage {
            digest: self.digest,
            size: self.size,
            arch: known_arch(&self.arch)?,
            description: self.description.clone(),
            signed: self.signed,
            encrypted: self.encrypted,
        })
    }

    /// The upload at `repository`. One that was begun at another address of the registry cannot go on here: its own
    /// address would be sent a token that is not for it.
    fn upload(&self, repository: &OciRepository) -> Result<&BlobUpload, RemoteError> {
        let upload = self.upload.as_ref();
        upload
            .filter(|upload| repository.has_begun(upload))
            .ok_or_else(|| RemoteErrorKind::SessionForgotten.into())
    }

    fn to_text(&self) -> Result<String, RemoteError> {
        serde_json::to_string(self).map_err(fatal::<serde_json::Error>)
    }

    /// The position of an upload as it is now.
    fn position(self, upload: BlobUpload) -> Result<UploadPosition, RemoteError> {
        let offset = upload.offset;
        let upload = Some(upload);
        let resume = Self { upload, ..self }.to_text()?;
        Ok(UploadPosition { offset, resume })
    }
}

fn known_arch(text: &str) -> Result<Arch, RemoteError> {
    arch(text)?.ok_or_else(|| RemoteErrorKind::Fatal.into())
}

/// Begins an upload in chunks of `chunk_size` bytes, or more where the registry wants more. What the registry
/// has is only described.
pub(super) async fn begin(
    repository: &OciRepository,
    spec: &PushSpec,
    chunk_size: u64,
) -> Result<PushSession, RemoteError> {
    let file = spec.file.clone();
    let facts = tokio::task::spawn_blocking(move || Image::open(&file)?.facts()).await;
    // A file that cannot be read as an image any more is no longer the one that was hashed, which the engine
    // finds out by itself.
    let facts = facts.ok().and_then(Result::ok);
    let mut resume = Resume {
        registry_path: spec.path.clone(),
        digest: Digest::new(*spec.digest.as_bytes()),
        size: spec.size,
        arch: needed_arch(spec)?.to_string(),
        description: spec.description.clone().unwrap_or_default(),
        signed: facts.as_ref().is_some_and(|facts| facts.is_signed()),
        encrypted: facts.as_ref().is_some_and(|facts| facts.encrypted),
        upload: None,
    };
    let there = repository.has_blob(&resume.digest, resume.size).await;
    let shape = if there.map_err(sort)? {
        repository.describe(&resume.image()?).await.map_err(sort)?;
        PushShape::AlreadyThere
    } else {
        let upload = repository.begin_upload().await.map_err(sort)?;
        let chunk_size = chunk_size
            .max(upload.min_chunk.unwrap_or(0))
            .max(spec.size.div_ceil(MOST_CHUNKS));
        resume.upload = Some(upload);
        PushShape::Chunked {
            upload_id: Uuid::new_v4().to_string(),
            chunk_size,
        }
    };
    Ok(PushSession {
        shape,
        resume: resume.to_text()?,
        without: Vec::new(),
    })
}

pub(super) async fn put_chunk(
    repository: &OciRepository,
    resume: Resume,
    chunk: ChunkUpload,
    body: Body,
) -> Result<UploadPosition, RemoteError> {
    let upload = resume.upload(repository)?;
    if upload.offset != chunk.offset {
        return Err(RemoteErrorKind::SessionForgotten.into());
    }
    let open = || reqwest::Body::wrap_stream(body.stream());
    match repository.send_chunk(upload, chunk.length, open).await {
        Ok(upload) => resume.position(upload),
        // Not the chunk is refused but its place: 400 and 416 say that the registry has another number of
        // bytes. How many, it is asked next.
        Err(error @ Error::Rejected { .. }) => {
            Err(RemoteError::new(RemoteErrorKind::Garbled, error))
        }
        Err(error) => Err(sort_in_upload(error)),
    }
}

pub(super) async fn position(
    repository: &OciRepository,
    resume: Resume,
) -> Result<UploadPosition, RemoteError> {
    let upload = repository.upload_status(resume.upload(repository)?).await;
    resume.position(upload.map_err(sort_in_upload)?)
}

/// Finishes the blob and describes it. An upload that is gone may be finished: then the blob is there.
pub(super) async fn complete(
    repository: &OciRepository,
    resume: &Resume,
) -> Result<Completion, RemoteError> {
    match repository
        .finish_upload(resume.upload(repository)?, &resume.digest)
        .await
    {
        Ok(()) => {}
        Err(error @ (Error::NotFound | Error::Rejected { .. })) => {
            let there = repository.has_blob(&resume.digest, resume.size).await;
            if !there.map_err(sort)? {
                return Err(RemoteError::new(RemoteErrorKind::SessionForgotten, error));
            }
        }
        Err(error) => return Err(sort(error)),
    }
    repository.describe(&resume.image()?).await.map_err(sort)?;
    Ok(Completion::default())
}

pub(super) async fn abort(repository: &OciRepository, resume: &Resume) -> Result<(), RemoteError> {
    let Ok(upload) = resume.upload(repository) else {
        return Ok(());
    };
    match repository.cancel_upload(upload).await {
        Err(error) if error.is_transient() => Err(sort(error)),
        Err(error @ (Error::Unauthorized | Error::Token(_))) => Err(sort(error)),
        // Given up, or nothing there to be given up.
        _ => Ok(()),
    }
}

pub(super) async fn set_tags(
    repository: &OciRepository,
    resume: &Resume,
    spec: &PushSpec,
) -> Result<(), RemoteError> {
    let image = resume.image()?;
    for tag in &spec.tags {
        let tag: Tag = tag
            .parse()
            .map_err(fatal::<sifter_library_api::NameError>)?;
        repository.tag(&image, &tag).await.map_err(sort)?;
    }
    Ok(())
}

/// The digest under a tag, or whether the digest itself is described; `None` where the bytes are not there.
pub(super) async fn confirm(
    repository: &OciRepository,
    asked: &ImageReference,
) -> Result<Option<Sha256Digest>, RemoteError> {
    let tag = match &asked.tag {
        Some(tag) => tag.clone(),
        None => Digest::new(*asked.digest.as_bytes()).tag(),
    };
    match repository.find(&tag, arch(&asked.arch)?).await {
        Ok(found) => {
            let there = repository.has_blob(&found.digest, found.size).await;
            let digest = Sha256Digest::from_bytes(found.digest.sha256());
            Ok(there.map_err(sort)?.then_some(digest))
        }
        Err(Error::NotFound | Error::OciImageInstead) => Ok(None),
        Err(error) => Err(sort(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_of_an_upload_through_the_library_is_not_taken_for_one_of_a_registry() {
        let session = |resume: &str| PushSession {
            shape: PushShape::AlreadyThere,
            resume: resume.to_owned(),
            without: Vec::new(),
        };
        let library = r#"{"container":"c","image":"i","size":1,"md5":null,"upload_v2":true,"arch_tags":true}"#;
        assert!(Resume::of(&session(library)).is_none());
        let resume = Resume {
            registry_path: "e/c/i".to_owned(),
            digest: Digest::of(b"x"),
            size: 1,
            arch: "amd64".to_owned(),
            description: String::new(),
            signed: true,
            encrypted: false,
            upload: None,
        };
        let kept = Resume::of(&session(&resume.to_text().unwrap())).unwrap();
        assert!(kept.image().unwrap().signed);
        assert_eq!(kept.reference().unwrap().path(), "e/c/i");
    }
}
