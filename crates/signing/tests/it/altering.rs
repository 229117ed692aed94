//! Every covered byte counts, and none other does.

use sifter_sif::{DataType, Link, ObjectInput, PartitionType, Stamp, Writer};
use sifter_signing::openpgp::KeyOrigin;
use sifter_signing::{Selection, Trust, Verdict};

use crate::images::{ADA, BOB, Sample, failure, ring, verify, with};

#[test]
fn changed_bytes_are_found_where_they_are() {
    let header = "header integrity compromised";
    let descriptor = "data object descriptor integrity compromised: 2";
    let data = "data object integrity compromised: 3";
    let offsets = |sample: &Sample| {
        let partition = sample.image().object(3).unwrap().offset();
        [
            (0, header),
            (60, header),
            (sample.descriptor(2, 0), descriptor),
            (sample.descriptor(2, 13), descriptor),
            (sample.descriptor(2, 41), descriptor),
            (sample.descriptor(2, 57), descriptor),
            (sample.descriptor(2, 65), descriptor),
            (sample.descriptor(2, 73), descriptor),
            (sample.descriptor(2, 584), descriptor),
            (partition.cast_unsigned(), data),
            (partition.cast_unsigned() + 13, data),
        ]
    };
    let count = offsets(&Sample::new()).len();
    for index in 0..count {
        let sample = Sample::signed();
        let (offset, expected) = offsets(&sample)[index];
        sample.flip(offset);
        let report = sample.verify(Selection::all());
        assert_eq!(failure(&report), expected, "offset {offset}");
        assert_eq!(
            report.verdict(&Trust::nobody()),
            Verdict::DoNotUse,
            "offset {offset}"
        );
    }
}

#[test]
fn what_no_signature_covers_may_change() {
    // Architecture, times, free and total count apart from the table: none of it is content.
    for (offset, what) in [
        (45, "arch"),
        (64, "created"),
        (72, "modified"),
        (112, "data offset"),
        (2000, "gap"),
    ] {
        let sample = Sample::signed();
        sample.flip(offset);
        assert!(sample.verify(Selection::all()).is_ok(), "{what}");
    }
    for (field, what) in [(33, "padded size"), (49, "modified")] {
        let sample = Sample::signed();
        sample.flip(sample.descriptor(2, field));
        assert!(sample.verify(Selection::all()).is_ok(), "{what}");
    }
}

#[test]
fn objects_before_the_altered_one_count_as_verified() {
    let sample = Sample::signed();
    sample.flip(sample.image().object(2).unwrap().offset().cast_unsigned());
    let report = sample.verify(Selection::all());
    let first = report.signatures().next().unwrap();
    assert_eq!(
        (first.verified.as_slice(), first.altered.as_slice()),
        (&[1][..], &[2][..])
    );
    assert!(first.signer.is_some(), "who signed is proven all the same");
    // The other group is looked at nevertheless.
    assert_eq!(report.signatures().nth(1).unwrap().verified, [4]);
    assert!(sample.verify(Selection::all().object(3)).is_ok());
}

#[test]
fn objects_added_to_or_taken_from_a_signed_group_are_found() {
    let sample = Sample::signed();
    let more = ObjectInput::new(DataType::Generic, &b"more"[..]);
    Writer::open(&sample.path)
        .unwrap()
        .add(more, Stamp::Auto)
        .unwrap();
    let report = sample.verify(Selection::all());
    assert_eq!(failure(&report), "object 7: object not signed");
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::DoNotUse);
    assert!(sample.verify(Selection::all().group(2)).is_ok());
    assert!(sample.verify(Selection::all().object(1)).is_ok());
    assert_eq!(
        failure(&sample.verify(Selection::all().object(7))),
        "object 7: object not signed"
    );

    let sample = Sample::signed();
    let mut writer = Writer::open(&sample.path).unwrap();
    writer
        .delete(3, sifter_sif::DeleteOptions::default())
        .unwrap();
    let report = sample.verify(Selection::all());
    assert_eq!(failure(&report), "object 3: signed object not found");
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::DoNotUse);
}

#[test]
fn an_object_in_no_group_spoils_a_signed_image() {
    let sample = Sample::signed();
    let stray = ObjectInput::new(DataType::Generic, &b"stray"[..]).in_group(None);
    Writer::open(&sample.path)
        .unwrap()
        .add(stray, Stamp::Auto)
        .unwrap();
    let report = sample.verify(Selection::all().object(1));
    assert_eq!(
        failure(&report),
        "non-signature object not associated with object group"
    );
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::DoNotUse);
}

#[test]
fn a_signature_over_a_part_covers_that_part_only() {
    let sample = Sample::new();
    assert_eq!(
        sample.sign(&Selection::all().object(1).object(4), with(&ADA)),
        [5, 6]
    );
    assert!(sample.verify(Selection::all().object(1).object(4)).is_ok());
    assert!(sample.verify(Selection::all().group(2)).is_ok());
    assert_eq!(
        failure(&sample.verify(Selection::all().object(3))),
        "object 3: object not signed"
    );
    assert_eq!(
        failure(&sample.verify(Selection::all())),
        "object 2: object not signed"
    );
}

#[test]
fn a_group_nobody_signed_leaves_the_image_unsigned() {
    let sample = Sample::new();
    sample.sign(&Selection::all().group(1), with(&ADA));
    let report = sample.verify(Selection::all());
    assert_eq!(failure(&report), "signature not found for object group 2");
    assert_eq!(
        report.verdict(&Trust::nobody().keyrings()),
        Verdict::NotSigned
    );
    assert!(
        report
            .signatures()
            .all(sifter_signing::SignatureReport::is_ok)
    );
}

#[test]
fn every_signature_has_to_be_good_and_one_signer_has_to_be_trusted() {
    let sample = Sample::signed();
    assert_eq!(sample.sign(&Selection::all(), with(&BOB)), [7, 8]);
    let report = sample.verify(Selection::all());
    assert!(
        failure(&report)
            .starts_with("signature object 7 not valid: signature made by unknown entity")
    );
    assert_eq!(
        report.verdict(&Trust::nobody().keyrings()),
        Verdict::CouldNotCheck
    );
    let both = verify(&sample.path, Selection::all(), &ring(&[&ADA, &BOB]));
    assert!(both.is_ok());
    let mut signers = vec![ADA.fingerprint(), BOB.fingerprint()];
    signers.sort();
    assert_eq!(both.all_signed_by(), signers);
    assert_eq!(both.verdict(&Trust::nobody()), Verdict::UnknownSigner);
    assert_eq!(
        both.verdict(&Trust::nobody().fingerprint(BOB.fingerprint())),
        Verdict::Verified
    );
    assert_eq!(
        both.verdict(&Trust::nobody().given()),
        Verdict::UnknownSigner
    );
}

#[test]
fn the_key_in_the_descriptor_has_to_be_the_one_that_signed() {
    let sample = Sample::new();
    let donor = Sample::signed();
    // Ada's own signature, under Bob's name.
    std::fs::copy(&donor.path, &sample.path).unwrap();
    let text = sample.data(5);
    let forged = sample.attach(&text, BOB.fingerprint().v4(), Link::Group(1));
    let report = sample.verify(Selection::all());
    assert_eq!(
        failure(&report),
        "fingerprint in descriptor does not correspond to signing entity"
    );
    let wrong = report
        .signatures()
        .find(|signature| signature.object == forged)
        .unwrap();
    assert_eq!(wrong.claimed, Some(BOB.fingerprint()));
    assert_eq!(wrong.fingerprint(), Some(&ADA.fingerprint()));
}

#[test]
fn a_signature_moved_to_another_image_or_group_fails() {
    let sample = Sample::signed();
    let other = Sample::new();
    other.attach(&sample.data(5), ADA.fingerprint().v4(), Link::Group(1));
    let report = other.verify(Selection::all().group(1));
    assert_eq!(
        failure(&report),
        "header integrity compromised",
        "images have an identity"
    );
    let moved = sample.attach(&sample.data(6), ADA.fingerprint().v4(), Link::Group(1));
    let report = sample.verify(Selection::all().group(1));
    assert_eq!(failure(&report), "object 2: object not signed");
    assert!(
        report
            .signatures()
            .any(|signature| signature.object == moved && !signature.is_ok())
    );
}

#[test]
fn garbage_and_oversized_signatures_are_named() {
    for (data, expected) in [
        (b"garbage".to_vec(), "signature format not recognized"),
        (b"{}".to_vec(), "signature format not recognized"),
        (
            vec![b'x'; (1 << 20) + 1],
            "cannot read object 5: object 5 holds 1048577 bytes; at most 1048576 are read",
        ),
    ] {
        let sample = Sample::new();
        sample.attach(&data, None, Link::Group(1));
        let report = sample.verify(Selection::all().group(1));
        assert_eq!(failure(&report), expected);
        assert_eq!(report.verdict(&Trust::nobody()), Verdict::CouldNotCheck);
    }
}

#[test]
fn a_message_with_more_signatures_than_any_tool_writes_is_not_read() {
    use pgp::composed::{ArmorOptions, CleartextSignedMessage};
    let text = Sample::signed().data(5);
    let (one, _) = CleartextSignedMessage::from_armor(&text[..]).unwrap();
    let many = |count| {
        let signatures = vec![one.signatures()[0].clone(); count];
        let message = CleartextSignedMessage::new_many(one.text(), |_| Ok(signatures)).unwrap();
        let sample = Sample::new();
        let armored = message.to_armored_bytes(ArmorOptions::default()).unwrap();
        sample.attach(&armored, ADA.fingerprint().v4(), Link::Group(1));
        failure(&sample.verify(Selection::all().group(1)))
    };
    assert_eq!(many(16), "header integrity compromised");
    assert_eq!(many(17), "signature format not recognized");
}

#[test]
fn an_unknown_hash_in_the_descriptor_is_refused_as_the_tools_do() {
    let sample = Sample::signed();
    sample.flip(sample.descriptor(5, 201 + 1));
    assert_eq!(
        failure(&sample.verify(Selection::all())),
        "hash algorithm unsupported"
    );
}

#[test]
fn an_image_cut_short_is_not_the_signed_one() {
    let sample = Sample::signed();
    let end = sample.image().object(4).unwrap().offset().cast_unsigned();
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(&sample.path)
        .unwrap();
    file.set_len(end + 3).unwrap();
    let report = sample.verify(Selection::all());
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::DoNotUse);
}

#[test]
fn renumbering_a_group_with_its_signature_keeps_it_signed() {
    let sample = Sample::signed();
    let mut bytes = std::fs::read(&sample.path).unwrap();
    for (id, field) in [(1, 9), (2, 9), (3, 9), (5, 13)] {
        let offset = usize::try_from(sample.descriptor(id, field)).unwrap();
        bytes[offset] = 7;
    }
    std::fs::write(&sample.path, bytes).unwrap();
    assert!(sample.verify(Selection::all()).is_ok());
}

#[test]
fn verification_can_be_stopped_and_tells_how_far_it_is() {
    use std::ops::ControlFlow;
    let sample = Sample::signed();
    let ring = ring(&[&ADA]);
    let verifier = sifter_signing::Verifier::new().source(&ring);
    let mut hashed = 0;
    let mut count = |bytes| {
        hashed += bytes;
        ControlFlow::Continue(())
    };
    let report = verifier
        .verify_watched(&sample.image(), &mut count)
        .unwrap();
    assert!(report.is_ok());
    let image = sample.image();
    let sizes = (1..=4).map(|id| image.object(id).unwrap().size().cast_unsigned());
    assert_eq!(hashed, sizes.sum::<u64>());
    let stopped = verifier.verify_watched(&image, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(sifter_signing::Error::Stopped)));
}

#[test]
fn issuers_are_told_before_anything_is_hashed() {
    let sample = Sample::signed();
    sample.sign(&Selection::all().group(1), with(&BOB));
    let issuers = sifter_signing::issuers(&sample.image());
    let fingerprints: Vec<_> = issuers
        .iter()
        .filter_map(|issuer| issuer.fingerprint().cloned())
        .collect();
    assert_eq!(fingerprints, [ADA.fingerprint(), BOB.fingerprint()]);
    assert_eq!(issuers[0].key_id(), Some(ADA.certificate().key_id()));
}

#[test]
fn legacy_without_more_means_the_primary_partition() {
    let sample = Sample::signed();
    assert!(
        sample
            .image()
            .descriptors()
            .any(|object| object.is_partition(PartitionType::PrimarySystem))
    );
    let report = sample.verify(Selection::all().form(sifter_signing::Form::Legacy));
    assert_eq!(failure(&report), "signature not found for object 3");
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::CouldNotCheck);
    let origin = sample.verify(Selection::all());
    match origin.signatures().next().unwrap().signer.as_ref().unwrap() {
        sifter_signing::Signer::OpenPgp { origin, .. } => assert_eq!(*origin, KeyOrigin::Local),
        sifter_signing::Signer::Keys(_) => panic!("an OpenPGP signature"),
    }
}
