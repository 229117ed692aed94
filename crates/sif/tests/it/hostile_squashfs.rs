//! File systems made to harm their reader: nothing panics, nothing runs without end, nothing is allocated by a stated
//! length.

use std::fs::File;

use proptest::prelude::*;
use sifter_sif::{Error, Source as _, Squashfs};

use crate::looking::CONTAINERS;

/// Uses everything there is to use on a file system.
fn exercise(bytes: &[u8]) {
    let Ok(squashfs) = Squashfs::open(bytes) else {
        return;
    };
    let Ok(walk) = squashfs.walk("/") else {
        return;
    };
    let mut largest = 0;
    for walked in walk.take(2000) {
        let Ok(walked) = walked else {
            break;
        };
        if let Ok(content) = squashfs.read(&walked.path, 1 << 20) {
            largest = largest.max(content.len());
        }
    }
    assert!(largest <= 1 << 20);
    for path in [
        "/usr/upwards",
        "/circle-a",
        "/bin/tool",
        "/.singularity.d/runscript",
    ] {
        let _ = squashfs.followed(path);
    }
}

/// A container whose metadata is not compressed, so that a changed byte is a changed number and not a broken block.
fn plain() -> Vec<u8> {
    include_bytes!("../data/container.plain.sqfs").to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_bytes_do_no_harm(
        which in 0..CONTAINERS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = CONTAINERS[which].1.to_vec();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        exercise(&bytes);
    }

    #[test]
    fn changed_numbers_do_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), awkward()), 1..6),
    ) {
        let mut bytes = plain();
        for (place, number) in changes {
            let place = place.index(bytes.len() - 4);
            bytes[place..place + 4].copy_from_slice(&number.to_le_bytes());
        }
        exercise(&bytes);
    }

    #[test]
    fn a_changed_superblock_does_no_harm(
        changes in prop::collection::vec((0..24_usize, awkward()), 1..4),
    ) {
        let mut bytes = plain();
        for (place, number) in changes {
            bytes[place * 4..place * 4 + 4].copy_from_slice(&number.to_le_bytes());
        }
        exercise(&bytes);
    }

    #[test]
    fn a_file_system_that_was_cut_does_no_harm(which in 0..CONTAINERS.len(), at in any::<prop::sample::Index>()) {
        let bytes = CONTAINERS[which].1;
        let mut cut = bytes[..at.index(bytes.len())].to_vec();
        exercise(&cut);
        // The same with a length that says it is whole.
        if let Some(length) = cut.get(..96).map(|_| cut.len() as u64) {
            cut[40..48].copy_from_slice(&length.to_le_bytes());
            exercise(&cut);
        }
    }
}

fn awkward() -> impl Strategy<Value = u32> {
    prop_oneof![
        any::<u32>(),
        Just(0),
        Just(1),
        Just(u32::MAX),
        Just(0x7FFF_FFFF),
        Just(0x00FF_FFFF),
        Just(0x0100_0000),
        0..20_000_u32,
    ]
}

/// Puts together a file system without compression whose root is a folder with one name.
fn made(inode_of_child: u32, size_of_folder: u16) -> Vec<u8> {
    let mut bytes = vec![0; 96];
    let block = |bytes: &mut Vec<u8>, content: &[u8]| {
        bytes.extend((content.len() as u16 | 0x8000).to_le_bytes());
        bytes.extend(content);
    };
    let inodes = bytes.len() as u64;
    let mut root = Vec::new();
    for number in [1_u16, 0o755, 0, 0] {
        root.extend(number.to_le_bytes());
    }
    for number in [0_u32, 1, 0, 2] {
        root.extend(number.to_le_bytes());
    }
    root.extend(size_of_folder.to_le_bytes());
    root.extend(0_u16.to_le_bytes());
    root.extend(0_u32.to_le_bytes());
    block(&mut bytes, &root);
    let folders = bytes.len() as u64;
    let mut names = Vec::new();
    for number in [0_u32, inode_of_child, 1] {
        names.extend(number.to_le_bytes());
    }
    for number in [0_u16, 0, 1, 0] {
        names.extend(number.to_le_bytes());
    }
    names.push(b'd');
    block(&mut bytes, &names);
    let used = bytes.len() as u64;
    bytes[..4].copy_from_slice(b"hsqs");
    bytes[12..16].copy_from_slice(&4096_u32.to_le_bytes());
    bytes[20..22].copy_from_slice(&1_u16.to_le_bytes());
    bytes[22..24].copy_from_slice(&12_u16.to_le_bytes());
    bytes[28..30].copy_from_slice(&4_u16.to_le_bytes());
    for (offset, number) in [(40, used), (64, inodes), (72, folders), (80, u64::MAX)] {
        bytes[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

#[test]
fn a_folder_that_contains_itself_ends_at_a_depth() {
    let squashfs = Squashfs::open(made(0, 24)).unwrap();
    let mut walk = squashfs.walk("/").unwrap();
    let depth = walk.by_ref().take_while(Result::is_ok).count();
    assert_eq!(depth, 255);
    assert!(walk.next().is_none());
    assert!(squashfs.entry(&"d/".repeat(200)).is_ok());
    assert!(matches!(
        squashfs.entry(&"d/".repeat(300)),
        Err(Error::NoSuchFile { .. })
    ));
}

/// A file system of folders in folders, `depth` of them, in about fifty bytes each.
fn deep(depth: u32) -> Vec<u8> {
    /// How many inodes of 32 bytes, and how many names of 21, one block holds.
    const PER_BLOCK: (u32, u32) = (256, 390);
    let mut bytes = made(0, 24)[..96].to_vec();
    let (mut inodes, mut names) = (Vec::new(), Vec::new());
    for folder in 0..depth {
        let child = folder + 1;
        for number in [1_u16, 0o755, 0, 0] {
            inodes.extend(number.to_le_bytes());
        }
        for number in [0, child, folder / PER_BLOCK.1 * 8192, 1] {
            inodes.extend(number.to_le_bytes());
        }
        inodes.extend(if child == depth { 3_u16 } else { 24 }.to_le_bytes());
        inodes.extend((folder % PER_BLOCK.1 * 21).to_le_bytes()[..2].iter());
        inodes.extend(0_u32.to_le_bytes());
        for number in [0, child / PER_BLOCK.0 * 8194, child + 1] {
            names.extend(number.to_le_bytes());
        }
        names.extend((child % PER_BLOCK.0 * 32).to_le_bytes()[..2].iter());
        for number in [0_u16, 1, 0] {
            names.extend(number.to_le_bytes());
        }
        names.push(b'd');
    }
    let table = |bytes: &mut Vec<u8>, content: &[u8], size: usize| {
        for block in content.chunks(size) {
            bytes.extend((block.len() as u16 | 0x8000).to_le_bytes());
            bytes.extend(block);
        }
    };
    table(&mut bytes, &inodes, 8192);
    let folders = bytes.len() as u64;
    table(&mut bytes, &names, 8190);
    let used = bytes.len() as u64;
    bytes[40..48].copy_from_slice(&used.to_le_bytes());
    bytes[72..80].copy_from_slice(&folders.to_le_bytes());
    bytes
}

#[test]
fn folders_may_not_be_as_deep_as_a_stack() {
    let shallow = Squashfs::open(deep(200)).unwrap();
    assert_eq!(
        shallow.walk("/").unwrap().filter(Result::is_ok).count(),
        199
    );
    let deep = Squashfs::open(deep(20_000)).unwrap();
    let mut walk = deep.walk("/").unwrap();
    assert_eq!(walk.by_ref().take_while(Result::is_ok).count(), 255);
    assert!(walk.next().is_none());
}

#[test]
fn a_reference_out_of_its_table_is_damage() {
    let squashfs = Squashfs::open(made(60_000, 24)).unwrap();
    assert!(matches!(
        squashfs.entry("/d"),
        Err(Error::FileSystem { .. })
    ));
    // A folder that states to be longer than its table.
    let squashfs = Squashfs::open(made(0, 60_000)).unwrap();
    assert!(matches!(
        squashfs.list("/", 10),
        Err(Error::FileSystem { .. })
    ));
}

/// Lengths of what [`holes`] makes: the stretch without data, the data behind it, and the block of the file system.
const HOLE: u64 = 1 << 30;
const AFTER: &[u8] = b"behind the hole";
const BLOCK: u64 = 1 << 20;

/// A file system whose file `d` begins with a hole of a gigabyte, and ends with bytes or with a part of another hole.
fn holes(end_is_hole: bool) -> Vec<u8> {
    let mut bytes = made(0, 24);
    let (root, mut names) = (bytes[98..130].to_vec(), bytes[132..].to_vec());
    // The inode of the file lies behind that of the root.
    names[12..14].copy_from_slice(&(root.len() as u16).to_le_bytes());
    bytes.truncate(96);
    bytes.extend(AFTER);
    let inode_table = bytes.len() as u64;
    let mut inodes = root;
    for number in [9_u16, 0o644, 0, 0] {
        inodes.extend(number.to_le_bytes());
    }
    inodes.extend([0; 8]);
    for number in [96, HOLE + AFTER.len() as u64, 0] {
        inodes.extend(number.to_le_bytes());
    }
    for number in [1, u32::MAX, 0, u32::MAX] {
        inodes.extend(number.to_le_bytes());
    }
    inodes.extend(vec![0; (HOLE / BLOCK) as usize * 4]);
    let stored = AFTER.len() as u32 | 1 << 24;
    inodes.extend(if end_is_hole { 0 } else { stored }.to_le_bytes());
    let block = |bytes: &mut Vec<u8>, content: &[u8]| {
        bytes.extend((content.len() as u16 | 0x8000).to_le_bytes());
        bytes.extend(content);
    };
    block(&mut bytes, &inodes);
    let directory_table = bytes.len() as u64;
    block(&mut bytes, &names);
    let used = bytes.len() as u64;
    bytes[12..16].copy_from_slice(&(BLOCK as u32).to_le_bytes());
    bytes[22..24].copy_from_slice(&20_u16.to_le_bytes());
    for (offset, number) in [(40, used), (64, inode_table), (72, directory_table)] {
        bytes[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

#[test]
fn a_hole_is_taken_out_as_a_hole() {
    let folder = tempfile::tempdir().unwrap();
    let length = HOLE + AFTER.len() as u64;
    for end_is_hole in [false, true] {
        let image = holes(end_is_hole);
        assert!(image.len() < 8192);
        let squashfs = Squashfs::open(image).unwrap();
        let target = folder.path().join(format!("taken-{end_is_hole}"));
        assert_eq!(squashfs.extract("/d", &target, length).unwrap(), length);
        let taken = File::open(&target).unwrap();
        assert_eq!(taken.metadata().unwrap().len(), length);
        let mut end = [1; AFTER.len() + 1];
        taken.read_exact_at(&mut end, HOLE - 1).unwrap();
        let expected = if end_is_hole {
            [0; AFTER.len()].as_slice()
        } else {
            AFTER
        };
        assert_eq!((end[0], &end[1..]), (0, expected));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let on_disk = taken.metadata().unwrap().blocks() * 512;
            assert!(on_disk < BLOCK, "{on_disk} bytes");
        }
        assert!(matches!(
            squashfs.extract("/d", &folder.path().join("large"), length - 1),
            Err(Error::FileTooLarge { .. })
        ));
    }
}
