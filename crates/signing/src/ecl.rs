//! Execution control lists: the rule of an administrator about which images SingularityCE runs, by the folder that they
//! lie in and by who has signed them (`ecl.toml`).
//!
//! Apptainer reads the same file and is more lenient about signatures that cannot be verified; here, as in SingularityCE,
//! an image has to verify whole before its signers count.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Error;
use crate::failure::Failure;
use crate::openpgp::{Fingerprint, read_bounded};
use crate::report::Report;
use crate::selection::{Form, Selection};

/// The largest list that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// What makes a list one that cannot be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidList {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] Error),
    /// It is no text, or no TOML of the right shape.
    #[error("it is not written as such a list is")]
    Syntax(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A group has a mode that does not exist.
    #[error("group \"{group}\" has the unknown mode \"{mode}\"")]
    Mode {
        /// Its name.
        group: String,
        /// What it states.
        mode: String,
    },
    /// The folder of a group is relative, is not there, or is written with detours or links.
    #[error("group \"{group}\" names a folder by something else than its full path without links")]
    Folder {
        /// Its name.
        group: String,
    },
    /// Two groups are about one folder.
    #[error("group \"{group}\" is about the folder of another group")]
    RepeatedFolder {
        /// Its name.
        group: String,
    },
    /// A key is not named by a fingerprint of 40 digits.
    #[error("group \"{group}\" names a key by something else than a fingerprint of 40 digits")]
    Key {
        /// Its name.
        group: String,
    },
}

/// What the keys of a group are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One of them must have signed.
    Whitelist,
    /// All of them must have signed.
    WhiteStrict,
    /// None of them may have signed.
    Blacklist,
}

/// Why an image may not run.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No group is about the folder of the image.
    #[error("the list has no group for images in this folder")]
    NoGroup,
    /// The image does not verify.
    #[error("the image does not verify: {}", .0.text())]
    NotValid(Failure),
    /// The image has no signature.
    #[error("the image is not signed")]
    NotSigned,
    /// No key of a whitelist has signed all of it.
    #[error("none of the keys in group \"{0}\" has signed it")]
    NobodyListed(String),
    /// A key of a strict whitelist has not signed all of it.
    #[error("the key {key} in group \"{group}\" has not signed it")]
    Missing {
        /// Name of the group.
        group: String,
        /// The key.
        key: Fingerprint,
    },
    /// A key of a blacklist has signed it.
    #[error("the key {key} in group \"{group}\" has signed it")]
    Listed {
        /// Name of the group.
        group: String,
        /// The key.
        key: Fingerprint,
    },
}

/// A list that can be followed.
#[derive(Debug, Clone)]
pub struct ControlList {
    active: bool,
    legacy: bool,
    groups: Vec<ControlGroup>,
}

/// The rule for the images in one folder, or in any.
#[derive(Debug, Clone)]
pub struct ControlGroup {
    name: String,
    mode: Mode,
    folder: Option<PathBuf>,
    keys: Vec<Fingerprint>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    activated: bool,
    #[serde(default)]
    legacyinsecure: bool,
    #[serde(default)]
    execgroup: Vec<WrittenGroup>,
}

#[derive(Deserialize)]
struct WrittenGroup {
    #[serde(default)]
    tagname: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    dirpath: String,
    #[serde(default)]
    keyfp: Vec<String>,
}

impl ControlList {
    /// Reads a list and looks at the folders that it names.
    ///
    /// # Errors
    /// [`InvalidList`].
    pub fn open(path: &Path) -> Result<Self, InvalidList> {
        let text = String::from_utf8(read_bounded(path, LIMIT)?)
            .map_err(|error| InvalidList::Syntax(error.into()))?;
        let written: Written =
            toml_edit::de::from_str(&text).map_err(|error| InvalidList::Syntax(error.into()))?;
        let mut groups: Vec<ControlGroup> = Vec::new();
        for group in written.execgroup {
            let group = ControlGroup::read(group)?;
            let folder = group.folder.as_ref();
            if folder.is_some() && groups.iter().any(|one| one.folder.as_ref() == folder) {
                return Err(InvalidList::RepeatedFolder { group: group.name });
            }
            groups.push(group);
        }
        Ok(Self {
            active: written.activated,
            legacy: written.legacyinsecure,
            groups,
        })
    }

    /// Whether it is followed at all.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The group that an image in `folder` falls under: the one of this folder, else the first of any folder. The path
    /// has to be full and without links.
    ///
    /// # Errors
    /// [`Refusal::NoGroup`].
    pub fn group(&self, folder: &Path) -> Result<&ControlGroup, Refusal> {
        let of_folder = |group: &&ControlGroup| group.folder.as_deref() == Some(folder);
        let of_any = |group: &&ControlGroup| group.folder.is_none();
        let mut groups = self.groups.iter();
        let found = groups.find(of_folder);
        let found = found.or_else(|| self.groups.iter().find(of_any));
        found.ok_or(Refusal::NoGroup)
    }

    /// What of an image has to be signed: all of it, or by signatures of the old form the primary system partition.
    #[must_use]
    pub fn selection(&self) -> Selection {
        Selection::all().form(if self.legacy {
            Form::Legacy
        } else {
            Form::Modern
        })
    }
}

impl ControlGroup {
    fn read(written: WrittenGroup) -> Result<Self, InvalidList> {
        let WrittenGroup {
            tagname: name,
            mode,
            dirpath,
            keyfp,
        } = written;
        let mode = match mode.as_str() {
            "whitelist" => Mode::Whitelist,
            "whitestrict" => Mode::WhiteStrict,
            "blacklist" => Mode::Blacklist,
            _ => return Err(InvalidList::Mode { group: name, mode }),
        };
        let folder = match dirpath.as_str() {
            "" => None,
            path if is_full(Path::new(path)) => Some(PathBuf::from(path)),
            _ => return Err(InvalidList::Folder { group: name }),
        };
        let key = |text: &String| {
            let key = text.parse::<Fingerprint>().ok();
            key.filter(|key| key.v4().is_some() && text.len() == 40)
        };
        match keyfp.iter().map(key).collect::<Option<Vec<_>>>() {
            Some(keys) => Ok(Self {
                name,
                mode,
                folder,
                keys,
            }),
            None => Err(InvalidList::Key { group: name }),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its keys are for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether an image may run of which this was found. A whitelist without keys admits nothing; a strict one
    /// without keys admits whatever verifies, and so does a blacklist.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn admit(&self, report: &Report) -> Result<(), Refusal> {
        if let Some(failure) = report.failure() {
            return Err(Refusal::NotValid(failure.clone()));
        }
        if !report.is_ok() {
            return Err(Refusal::NotSigned);
        }
        let of_all = report.all_signed_by();
        let group = self.name.clone();
        let mut keys = self.keys.iter().cloned();
        match self.mode {
            Mode::Whitelist if keys.any(|key| of_all.contains(&key)) => Ok(()),
            Mode::Whitelist => Err(Refusal::NobodyListed(group)),
            Mode::WhiteStrict => match keys.find(|key| !of_all.contains(key)) {
                Some(key) => Err(Refusal::Missing { group, key }),
                None => Ok(()),
            },
            Mode::Blacklist => {
                let signed = |key: &Fingerprint| {
                    let mut signatures = report.signatures();
                    signatures.any(|signature| signature.fingerprint() == Some(key))
                };
                match keys.find(signed) {
                    Some(key) => Err(Refusal::Listed { group, key }),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Whether a path is the one way to write where it leads.
fn is_full(path: &Path) -> bool {
    path.is_absolute()
        && fs::canonicalize(path).is_ok_and(|real| real.as_os_str() == path.as_os_str())
}
