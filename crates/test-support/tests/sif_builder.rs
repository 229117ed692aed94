//! Built images are real: their root file system, metadata and size are what was asked for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::process::Command;

use backhand::{FilesystemReader, InnerNode};
use sifter_sif::{Arch, FsType, Image};
use sifter_test_support::{RandomBytes, SifBuilder, hello_world};

/// The root file system of an image.
fn root_of(path: &std::path::Path) -> Vec<u8> {
    let image = Image::open(path).unwrap();
    let partition = image.primary_partition().unwrap();
    image.read(partition, 64 << 20).unwrap()
}

/// Files with their mode and content, links with their target.
fn contents(root: Vec<u8>) -> BTreeMap<String, (u16, Vec<u8>)> {
    let reader = FilesystemReader::from_reader(Cursor::new(root)).unwrap();
    let nodes = reader.files().map(|node| {
        let mut data = Vec::new();
        match &node.inner {
            InnerNode::File(file) => {
                reader.file(file).reader().read_to_end(&mut data).unwrap();
            }
            InnerNode::Symlink(link) => data = link.link.to_string_lossy().into_owned().into(),
            _ => {}
        }
        let path = node.fullpath.to_string_lossy().into_owned();
        (path, (node.header.permissions, data))
    });
    nodes.collect()
}

#[test]
fn hello_world_is_an_image_that_can_be_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let built = hello_world(folder.path().join("hello-world.sif")).unwrap();
    assert!(built.size < 64 << 10, "{} bytes", built.size);
    let image = Image::open(&built.path).unwrap();
    let facts = image.facts().unwrap();
    assert_eq!(facts.findings, []);
    assert_eq!(facts.size, built.size);
    assert_eq!(facts.architecture, Some(Arch::Amd64));
    assert_eq!(facts.file_system, Some(FsType::Squashfs));
    assert!(!facts.is_signed() && !facts.encrypted && !facts.oci);
    assert!(facts.created.is_some() && facts.id.is_some());
    let inspection = image.inspect().unwrap();
    assert_eq!(
        inspection.labels()["org.label-schema.schema-version"],
        "1.0"
    );
    let metadata = inspection.metadata.unwrap();
    assert!(metadata.runscript.contains("Hello from Sifter!"));
    assert!(metadata.deffile.starts_with("Bootstrap: scratch"));
    assert_eq!(
        image.definition().unwrap().unwrap().trim_end(),
        metadata.deffile
    );
}

#[test]
fn the_root_file_system_has_what_runtimes_look_for() {
    let folder = tempfile::tempdir().unwrap();
    let built = hello_world(folder.path().join("hello-world.sif")).unwrap();
    let root = contents(root_of(&built.path));
    for script in [
        "runscript",
        "env/01-base.sh",
        "actions/shell",
        "actions/exec",
        "actions/run",
    ] {
        let (mode, content) = &root[&format!("/.singularity.d/{script}")];
        assert_eq!(*mode, 0o755, "{script}");
        assert!(content.starts_with(b"#!/bin/sh\n"), "{script}");
    }
    assert_eq!(root["/singularity"].1, b".singularity.d/runscript");
    assert_eq!(
        root["/environment"].1,
        b".singularity.d/env/90-environment.sh"
    );
    for place in [
        "/dev",
        "/proc",
        "/sys",
        "/tmp",
        "/var/tmp",
        "/home",
        "/root",
        "/etc/hosts",
    ] {
        assert!(root.contains_key(place), "{place} is missing");
    }
    let runscript = String::from_utf8_lossy(&root["/.singularity.d/runscript"].1).into_owned();
    let marker = "eval \"set ${SINGULARITY_OCI_RUN}\"";
    assert!(runscript.lines().any(|line| line == marker), "{runscript}");
    let labels = String::from_utf8_lossy(&root["/.singularity.d/labels.json"].1).into_owned();
    assert!(labels.contains("\n\t\"maintainer\": \"Sifter\"") && labels.ends_with('}'));
}

#[cfg(unix)]
#[test]
fn the_runscript_says_hello() {
    let folder = tempfile::tempdir().unwrap();
    let built = hello_world(folder.path().join("hello-world.sif")).unwrap();
    let script = folder.path().join("runscript");
    std::fs::write(
        &script,
        &contents(root_of(&built.path))["/.singularity.d/runscript"].1,
    )
    .unwrap();
    let output = Command::new("/bin/sh")
        .arg(&script)
        .args(["a b", "$x"])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Hello from Sifter!\n"
    );
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn unsquashfs_reads_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    std::fs::create_dir_all(source.join("deep/er")).unwrap();
    std::fs::write(source.join("deep/er/file.txt"), "from a real file").unwrap();
    let built = SifBuilder::new()
        .folder(&source, "/srv/source")
        .file("/data/answer", "42")
        .filled(1 << 20, 5)
        .build(folder.path().join("image.sif"))
        .unwrap();
    let root = folder.path().join("root.squashfs");
    std::fs::write(&root, root_of(&built.path)).unwrap();
    let Ok(listing) = Command::new("unsquashfs").arg("-l").arg(&root).output() else {
        println!("skipped: unsquashfs is not installed");
        return;
    };
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    for path in [
        "/srv/source/deep/er/file.txt",
        "/data/answer",
        "/opt/filling.bin",
        "/singularity",
    ] {
        let line = format!("squashfs-root{path}");
        assert!(
            listing.lines().any(|found| found == line),
            "{path} is missing in\n{listing}"
        );
    }
    let target = folder.path().join("unpacked");
    let unpacked = Command::new("unsquashfs")
        .args(["-no-xattrs", "-d"])
        .arg(&target)
        .arg(&root)
        .output();
    assert!(unpacked.unwrap().status.success());
    let mut filling = vec![0; 1 << 20];
    RandomBytes::new(5).read_exact(&mut filling).unwrap();
    assert!(std::fs::read(target.join("opt/filling.bin")).unwrap() == filling);
    let text = std::fs::read_to_string(target.join("srv/source/deep/er/file.txt")).unwrap();
    assert_eq!(text, "from a real file");
}

#[test]
fn equal_calls_give_equal_bytes_and_others_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let build = |name: &str, builder: SifBuilder| builder.build(folder.path().join(name)).unwrap();
    let first = build("1.sif", SifBuilder::new().filled(100_000, 1));
    let again = build("2.sif", SifBuilder::new().filled(100_000, 1));
    let seeded = build("3.sif", SifBuilder::new().filled(100_000, 2));
    let other = build(
        "4.sif",
        SifBuilder::new().filled(100_000, 1).arch(Arch::Arm64),
    );
    assert_eq!(first.sha256, again.sha256);
    assert!(first.sha256 != seeded.sha256 && first.sha256 != other.sha256);
    assert_eq!(
        Image::open(&other.path)
            .unwrap()
            .facts()
            .unwrap()
            .architecture,
        Some(Arch::Arm64)
    );
    assert!(first.size > 100_000, "what is random does not compress");
    assert!(
        SifBuilder::new().build(&first.path).is_err(),
        "an image is never built over another"
    );
}
