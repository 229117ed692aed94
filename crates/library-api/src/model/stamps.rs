//! Who made and changed a row, and when: the members every row begins with.

use serde::{Deserialize, Serialize};

use crate::lenient;
use crate::wire_time::WireTime;

/// The members that every object of the library begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stamps {
    /// Whether the row is gone but kept.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub deleted: bool,
    /// The user who made it.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub created_by: String,
    /// When it was made.
    pub created_at: WireTime,
    /// The user who changed it last.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub updated_by: Option<String>,
    /// When it was changed last.
    pub updated_at: WireTime,
    /// The user who deleted it.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub deleted_by: Option<String>,
    /// When it was deleted.
    pub deleted_at: WireTime,
    /// Who it belongs to.
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "lenient::empty_as_none"
    )]
    pub owner: Option<String>,
}
