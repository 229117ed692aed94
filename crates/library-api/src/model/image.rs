//! An image: one SIF file in a container, named by its content.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Stamps;
use crate::arch::Arch;
use crate::hash::ImageHash;
use crate::id::{CollectionId, ContainerId, EntityId, ImageId};
use crate::lenient;

/// One SIF file in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Image {
    /// Who and when.
    #[serde(flatten)]
    pub stamps: Stamps,
    /// Empty in a create request.
    pub id: ImageId,
    /// The content. `None` when the server sent something that is no hash.
    #[serde(deserialize_with = "hash_or_none", serialize_with = "hash_or_empty")]
    pub hash: Option<ImageHash>,
    /// A sentence for people.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub description: String,
    /// The container it is in.
    pub container: ContainerId,
    /// The id of the stored bytes, of no use to clients.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub blob: Option<String>,
    /// Bytes.
    #[serde(deserialize_with = "lenient::count")]
    pub size: u64,
    /// Whether the bytes have arrived. See [`is_uploaded`](Self::is_uploaded).
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub uploaded: bool,
    /// Whether the SIF holds a signature; `None` when the server does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// The architecture; `None` when the server does not say or says one no SIF can have.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "arch_or_none"
    )]
    pub arch: Option<Arch>,
    /// Fingerprints of the signing keys.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub fingerprints: Vec<String>,
    /// Whether the root file system is encrypted; `None` when the server does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// Free text of the server's own.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub custom_data: String,
    /// The entity it is in.
    #[serde(skip_serializing_if = "EntityId::is_empty")]
    pub entity: EntityId,
    /// The entity's name, where the server fills it in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub entity_name: Option<String>,
    /// The collection it is in.
    #[serde(skip_serializing_if = "CollectionId::is_empty")]
    pub collection: CollectionId,
    /// The collection's name, where the server fills it in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub collection_name: Option<String>,
    /// The container's name, where the server fills it in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub container_name: Option<String>,
    /// The tags that point here.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "lenient::null_as_default"
    )]
    pub tags: Vec<String>,
    /// The container's description, in search results.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub container_description: Option<String>,
    /// The container's stars, in search results.
    #[serde(deserialize_with = "lenient::count")]
    pub container_stars: u64,
    /// The container's downloads, in search results.
    #[serde(deserialize_with = "lenient::count")]
    pub container_downloads: u64,
    /// Hinkskalle says it with a word instead of [`uploaded`](Self::uploaded).
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub upload_state: Option<String>,
}

impl Image {
    /// The body of a create request. The architecture is not sent: the server learns it from the
    /// file, or from the tag call.
    #[must_use]
    pub fn to_create(hash: ImageHash, container: ContainerId, description: &str) -> Self {
        Self {
            hash: Some(hash),
            container,
            description: description.to_owned(),
            ..Self::default()
        }
    }

    /// Whether the bytes are there and need not be sent again, in the words of either server.
    #[must_use]
    pub fn is_uploaded(&self) -> bool {
        self.uploaded || self.upload_state.as_deref() == Some("completed")
    }
}

fn hash_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ImageHash>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| text.parse().ok()))
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn hash_or_empty<S: Serializer>(
    hash: &Option<ImageHash>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match hash {
        Some(hash) => hash.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}

fn arch_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arch>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| text.parse().ok()))
}
