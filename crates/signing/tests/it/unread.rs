//! What can be said of an image from its header, its descriptors and its signatures alone.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Mutex;

use sifter_sif::{DataType, Image, Link, ObjectInput, Source, Stamp, Writer};
use sifter_signing::{Contents, Failure, Report, Selection, Trust, Verdict, Verifier, issuers};

use crate::images::{ADA, BOB, Sample, ring, with};

/// Keeps what was read of an image.
struct Watched {
    bytes: Vec<u8>,
    read: Mutex<Vec<Range<u64>>>,
}

impl Source for Watched {
    fn len(&self) -> io::Result<u64> {
        Source::len(&self.bytes)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.bytes.read_at(buffer, offset)?;
        self.read
            .lock()
            .unwrap()
            .push(offset..offset + count as u64);
        Ok(count)
    }
}

fn glance(sample: &Sample) -> Report {
    let ring = ring(&[&ADA]);
    let image = Image::open(&sample.path).unwrap();
    Verifier::new().source(&ring).without_data().verify(&image)
}

fn verdict(report: &Report) -> Verdict {
    report.verdict(&Trust::nobody().keyrings())
}

#[test]
fn no_byte_of_any_object_but_the_signatures_is_read() {
    let sample = Sample::signed();
    let image = Image::load(Watched {
        bytes: std::fs::read(&sample.path).unwrap(),
        read: Mutex::default(),
    })
    .unwrap();
    assert_eq!(issuers(&image).len(), 1);
    let ring = ring(&[&ADA]);
    let report = Verifier::new().source(&ring).without_data().verify(&image);
    assert_eq!(verdict(&report), Verdict::Verified);
    let data: Vec<Range<u64>> = (1..=4)
        .map(|id| {
            let object = image.object(id).unwrap();
            let start = object.offset().cast_unsigned();
            start..start + object.size().cast_unsigned()
        })
        .collect();
    for read in image.source().read.lock().unwrap().iter() {
        let touched = data
            .iter()
            .find(|data| read.start < data.end && data.start < read.end);
        assert_eq!(touched, None, "{read:?}");
    }
}

#[test]
fn a_good_signature_over_unread_data_is_no_proof_of_it() {
    let sample = Sample::signed();
    let report = glance(&sample);
    assert_eq!(report.contents(), Contents::Unread);
    assert!(!report.is_ok() && report.failure().is_none());
    for (signature, objects) in report.signatures().zip([&[1, 2, 3][..], &[4]]) {
        assert!(signature.is_ok() && signature.verified.is_empty());
        assert_eq!(signature.unread, objects);
    }
    let whole = sample.verify(Selection::all());
    assert_eq!(whole.contents(), Contents::Read);
    assert!(whole.is_ok() && whole.signatures().all(|one| one.unread.is_empty()));
}

#[test]
fn altered_data_is_found_when_it_is_read_and_not_before() {
    let sample = Sample::signed();
    sample.flip(sample.image().object(3).unwrap().offset().cast_unsigned());
    assert_eq!(verdict(&glance(&sample)), Verdict::Verified);
    assert_eq!(verdict(&sample.verify(Selection::all())), Verdict::DoNotUse);
}

#[test]
fn altered_headers_and_descriptors_are_found_at_a_glance() {
    let fields = |sample: &Sample| [0, sample.descriptor(2, 0), sample.descriptor(3, 65)];
    for index in 0..3 {
        let sample = Sample::signed();
        let offset = fields(&sample)[index];
        sample.flip(offset);
        assert_eq!(verdict(&glance(&sample)), Verdict::DoNotUse, "{offset}");
        let whole = sample.verify(Selection::all());
        assert_eq!(verdict(&whole), Verdict::DoNotUse, "{offset}");
    }
}

#[test]
fn an_image_whose_last_object_is_cut_short_is_found_at_a_glance() {
    let long = || {
        let data = ObjectInput::new(DataType::Generic, &[7; 9000][..]);
        data.in_group(Some(3))
    };
    let add = |sample: &Sample| {
        let mut writer = Writer::open(&sample.path).unwrap();
        writer.add(long(), Stamp::Deterministic).unwrap();
    };
    let sample = Sample::new();
    sample.sign(&Selection::all(), with(&ADA));
    // A signature is written behind what it covers. To have it before, it is made in a twin.
    let twin = Sample::new();
    std::fs::copy(&sample.path, &twin.path).unwrap();
    add(&twin);
    let made = twin.sign(&Selection::all().group(3), with(&ADA));
    let fingerprint = ADA.fingerprint().v4();
    sample.attach(&twin.data(made[0]), fingerprint, Link::Group(3));
    add(&sample);
    assert_eq!(verdict(&glance(&sample)), Verdict::Verified);
    let file = File::options().write(true).open(&sample.path).unwrap();
    file.set_len(sample.image().size() - 1).unwrap();
    let report = glance(&sample);
    assert!(
        matches!(report.failure(), Some(Failure::Unreadable { .. })),
        "{:?}",
        report.failure()
    );
    assert_eq!(verdict(&report), Verdict::DoNotUse);
}

#[test]
fn nobody_and_strangers_are_found_at_a_glance() {
    assert_eq!(verdict(&glance(&Sample::new())), Verdict::NotSigned);
    let sample = Sample::new();
    sample.sign(&Selection::all(), with(&BOB));
    assert_eq!(verdict(&glance(&sample)), Verdict::CouldNotCheck);
    let report = glance(&Sample::signed());
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::UnknownSigner);
}
