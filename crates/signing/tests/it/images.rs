//! Images and keys made here, so that nothing depends on files from elsewhere.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sifter_sif::{
    Arch, CreateOptions, DataType, FsType, Image, Link, ObjectInput, Partition, PartitionType,
    RUN_SINGULARITY, Stamp, Writer,
};
use sifter_signing::openpgp::{KeyAlgorithm, KeyOrigin, Keyring, NewKey, SecretKey, Time};
use sifter_signing::{ImageSigner, Report, Selection, Verifier, sign};
use tempfile::TempDir;

/// 2024-05-01: when the keys are made.
pub(crate) const MADE: Time = Time(1_714_521_600);

pub(crate) fn new_key(name: &str) -> NewKey {
    NewKey {
        name: name.to_owned(),
        algorithm: KeyAlgorithm::Ed25519,
        expires: None,
        created: MADE,
    }
}

pub(crate) static ADA: LazyLock<SecretKey> =
    LazyLock::new(|| SecretKey::generate(&new_key("Ada <ada@example.org>"), None).unwrap());
pub(crate) static BOB: LazyLock<SecretKey> =
    LazyLock::new(|| SecretKey::generate(&new_key("Bob <bob@example.org>"), None).unwrap());

/// A keyring of the public parts of `keys`.
pub(crate) fn ring(keys: &[&SecretKey]) -> Keyring {
    let certificates = keys.iter().map(|key| key.certificate()).collect();
    Keyring::new(KeyOrigin::Local, certificates)
}

pub(crate) fn with(key: &SecretKey) -> ImageSigner<'_> {
    ImageSigner::OpenPgp {
        key,
        passphrase: None,
    }
}

fn partition(kind: PartitionType) -> Partition {
    Partition {
        file_system: FsType::Squashfs,
        kind,
        arch: Some(Arch::Amd64),
    }
}

/// An image in a folder of its own: objects 1 to 3 in group 1, object 4 in group 2.
pub(crate) struct Sample {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self::with_slots(CreateOptions::default().capacity)
    }

    /// With room for so many objects, of which there are four.
    pub(crate) fn with_slots(capacity: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sample.sif");
        let options = CreateOptions {
            launch_script: RUN_SINGULARITY.to_owned(),
            capacity,
            ..CreateOptions::default()
        };
        let objects = vec![
            ObjectInput::new(
                DataType::Definition,
                &b"bootstrap: docker\nfrom: alpine\n"[..],
            ),
            ObjectInput::new(DataType::GenericJson, &b"{}"[..]).named("inspect-metadata.json"),
            ObjectInput::partition(
                &b"hsqs and so on"[..],
                partition(PartitionType::PrimarySystem),
            ),
            ObjectInput::partition(&b"more data"[..], partition(PartitionType::Data))
                .in_group(Some(2)),
        ];
        Writer::create(&path, &options, objects).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    /// Signed by Ada, whole.
    pub(crate) fn signed() -> Self {
        let sample = Self::new();
        assert_eq!(sample.sign(&Selection::all(), with(&ADA)), [5, 6]);
        sample
    }

    pub(crate) fn sign(&self, selection: &Selection, signer: ImageSigner<'_>) -> Vec<u32> {
        sign(&self.path, selection, signer, Stamp::Auto).unwrap()
    }

    pub(crate) fn image(&self) -> Image {
        Image::open(&self.path).unwrap()
    }

    /// The data of object `id`.
    pub(crate) fn data(&self, id: u32) -> Vec<u8> {
        let image = self.image();
        image.read(image.object(id).unwrap(), 1 << 20).unwrap()
    }

    /// Verifies with Ada's key.
    pub(crate) fn verify(&self, selection: Selection) -> Report {
        verify(&self.path, selection, &ring(&[&ADA]))
    }

    /// Changes one byte of the file.
    pub(crate) fn flip(&self, offset: u64) {
        let mut bytes = std::fs::read(&self.path).unwrap();
        bytes[usize::try_from(offset).unwrap()] ^= 1;
        std::fs::write(&self.path, bytes).unwrap();
    }

    /// Offset of byte `field` of the descriptor of object `id`.
    pub(crate) fn descriptor(&self, id: u32, field: u64) -> u64 {
        let slot = self.image().object(id).unwrap().slot();
        4096 + 585 * u64::try_from(slot).unwrap() + field
    }

    /// Adds a signature object that holds `data`.
    pub(crate) fn attach(&self, data: &[u8], fingerprint: Option<[u8; 20]>, link: Link) -> u32 {
        let signature = sifter_sif::Signature {
            hash: sifter_sif::HashType::Sha256,
            fingerprint,
        };
        let input = ObjectInput::signature(data, signature)
            .in_group(None)
            .linked_to(link);
        Writer::open(&self.path)
            .unwrap()
            .add(input, Stamp::Auto)
            .unwrap()
    }
}

pub(crate) fn verify(path: &Path, selection: Selection, ring: &Keyring) -> Report {
    let image = Image::open(path).unwrap();
    Verifier::new()
        .select(selection)
        .source(ring)
        .verify(&image)
}

/// The text of the first failure; empty when there is none.
pub(crate) fn failure(report: &Report) -> String {
    report
        .failure()
        .map_or_else(String::new, sifter_signing::Failure::text)
}
