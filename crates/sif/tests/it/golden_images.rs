//! Facts and contents of the reference images.

use sifter_sif::{Arch, FsType, HashType, Image, Severity};

use crate::vectors::vector;

#[test]
fn every_reference_image_opens_and_none_is_damaged() {
    let Some(root) = vector("") else { return };
    let mut seen = 0;
    for folder in ["sylabs-sif/images", "singularity/images", "oci-sif"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let image = Image::open(&path).unwrap();
            let facts = image.facts().unwrap();
            let worst = facts
                .findings
                .iter()
                .map(sifter_sif::Finding::severity)
                .max();
            assert!(
                worst < Some(Severity::Damage),
                "{}: {:?}",
                path.display(),
                facts.findings
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 33);
}

#[test]
fn facts_of_a_signed_image_count_its_signatures() {
    let Some(path) = vector("sylabs-sif/images/two-groups-signed-pgp.sif") else {
        return;
    };
    let image = Image::open(path).unwrap();
    let facts = image.facts().unwrap();
    assert_eq!(
        (facts.architecture, facts.signatures),
        (Some(Arch::I386), 2)
    );
    assert_eq!(facts.file_system, Some(FsType::Squashfs));
    let signature = image.object(4).unwrap();
    assert_eq!(signature.signature().unwrap().hash, HashType::Sha256);
    assert!(
        image
            .read(signature, 4096)
            .unwrap()
            .starts_with(b"-----BEGIN")
    );
}

#[test]
fn an_old_image_may_end_before_its_data_offset() {
    let Some(path) = vector("singularity/images/empty.sif") else {
        return;
    };
    let image = Image::open(path).unwrap();
    assert!((image.size() as i64) < image.header().data_offset);
    assert_eq!(image.facts().unwrap().objects, 0);
}

#[test]
fn an_oci_sif_tells_architecture_and_cosign_signatures_from_its_index() {
    let Some(path) = vector("oci-sif/hello-world-cosign.oci.sif") else {
        return;
    };
    let facts = Image::open(path).unwrap().facts().unwrap();
    assert!(facts.oci && facts.is_signed());
    assert_eq!(facts.signatures, 1);
    assert!(facts.architecture.is_some());
    let Some(path) = vector("oci-sif/DockerManifest.golden") else {
        return;
    };
    let image = Image::open(path).unwrap();
    let facts = image.facts().unwrap();
    assert_eq!(facts.signatures, 0);
    assert!(facts.architecture.is_some());
    assert!(image.inspect().unwrap().oci_config.is_some());
}

#[test]
fn an_oci_sif_without_a_sensible_index_is_still_known_as_one() {
    let Some(path) = vector("singularity/images/empty.oci.sif") else {
        return;
    };
    let facts = Image::open(path).unwrap().facts().unwrap();
    assert!(facts.oci);
    assert_eq!((facts.architecture, facts.signatures), (None, 0));
}
