//! GnuPG and OpenSSL, which know nothing of this crate, check what it signs; and it checks what they sign.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sifter_sif::Link;
use sifter_signing::openpgp::{KeyOrigin, Keyring, SecretKey};
use sifter_signing::{ImageSigner, Selection};

use crate::envelopes::{KINDS, pair};
use crate::images::{ADA, Sample, failure, verify};

/// What `program` prints when it is given `input`; `None` with a message when there is no such program.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: no {program} here");
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    Some(output.stdout)
}

pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    run("openssl", arguments, input)
}

/// GnuPG with a home of its own.
fn gpg(home: &Path, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let home = home.to_str().unwrap();
    let mut all = vec!["--homedir", home, "--batch", "--quiet", "--no-tty"];
    all.extend(arguments);
    run("gpg", &all, input)
}

/// A home for GnuPG. Its agent ends with it, and its sockets need a short path.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self(home)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let home = self.0.path().to_str().unwrap_or_default().to_owned();
        // Without GnuPG there is no agent either.
        let _ = Command::new("gpgconf")
            .args(["--homedir", &home, "--kill", "all"])
            .output();
    }
}

#[test]
fn gnupg_verifies_what_is_signed_here() {
    let home = Home::new();
    let home = home.0.path();
    let public = ADA.certificate().to_armor().unwrap();
    if gpg(home, &["--import"], public.as_bytes()).is_none() {
        return;
    }
    let sample = Sample::signed();
    let status = gpg(home, &["--status-fd", "1", "--verify"], &sample.data(5)).unwrap();
    let status = String::from_utf8(status).unwrap();
    assert!(
        status.contains(&format!("VALIDSIG {}", ADA.fingerprint())),
        "{status}"
    );
    let listed = gpg(home, &["--with-colons", "--list-keys"], b"").unwrap();
    assert!(
        String::from_utf8(listed)
            .unwrap()
            .contains("Ada <ada@example.org>")
    );
}

#[test]
fn gnupg_takes_over_a_secret_key_and_its_revocation() {
    let home = Home::new();
    let home = home.0.path();
    use secrecy::ExposeSecret as _;
    let secret = ADA.to_armor().unwrap();
    if gpg(home, &["--import"], secret.expose_secret().as_bytes()).is_none() {
        return;
    }
    let sample = Sample::signed();
    let text = String::from_utf8(sample.data(6)).unwrap();
    let json = text.lines().find(|line| line.starts_with('{')).unwrap();
    let signed = gpg(
        home,
        &["--digest-algo", "SHA256", "--clearsign"],
        json.as_bytes(),
    )
    .unwrap();
    let added = sample.attach(&signed, ADA.fingerprint().v4(), Link::Group(2));
    let report = sample.verify(Selection::all());
    assert_eq!(failure(&report), "");
    assert!(
        report
            .signatures()
            .any(|signature| signature.object == added)
    );
    let revocation = ADA
        .revocation(
            sifter_signing::openpgp::RevocationReason::Retired,
            None,
            sifter_signing::openpgp::Time::now(),
        )
        .unwrap();
    gpg(home, &["--import"], revocation.as_bytes()).unwrap();
    let listed = gpg(home, &["--with-colons", "--list-keys"], b"").unwrap();
    assert!(
        String::from_utf8(listed)
            .unwrap()
            .lines()
            .any(|line| line.starts_with("pub:r:"))
    );
}

#[test]
fn keys_and_signatures_of_gnupg_verify_here() {
    for algorithm in ["ed25519", "rsa3072", "nistp256"] {
        let home = Home::new();
        let home = home.0.path();
        let make = [
            "--passphrase",
            "",
            "--quick-generate-key",
            "Gnu <gnu@example.org>",
            algorithm,
            "sign",
            "1y",
        ];
        if gpg(home, &make, b"").is_none() {
            return;
        }
        let ring =
            Keyring::read(&gpg(home, &["--export"], b"").unwrap(), KeyOrigin::Local).unwrap();
        let [certificate] = ring.certificates() else {
            panic!("{algorithm}")
        };
        assert_eq!(certificate.name(), Some("Gnu <gnu@example.org>"));
        assert!(certificate.expires().is_some() && certificate.may_sign());
        let secret = gpg(home, &["--export-secret-keys"], b"").unwrap();
        let key = SecretKey::read(&secret).unwrap().remove(0);
        let sample = Sample::new();
        sample.sign(&Selection::all(), crate::images::with(&key));
        let text = String::from_utf8(sample.data(5)).unwrap();
        let json = text.lines().find(|line| line.starts_with('{')).unwrap();
        let signed = gpg(
            home,
            &["--digest-algo", "SHA512", "--clearsign"],
            json.as_bytes(),
        )
        .unwrap();
        sample.attach(&signed, certificate.fingerprint().v4(), Link::Group(1));
        assert_eq!(
            failure(&verify(&sample.path, Selection::all(), &ring)),
            "",
            "{algorithm}"
        );
    }
}

#[test]
fn openssl_verifies_what_is_sealed_here() {
    for kind in KINDS {
        let Some((private, public)) = pair(kind) else {
            return;
        };
        let key = sifter_signing::dsse::PrivateKey::from_pem(&private).unwrap();
        let sample = Sample::new();
        sample.sign(&Selection::all(), ImageSigner::Pem(&[key]));
        let envelope: serde_json::Value = serde_json::from_slice(&sample.data(5)).unwrap();
        let media_type = envelope["payloadType"].as_str().unwrap();
        let payload = STANDARD
            .decode(envelope["payload"].as_str().unwrap())
            .unwrap();
        let signature = STANDARD
            .decode(envelope["signatures"][0]["sig"].as_str().unwrap())
            .unwrap();
        let mut message = format!(
            "DSSEv1 {} {media_type} {} ",
            media_type.len(),
            payload.len()
        )
        .into_bytes();
        message.extend(payload);
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (public, signature, message) = (
            file("public", &public),
            file("signature", &signature),
            file("message", &message),
        );
        let verified = if kind.contains(&"ED25519") {
            let arguments = [
                "pkeyutl", "-verify", "-pubin", "-inkey", &public, "-rawin", "-in", &message,
                "-sigfile", &signature,
            ];
            openssl(&arguments, b"")
        } else {
            openssl(
                &[
                    "dgst",
                    "-sha256",
                    "-verify",
                    &public,
                    "-signature",
                    &signature,
                    &message,
                ],
                b"",
            )
        };
        assert!(verified.is_some());
    }
}
