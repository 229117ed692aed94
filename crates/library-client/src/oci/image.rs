//! A SIF in a registry: describing it, and finding it again.

use sifter_library_api::Arch;

use super::digest::Digest;
use super::manifest::{
    CONFIG_TYPE, Config, Content, Descriptor, Entry, Index, LAYER_TYPE, MANIFEST_TYPE, Manifest,
    NewManifest, OS, write,
};
use super::repository::OciRepository;
use crate::error::Error;
use crate::http::body;

/// Entries without a platform whose manifests are read to learn it.
const MOST_UNNAMED: usize = 16;

/// A SIF to be described in a registry. Its bytes are a blob there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SifImage {
    /// SHA-256 of the file.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// Its architecture.
    pub arch: Arch,
    /// A description, or nothing.
    pub description: String,
    /// Whether it carries a signature.
    pub signed: bool,
    /// Whether its file system is encrypted.
    pub encrypted: bool,
}

/// A SIF that was found in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredImage {
    /// SHA-256 of the file, by the manifest and by the config alike.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// Its architecture; `None` for one that no SIF names.
    pub arch: Option<Arch>,
}

/// The documents of a SIF, ready to be sent.
pub(super) struct Described {
    pub(super) config: Vec<u8>,
    pub(super) manifest: Vec<u8>,
    /// How an index names the manifest.
    pub(super) descriptor: Descriptor,
}

impl SifImage {
    pub(super) fn describe(&self) -> Result<Described, Error> {
        let config = write(&Config {
            architecture: self.arch.to_string(),
            os: OS.to_owned(),
            rootfs: self.digest,
            description: self.description.clone(),
            signed: self.signed,
            encrypted: self.encrypted,
        })?;
        let manifest = write(&NewManifest {
            schema_version: 2,
            config: descriptor(CONFIG_TYPE, &config),
            layers: [Descriptor {
                media_type: LAYER_TYPE.to_owned(),
                digest: self.digest,
                size: self.size,
            }],
        })?;
        Ok(Described {
            descriptor: descriptor(MANIFEST_TYPE, &manifest),
            config,
            manifest,
        })
    }
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor {
        media_type: media_type.to_owned(),
        digest: Digest::of(bytes),
        size: bytes.len() as u64,
    }
}

impl OciRepository {
    /// Describes a SIF whose blob is in the registry, under the tag of its digest. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn describe(&self, image: &SifImage) -> Result<(), Error> {
        let described = image.describe()?;
        self.put_small_blob(described.config).await?;
        self.put_document(&image.digest.tag(), MANIFEST_TYPE, described.manifest)
            .await
    }

    /// The SIF under a tag, or under the tag of a digest, for an architecture. Without one it is the only
    /// one, that of this machine, or the first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none; [`Error::OciImageInstead`] when it is no SIF; any other
    /// [`Error`].
    pub async fn find(&self, tag: &str, arch: Option<Arch>) -> Result<StoredImage, Error> {
        let document = self.document(tag).await?.ok_or(Error::NotFound)?;
        let image = match document.content {
            Content::Manifest(manifest) => self.stored(&manifest).await?,
            Content::Index(index) => return self.find_in(&index, arch).await,
        };
        match arch {
            Some(wanted) if image.arch != Some(wanted) => Err(Error::NotFound),
            _ => Ok(image),
        }
    }

    async fn find_in(&self, index: &Index, arch: Option<Arch>) -> Result<StoredImage, Error> {
        let entries = || index.manifests.iter().filter(|entry| entry.is_manifest());
        let named =
            |arch: Arch| entries().find(|entry| entry.architecture() == Some(arch.as_str()));
        let wanted = arch.or(Arch::of_this_machine());
        if let Some(entry) = wanted.and_then(named) {
            let image = self.entry(entry).await?;
            return if image.arch == wanted {
                Ok(image)
            } else {
                Err(Error::invalid(
                    "an image has another architecture than its index says",
                ))
            };
        }
        for entry in entries()
            .filter(|entry| entry.architecture().is_none())
            .take(MOST_UNNAMED)
        {
            let image = self.entry(entry).await?;
            if arch.is_none() || image.arch == arch {
                return Ok(image);
            }
        }
        match entries().next() {
            Some(first) if arch.is_none() => self.entry(first).await,
            _ => Err(Error::NotFound),
        }
    }

    async fn entry(&self, entry: &Entry) -> Result<StoredImage, Error> {
        let manifest = self.manifest(&entry.manifest.digest).await?;
        let manifest = manifest
            .ok_or_else(|| Error::invalid("an index names a manifest that is not there"))?;
        self.stored(&manifest.0).await
    }

    /// A manifest and its length in bytes; `None` where there is none.
    pub(super) async fn manifest(&self, digest: &Digest) -> Result<Option<(Manifest, u64)>, Error> {
        let Some(document) = self.document(&digest.to_string()).await? else {
            return Ok(None);
        };
        match document.content {
            Content::Manifest(manifest) => Ok(Some((manifest, document.size))),
            Content::Index(_) => Err(Error::invalid("an index names another index")),
        }
    }

    /// The SIF that a manifest describes. One layer, and a config that agrees with it.
    pub(super) async fn stored(&self, manifest: &Manifest) -> Result<StoredImage, Error> {
        if manifest.config.media_type != CONFIG_TYPE {
            return Err(Error::OciImageInstead);
        }
        let [layer] = manifest.layers.as_slice() else {
            return Err(Error::invalid("a SIF has exactly one layer"));
        };
        if layer.size == 0 {
            return Err(Error::invalid("the image has no size"));
        }
        let config = self.small_blob(&manifest.config.digest).await?;
        let config: Config = body::parse(&config)?;
        if config.rootfs != layer.digest {
            return Err(Error::invalid(
                "the config names another file than the manifest",
            ));
        }
        Ok(StoredImage {
            digest: layer.digest,
            size: layer.size,
            arch: config.architecture.parse().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_those_of_the_official_client() {
        let image = SifImage {
            digest: Digest::of(b"x"),
            size: 786_432,
            arch: Arch::Amd64,
            description: "desc".to_owned(),
            signed: false,
            encrypted: false,
        };
        let described = image.describe().unwrap();
        let rootfs = image.digest;
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","rootfs":"{rootfs}","description":"desc","signed":false,"encrypted":false}}"#
        );
        assert_eq!(String::from_utf8(described.config).unwrap(), config);
        let digest = Digest::of(config.as_bytes());
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{CONFIG_TYPE}","digest":"{digest}","size":{}}},"layers":[{{"mediaType":"{LAYER_TYPE}","digest":"{rootfs}","size":786432}}]}}"#,
            config.len()
        );
        assert_eq!(String::from_utf8(described.manifest).unwrap(), manifest);
    }
}
