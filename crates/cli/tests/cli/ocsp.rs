//! Whether a signer's certificate was revoked, as OpenSSL's responder on the loopback tells it.

use std::process::Stdio;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use sifter_sif::Arch;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::bench::{Bench, Done};

/// Serial numbers of the certificates that the responder knows: a good one, and one that was revoked.
const GOOD: u64 = 0x11;
const REVOKED: u64 = 0x12;

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 1, 1);
    params
}

/// The extension that names the responder.
fn responder(url: &str) -> CustomExtension {
    let mut place = vec![0x06, 8, 0x2B, 6, 1, 5, 5, 7, 48, 1];
    place.extend([0x86, u8::try_from(url.len()).unwrap()]);
    place.extend(url.as_bytes());
    let length = u8::try_from(place.len()).unwrap();
    let mut der = vec![0x30, length + 2, 0x30, length];
    der.extend(place);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], der)
}

/// An authority with its responder.
struct Stage {
    bench: Bench,
    root: CertificateParams,
    key: KeyPair,
    port: u16,
    _openssl: Child,
}

impl Stage {
    /// `None` with a message where there is no OpenSSL.
    async fn new() -> Option<Self> {
        let bench = Bench::new().await;
        let mut root = params("Root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = root.self_signed(&key).unwrap();
        std::fs::write(bench.path("root.pem"), certificate.pem()).unwrap();
        std::fs::write(bench.path("root.key"), key.serialize_pem()).unwrap();
        let index = format!(
            "V\t490101000000Z\t\t{GOOD:02X}\tunknown\t/CN=Leaf\n\
             R\t490101000000Z\t250101000000Z\t{REVOKED:02X}\tunknown\t/CN=Leaf\n"
        );
        std::fs::write(bench.path("index.txt"), index).unwrap();
        let openssl = Command::new("openssl")
            .args([
                "ocsp",
                "-port",
                "0",
                "-index",
                "index.txt",
                "-CA",
                "root.pem",
            ])
            .args(["-rsigner", "root.pem", "-rkey", "root.key", "-ignore_err"])
            .current_dir(bench.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut openssl = match openssl {
            Ok(openssl) => openssl,
            Err(error) => {
                println!("skipped: no openssl here ({error})");
                return None;
            }
        };
        let mut lines = BufReader::new(openssl.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap();
            let Some(line) = line else {
                println!("skipped: this openssl has no responder");
                return None;
            };
            // "ACCEPT 0.0.0.0:40123 PID=17"
            let port = line.strip_prefix("ACCEPT ").and_then(|rest| {
                let address = rest.split(' ').next()?;
                address.rsplit(':').next()?.parse().ok()
            });
            if let Some(port) = port {
                break port;
            }
        };
        Some(Self {
            bench,
            root,
            key,
            port,
            _openssl: openssl,
        })
    }

    /// Signs an image with the key of a certificate, and verifies it by that.
    async fn verify(&self, serial: u64, port: u16) -> Done {
        let issuer = Issuer::from_params(&self.root, &self.key);
        let key = KeyPair::generate().unwrap();
        let mut leaf = params("Leaf");
        leaf.serial_number = Some(SerialNumber::from(serial));
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        leaf.custom_extensions = vec![responder(&format!("http://127.0.0.1:{port}"))];
        let leaf = leaf.signed_by(&key, &issuer).unwrap();
        std::fs::write(self.bench.path("leaf.pem"), leaf.pem()).unwrap();
        self.bench.write_token("leaf.key", &key.serialize_pem());
        let image = format!("{serial}-{port}.sif");
        self.bench.image(&image, Arch::Amd64, 4096, serial);
        let sign = ["sign", &image, "--key", "leaf.key"];
        self.bench.run_bare(&sign).await.ok();
        let verify = ["--json", "verify", &image, "--certificate", "leaf.pem"];
        let roots = ["--roots", "root.pem", "--ocsp"];
        self.bench.run_bare(&[&verify[..], &roots].concat()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_counts_while_its_responder_says_so() {
    let Some(stage) = Stage::new().await else {
        return;
    };
    let good = stage.verify(GOOD, stage.port).await.ok().json();
    assert_eq!(good["verdict"], "verified");
    for (serial, verdict, why) in [
        (REVOKED, "do_not_use", "revoked"),
        (0x99, "could_not_check", "does not know"),
    ] {
        let refused = stage.verify(serial, stage.port).await.failed(1).json();
        assert_eq!(refused["verdict"], verdict);
        let error = refused["error"].as_str().unwrap();
        assert!(
            error.contains("OCSP verification has failed") && error.contains(why),
            "{error}"
        );
    }
    // Nobody listens on port 1.
    let silent = stage.verify(GOOD, 1).await.failed(1).json();
    assert_eq!(silent["verdict"], "could_not_check");
}
