//! Enlarging an image where the disk is full or the folder cannot be written to.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sifter_sif::{Error, Image, Writer};

use crate::growing::{full_in, names, never};

/// Something mounted; gone when this is dropped.
struct Mount(PathBuf);

impl Mount {
    /// `None` where mounting is not permitted.
    fn new(arguments: &[&str], place: &Path) -> Option<Self> {
        let output = Command::new("mount").args(arguments).arg(place).output();
        let mounted = output.is_ok_and(|done| done.status.success());
        if !mounted {
            println!("skipped: mounting is not permitted here");
        }
        mounted.then(|| Self(place.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // What cannot be taken away ends with the computer.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// Enlarging fails, for want of a draft, with `kind`; the image is as it was, and nothing lies beside it.
#[track_caller]
fn assert_left_alone(path: &Path, kind: std::io::ErrorKind) {
    let before = fs::read(path).unwrap();
    let refused = Writer::open(path).unwrap().with_room_for(1, &mut never);
    match refused {
        Err(Error::Draft { source, .. }) => assert_eq!(source.kind(), kind),
        other => panic!("{other:?}"),
    }
    assert!(fs::read(path).unwrap() == before);
    assert_eq!(names(path.parent().unwrap()), ["full.sif"]);
    assert_eq!(Image::open(path).unwrap().findings(), []);
}

#[test]
fn a_full_disk_leaves_the_image_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_disk) = Mount::new(&["-t", "tmpfs", "-o", "size=4m", "tmpfs"], folder.path()) else {
        return;
    };
    let path = full_in(folder.path(), 3 << 20);
    assert_left_alone(&path, std::io::ErrorKind::StorageFull);
}

#[test]
fn a_folder_that_cannot_be_written_to_leaves_the_image_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    let path = full_in(&place, 1 << 20);
    fs::set_permissions(&place, fs::Permissions::from_mode(0o555)).unwrap();
    let probe = place.join("probe");
    if fs::write(&probe, "").is_err() {
        assert_left_alone(&path, std::io::ErrorKind::PermissionDenied);
        return fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    }
    // An administrator may write everywhere but on a disk that is read-only; the image alone is not.
    fs::remove_file(probe).unwrap();
    let image = folder.path().join("image.sif");
    fs::rename(&path, &image).unwrap();
    let Some(_folder) = Mount::new(&["-t", "tmpfs", "tmpfs"], &place) else {
        return;
    };
    fs::write(&path, "").unwrap();
    let read_only = Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(&place)
        .status();
    assert!(read_only.unwrap().success());
    let bind = ["--bind", image.to_str().unwrap()];
    let Some(_image) = Mount::new(&bind, &path) else {
        return;
    };
    assert_left_alone(&path, std::io::ErrorKind::ReadOnlyFilesystem);
}
