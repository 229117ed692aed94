//! Entities, collections, containers, images, tags and search as the window draws them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The place of a container in a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LibraryPath {
    /// Entity (a person or a project).
    pub entity: String,
    /// Collection.
    pub collection: String,
    /// Container.
    pub container: String,
}

/// An entity in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntityRow {
    /// Name.
    pub name: String,
    /// Description; empty when the owner wrote none.
    pub description: String,
    /// Whether it belongs to the signed-in account.
    pub mine: bool,
}

/// An entity with its collections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntityPage {
    /// The entity.
    pub entity: EntityRow,
    /// Its collections, sorted by name.
    pub collections: Vec<CollectionRow>,
}

/// A collection in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionRow {
    /// Name.
    pub name: String,
    /// Description; may be empty.
    pub description: String,
    /// Number of containers.
    pub containers: u32,
    /// Only its owner sees it.
    pub private: bool,
}

/// A collection with its containers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionPage {
    /// Entity it belongs to.
    pub entity: String,
    /// The collection.
    pub collection: CollectionRow,
    /// Bytes of all its containers.
    pub size: u64,
    /// Its containers, newest first.
    pub containers: Vec<ContainerRow>,
}

/// A container in a list (mock 02).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRow {
    /// Name.
    pub name: String,
    /// Description; may be empty.
    pub description: String,
    /// Newest tag, if any.
    pub newest_tag: Option<String>,
    /// How many further tags there are.
    pub more_tags: u32,
    /// Architectures, sorted.
    pub archs: Vec<String>,
    /// Bytes of its images.
    pub size: u64,
    /// Last change, RFC 3339.
    pub updated: Option<String>,
    /// Downloads so far.
    pub downloads: u64,
    /// Only its owner sees it.
    pub private: bool,
    /// Whether the newest image carries a signature, when the server tells.
    pub signed: Option<bool>,
}

/// A column of the tags × architectures table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArchColumn {
    /// Architecture as the library names it (`amd64`, `arm64`).
    pub arch: String,
    /// Whether this computer can run it.
    pub native: bool,
}

/// One image in the tags × architectures table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImageCell {
    /// Architecture.
    pub arch: String,
    /// `sha256.<hex>`.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// Whether it carries a signature, when the server tells.
    pub signed: Option<bool>,
    /// Whether its partition is encrypted, when the server tells.
    pub encrypted: Option<bool>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// Who uploaded it, if told.
    pub created_by: Option<String>,
    /// Description of the image; may be empty.
    pub description: String,
    /// Fingerprints of its signers, as the server tells them.
    pub fingerprints: Vec<String>,
    /// Whether it was uploaded whole.
    pub uploaded: bool,
}

/// A row of the tags × architectures table. Tags that name the same images on every architecture share
/// a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagRow {
    /// The tag that names the row.
    pub tag: String,
    /// Other tags with the same images, such as `latest`.
    pub aliases: Vec<String>,
    /// Its images, one per architecture at most.
    pub images: Vec<ImageCell>,
    /// Newest of its images' dates, RFC 3339.
    pub moved: Option<String>,
}

/// How a person fetches an image outside Sifter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandFlavour {
    /// `singularity`, `apptainer`, `curl`, `Nextflow`, `def file`.
    pub name: String,
    /// The command with `{tag}` where the tag goes.
    pub template: String,
}

/// A container with its table of images (mock 03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContainerPage {
    /// Where it is.
    pub path: LibraryPath,
    /// Description; may be empty.
    pub description: String,
    /// Only its owner sees it.
    pub private: bool,
    /// Who owns it, if told.
    pub owner: Option<String>,
    /// Bytes of all images.
    pub size: u64,
    /// Number of images.
    pub image_count: u32,
    /// Downloads so far.
    pub downloads: u64,
    /// Architectures that occur, in the order of the columns.
    pub archs: Vec<ArchColumn>,
    /// Rows, newest first.
    pub tags: Vec<TagRow>,
    /// Images that no tag names.
    pub untagged: Vec<ImageCell>,
    /// Ways to fetch it from a command line.
    pub commands: Vec<CommandFlavour>,
    /// Reference to copy, without a tag: `library://entity/collection/container`.
    pub reference: String,
    /// Whether the signed-in account may add images and delete them.
    pub writable: bool,
}

/// Where a search looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchScope {
    /// One server.
    Server {
        /// Its id.
        #[serde(rename = "serverId")]
        server_id: String,
    },
    /// Every connected server.
    Everywhere,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Server it is on.
    pub server_id: String,
    /// That server's name.
    pub server_name: String,
    /// Where the container is.
    pub path: LibraryPath,
    /// Description; may be empty.
    pub description: String,
    /// Tags, if the server tells.
    pub tags: Vec<String>,
    /// Architectures, if the server tells.
    pub archs: Vec<String>,
    /// Bytes, if known.
    pub size: Option<u64>,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// What was searched for.
    pub text: String,
    /// Hits, best first.
    pub hits: Vec<SearchHit>,
    /// Names of servers that did not answer.
    pub unanswered: Vec<String>,
}

/// What a pasted text means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum LinkTarget {
    /// A container, and perhaps a tag, on a connected server.
    Container {
        /// The server.
        server_id: String,
        /// The container.
        path: LibraryPath,
        /// The tag or hash, if the link names one.
        tag: Option<String>,
    },
    /// A collection on a connected server.
    Collection {
        /// The server.
        server_id: String,
        /// Entity.
        entity: String,
        /// Collection.
        collection: String,
    },
    /// An entity on a connected server.
    Entity {
        /// The server.
        server_id: String,
        /// Entity.
        entity: String,
    },
    /// A link to a server that is not connected yet.
    UnknownServer {
        /// Its address.
        address: String,
    },
    /// A path of a file on this computer.
    File {
        /// The upload sheet made for it.
        sheet_id: String,
    },
    /// Plain words to search for.
    Words {
        /// The words.
        text: String,
    },
    /// A kind of link that Sifter does not fetch yet, such as `docker://`.
    Unsupported {
        /// The scheme.
        scheme: String,
    },
}
