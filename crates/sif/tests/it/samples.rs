//! Small images made with the writer, for tests that need a well-formed one to start from.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};
use sifter_sif::{
    Arch, CreateOptions, DataType, FsType, HashType, INSPECT_METADATA_NAME, Image, Link,
    ObjectInput, OciDigest, Partition, PartitionType, RUN_SINGULARITY, Signature, Source, Stamp,
    Writer,
};
use tempfile::TempDir;

pub(crate) const DEFINITION: &str = "bootstrap: docker\nfrom: alpine\n";

pub(crate) fn primary(arch: Arch) -> Partition {
    Partition {
        file_system: FsType::Squashfs,
        kind: PartitionType::PrimarySystem,
        arch: Some(arch),
    }
}

pub(crate) fn deterministic() -> CreateOptions {
    CreateOptions {
        stamp: Stamp::Deterministic,
        ..CreateOptions::default()
    }
}

/// Definition, metadata, primary partition and a (meaningless) signature.
pub(crate) fn ordinary_objects() -> Vec<ObjectInput<'static>> {
    let metadata = br#"{"data":{"attributes":{"labels":{"who":"me"},"runscript":"echo hi"}},"type":"container"}"#;
    let signature = Signature {
        hash: HashType::Sha256,
        fingerprint: Some([9; 20]),
    };
    vec![
        ObjectInput::new(DataType::Definition, DEFINITION.as_bytes()),
        ObjectInput::new(DataType::GenericJson, &metadata[..]).named(INSPECT_METADATA_NAME),
        ObjectInput::partition(&b"hsqs and so on"[..], primary(Arch::Amd64)),
        ObjectInput::signature(&b"-----BEGIN"[..], signature)
            .in_group(None)
            .linked_to(Link::Group(1)),
    ]
}

/// An image of these objects, in memory.
pub(crate) fn image_of(objects: Vec<ObjectInput<'_>>) -> Image<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.sif");
    Writer::create(&path, &CreateOptions::default(), objects).unwrap();
    Image::load(std::fs::read(path).unwrap()).unwrap()
}

pub(crate) fn digest(bytes: &[u8]) -> OciDigest {
    OciDigest::new(Sha256::digest(bytes).into())
}

/// An ordinary image in a folder of its own.
pub(crate) fn ordinary() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ordinary.sif");
    let options = CreateOptions {
        launch_script: RUN_SINGULARITY.to_owned(),
        ..CreateOptions::default()
    };
    Writer::create(&path, &options, ordinary_objects()).unwrap();
    (folder, path)
}

/// The bytes of an ordinary image.
pub(crate) fn ordinary_bytes() -> Vec<u8> {
    let (_folder, path) = ordinary();
    std::fs::read(path).unwrap()
}

/// Overwrites the little-endian number at `offset`.
pub(crate) fn put(bytes: &mut [u8], offset: usize, number: i64) {
    bytes[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
}

/// A file that counts how many bytes are read from it.
pub(crate) struct Counting {
    file: File,
    pub(crate) read: AtomicU64,
}

impl Counting {
    pub(crate) fn open(path: &Path) -> Self {
        Self {
            file: File::open(path).unwrap(),
            read: AtomicU64::new(0),
        }
    }
}

impl Source for Counting {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.file.read_at(buffer, offset)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
