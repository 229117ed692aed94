//! `GET /v1/search?arch=…&signed=true&value=…`.

use serde::{Deserialize, Serialize};

use crate::lenient;
use crate::model::{Collection, Container, Entity, Image};

/// The fewest bytes a search text may have.
pub const MIN_SEARCH_LEN: usize = 3;

/// What a search found. Keys are singular; images carry the names of their container and their tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchResults {
    /// Entities by name.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub entity: Vec<Entity>,
    /// Collections by name.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub collection: Vec<Collection>,
    /// Containers by name.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub container: Vec<Container>,
    /// Images; the only list that `arch` and `signed` restrict, and the only one the command line shows.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub image: Vec<Image>,
}
