//! Reading and setting tags, of one architecture (v2) or of none (v1, before 2019).

use ::http::Method;
use serde_json::Value;
use sifter_library_api::model::{ArchTags, TagMap};
use sifter_library_api::tags::{SetArchTag, SetTag};
use sifter_library_api::{Arch, ContainerId, ImageId, Tag};

use super::LibraryClient;
use super::names::{container_segment, image_segment};
use crate::error::Error;

impl LibraryClient {
    /// The tags of a container for each architecture.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn arch_tags(&self, container: &ContainerId) -> Result<ArchTags, Error> {
        let path = format!("v2/tags/{}", container_segment(container)?);
        Ok(self
            .get::<Option<ArchTags>>(&path, &[])
            .await?
            .unwrap_or_default())
    }

    /// Points a tag of one architecture to an image, moving it silently. Other architectures keep
    /// theirs.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn set_arch_tag(
        &self,
        container: &ContainerId,
        arch: Arch,
        tag: &Tag,
        image: &ImageId,
    ) -> Result<(), Error> {
        image_segment(image)?;
        self.post_arch_tag(container, arch, tag, image.clone())
            .await
    }

    /// Removes a tag of one architecture. Only Hinkskalle and the local library have this call.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn remove_arch_tag(
        &self,
        container: &ContainerId,
        arch: Arch,
        tag: &Tag,
    ) -> Result<(), Error> {
        self.post_arch_tag(container, arch, tag, ImageId::default())
            .await
    }

    /// The tags of a container on a library that knows no architectures.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn tags_v1(&self, container: &ContainerId) -> Result<TagMap, Error> {
        let path = format!("v1/tags/{}", container_segment(container)?);
        Ok(self
            .get::<Option<TagMap>>(&path, &[])
            .await?
            .unwrap_or_default())
    }

    /// Points a tag to an image on a library that knows no architectures. On a newer library this
    /// would move the tag of every architecture: look at
    /// [`Capabilities::arch_tags`](crate::Capabilities::arch_tags) first.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn set_tag_v1(
        &self,
        container: &ContainerId,
        tag: &Tag,
        image: &ImageId,
    ) -> Result<(), Error> {
        image_segment(image)?;
        let path = format!("v1/tags/{}", container_segment(container)?);
        let body = SetTag {
            tag: tag.to_string(),
            image: image.clone(),
        };
        self.send_json::<Value>(Method::POST, &path, &body, None)
            .await?;
        Ok(())
    }

    async fn post_arch_tag(
        &self,
        container: &ContainerId,
        arch: Arch,
        tag: &Tag,
        image: ImageId,
    ) -> Result<(), Error> {
        let path = format!("v2/tags/{}", container_segment(container)?);
        let body = SetArchTag {
            arch: arch.to_string(),
            tag: tag.to_string(),
            image,
        };
        self.send_json::<Value>(Method::POST, &path, &body, None)
            .await?;
        Ok(())
    }
}
