//! The same facts as a build writes down, read from the files in the root file system.
//!
//! Singularity before 3.7 wrote nothing down, and its successors then run a script in the container to find out. Here
//! the files are read; nothing is executed.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::source::Source;
use crate::squashfs::{Entry, EntryKind, Squashfs};

use super::{AppMetadata, ContainerMetadata, DEFINITION_LIMIT};

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
    let text = |name: &str| text(root, &format!("{HOME}/{name}"));
    Ok(Some(ContainerMetadata {
        apps: apps(root)?,
        environment: environment(root, HOME, |name| {
            is_script(name, "9") || (name.starts_with("10-docker") && name.ends_with(".sh"))
        })?,
        labels: labels(root, HOME)?,
        runscript: text("runscript")?,
        test: text("test")?,
        helpfile: text("runscript.help")?,
        deffile: text("Singularity")?,
        startscript: text("startscript")?,
    }))
}

fn apps<S: Source>(root: &Squashfs<S>) -> Result<BTreeMap<String, AppMetadata>, Error> {
    let mut apps = BTreeMap::new();
    for entry in folder(root, APPS)? {
        if entry.kind() != EntryKind::Directory {
            continue;
        }
        let home = format!("{APPS}/{}/scif", entry.name());
        let text = |name: &str| text(root, &format!("{home}/{name}"));
        let app = AppMetadata {
            environment: environment(root, &home, |name| is_script(name, "9"))?,
            labels: labels(root, &home)?,
            runscript: text("runscript")?,
            startscript: text("startscript")?,
            test: text("test")?,
            helpfile: text("runscript.help")?,
        };
        apps.insert(entry.name(), app);
    }
    Ok(apps)
}

/// `90-environment.sh` and its like.
fn is_script(name: &str, prefix: &str) -> bool {
    name.starts_with(prefix) && name.ends_with("-environment.sh")
}

fn environment<S: Source>(
    root: &Squashfs<S>,
    home: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, String>, Error> {
    let mut scripts = BTreeMap::new();
    for entry in folder(root, &format!("{home}/env"))? {
        if wanted(&entry.name()) {
            let path = format!("{home}/env/{}", entry.name());
            scripts.insert(path.clone(), text(root, &path)?);
        }
    }
    Ok(scripts)
}

fn labels<S: Source>(root: &Squashfs<S>, home: &str) -> Result<BTreeMap<String, String>, Error> {
    let text = text(root, &format!("{home}/labels.json"))?;
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
fn folder<S: Source>(root: &Squashfs<S>, path: &str) -> Result<Vec<Entry>, Error> {
    match root.list(path, MOST) {
        Ok(listing) => Ok(listing.entries),
        Err(Error::NoSuchFile { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A file as text without the line ends at its end; empty when there is none.
fn text<S: Source>(root: &Squashfs<S>, path: &str) -> Result<String, Error> {
    match root.read(path, DEFINITION_LIMIT) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(text.trim_end_matches('\n').to_owned())
        }
        Err(Error::NoSuchFile { .. }) => Ok(String::new()),
        Err(error) => Err(error),
    }
}
