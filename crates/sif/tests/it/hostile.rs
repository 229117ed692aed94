//! Arbitrary and mutated bytes never panic, never allocate by an unchecked length; what is written
//! is what is read.

use std::sync::LazyLock;

use proptest::prelude::*;
use sifter_sif::{
    Arch, DataType, FsType, Image, Link, ObjectInput, Partition, PartitionType, Stamp, Writer,
    header_text, info_text, list_text,
};

use crate::samples::{deterministic, ordinary_bytes};

static ORDINARY: LazyLock<Vec<u8>> = LazyLock::new(ordinary_bytes);

/// Uses everything the crate offers on an image; only errors may come of it.
fn exercise(bytes: &[u8]) {
    let Ok(image) = Image::load(bytes) else {
        return;
    };
    let _ = (
        header_text(image.header()),
        list_text(&image),
        image.findings(),
    );
    let _ = (image.facts(), image.inspect());
    for object in image.descriptors() {
        let _ = info_text(object);
        if let Ok(data) = image.read(object, u64::MAX) {
            assert!(data.len() <= bytes.len());
        }
    }
}

/// Numbers that break arithmetic more often than random ones do.
fn awkward() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        Just(0),
        Just(-1),
        Just(i64::MIN),
        Just(i64::MAX),
        Just(i64::from(u32::MAX)),
        -600..40_000_i64,
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
        exercise(&bytes);
    }

    #[test]
    fn an_arbitrary_header_does_no_harm(
        numbers in prop::collection::vec(awkward(), 8),
        len in 128..40_000_usize,
    ) {
        let mut bytes = ORDINARY.clone();
        bytes.resize(len, 0xA5);
        for (slot, number) in bytes[64..128].chunks_exact_mut(8).zip(numbers) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
        exercise(&bytes);
    }

    #[test]
    fn mutated_images_do_no_harm(
        bytes in prop::collection::vec((0..7_000_usize, any::<u8>()), 0..8),
        numbers in prop::collection::vec((0..4_usize, 0..8_usize, awkward()), 0..4),
        cut in prop::option::of(0..40_000_usize),
    ) {
        let mut image = ORDINARY.clone();
        for (object, field, number) in numbers {
            let offset = 4096 + object * 585 + 17 + field * 8;
            image[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
        }
        for (position, byte) in bytes {
            image[position] = byte;
        }
        image.truncate(cut.unwrap_or(usize::MAX));
        exercise(&image);
    }

    #[test]
    fn changing_a_mutated_image_never_harms_the_data_of_another_object(
        numbers in prop::collection::vec((0..12_usize, awkward()), 1..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mutated.sif");
        let mut bytes = ORDINARY.clone();
        for (field, number) in numbers {
            let offset = if field < 8 { 64 + field * 8 } else { 4096 + 17 + (field - 8) * 8 };
            bytes[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
        }
        std::fs::write(&path, &bytes).unwrap();
        if let Ok(mut writer) = Writer::open(&path) {
            let before = contents(&Image::open(&path).unwrap());
            let added = ObjectInput::new(DataType::Generic, &b"added"[..]);
            if writer.add(added, Stamp::Deterministic).is_ok() {
                let mut after = contents(&Image::open(&path).unwrap());
                // The first unused slot is taken, which need not be the last one in use.
                let place = after.iter().position(|data| data == b"added").unwrap();
                after.remove(place);
                prop_assert_eq!(after, before);
            }
        }
    }

    #[test]
    fn what_is_written_is_what_is_read(objects in prop::collection::vec(object(), 0..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("written.sif");
        let inputs = objects.iter().map(Object::input).collect();
        Writer::create(&path, &deterministic(), inputs).unwrap();
        let image = Image::open(&path).unwrap();
        prop_assert_eq!(image.findings(), []);
        let read: Vec<Object> = image
            .descriptors()
            .map(|found| Object {
                partition: found.partition().ok().map(|p| (p.file_system, p.arch.unwrap())),
                name: found.name().unwrap_or_default(),
                group: found.group(),
                link: found.link(),
                alignment: 0,
                data: image.read(found, 1 << 20).unwrap(),
            })
            .collect();
        for (position, (found, object)) in read.iter().zip(&objects).enumerate() {
            prop_assert_eq!(found, &Object { alignment: 0, ..object.clone() });
            let offset = image.object(position as u32 + 1).unwrap().offset();
            prop_assert_eq!(offset % i64::from(object.alignment.max(1)), 0);
        }
        prop_assert_eq!(read.len(), objects.len());
    }
}

fn contents(image: &Image) -> Vec<Vec<u8>> {
    image
        .descriptors()
        .map(|object| image.read(object, u64::MAX).unwrap())
        .collect()
}

#[derive(Debug, Clone, PartialEq)]
struct Object {
    partition: Option<(FsType, Arch)>,
    name: String,
    group: Option<u32>,
    link: Option<Link>,
    alignment: u32,
    data: Vec<u8>,
}

impl Object {
    fn input(&self) -> ObjectInput<'_> {
        let mut input = match self.partition {
            None => ObjectInput::new(DataType::Generic, &self.data[..]),
            Some((file_system, arch)) => ObjectInput::partition(
                &self.data[..],
                Partition {
                    file_system,
                    kind: PartitionType::Data,
                    arch: Some(arch),
                },
            ),
        };
        if let Some(link) = self.link {
            input = input.linked_to(link);
        }
        input
            .named(&self.name)
            .in_group(self.group)
            .aligned_to(self.alignment)
    }
}

fn object() -> impl Strategy<Value = Object> {
    let arch = prop::sample::select(Arch::all().collect::<Vec<_>>());
    let file_system = (1..8).prop_map(FsType::from_code);
    let number = 1..0x1000_0000_u32;
    (
        prop::option::of((file_system, arch)),
        "[a-zA-Z0-9 ./-]{0,128}",
        prop::option::of(number.clone()),
        prop::option::of(prop_oneof![
            number.clone().prop_map(Link::Object),
            number.prop_map(Link::Group)
        ]),
        0..9000_u32,
        prop::collection::vec(any::<u8>(), 0..3000),
    )
        .prop_map(|(partition, name, group, link, alignment, data)| Object {
            partition,
            name,
            group,
            link,
            alignment,
            data,
        })
}
