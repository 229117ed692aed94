//! What an image says about itself, for the window.

use sifter_contract::{ImageObject, InspectionView, NamedText, ObjectKind, RemotePlace};
use sifter_sif::{DataType, Descriptor, Header, Image, Inspection, Link};

use super::origin::Origin;
use super::{Medium, Subject};
use crate::errors;
use crate::remote_image::MOST;
use crate::uploads::image_facts;

/// Labels that say which program built an image.
const BUILDERS: [(&str, &str); 2] = [
    ("org.label-schema.usage.apptainer.version", "Apptainer"),
    ("org.label-schema.usage.singularity.version", "Singularity"),
];
/// Labels that say what an image was built from, and the image before it in an OCI build.
const BASES: [&str; 2] = [
    "org.label-schema.usage.singularity.deffile.from",
    "org.opencontainers.image.base.name",
];

/// Reads header, descriptors and texts, never the whole file. Blocks.
pub(super) fn describe_image(
    file_id: &str,
    subject: &Subject,
    image: &Image<Medium>,
    origin: Option<&Origin>,
    folder: &str,
) -> Result<InspectionView, sifter_sif::Error> {
    let facts = image_facts(image)?;
    let mut findings: Vec<String> = image.findings().iter().map(ToString::to_string).collect();
    let inspection = match image.inspect() {
        Ok(inspection) => inspection,
        // That a library does not answer says nothing about the image.
        Err(error @ sifter_sif::Error::Read { .. }) => return Err(error),
        // A text that cannot be read takes nothing else away.
        Err(error) => {
            findings.push(errors::chain(&error));
            Inspection::default()
        }
    };
    let objects: Vec<ImageObject> = image.descriptors().map(object).collect();
    let labels = inspection.labels();
    let label = |names: &[&str]| names.iter().find_map(|name| labels.get(*name).cloned());
    let built_with = BUILDERS.iter().find_map(|(name, program)| {
        let version = labels.get(*name)?;
        Some(format!("{program} {version}"))
    });
    let header = image.header();
    Ok(InspectionView {
        raw: raw(image, &objects, &inspection, &findings),
        base: label(&BASES).or_else(|| from_line(&inspection)),
        built_with,
        header_size: u64::try_from(header.data_offset).unwrap_or(0),
        slots: u64::try_from(image.slots().len()).unwrap_or(0),
        free_slots: image.slots().iter().filter(|slot| !slot.is_used()).count() as u64,
        labels: labels
            .iter()
            .map(|(name, text)| named(name, text))
            .collect(),
        scripts: scripts(&inspection),
        definition: inspection.definition.map(|(text, _)| text),
        quarantined: subject.is_quarantined(),
        file_id: file_id.to_owned(),
        name: subject.name(),
        folder: folder.to_owned(),
        remote: remote(subject),
        origin: origin.map(|origin| origin.view.clone()),
        check: origin.and_then(|origin| origin.check.clone()),
        digest: digest(subject, origin),
        facts,
        objects,
        findings,
    })
}

/// Where an image is that is not on this computer.
fn remote(subject: &Subject) -> Option<RemotePlace> {
    let Subject::Remote {
        place,
        server_name,
        image,
    } = subject
    else {
        return None;
    };
    let path = &place.image.path;
    let (entity, collection, container) = (&path.entity, &path.collection, &path.container);
    let tag = &place.image.tag;
    Some(RemotePlace {
        image: place.image.clone(),
        server_name: server_name.clone(),
        reference: format!("library://{entity}/{collection}/{container}:{tag}"),
        read: image.bytes_read(),
        most: MOST,
    })
}

fn digest(subject: &Subject, origin: Option<&Origin>) -> Option<String> {
    match subject {
        Subject::File(_) => origin?.digest.clone(),
        Subject::Remote { place, .. } => Some(place.digest.clone()),
    }
}

fn object(descriptor: &Descriptor) -> ImageObject {
    let (link_group, link_object) = match descriptor.link() {
        Some(Link::Group(group)) => (Some(group), None),
        Some(Link::Object(object)) => (None, Some(object)),
        None => (None, None),
    };
    let data_type = descriptor.data_type();
    ImageObject {
        id: descriptor.id(),
        kind: match data_type {
            DataType::Definition => ObjectKind::Definition,
            DataType::Environment | DataType::Labels | DataType::GenericJson => {
                ObjectKind::Metadata
            }
            DataType::Partition => ObjectKind::FileSystem,
            DataType::Signature => ObjectKind::Signature,
            DataType::Sbom => ObjectKind::Sbom,
            _ => ObjectKind::Other,
        },
        type_name: data_type.to_string(),
        detail: detail(descriptor),
        name: descriptor.name().filter(|name| !name.is_empty()),
        group: descriptor.group(),
        link_group,
        link_object,
        offset: u64::try_from(descriptor.offset()).unwrap_or(0),
        size: u64::try_from(descriptor.size()).unwrap_or(0),
    }
}

/// What the metadata of an object adds.
fn detail(descriptor: &Descriptor) -> Option<String> {
    if let Ok(partition) = descriptor.partition() {
        let arch = partition.arch.map_or("unknown", |arch| arch.name());
        return Some(format!(
            "{}, {}, {arch}",
            partition.file_system, partition.kind
        ));
    }
    if let Ok(signature) = descriptor.signature() {
        return Some(signature.hash.to_string());
    }
    descriptor.sbom().ok().map(|format| format.to_string())
}

/// What the definition file of an image without labels was built from.
fn from_line(inspection: &Inspection) -> Option<String> {
    let (text, _) = inspection.definition.as_ref()?;
    let line = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case("from").then_some(value)
    })?;
    Some(line.trim().to_owned()).filter(|base| !base.is_empty())
}

fn scripts(inspection: &Inspection) -> Vec<NamedText> {
    let Some(metadata) = &inspection.metadata else {
        return Vec::new();
    };
    let named_scripts = [
        ("run", &metadata.runscript),
        ("start", &metadata.startscript),
        ("test", &metadata.test),
        ("help", &metadata.helpfile),
    ];
    let environment = metadata.environment.iter();
    named_scripts
        .into_iter()
        .chain(environment.map(|(path, text)| (path.as_str(), text)))
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(name, text)| named(name, text))
        .collect()
}

fn named(name: &str, text: &str) -> NamedText {
    NamedText {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

/// Header, objects and texts as one document.
fn raw(
    image: &Image<Medium>,
    objects: &[ImageObject],
    inspection: &Inspection,
    findings: &[String],
) -> String {
    let document = serde_json::json!({
        "header": header(image.header()),
        "size": image.size(),
        "objects": objects,
        "metadata": inspection.metadata,
        "ociConfig": inspection.oci_config,
        "findings": findings,
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn header(header: &Header) -> serde_json::Value {
    serde_json::json!({
        "launchScript": header.launch_script(),
        "version": header.version(),
        "architecture": header.arch().map(|arch| arch.name()),
        "id": header.id.to_string(),
        "created": header.created.0,
        "modified": header.modified.0,
        "descriptorsFree": header.descriptors_free,
        "descriptorsTotal": header.descriptors_total,
        "descriptorsOffset": header.descriptors_offset,
        "descriptorsSize": header.descriptors_size,
        "dataOffset": header.data_offset,
        "dataSize": header.data_size,
    })
}
