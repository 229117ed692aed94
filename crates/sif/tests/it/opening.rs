//! Looking into an image costs what is looked at, whatever its size.

use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use sifter_sif::{Arch, Cached, CreateOptions, Image, ObjectInput, Writer};
use tempfile::TempDir;

use crate::looking::CONTAINERS;
use crate::samples::{Counting, primary};

/// An image of 20 GiB whose file system has its tables at the very end, as mksquashfs puts them. Sparse: it takes a few
/// kilobytes of disk.
fn huge() -> (TempDir, PathBuf) {
    const FAR: u64 = 20 << 30;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.sif");
    let mut small = CONTAINERS[0].1.to_vec();
    // Everything in it moves; references into tables are relative, the rest is in the superblock, and the positions of
    // data blocks are wrong now, which nobody looks at here.
    for offset in [40, 48, 64, 72, 88] {
        let number = u64::from_le_bytes(small[offset..offset + 8].try_into().unwrap());
        small[offset..offset + 8].copy_from_slice(&(number + FAR).to_le_bytes());
    }
    small[80..88].copy_from_slice(&u64::MAX.to_le_bytes());
    let partition = ObjectInput::partition(&small[..96], primary(Arch::Amd64));
    let writer = Writer::create(&path, &CreateOptions::default(), vec![partition]).unwrap();
    let start = writer.image().descriptors().next().unwrap().offset() as u64;
    drop(writer);
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(start + FAR + 96)).unwrap();
    file.write_all(&small[96..]).unwrap();
    grow(&mut file, FAR + small.len() as u64);
    (folder, path)
}

/// Lets the only object of the image be so many bytes long.
fn grow(file: &mut std::fs::File, size: u64) {
    file.seek(SeekFrom::Start(4096 + 25)).unwrap();
    file.write_all(&size.to_le_bytes()).unwrap();
}

fn look(path: &Path) -> (u64, u64) {
    let image = Image::load(Cached::new(Counting::open(path))).unwrap();
    let facts = image.facts().unwrap();
    let squashfs = image.root_file_system().unwrap();
    assert_eq!(squashfs.list("/", 100).unwrap().entries.len(), 18);
    assert_eq!(
        squashfs.walk("/").unwrap().filter(Result::is_ok).count(),
        360
    );
    (
        facts.size,
        image.source().inner().read.load(Ordering::Relaxed),
    )
}

#[test]
fn opening_and_listing_twenty_gibibytes_reads_kilobytes() {
    let (_folder, path) = huge();
    let (size, read) = look(&path);
    assert!(size > 20 << 30);
    assert!(read <= 160 << 10, "{read} bytes");
}
