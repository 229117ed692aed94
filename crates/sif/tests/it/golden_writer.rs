//! The writer's output equals that of the reference writer, byte for byte.

use sifter_sif::{
    Arch, CreateOptions, CryptoFormat, CryptoMessage, CryptoMessageType, DataType, Error, HashType,
    Link, ObjectInput, SbomFormat, Signature, Stamp, Timestamp, Writer,
};

use crate::samples::{deterministic, digest, primary};
use crate::vectors::vector;

pub(crate) const T: Timestamp = Timestamp(946_702_800);
const U: uuid::Uuid = uuid::uuid!("de170c43-36ab-44a8-bca9-1ea1a070a274");

pub(crate) fn a() -> ObjectInput<'static> {
    ObjectInput::new(DataType::Generic, &[0xFA, 0xCE][..])
}

pub(crate) fn b() -> ObjectInput<'static> {
    ObjectInput::new(DataType::Generic, &[0xFE, 0xED][..])
}

pub(crate) fn p() -> ObjectInput<'static> {
    ObjectInput::partition(&[0xFE, 0xED][..], primary(Arch::I386))
}

pub(crate) fn named_and_timed() -> CreateOptions {
    CreateOptions {
        id: Some(U),
        stamp: Stamp::At(T),
        ..CreateOptions::default()
    }
}

/// Creates an image, changes it, and compares the file with the golden one.
pub(crate) struct Case(pub(crate) &'static str);

impl Case {
    pub(crate) fn create(self, options: &CreateOptions, objects: Vec<ObjectInput<'_>>) {
        self.change(options, objects, |_| ());
    }

    pub(crate) fn change(
        self,
        options: &CreateOptions,
        objects: Vec<ObjectInput<'_>>,
        change: impl FnOnce(&mut Writer),
    ) {
        let Some(golden) = vector("writer-golden") else {
            return;
        };
        let golden = std::fs::read(golden.join(format!("{}.golden", self.0))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.sif");
        drop(Writer::create(&path, options, objects).unwrap());
        // Opened again, so that what the first writer keeps in memory plays no part.
        let mut writer = Writer::open(&path).unwrap();
        change(&mut writer);
        assert_eq!(
            writer.image().size(),
            std::fs::metadata(&path).unwrap().len()
        );
        let mut made = std::fs::read(&path).unwrap();
        // The reference test writes to a buffer that grows to the table even when that is empty.
        made.resize(made.len().max(4096), 0);
        assert!(
            made == golden,
            "{} differs: {} and {} bytes",
            self.0,
            made.len(),
            golden.len()
        );
    }
}

#[test]
fn created_images_equal_the_reference() {
    let plain = deterministic();
    Case("TestCreateContainer/Empty").create(&plain, vec![]);
    let options = CreateOptions {
        launch_script: "#!/usr/bin/env launch-script\n".into(),
        ..plain
    };
    Case("TestCreateContainer/EmptyLaunchScript").create(&options, vec![]);
    let options = CreateOptions {
        id: Some(U),
        ..plain.clone()
    };
    Case("TestCreateContainer/EmptyWithID").create(&options, vec![]);
    let nil = Some(uuid::Uuid::nil());
    let options = CreateOptions {
        id: nil,
        stamp: Stamp::At(T),
        ..plain.clone()
    };
    Case("TestCreateContainer/EmptyWithTime").create(&options, vec![]);
    let options = CreateOptions {
        capacity: 1,
        ..plain.clone()
    };
    Case("TestCreateContainer/EmptyDescriptorLimitedCapacity").create(&options, vec![]);
    Case("TestCreateContainer/OneDescriptor").create(&plain, vec![a()]);
    Case("TestCreateContainer/TwoDescriptors").create(&plain, vec![a(), p()]);
    let objects = vec![a().aligned_to(0), p().aligned_to(0)];
    Case("TestCreateContainer/TwoDescriptorsNotAligned").create(&plain, objects);
    let objects = vec![a().aligned_to(4), p().aligned_to(4)];
    Case("TestCreateContainer/TwoDescriptorsAligned").create(&plain, objects);
}

#[test]
fn added_objects_equal_the_reference() {
    let add = |name, first: Vec<_>, object, stamp| {
        Case(name).change(&deterministic(), first, |writer| {
            writer.add(object, stamp).unwrap();
        });
    };
    add("TestAddObject/Empty", vec![], a(), Stamp::Auto);
    add(
        "TestAddObject/EmptyNotAligned",
        vec![],
        a().aligned_to(0),
        Stamp::Auto,
    );
    add(
        "TestAddObject/EmptyAligned",
        vec![],
        a().aligned_to(128),
        Stamp::Auto,
    );
    add("TestAddObject/NotEmpty", vec![a()], p(), Stamp::Auto);
    add(
        "TestAddObject/NotEmptyNotAligned",
        vec![a()],
        p().aligned_to(0),
        Stamp::Auto,
    );
    add(
        "TestAddObject/NotEmptyAligned",
        vec![a()],
        p().aligned_to(128),
        Stamp::Auto,
    );
    add("TestAddObject/WithTime", vec![], a(), Stamp::At(T));
    Case("TestAddObject/Deterministic").change(&named_and_timed(), vec![], |writer| {
        assert_eq!(writer.add(a(), Stamp::Deterministic).unwrap(), 1);
    });
}

#[test]
fn refused_objects_leave_the_image_as_it_was() {
    let full = CreateOptions {
        capacity: 0,
        ..deterministic()
    };
    Case("TestAddObject/ErrInsufficientCapacity").change(&full, vec![], |writer| {
        assert!(matches!(
            writer.add(a(), Stamp::Auto),
            Err(Error::InsufficientCapacity)
        ));
    });
    let first = ObjectInput::partition(&[0xFA, 0xCE][..], primary(Arch::I386));
    Case("TestAddObject/ErrPrimaryPartition").change(&deterministic(), vec![first], |writer| {
        let second = ObjectInput::partition(&[0xFE, 0xED][..], primary(Arch::Amd64));
        let refused = writer.add(second, Stamp::Auto);
        assert!(matches!(refused, Err(Error::PrimaryPartitionExists)));
    });
}

#[test]
fn single_descriptors_equal_the_reference() {
    let Some(golden) = vector("writer-golden/TestNewDescriptorInput") else {
        return;
    };
    let plain = || ObjectInput::new(DataType::Generic, &b""[..]);
    let fingerprint =
        *b"\x12\x04\x5c\x8c\x0b\x10\x04\xd0\x58\xde\x4b\xed\xa2\x0c\x27\xee\x7f\xf7\xba\x84";
    let signature = Signature {
        hash: HashType::Sha256,
        fingerprint: Some(fingerprint),
    };
    let message = CryptoMessage {
        format: CryptoFormat::OpenPgp,
        message: CryptoMessageType::ClearSignature,
    };
    let nothing = || &b""[..];
    for (name, object) in [
        ("Empty", plain()),
        ("OptNoGroup", plain().in_group(None)),
        ("OptGroupID", plain().in_group(Some(2))),
        ("OptLinkedID", plain().linked_to(Link::Object(1))),
        ("OptLinkedGroupID", plain().linked_to(Link::Group(1))),
        ("OptObjectAlignment", plain().aligned_to(8)),
        ("OptObjectName", plain().named("name")),
        ("OptObjectTime", plain().at(T)),
        ("OptMetadata", plain().with_extra(br#"{"Value":100}"#)),
        (
            "OptCryptoMessageMetadata",
            ObjectInput::crypto_message(nothing(), message),
        ),
        (
            "OptPartitionMetadata",
            ObjectInput::partition(nothing(), primary(Arch::I386)),
        ),
        (
            "OptSignatureMetadata",
            ObjectInput::signature(nothing(), signature),
        ),
        (
            "OptSBOMMetadata",
            ObjectInput::sbom(nothing(), SbomFormat::CycloneDxJson),
        ),
        (
            "DataOCIRootIndex",
            ObjectInput::oci_root_index(nothing(), digest(b"")),
        ),
        ("DataOCIBlob", ObjectInput::oci_blob(nothing(), digest(b""))),
    ] {
        let golden = std::fs::read(golden.join(format!("{name}.golden"))).unwrap();
        assert!(
            object.descriptor().unwrap().encode()[..] == golden,
            "{name} differs"
        );
    }
}

#[test]
fn reference_images_rebuilt_from_their_objects_are_identical() {
    let Some(root) = vector("sylabs-sif/images") else {
        return;
    };
    for name in [
        "empty",
        "one-object-crypt-message",
        "one-object-generic-json",
        "one-object-oci-blob",
        "one-object-oci-root-index",
        "one-object-sbom",
        "one-object-time",
        "one-group",
        "one-group-signed-dsse",
        "one-group-signed-pgp",
        "two-groups",
        "two-groups-signed-dsse",
        "two-groups-signed-pgp",
    ] {
        let golden = std::fs::read(root.join(format!("{name}.sif"))).unwrap();
        let image = sifter_sif::Image::load(&golden).unwrap();
        let objects = image.descriptors().map(|object| {
            let data = image.reader(object).unwrap();
            let mut input = ObjectInput::new(object.data_type(), data)
                .in_group(object.group())
                .named(object.name().unwrap_or_default())
                .at(object.created())
                .with_extra(object.extra());
            if let Some(link) = object.link() {
                input = input.linked_to(link);
            }
            input
        });
        let header = image.header();
        let options = CreateOptions {
            launch_script: header.launch_script().unwrap_or_default(),
            id: Some(header.id),
            stamp: Stamp::At(header.created),
            ..CreateOptions::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("again.sif");
        Writer::create(&path, &options, objects.collect()).unwrap();
        assert!(std::fs::read(&path).unwrap() == golden, "{name} differs");
    }
}
