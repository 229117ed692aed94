//! What a pasted text means: a container, a server, a file on this computer, or words to search for.

use std::path::PathBuf;

use futures_util::future::join_all;
use sifter_contract::{LibraryPath, LinkTarget, UiError};
use sifter_library_api::link::RegistryTransport;
use sifter_library_api::{LibraryRef, LinkInput, Target};
use url::Url;

use crate::app::AppCore;
use crate::errors;
use crate::servers::host_text;

/// Where references without a host lead when no server is connected yet.
const DEFAULT_SERVER: &str = "cloud.sylabs.io";
/// What servers put in the place of names that a reference leaves out (Cloud Library API).
const DEFAULT_ENTITY: &str = "library";
const DEFAULT_COLLECTION: &str = "default";

/// A checked library reference, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The host, where the reference names one.
    pub host: Option<String>,
    /// One to three names: `[[entity, ]collection, ]container`.
    pub names: Vec<String>,
    /// The tags, or the one hash; empty when nothing was written.
    pub tags: Vec<String>,
}

impl Reference {
    /// Reads `[library://][host/]names[:tag,…]`.
    ///
    /// # Errors
    /// `invalid_name` for what breaks the grammar.
    pub fn parse(text: &str) -> Result<Self, UiError> {
        let parsed: LibraryRef = text
            .trim()
            .parse()
            .map_err(|error| errors::reference(text, &error))?;
        Ok(Self {
            host: parsed.host().map(ToString::to_string),
            names: parsed.path().split('/').map(str::to_owned).collect(),
            tags: match parsed.target() {
                Target::Unnamed => Vec::new(),
                Target::Tags(tags) => tags.iter().map(ToString::to_string).collect(),
                Target::Hash(hash) => vec![hash.to_string()],
            },
        })
    }

    /// The place of the container. Names that were left out stay empty: the server has defaults.
    #[must_use]
    pub fn path(&self) -> LibraryPath {
        let mut names = self.names.iter().rev().cloned();
        let mut next = || names.next().unwrap_or_default();
        let (container, collection, entity) = (next(), next(), next());
        LibraryPath {
            entity,
            collection,
            container,
        }
    }
}

impl AppCore {
    /// Understands a pasted text.
    pub(crate) async fn understand(&self, text: &str) -> LinkTarget {
        if let Some(path) = existing_file(text) {
            return LinkTarget::File {
                sheet_id: self.drafts.add(vec![path]).0,
            };
        }
        let words = || LinkTarget::Words {
            text: text.trim().to_owned(),
        };
        match LinkInput::parse(text) {
            LinkInput::Library { reference, .. } => self.container_of(&reference).await,
            LinkInput::Page {
                server, reference, ..
            } => match self.server_at(&host_text(&server)) {
                Some(server_id) => container(server_id, &reference),
                None => LinkTarget::UnknownServer {
                    address: server.to_string(),
                },
            },
            LinkInput::Server(url) => LinkTarget::UnknownServer {
                address: url.to_string(),
            },
            LinkInput::Registry { transport, .. } => LinkTarget::Unsupported {
                scheme: match transport {
                    RegistryTransport::Oras => "oras",
                    RegistryTransport::Docker => "docker",
                }
                .to_owned(),
            },
            LinkInput::Name(reference) => match (reference.entity(), reference.collection()) {
                (Some(_), _) => self.container_of(&reference).await,
                (None, Some(collection)) if *reference.target() == Target::Unnamed => {
                    // Two names are an entity and its collection to somebody who browses.
                    match self.first_server() {
                        Some(server_id) => LinkTarget::Collection {
                            server_id,
                            entity: collection.to_string(),
                            collection: reference.container().to_string(),
                        },
                        None => words(),
                    }
                }
                _ => words(),
            },
            _ => words(),
        }
    }

    /// The container of a reference, on the server it names or on the first that has it.
    async fn container_of(&self, reference: &LibraryRef) -> LinkTarget {
        if let Some(host) = reference.host() {
            return match self.server_at(&host.to_string()) {
                Some(server_id) => container(server_id, reference),
                None => LinkTarget::UnknownServer {
                    address: host.to_string(),
                },
            };
        }
        let ids = self.servers.reachable_ids();
        let has = join_all(ids.iter().map(|id| self.has(id, reference))).await;
        let found = ids
            .iter()
            .zip(has)
            .find_map(|(id, has)| has.then(|| id.clone()));
        match found.or_else(|| self.first_server()) {
            Some(server_id) => container(server_id, reference),
            None => LinkTarget::UnknownServer {
                address: DEFAULT_SERVER.to_owned(),
            },
        }
    }

    async fn has(&self, server_id: &str, reference: &LibraryRef) -> bool {
        let LinkTarget::Container { path, .. } = container(server_id.to_owned(), reference) else {
            return false;
        };
        let (Ok(path), Ok(session)) = (
            crate::library::full_path(&path),
            self.servers.session(server_id).await,
        ) else {
            return false;
        };
        session.client.container(&path).await.is_ok()
    }

    /// The server a reference without a host means when nothing else tells: the first connected one,
    /// this computer's last.
    fn first_server(&self) -> Option<String> {
        let ids = self.servers.reachable_ids();
        ids.iter()
            .find(|id| id.as_str() != crate::servers::LOCAL_ID)
            .or(ids.first())
            .cloned()
    }

    fn server_at(&self, host: &str) -> Option<String> {
        self.servers.at_host(host)
    }
}

fn container(server_id: String, reference: &LibraryRef) -> LinkTarget {
    let named = |name: Option<String>, default: &str| name.unwrap_or_else(|| default.to_owned());
    LinkTarget::Container {
        server_id,
        path: LibraryPath {
            entity: named(reference.entity().map(ToString::to_string), DEFAULT_ENTITY),
            collection: named(
                reference.collection().map(ToString::to_string),
                DEFAULT_COLLECTION,
            ),
            container: reference.container().to_string(),
        },
        tag: match reference.target() {
            Target::Unnamed => None,
            _ => Some(reference.tag_or_hash().into_owned()),
        },
    }
}

/// The path in a text, when it is one and something is there.
fn existing_file(text: &str) -> Option<PathBuf> {
    pasted_path(text).filter(|path| path.exists())
}

/// A path as people paste it: plain, quoted, with `~`, or as a `file:` address.
pub(crate) fn pasted_path(text: &str) -> Option<PathBuf> {
    let text = text.trim().trim_matches(['"', '\'']);
    if text.starts_with("file:") {
        return Url::parse(text).ok()?.to_file_path().ok();
    }
    if let Some(rest) = text.strip_prefix("~/") {
        return directories::UserDirs::new().map(|user| user.home_dir().join(rest));
    }
    let path = PathBuf::from(text);
    path.is_absolute().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_every_form_that_people_paste() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("my image.sif");
        std::fs::write(&file, "x").unwrap();
        let plain = file.display().to_string();
        let address = Url::from_file_path(&file).unwrap().to_string();
        for text in [
            plain.clone(),
            format!("'{plain}'"),
            format!("  \"{plain}\"\n"),
            address,
        ] {
            assert_eq!(existing_file(&text), Some(file.clone()), "{text}");
        }
        assert_eq!(existing_file("samtools"), None);
        assert_eq!(existing_file("library://ada/x/y"), None);
    }

    #[test]
    fn a_reference_comes_apart() {
        let reference = Reference::parse("library://lab.example/ada/tools/x:1,2").unwrap();
        assert_eq!(reference.host.as_deref(), Some("lab.example"));
        assert_eq!(reference.path().collection, "tools");
        assert_eq!(reference.tags, ["1", "2"]);
        assert_eq!(Reference::parse("alpine").unwrap().path().entity, "");
        assert!(Reference::parse("library://A/B/C").is_err());
    }
}
