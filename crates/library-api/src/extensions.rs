//! Routes beyond the Cloud Library API that make a library browsable.
//!
//! The published API can fetch a row by name and list entities, nothing more. Hinkskalle lists the
//! rows below a row, and the local library does the same at the same addresses; each answer is an
//! envelope with a list.
//!
//! | call | answer |
//! |---|---|
//! | `GET /v1/entities` | the entities the caller may see |
//! | `GET /v1/collections/{entity}` | the collections of an entity |
//! | `GET /v1/containers/{entity}/{collection}` | the containers of a collection |
//! | `GET /v1/containers/{entity}/{collection}/{container}/images` | the images of a container, with `tags` |
//! | `POST /v2/tags/{container id}` with an empty image id | removes the tag |

use crate::name::{CollectionName, EntityName};
use crate::reference::ContainerPath;

/// Lists the entities. Also in the published API.
pub const ENTITIES: &str = "v1/entities";

/// Lists the collections of an entity. Relative to the library's base, as all of these.
#[must_use]
pub fn collections_of(entity: &EntityName) -> String {
    format!("v1/collections/{entity}")
}

/// Lists the containers of a collection.
#[must_use]
pub fn containers_of(entity: &EntityName, collection: &CollectionName) -> String {
    format!("v1/containers/{entity}/{collection}")
}

/// Lists the images of a container.
#[must_use]
pub fn images_of(container: &ContainerPath) -> String {
    format!("v1/containers/{container}/images")
}
