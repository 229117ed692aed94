//! The four rows of a library: entity, collection, container, image.
//!
//! Keys and their order are those of the Cloud Library API. Read tolerantly, written exactly: a create
//! request made from one of these is byte for byte what the official client sends.

mod collection;
mod container;
mod entity;
mod image;
mod stamps;

pub use collection::Collection;
pub use container::{ArchTags, Container, TagMap};
pub use entity::Entity;
pub use image::Image;
pub use stamps::Stamps;

/// The description the official client gives to what it creates on the way to an image; shown as none.
pub const NO_DESCRIPTION: &str = "No description";

/// Whether a description says nothing: empty, or [`NO_DESCRIPTION`] in any letter case.
#[must_use]
pub fn is_no_description(text: &str) -> bool {
    text.trim().is_empty() || text.trim().eq_ignore_ascii_case(NO_DESCRIPTION)
}
