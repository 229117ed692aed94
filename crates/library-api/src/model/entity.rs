//! An entity: a user or a group that collections belong to.

use serde::{Deserialize, Serialize};

use super::{NO_DESCRIPTION, Stamps};
use crate::id::{CollectionId, EntityId};
use crate::lenient;
use crate::name::EntityName;

/// A user or a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Entity {
    /// Who and when.
    #[serde(flatten)]
    pub stamps: Stamps,
    /// Empty in a create request.
    pub id: EntityId,
    /// First component of references.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub name: String,
    /// A sentence for people.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub description: String,
    /// The collections in it.
    #[serde(
        deserialize_with = "lenient::null_as_default",
        serialize_with = "lenient::list_or_null"
    )]
    pub collections: Vec<CollectionId>,
    /// Bytes stored.
    #[serde(deserialize_with = "lenient::count")]
    pub size: u64,
    /// Bytes that may be stored, 0 for no limit.
    #[serde(deserialize_with = "lenient::count")]
    pub quota: u64,
    /// Whether new collections are private.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub default_private: bool,
    /// Free text of the server's own.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub custom_data: String,
}

impl Entity {
    /// The body of a create request.
    #[must_use]
    pub fn to_create(name: &EntityName) -> Self {
        Self {
            name: name.to_string(),
            description: NO_DESCRIPTION.to_owned(),
            ..Self::default()
        }
    }
}
