//! Arbitrary and mutated bytes never panic, whatever they are taken for.

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use sifter_sif::{Image, Link};
use sifter_signing::dsse::{PrivateKey, PublicKey};
use sifter_signing::hkp::{ServerAddress, parse_index};
use sifter_signing::openpgp::{KeyOrigin, Keyring, SecretKey};
use sifter_signing::x509::trusted_key;
use sifter_signing::{Form, ImageMetadata, Selection, Trust, Verifier, issuers};

use crate::images::{ADA, MADE, Sample, ring};

/// Everything that reads foreign bytes reads these.
fn read_as_anything(bytes: &[u8]) {
    if let Ok(ring) = Keyring::read(bytes, KeyOrigin::Local) {
        for key in ring.certificates() {
            let _ = (
                key.names(),
                key.expires(),
                key.revoked(),
                key.algorithm(),
                key.weakness(),
                key.to_bytes(),
            );
        }
    }
    for key in SecretKey::read(bytes).unwrap_or_default() {
        let _ = (key.unlock(None), key.to_bytes());
    }
    let _ = ADA.certificate().with_revocation(bytes);
    let _ = (
        PublicKey::from_pem(bytes),
        PublicKey::from_spki(bytes),
        PrivateKey::from_pem(bytes),
    );
    let _ = (
        ImageMetadata::parse(bytes),
        trusted_key(bytes, bytes, bytes, MADE),
    );
    let text = String::from_utf8_lossy(bytes);
    let _ = (parse_index(&text), ServerAddress::parse(&text));
    if let Ok(image) = Image::load(bytes) {
        verify(&image);
    }
}

fn verify(image: &Image<&[u8]>) {
    let ring = ring(&[&ADA]);
    let _ = issuers(image);
    for form in [Form::Modern, Form::Legacy, Form::LegacyAll] {
        let verifier = Verifier::new()
            .select(Selection::all().form(form))
            .source(&ring);
        let _ = verifier.verify(image).verdict(&Trust::nobody());
    }
}

/// `good` with a few bytes changed and perhaps its end cut off.
fn mutated(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = good.len();
    let changes = prop::collection::vec((0..len, any::<u8>()), 1..6);
    (changes, prop_oneof![Just(len), 0..len]).prop_map(move |(changes, end)| {
        let mut bytes = good.clone();
        for (at, value) in changes {
            bytes[at] = value;
        }
        bytes.truncate(end);
        bytes
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..1024)) {
        read_as_anything(&bytes);
    }

    #[test]
    fn mutated_certificates_do_no_harm(bytes in mutated(ADA.certificate().to_bytes().unwrap())) {
        read_as_anything(&bytes);
    }

    #[test]
    fn mutated_secret_keys_do_no_harm(bytes in mutated(ADA.to_bytes().unwrap().to_vec())) {
        read_as_anything(&bytes);
    }

    #[test]
    fn mutated_armor_does_no_harm(bytes in mutated(ADA.to_armor().unwrap().expose_secret().as_bytes().to_vec())) {
        read_as_anything(&bytes);
    }

    #[test]
    fn a_mutated_image_does_no_harm(bytes in mutated(std::fs::read(Sample::signed().path).unwrap())) {
        read_as_anything(&bytes);
    }

    #[test]
    fn a_mutated_signature_does_no_harm(bytes in mutated(Sample::signed().data(5))) {
        let sample = Sample::new();
        sample.attach(&bytes, ADA.fingerprint().v4(), Link::Group(1));
        let image = std::fs::read(&sample.path).unwrap();
        verify(&Image::load(&image[..]).unwrap());
        // Of another image and of two groups at once: it is never good here.
        prop_assert!(!sample.verify(Selection::all().group(1)).is_ok());
    }
}
