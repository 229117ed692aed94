//! Pointing a tag at an image without taking it from the other architectures.

use serde_json::Map;
use sifter_library_api::{Arch, Tag};

use super::image::SifImage;
use super::manifest::{
    Content, Descriptor, Document, Entry, INDEX_TYPE, Index, MANIFEST_TYPE, OS, Platform, write,
};
use super::repository::OciRepository;
use crate::error::Error;

/// The most entries of an index that is merged.
const MOST_ENTRIES: usize = 256;

impl OciRepository {
    /// Points a tag at a SIF for its architecture. Other architectures keep theirs, and entries that say
    /// too little (no size, no platform) are completed on the way.
    ///
    /// The registry has no way to compare and swap: whoever tags the same name at the same moment may be
    /// lost, which asking afterwards shows.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn tag(&self, image: &SifImage, tag: &Tag) -> Result<(), Error> {
        let mut index = match self.document(tag.as_str()).await? {
            Some(document) => self.as_index(document).await?,
            None => Index::default(),
        };
        if index.manifests.len() > MOST_ENTRIES {
            return Err(Error::invalid("an index has too many entries"));
        }
        let mut kept = Vec::with_capacity(index.manifests.len() + 1);
        for entry in std::mem::take(&mut index.manifests) {
            let entry = self.completed(entry).await?;
            kept.extend(entry.filter(|entry| {
                entry.architecture() != Some(image.arch.as_str()) || !entry.is_manifest()
            }));
        }
        kept.push(own_entry(image)?);
        index.manifests = kept;
        index.schema_version = 2;
        // A list of another kind becomes an index.
        if let Some(media_type) = index.rest.get_mut("mediaType") {
            *media_type = INDEX_TYPE.into();
        }
        self.put_document(tag.as_str(), INDEX_TYPE, write(&index)?)
            .await
    }

    /// What lies under a tag as an index: a single manifest becomes its only entry. What is no SIF is
    /// replaced, as it was asked for.
    async fn as_index(&self, document: Document) -> Result<Index, Error> {
        let manifest = match document.content {
            Content::Index(index) => return Ok(index),
            Content::Manifest(manifest) => manifest,
        };
        let found = match self.stored(&manifest).await {
            Ok(found) => found,
            Err(Error::OciImageInstead) => return Ok(Index::default()),
            Err(error) => return Err(error),
        };
        let descriptor = Descriptor {
            media_type: MANIFEST_TYPE.to_owned(),
            digest: document.digest,
            size: document.size,
        };
        Ok(Index {
            manifests: found
                .arch
                .map(|arch| entry(descriptor, arch))
                .into_iter()
                .collect(),
            ..Index::default()
        })
    }

    /// An entry with its size and platform; `None` when what it names is gone.
    async fn completed(&self, mut entry: Entry) -> Result<Option<Entry>, Error> {
        let complete = entry.manifest.size > 0 && entry.architecture().is_some();
        if complete || !entry.is_manifest() {
            return Ok(Some(entry));
        }
        let Some((manifest, size)) = self.manifest(&entry.manifest.digest).await? else {
            tracing::debug!(digest = %entry.manifest.digest, "an index named a manifest that is gone");
            return Ok(None);
        };
        entry.manifest.size = size;
        entry.manifest.media_type = MANIFEST_TYPE.to_owned();
        if entry.architecture().is_none() {
            match self.stored(&manifest).await {
                Ok(image) => entry.platform = image.arch.map(platform),
                Err(Error::OciImageInstead) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(entry))
    }
}

fn own_entry(image: &SifImage) -> Result<Entry, Error> {
    Ok(entry(image.describe()?.descriptor, image.arch))
}

fn entry(manifest: Descriptor, arch: Arch) -> Entry {
    Entry {
        manifest,
        platform: Some(platform(arch)),
        rest: Map::new(),
    }
}

fn platform(arch: Arch) -> Platform {
    Platform {
        architecture: arch.to_string(),
        os: OS.to_owned(),
        rest: Map::new(),
    }
}
