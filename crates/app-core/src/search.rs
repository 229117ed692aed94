//! Searching one server or all of them at once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use sifter_contract::{LibraryPath, SearchHit, SearchPage, SearchScope, UiError};
use sifter_library_api::Arch;
use sifter_library_api::search::SearchResults;
use sifter_library_client::SearchQuery;

use crate::app::AppCore;
use crate::errors;
use crate::library::description;

/// Longest text that is sent to a server, in bytes.
const LONGEST: usize = 256;

impl AppCore {
    /// Searches. Servers that do not answer are named; when the only one does not, that is the error.
    pub(crate) async fn search(
        &self,
        text: &str,
        scope: SearchScope,
    ) -> Result<SearchPage, UiError> {
        let text = text.trim();
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let query = SearchQuery::new(text).map_err(|error| errors::name("search", text, &error))?;
        let mut page = SearchPage {
            text: text.to_owned(),
            hits: Vec::new(),
            unanswered: Vec::new(),
        };
        match scope {
            SearchScope::Server { server_id } => {
                page.hits = self.search_one(&server_id, &query).await?;
            }
            SearchScope::Everywhere => {
                let ids = self.servers.reachable_ids();
                let answers = join_all(ids.iter().map(|id| self.search_one(id, &query))).await;
                for (id, answer) in ids.iter().zip(answers) {
                    match answer {
                        Ok(hits) => page.hits.extend(hits),
                        Err(error) => {
                            tracing::info!(server = %id, error = %error, "no answer to a search");
                            page.unanswered.push(self.servers.name(id));
                        }
                    }
                }
            }
        }
        // Names that are the text itself come first, then those that begin with it.
        let wanted = text.to_lowercase();
        page.hits.sort_by_key(|hit| {
            let name = &hit.path.container;
            (
                *name != wanted,
                !name.starts_with(&wanted),
                !name.contains(&wanted),
            )
        });
        Ok(page)
    }

    async fn search_one(
        &self,
        server_id: &str,
        query: &SearchQuery,
    ) -> Result<Vec<SearchHit>, UiError> {
        let session = self.servers.session(server_id).await?;
        let found = session
            .client
            .search(query)
            .await
            .map_err(|error| errors::client(&error, &session.place("")))?;
        Ok(hits(found, server_id, &session.server.name))
    }
}

/// One hit per container: a server finds containers and each of their images.
fn hits(found: SearchResults, server_id: &str, server_name: &str) -> Vec<SearchHit> {
    let mut by_path: BTreeMap<(String, String, String), Merged> = BTreeMap::new();
    for container in found.container {
        let (Some(entity), Some(collection)) = (container.entity_name, container.collection_name)
        else {
            continue;
        };
        let merged = by_path
            .entry((entity, collection, container.name))
            .or_default();
        merged.description = description(&container.description);
        merged.size = Some(container.size).filter(|size| *size > 0);
        for (arch, tags) in container.arch_tags {
            merged.archs.insert(arch);
            merged.tags.extend(tags.into_keys());
        }
    }
    for image in found.image {
        let (Some(entity), Some(collection), Some(container)) = (
            image.entity_name,
            image.collection_name,
            image.container_name,
        ) else {
            continue;
        };
        let merged = by_path.entry((entity, collection, container)).or_default();
        if merged.description.is_empty() {
            merged.description = description(&image.container_description.unwrap_or_default());
        }
        merged
            .archs
            .extend(image.arch.map(|arch: Arch| arch.to_string()));
        merged.tags.extend(image.tags);
        merged.size = merged.size.max(Some(image.size));
    }
    by_path
        .into_iter()
        .map(|((entity, collection, container), merged)| SearchHit {
            server_id: server_id.to_owned(),
            server_name: server_name.to_owned(),
            path: LibraryPath {
                entity,
                collection,
                container,
            },
            description: merged.description,
            tags: merged.tags.into_iter().collect(),
            archs: merged.archs.into_iter().collect(),
            size: merged.size,
        })
        .collect()
}

#[derive(Default)]
struct Merged {
    description: String,
    tags: BTreeSet<String>,
    archs: BTreeSet<String>,
    size: Option<u64>,
}

#[cfg(test)]
mod tests {
    use sifter_library_api::{Container, Image};

    use super::*;

    #[test]
    fn a_container_and_its_images_make_one_hit() {
        let names = (Some("ada".to_owned()), Some("tools".to_owned()));
        let container = Container {
            name: "x".into(),
            entity_name: names.0.clone(),
            collection_name: names.1.clone(),
            description: "about x".into(),
            ..Container::default()
        };
        let image = |tag: &str, arch| Image {
            entity_name: names.0.clone(),
            collection_name: names.1.clone(),
            container_name: Some("x".into()),
            tags: vec![tag.into()],
            arch: Some(arch),
            size: 5,
            ..Image::default()
        };
        let found = SearchResults {
            container: vec![container],
            image: vec![
                image("1", Arch::Amd64),
                image("1", Arch::Arm64),
                image("2", Arch::Amd64),
            ],
            ..SearchResults::default()
        };
        let hits = hits(found, "s", "Server");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].tags, ["1", "2"]);
        assert_eq!(hits[0].archs, ["amd64", "arm64"]);
        assert_eq!(hits[0].description, "about x");
    }
}
