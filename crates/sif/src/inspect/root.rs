//! The same facts as a build writes down, read from the files in the root file system.
//!
//! Singularity before 3.7 wrote nothing down, and its successors then run a script in the container to find out. Here
//! the files are read; nothing is executed.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::error::Error;
use crate::source::Source;
use crate::squashfs::{Entry, EntryKind, Squashfs};

use super::{AppMetadata, ContainerMetadata, DEFINITION_LIMIT, METADATA_LIMIT};

/// Where a container keeps what it says about itself.
const HOME: &str = "/.singularity.d";
/// Where SCIF apps live.
const APPS: &str = "/scif/apps";
/// The most apps, and the most environment scripts of one, that are read.
const MOST: usize = 256;

/// `None` when the root file system is not of a container of this kind.
pub(super) fn metadata<S: Source>(root: &Squashfs<S>) -> Result<Option<ContainerMetadata>, Error> {
    match root.followed(HOME) {
        Ok(home) if home.kind() == EntryKind::Directory => {}
        Ok(_) | Err(Error::NoSuchFile { .. }) => return Ok(None),
        Err(error) => return Err(error),
    }
    let files = Files {
        root,
        left: Cell::new(METADATA_LIMIT),
    };
    let text = |name: &str| files.text(&format!("{HOME}/{name}"));
    Ok(Some(ContainerMetadata {
        apps: files.apps()?,
        environment: files.environment(HOME, |name| {
            is_script(name) || (name.starts_with("10-docker") && name.ends_with(".sh"))
        })?,
        labels: files.labels(HOME)?,
        runscript: text("runscript")?,
        test: text("test")?,
        helpfile: text("runscript.help")?,
        deffile: text("Singularity")?,
        startscript: text("startscript")?,
    }))
}

/// `90-environment.sh` and its like.
fn is_script(name: &str) -> bool {
    name.starts_with('9') && name.ends_with("-environment.sh")
}

/// The files of a container, of which only so much is read as a build would write down.
struct Files<'a, S> {
    root: &'a Squashfs<S>,
    /// Bytes that may still be read, all files together.
    left: Cell<u64>,
}

impl<S: Source> Files<'_, S> {
    fn apps(&self) -> Result<BTreeMap<String, AppMetadata>, Error> {
        let mut apps = BTreeMap::new();
        for entry in self.folder(APPS)? {
            if entry.kind() != EntryKind::Directory {
                continue;
            }
            let home = format!("{APPS}/{}/scif", entry.name());
            let text = |name: &str| self.text(&format!("{home}/{name}"));
            let app = AppMetadata {
                environment: self.environment(&home, is_script)?,
                labels: self.labels(&home)?,
                runscript: text("runscript")?,
                startscript: text("startscript")?,
                test: text("test")?,
                helpfile: text("runscript.help")?,
            };
            apps.insert(entry.name(), app);
        }
        Ok(apps)
    }

    fn environment(
        &self,
        home: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut scripts = BTreeMap::new();
        for entry in self.folder(&format!("{home}/env"))? {
            if wanted(&entry.name()) {
                let path = format!("{home}/env/{}", entry.name());
                scripts.insert(path.clone(), self.text(&path)?);
            }
        }
        Ok(scripts)
    }

    fn labels(&self, home: &str) -> Result<BTreeMap<String, String>, Error> {
        let text = self.text(&format!("{home}/labels.json"))?;
        if text.is_empty() {
            return Ok(BTreeMap::new());
        }
        let labels: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&text).map_err(|source| Error::Json {
                what: "labels",
                source,
            })?;
        let plain = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        Ok(labels
            .into_iter()
            .map(|(name, value)| (name, plain(value)))
            .collect())
    }

    /// The entries of a folder; none when there is no such folder.
    fn folder(&self, path: &str) -> Result<Vec<Entry>, Error> {
        match self.root.list(path, MOST) {
            Ok(listing) => Ok(listing.entries),
            Err(Error::NoSuchFile { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// A file as text without the line ends at its end; empty when there is none.
    fn text(&self, path: &str) -> Result<String, Error> {
        match self.root.read(path, DEFINITION_LIMIT.min(self.left.get())) {
            Ok(bytes) => {
                self.left
                    .set(self.left.get().saturating_sub(bytes.len() as u64));
                let text = String::from_utf8_lossy(&bytes);
                Ok(text.trim_end_matches('\n').to_owned())
            }
            Err(Error::NoSuchFile { .. }) => Ok(String::new()),
            Err(error) => Err(error),
        }
    }
}
