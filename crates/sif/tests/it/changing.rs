//! Creating and changing images: what is never lost and what is refused.

use std::io::{self, Read};

use sifter_sif::{
    Arch, CreateOptions, DataType, DeleteOptions, Error, FsType, Image, Link, MAX_DESCRIPTORS,
    ObjectInput, Partition, PartitionType, Stamp, Writer,
};

use crate::samples::{deterministic, ordinary, put};

/// Gives some data, then fails.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("the disk was pulled out"));
        }
        let count = self.0.min(buffer.len());
        self.0 -= count;
        Ok(count)
    }
}

#[test]
fn an_existing_file_is_never_created_over() {
    let (_folder, path) = ordinary();
    let before = std::fs::read(&path).unwrap();
    let refused = Writer::create(&path, &CreateOptions::default(), vec![]);
    assert!(matches!(refused, Err(Error::Exists { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_creation_that_fails_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.sif");
    let objects = vec![ObjectInput::new(DataType::Generic, Failing(1 << 20))];
    let failed = Writer::create(&path, &deterministic(), objects);
    assert!(matches!(failed, Err(Error::Input(_))));
    assert!(!path.exists());
    let options = CreateOptions {
        capacity: MAX_DESCRIPTORS + 1,
        ..deterministic()
    };
    assert!(matches!(
        Writer::create(&path, &options, vec![]),
        Err(Error::Capacity { .. })
    ));
    let options = CreateOptions {
        launch_script: "#".repeat(32),
        ..deterministic()
    };
    let refused = Writer::create(&path, &options, vec![]);
    assert!(matches!(
        refused,
        Err(Error::LaunchScriptTooLong { len: 32 })
    ));
    assert!(!path.exists());
}

#[test]
fn an_addition_that_fails_leaves_the_image_byte_for_byte() {
    let (_folder, path) = ordinary();
    let before = std::fs::read(&path).unwrap();
    let mut writer = Writer::open(&path).unwrap();
    for (object, why) in [
        (
            ObjectInput::new(DataType::Generic, Failing(3 << 20)),
            "data",
        ),
        (
            ObjectInput::new(DataType::Generic, &b"x"[..]).named("n".repeat(129)),
            "name",
        ),
        (
            ObjectInput::new(DataType::Generic, &b"x"[..]).with_extra(&[1; 385]),
            "extra",
        ),
        (
            ObjectInput::new(DataType::Generic, &b"x"[..]).in_group(Some(0)),
            "group",
        ),
        (
            ObjectInput::new(DataType::Generic, &b"x"[..]).linked_to(Link::Object(0)),
            "link",
        ),
    ] {
        assert!(writer.add(object, Stamp::Auto).is_err(), "{why}");
        assert!(std::fs::read(&path).unwrap() == before, "{why}");
        assert_eq!(writer.image().size(), before.len() as u64);
    }
    assert_eq!(
        writer
            .add(ObjectInput::new(DataType::Generic, &b"x"[..]), Stamp::Auto)
            .unwrap(),
        5
    );
    assert_eq!(Image::open(&path).unwrap().findings(), []);
}

#[test]
fn a_changed_image_reads_back_whole() {
    let (_folder, path) = ordinary();
    let mut writer = Writer::open(&path).unwrap();
    let overlay = Partition {
        file_system: FsType::Ext3,
        kind: PartitionType::Overlay,
        arch: Some(Arch::Amd64),
    };
    let id = writer
        .add(
            ObjectInput::partition(&[7; 10_000][..], overlay),
            Stamp::Auto,
        )
        .unwrap();
    writer
        .delete(
            2,
            DeleteOptions {
                zero: true,
                ..DeleteOptions::default()
            },
        )
        .unwrap();
    writer.sync().unwrap();
    let image = Image::open(&path).unwrap();
    assert_eq!(image.findings(), []);
    assert_eq!(
        image
            .descriptors()
            .map(|object| object.id())
            .collect::<Vec<_>>(),
        [1, 3, 4, 5]
    );
    assert_eq!(
        image.read(image.object(id).unwrap(), 1 << 20).unwrap(),
        [7; 10_000]
    );
    assert_eq!(image.object(id).unwrap().offset() % 4096, 0);
}

#[test]
fn only_a_system_partition_becomes_primary() {
    let (_folder, path) = ordinary();
    let before = std::fs::read(&path).unwrap();
    let mut writer = Writer::open(&path).unwrap();
    writer.set_primary(3, Stamp::Auto).unwrap();
    assert!(matches!(
        writer.set_primary(1, Stamp::Auto),
        Err(Error::NotAPartition)
    ));
    assert!(matches!(
        writer.set_oci_digest(1, sifter_sif::OciDigest::new([0; 32]), Stamp::Auto),
        Err(Error::UnexpectedDataType { .. })
    ));
    assert_eq!(
        std::fs::read(&path).unwrap(),
        before,
        "none of these writes anything"
    );
    let data = Partition {
        file_system: FsType::Raw,
        kind: PartitionType::Data,
        arch: Some(Arch::Arm64),
    };
    let id = writer
        .add(ObjectInput::partition(&b"data"[..], data), Stamp::Auto)
        .unwrap();
    assert!(matches!(
        writer.set_primary(id, Stamp::Auto),
        Err(Error::NotASystemPartition)
    ));
}

#[test]
fn a_damaged_image_is_not_changed() {
    let (_folder, path) = ordinary();
    let whole = std::fs::read(&path).unwrap();
    for (offset, number, why) in [
        (112, 200, "data section over the table"),
        (112, 1 << 60, "data section far outside"),
        (4096 + 17, 64, "object over the header"),
        (4096 + 25, 1 << 50, "object past the end"),
        (4096 + 25, -1, "negative size"),
        (4096 + 25, 2000, "objects overlapping"),
    ] {
        let mut bytes = whole.clone();
        put(&mut bytes, offset, number);
        std::fs::write(&path, &bytes).unwrap();
        let refused = Writer::open(&path);
        assert!(
            matches!(refused, Err(Error::Damaged(_))),
            "{why}: {refused:?}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{why}");
    }
}

#[cfg(unix)]
#[test]
fn an_image_is_executable_like_a_program() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = ordinary();
    assert_ne!(
        std::fs::metadata(path).unwrap().permissions().mode() & 0o100,
        0
    );
}

#[test]
fn equal_content_gives_equal_bytes_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, options: &CreateOptions| {
        let path = folder.path().join(name);
        let objects = vec![ObjectInput::new(DataType::Generic, &b"same"[..])];
        Writer::create(&path, options, objects).unwrap();
        std::fs::read(path).unwrap()
    };
    assert_eq!(make("1", &deterministic()), make("2", &deterministic()));
    let random = CreateOptions::default();
    assert_ne!(
        make("3", &random),
        make("4", &random),
        "ordinary images have an identity"
    );
}
