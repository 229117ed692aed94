//! What an image says about itself: labels, scripts, environment and definition file.
//!
//! Since Singularity 3.7 all of it is in a JSON object inside the image, written when the image was
//! built. Nothing ties that object to the root file system, so [`DefinitionOrigin`] says where a
//! text came from. Older images only carry their definition file; nothing is ever executed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::DataType;
use crate::error::Error;
use crate::facts::read_oci_config;
use crate::image::Image;
use crate::select::Selector;
use crate::source::Source;

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
}

/// Everything an image says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// The metadata written at build time; `None` for images of Singularity before 3.7.
    pub metadata: Option<ContainerMetadata>,
    /// The definition file and where it was found.
    pub definition: Option<(String, DefinitionOrigin)>,
    /// The OCI `config` object, for an OCI-SIF and for images built from an OCI image.
    pub oci_config: Option<serde_json::Value>,
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
    /// Reads what the image says about itself.
    ///
    /// # Errors
    /// [`Error::Json`] when a document in it is not what it should be, [`Error::ObjectTooLarge`]
    /// past [`DEFINITION_LIMIT`] or [`METADATA_LIMIT`], and those of [`Image::read`].
    pub fn inspect(&self) -> Result<Inspection, Error> {
        let metadata = self
            .named_json::<Document>(INSPECT_METADATA_NAME, "inspect metadata")?
            .map(|document| document.data.attributes);
        let in_metadata = metadata.as_ref().map(|metadata| metadata.deffile.clone());
        let definition = match in_metadata.filter(|text| !text.is_empty()) {
            Some(text) => Some((text, DefinitionOrigin::Metadata)),
            None => self
                .definition()?
                .map(|text| (text, DefinitionOrigin::Object)),
        };
        let oci_config = match self.named_json(OCI_CONFIG_NAME, "OCI configuration")? {
            Some(config) => Some(config),
            None => read_oci_config(self)?.and_then(|config| config.config),
        };
        Ok(Inspection {
            metadata,
            definition,
            oci_config,
        })
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
