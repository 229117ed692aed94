//! Two images side by side, and what is different between them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{FileCheck, ObjectKind, RemotePlace};

/// One of two images that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ComparedImage {
    /// The id it was opened under.
    pub file_id: String,
    /// The file's name; `container:tag` of one in a library.
    pub name: String,
    /// The folder it is in, the home folder as `~`. Empty when it is in a library.
    pub folder: String,
    /// Where it is, when it is not on this computer.
    pub remote: Option<RemotePlace>,
    /// Its architecture.
    pub arch: Option<String>,
    /// Bytes.
    pub size: u64,
    /// `sha256.<hex>`, where it is known without reading all of the image.
    pub digest: Option<String>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// The program it was built with.
    pub built_with: Option<String>,
    /// What it was built from.
    pub base: Option<String>,
    /// What was found when it arrived.
    pub check: Option<FileCheck>,
}

/// How a thing differs between the first image and the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, and it is not the same.
    Changed,
}

/// A short text with a name, such as a label or the version of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ValueChange {
    /// Its name.
    pub name: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// The text in the first image.
    pub left: Option<String>,
    /// The text in the second.
    pub right: Option<String>,
}

/// Short texts with names that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ValueChanges {
    /// Those that differ, by name.
    pub changes: Vec<ValueChange>,
    /// How many are the same.
    pub same: u64,
    /// Whether more differ than are listed.
    pub more: bool,
}

/// What a line of a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// In both.
    Same,
    /// Only in the second.
    Added,
    /// Only in the first.
    Removed,
    /// It stands for lines that are the same and left out; `text` is empty, `count` says how many.
    Folded,
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// What it is.
    pub kind: LineKind,
    /// Its number in the first text, from 1.
    pub left: Option<u32>,
    /// Its number in the second.
    pub right: Option<u32>,
    /// The line, without its end.
    pub text: String,
    /// How many lines it stands for.
    pub count: u32,
}

/// A longer text that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextChange {
    /// Its name: `run`, `start`, `test`, `help`, or a path inside.
    pub name: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Lines that were added.
    pub added: u32,
    /// Lines that were removed.
    pub removed: u32,
    /// Its lines; those that are the same are folded away from the changes.
    pub lines: Vec<DiffLine>,
    /// Whether there are more lines than are listed.
    pub more: bool,
}

/// Longer texts that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextChanges {
    /// Those that differ.
    pub changes: Vec<TextChange>,
    /// How many are the same.
    pub same: u64,
}

/// How much of one kind is in each image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KindSizes {
    /// The kind.
    pub kind: ObjectKind,
    /// Bytes in the first.
    pub left: u64,
    /// Bytes in the second.
    pub right: u64,
    /// Objects in the first.
    pub left_count: u64,
    /// Objects in the second.
    pub right_count: u64,
}

/// An object that differs, as far as descriptors say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObjectChange {
    /// What happened to it.
    pub change: ChangeKind,
    /// Its kind.
    pub kind: ObjectKind,
    /// Its kind in the words of the reference tools, its name, and what its metadata adds.
    pub name: String,
    /// Bytes in the first.
    pub left: Option<u64>,
    /// Bytes in the second.
    pub right: Option<u64>,
}

/// Objects that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObjectChanges {
    /// Those that differ, by name.
    pub changes: Vec<ObjectChange>,
    /// How many have the same kind, name and size. Their data is not compared.
    pub same: u64,
}

/// What the list of software in an image could be read as.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareLists {
    /// Formats of the lists that were read, such as `spdx-json`.
    pub read: Vec<String>,
    /// Formats of those that were not: of another kind, too large, or damaged.
    pub unread: Vec<String>,
    /// Packages in the lists that were read.
    pub packages: u64,
}

/// The software in two images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareComparison {
    /// The lists in the first.
    pub left: SoftwareLists,
    /// The lists in the second.
    pub right: SoftwareLists,
    /// Packages that differ, with their versions. Only when both images carry a list that could be read.
    pub packages: Option<ValueChanges>,
}

/// What is different between two images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonView {
    /// The first.
    pub left: ComparedImage,
    /// The second.
    pub right: ComparedImage,
    /// Whether they are known to be the same, byte for byte.
    pub same: bool,
    /// Whether both carry a definition file; one that does not cannot be compared.
    pub definitions: [bool; 2],
    /// The definition file, when it differs.
    pub definition: Option<TextChange>,
    /// Labels.
    pub labels: ValueChanges,
    /// Environment variables and the scripts that set them.
    pub environment: TextChanges,
    /// What the container does when it is run, started, tested or asked for help.
    pub scripts: TextChanges,
    /// Objects.
    pub objects: ObjectChanges,
    /// Bytes by kind of object, in the order of the kinds.
    pub sizes: Vec<KindSizes>,
    /// Software, when either carries a list.
    pub software: Option<SoftwareComparison>,
    /// What could not be read, in the words of the reader.
    pub findings: Vec<String>,
}
