//! One function for each parser of foreign bytes. It may refuse what it is given; it may not panic, run without end,
//! or take memory by a length that it has not checked.
//!
//! The fuzzer calls them with inputs of its own, and an ordinary test with those that were kept.

mod oci_sif;

use std::ops::ControlFlow;
use std::sync::LazyLock;

use sifter_library_api::LibraryRef;
use sifter_library_api::reference::uri::UriRef;
use sifter_sif::{Image, Squashfs, header_text, info_text, list_text};
use sifter_signing::dsse::PublicKey;
use sifter_signing::hkp::{parse_index, received};
use sifter_signing::openpgp::{KeyOrigin, Keyring, Time};
use sifter_signing::x509::status::{StatusQuestion, questions};
use sifter_signing::{Form, Selection, Trust, Verifier, cosign as cosigned, issuers};

/// The most entries of a tree, and bytes of a file, that are looked at.
const MOST: usize = 500;
const LARGEST: u64 = 1 << 20;
/// An image with one object in group 1 and, at its end, the place of a signature of that group.
const UNSIGNED: &[u8] = include_bytes!("../unsigned.sif");
/// Offset of the second descriptor's size in it.
const SIZE_OF_SIGNATURE: usize = 4096 + 585 + 25;
/// A public key in PEM form.
const KEY: &[u8] = include_bytes!("../key.pem");
/// The key behind the cosign signatures that fuzzing begins with.
const COSIGN_KEY: &[u8] = include_bytes!("../cosign.pem");
/// A certificate, and the root that issued it and answers for it.
const SIGNER: &[u8] = include_bytes!("../signer.pem");
const ROOT: &[u8] = include_bytes!("../root.pem");
/// 2027-01-15, when the answers that fuzzing begins with count.
const NOW: Time = Time(1_800_000_000);
/// The question about the certificate.
static QUESTION: LazyLock<StatusQuestion> = LazyLock::new(|| {
    let mut asked = questions(SIGNER, b"", ROOT, NOW).unwrap().unwrap();
    asked.remove(0)
});

/// The name of a target, and what it gives its bytes to.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 9] = [
    ("sif_open", sif_open),
    ("squashfs", squashfs),
    ("clear_sign", clear_sign),
    ("dsse", dsse),
    ("hkp_index", hkp_index),
    ("received_keys", received_keys),
    ("ocsp", ocsp),
    ("cosign", cosign),
    ("references", references),
];

/// A SIF: header, descriptors, texts, objects, findings.
pub fn sif_open(bytes: &[u8]) {
    let Ok(image) = Image::load(bytes) else {
        return;
    };
    let _ = (header_text(image.header()), list_text(&image));
    let _ = (image.facts(), image.inspect(), image.findings());
    let _ = (image.oci_contents(), image.sboms());
    for object in image.descriptors() {
        let _ = info_text(object);
        if let Ok(data) = image.read(object, u64::MAX) {
            assert!(data.len() <= bytes.len());
        }
        if let Ok(squashfs) = image.file_system(object) {
            walk(&squashfs);
        }
    }
}

/// A squashfs: superblock, metadata, folders, links, files.
pub fn squashfs(bytes: &[u8]) {
    if let Ok(squashfs) = Squashfs::open(bytes) {
        walk(&squashfs);
    }
}

fn walk<S: sifter_sif::Source>(squashfs: &Squashfs<S>) {
    let Ok(walk) = squashfs.walk("/") else {
        return;
    };
    for walked in walk.take(MOST).map_while(Result::ok) {
        let _ = squashfs.followed(&walked.path);
        if let Ok(content) = squashfs.read(&walked.path, LARGEST) {
            assert!(content.len() as u64 <= LARGEST);
        }
    }
}

/// An OpenPGP cleartext signature in an image.
pub fn clear_sign(bytes: &[u8]) {
    verify(bytes);
}

/// A DSSE envelope in an image.
pub fn dsse(bytes: &[u8]) {
    verify(bytes);
}

/// Looks for the signer of an image whose signature object holds `bytes`, and verifies it.
fn verify(bytes: &[u8]) {
    let mut file = UNSIGNED.to_vec();
    let Some(size) = file.get_mut(SIZE_OF_SIGNATURE..SIZE_OF_SIGNATURE + 8) else {
        return;
    };
    size.copy_from_slice(&(bytes.len() as u64).to_le_bytes());
    file.extend_from_slice(bytes);
    let Ok(image) = Image::load(file) else {
        return;
    };
    let _ = issuers(&image);
    let Ok(key) = PublicKey::from_pem(KEY) else {
        return;
    };
    for form in [Form::Modern, Form::LegacyAll] {
        let verifier = Verifier::new()
            .select(Selection::all().form(form))
            .key(key.clone());
        let _ = verifier.verify(&image).verdict(&Trust::nobody());
    }
}

/// What a key server answers to a search.
pub fn hkp_index(bytes: &[u8]) {
    let _ = parse_index(&String::from_utf8_lossy(bytes));
}

/// What an OCSP responder answers to the question about one certificate.
pub fn ocsp(bytes: &[u8]) {
    is_good(bytes);
}

/// Whether the answer says that the certificate counts.
pub fn is_good(answer: &[u8]) -> bool {
    QUESTION.check(answer, NOW).is_ok()
}

/// The documents of an OCI-SIF: see [`oci_sif`].
pub fn cosign(bytes: &[u8]) {
    is_signed(bytes);
}

/// Whether the image in an OCI-SIF of these documents is well signed.
pub fn is_signed(documents: &[u8]) -> bool {
    let Ok(image) = Image::load(oci_sif::of(documents)) else {
        return false;
    };
    let _ = (image.oci_contents(), image.facts(), image.inspect());
    let key = PublicKey::from_pem(COSIGN_KEY).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    let report = cosigned::verify(&image, &[key], &mut watch).unwrap();
    assert!(report.failures.is_empty() == report.is_ok());
    let _ = report.verdict();
    report.is_ok()
}

/// Keys as a key server sends them and as people publish them. What is kept of them is kept whole a second time.
pub fn received_keys(bytes: &[u8]) {
    if let Ok(keys) = received(bytes) {
        let kept: Vec<Vec<u8>> = keys.iter().map(|key| key.to_bytes().unwrap()).collect();
        let again = received(&kept.concat()).unwrap();
        assert_eq!(again, keys);
        for key in &keys {
            assert_eq!(&key.merged(key), key);
        }
    }
    let Ok(ring) = Keyring::read(bytes, KeyOrigin::Given) else {
        return;
    };
    for key in ring.certificates() {
        let _ = (key.to_armor(), key.own_statements(), key.signature_count());
        let _ = (key.fingerprint().to_string(), key.names(), key.algorithm());
    }
}

/// References as people and servers write them. What is understood is understood again from its own text.
pub fn references(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(reference) = text.parse::<LibraryRef>() {
        let again = reference.to_string().parse::<LibraryRef>();
        assert_eq!(again.as_ref().ok(), Some(&reference), "{text:?}");
    }
    let _ = (UriRef::parse(&text), UriRef::parse_ambiguous(&text));
}
