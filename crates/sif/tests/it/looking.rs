//! Looking into file systems that mksquashfs made, one for each compression.

use std::collections::BTreeMap;
use std::io::Read as _;

use backhand::{FilesystemReader, InnerNode};
use sifter_sif::{Compression, EntryKind, Error, Squashfs};

/// The same container, packed four times.
pub(crate) const CONTAINERS: [(Compression, &[u8]); 4] = [
    (
        Compression::Gzip,
        include_bytes!("../data/container.gzip.sqfs"),
    ),
    (Compression::Xz, include_bytes!("../data/container.xz.sqfs")),
    (
        Compression::Lz4,
        include_bytes!("../data/container.lz4.sqfs"),
    ),
    (
        Compression::Zstd,
        include_bytes!("../data/container.zstd.sqfs"),
    ),
];
const LZO: &[u8] = include_bytes!("../data/container.lzo.sqfs");

fn each(check: impl Fn(Squashfs<&[u8]>)) {
    for (compression, bytes) in CONTAINERS {
        let squashfs = Squashfs::open(bytes).unwrap();
        assert_eq!(squashfs.compression(), compression);
        check(squashfs);
    }
}

/// The first bytes of what `seq 1 3000` prints.
fn counted(length: usize) -> Vec<u8> {
    let text: String = (1..=3000).map(|number| format!("{number}\n")).collect();
    text.into_bytes()[..length].to_vec()
}

#[test]
fn files_of_every_shape_are_read_whole() {
    each(|squashfs| {
        let read = |path: &str| squashfs.read(path, 1 << 20).unwrap();
        assert_eq!(read("/full"), counted(8192));
        assert_eq!(read("/tail"), counted(10_000));
        let mut hole = counted(4096);
        hole.extend(vec![0; 8192]);
        hole.extend(b"end");
        assert_eq!(read("/hole"), hole);
        assert_eq!(read("/zeros"), vec![0; 1 << 20]);
        assert_eq!(read("/many/name-7"), b"");
        assert_eq!(read("/usr/bin/tool"), b"tool\n");
    });
}

#[test]
fn links_are_followed_inside_the_file_system_and_nowhere_else() {
    each(|squashfs| {
        for path in [
            "/etc/hosts",
            "etc//./hosts",
            "/etc/again",
            "/usr/absolute",
            "/usr/upwards",
            "/../../etc/hosts",
            "/bin/../../etc/hosts",
        ] {
            assert_eq!(
                squashfs.read(path, 100).unwrap(),
                b"127.0.0.1 localhost\n",
                "{path}"
            );
        }
        assert_eq!(squashfs.read("/bin/tool", 100).unwrap(), b"tool\n");
        let link = squashfs.entry("/usr/upwards").unwrap();
        let target = "../../../../etc/hosts".to_owned();
        assert_eq!(link.kind(), EntryKind::Symlink { target });
        for path in [
            "/circle-a",
            "/circle-a/x",
            "/broken",
            "/none",
            "/full/x",
            "/etc",
            "/pipe",
        ] {
            let error = squashfs.read(path, 100).unwrap_err();
            assert!(matches!(error, Error::NoSuchFile { .. }), "{path}: {error}");
        }
        assert!(squashfs.list("/etc/hosts", 10).is_err());
    });
}

#[test]
fn a_folder_is_listed_as_far_as_asked() {
    each(|squashfs| {
        let listing = squashfs.list("/many", 1000).unwrap();
        assert_eq!((listing.entries.len(), listing.more), (301, false));
        let listing = squashfs.list("/many", 301).unwrap();
        assert_eq!((listing.entries.len(), listing.more), (301, false));
        let listing = squashfs.list("many/", 300).unwrap();
        assert_eq!((listing.entries.len(), listing.more), (300, true));
        assert!(squashfs.list("/empty", 10).unwrap().entries.is_empty());
        // A name that is no UTF-8 is found again by what is shown for it.
        let odd = listing
            .entries
            .iter()
            .find(|entry| !entry.name().is_ascii())
            .unwrap();
        assert_eq!(odd.name(), "caf\u{FFFD}");
        assert_eq!(squashfs.read("/many/caf\u{FFFD}", 1).unwrap(), b"");
        let runscript = squashfs.entry("/.singularity.d/runscript").unwrap();
        assert_eq!(runscript.modified(), 1_600_000_000);
        assert_eq!(squashfs.entry("/pipe").unwrap().kind(), EntryKind::Fifo);
    });
}

#[test]
fn a_walk_finds_what_an_independent_reader_finds() {
    // The other reader is compiled for these two.
    for (_, bytes) in [CONTAINERS[0], CONTAINERS[3]] {
        let other = FilesystemReader::from_reader(std::io::Cursor::new(bytes)).unwrap();
        let mut expected = BTreeMap::new();
        for node in other.files() {
            let content = match &node.inner {
                InnerNode::File(file) => {
                    let mut content = Vec::new();
                    other.file(file).reader().read_to_end(&mut content).unwrap();
                    format!("file {content:?}")
                }
                InnerNode::Dir(_) => "folder".to_owned(),
                InnerNode::Symlink(link) => format!("link {}", link.link.display()),
                _ => "other".to_owned(),
            };
            let (path, mode) = (node.fullpath.to_string_lossy(), node.header.permissions);
            expected.insert(path.into_owned(), (content, mode & 0o7777));
        }
        expected.remove("/");
        let squashfs = Squashfs::open(bytes).unwrap();
        let mut found = BTreeMap::new();
        for walked in squashfs.walk("/").unwrap() {
            let walked = walked.unwrap();
            let content = match walked.entry.kind() {
                EntryKind::File { size } => {
                    let content = squashfs.read(&walked.path, size).unwrap();
                    format!("file {content:?}")
                }
                EntryKind::Directory => "folder".to_owned(),
                EntryKind::Symlink { target } => format!("link {target}"),
                _ => "other".to_owned(),
            };
            let permissions = walked.entry.permissions();
            assert!(found.insert(walked.path, (content, permissions)).is_none());
        }
        assert_eq!(found, expected);
        assert_eq!(found.len() as u32, squashfs.inodes());
    }
}

#[test]
fn a_walk_begins_where_it_is_told() {
    each(|squashfs| {
        let paths: Vec<String> = squashfs
            .walk("/deep/1")
            .unwrap()
            .map(|walked| walked.unwrap().path)
            .collect();
        let below = [
            "/deep/1/2",
            "/deep/1/2/3",
            "/deep/1/2/3/4",
            "/deep/1/2/3/4/5",
        ];
        assert_eq!(paths, below);
        assert!(squashfs.walk("/full").is_err());
    });
}

#[test]
fn a_file_larger_than_the_limit_is_not_read() {
    let squashfs = Squashfs::open(CONTAINERS[0].1).unwrap();
    assert!(squashfs.read("/tail", 10_000).is_ok());
    let error = squashfs.read("/tail", 9_999).unwrap_err();
    assert!(matches!(
        error,
        Error::FileTooLarge {
            size: 10_000,
            limit: 9_999,
            ..
        }
    ));
}

#[test]
fn a_file_is_taken_out_to_a_new_file_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("tail");
    let squashfs = Squashfs::open(CONTAINERS[1].1).unwrap();
    assert_eq!(squashfs.extract("/tail", &target, 1 << 20).unwrap(), 10_000);
    assert_eq!(std::fs::read(&target).unwrap(), counted(10_000));
    let error = squashfs.extract("/full", &target, 1 << 20).unwrap_err();
    assert!(matches!(error, Error::Exists { .. }));
    assert_eq!(std::fs::read(&target).unwrap(), counted(10_000));
    let error = squashfs
        .extract("/tail", &folder.path().join("large"), 100)
        .unwrap_err();
    assert!(matches!(error, Error::FileTooLarge { .. }));
    // What breaks in the middle leaves nothing behind.
    let mut broken = CONTAINERS[0].1.to_vec();
    broken[96..2000].fill(0xA5);
    let broken = Squashfs::open(broken).unwrap();
    let error = broken
        .extract("/full", &folder.path().join("broken"), 1 << 20)
        .unwrap_err();
    assert!(matches!(error, Error::FileSystem { .. }), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_read_is_named() {
    let error = Squashfs::open(LZO).unwrap_err();
    assert!(matches!(
        error,
        Error::UnsupportedCompression(Compression::Lzo)
    ));
    assert_eq!(
        error.to_string(),
        "squashfs compressed by lzo is not supported"
    );
    let changed = |offset: usize, bytes: &[u8]| {
        let mut file = CONTAINERS[0].1.to_vec();
        file[offset..offset + bytes.len()].copy_from_slice(bytes);
        Squashfs::open(file).unwrap_err()
    };
    assert!(matches!(changed(0, b"sqsh"), Error::NotSquashfs));
    assert!(matches!(
        changed(28, &[3]),
        Error::UnsupportedSquashfs { major: 3, minor: 0 }
    ));
    let damaged =
        |offset, bytes: &[u8]| assert!(matches!(changed(offset, bytes), Error::FileSystem { .. }));
    damaged(12, &[0, 0, 0, 0x80]);
    damaged(22, &[13]);
    damaged(40, &[0xFF; 8]);
    damaged(40, &[0; 8]);
    damaged(64, &[0xFE; 8]);
    damaged(72, &[0; 8]);
    damaged(80, &[0xFE; 8]);
    assert!(matches!(
        Squashfs::open(&b"hsqs"[..]),
        Err(Error::NotSquashfs)
    ));
}
