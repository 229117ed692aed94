//! The program that makes the sample image.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ffi::OsStr;
use std::process::Command;

use sifter_sif::{Arch, Image};

fn sample_image(arguments: &[&OsStr]) -> Option<i32> {
    let program = env!("CARGO_BIN_EXE_sample-image");
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap()
        .status
        .code()
}

#[test]
fn it_makes_an_image_and_replaces_it_when_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/hello-world.sif");
    assert_eq!(sample_image(&[path.as_os_str()]), Some(0));
    let small = Image::open(&path).unwrap().facts().unwrap().size;
    assert_eq!(sample_image(&[path.as_os_str(), OsStr::new("2")]), Some(0));
    let large = Image::open(&path).unwrap().facts().unwrap().size;
    assert!(
        small < 64 << 10 && large > 2 << 20,
        "{small} and {large} bytes"
    );
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1,
        "nothing is left"
    );
}

#[test]
fn it_makes_an_image_for_another_processor() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arm.sif");
    let arguments = [path.as_os_str(), OsStr::new("1"), OsStr::new("arm64")];
    assert_eq!(sample_image(&arguments), Some(0));
    let facts = Image::open(&path).unwrap().facts().unwrap();
    assert_eq!(facts.architecture, Some(Arch::Arm64));
}

#[test]
fn it_says_how_it_is_used() {
    assert_eq!(sample_image(&[]), Some(2));
    assert_eq!(
        sample_image(&[OsStr::new("x.sif"), OsStr::new("many")]),
        Some(2)
    );
    let arguments = [OsStr::new("x.sif"), OsStr::new("1"), OsStr::new("abacus")];
    assert_eq!(sample_image(&arguments), Some(2));
}
