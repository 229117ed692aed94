//! The official Go client of the `singularity` command and `sifter-cli`, on one local library. What either pushes
//! the other pulls, byte for byte. The official SIF module reads and verifies what Sifter makes and signs. Needs Go
//! and its module proxy, so it runs only when asked for.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "interop/desk.rs"]
mod desk;
#[path = "interop/keys.rs"]
mod keys;
#[path = "interop/listing.rs"]
mod listing;
#[path = "../../app-core/tests/support/nobody.rs"]
mod nobody;
#[path = "interop/remotes.rs"]
mod remotes;
#[path = "interop/siftool.rs"]
mod siftool;
#[path = "interop/signatures.rs"]
mod signatures;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use sifter_sif::Arch;
use sifter_test_support::{
    BuiltSif, OciFront, Sessions, SifBuilder, SpawnedLibrary, spawn_library,
};
use tempfile::TempDir;

/// The first minor version of Go 1 that builds the peer.
const OLDEST_GO: u32 = 24;
/// Less than the 64 MiB from which the client sends parts, and more.
const SINGLE: u64 = 3 << 20;
const MULTIPART: u64 = 70 << 20;

/// The Go client, built once; `None` where Go is absent or too old.
fn peer() -> Option<&'static Path> {
    static PEER: OnceLock<Option<PathBuf>> = OnceLock::new();
    PEER.get_or_init(|| go_is_recent().then(build)).as_deref()
}

fn go_is_recent() -> bool {
    let Ok(version) = Command::new("go").args(["env", "GOVERSION"]).output() else {
        return false;
    };
    let text = String::from_utf8_lossy(&version.stdout).into_owned();
    let minor = text.trim().strip_prefix("go1.").and_then(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<u32>().ok()
    });
    minor.is_some_and(|minor| minor >= OLDEST_GO)
}

fn build() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/go");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join(format!("go-peer{}", std::env::consts::EXE_SUFFIX));
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(source)
        .status()
        .unwrap();
    assert!(built.success(), "the Go client does not build");
    program
}

/// A library with both clients before it.
struct Table {
    peer: &'static Path,
    library: SpawnedLibrary,
    /// The registry that stands before the library, where one does.
    registry: Option<OciFront>,
    folder: TempDir,
}

impl Table {
    async fn set() -> Option<Self> {
        let Some(peer) = peer() else {
            eprintln!("skipped: there is no Go 1.{OLDEST_GO} or newer");
            return None;
        };
        let table = Self {
            peer,
            library: spawn_library().await.unwrap(),
            registry: None,
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::write(table.path("token"), table.library.token()).unwrap();
        Some(table)
    }

    /// The same, where the library offers a registry for its images.
    async fn set_with_registry() -> Option<Self> {
        let table = Self::set().await?;
        let registry = OciFront::start(table.library.address(), Sessions::Fragile).await;
        let Some(registry) = registry.unwrap() else {
            eprintln!("skipped: docker-registry is not installed");
            return None;
        };
        let registry = Some(registry);
        Some(Self { registry, ..table })
    }

    fn base_url(&self) -> String {
        let registry = self.registry.as_ref().map(OciFront::base_url);
        registry.unwrap_or_else(|| self.library.base_url())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn image(&self, name: &str, bytes: u64, seed: u64) -> BuiltSif {
        let builder = SifBuilder::new().filled(bytes, seed);
        builder.build(self.path(name)).unwrap()
    }

    /// What the official client answers.
    async fn go(&self, verb: &str, arguments: &[&str]) -> Value {
        let flags = ["-library", &self.base_url(), "-token-file", "token"];
        let flags = [&flags[..], &["-arch", "amd64"]].concat();
        self.call(self.peer, &[&[verb], &flags[..], arguments].concat())
            .await
    }

    async fn go_does(&self, verb: &str, arguments: &[&str]) -> Value {
        let answer = self.go(verb, arguments).await;
        assert_eq!(answer["ok"], true, "{verb} {arguments:?}: {answer}");
        answer
    }

    /// What `sifter-cli` answers.
    async fn sifter(&self, arguments: &[&str]) -> Value {
        self.sifter_for("amd64", arguments).await
    }

    async fn sifter_for(&self, arch: &str, arguments: &[&str]) -> Value {
        let server = self.base_url();
        let flags = ["--json", "--server", &server, "--token-file", "token"];
        let flags = [&flags[..], &["--arch", arch]].concat();
        let program = Path::new(env!("CARGO_BIN_EXE_sifter-cli"));
        let answer = self.call(program, &[&flags[..], arguments].concat()).await;
        assert_eq!(answer["error"], Value::Null, "{arguments:?}: {answer}");
        answer
    }

    async fn call(&self, program: &Path, arguments: &[&str]) -> Value {
        let output = tokio::process::Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("SIFTER_HOME", self.path("home"))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .await
            .unwrap();
        assert!(!String::from_utf8_lossy(&output.stdout).contains(self.library.token()));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn promised(image: &BuiltSif) -> String {
    format!("sha256.{}", image.sha256)
}

/// The bytes of two files are the same.
#[track_caller]
fn assert_same(one: &Path, other: &Path) {
    assert!(std::fs::read(one).unwrap() == std::fs::read(other).unwrap());
}

async fn go_pushes_and_both_pull(bytes: u64) {
    let Some(table) = Table::set().await else {
        return;
    };
    let image = table.image("image.sif", bytes, bytes);
    let reference = "tester/peers/image:1.0";
    table
        .go_does("push", &["image.sif", "tester/peers/image:1.0,latest"])
        .await;
    let parts = table.go_does("pull", &[reference, "parts.sif"]).await;
    assert_eq!(parts["hash"], promised(&image));
    assert_eq!(parts["size"], image.size);
    assert_same(&table.path("parts.sif"), &image.path);
    table
        .go_does("pull", &["-single", reference, "stream.sif"])
        .await;
    assert_same(&table.path("stream.sif"), &image.path);

    let pulled = table.sifter(&["pull", reference, "sifter.sif"]).await;
    assert_eq!(pulled["hash"], promised(&image));
    assert_same(&table.path("sifter.sif"), &image.path);
}

async fn sifter_pushes_and_go_pulls(bytes: u64) {
    let Some(table) = Table::set().await else {
        return;
    };
    let image = table.image("image.sif", bytes, bytes + 1);
    let reference = "library://tester/sifter/image:2.0";
    let pushed = table.sifter(&["push", "image.sif", reference]).await;
    assert_eq!(pushed["hash"], promised(&image));
    for (flags, out) in [(&[][..], "parts.sif"), (&["-single"], "stream.sif")] {
        let arguments = [flags, &[reference, out]].concat();
        let pulled = table.go_does("pull", &arguments).await;
        assert_eq!(pulled["hash"], promised(&image));
        assert_same(&table.path(out), &image.path);
    }
    let by_hash = format!("tester/sifter/image:{}", promised(&image));
    table.go_does("pull", &[&by_hash, "hash.sif"]).await;
    assert_same(&table.path("hash.sif"), &image.path);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_go_pushes_in_one_piece_both_pull() {
    go_pushes_and_both_pull(SINGLE).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_go_pushes_in_parts_both_pull() {
    go_pushes_and_both_pull(MULTIPART).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_sifter_pushes_in_one_piece_go_pulls() {
    sifter_pushes_and_go_pulls(SINGLE).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_sifter_pushes_in_parts_go_pulls() {
    sifter_pushes_and_go_pulls(MULTIPART).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn go_finds_and_deletes_what_is_there() {
    let Some(table) = Table::set().await else {
        return;
    };
    let image = table.image("image.sif", SINGLE, 7);
    for container in ["findme", "findme-too"] {
        let reference = format!("tester/peers/{container}:1");
        table.sifter(&["push", "image.sif", &reference]).await;
    }
    let found = table.go_does("search", &["findme"]).await;
    let images = found["images"].as_array().unwrap();
    assert_eq!(images.len(), 2, "{found}");
    assert!(images.iter().all(|found| found["hash"] == promised(&image)));
    assert!(
        images
            .iter()
            .any(|found| found["path"] == "tester/peers/findme")
    );
    let signed = table.go_does("search", &["-signed", "findme"]).await;
    assert_eq!(signed["images"], serde_json::json!([]));

    table.go_does("delete", &["tester/peers/findme:1"]).await;
    let gone = table
        .go("pull", &["tester/peers/findme:1", "gone.sif"])
        .await;
    assert_eq!(gone["ok"], false, "{gone}");
    assert!(!table.path("gone.sif").exists());
    let left = table.go_does("search", &["findme"]).await;
    assert_eq!(left["images"].as_array().unwrap().len(), 1, "{left}");
    let hits = table.sifter(&["search", "findme"]).await;
    assert_eq!(hits["hits"][0]["path"]["container"], "findme-too");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn a_push_of_what_is_there_and_a_stranger_are_told_apart() {
    let Some(table) = Table::set().await else {
        return;
    };
    table.image("image.sif", SINGLE, 8);
    let push = ["image.sif", "tester/peers/again:1"];
    let first = table.go_does("push", &push).await;
    assert_ne!(first["containerUrl"], Value::Null, "{first}");
    table.go_does("push", &push).await;
    assert_eq!(
        table.sifter(&["push", push[0], push[1]]).await["alreadyThere"],
        true
    );
    std::fs::write(table.path("token"), "nobody-made-this").unwrap();
    let refused = table
        .go("push", &["image.sif", "tester/peers/never:1"])
        .await;
    assert_eq!(refused["ok"], false, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_either_pushes_into_a_registry_the_other_pulls() {
    let Some(table) = Table::set_with_registry().await else {
        return;
    };
    let theirs = table.image("theirs.sif", SINGLE, 9);
    let ours = table.image("ours.sif", MULTIPART, 10);
    table
        .go_does("push", &["theirs.sif", "tester/registry/theirs:1,latest"])
        .await;
    let pushed = table
        .sifter(&["push", "ours.sif", "library://tester/registry/ours:1"])
        .await;
    assert_eq!(pushed["hash"], promised(&ours));
    for (name, image) in [("theirs", &theirs), ("ours", &ours)] {
        let reference = format!("tester/registry/{name}:1");
        let by_hash = format!("tester/registry/{name}:{}", promised(image));
        for (number, reference) in [reference, by_hash].iter().enumerate() {
            let out = format!("{name}-{number}-go.sif");
            table.go_does("pull", &[reference, &out]).await;
            assert_same(&table.path(&out), &image.path);
            let out = format!("{name}-{number}-sifter.sif");
            table.sifter(&["pull", reference, &out]).await;
            assert_same(&table.path(&out), &image.path);
        }
    }
    let again = ["push", "theirs.sif", "tester/registry/theirs:1"];
    assert_eq!(table.sifter(&again).await["alreadyThere"], true);
    // Everything went through the registry: the library itself has nothing.
    let seen = table.registry.as_ref().unwrap().seen();
    assert!(
        seen.iter()
            .any(|seen| seen.target.contains("/blobs/uploads/"))
    );
    assert!(!seen.iter().any(|seen| seen.target.contains("/imagefile/")));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn a_push_into_a_registry_leaves_the_other_architecture_under_its_tag() {
    let Some(table) = Table::set_with_registry().await else {
        return;
    };
    let amd = table.image("amd.sif", SINGLE, 11);
    let builder = SifBuilder::new().filled(SINGLE, 12).arch(Arch::Arm64);
    let arm = builder.build(table.path("arm.sif")).unwrap();
    let reference = "tester/registry/both:1";
    // The official client writes an index without sizes.
    table.go_does("push", &["amd.sif", reference]).await;
    table
        .sifter_for("arm64", &["push", "arm.sif", reference])
        .await;
    table.go_does("pull", &[reference, "amd-back.sif"]).await;
    assert_same(&table.path("amd-back.sif"), &amd.path);
    let pulled = table
        .sifter_for("arm64", &["pull", reference, "arm-back.sif"])
        .await;
    assert_eq!(pulled["hash"], promised(&arm));
    assert_same(&table.path("arm-back.sif"), &arm.path);
}
