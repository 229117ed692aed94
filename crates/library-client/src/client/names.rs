//! Names and ids out of answers, checked before anybody uses them.

use sifter_library_api::{
    Collection, CollectionName, Container, ContainerId, ContainerName, Entity, EntityName, Image,
    ImageId, Tag,
};

use crate::error::Error;

/// A row of the library that references can name.
pub(super) trait Row {
    /// Whether the name follows the grammar, and the row is not marked deleted.
    fn is_sound(&self) -> bool;

    /// Whether the row was deleted.
    fn is_deleted(&self) -> bool;
}

impl Row for Entity {
    fn is_sound(&self) -> bool {
        EntityName::new(self.name.as_str()).is_ok() && self.id.is_usable()
    }

    fn is_deleted(&self) -> bool {
        self.stamps.deleted
    }
}

impl Row for Collection {
    fn is_sound(&self) -> bool {
        CollectionName::new(self.name.as_str()).is_ok() && self.id.is_usable()
    }

    fn is_deleted(&self) -> bool {
        self.stamps.deleted
    }
}

impl Row for Container {
    fn is_sound(&self) -> bool {
        ContainerName::new(self.name.as_str()).is_ok() && self.id.is_usable()
    }

    fn is_deleted(&self) -> bool {
        self.stamps.deleted
    }
}

impl Row for Image {
    fn is_sound(&self) -> bool {
        self.id.is_usable()
    }

    fn is_deleted(&self) -> bool {
        self.stamps.deleted
    }
}

/// One row that was asked for.
pub(super) fn sound<T: Row>(row: T) -> Result<T, Error> {
    if row.is_deleted() {
        Err(Error::NotFound)
    } else if row.is_sound() {
        Ok(row)
    } else {
        Err(Error::invalid("it holds a name or id that cannot be used"))
    }
}

/// The rows of a list that can be used; one bad row does not hide the others.
pub(super) fn only_sound<T: Row>(rows: Vec<T>) -> Vec<T> {
    let count = rows.len();
    let rows: Vec<T> = rows
        .into_iter()
        .filter(|row| row.is_sound() && !row.is_deleted())
        .collect();
    if rows.len() < count {
        tracing::warn!(
            dropped = count - rows.len(),
            "rows with unusable names are not shown"
        );
    }
    rows
}

/// Tags of an image, without those no reference could name.
pub(super) fn clean_tags(mut image: Image) -> Image {
    image.tags.retain(|tag| Tag::new(tag.as_str()).is_ok());
    image
}

/// A container's id, as a segment of a path.
pub(super) fn container_segment(id: &ContainerId) -> Result<&str, Error> {
    if id.is_usable() {
        Ok(id.as_str())
    } else {
        Err(bad_id())
    }
}

/// An image's id, as a segment of a path.
pub(super) fn image_segment(id: &ImageId) -> Result<&str, Error> {
    if id.is_usable() {
        Ok(id.as_str())
    } else {
        Err(bad_id())
    }
}

fn bad_id() -> Error {
    Error::invalid("it holds an id that cannot be used")
}
