//! A container: the images and tags under one name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{NO_DESCRIPTION, Stamps};
use crate::id::{CollectionId, ContainerId, EntityId, ImageId};
use crate::lenient;
use crate::name::ContainerName;

/// `{tag: image id}`, the answer of `GET /v1/tags/{container}`.
pub type TagMap = BTreeMap<String, ImageId>;
/// `{arch: {tag: image id}}`, the answer of `GET /v2/tags/{container}`.
pub type ArchTags = BTreeMap<String, TagMap>;

/// The images and tags under one name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Who and when.
    #[serde(flatten)]
    pub stamps: Stamps,
    /// Empty in a create request.
    pub id: ContainerId,
    /// Third component of references.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// A sentence for people.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub description: String,
    /// A page for people, Markdown on the known servers.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub full_description: String,
    /// The collection it is in.
    pub collection: CollectionId,
    /// The images in it.
    #[serde(
        deserialize_with = "lenient::null_as_default",
        serialize_with = "lenient::list_or_null"
    )]
    pub images: Vec<ImageId>,
    /// Tags without regard to architecture, for clients of 2019 and before.
    #[serde(
        deserialize_with = "lenient::null_as_default",
        serialize_with = "lenient::map_or_null"
    )]
    pub image_tags: TagMap,
    /// Tags per architecture.
    #[serde(
        deserialize_with = "lenient::null_as_default",
        serialize_with = "lenient::map_or_null"
    )]
    pub arch_tags: ArchTags,
    /// Bytes stored.
    #[serde(deserialize_with = "lenient::count")]
    pub size: u64,
    /// How often its images were pulled.
    #[serde(deserialize_with = "lenient::count")]
    pub download_count: u64,
    /// How many people starred it.
    #[serde(deserialize_with = "lenient::count")]
    pub stars: u64,
    /// Whether only its owner sees it.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub private: bool,
    /// Whether pushes are refused.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub read_only: bool,
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
    /// The collection's name, where the server fills it in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub collection_name: Option<String>,
}

impl Container {
    /// The body of a create request.
    #[must_use]
    pub fn to_create(name: &ContainerName, collection: CollectionId) -> Self {
        Self {
            name: name.to_string(),
            description: NO_DESCRIPTION.to_owned(),
            collection,
            ..Self::default()
        }
    }
}
