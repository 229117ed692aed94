//! Search.

use sifter_library_api::search::{MIN_SEARCH_LEN, SearchResults};
use sifter_library_api::{Arch, CollectionName, ContainerName, EntityName, Image};

use super::LibraryClient;
use super::names::{clean_tags, only_sound};
use crate::error::Error;

/// A text of fewer than [`MIN_SEARCH_LEN`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a search needs at least {MIN_SEARCH_LEN} characters")]
pub struct SearchTooShort;

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    text: String,
    arch: Option<Arch>,
    signed_only: bool,
}

impl SearchQuery {
    /// Anything with `text` in its name.
    ///
    /// # Errors
    /// [`SearchTooShort`] for fewer than three bytes, which every server refuses.
    pub fn new(text: &str) -> Result<Self, SearchTooShort> {
        let text = text.trim();
        if text.len() < MIN_SEARCH_LEN {
            return Err(SearchTooShort);
        }
        Ok(Self {
            text: text.to_owned(),
            arch: None,
            signed_only: false,
        })
    }

    /// Only images of this architecture. Servers then list images alone.
    #[must_use]
    pub const fn of_arch(mut self, arch: Arch) -> Self {
        self.arch = Some(arch);
        self
    }

    /// Only images that hold a signature. Servers then list images alone.
    #[must_use]
    pub const fn signed_only(mut self) -> Self {
        self.signed_only = true;
        self
    }
}

impl LibraryClient {
    /// Searches the library. Results that no reference could name are left out.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchResults, Error> {
        let mut pairs = Vec::new();
        if let Some(arch) = query.arch {
            pairs.push(("arch", arch.as_str()));
        }
        if query.signed_only {
            pairs.push(("signed", "true"));
        }
        pairs.push(("value", &query.text));
        let found: SearchResults = self.get("v1/search", &pairs).await?;
        Ok(SearchResults {
            entity: only_sound(found.entity),
            collection: only_sound(found.collection),
            container: only_sound(found.container),
            image: only_sound(found.image)
                .into_iter()
                .filter(is_named)
                .map(clean_tags)
                .collect(),
        })
    }
}

/// Whether a reference to the image can be written.
fn is_named(image: &Image) -> bool {
    let text = |name: &Option<String>| name.clone().unwrap_or_default();
    EntityName::new(text(&image.entity_name)).is_ok()
        && CollectionName::new(text(&image.collection_name)).is_ok()
        && ContainerName::new(text(&image.container_name)).is_ok()
}
