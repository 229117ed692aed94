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
                    match lead(&self.candidates(None).await, collection.as_ref()) {
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
        let path = full_path(reference);
        match lead(&self.candidates(Some(&path)).await, &path.entity) {
            Some(server_id) => container(server_id, reference),
            None => LinkTarget::UnknownServer {
                address: DEFAULT_SERVER.to_owned(),
            },
        }
    }

    /// The servers that a reference without a host may mean; asks them whether they have the container.
    async fn candidates(&self, path: Option<&LibraryPath>) -> Vec<Candidate> {
        let ids = self.servers.reachable_ids();
        join_all(ids.into_iter().map(|id| self.candidate(id, path))).await
    }

    async fn candidate(&self, id: String, path: Option<&LibraryPath>) -> Candidate {
        let session = self.servers.session(&id).await.ok();
        let login = session
            .as_ref()
            .and_then(|session| session.login().map(str::to_owned));
        let path = path.and_then(|path| crate::library::full_path(path).ok());
        let has = match (session, path) {
            (Some(session), Some(path)) => session.client.container(&path).await.is_ok(),
            _ => false,
        };
        Candidate { id, login, has }
    }

    fn server_at(&self, host: &str) -> Option<String> {
        self.servers.at_host(host)
    }
}

/// A server that a reference without a host may mean.
struct Candidate {
    id: String,
    /// Who is signed in there.
    login: Option<String>,
    /// Whether it has what the reference names.
    has: bool,
}

/// Where a reference without a host leads: to the first server that has it, else to where its entity is
/// the account, else to the first connected one, this computer last.
fn lead(candidates: &[Candidate], entity: &str) -> Option<String> {
    let is_home = |candidate: &&Candidate| {
        let login = candidate.login.as_deref();
        login.is_some_and(|login| login.eq_ignore_ascii_case(entity))
    };
    candidates
        .iter()
        .find(|candidate| candidate.has)
        .or_else(|| candidates.iter().find(is_home))
        .or_else(|| {
            candidates
                .iter()
                .find(|candidate| candidate.id != crate::servers::LOCAL_ID)
        })
        .or(candidates.first())
        .map(|candidate| candidate.id.clone())
}

/// The place that a reference names, with what it leaves out.
fn full_path(reference: &LibraryRef) -> LibraryPath {
    let named = |name: Option<String>, default: &str| name.unwrap_or_else(|| default.to_owned());
    LibraryPath {
        entity: named(reference.entity().map(ToString::to_string), DEFAULT_ENTITY),
        collection: named(
            reference.collection().map(ToString::to_string),
            DEFAULT_COLLECTION,
        ),
        container: reference.container().to_string(),
    }
}

fn container(server_id: String, reference: &LibraryRef) -> LinkTarget {
    LinkTarget::Container {
        server_id,
        path: full_path(reference),
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
    fn a_link_that_nobody_has_leads_to_where_its_entity_is_signed_in() {
        let candidate = |id: &str, login: Option<&str>| Candidate {
            id: id.to_owned(),
            login: login.map(str::to_owned),
            has: false,
        };
        let mut candidates = [
            candidate(crate::servers::LOCAL_ID, Some("me")),
            candidate("cloud", None),
            candidate("lab", Some("Ada")),
            candidate("uni", None),
        ];
        let leads = |candidates: &[Candidate], entity| lead(candidates, entity).unwrap();
        assert_eq!(leads(&candidates, "ada"), "lab");
        assert_eq!(leads(&candidates, "me"), crate::servers::LOCAL_ID);
        assert_eq!(leads(&candidates, "bob"), "cloud");
        assert_eq!(leads(&candidates[..1], "bob"), crate::servers::LOCAL_ID);
        candidates[3].has = true;
        assert_eq!(leads(&candidates, "ada"), "uni", "who has it comes first");
        assert_eq!(lead(&[], "ada"), None);
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
