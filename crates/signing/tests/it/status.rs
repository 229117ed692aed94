//! Whether certificates have been taken back, as a responder made here tells it.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SigningKey as _, date_time_ymd,
};
use sifter_signing::openpgp::Time;
use sifter_signing::x509::status::{StatusFailure, StatusQuestion, questions};
use x509_cert::Certificate;
use x509_cert::der::asn1::{BitString, GeneralizedTime, Null};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_ocsp::{
    BasicOcspResponse, CertStatus, OcspGeneralizedTime, OcspRequest, OcspResponse, ResponderId,
    ResponseData, RevokedInfo, SingleResponse, Version,
};

/// 2026-01-01.
const NOW: Time = Time(1_767_225_600);
/// ECDSA with SHA-256.
const ECDSA: &str = "1.2.840.10045.4.3.2";
const URL: &str = "http://127.0.0.1:9999/status";

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

/// The extension that names the responder.
fn responder() -> CustomExtension {
    let oid = [0x06, 8, 0x2B, 6, 1, 5, 5, 7, 48, 1];
    let uri = URL.as_bytes();
    let mut place = oid.to_vec();
    place.extend([0x86, u8::try_from(uri.len()).unwrap()]);
    place.extend(uri);
    let length = u8::try_from(place.len()).unwrap();
    let mut der = vec![0x30, length + 2, 0x30, length];
    der.extend(place);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], der)
}

/// A root, an authority below it, and a signer below that.
struct Chain {
    root: String,
    middle: String,
    leaf: String,
    root_key: KeyPair,
    middle_key: KeyPair,
}

impl Chain {
    fn new(named: bool) -> Self {
        let [root_key, middle_key, leaf_key] = [(); 3].map(|()| KeyPair::generate().unwrap());
        let root = authority("Root");
        let root_pem = root.self_signed(&root_key).unwrap().pem();
        let root = Issuer::from_params(&root, &root_key);
        let mut middle = authority("Middle");
        middle.custom_extensions = vec![responder()];
        let middle_pem = middle.signed_by(&middle_key, &root).unwrap().pem();
        let middle = Issuer::from_params(&middle, &middle_key);
        let mut leaf = params("Leaf");
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        if named {
            leaf.custom_extensions = vec![responder()];
        }
        let leaf = leaf.signed_by(&leaf_key, &middle).unwrap().pem();
        Self {
            root: root_pem,
            middle: middle_pem,
            leaf,
            root_key,
            middle_key,
        }
    }

    fn questions(&self) -> Result<Vec<StatusQuestion>, StatusFailure> {
        let [leaf, middle, root] = [&self.leaf, &self.middle, &self.root].map(String::as_bytes);
        questions(leaf, middle, root, NOW).unwrap()
    }

    /// A certificate by which the authority in the middle lets another key answer.
    fn delegate(&self, purpose: ExtendedKeyUsagePurpose, key: &KeyPair) -> Certificate {
        let mut delegate = params("Responder");
        delegate.extended_key_usages = vec![purpose];
        let middle = authority("Middle");
        let middle = Issuer::from_params(&middle, &self.middle_key);
        let made = delegate.signed_by(key, &middle).unwrap();
        Certificate::from_der(made.der()).unwrap()
    }
}

fn at(seconds: i64) -> OcspGeneralizedTime {
    let since = std::time::Duration::from_secs(seconds.try_into().unwrap());
    OcspGeneralizedTime(GeneralizedTime::from_unix_duration(since).unwrap())
}

/// An answer to `question` that `change` changes and `key` signs.
fn answer(
    question: &StatusQuestion,
    key: &KeyPair,
    certs: Option<Vec<Certificate>>,
    change: impl FnOnce(&mut ResponseData),
) -> Vec<u8> {
    let request = OcspRequest::from_der(question.request()).unwrap();
    let asked = &request.tbs_request;
    let mut data = ResponseData {
        version: Version::V1,
        responder_id: ResponderId::ByName(Default::default()),
        produced_at: at(NOW.0),
        responses: vec![SingleResponse {
            cert_id: asked.request_list[0].req_cert.clone(),
            cert_status: CertStatus::Good(Null),
            this_update: at(NOW.0 - 60),
            next_update: Some(at(NOW.0 + 3600)),
            single_extensions: None,
        }],
        response_extensions: asked.request_extensions.clone(),
    };
    change(&mut data);
    let signature = key.sign(&data.to_der().unwrap()).unwrap();
    let basic = BasicOcspResponse {
        tbs_response_data: data,
        signature_algorithm: AlgorithmIdentifierOwned {
            oid: ECDSA.parse().unwrap(),
            parameters: None,
        },
        signature: BitString::from_bytes(&signature).unwrap(),
        certs,
    };
    let answer = OcspResponse::successful(basic).unwrap();
    answer.to_der().unwrap()
}

fn revoked() -> CertStatus {
    CertStatus::Revoked(RevokedInfo {
        revocation_time: at(NOW.0 - 3600),
        revocation_reason: None,
    })
}

#[test]
fn every_certificate_below_the_root_is_asked_about() {
    let chain = Chain::new(true);
    let asked = chain.questions().unwrap();
    assert_eq!(asked.len(), 2);
    for (question, key) in asked.iter().zip([&chain.middle_key, &chain.root_key]) {
        assert_eq!(question.url(), URL);
        assert_eq!(
            question.check(&answer(question, key, None, |_| {}), NOW),
            Ok(())
        );
    }
    // Each by its own issuer.
    let wrong = answer(&asked[0], &chain.root_key, None, |_| {});
    assert_eq!(asked[0].check(&wrong, NOW), Err(StatusFailure::Signature));
    let silent = Chain::new(false).questions();
    assert!(matches!(silent, Err(StatusFailure::NoResponder)));
}

#[test]
fn only_a_fresh_answer_to_this_question_that_says_good_is_good() {
    let chain = Chain::new(true);
    let question = &chain.questions().unwrap()[0];
    let told = |change: &dyn Fn(&mut ResponseData)| {
        question.check(&answer(question, &chain.middle_key, None, change), NOW)
    };
    assert_eq!(
        told(&|data| data.responses[0].cert_status = revoked()),
        Err(StatusFailure::Revoked)
    );
    assert_eq!(
        told(&|data| data.responses[0].cert_status = CertStatus::Unknown(Null)),
        Err(StatusFailure::Unknown)
    );
    for (this, next) in [
        (NOW.0 - 7200, Some(NOW.0 - 1)),
        (NOW.0 + 3600, Some(NOW.0 + 7200)),
        (NOW.0 - 8 * 24 * 3600, None),
    ] {
        let late = told(&|data| {
            data.responses[0].this_update = at(this);
            data.responses[0].next_update = next.map(at);
        });
        assert_eq!(late, Err(StatusFailure::OutOfDate), "{this} {next:?}");
    }
    assert_eq!(told(&|data| data.responses[0].next_update = None), Ok(()));
    assert_eq!(
        told(&|data| data.response_extensions = None),
        Ok(()),
        "a prepared answer"
    );
    assert_eq!(
        told(&|data| data.responses.clear()),
        Err(StatusFailure::AnotherCertificate)
    );
    // An answer to an earlier question is not one to this.
    let earlier = &chain.questions().unwrap()[0];
    let replayed = answer(earlier, &chain.middle_key, None, |_| {});
    assert_eq!(question.check(&replayed, NOW), Err(StatusFailure::Nonce));
    let other = &chain.questions().unwrap()[1];
    let other = answer(other, &chain.middle_key, None, |data| {
        data.response_extensions = None;
    });
    assert_eq!(
        question.check(&other, NOW),
        Err(StatusFailure::AnotherCertificate)
    );
}

#[test]
fn a_responder_answers_when_the_issuer_has_made_it_one() {
    let chain = Chain::new(true);
    let question = &chain.questions().unwrap()[0];
    let key = KeyPair::generate().unwrap();
    for (purpose, expected) in [
        (ExtendedKeyUsagePurpose::OcspSigning, Ok(())),
        (
            ExtendedKeyUsagePurpose::CodeSigning,
            Err(StatusFailure::Signature),
        ),
    ] {
        let delegate = chain.delegate(purpose, &key);
        let answer = answer(question, &key, Some(vec![delegate]), |_| {});
        assert_eq!(question.check(&answer, NOW), expected);
    }
    // One of another issuer is nobody.
    let stranger = Chain::new(true).delegate(ExtendedKeyUsagePurpose::OcspSigning, &key);
    let answer = answer(question, &key, Some(vec![stranger]), |_| {});
    assert_eq!(question.check(&answer, NOW), Err(StatusFailure::Signature));
}

#[test]
fn an_answer_that_makes_no_sense_is_no_answer() {
    let chain = Chain::new(true);
    let question = &chain.questions().unwrap()[0];
    for bytes in [&b""[..], b"no", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] {
        assert_eq!(question.check(bytes, NOW), Err(StatusFailure::Malformed));
    }
    let refused = OcspResponse::unauthorized().to_der().unwrap();
    assert_eq!(question.check(&refused, NOW), Err(StatusFailure::Refused));
    let good = answer(question, &chain.middle_key, None, |_| {});
    for at in 0..good.len() {
        let mut altered = good.clone();
        altered[at] ^= 1;
        assert!(question.check(&altered, NOW).is_err(), "byte {at}");
    }
}
