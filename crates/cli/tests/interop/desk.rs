//! The official SIF module and `sifter-cli` at one table, with images and keys made there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sifter_sif::{DESCRIPTOR_SIZE, Image};
use sifter_test_support::SifBuilder;
use tempfile::TempDir;

use super::{OLDEST_GO, SINGLE, peer};

/// A folder with both programs before it: no library, and no keys but those made there.
pub(crate) struct Desk {
    peer: &'static Path,
    folder: TempDir,
}

impl Desk {
    pub(crate) fn set() -> Option<Self> {
        let Some(peer) = peer() else {
            eprintln!("skipped: there is no Go 1.{OLDEST_GO} or newer");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        Some(Self { peer, folder })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn image(&self, name: &str) -> PathBuf {
        let builder = SifBuilder::new().filled(SINGLE, 21);
        builder.build(self.path(name)).unwrap().path
    }

    /// What a program prints, and how it ended.
    fn call(&self, program: &Path, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("SIFTER_HOME", self.path("home"))
            // The command-line tools keep their keys below it.
            .env("HOME", self.path("person"))
            .env_remove("SIFTER_SERVER")
            .env_remove("SINGULARITY_SYPGPDIR")
            .env_remove("SINGULARITY_CONFIGDIR")
            .env_remove("APPTAINER_KEYSDIR")
            .env_remove("APPTAINER_CONFIGDIR")
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), text)
    }

    pub(crate) fn sifter(&self, arguments: &[&str]) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_sifter-cli"));
        let (done, text) = self.call(program, arguments);
        assert!(done, "{arguments:?}: {text}");
        text
    }

    /// What it says as JSON when it does not do what it was asked.
    pub(crate) fn sifter_fails(&self, arguments: &[&str]) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_sifter-cli"));
        let (done, text) = self.call(program, &[&["--json"], arguments].concat());
        assert!(!done, "{arguments:?}: {text}");
        text
    }

    /// The ids of the signatures that were made.
    pub(crate) fn sign(&self, file: &str, more: &[&str]) -> Value {
        let text = self.sifter(&[&["--json", "sign", file], more].concat());
        serde_json::from_str::<Value>(&text).unwrap()["objects"].take()
    }

    /// A new OpenPGP key, its public part in `NAME.asc`. Answers its fingerprint.
    pub(crate) fn key(&self, name: &str) -> String {
        let person = format!("{name} <{name}@example.org>");
        let made = self.sifter(&["--json", "key", "generate", &person, "--no-passphrase"]);
        let made: Value = serde_json::from_str(&made).unwrap();
        assert_eq!(made["algorithm"], "Ed25519");
        let fingerprint = made["fingerprint"].as_str().unwrap().to_owned();
        let armor = self.sifter(&["key", "export", &fingerprint]);
        std::fs::write(self.path(&format!("{name}.asc")), armor).unwrap();
        fingerprint
    }

    /// A new key in `private.pem` and `public.pem`; `false` with a message where OpenSSL is absent.
    pub(crate) fn pem(&self, kind: &[&str]) -> bool {
        let (private, public) = (self.path("private.pem"), self.path("public.pem"));
        let generate = [&["genpkey"], kind, &["-out"]].concat();
        let Ok(made) = Command::new("openssl")
            .args(generate)
            .arg(&private)
            .output()
        else {
            eprintln!("skipped: there is no openssl");
            return false;
        };
        assert!(made.status.success(), "{kind:?}: {made:?}");
        let mut publish = Command::new("openssl");
        publish.args(["pkey", "-pubout", "-in"]).arg(&private);
        let made = publish.arg("-out").arg(&public).output().unwrap();
        assert!(made.status.success(), "{kind:?}: {made:?}");
        true
    }

    /// What the official module answers.
    pub(crate) fn go(&self, arguments: &[&str]) -> Value {
        let (done, text) = self.call(self.peer, arguments);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["ok"], done, "{arguments:?}: {answer}");
        answer
    }

    /// It finds these signatures, and every one valid.
    #[track_caller]
    pub(crate) fn verifies(&self, arguments: &[&str], signatures: Value) {
        let answer = self.go(&[&["verify"], arguments].concat());
        let expected = json!({"ok": true, "signatures": signatures});
        assert_eq!(answer, expected, "{arguments:?}");
    }

    /// It refuses the image, and says why.
    #[track_caller]
    pub(crate) fn refuses(&self, arguments: &[&str], words: &str) {
        let answer = self.go(&[&["verify"], arguments].concat());
        assert_eq!(answer["ok"], false, "{arguments:?}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(words), "no {words:?} in {error:?}");
    }

    /// A copy of a file with one bit turned.
    fn altered(&self, file: &str, offset: i64) -> &'static str {
        let mut bytes = std::fs::read(self.path(file)).unwrap();
        bytes[usize::try_from(offset).unwrap()] ^= 1;
        std::fs::write(self.path("altered.sif"), bytes).unwrap();
        "altered.sif"
    }

    /// Whatever part of an image is altered, the module notices: header, descriptor, data and signature. It is one of
    /// [`Desk::image`], signed once.
    pub(crate) fn refuses_every_alteration(&self, key: &[&str], file: &str) {
        let image = Image::open(self.path(file)).unwrap();
        let object = |id| image.object(id).unwrap();
        let (partition, signature) = (object(3), object(4));
        let second = image.header().descriptors_offset + i64::try_from(DESCRIPTOR_SIZE).unwrap();
        let name_of_second = second + 73;
        for (offset, words) in [
            (5, "header integrity compromised"),
            (
                name_of_second,
                "data object descriptor integrity compromised: 2",
            ),
            (
                partition.offset() + partition.size() - 1,
                "data object integrity compromised: 3",
            ),
            (
                signature.offset() + signature.size() / 2,
                "signature object 4 not valid",
            ),
        ] {
            let altered = self.altered(file, offset);
            self.refuses(&[key, &[altered]].concat(), words);
        }
    }
}
