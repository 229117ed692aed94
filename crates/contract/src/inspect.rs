//! An image as the inspector draws it (mock 07): a file on this computer, or one that is still in a library. Paths and
//! addresses stay in Rust; the window gets an id.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::requests::ImageRef;
use crate::{FileCheck, ImageFacts, LibraryPath};

/// Where a file is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileOrigin {
    /// The transfer that brought it.
    pub transfer_id: String,
    /// The server.
    pub server_id: String,
    /// The server's name.
    pub server_name: String,
    /// The container.
    pub path: LibraryPath,
    /// The tag that was fetched, if it was one.
    pub tag: Option<String>,
    /// Reference to show: `library://entity/collection/container:tag`.
    pub reference: String,
    /// When it arrived, RFC 3339.
    pub arrived: Option<String>,
}

/// One object in an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImageObject {
    /// Its id.
    pub id: u32,
    /// What kind of object it is.
    pub kind: ObjectKind,
    /// Its kind in the words of the reference tools, such as `Def.FILE`.
    pub type_name: String,
    /// What its metadata adds, such as `Squashfs, *System, amd64`.
    pub detail: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The group that it is in.
    pub group: Option<u32>,
    /// What it belongs to: a group.
    pub link_group: Option<u32>,
    /// What it belongs to: an object.
    pub link_object: Option<u32>,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
}

/// The kinds of objects that a person tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// The definition file.
    Definition,
    /// Environment variables, labels, JSON and other texts about the image.
    Metadata,
    /// A file system.
    FileSystem,
    /// A signature.
    Signature,
    /// A list of the software in it.
    Sbom,
    /// Something else.
    Other,
}

/// A named text, such as a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamedText {
    /// The name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Where an image is that has not been downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemotePlace {
    /// The image, as it was asked for.
    pub image: ImageRef,
    /// The server's name.
    pub server_name: String,
    /// Reference to show: `library://entity/collection/container:tag`.
    pub reference: String,
    /// Bytes that have been fetched so far.
    pub read: u64,
    /// The most bytes that are fetched for one answer; whoever needs more downloads the image.
    pub most: u64,
}

/// An image that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InspectionView {
    /// The id it was opened under.
    pub file_id: String,
    /// The file's name; `container:tag` of one in a library.
    pub name: String,
    /// The folder it is in, the home folder as `~`. Empty when it is in a library.
    pub folder: String,
    /// Where it is, when it is not on this computer.
    pub remote: Option<RemotePlace>,
    /// It lies in quarantine.
    pub quarantined: bool,
    /// Where it is from, when a download brought it.
    pub origin: Option<FileOrigin>,
    /// What was found when it arrived.
    pub check: Option<FileCheck>,
    /// `sha256.<hex>`, when a download brought it or it is in a library.
    pub digest: Option<String>,
    /// What header and descriptors say.
    pub facts: ImageFacts,
    /// Where the first object begins, in bytes: header and descriptors are before it.
    pub header_size: u64,
    /// Descriptors that can still be used.
    pub free_slots: u64,
    /// All descriptors.
    pub slots: u64,
    /// Its objects, in the order of the descriptor table.
    pub objects: Vec<ImageObject>,
    /// Its labels, sorted by name.
    pub labels: Vec<NamedText>,
    /// What it was built from, such as `debian:bookworm-slim`.
    pub base: Option<String>,
    /// The program it was built with.
    pub built_with: Option<String>,
    /// The definition file.
    pub definition: Option<String>,
    /// Its scripts: `run`, `start`, `test`, `help`, and those that set its environment by their path inside.
    pub scripts: Vec<NamedText>,
    /// What is unusual about its layout, in the words of the reader.
    pub findings: Vec<String>,
    /// All of it as one JSON document, to read and to copy.
    pub raw: String,
}

/// What a name in the file system of an image stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileEntryKind {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// A device, a pipe or a socket.
    Other,
}

/// A name in the file system of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// The name, as the image has it.
    pub name: String,
    /// What it is.
    pub kind: FileEntryKind,
    /// Bytes, of a file.
    pub size: Option<u64>,
    /// Where a link leads.
    pub target: Option<String>,
    /// Permissions as `ls -l` writes them: `drwxr-xr-x`.
    pub mode: String,
    /// When it was changed last, RFC 3339.
    pub modified: Option<String>,
}

/// A folder in the file system of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileListing {
    /// The folder.
    pub path: String,
    /// What is in it, by name.
    pub entries: Vec<FileEntry>,
    /// Whether there are more than are listed.
    pub more: bool,
}
