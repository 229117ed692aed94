//! The software in an image, as the bills of materials that came with it list it.
//!
//! Three formats are read: SPDX JSON (specification 2.3, `packages`), CycloneDX JSON (specification 1.6, `components`) and the
//! JSON of Syft (its schema 16, `artifacts`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sifter_contract::{NamedText, SoftwareLists};
use sifter_sif::{Error, Image, Sbom, SbomFormat, Source};

/// The largest list that is read, in bytes. Syft writes some kilobytes for each package.
const LIST_LIMIT: u64 = 32 << 20;
/// Lists of one image that are looked at.
const MOST_LISTS: usize = 8;
/// Packages of one image. A large distribution has some thousands.
const MOST_PACKAGES: usize = 100_000;
/// Characters of a name or a version.
const LONGEST_NAME: usize = 200;

/// The software in one image.
#[derive(Debug, Default)]
pub(super) struct Software {
    pub(super) lists: SoftwareLists,
    /// The versions of each package, by its name.
    packages: BTreeMap<String, BTreeSet<String>>,
}

impl Software {
    /// Each package with its versions in one text.
    pub(super) fn versions(&self) -> Vec<NamedText> {
        let packages = self.packages.iter();
        packages
            .map(|(name, versions)| {
                let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
                NamedText {
                    name: name.clone(),
                    text: versions.join(", "),
                }
            })
            .collect()
    }

    fn add(&mut self, found: Vec<Package>) {
        for package in found {
            let full = self.packages.len() == MOST_PACKAGES;
            let name = short(&package.name);
            if name.is_empty() || (full && !self.packages.contains_key(&name)) {
                continue;
            }
            let versions = self.packages.entry(name).or_default();
            let version = package.version.as_deref().map(short);
            versions.extend(version.filter(|version| !version.is_empty()));
        }
    }
}

/// Reads the lists of an image; `None` when it has none.
pub(super) fn read<S: Source>(image: &Image<S>) -> Result<Option<Software>, Error> {
    let lists = image.sboms();
    if lists.is_empty() {
        return Ok(None);
    }
    let mut software = Software::default();
    for (at, list) in lists.iter().enumerate() {
        let packages = match at < MOST_LISTS {
            true => packages(image, list)?,
            false => None,
        };
        let format = list.format.to_string();
        match packages {
            Some(found) => {
                software.add(found);
                software.lists.read.push(format);
            }
            None => software.lists.unread.push(format),
        }
    }
    software.lists.packages = software.packages.len() as u64;
    Ok(Some(software))
}

/// The packages in one list; `None` when it cannot be understood.
fn packages<S: Source>(image: &Image<S>, list: &Sbom) -> Result<Option<Vec<Package>>, Error> {
    let parse = match list.format {
        SbomFormat::SpdxJson => spdx,
        SbomFormat::CycloneDxJson => cyclone_dx,
        SbomFormat::SyftJson => syft,
        _ => return Ok(None),
    };
    match image
        .object(list.object)
        .and_then(|object| image.read(object, LIST_LIMIT))
    {
        Ok(bytes) => Ok(parse(&bytes)),
        Err(error @ Error::Read { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

/// A package in a list, in the fields that SPDX, CycloneDX and Syft have in common.
#[derive(Debug, Deserialize)]
struct Package {
    #[serde(default)]
    name: String,
    #[serde(default, alias = "versionInfo")]
    version: Option<String>,
}

fn spdx(bytes: &[u8]) -> Option<Vec<Package>> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(rename = "spdxVersion")]
        _version: String,
        #[serde(default)]
        packages: Vec<Package>,
    }
    let document: Document = serde_json::from_slice(bytes).ok()?;
    Some(document.packages)
}

fn cyclone_dx(bytes: &[u8]) -> Option<Vec<Package>> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(rename = "bomFormat")]
        _format: String,
        #[serde(default)]
        components: Vec<Component>,
    }
    #[derive(Deserialize)]
    struct Component {
        #[serde(rename = "type", default)]
        kind: String,
        #[serde(flatten)]
        package: Package,
        #[serde(default)]
        components: Vec<Component>,
    }
    let document: Document = serde_json::from_slice(bytes).ok()?;
    let mut waiting = document.components;
    let mut found = Vec::new();
    // A component may be made of others.
    while let Some(component) = waiting.pop() {
        waiting.extend(component.components);
        if component.kind != "file" {
            found.push(component.package);
        }
    }
    Some(found)
}

fn syft(bytes: &[u8]) -> Option<Vec<Package>> {
    #[derive(Deserialize)]
    struct Document {
        artifacts: Vec<Package>,
    }
    let document: Document = serde_json::from_slice(bytes).ok()?;
    Some(document.artifacts)
}

/// A name that fits into a row, without what would change the row.
fn short(text: &str) -> String {
    let plain = text.trim().chars().filter(|c| !c.is_control());
    plain.take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use sifter_sif::{CreateOptions, DataType, ObjectInput, Writer};

    use super::*;

    fn of(lists: Vec<(&str, SbomFormat)>) -> Option<Software> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sif");
        let mut objects = vec![ObjectInput::new(DataType::Generic, &b"x"[..])];
        for (text, format) in &lists {
            objects.push(ObjectInput::sbom(text.as_bytes(), *format));
        }
        Writer::create(&path, &CreateOptions::default(), objects).unwrap();
        read(&Image::open(&path).unwrap()).unwrap()
    }

    fn rows(software: &Software) -> Vec<(String, String)> {
        let versions = software.versions().into_iter();
        versions.map(|one| (one.name, one.text)).collect()
    }

    fn row(name: &str, versions: &str) -> (String, String) {
        (name.to_owned(), versions.to_owned())
    }

    #[test]
    fn every_format_names_packages_and_versions() {
        let spdx = r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"zlib","versionInfo":"1.3"}]}"#;
        let cyclone = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
            {"type":"library","name":"zlib","version":"1.3","components":[
                {"type":"library","name":"inner","version":"2"}]},
            {"type":"file","name":"/etc/passwd"}]}"#;
        let syft = r#"{"artifacts":[{"name":"zlib","version":"1.3","type":"deb"},{"name":"bare"}],
            "schema":{"version":"16.0.0"}}"#;
        let software = of(vec![(spdx, SbomFormat::SpdxJson)]).unwrap();
        assert_eq!(rows(&software), [row("zlib", "1.3")]);
        let software = of(vec![(cyclone, SbomFormat::CycloneDxJson)]).unwrap();
        assert_eq!(rows(&software), [row("inner", "2"), row("zlib", "1.3")]);
        let software = of(vec![(syft, SbomFormat::SyftJson)]).unwrap();
        assert_eq!(rows(&software), [row("bare", ""), row("zlib", "1.3")]);
        assert_eq!(software.lists.read, ["syft-json"]);
        assert_eq!(software.lists.packages, 2);
    }

    #[test]
    fn what_is_not_understood_is_named_and_takes_nothing_else_away() {
        let syft = r#"{"artifacts":[{"name":"a","version":"1"},{"name":"a","version":"2"}]}"#;
        let software = of(vec![
            (syft, SbomFormat::SyftJson),
            ("{", SbomFormat::SpdxJson),
            ("<bom/>", SbomFormat::CycloneDxXml),
        ])
        .unwrap();
        assert_eq!(rows(&software), [row("a", "1, 2")]);
        assert_eq!(software.lists.unread, ["spdx-json", "cyclonedx-xml"]);
        assert!(of(Vec::new()).is_none());
    }
}
