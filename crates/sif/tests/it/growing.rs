//! Images without a free slot: what a larger table leaves as it was, and what is left when it does not come about.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use sifter_sif::{
    Arch, CreateOptions, DataType, Descriptor, Error, Image, MAX_DESCRIPTORS, ObjectInput, Stamp,
    Writer,
};
use tempfile::TempDir;

use crate::samples::{ordinary_objects, primary, put};

/// Tells the other program which image to enlarge and when to end.
const ORDERS: &str = "GROWING_ORDERS";

pub(crate) fn never(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// An image with as many slots as objects, the last of which takes several steps to copy.
pub(crate) fn full_in(folder: &Path, size: usize) -> PathBuf {
    let path = folder.join("full.sif");
    let data: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    let mut objects = ordinary_objects();
    objects.push(ObjectInput::new(DataType::Generic, &data[..]).aligned_to(1 << 20));
    let options = CreateOptions {
        capacity: u32::try_from(objects.len()).unwrap(),
        ..CreateOptions::default()
    };
    Writer::create(&path, &options, objects).unwrap();
    path
}

fn full() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = full_in(folder.path(), 1 << 20);
    (folder, path)
}

/// What an image holds, apart from where it lies.
fn held(image: &Image) -> Vec<(Descriptor, Vec<u8>)> {
    let objects = image.descriptors();
    objects
        .map(|object| (object.clone(), image.read(object, u64::MAX).unwrap()))
        .collect()
}

/// Every object is what it was, at a place with the same alignment; `more` objects are new.
#[track_caller]
fn assert_kept(before: &[(Descriptor, Vec<u8>)], header: &sifter_sif::Header, path: &Path) {
    let image = Image::open(path).unwrap();
    assert_eq!(image.findings(), []);
    let after = held(&image);
    assert!(after.len() >= before.len());
    for ((old, old_data), (new, data)) in before.iter().zip(&after) {
        assert!(old_data == data, "object {}", old.id());
        let (mut one, mut other) = (old.encode(), new.encode());
        let moved = 17..25;
        one[moved.clone()].fill(0);
        other[moved].fill(0);
        assert_eq!(one, other, "only the place of object {} differs", old.id());
        let distance = u64::try_from(new.offset() - old.offset()).unwrap();
        assert_eq!(distance % (64 << 10), 0);
        if old.size_with_padding() > old.size() {
            let alignment = 1_i64 << old.offset().trailing_zeros().min(21);
            assert_eq!(new.offset() % alignment, 0);
        }
    }
    let now = image.header();
    assert_eq!(
        (now.launch_script, now.arch_code, now.id, now.created),
        (
            header.launch_script,
            header.arch_code,
            header.id,
            header.created
        )
    );
}

/// The names in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_full_image_takes_another_object_and_keeps_those_it_has() {
    let (folder, path) = full();
    let image = Image::open(&path).unwrap();
    let (before, header) = (held(&image), image.header().clone());
    let more = ObjectInput::new(DataType::Generic, &b"one more"[..]);
    let writer = Writer::open(&path).unwrap();
    let (writer, id) = writer.add_with_room(more, Stamp::Auto, &mut never).unwrap();
    assert_eq!(id, 6);
    drop(writer);
    assert_kept(&before, &header, &path);
    let image = Image::open(&path).unwrap();
    assert_eq!(
        image.read(image.object(6).unwrap(), 64).unwrap(),
        b"one more"
    );
    assert_eq!(image.header().descriptors_total, 5 + 48);
    assert_eq!(image.header().descriptors_free, 47);
    assert_eq!(names(folder.path()), ["full.sif"]);
    // There is room now, so that the file is changed where it lies.
    let len = fs::metadata(&path).unwrap().len();
    let writer = Writer::open(&path).unwrap();
    let writer = writer.with_room_for(47, &mut |_| panic!("nothing is copied"));
    drop(writer.unwrap());
    assert_eq!(fs::metadata(&path).unwrap().len(), len);
}

#[test]
fn a_table_grows_where_it_lies_when_the_layout_has_space_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.sif");
    let options = CreateOptions {
        capacity: 1,
        ..CreateOptions::default()
    };
    let object = ObjectInput::new(DataType::Generic, &b"old"[..]).aligned_to(8192);
    Writer::create(&path, &options, vec![object]).unwrap();
    // As old writers have it: the data section begins where its first object does.
    let mut bytes = fs::read(&path).unwrap();
    put(&mut bytes, 112, 8192);
    put(&mut bytes, 120, 3);
    put(&mut bytes, 4096 + 33, 3);
    fs::write(&path, bytes).unwrap();
    let image = Image::open(&path).unwrap();
    let (before, header) = (held(&image), image.header().clone());
    assert_eq!(image.findings(), []);
    let mut nothing = |_| panic!("nothing is copied");
    let writer = Writer::open(&path).unwrap();
    let writer = writer.with_room_for(6, &mut nothing).unwrap();
    assert_eq!(writer.image().header().descriptors_total, 7);
    drop(writer);
    assert_kept(&before, &header, &path);
    assert_eq!(
        Image::open(&path).unwrap().object(1).unwrap().offset(),
        8192
    );
    let writer = Writer::open(&path).unwrap();
    let writer = writer.with_room_for(7, &mut never).unwrap();
    assert_eq!(
        writer.image().object(1).unwrap().offset(),
        8192 + (64 << 10)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_in_an_image_reads_equal_in_a_larger_one(
        objects in prop::collection::vec(
            (
                prop::collection::vec(any::<u8>(), 0..3000),
                prop::sample::select(vec![0, 3, 1024, 4096, 1 << 16, 1 << 20]),
                0..3_u32,
            ),
            0..6,
        ),
        free in 0..2_u32,
        more in 1..300_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.sif");
        let inputs = objects.iter().map(|(data, alignment, group)| {
            ObjectInput::new(DataType::Generic, &data[..])
                .aligned_to(*alignment)
                .in_group(Some(*group).filter(|group| *group > 0))
        });
        let options = CreateOptions {
            capacity: u32::try_from(objects.len()).unwrap() + free,
            ..CreateOptions::default()
        };
        Writer::create(&path, &options, inputs.collect()).unwrap();
        let image = Image::open(&path).unwrap();
        let (before, header) = (held(&image), image.header().clone());
        let writer = Writer::open(&path).unwrap();
        let writer = writer.with_room_for(more, &mut never).unwrap();
        prop_assert_eq!(writer.image().header().modified, header.modified);
        drop(writer);
        assert_kept(&before, &header, &path);
        let image = Image::open(&path).unwrap();
        let unused = image.slots().len() - image.descriptors().count();
        prop_assert!(unused >= more);
    }
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_copied() {
    let (folder, path) = full();
    let before = fs::read(&path).unwrap();
    let second = ObjectInput::partition(&b"hsqs"[..], primary(Arch::Amd64));
    let long = ObjectInput::new(DataType::Generic, &b""[..]).named("n".repeat(129));
    for object in [second, long] {
        let writer = Writer::open(&path).unwrap();
        let refused =
            writer.add_with_room(object, Stamp::Auto, &mut |_| panic!("nothing is copied"));
        assert!(matches!(
            refused,
            Err(Error::PrimaryPartitionExists | Error::NameTooLong { .. })
        ));
    }
    let writer = Writer::open(&path).unwrap();
    let refused = writer.with_room_for(MAX_DESCRIPTORS as usize, &mut never);
    assert!(matches!(refused, Err(Error::InsufficientCapacity)));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(folder.path()), ["full.sif"]);
}

#[test]
fn whoever_stops_has_the_old_image() {
    let (folder, path) = full();
    let before = fs::read(&path).unwrap();
    for last in 0.. {
        let mut calls = 0;
        let mut watch = |_| {
            calls += 1;
            match calls > last {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        match Writer::open(&path).unwrap().with_room_for(1, &mut watch) {
            Err(Error::Stopped) => assert!(fs::read(&path).unwrap() == before),
            Ok(_) => {
                assert!(last > 5, "it takes several steps, not {last}");
                break;
            }
            Err(error) => panic!("{error:?}"),
        }
        assert_eq!(names(folder.path()), ["full.sif"], "no draft stays");
    }
    assert!(fs::read(&path).unwrap() != before);
}

#[test]
fn an_image_that_others_change_meanwhile_is_left_to_them() {
    let (folder, path) = full();
    let mut theirs = fs::read(&path).unwrap();
    theirs.extend_from_slice(b"more");
    let mut watch = |copied| {
        if copied == 0 {
            fs::write(&path, &theirs).unwrap();
        }
        ControlFlow::Continue(())
    };
    let writer = Writer::open(&path).unwrap();
    let refused = writer.with_room_for(1, &mut watch);
    assert!(matches!(refused, Err(Error::ChangedMeanwhile { .. })));
    assert!(fs::read(&path).unwrap() == theirs);
    assert_eq!(names(folder.path()), ["full.sif"]);
}

/// The other program. Without orders there is nothing to do.
#[test]
#[ignore = "started by another test of this file"]
fn program() {
    let Ok(orders) = std::env::var(ORDERS) else {
        return;
    };
    let (last, path) = orders.split_once(' ').unwrap();
    let mut calls: u32 = last.parse().unwrap();
    // Ends as a program that is killed: nothing is tidied up.
    let mut watch = |_| match calls.checked_sub(1) {
        Some(left) => {
            calls = left;
            ControlFlow::Continue(())
        }
        None => std::process::exit(9),
    };
    Writer::open(path)
        .unwrap()
        .with_room_for(1, &mut watch)
        .unwrap();
}

#[test]
fn a_program_that_dies_on_the_way_leaves_the_old_image_and_the_next_one_cleans_up() {
    let (folder, path) = full();
    let image = Image::open(&path).unwrap();
    let (before, header) = (held(&image), image.header().clone());
    let bytes = fs::read(&path).unwrap();
    for last in 0.. {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["growing::program", "--exact", "--ignored"])
            .env(ORDERS, format!("{last} {}", path.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let names = names(folder.path());
        if status.success() {
            assert_eq!(names, ["full.sif"], "what the others left is gone");
            assert!(last > 5, "it takes several steps, not {last}");
            break;
        }
        assert_eq!(status.code(), Some(9));
        assert!(fs::read(&path).unwrap() == bytes, "died after {last} steps");
        assert_eq!(names.len(), 2, "its own draft and no other: {names:?}");
    }
    assert_kept(&before, &header, &path);
}

#[test]
fn a_draft_that_somebody_is_writing_stays() {
    let (folder, path) = full();
    let [theirs, abandoned, other] =
        [".sifter-a.draft", ".sifter-b.draft", "c.draft"].map(|name| folder.path().join(name));
    let writing = fs::File::create(&theirs).unwrap();
    writing.lock().unwrap();
    fs::write(&abandoned, "half").unwrap();
    fs::write(&other, "no draft of ours").unwrap();
    let writer = Writer::open(&path).unwrap();
    drop(writer.with_room_for(1, &mut never).unwrap());
    assert!(theirs.exists() && other.exists());
    assert!(!abandoned.exists());
}

#[cfg(unix)]
#[test]
fn permissions_and_links_to_the_image_stay_what_they_are() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = full();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.sif");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for mode in [0o640, 0o755] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let free = Image::open(&path).unwrap().slots().len();
        let writer = Writer::open(&link).unwrap();
        drop(writer.with_room_for(free, &mut never).unwrap());
        let found = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(found & 0o7777, mode);
    }
    assert_eq!(fs::read_link(&link).unwrap(), path);
    assert_eq!(names(elsewhere.path()), ["link.sif"]);
    assert_eq!(names(folder.path()), ["full.sif"]);
}
