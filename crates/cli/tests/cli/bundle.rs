//! A folder that verifies an image where there is no network.

use serde_json::json;
use sifter_sif::Arch;
use tokio::process::Command;

use crate::bench::Bench;

/// Ada has signed an image.
async fn signed() -> (Bench, String) {
    let (bench, fingerprint) = Bench::ada().await;
    bench.image("x.sif", Arch::Amd64, 4096, 1);
    bench.run_bare(&["sign", "x.sif"]).await.ok();
    (bench, fingerprint)
}

/// What `sha256sum`, which knows nothing of Sifter, says about a folder; `None` with a message where there is none.
async fn sums_are_right(bench: &Bench, folder: &str) -> Option<bool> {
    let checked = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(bench.path(folder))
        .output()
        .await;
    match checked {
        Ok(output) => Some(output.status.success()),
        Err(error) => {
            println!("skipped: no sha256sum here ({error})");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_verifies_with_nothing_but_what_is_in_it() {
    let (bench, fingerprint) = signed().await;
    let call = ["--json", "bundle", "x.sif", "--out", "out", "--offline"];
    let made = bench.run_bare(&call).await.ok().json();
    let files = json!(["x.sif", "keys.asc", "VERIFY.txt", "SHA256SUMS"]);
    assert_eq!(made["files"], files, "{made}");
    assert_eq!(made["keys"], json!([fingerprint]));
    assert_eq!(
        (&made["verdict"], &made["missing"]),
        (&json!("verified"), &json!([]))
    );
    assert_ne!(sums_are_right(&bench, "out").await, Some(false));
    assert_eq!(
        std::fs::read(bench.path("out/x.sif")).unwrap(),
        std::fs::read(bench.path("x.sif")).unwrap()
    );
    // Somebody who knows nobody.
    let stranger = ["--home", "other", "--json", "verify", "--offline"];
    let call = [&stranger[..], &["--keyring", "out/keys.asc", "out/x.sif"]].concat();
    let verified = bench.run_bare(&call).await.ok().json();
    assert_eq!(verified["verdict"], "verified");
    let note = std::fs::read_to_string(bench.path("out/VERIFY.txt")).unwrap();
    for words in [
        "sha256sum -c SHA256SUMS",
        "singularity verify --local x.sif",
        "gpg --show-keys",
        "sifter-cli verify --offline --keyring keys.asc x.sif",
        &fingerprint,
    ] {
        assert!(note.contains(words), "{words}: {note}");
    }
    let keys = std::fs::read_to_string(bench.path("out/keys.asc")).unwrap();
    assert!(keys.contains("PUBLIC KEY") && !keys.contains("PRIVATE"));
    // A changed byte is noticed by either.
    let mut bytes = std::fs::read(bench.path("out/x.sif")).unwrap();
    bytes[40] ^= 1;
    std::fs::write(bench.path("out/x.sif"), bytes).unwrap();
    assert_ne!(sums_are_right(&bench, "out").await, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_there_is_touched() {
    let (bench, _) = signed().await;
    std::fs::create_dir(bench.path("out")).unwrap();
    std::fs::write(bench.path("out/keys.asc"), "mine").unwrap();
    let call = ["bundle", "x.sif", "--out", "out", "--offline"];
    bench.refuses(&call, "is there already").await;
    let call = ["--force", "bundle", "x.sif", "--out", "out", "--offline"];
    bench.refuses(&call, "is there already").await;
    assert_eq!(std::fs::read(bench.path("out/keys.asc")).unwrap(), b"mine");
    assert_eq!(std::fs::read_dir(bench.path("out")).unwrap().count(), 1);
    std::fs::write(bench.path("file"), "mine").unwrap();
    let call = ["bundle", "x.sif", "--out", "file", "--offline"];
    bench.refuses(&call, "is there already").await;
    std::fs::remove_file(bench.path("out/keys.asc")).unwrap();
    bench
        .run_bare(&["bundle", "x.sif", "--out", "out", "--offline"])
        .await
        .ok();
    // An altered image is handed to nobody, and leaves nothing behind.
    let mut bytes = std::fs::read(bench.path("x.sif")).unwrap();
    bytes[5] ^= 1;
    std::fs::write(bench.path("x.sif"), bytes).unwrap();
    let before = std::fs::read_dir(bench.path("")).unwrap().count();
    bench
        .run_bare(&["bundle", "x.sif", "--out", "bad", "--offline"])
        .await
        .failed(1);
    assert_eq!(std::fs::read_dir(bench.path("")).unwrap().count(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_in_a_library_comes_with_the_key_from_there() {
    let (bench, fingerprint) = signed().await;
    bench.run(&["key", "push", &fingerprint]).await.ok();
    let reference = "library://tester/tools/x:1";
    bench.run(&["push", "x.sif", reference]).await.ok();
    let call = [
        "--home", "other", "--json", "bundle", reference, "--out", "far",
    ];
    let made = bench.run(&call).await.ok().json();
    assert_eq!(made["keys"], json!([fingerprint]));
    assert_eq!(made["verdict"], "unknown_signer");
    assert_eq!(made["files"][0], "x_1.sif");
    assert_ne!(sums_are_right(&bench, "far").await, Some(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_image_comes_with_checksums_and_a_warning() {
    let bench = Bench::new().await;
    bench.image("plain image.sif", Arch::Amd64, 4096, 1);
    let call = [
        "--json",
        "bundle",
        "plain image.sif",
        "--out",
        "out",
        "--offline",
    ];
    let made = bench.run_bare(&call).await.ok();
    assert!(made.err.contains("not signed"), "{made:?}");
    assert_eq!(
        made.json()["files"],
        json!(["plain image.sif", "VERIFY.txt", "SHA256SUMS"])
    );
    assert_ne!(sums_are_right(&bench, "out").await, Some(false));
}
