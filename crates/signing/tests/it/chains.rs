//! Chains of certificates: those of the reference, and broken ones made here.

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use sifter_sif::Image;
use sifter_signing::openpgp::Time;
use sifter_signing::x509::{Part, Untrusted, trusted_key};
use sifter_signing::{Trust, Verdict, Verifier};

use crate::vectors::vector;

/// 2026-01-01.
const NOW: Time = Time(1_767_225_600);

#[test]
fn the_certificate_of_the_reference_lends_its_key_to_the_image() {
    for project in ["singularity", "apptainer"] {
        let read = |name: &str| {
            Some(std::fs::read(vector(&format!("{project}/certs/{name}.pem"))?).unwrap())
        };
        let (Some(leaf), Some(intermediate), Some(root)) =
            (read("leaf"), read("intermediate"), read("root"))
        else {
            return;
        };
        let key = trusted_key(&leaf, &intermediate, &root, NOW).unwrap();
        let image =
            Image::open(vector("sylabs-sif/images/one-group-signed-dsse.sif").unwrap()).unwrap();
        let report = Verifier::new().key(key).verify(&image);
        assert_eq!(report.verdict(&Trust::nobody().given()), Verdict::Verified);
        assert_eq!(report.signatures().next().unwrap().verified, [1, 2]);
        assert!(matches!(
            trusted_key(&leaf, b"", &root, NOW),
            Err(Untrusted::UnknownAuthority)
        ));
        assert!(matches!(
            trusted_key(&leaf, &intermediate, b"", NOW),
            Err(Untrusted::NoRoots)
        ));
        let late = trusted_key(&leaf, &intermediate, &root, Time(1_901_318_400));
        assert!(matches!(late, Err(Untrusted::Expired)), "{late:?}");
        let early = trusted_key(&leaf, &intermediate, &root, Time(1_577_836_800));
        assert!(matches!(early, Err(Untrusted::NotYetValid)), "{early:?}");
        let swapped = trusted_key(&leaf, &intermediate, &leaf, NOW);
        assert!(swapped.is_err());
    }
}

/// A root, and a certificate below it for these purposes.
fn chain(purposes: &[ExtendedKeyUsagePurpose]) -> (String, String) {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    root.not_before = date_time_ymd(2020, 1, 1);
    root.not_after = date_time_ymd(2030, 1, 1);
    let root_key = KeyPair::generate().unwrap();
    let root_certificate = root.self_signed(&root_key).unwrap();
    let mut leaf = CertificateParams::new(Vec::new()).unwrap();
    leaf.extended_key_usages = purposes.to_vec();
    leaf.not_before = date_time_ymd(2020, 1, 1);
    leaf.not_after = date_time_ymd(2030, 1, 1);
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = leaf
        .signed_by(&leaf_key, &Issuer::new(root, root_key))
        .unwrap();
    (leaf.pem(), root_certificate.pem())
}

#[test]
fn only_certificates_for_code_signing_or_without_a_purpose_sign() {
    for (purposes, good) in [
        (&[ExtendedKeyUsagePurpose::CodeSigning][..], true),
        (&[][..], true),
        (&[ExtendedKeyUsagePurpose::ServerAuth][..], false),
        (
            &[
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::CodeSigning,
            ][..],
            true,
        ),
    ] {
        let (leaf, root) = chain(purposes);
        let key = trusted_key(leaf.as_bytes(), b"", root.as_bytes(), NOW);
        if good {
            assert!(key.is_ok(), "{purposes:?}: {key:?}");
        } else {
            assert!(
                matches!(key, Err(Untrusted::WrongPurpose)),
                "{purposes:?}: {key:?}"
            );
        }
    }
}

#[test]
fn files_that_hold_something_else_are_named() {
    let (leaf, root) = chain(&[]);
    let (leaf, root) = (leaf.as_bytes(), root.as_bytes());
    let key = KeyPair::generate().unwrap().serialize_pem();
    for (certificate, intermediates, roots, part) in [
        (&b"hello"[..], &b""[..], root, Part::Certificate),
        (b"", b"", root, Part::Certificate),
        (key.as_bytes(), b"", root, Part::Certificate),
        (leaf, key.as_bytes(), root, Part::Intermediates),
        (leaf, b"", b"hello", Part::Roots),
        (leaf, b"", key.as_bytes(), Part::Roots),
    ] {
        match trusted_key(certificate, intermediates, roots, NOW) {
            Err(Untrusted::Unreadable(found)) => assert_eq!(found, part),
            other => panic!("{part:?}: {other:?}"),
        }
    }
    let with_key = [key.as_bytes(), leaf].concat();
    assert!(trusted_key(&with_key, b"", root, NOW).is_ok());
}
