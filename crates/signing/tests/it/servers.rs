//! Keys from key servers, whose answers are played here.

use std::sync::Mutex;

use sifter_signing::hkp::{FetchError, KeyServer, ServerAddress, publication};
use sifter_signing::{NotValid, Trust, Verdict, Verifier};

use crate::images::{ADA, BOB, Sample, failure};

fn server<F>(fetch: F) -> KeyServer<F>
where
    F: Fn(&str) -> Result<Option<Vec<u8>>, FetchError> + Send + Sync,
{
    KeyServer::new(
        ServerAddress::parse("hkps://keys.example.org").unwrap(),
        fetch,
    )
}

#[test]
fn a_key_from_a_server_proves_the_signature_and_earns_no_trust() {
    let asked = Mutex::new(Vec::new());
    let server = server(|address| {
        asked.lock().unwrap().push(address.to_owned());
        Ok(Some(ADA.certificate().to_armor().unwrap().into_bytes()))
    });
    let sample = Sample::signed();
    let report = Verifier::new().source(&server).verify(&sample.image());
    assert_eq!(failure(&report), "");
    assert_eq!(
        report.verdict(&Trust::nobody().keyrings().given()),
        Verdict::UnknownSigner
    );
    let digits = ADA.fingerprint().to_string().to_lowercase();
    let expected = format!("https://keys.example.org/pks/lookup?exact=on&op=get&search=0x{digits}");
    assert_eq!(*asked.lock().unwrap(), [expected.clone(), expected]);
}

#[test]
fn another_key_than_the_one_asked_for_does_not_count() {
    let server = server(|_| Ok(Some(BOB.certificate().to_armor().unwrap().into_bytes())));
    let report = Verifier::new()
        .source(&server)
        .verify(&Sample::signed().image());
    let failure = report.failure().unwrap();
    assert!(matches!(
        failure,
        sifter_signing::Failure::NotValid {
            cause: NotValid::UnknownKey { .. },
            ..
        }
    ));
}

#[test]
fn silence_and_nonsense_are_told_from_an_honest_no() {
    let sample = Sample::signed();
    let no = server(|_| Ok(None));
    let nonsense = server(|_| Ok(Some(b"<html>hello</html>".to_vec())));
    let silent = server(|_| Err("timed out".into()));
    let text = |report: sifter_signing::Report| failure(&report);
    let unknown = text(Verifier::new().source(&no).verify(&sample.image()));
    assert!(unknown.contains("unknown entity"), "{unknown}");
    let unavailable = text(
        Verifier::new()
            .source(&silent)
            .source(&no)
            .verify(&sample.image()),
    );
    assert!(
        unavailable.contains("https://keys.example.org could not be asked"),
        "{unavailable}"
    );
    let unavailable = text(Verifier::new().source(&nonsense).verify(&sample.image()));
    assert!(unavailable.contains("could not be asked"), "{unavailable}");
}

#[test]
fn a_certificate_is_published_as_a_form() {
    let body = publication(&ADA.certificate()).unwrap();
    assert!(body.starts_with("keytext=-----BEGIN%20PGP%20PUBLIC%20KEY%20BLOCK-----%0A"));
    assert!(!body.contains(['+', '=', '&', ' ', '\n']) || body.matches('=').count() == 1);
}
