//! Opening images: what is read, what is refused and by which name.

use std::fs::OpenOptions;
use std::io::{Read, Seek, Write};
use std::sync::atomic::Ordering;

use sifter_sif::{
    Arch, DataType, Error, FsType, Image, Link, MAX_DESCRIPTORS, PartitionType, Selector,
};

use crate::samples::{self, Counting, ordinary, ordinary_bytes, put};

const TABLE: usize = 4096;

#[test]
fn opening_a_20_gib_image_reads_less_than_64_kib() {
    let (_folder, path) = ordinary();
    let mut bytes = std::fs::read(&path).unwrap();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(20 << 30).unwrap();
    // The partition takes up the rest of the (sparse) file.
    let partition = TABLE + 2 * 585;
    let offset = i64::from_le_bytes(bytes[partition + 17..partition + 25].try_into().unwrap());
    put(&mut bytes, partition + 25, (20 << 30) - offset);
    file.rewind().unwrap();
    file.write_all(&bytes).unwrap();

    let source = Counting::open(&path);
    let image = Image::load(&source).unwrap();
    let facts = image.facts().unwrap();
    assert_eq!(facts.size, 20 << 30);
    assert_eq!(image.object(3).unwrap().size(), (20 << 30) - offset);
    let read = source.read.load(Ordering::Relaxed);
    assert!(read > 0 && read < 64 << 10, "{read} bytes were read");
}

#[test]
fn facts_of_an_ordinary_image_tell_what_it_is() {
    let (_folder, path) = ordinary();
    let image = Image::open(&path).unwrap();
    let facts = image.facts().unwrap();
    assert_eq!(facts.architecture, Some(Arch::Amd64));
    assert_eq!(facts.architecture.unwrap().name(), "amd64");
    assert_eq!(facts.size, std::fs::metadata(&path).unwrap().len());
    assert_eq!((facts.signatures, facts.is_signed()), (1, true));
    assert!(!facts.encrypted && !facts.oci);
    assert_eq!(facts.file_system, Some(FsType::Squashfs));
    assert!(facts.created.is_some() && facts.id.is_some());
    assert_eq!(
        facts.launch_script.as_deref(),
        Some("#!/usr/bin/env run-singularity")
    );
    assert_eq!(facts.objects, 4);
    assert_eq!(facts.findings, []);
}

#[test]
fn selectors_combine_and_refuse_zero() {
    let bytes = ordinary_bytes();
    let image = Image::load(&bytes[..]).unwrap();
    let ids = |selectors: &[Selector]| -> Vec<u32> {
        image
            .select(selectors)
            .unwrap()
            .iter()
            .map(|object| object.id())
            .collect()
    };
    assert_eq!(ids(&[]), [1, 2, 3, 4]);
    assert_eq!(ids(&[Selector::Group(1)]), [1, 2, 3]);
    assert_eq!(ids(&[Selector::NoGroup]), [4]);
    assert_eq!(ids(&[Selector::LinkedGroup(1)]), [4]);
    assert_eq!(ids(&[Selector::LinkedObject(1)]), [] as [u32; 0]);
    assert_eq!(
        ids(&[Selector::PartitionType(PartitionType::PrimarySystem)]),
        [3]
    );
    assert_eq!(
        ids(&[Selector::Group(1), Selector::DataType(DataType::Definition)]),
        [1]
    );
    assert!(matches!(image.object(0), Err(Error::InvalidObjectId)));
    assert!(matches!(
        image.select(&[Selector::Group(0)]),
        Err(Error::InvalidGroupId)
    ));
    assert!(matches!(image.object(9), Err(Error::ObjectNotFound)));
    assert!(matches!(
        image.single(&[Selector::Group(1)]),
        Err(Error::MultipleObjects)
    ));
    assert_eq!(image.object(4).unwrap().link(), Some(Link::Group(1)));
}

#[test]
fn data_is_read_up_to_a_limit_and_streamed_beyond() {
    let bytes = ordinary_bytes();
    let image = Image::load(&bytes[..]).unwrap();
    let object = image.object(1).unwrap();
    let text = samples::DEFINITION.as_bytes();
    let size = text.len() as u64;
    assert_eq!(image.read(object, size).unwrap(), text);
    assert!(matches!(
        image.read(object, size - 1),
        Err(Error::ObjectTooLarge { .. })
    ));
    let mut streamed = Vec::new();
    image
        .reader(object)
        .unwrap()
        .read_to_end(&mut streamed)
        .unwrap();
    assert_eq!(streamed, text);
}

#[test]
fn files_that_are_no_images_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Image::open(folder.path().join("missing.sif"));
    assert!(matches!(missing, Err(Error::Open { .. })));
    assert!(matches!(
        Image::open(folder.path()),
        Err(Error::NotAFile { .. })
    ));
    assert!(matches!(
        Image::load(&[][..]),
        Err(Error::Truncated {
            what: "header",
            len: 0,
            ..
        })
    ));
    assert!(matches!(Image::load(&[b'x'; 100][..]), Err(Error::NotSif)));
    assert!(matches!(Image::load(&[b'x'; 4096][..]), Err(Error::NotSif)));
}

#[test]
fn an_image_cut_anywhere_is_called_incomplete() {
    let bytes = ordinary_bytes();
    for len in [1, 31, 40, 127, 128, 4096, 4097, 32_175] {
        let cut = Image::load(&bytes[..len]);
        assert!(
            matches!(cut, Err(Error::Truncated { .. })),
            "cut at {len}: {cut:?}"
        );
    }
    for len in [32_176, 32_190, bytes.len() - 1] {
        let image = Image::load(&bytes[..len]).unwrap();
        let error = image.facts().unwrap_err();
        assert!(
            matches!(error, Error::ObjectPastEnd { .. }),
            "cut at {len}: {error}"
        );
    }
}

#[test]
fn impossible_tables_are_refused_before_memory_is_set_aside() {
    let whole = ordinary_bytes();
    let with = |offset: usize, number: i64| {
        let mut bytes = whole.clone();
        put(&mut bytes, offset, number);
        Image::load(bytes).map(drop)
    };
    for total in [
        -1,
        i64::MIN,
        i64::MAX,
        i64::from(MAX_DESCRIPTORS) + 1,
        1 << 32,
    ] {
        assert!(
            matches!(with(88, total), Err(Error::DescriptorCount { .. })),
            "{total}"
        );
    }
    assert!(matches!(
        with(88, 49),
        Err(Error::TableSize { total: 49, .. })
    ));
    assert!(matches!(
        with(104, 28_079),
        Err(Error::TableSize { size: 28_079, .. })
    ));
    assert!(matches!(with(104, -1), Err(Error::TableSize { .. })));
    assert!(matches!(
        with(96, -1),
        Err(Error::TableOffset { offset: -1 })
    ));
    assert!(matches!(
        with(96, i64::MAX),
        Err(Error::Truncated {
            what: "descriptor table",
            ..
        })
    ));
    assert!(matches!(with(96, 40_000), Err(Error::Truncated { .. })));
    assert!(
        with(104, 30_000).is_ok(),
        "a table with room to spare is accepted"
    );
    assert!(
        with(88, 0).is_ok(),
        "an image without descriptors is accepted"
    );
}

#[test]
fn objects_at_impossible_places_are_named() {
    let whole = ordinary_bytes();
    for (field, number) in [
        (17, -1),
        (25, -1),
        (25, i64::MAX),
        (17, i64::MAX),
        (25, 1 << 40),
    ] {
        let mut bytes = whole.clone();
        put(&mut bytes, TABLE + field, number);
        let image = Image::load(bytes).unwrap();
        let error = image.read(image.object(1).unwrap(), u64::MAX).unwrap_err();
        assert!(
            matches!(
                error,
                Error::ObjectRange { id: 1, .. } | Error::ObjectPastEnd { id: 1, .. }
            ),
            "{field} {number}: {error}"
        );
        assert!(image.facts().is_err());
        assert!(
            image.read(image.object(2).unwrap(), 1024).is_ok(),
            "the others stay readable"
        );
    }
}

#[test]
fn what_the_reference_accepts_silently_becomes_a_finding() {
    let whole = ordinary_bytes();
    let findings = |change: &dyn Fn(&mut Vec<u8>)| -> Vec<String> {
        let mut bytes = whole.clone();
        change(&mut bytes);
        let image = Image::load(bytes).unwrap();
        image.findings().iter().map(ToString::to_string).collect()
    };
    let second = TABLE + 585;
    let third = second + 585;
    assert_eq!(findings(&|_| ()), [""; 0]);
    assert_eq!(
        findings(&|bytes| put(bytes, 80, 48)),
        ["the header states 48 free descriptors, 44 are"]
    );
    assert_eq!(
        findings(&|bytes| bytes[second + 5] = 1),
        [
            "object id 1 is used more than once",
            "the object in slot 1 has id 1"
        ]
    );
    assert_eq!(
        findings(&|bytes| bytes[46] = b'4'),
        ["header and primary partition name different architectures"]
    );
    assert_eq!(
        findings(&|bytes| bytes.push(0)),
        ["1 bytes follow the last object"]
    );
    assert_eq!(
        findings(&|bytes| put(bytes, second + 17, 32_180)),
        ["objects 1 and 2 overlap"]
    );
    assert_eq!(
        findings(&|bytes| put(bytes, second + 17, 100)),
        ["object 2 overlaps the header or the descriptor table"]
    );
    assert_eq!(
        findings(&|bytes| put(bytes, third + 25, -5)),
        ["object 3 has an impossible position"]
    );
    assert_eq!(
        findings(&|bytes| put(bytes, 112, 4096)),
        ["the data section overlaps the descriptor table"]
    );
    assert_eq!(
        findings(&|bytes| bytes[TABLE + 4] = 200),
        [""; 0],
        "any used byte means used"
    );
}

#[test]
fn unused_slots_may_hold_garbage() {
    let mut bytes = ordinary_bytes();
    let slot = TABLE + 10 * 585;
    bytes[slot..slot + 585].fill(0xEE);
    bytes[slot + 4] = 0;
    let image = Image::load(bytes).unwrap();
    assert_eq!(image.descriptors().count(), 4);
    assert_eq!(image.findings(), []);
}
