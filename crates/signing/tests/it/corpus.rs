//! The images of the reference tools, with the results their own tests expect.

use sifter_sif::Image;
use sifter_signing::dsse::PublicKey;
use sifter_signing::openpgp::{KeyOrigin, Keyring, Time};
use sifter_signing::{Contents, Failure, Form, Report, Selection, Trust, Verdict, Verifier};

use crate::vectors::vector;

const A: &str = "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84";
const B: &str = "F34371D0ACD5D09EB9BD853A80600A5FA11BBD29";

/// 2026-01-01: the certificates and keys of the corpus are good then.
const NOW: Time = Time(1_767_225_600);

/// Which keys a verification is given.
#[derive(Debug, Clone, Copy)]
enum Keys {
    None,
    EmptyRing,
    RingA,
    RingB,
    Pem(&'static str),
}

use Keys::{EmptyRing, None as NoKeys, Pem, RingA, RingB};

const ED: Keys = Pem("sylabs-sif/keys/ed25519-public.pem");
const RSA: Keys = Pem("sylabs-sif/keys/rsa-public.pem");
const EC: Keys = Pem("sylabs-sif/keys/ecdsa-public.pem");

fn ring(file: &str) -> Option<Keyring> {
    Some(Keyring::open(vector(file)?, KeyOrigin::Local).unwrap())
}

fn verify(image: &str, keys: Keys, selection: Selection) -> Option<Report> {
    run(image, keys, Verifier::new().select(selection))
}

/// The same from header, descriptors and signatures alone.
fn glance(image: &str, keys: Keys, selection: Selection) -> Option<Report> {
    run(
        image,
        keys,
        Verifier::new().select(selection).without_data(),
    )
}

fn run(image: &str, keys: Keys, verifier: Verifier<'_>) -> Option<Report> {
    let image = Image::open(vector(image)?).unwrap();
    let verifier = verifier.at(NOW);
    let ring = match keys {
        NoKeys => return Some(verifier.verify(&image)),
        Pem(file) => {
            let key = PublicKey::open(vector(file)?).unwrap();
            return Some(verifier.key(key).verify(&image));
        }
        EmptyRing => Keyring::new(KeyOrigin::Local, Vec::new()),
        RingA => ring("sylabs-sif/keys/private.asc")?,
        RingB => ring("singularity/keys/pgp-public.asc")?,
    };
    Some(verifier.source(&ring).verify(&image))
}

/// The signatures looked at, each with the objects found good.
fn covered(report: &Report) -> Vec<(u32, Vec<u32>)> {
    let signatures = report.signatures();
    signatures
        .map(|signature| (signature.object, signature.verified.clone()))
        .collect()
}

fn good(image: &str, keys: Keys, selection: Selection, expected: &[(u32, &[u32])]) {
    let Some(report) = verify(image, keys, selection.clone()) else {
        return;
    };
    let failure = report.failure().map(sifter_signing::Failure::text);
    assert!(
        report.is_ok(),
        "{image} {keys:?} {selection:?}: {failure:?}"
    );
    let expected: Vec<_> = expected
        .iter()
        .map(|(id, objects)| (*id, objects.to_vec()))
        .collect();
    assert_eq!(covered(&report), expected, "{image} {keys:?} {selection:?}");

    let report = glance(image, keys, selection.clone()).unwrap();
    assert_eq!(report.contents(), Contents::Unread);
    assert!(
        !report.is_ok(),
        "{image}: what was not read is not vouched for"
    );
    let unread: Vec<_> = report
        .signatures()
        .map(|signature| (signature.object, signature.unread.clone()))
        .collect();
    assert_eq!(unread, expected, "{image} {keys:?} {selection:?}");
    assert!(covered(&report).iter().all(|(_, found)| found.is_empty()));
    // A signature of the old form is about data alone.
    if selection.form == Form::Modern {
        assert!(report.failure().is_none(), "{image} {keys:?}");
    } else {
        assert!(
            matches!(report.failure(), Some(Failure::DataUnread)),
            "{image} {keys:?}"
        );
        assert_eq!(report.verdict(&Trust::nobody()), Verdict::CouldNotCheck);
    }
}

fn bad(image: &str, keys: Keys, selection: Selection, text: &str) {
    let Some(report) = verify(image, keys, selection.clone()) else {
        return;
    };
    assert!(!report.is_ok(), "{image} {keys:?} {selection:?} verified");
    let failure = report.failure().unwrap().text();
    assert!(
        failure.starts_with(text),
        "{image} {keys:?} {selection:?}: {failure}"
    );
    let form = selection.form;
    let report = glance(image, keys, selection).unwrap();
    let glanced = report.failure().unwrap().text();
    // None of these is wrong in its data, and a signature of the old form is about nothing else.
    if form == Form::Modern {
        assert_eq!(glanced, failure, "{image} {keys:?}");
    }
}

fn all() -> Selection {
    Selection::all()
}

fn legacy() -> Selection {
    all().form(Form::Legacy)
}

fn legacy_all() -> Selection {
    all().form(Form::LegacyAll)
}

#[test]
fn images_without_objects_or_signatures_are_not_signed() {
    for name in ["empty", "empty-id", "empty-launch-script"] {
        let image = format!("sylabs-sif/images/{name}.sif");
        bad(&image, RingA, all(), "no groups found");
        bad(&image, RingA, all().group(1), "no objects in image");
        bad(&image, RingA, all().object(1), "no objects in image");
    }
    for name in [
        "one-object-time",
        "one-object-generic-json",
        "one-object-crypt-message",
        "one-object-sbom",
        "one-object-oci-root-index",
        "one-object-oci-blob",
        "one-group",
        "two-groups",
    ] {
        let image = format!("sylabs-sif/images/{name}.sif");
        bad(
            &image,
            RingA,
            all(),
            "signature not found for object group 1",
        );
        let Some(report) = verify(&image, RingA, all()) else {
            return;
        };
        assert_eq!(report.verdict(&Trust::nobody()), Verdict::NotSigned);
    }
    bad(
        "singularity/images/one-group.sif",
        RingB,
        all(),
        "signature not found for object group 1",
    );
    bad(
        "oci-sif/DockerManifest.golden",
        RingB,
        all(),
        "signature not found for object group 1",
    );
    bad(
        "singularity/images/empty.sif",
        RingB,
        all(),
        "no groups found",
    );
}

#[test]
fn openpgp_signatures_of_groups_and_objects_verify() {
    let one = "sylabs-sif/images/one-group-signed-pgp.sif";
    good(one, RingA, all(), &[(3, &[1, 2])]);
    good(one, RingA, all().object(1), &[(3, &[1])]);
    good(one, RingA, all().group(1), &[(3, &[1, 2])]);
    bad(one, EmptyRing, all(), "signature object 3 not valid");
    bad(one, RingB, all(), "signature object 3 not valid");
    bad(
        one,
        ED,
        all(),
        "key material not provided for PGP clear-sign signature",
    );
    bad(
        one,
        NoKeys,
        all(),
        "key material not provided for PGP clear-sign signature",
    );
    bad(one, RingA, all().group(2), "group not found");
    bad(one, RingA, all().object(3), "invalid group ID");
    bad(one, RingA, all().object(0), "invalid object ID");
    bad(one, RingA, all().object(9), "object not found");
    bad(
        one,
        RingA,
        legacy().object(2),
        "signature not found for object 2",
    );
    let two = "sylabs-sif/images/two-groups-signed-pgp.sif";
    good(two, RingA, all(), &[(4, &[1, 2]), (5, &[3])]);
    good(two, RingA, all().group(2), &[(5, &[3])]);
    good(two, RingA, all().object(1), &[(4, &[1])]);
    good(
        two,
        RingA,
        all().group(2).object(2).object(1),
        &[(5, &[3]), (4, &[1]), (4, &[2])],
    );
    let old = "singularity/images/one-group-signed-pgp.sif";
    good(old, RingB, all(), &[(3, &[1, 2])]);
    bad(old, RingA, all(), "signature object 3 not valid");
}

#[test]
fn the_signer_is_named_once_proven() {
    for (image, keys, fingerprint, name) in [
        (
            "sylabs-sif/images/one-group-signed-pgp.sif",
            RingA,
            A,
            "Unit Test <unit@test.com>",
        ),
        (
            "singularity/images/one-group-signed-pgp.sif",
            RingB,
            B,
            "SingularityCE Tests <singularityce@example.com>",
        ),
    ] {
        let Some(report) = verify(image, keys, all()) else {
            return;
        };
        let signers: Vec<String> = report
            .all_signed_by()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(signers, [fingerprint]);
        let signature = report.signatures().next().unwrap();
        match signature.signer.as_ref().unwrap() {
            sifter_signing::Signer::OpenPgp {
                name: found,
                hash,
                made,
                ..
            } => {
                assert_eq!(found.as_deref(), Some(name));
                assert_eq!(hash, "SHA256");
                assert!(made.unwrap() < NOW);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(report.verdict(&Trust::nobody()), Verdict::UnknownSigner);
        assert_eq!(
            report.verdict(&Trust::nobody().keyrings()),
            Verdict::Verified
        );
        let trust = Trust::nobody().fingerprint(fingerprint.parse().unwrap());
        assert_eq!(report.verdict(&trust), Verdict::Verified);
        let Some(report) = verify(image, EmptyRing, all()) else {
            return;
        };
        assert_eq!(report.verdict(&trust), Verdict::CouldNotCheck);
        assert!(report.all_signed_by().is_empty());
    }
}

#[test]
fn envelopes_verify_with_either_key_that_signed_them() {
    for image in [
        "sylabs-sif/images/one-group-signed-dsse.sif",
        "singularity/images/one-group-signed-dsse.sif",
    ] {
        good(image, ED, all(), &[(3, &[1, 2])]);
        good(image, RSA, all(), &[(3, &[1, 2])]);
        good(image, RSA, all().object(2), &[(3, &[2])]);
        bad(image, EC, all(), "signature object 3 not valid");
        bad(
            image,
            RingA,
            all(),
            "key material not provided for DSSE envelope signature",
        );
        let Some(report) = verify(image, ED, all()) else {
            return;
        };
        assert!(report.all_signed_by().is_empty());
        let trust = Trust::nobody().key_id("SHA256:x6l8ZblpSSXGaPMCzySedWg88BwIFcz8jlPb6el0mFs");
        assert_eq!(report.verdict(&trust), Verdict::Verified);
        assert_eq!(report.verdict(&Trust::nobody()), Verdict::UnknownSigner);
    }
    let two = "sylabs-sif/images/two-groups-signed-dsse.sif";
    good(two, ED, all(), &[(4, &[1, 2]), (5, &[3])]);
    good(two, RSA, all(), &[(4, &[1, 2]), (5, &[3])]);
    bad(two, EC, all(), "signature object 4 not valid");
}

#[test]
fn legacy_signatures_verify_only_when_asked_for() {
    let one = "sylabs-sif/images/one-group-signed-legacy.sif";
    bad(one, RingA, all(), "signature not found for object group 1");
    good(one, RingA, legacy(), &[(3, &[2])]);
    good(one, RingA, legacy().object(2), &[(3, &[2])]);
    bad(
        one,
        RingA,
        legacy().object(1),
        "signature not found for object 1",
    );
    bad(one, RingA, legacy_all(), "signature not found for object 1");
    bad(
        one,
        RingA,
        legacy().group(1),
        "signature not found for object group 1",
    );
    bad(one, RingB, legacy(), "signature object 3 not valid");
    let every = "sylabs-sif/images/one-group-signed-legacy-all.sif";
    bad(
        every,
        RingA,
        all(),
        "signature not found for object group 1",
    );
    good(every, RingA, legacy_all(), &[(3, &[1]), (4, &[2])]);
    good(every, RingA, legacy().object(1), &[(3, &[1])]);
    good(every, RingA, legacy().object(2), &[(4, &[2])]);
    let group = "sylabs-sif/images/one-group-signed-legacy-group.sif";
    bad(
        group,
        RingA,
        all(),
        "signature not found for object group 1",
    );
    good(group, RingA, legacy().group(1), &[(3, &[1, 2])]);
    bad(
        group,
        RingA,
        legacy().object(1),
        "signature not found for object 1",
    );
    let two = "sylabs-sif/images/two-groups-signed-legacy.sif";
    good(two, RingA, legacy().object(2), &[(4, &[2])]);
    bad(two, RingA, legacy_all(), "signature not found for object 1");
    let two_all = "sylabs-sif/images/two-groups-signed-legacy-all.sif";
    good(
        two_all,
        RingA,
        legacy().object(1).object(2),
        &[(4, &[1]), (5, &[2])],
    );
    bad(
        two_all,
        RingA,
        legacy_all(),
        "signature not found for object 3",
    );
    let two_group = "sylabs-sif/images/two-groups-signed-legacy-group.sif";
    good(two_group, RingA, legacy().group(1), &[(4, &[1, 2])]);
    bad(
        two_group,
        RingA,
        legacy().group(1).group(2),
        "signature not found for object group 2",
    );
    let b = "singularity/images/one-group-signed-legacy.sif";
    good(b, RingB, legacy().object(2), &[(3, &[2])]);
    bad(b, RingB, legacy().object(9), "object not found");
    good(
        "singularity/images/one-group-signed-legacy-all.sif",
        RingB,
        legacy_all(),
        &[(3, &[1]), (4, &[2])],
    );
    let b_group = "singularity/images/one-group-signed-legacy-group.sif";
    good(b_group, RingB, legacy().group(1), &[(3, &[1, 2])]);
    bad(b_group, RingB, legacy().group(5), "group not found");
}

#[test]
fn an_old_signature_alone_could_not_be_checked_rather_than_being_absent() {
    for name in ["legacy", "legacy-all", "legacy-group"] {
        let image = format!("sylabs-sif/images/one-group-signed-{name}.sif");
        let Some(report) = verify(&image, RingA, all()) else {
            return;
        };
        assert_eq!(
            report.verdict(&Trust::nobody()),
            Verdict::CouldNotCheck,
            "{name}"
        );
    }
}
