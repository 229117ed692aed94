//! DSSE envelopes with keys of every kind, made by OpenSSL.

use sifter_sif::Image;
use sifter_signing::dsse::{InvalidKey, PrivateKey, PublicKey};
use sifter_signing::{ImageSigner, Selection, Trust, Verdict, Verifier};

use crate::images::{Sample, failure};
use crate::programs::openssl;

/// A new private key and its public part, in PEM form.
pub(crate) fn pair(options: &[&str]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut command = vec!["genpkey"];
    command.extend(options);
    let private = openssl(&command, b"")?;
    let public = openssl(&["pkey", "-pubout"], &private)?;
    Some((private, public))
}

pub(crate) const KINDS: [&[&str]; 5] = [
    &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    &["-algorithm", "ED25519"],
];

#[test]
fn keys_of_every_kind_sign_and_verify() {
    for kind in KINDS {
        let Some((private, public)) = pair(kind) else {
            return;
        };
        let private = PrivateKey::from_pem(&private).unwrap();
        let public = PublicKey::from_pem(&public).unwrap();
        assert_eq!(private.public(), &public, "{kind:?}");
        let sample = Sample::new();
        sample.sign(&Selection::all(), ImageSigner::Pem(&[private]));
        let image = Image::open(&sample.path).unwrap();
        let report = Verifier::new().key(public.clone()).verify(&image);
        assert_eq!(failure(&report), "", "{kind:?}");
        assert_eq!(
            report.verdict(&Trust::nobody().key_id(public.id())),
            Verdict::Verified
        );
        assert_eq!(report.verdict(&Trust::nobody().given()), Verdict::Verified);
        assert_eq!(
            report.verdict(&Trust::nobody().keyrings()),
            Verdict::UnknownSigner
        );
        let signature = image.object(5).unwrap().signature().unwrap();
        assert_eq!(
            signature.fingerprint, None,
            "envelopes claim no OpenPGP key"
        );
    }
}

#[test]
fn an_altered_envelope_is_refused_and_a_foreign_one_is_left_open() {
    let Some((private, public)) = pair(KINDS[4]) else {
        return;
    };
    let Some((_, other)) = pair(KINDS[4]) else {
        return;
    };
    let key = PublicKey::from_pem(&public).unwrap();
    let sample = Sample::new();
    sample.sign(
        &Selection::all().group(2),
        ImageSigner::Pem(&[PrivateKey::from_pem(&private).unwrap()]),
    );
    let verify = |key: PublicKey| {
        let image = Image::open(&sample.path).unwrap();
        Verifier::new()
            .select(Selection::all().group(2))
            .key(key)
            .verify(&image)
    };
    let report = verify(PublicKey::from_pem(&other).unwrap());
    assert_eq!(report.verdict(&Trust::nobody()), Verdict::CouldNotCheck);
    assert!(failure(&report).starts_with("signature object 5 not valid"));
    let text = String::from_utf8(sample.data(5)).unwrap();
    let start = text.find("\"payload\":\"").unwrap() + 11;
    let offset = sample.image().object(5).unwrap().offset().cast_unsigned();
    // One bit of the third letter changes a letter of the payload and leaves it base64.
    sample.flip(offset + u64::try_from(start).unwrap() + 2);
    let report = verify(key);
    assert_eq!(
        report.verdict(&Trust::nobody()),
        Verdict::DoNotUse,
        "{}",
        failure(&report)
    );
}

#[test]
fn older_forms_of_key_files_are_read() {
    let Some((rsa, _)) = pair(KINDS[0]) else {
        return;
    };
    let Some((curve, _)) = pair(KINDS[1]) else {
        return;
    };
    let Some(pkcs1) = openssl(&["rsa", "-traditional"], &rsa) else {
        return;
    };
    assert!(pkcs1.starts_with(b"-----BEGIN RSA PRIVATE KEY-----"));
    let id = PrivateKey::from_pem(&rsa).unwrap().public().id().to_owned();
    assert_eq!(PrivateKey::from_pem(&pkcs1).unwrap().public().id(), id);
    let public = openssl(&["rsa", "-RSAPublicKey_out"], &rsa).unwrap();
    assert!(public.starts_with(b"-----BEGIN RSA PUBLIC KEY-----"));
    assert_eq!(PublicKey::from_pem(&public).unwrap().id(), id);
    let sec1 = openssl(&["ec"], &curve).unwrap();
    assert!(sec1.starts_with(b"-----BEGIN EC PRIVATE KEY-----"));
    let id = PrivateKey::from_pem(&curve)
        .unwrap()
        .public()
        .id()
        .to_owned();
    assert_eq!(PrivateKey::from_pem(&sec1).unwrap().public().id(), id);
}

#[test]
fn keys_that_cannot_be_used_are_told_apart() {
    assert_eq!(
        PublicKey::from_pem(b"hello").unwrap_err(),
        InvalidKey::NoPublicKey
    );
    assert_eq!(
        PrivateKey::from_pem(b"").unwrap_err(),
        InvalidKey::NoPrivateKey
    );
    let Some((private, public)) = pair(KINDS[1]) else {
        return;
    };
    assert_eq!(
        PublicKey::from_pem(&private).unwrap_err(),
        InvalidKey::NoPublicKey
    );
    assert_eq!(
        PrivateKey::from_pem(&public).unwrap_err(),
        InvalidKey::NoPrivateKey
    );
    let encrypted = openssl(&["pkey", "-aes256", "-passout", "pass:x"], &private).unwrap();
    assert_eq!(
        PrivateKey::from_pem(&encrypted).unwrap_err(),
        InvalidKey::Encrypted
    );
    let (_, short) = pair(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]).unwrap();
    assert_eq!(
        PublicKey::from_pem(&short).unwrap_err(),
        InvalidKey::TooShort
    );
    let (_, other) = pair(&["-algorithm", "X25519"]).unwrap();
    assert_eq!(
        PublicKey::from_pem(&other).unwrap_err(),
        InvalidKey::Unsupported
    );
    let (_, other) = pair(&[
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:secp256k1",
    ])
    .unwrap();
    assert_eq!(
        PublicKey::from_pem(&other).unwrap_err(),
        InvalidKey::Unsupported
    );
}
