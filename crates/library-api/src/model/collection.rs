//! A collection: a folder of containers in an entity.

use serde::{Deserialize, Serialize};

use super::{NO_DESCRIPTION, Stamps};
use crate::id::{CollectionId, ContainerId, EntityId};
use crate::lenient;
use crate::name::CollectionName;

/// A folder of containers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Collection {
    /// Who and when.
    #[serde(flatten)]
    pub stamps: Stamps,
    /// Empty in a create request.
    pub id: CollectionId,
    /// Second component of references.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// A sentence for people.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub description: String,
    /// The entity it is in.
    pub entity: EntityId,
    /// The containers in it.
    #[serde(
        deserialize_with = "lenient::null_as_default",
        serialize_with = "lenient::list_or_null"
    )]
    pub containers: Vec<ContainerId>,
    /// Bytes stored.
    #[serde(deserialize_with = "lenient::count")]
    pub size: u64,
    /// Whether only its owner sees it.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub private: bool,
    /// Free text of the server's own.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub custom_data: String,
    /// The entity's name, where the server fills it in.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub entity_name: Option<String>,
}

impl Collection {
    /// The body of a create request.
    #[must_use]
    pub fn to_create(name: &CollectionName, entity: EntityId) -> Self {
        Self {
            name: name.to_string(),
            description: NO_DESCRIPTION.to_owned(),
            entity,
            ..Self::default()
        }
    }
}
