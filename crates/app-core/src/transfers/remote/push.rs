//! Uploads: making the way down to an image, sending its bytes, setting its tags.

use serde::{Deserialize, Serialize};
use sifter_library_api::upload::CompletedPart as WirePart;
use sifter_library_api::{
    Arch, Collection, Container, ContainerId, ContainerPath, ImageHash, ImageId, Tag,
};
use sifter_library_client::{ApiLevel, Error, LibraryClient, MultipartUpload};
use sifter_transfer::remote::{
    Body, CompletedPart, Completion, Feature, PartReceipt, PartUpload, PushSession, PushShape,
    PushSpec, WholeUpload,
};
use sifter_transfer::{RemoteError, RemoteErrorKind};

use super::pull::arch;
use super::sorted::{sort, sort_in_upload};
use crate::servers::Learned;

/// What is needed to go on with an upload, also after a restart. Holds no address and no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Resume {
    container: ContainerId,
    image: ImageId,
    size: u64,
    md5: Option<String>,
    upload_v2: bool,
    arch_tags: bool,
}

pub(super) async fn begin(
    client: &LibraryClient,
    spec: &PushSpec,
    multipart_above: u64,
) -> Result<PushSession, RemoteError> {
    let path = container_path(spec)?;
    let ApiLevel {
        upload_v2,
        arch_tags,
    } = client.api_level().await.map_err(sort)?;
    let container = if spec.private {
        private_container(client, spec).await?
    } else {
        client.find_or_create_container(&path).await.map_err(sort)?
    };
    let hash = ImageHash::Sha256(*spec.digest.as_bytes());
    let description = spec.description.as_deref().unwrap_or_default();
    let image = client
        .find_or_create_image(&path, &container.id, hash, needed_arch(spec)?, description)
        .await
        .map_err(sort)?;
    let resume = Resume {
        container: container.id,
        image: image.id.clone(),
        size: spec.size,
        md5: spec.md5.map(|md5| md5.to_hex()),
        upload_v2,
        arch_tags,
    };
    let mut without = Vec::new();
    if !arch_tags {
        without.push(Feature::ArchTags);
    }
    // Hinkskalle is known by the word it has for this, and sets `latest` after every upload.
    if image.upload_state.is_some() {
        without.push(Feature::OnlyAskedTags);
    }
    let in_parts = spec.allow_multipart && spec.size > multipart_above;
    let multipart = if image.is_uploaded() {
        return session(PushShape::AlreadyThere, &resume, without);
    } else if !upload_v2 {
        without.push(Feature::UploadAddress);
        None
    } else if in_parts {
        let begun = client.begin_multipart(&image.id, spec.size).await;
        let begun = begun.map_err(sort)?;
        if begun.is_none() {
            without.push(Feature::Multipart);
        }
        begun
    } else {
        None
    };
    let shape = match multipart {
        Some(upload) => PushShape::Multipart {
            upload_id: upload.upload_id,
            part_size: upload.part_size,
            total_parts: upload.total_parts,
            part_digest_needed: upload.wants_part_sha256,
        },
        None => PushShape::Single,
    };
    session(shape, &resume, without)
}

/// What an upload that has begun shows of its server.
pub(super) fn seen(session: &PushSession) -> impl FnOnce(&mut Learned) + use<> {
    let multipart = match session.shape {
        PushShape::Multipart { .. } => Some(true),
        _ => session
            .without
            .contains(&Feature::Multipart)
            .then_some(false),
    };
    let other_tags = session.without.contains(&Feature::OnlyAskedTags);
    move |learned| {
        learned.multipart = multipart.or(learned.multipart);
        if other_tags {
            learned.only_asked_tags = Some(false);
        }
    }
}

fn container_path(spec: &PushSpec) -> Result<ContainerPath, RemoteError> {
    spec.path
        .parse()
        .map_err(fatal::<sifter_library_api::RefError>)
}

/// The private container of an upload, made where it is missing.
pub(super) async fn private_container(
    client: &LibraryClient,
    spec: &PushSpec,
) -> Result<Container, RemoteError> {
    let path = container_path(spec)?;
    let container = client.find_or_create_private_container(&path).await;
    let collection = client.collection(&path.entity, &path.collection).await;
    kept_private(container.map_err(sort)?, &collection.map_err(sort)?)
}

/// Not every library makes the private containers that it is asked for. Nothing goes into one that is public,
/// unless its collection is private.
fn kept_private(container: Container, collection: &Collection) -> Result<Container, RemoteError> {
    if container.private || collection.private {
        Ok(container)
    } else {
        Err(RemoteErrorKind::Unsupported(Feature::Private).into())
    }
}

pub(super) async fn put_part(
    client: &LibraryClient,
    session: &PushSession,
    part: PartUpload,
    body: Body,
) -> Result<PartReceipt, RemoteError> {
    let upload = multipart(session)?;
    let sha256 = part.sha256.map(|digest| digest.to_hex());
    let address = client
        .begin_part(&upload, part.number, sha256.as_deref())
        .await
        .map_err(sort_in_upload)?;
    let body = reqwest::Body::wrap_stream(body.stream());
    let sent = sha256.as_deref().filter(|_| upload.wants_part_sha256);
    let etag = client
        .put_part(&address, body, part.length, sent)
        .await
        .map_err(sort_in_upload)?;
    Ok(PartReceipt { etag })
}

pub(super) async fn put_whole(
    client: &LibraryClient,
    session: &PushSession,
    whole: WholeUpload,
    body: Body,
) -> Result<(), RemoteError> {
    let resume = resume(session)?;
    let body = reqwest::Body::wrap_stream(body.stream());
    if !resume.upload_v2 {
        let sent = client.post_file_v1(&resume.image, body, whole.length).await;
        return sent.map_err(sort_in_upload);
    }
    let sha256 = whole.sha256.to_hex();
    let address = client
        .begin_single(&resume.image, whole.length, &sha256, resume.md5.as_deref())
        .await
        .map_err(sort_in_upload)?;
    client
        .put_single(&address, body, whole.length, &sha256)
        .await
        .map_err(sort_in_upload)
}

pub(super) async fn complete(
    client: &LibraryClient,
    session: &PushSession,
    parts: &[CompletedPart],
) -> Result<Completion, RemoteError> {
    let resume = resume(session)?;
    let done = match &session.shape {
        PushShape::Multipart { .. } => {
            let parts = parts
                .iter()
                .map(|part| WirePart {
                    part_number: part.number,
                    token: part.etag.clone(),
                })
                .collect();
            client.complete_multipart(&multipart(session)?, parts).await
        }
        PushShape::Single if resume.upload_v2 => client.complete_single(&resume.image).await,
        _ => Ok(Default::default()),
    };
    let done = done.map_err(sort_in_upload)?;
    Ok(Completion {
        container_url: Some(done.container_url).filter(|url| !url.is_empty()),
    })
}

pub(super) async fn abort(
    client: &LibraryClient,
    session: &PushSession,
) -> Result<(), RemoteError> {
    if !matches!(session.shape, PushShape::Multipart { .. }) {
        return Ok(());
    }
    match client.abort_multipart(&multipart(session)?).await {
        Ok(()) | Err(Error::NotFound) => Ok(()),
        Err(error) => Err(sort(error)),
    }
}

pub(super) async fn set_tags(
    client: &LibraryClient,
    session: &PushSession,
    spec: &PushSpec,
) -> Result<(), RemoteError> {
    let resume = resume(session)?;
    let arch = needed_arch(spec)?;
    for tag in &spec.tags {
        let tag: Tag = tag
            .parse()
            .map_err(fatal::<sifter_library_api::NameError>)?;
        let set = if resume.arch_tags {
            client
                .set_arch_tag(&resume.container, arch, &tag, &resume.image)
                .await
        } else {
            client
                .set_tag_v1(&resume.container, &tag, &resume.image)
                .await
        };
        set.map_err(sort)?;
    }
    Ok(())
}

pub(super) fn needed_arch(spec: &PushSpec) -> Result<Arch, RemoteError> {
    arch(&spec.arch)?.ok_or_else(|| RemoteErrorKind::Fatal.into())
}

fn session(
    shape: PushShape,
    resume: &Resume,
    without: Vec<Feature>,
) -> Result<PushSession, RemoteError> {
    let resume = serde_json::to_string(resume).map_err(fatal::<serde_json::Error>)?;
    Ok(PushSession {
        shape,
        resume,
        without,
    })
}

fn resume(session: &PushSession) -> Result<Resume, RemoteError> {
    // A note of another version is as good as none: the upload begins again.
    serde_json::from_str(&session.resume)
        .map_err(|error| RemoteError::new(RemoteErrorKind::SessionForgotten, error))
}

fn multipart(session: &PushSession) -> Result<MultipartUpload, RemoteError> {
    let PushShape::Multipart {
        upload_id,
        part_size,
        total_parts,
        part_digest_needed,
    } = &session.shape
    else {
        return Err(RemoteErrorKind::Fatal.into());
    };
    let resume = resume(session)?;
    Ok(MultipartUpload {
        image: resume.image,
        upload_id: upload_id.clone(),
        file_size: resume.size,
        part_size: *part_size,
        total_parts: *total_parts,
        wants_part_sha256: *part_digest_needed,
    })
}

pub(super) fn fatal<E: std::error::Error + Send + Sync + 'static>(error: E) -> RemoteError {
    RemoteError::new(RemoteErrorKind::Fatal, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_private_goes_into_no_public_container() {
        let kept = |container, collection| {
            let container = Container {
                private: container,
                ..Container::default()
            };
            let collection = Collection {
                private: collection,
                ..Collection::default()
            };
            kept_private(container, &collection)
        };
        assert!(kept(true, false).is_ok());
        assert!(kept(false, true).is_ok());
        let refused = kept(false, false).unwrap_err();
        assert_eq!(
            *refused.kind(),
            RemoteErrorKind::Unsupported(Feature::Private)
        );
    }
}
