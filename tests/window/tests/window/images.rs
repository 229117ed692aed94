//! Images as their format's description has them, written without the code that reads them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sifter_test_support::SifBuilder;

const HEADER: usize = 128;
const DESCRIPTOR: usize = 585;
const TABLE: usize = 4096;
const SLOTS: usize = 48;
const DATA: usize = 32_768;

const PARTITION: i32 = 0x4004;
const SIGNATURE: i32 = 0x4005;
const OCI_ROOT_INDEX: i32 = 0x400A;

const SQUASHFS: i32 = 1;
const ENCRYPTED_SQUASHFS: i32 = 5;
const PRIMARY: i32 = 2;
const SHA256: i32 = 1;

/// The code of amd64; nothing is stated by zeros.
const AMD64: [u8; 3] = *b"02\0";
const NOT_STATED: [u8; 3] = [0; 3];

struct Object {
    kind: i32,
    extra: Vec<u8>,
    data: Vec<u8>,
}

/// A plain, unsigned image.
pub(crate) fn plain(path: &Path) -> Result<()> {
    write(path, AMD64, &[root_file_system(SQUASHFS)])
}

/// An image that carries a signature.
pub(crate) fn signed(path: &Path) -> Result<()> {
    let signature = Object {
        kind: SIGNATURE,
        extra: [SHA256.to_le_bytes().as_slice(), &[7; 20]].concat(),
        data: b"-----BEGIN PGP SIGNED MESSAGE-----".to_vec(),
    };
    write(path, AMD64, &[root_file_system(SQUASHFS), signature])
}

/// An image whose root file system needs a key.
pub(crate) fn encrypted(path: &Path) -> Result<()> {
    write(path, AMD64, &[root_file_system(ENCRYPTED_SQUASHFS)])
}

/// An OCI-SIF for arm64, which only its index says.
pub(crate) fn oci(path: &Path) -> Result<()> {
    let digest = format!("sha256:{}", "5".repeat(64));
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{digest}","size":2,"platform":{{"os":"linux","architecture":"arm64"}}}}]}}"#
    );
    let index = Object {
        kind: OCI_ROOT_INDEX,
        extra: digest.into_bytes(),
        data: index.into_bytes(),
    };
    write(path, NOT_STATED, &[index])
}

/// The beginning of an image.
pub(crate) fn truncated(path: &Path) -> Result<()> {
    plain(path)?;
    let file = std::fs::OpenOptions::new().write(true).open(path)?;
    file.set_len(DATA as u64 + 100)?;
    Ok(())
}

/// Images that take long to make are made once and kept with the build.
pub(crate) fn large() -> Result<PathBuf> {
    kept("genome_2026.sif", 200 << 20)
}

/// A small image that differs with its size, named for a tag.
pub(crate) fn small(name: &str, kib: u64) -> Result<PathBuf> {
    kept(name, kib << 10)
}

fn kept(name: &str, bytes: u64) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("window-{bytes}"));
    let path = folder.join(name);
    if !path.exists() {
        let half = folder.join(format!("{name}.{}", std::process::id()));
        SifBuilder::new().filled(bytes, 7).build(&half)?;
        std::fs::rename(&half, &path)?;
    }
    Ok(path)
}

fn root_file_system(kind: i32) -> Object {
    let extra = [
        kind.to_le_bytes().as_slice(),
        &PRIMARY.to_le_bytes(),
        &AMD64,
    ]
    .concat();
    Object {
        kind: PARTITION,
        extra,
        data: vec![42; 64 << 10],
    }
}

fn write(path: &Path, arch: [u8; 3], objects: &[Object]) -> Result<()> {
    let mut bytes = vec![0; DATA];
    for (slot, object) in objects.iter().enumerate() {
        let id = u32::try_from(slot + 1)?;
        let (offset, size) = (bytes.len() as i64, object.data.len() as i64);
        let mut descriptor = Vec::with_capacity(DESCRIPTOR);
        descriptor.extend(object.kind.to_le_bytes());
        descriptor.push(1);
        descriptor.extend(id.to_le_bytes());
        // The first group, and no link.
        descriptor.extend(0xf000_0001_u32.to_le_bytes());
        descriptor.extend(0_u32.to_le_bytes());
        for number in [offset, size, size, 0, 0, 0, 0] {
            descriptor.extend(number.to_le_bytes());
        }
        descriptor.resize(73 + 128, 0);
        descriptor.extend(&object.extra);
        descriptor.resize(DESCRIPTOR, 0);
        let at = TABLE + slot * DESCRIPTOR;
        bytes
            .get_mut(at..at + DESCRIPTOR)
            .context("too many objects")?
            .copy_from_slice(&descriptor);
        bytes.extend(&object.data);
    }
    let mut header = Vec::with_capacity(HEADER);
    header.extend(b"#!/usr/bin/env run-singularity\n\0");
    header.extend(b"SIF_MAGIC\0");
    header.extend(b"01\0");
    header.extend(arch);
    header.extend([9; 16]);
    let free = (SLOTS - objects.len()) as i64;
    let data = (bytes.len() - DATA) as i64;
    let table = (SLOTS * DESCRIPTOR) as i64;
    for number in [
        0,
        0,
        free,
        SLOTS as i64,
        TABLE as i64,
        table,
        DATA as i64,
        data,
    ] {
        header.extend(number.to_le_bytes());
    }
    bytes
        .get_mut(..HEADER)
        .context("no room for the header")?
        .copy_from_slice(&header);
    std::fs::write(path, bytes)?;
    Ok(())
}
