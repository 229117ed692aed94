//! What an image says about itself: labels, scripts, environment and definition file.
//!
//! Since Singularity 3.7 all of it is in a JSON object inside the image, written when the image was
//! built. Nothing ties that object to the root file system, so [`DefinitionOrigin`] and [`MetadataOrigin`] say
//! where a text came from. For older images the files in the root file system are read; nothing is ever executed.

mod print;
mod root;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes::{DataType, FsType};
use crate::error::Error;
use crate::image::Image;
use crate::oci::read_config as read_oci_config;
use crate::select::Selector;
use crate::source::Source;

pub use print::Sections;

/// Name of the JSON object that holds what was inspected at build time.
pub const INSPECT_METADATA_NAME: &str = "inspect-metadata.json";
/// Name of the JSON object that holds the OCI configuration an image was built from.
pub const OCI_CONFIG_NAME: &str = "oci-config.json";
/// The largest definition file that is read, in bytes.
pub const DEFINITION_LIMIT: u64 = 4 << 20;
/// The largest metadata object that is read, in bytes.
pub const METADATA_LIMIT: u64 = 16 << 20;

/// What one container says about itself. Empty parts are left out of its JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerMetadata {
    /// SCIF apps by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub apps: BTreeMap<String, AppMetadata>,
    /// Environment scripts by absolute path inside the container.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What `run` executes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub runscript: String,
    /// What `test` executes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub test: String,
    /// What `run-help` prints.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub helpfile: String,
    /// The definition file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub deffile: String,
    /// What `instance start` executes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub startscript: String,
}

/// What one SCIF app says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppMetadata {
    /// Environment scripts by absolute path inside the container.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What `run --app` executes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub runscript: String,
    /// What `instance start --app` executes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub startscript: String,
    /// What `test --app` executes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub test: String,
    /// What `run-help --app` prints.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub helpfile: String,
}

/// The JSON document around [`ContainerMetadata`].
#[derive(Deserialize)]
struct Document {
    data: DocumentData,
}

#[derive(Deserialize)]
struct DocumentData {
    attributes: ContainerMetadata,
}

/// Where a definition file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionOrigin {
    /// In the metadata written at build time.
    Metadata,
    /// In a definition object of its own.
    Object,
    /// In the root file system.
    RootFileSystem,
}

/// Where what a container says about itself was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataOrigin {
    /// In the JSON object written at build time. Nothing ties it to the files of the container.
    BuildTime,
    /// In the files of the container.
    RootFileSystem,
}

/// Why the root file system of an image without metadata could not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// It can only be read with a key.
    Encrypted(FsType),
    /// It is of a kind that is not read here; which, in words.
    Unsupported(String),
    /// It is damaged; how, in words.
    Damaged(String),
}

/// Everything an image says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// What the container says about itself; `None` when it says nothing, or cannot be asked.
    pub metadata: Option<ContainerMetadata>,
    /// Where that was found.
    pub metadata_origin: Option<MetadataOrigin>,
    /// Why the container could not be asked, when it had to be.
    pub gap: Option<Gap>,
    /// The definition file and where it was found.
    pub definition: Option<(String, DefinitionOrigin)>,
    /// The OCI `config` object, for an OCI-SIF and for images built from an OCI image.
    pub oci_config: Option<serde_json::Value>,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encrypted(kind) => write!(f, "the file system is encrypted ({kind})"),
            Self::Unsupported(words) | Self::Damaged(words) => f.write_str(words),
        }
    }
}

impl From<&Error> for Gap {
    fn from(error: &Error) -> Self {
        match error {
            Error::Encrypted(kind) => Self::Encrypted(*kind),
            Error::UnsupportedFileSystem(_)
            | Error::UnsupportedSquashfs { .. }
            | Error::UnsupportedCompression(_) => Self::Unsupported(error.to_string()),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

impl Inspection {
    /// Labels: those of the metadata, or else those of the OCI configuration.
    pub fn labels(&self) -> BTreeMap<String, String> {
        if let Some(metadata) = &self.metadata {
            return metadata.labels.clone();
        }
        let labels = self
            .oci_config
            .as_ref()
            .and_then(|config| config.get("Labels"));
        let labels = labels
            .and_then(serde_json::Value::as_object)
            .into_iter()
            .flatten();
        labels
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect()
    }
}

impl<S: Source> Image<S> {
    /// Reads what the image says about itself. The root file system is only looked into when no metadata was written at
    /// build time; that it cannot be read is no error but a [`Gap`].
    ///
    /// # Errors
    /// [`Error::Json`] when a document in it is not what it should be, [`Error::ObjectTooLarge`]
    /// past [`DEFINITION_LIMIT`] or [`METADATA_LIMIT`], and those of [`Image::read`].
    pub fn inspect(&self) -> Result<Inspection, Error> {
        let mut inspection = Inspection::default();
        let document = self.named_json::<Document>(INSPECT_METADATA_NAME, "inspect metadata")?;
        match document {
            Some(document) => {
                inspection.metadata = Some(document.data.attributes);
                inspection.metadata_origin = Some(MetadataOrigin::BuildTime);
            }
            None => self.ask_root(&mut inspection)?,
        }
        inspection.definition = self.best_definition(&inspection)?;
        inspection.oci_config = match self.named_json(OCI_CONFIG_NAME, "OCI configuration")? {
            Some(config) => Some(config),
            None => read_oci_config(self)?.and_then(|config| config.config),
        };
        Ok(inspection)
    }

    /// Fills in what the files of the container say.
    fn ask_root(&self, inspection: &mut Inspection) -> Result<(), Error> {
        match self
            .root_file_system()
            .and_then(|root| root::metadata(&root))
        {
            Ok(Some(metadata)) => {
                inspection.metadata = Some(metadata);
                inspection.metadata_origin = Some(MetadataOrigin::RootFileSystem);
            }
            Ok(None) | Err(Error::NoRootFileSystem) => {}
            Err(error @ Error::Read { .. }) => return Err(error),
            Err(error) => inspection.gap = Some(Gap::from(&error)),
        }
        Ok(())
    }

    /// The definition file of the metadata written at build time, else that of its own object, else that of the files.
    fn best_definition(
        &self,
        inspection: &Inspection,
    ) -> Result<Option<(String, DefinitionOrigin)>, Error> {
        let told = inspection
            .metadata
            .as_ref()
            .map(|metadata| &metadata.deffile);
        let told = told.filter(|text| !text.is_empty()).cloned();
        if inspection.metadata_origin == Some(MetadataOrigin::BuildTime)
            && let Some(text) = told
        {
            return Ok(Some((text, DefinitionOrigin::Metadata)));
        }
        if let Some(text) = self.definition()? {
            return Ok(Some((text, DefinitionOrigin::Object)));
        }
        Ok(told.map(|text| (text, DefinitionOrigin::RootFileSystem)))
    }

    /// The definition object, invalid UTF-8 replaced.
    ///
    /// # Errors
    /// As [`Image::read`].
    pub fn definition(&self) -> Result<Option<String>, Error> {
        let objects = self.select(&[Selector::DataType(DataType::Definition)])?;
        let Some(object) = objects.first() else {
            return Ok(None);
        };
        let bytes = self.read(object, DEFINITION_LIMIT)?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn named_json<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        what: &'static str,
    ) -> Result<Option<T>, Error> {
        let objects = self.select(&[Selector::DataType(DataType::GenericJson)])?;
        // Known by name and not by place: tools sort and skip these objects.
        let Some(object) = objects
            .into_iter()
            .find(|object| object.name().as_deref() == Some(name))
        else {
            return Ok(None);
        };
        let bytes = self.read(object, METADATA_LIMIT)?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| Error::Json { what, source })
    }
}
