//! A library, a folder, and the command.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sifter_sif::Arch;
use sifter_test_support::{BuiltSif, SifBuilder, SpawnedLibrary, spawn_library};
use tempfile::TempDir;
use tokio::process::Command;

pub(crate) struct Bench {
    pub(crate) library: SpawnedLibrary,
    folder: TempDir,
}

/// How a call of the command ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// It did what it was asked.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It ended with this status, said something, and gave no result.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.err.is_empty(), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in {self:?}");
        self
    }

    /// The one object on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let bench = Self {
            library: spawn_library().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(bench.path("tmp")).unwrap();
        bench.write_token("token", bench.library.token());
        bench
    }

    /// Ada has a key without a passphrase; with its fingerprint.
    pub(crate) async fn ada() -> (Self, String) {
        let bench = Self::new().await;
        let name = "Ada <ada@example.org>";
        let call = ["--json", "key", "generate", name, "--no-passphrase"];
        let made = bench.run_bare(&call).await.ok().json();
        (bench, made["fingerprint"].as_str().unwrap().to_owned())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A path as an argument.
    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub(crate) fn write_token(&self, name: &str, token: &str) {
        let path = self.path(name);
        std::fs::write(&path, format!("{token}\n")).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// An image that differs from those with another seed.
    pub(crate) fn image(&self, name: &str, arch: Arch, bytes: u64, seed: u64) -> BuiltSif {
        let builder = SifBuilder::new().arch(arch).filled(bytes, seed);
        builder.build(self.path(name)).unwrap()
    }

    /// The command with the library's address and token, run in the folder.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Done {
        let (server, token) = (self.library.base_url(), self.text("token"));
        let mut all = vec!["--server", &server, "--token-file", &token];
        all.extend(arguments);
        self.run_bare(&all).await
    }

    /// The command with nothing but these arguments fails, and says why.
    pub(crate) async fn refuses(&self, arguments: &[&str], words: &str) {
        self.run_bare(arguments).await.failed(1).says(words);
    }

    /// The command with nothing but these arguments.
    pub(crate) async fn run_bare(&self, arguments: &[&str]) -> Done {
        let output = self.command(arguments).output().await.unwrap();
        let done = Done {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        let secret = self.library.token();
        assert!(
            !done.out.contains(secret) && !done.err.contains(secret),
            "{done:?}"
        );
        assert!(!arguments.iter().any(|argument| argument.contains(secret)));
        assert!(self.left_behind().is_empty(), "{:?}", self.left_behind());
        done
    }

    /// The command, ready to start.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sifter-cli"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("SIFTER_SERVER")
            .env("SIFTER_HOME", self.path("home"))
            // The command-line tools keep their keys below it.
            .env("HOME", self.path("person"))
            .env_remove("SINGULARITY_SYPGPDIR")
            .env_remove("SINGULARITY_CONFIGDIR")
            .env_remove("APPTAINER_KEYSDIR")
            .env_remove("APPTAINER_CONFIGDIR")
            .env("SIFTER_LOG", "debug")
            .env("TMPDIR", self.path("tmp"))
            // No keychain is a state that every test machine can be put in.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Files that calls have not cleaned up.
    pub(crate) fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path("tmp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Every file below the home that holds a text.
    pub(crate) fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("home")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if contains(&std::fs::read(&path).unwrap(), text.as_bytes()) {
                    found.push(path);
                }
            }
        }
        found
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// The hash of a file as the library writes it.
pub(crate) fn hash(path: &Path) -> String {
    let digest = Sha256::digest(std::fs::read(path).unwrap());
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    format!("sha256.{}", digits.collect::<String>())
}
