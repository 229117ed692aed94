//! Byte for byte what the reference writes.

use sifter_sif::{Image, Stamp};
use sifter_signing::dsse::{PrivateKey, PublicKey};
use sifter_signing::openpgp::{KeyOrigin, Keyring};
use sifter_signing::{ImageSigner, Selection, sign};

use crate::vectors::vector;

fn keys() -> Option<Vec<PrivateKey>> {
    let names = ["ed25519", "rsa"];
    let paths = names.map(|name| vector(&format!("sylabs-sif/keys/{name}-private.pem")));
    paths
        .into_iter()
        .map(|path| Some(PrivateKey::open(path?).unwrap()))
        .collect()
}

#[test]
fn images_sealed_here_are_those_of_the_reference() {
    for name in ["one-group", "two-groups"] {
        let Some(keys) = keys() else { return };
        let source = vector(&format!("sylabs-sif/images/{name}.sif")).unwrap();
        let expected = vector(&format!("sylabs-sif/images/{name}-signed-dsse.sif")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.sif");
        std::fs::copy(source, &path).unwrap();
        sign(
            &path,
            &Selection::all(),
            ImageSigner::Pem(&keys),
            Stamp::Deterministic,
        )
        .unwrap();
        let (ours, theirs) = (
            std::fs::read(&path).unwrap(),
            std::fs::read(expected).unwrap(),
        );
        assert!(ours == theirs, "{name} differs");
    }
}

#[test]
fn the_metadata_of_the_reference_is_understood() {
    for (case, objects) in [
        ("SHA256", 2),
        ("SHA384", 2),
        ("SHA512", 2),
        ("SHA224", 2),
        ("Object1", 1),
        ("Object2", 1),
    ] {
        let Some(path) = vector(&format!(
            "integrity-golden/TestGetImageMetadata/{case}.golden"
        )) else {
            return;
        };
        let text = std::fs::read(path).unwrap();
        let metadata = sifter_signing::ImageMetadata::parse(&text).unwrap();
        assert_eq!(metadata.objects().len(), objects);
        let image = Image::open(vector("sylabs-sif/images/one-group.sif").unwrap()).unwrap();
        for listed in metadata.objects() {
            let object = image.object(listed.relative_id + 1).unwrap();
            let data = image.read(object, 1 << 20).unwrap();
            assert_eq!(
                listed.object_digest.algorithm().digest(&data),
                listed.object_digest,
                "{case}"
            );
        }
    }
}

#[test]
fn digests_print_as_the_reference_prints_them() {
    for case in [
        "SHA224",
        "SHA256",
        "SHA384",
        "SHA512",
        "SHA512_224",
        "SHA512_256",
    ] {
        let Some(path) = vector(&format!(
            "integrity-golden/TestDigest_MarshalJSON/{case}.golden"
        )) else {
            return;
        };
        let text = std::fs::read_to_string(path).unwrap();
        let digest: sifter_signing::Digest = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&digest).unwrap(), text.trim_end());
    }
}

#[test]
fn keys_of_the_corpus_read_as_they_are() {
    for (file, fingerprint, algorithm) in [
        (
            "sylabs-sif/keys/private.asc",
            "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84",
            "RSA 2048",
        ),
        (
            "singularity/keys/pgp-public.asc",
            "F34371D0ACD5D09EB9BD853A80600A5FA11BBD29",
            "RSA 4096",
        ),
        (
            "singularity/keys/pgp-private.asc",
            "F34371D0ACD5D09EB9BD853A80600A5FA11BBD29",
            "RSA 4096",
        ),
        (
            "singularity/ecl-keys/pubkey1.asc",
            "0C5B8C9A5FFC44E2A0AC79851CD6FA281D476DD1",
            "RSA 4096",
        ),
        (
            "singularity/ecl-keys/key2.asc",
            "78F8AD36B0DCB84B707F23853D608DAE21C8CA10",
            "RSA 4096",
        ),
    ] {
        let Some(path) = vector(file) else { return };
        let ring = Keyring::open(path, KeyOrigin::Local).unwrap();
        let [certificate] = ring.certificates() else {
            panic!("{file}")
        };
        assert_eq!(certificate.fingerprint().to_string(), fingerprint);
        assert_eq!(certificate.key_id(), fingerprint[24..]);
        assert_eq!(certificate.algorithm(), algorithm);
        assert!(certificate.may_sign() && certificate.name().is_some());
        assert_eq!((certificate.expires(), certificate.revoked()), (None, None));
    }
    for (file, id) in [
        (
            "ed25519",
            "SHA256:x6l8ZblpSSXGaPMCzySedWg88BwIFcz8jlPb6el0mFs",
        ),
        ("rsa", "SHA256:BhCwr7qZulYcOMSl2Jt2DuYHxHNnN6th4NdMqR/PGa4"),
        (
            "ecdsa",
            "SHA256:13cNV0A11AxgIQYCvlDmJlRi0CjRtjnYF47RzrMhlaU",
        ),
    ] {
        let Some(path) = vector(&format!("sylabs-sif/keys/{file}-public.pem")) else {
            return;
        };
        assert_eq!(PublicKey::open(path).unwrap().id(), id);
    }
}
