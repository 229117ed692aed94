//! What Sifter writes into an image, the official SIF module reads as Sifter does.

use std::fs::File;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sifter_sif::{
    Arch, CreateOptions, CryptoFormat, CryptoMessage, CryptoMessageType, DataType, DeleteOptions,
    Descriptor, FsType, Image, Link, ObjectInput, OciDigest, Partition, PartitionType,
    RUN_SINGULARITY, SbomFormat, Stamp, Timestamp, Writer,
};

use super::SINGLE;
use super::desk::Desk;

/// What our own reader finds in an image, in the form of the module's list.
fn listed(path: &Path) -> Value {
    let image = Image::open(path).unwrap();
    let header = image.header();
    let objects: Vec<Value> = image
        .descriptors()
        .map(|object| described(&image, object))
        .collect();
    json!({
        "ok": true,
        "header": {
            "launchScript": header.launch_script().unwrap_or_default(),
            "version": header.version(),
            "arch": header.arch().map_or("unknown", Arch::name),
            "id": header.id.to_string(),
            "created": header.created.0,
            "modified": header.modified.0,
            "descriptorsFree": header.descriptors_free,
            "descriptorsTotal": header.descriptors_total,
            "descriptorsOffset": header.descriptors_offset,
            "descriptorsSize": header.descriptors_size,
            "dataOffset": header.data_offset,
            "dataSize": header.data_size,
        },
        "objects": objects,
    })
}

fn described(image: &Image<File>, object: &Descriptor) -> Value {
    let (linked, to_group) = match object.link() {
        None => (0, false),
        Some(Link::Object(id)) => (id, false),
        Some(Link::Group(group)) => (group, true),
    };
    json!({
        "id": object.id(),
        "type": object.data_type().to_string(),
        "group": object.group().unwrap_or_default(),
        "linked": linked,
        "linkedToGroup": to_group,
        "offset": object.offset(),
        "size": object.size(),
        "created": object.created().0,
        "modified": object.modified().0,
        "name": object.name().unwrap_or_default(),
        "metadata": metadata(object),
        "sha256": hex(&Sha256::digest(image.read(object, 2 * SINGLE).unwrap())),
    })
}

fn metadata(object: &Descriptor) -> Vec<String> {
    match object.data_type() {
        DataType::Partition => {
            let found = object.partition().unwrap();
            let arch = found.arch.map_or("unknown", Arch::name).to_owned();
            vec![found.file_system.to_string(), found.kind.to_string(), arch]
        }
        DataType::Signature => {
            let found = object.signature().unwrap();
            let fingerprint = found.fingerprint.map(|bytes| hex(&bytes));
            vec![found.hash.to_string(), fingerprint.unwrap_or_default()]
        }
        DataType::CryptoMessage => {
            let found = object.crypto_message().unwrap();
            vec![found.format.to_string(), found.message.to_string()]
        }
        DataType::Sbom => vec![object.sbom().unwrap().to_string()],
        DataType::OciRootIndex | DataType::OciBlob => {
            vec![object.oci_digest().unwrap().to_string()]
        }
        _ => Vec::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An object of every type beside those that a built image has.
fn add_one_of_each(path: &Path) {
    let mut writer = Writer::open(path).unwrap();
    let overlay = Partition {
        file_system: FsType::Ext3,
        kind: PartitionType::Overlay,
        arch: Some(Arch::Arm64),
    };
    let message = CryptoMessage {
        format: CryptoFormat::Pem,
        message: CryptoMessageType::RsaOaep,
    };
    let digest = |text: &str| OciDigest::new(Sha256::digest(text).into());
    let at = Timestamp(1_234_567_890);
    for object in [
        ObjectInput::new(DataType::Environment, &b"A=1"[..]).named("n".repeat(128)),
        ObjectInput::new(DataType::Labels, &b"{}"[..]).in_group(Some(7)),
        ObjectInput::partition(&[5; 5000][..], overlay).linked_to(Link::Group(7)),
        ObjectInput::new(DataType::Generic, &b""[..]).in_group(None),
        ObjectInput::crypto_message(&b"sealed"[..], message).linked_to(Link::Object(3)),
        ObjectInput::sbom(&b"bill"[..], SbomFormat::SpdxTagValue).at(at),
        ObjectInput::oci_root_index(&b"index"[..], digest("index")),
        ObjectInput::oci_blob(&b"blob"[..], digest("blob")).aligned_to(512),
    ] {
        writer.add(object, Stamp::Auto).unwrap();
    }
}

#[test]
#[ignore = "needs Go"]
fn what_sifter_writes_the_official_module_lists_alike() {
    let Some(desk) = Desk::set() else {
        return;
    };
    let path = desk.image("x.sif");
    let built = desk.go(&["list", "x.sif"]);
    assert_eq!(built, listed(&path));
    assert_eq!(built["header"]["launchScript"], RUN_SINGULARITY);
    add_one_of_each(&path);
    let ada = desk.key("ada");
    desk.sign("x.sif", &["--key", &ada]);
    if desk.pem(&["-algorithm", "ED25519"]) {
        desk.sign("x.sif", &["--key", "private.pem", "--object", "3"]);
    }
    let full = desk.go(&["list", "x.sif"]);
    assert_eq!(full, listed(&path));
    let types = full["objects"].as_array().unwrap().iter();
    let types: Vec<&str> = types.map(|one| one["type"].as_str().unwrap()).collect();
    let built = ["Def.FILE", "JSON.Generic", "FS"];
    let added = [
        "Env.Vars",
        "JSON.Labels",
        "FS",
        "Generic/Raw",
        "Cryptographic Message",
    ];
    let oci = ["SBOM", "OCI.RootIndex", "OCI.Blob", "Signature"];
    assert_eq!(types[..12], [&built[..], &added, &oci].concat());

    // A hole in the table and in the data, and what is put into the slot.
    let mut writer = Writer::open(&path).unwrap();
    writer.delete(5, DeleteOptions::default()).unwrap();
    let holed = desk.go(&["list", "x.sif"]);
    assert_eq!(holed, listed(&path));
    let again = ObjectInput::new(DataType::Generic, &b"again"[..]);
    assert_eq!(writer.add(again, Stamp::Auto).unwrap(), 5);
    drop(writer);
    assert_eq!(desk.go(&["list", "x.sif"]), listed(&path));

    let bare = desk.path("bare.sif");
    let options = CreateOptions {
        stamp: Stamp::Deterministic,
        capacity: 1,
        ..CreateOptions::default()
    };
    Writer::create(&bare, &options, Vec::new()).unwrap();
    let empty = desk.go(&["list", "bare.sif"]);
    assert_eq!(empty, listed(&bare));
    assert_eq!(empty["header"]["arch"], "unknown");
}
