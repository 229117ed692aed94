//! Cosign signatures of OCI-SIF images, as cosign and the reference tool made them.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};
use sifter_sif::{CreateOptions, DataType, Image, ObjectInput, OciDigest, Source, Writer};
use sifter_signing::cosign::{CosignFailure, CosignReport, verify};
use sifter_signing::dsse::PublicKey;
use sifter_signing::{Error, Verdict};

use crate::vectors::vector;

const SIGNED: &str = "oci-sif/hello-world-cosign.oci.sif";
const KEY: &str = "singularity/keys/cosign.pub";
const OTHER: &str = "sylabs-sif/keys/ecdsa-public.pem";
const MANIFEST: &str = "sha256:432f982638b3aefab73cc58ab28f5c16e96fdb504e8c134fc58dff4bae8bf338";

fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn with(image: &Path, keys: &[&str]) -> Option<CosignReport> {
    let keys: Option<Vec<PublicKey>> = keys
        .iter()
        .map(|key| Some(PublicKey::open(vector(key)?).unwrap()))
        .collect();
    let image = Image::open(image).unwrap();
    Some(verify(&image, &keys?, &mut go_on).unwrap())
}

/// A copy of the signed image that may be changed.
fn altered(change: impl FnOnce(&mut Vec<u8>)) -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    let mut bytes = std::fs::read(vector(SIGNED)?).unwrap();
    change(&mut bytes);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("altered.sif");
    std::fs::write(&path, bytes).unwrap();
    Some((folder, path))
}

/// Puts `new` where `old` stands, as long.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let at = bytes.windows(old.len()).position(|window| window == old);
    let at = at.unwrap();
    bytes[at..at + old.len()].copy_from_slice(new);
}

#[test]
fn a_signed_image_verifies_by_its_key_alone() {
    let Some(path) = vector(SIGNED) else { return };
    for keys in [&[KEY][..], &[OTHER, KEY]] {
        let report = with(&path, keys).unwrap();
        assert!(report.is_ok(), "{report:?}");
        assert_eq!(report.verdict(), Verdict::Verified);
        assert_eq!(report.signatures.len(), 1);
        assert_eq!(report.signatures[0].image, MANIFEST);
        let expected = vector("singularity/oci/hello-world-cosign-manifest.verify-payloads.json");
        let expected = std::fs::read(expected.unwrap()).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
        assert_eq!(report.signatures[0].payload, expected[0]);
    }
    for keys in [&[OTHER][..], &[]] {
        let report = with(&path, keys).unwrap();
        assert_eq!(report.failures, [CosignFailure::NoKey(MANIFEST.to_owned())]);
        assert_eq!(report.verdict(), Verdict::CouldNotCheck);
    }
}

#[test]
fn an_altered_blob_is_noticed() {
    // What the reference's own test does.
    let Some((_folder, path)) = altered(|bytes| bytes[16384..16388].fill(0xff)) else {
        return;
    };
    let report = with(&path, &[KEY]).unwrap();
    assert!(matches!(report.failure(), Some(CosignFailure::Altered(_))));
    assert!(
        report
            .failure()
            .unwrap()
            .to_string()
            .starts_with("OCI blob digest mismatch")
    );
    assert_eq!(report.verdict(), Verdict::DoNotUse);
    assert!(!report.is_ok());
    // A payload that was altered proves nothing any more, whatever its signature was.
    let altered =
        altered(|bytes| replace(bytes, b"cosign container image", b"cosign container imagE"));
    let report = with(&altered.unwrap().1, &[KEY]).unwrap();
    assert_eq!(report.verdict(), Verdict::DoNotUse);
    assert!(report.signatures.is_empty());
}

#[test]
fn an_image_that_is_added_to_the_index_is_not_signed_by_the_others() {
    // The attestation beside the image loses its mark and becomes an image to run.
    let change = |bytes: &mut Vec<u8>| replace(bytes, b"8bf338.att\"", b"8bf338_att\"");
    let Some((_folder, path)) = altered(change) else {
        return;
    };
    let report = with(&path, &[KEY]).unwrap();
    assert!(!report.is_ok());
    assert!(
        matches!(report.failure(), Some(CosignFailure::Unsigned(_))),
        "{report:?}"
    );
    // A signature moved to another image is no signature of that.
    let change = |bytes: &mut Vec<u8>| {
        replace(
            bytes,
            b"_cosign:sha256-432f982638b3aefab73cc58ab28f5c16e96fdb504e8c134fc58dff4bae8bf338.sig",
            b"_cosign:sha256-e2138afe1d1bb80dd0348ed1c5a0bb784568249aa9c64b57c75055c548e58281.sig",
        );
        replace(bytes, b"8bf338.att\"", b"8bf338_att\"");
    };
    let (_folder, path) = altered(change).unwrap();
    let report = with(&path, &[KEY]).unwrap();
    assert!(
        matches!(report.failure(), Some(CosignFailure::OtherImage { .. })),
        "{report:?}"
    );
    assert_eq!(report.verdict(), Verdict::DoNotUse);
}

#[test]
fn what_nobody_has_signed_is_said() {
    for name in [
        "oci-sif/DockerManifest.golden",
        "oci-sif/AppendWithReference.golden",
    ] {
        let Some(path) = vector(name) else { return };
        let report = with(&path, &[KEY]).unwrap();
        assert!(
            matches!(report.failure(), Some(CosignFailure::Unsigned(_))),
            "{report:?}"
        );
        assert_eq!(report.verdict(), Verdict::NotSigned);
        let image = Image::open(&path).unwrap();
        let blobs = image
            .descriptors()
            .filter(|one| one.data_type() == DataType::OciBlob);
        assert_eq!(report.intact.len(), blobs.count());
    }
    for (name, failure) in [
        ("sylabs-sif/images/one-group.sif", CosignFailure::NotOci),
        ("singularity/images/empty.oci.sif", CosignFailure::Index),
    ] {
        let report = with(&vector(name).unwrap(), &[KEY]).unwrap();
        assert_eq!(report.failures, [failure]);
    }
}

/// Counts how often the byte at one place is read.
struct Watched {
    bytes: Vec<u8>,
    place: u64,
    reads: AtomicUsize,
}

impl Source for Watched {
    fn len(&self) -> io::Result<u64> {
        Source::len(&self.bytes)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.bytes.read_at(buffer, offset)?;
        if (offset..offset + count as u64).contains(&self.place) {
            self.reads.fetch_add(1, Ordering::Relaxed);
        }
        Ok(count)
    }
}

#[test]
fn an_index_that_names_the_same_signatures_again_and_again_does_not_keep_anybody_busy() {
    let digest = |bytes: &str| OciDigest::new(Sha256::digest(bytes.as_bytes()).into());
    let payload = "a payload";
    let signature = format!(
        r#"{{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","digest":"{}","size":9,
        "annotations":{{"dev.cosignproject.cosign/signature":"AAAA"}}}}"#,
        digest(payload)
    );
    let manifest = format!(r#"{{"layers":[{}]}}"#, vec![signature; 100].join(","));
    let named = digest(&manifest);
    let name = named.to_string().replacen(':', "-", 1);
    let entry = format!(
        r#"{{"digest":"{named}"}},{{"digest":"{named}",
        "annotations":{{"org.opencontainers.image.ref.name":"_cosign:{name}.sig"}}}}"#
    );
    let index = format!(r#"{{"manifests":[{}]}}"#, vec![entry; 100].join(","));
    let blob = |text| ObjectInput::oci_blob(str::as_bytes(text), digest(text));
    let objects = vec![
        blob(payload),
        blob(&manifest),
        ObjectInput::oci_root_index(index.as_bytes(), digest(&index)),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.sif");
    let written = Writer::create(&path, &CreateOptions::default(), objects).unwrap();
    let place = written.image().object(1).unwrap().offset();
    let image = Image::load(Watched {
        bytes: std::fs::read(&path).unwrap(),
        place: place.cast_unsigned(),
        reads: AtomicUsize::new(0),
    });
    let image = image.unwrap();
    // 100 images with 100 companions of 100 signatures each.
    let report = verify(&image, &[], &mut go_on).unwrap();
    assert!(!report.is_ok());
    let reads = image.source().reads.load(Ordering::Relaxed);
    assert!((100..1000).contains(&reads), "{reads}");
}

#[test]
fn it_stops_when_it_is_told_to() {
    let Some(path) = vector(SIGNED) else { return };
    let image = Image::open(path).unwrap();
    let stopped = verify(&image, &[], &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Stopped)));
}
