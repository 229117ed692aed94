//! Images changed by the writer equal those the reference writer changed, byte for byte.

use sifter_sif::{
    Arch, DataType, DeleteOptions, Error, FsType, ObjectInput, OciDigest, Partition, PartitionType,
    Selector, Stamp,
};

use crate::golden_writer::{Case, T, a, b, named_and_timed, p};
use crate::samples::{deterministic, digest, primary};

const CLEAN: DeleteOptions = DeleteOptions {
    zero: false,
    compact: false,
    stamp: Stamp::Deterministic,
};

fn partition(data: &'static [u8], kind: PartitionType, arch: Arch) -> ObjectInput<'static> {
    let partition = Partition {
        file_system: FsType::Raw,
        kind,
        arch: Some(arch),
    };
    ObjectInput::partition(data, partition)
}

fn blob(data: &'static [u8]) -> ObjectInput<'static> {
    ObjectInput::oci_blob(data, digest(data))
}

#[test]
fn deleted_objects_equal_the_reference() {
    let delete = |name, id, zero, compact| {
        Case(name).change(&deterministic(), vec![a(), b()], |writer| {
            writer
                .delete(
                    id,
                    DeleteOptions {
                        zero,
                        compact,
                        stamp: Stamp::Auto,
                    },
                )
                .unwrap();
        });
    };
    delete("TestDeleteObject/OneZero", 1, true, false);
    delete("TestDeleteObject/OneCompact", 1, false, true);
    delete("TestDeleteObject/OneZeroCompact", 1, true, true);
    delete("TestDeleteObject/TwoZero", 2, true, false);
    delete("TestDeleteObject/TwoCompact", 2, false, true);
    delete("TestDeleteObject/TwoZeroCompact", 2, true, true);
    let compact = DeleteOptions {
        compact: true,
        ..CLEAN
    };
    Case("TestDeleteObject/Compact").change(&deterministic(), vec![a(), b()], |writer| {
        writer.delete(1, compact).unwrap();
        writer.delete(2, compact).unwrap();
    });
    Case("TestDeleteObject/Deterministic").change(&named_and_timed(), vec![a()], |writer| {
        writer.delete(1, CLEAN).unwrap();
    });
    Case("TestDeleteObject/WithTime").change(&deterministic(), vec![a()], |writer| {
        writer
            .delete(
                1,
                DeleteOptions {
                    stamp: Stamp::At(T),
                    ..CLEAN
                },
            )
            .unwrap();
    });
    let primary = ObjectInput::partition(&[0xFA, 0xCE][..], primary(Arch::I386));
    Case("TestDeleteObject/PrimaryPartition").change(&deterministic(), vec![primary], |writer| {
        writer.delete(1, CLEAN).unwrap();
    });
    Case("TestDeleteObject/ErrObjectNotFound").change(&deterministic(), vec![], |writer| {
        assert!(matches!(
            writer.delete(1, CLEAN),
            Err(Error::ObjectNotFound)
        ));
    });
}

#[test]
fn several_objects_deleted_at_once_equal_the_reference() {
    let generic = [Selector::DataType(DataType::Generic)];
    let compact = DeleteOptions {
        compact: true,
        ..CLEAN
    };
    Case("TestDeleteObjects/DataType").change(&deterministic(), vec![a(), b()], |writer| {
        writer.delete_where(&generic, CLEAN).unwrap();
    });
    Case("TestDeleteObjects/DataTypeCompact").change(&deterministic(), vec![a(), b()], |writer| {
        writer.delete_where(&generic, compact).unwrap();
    });
    let case = Case("TestDeleteObjects/PrimaryPartitionCompact");
    case.change(&deterministic(), vec![p()], |writer| {
        let primary = Selector::PartitionType(PartitionType::PrimarySystem);
        writer.delete_where(&[primary], compact).unwrap();
    });
    Case("TestDeleteObjects/ErrObjectNotFound").change(&deterministic(), vec![], |writer| {
        assert!(matches!(
            writer.delete_where(&generic, CLEAN),
            Err(Error::ObjectNotFound)
        ));
    });
}

#[test]
fn space_at_the_end_is_used_again_as_the_reference_does() {
    for (name, zero, compact) in [
        ("TestDeleteObjectAndAddObject/NoCompact", false, false),
        ("TestDeleteObjectAndAddObject/Compact", false, true),
        ("TestDeleteObjectAndAddObject/Zero", true, false),
        ("TestDeleteObjectAndAddObject/ZeroCompact", true, true),
    ] {
        let object = |text: &'static str| ObjectInput::new(DataType::Generic, text.as_bytes());
        let objects = vec![object("abc"), object("def")];
        Case(name).change(&deterministic(), objects, |writer| {
            writer
                .delete(
                    2,
                    DeleteOptions {
                        zero,
                        compact,
                        ..CLEAN
                    },
                )
                .unwrap();
            assert_eq!(
                writer.add(object("ghi"), Stamp::Auto).unwrap(),
                2,
                "the slot is reused"
            );
        });
    }
}

#[test]
fn another_primary_partition_equals_the_reference() {
    let system = || partition(&[0xFA, 0xCE], PartitionType::System, Arch::I386);
    let two = || {
        let first = partition(&[0xFA, 0xCE], PartitionType::PrimarySystem, Arch::I386);
        vec![
            first,
            partition(&[0xFE, 0xED], PartitionType::System, Arch::Amd64),
        ]
    };
    Case("TestSetPrimPart/One").change(&deterministic(), vec![system()], |writer| {
        writer.set_primary(1, Stamp::Auto).unwrap();
    });
    Case("TestSetPrimPart/Two").change(&deterministic(), two(), |writer| {
        writer.set_primary(2, Stamp::Auto).unwrap();
    });
    Case("TestSetPrimPart/WithTime").change(&deterministic(), two(), |writer| {
        writer.set_primary(2, Stamp::At(T)).unwrap();
    });
    Case("TestSetPrimPart/Deterministic").change(&named_and_timed(), vec![system()], |writer| {
        writer.set_primary(1, Stamp::Deterministic).unwrap();
    });
    Case("TestSetPrimPart/ErrObjectNotFound").change(&deterministic(), vec![], |writer| {
        assert!(matches!(
            writer.set_primary(1, Stamp::Auto),
            Err(Error::ObjectNotFound)
        ));
    });
}

#[test]
fn replaced_metadata_equals_the_reference() {
    let other: OciDigest =
        "sha256:93a6ab73f77ce27501f74bb35af9b4da5b964c62f96175a1bc0e8ba2ae0dec08"
            .parse()
            .unwrap();
    let (one, two) = (&[0xFA, 0xCE][..], &[0xFE, 0xED][..]);
    for (suite, digest) in [
        ("TestSetMetadata", digest(b"")),
        ("TestFileImage_SetOCIBlobDigest", other),
    ] {
        for (name, options, objects, id, stamp) in [
            ("One", deterministic(), vec![blob(one)], 1, Stamp::Auto),
            (
                "Two",
                deterministic(),
                vec![blob(one), blob(two)],
                2,
                Stamp::Auto,
            ),
            (
                "WithTime",
                deterministic(),
                vec![blob(one)],
                1,
                Stamp::At(T),
            ),
            (
                "Deterministic",
                named_and_timed(),
                vec![blob(one)],
                1,
                Stamp::Deterministic,
            ),
        ] {
            let case = Case(Box::leak(format!("{suite}/{name}").into_boxed_str()));
            case.change(&options, objects, |writer| {
                writer.set_oci_digest(id, digest, stamp).unwrap();
            });
        }
    }
}
