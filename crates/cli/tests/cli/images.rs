//! Looking into images, and changing their objects.

use serde_json::{Value, json};
use sifter_sif::{Arch, CreateOptions, DataType, Image, ObjectInput, Writer};

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_what_an_image_says_come_from_the_file_and_from_the_library_alike() {
    let bench = Bench::new().await;
    bench.image("a.sif", Arch::Amd64, 3 << 20, 1);
    bench.run(&["push", "a.sif", "tester/tools/a:1"]).await.ok();
    let reference = "library://tester/tools/a:1";
    for options in [
        &["--labels"][..],
        &["--runscript", "--environment"],
        &["--deffile"],
        &["-d", "-l"],
        &["--all"],
        &["--json", "--startscript"],
    ] {
        let local = [&["inspect", "a.sif"], options].concat();
        let local = bench.run(&local).await.ok();
        let remote = [&["--arch", "amd64", "inspect", reference], options].concat();
        let remote = bench.run(&remote).await.ok();
        assert_eq!(local.out, remote.out, "{options:?}");
    }
    let labels = bench.run(&["inspect", "--labels", "a.sif"]).await.ok().out;
    assert!(labels.starts_with("maintainer: Sifter\n"), "{labels}");
    let all = bench.run(&["inspect", "--all", "a.sif"]).await.ok().out;
    let document: Value = serde_json::from_str(&all).unwrap();
    assert_eq!(document["type"], "container");
    assert!(document["data"]["attributes"]["runscript"].is_string());
    assert!(all.starts_with("{\n\t\"data\": {"), "{all}");
    assert_eq!(
        bench
            .run(&["inspect", "--helpfile", "a.sif"])
            .await
            .ok()
            .out,
        ""
    );
    let app = bench.run(&["inspect", "--app", "x", "a.sif"]).await;
    app.failed(1).says("has no app \"x\"");
    bench
        .run(&["inspect", "--labels", "tester/tools/none:1"])
        .await
        .failed(1)
        .says("not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_images_are_compared_wherever_they_are() {
    let bench = Bench::new().await;
    bench.image("a.sif", Arch::Amd64, 1 << 20, 1);
    bench.image("b.sif", Arch::Arm64, 2 << 20, 2);
    bench.run(&["push", "a.sif", "tester/tools/a:1"]).await.ok();
    let files = bench
        .run_bare(&["compare", "a.sif", "b.sif"])
        .await
        .ok()
        .out;
    assert!(
        files.contains("amd64") && files.contains("arm64"),
        "{files}"
    );
    assert!(files.contains("on this computer"), "{files}");
    assert!(files.contains("~ FS, Squashfs"), "{files}");
    let mixed = [
        "--arch",
        "amd64",
        "--json",
        "compare",
        "tester/tools/a:1",
        "b.sif",
    ];
    let document = bench.run(&mixed).await.ok().json();
    assert_eq!(document["left"]["name"], "a:1");
    assert!(document["left"]["remote"]["read"].as_u64().unwrap() > 0);
    assert_eq!(document["right"]["name"], "b.sif");
    assert_eq!(document["same"], false);
    let twice = [
        "--arch",
        "amd64",
        "compare",
        "tester/tools/a:1",
        "tester/tools/a:1",
    ];
    let same = bench.run(&twice).await.ok().out;
    assert!(same.contains("byte for byte"), "{same}");
    let gone = bench.run_bare(&["compare", "a.sif", "./gone.sif"]).await;
    gone.failed(1).says("gone");
}

/// Adds an object, and says how it is listed.
async fn add(bench: &Bench, data: &str, options: &[&str]) -> String {
    let arguments = [&["--json", "sif", "add", "new.sif", data], options].concat();
    let added = bench.run_bare(&arguments).await.ok().json();
    let id = added["object"].as_u64().unwrap().to_string();
    let info = bench.run_bare(&["sif", "info", &id, "new.sif"]).await;
    info.ok().out
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_put_together_and_taken_apart() {
    let bench = Bench::new().await;
    std::fs::write(bench.path("text"), "some text").unwrap();
    assert_eq!(
        bench.run_bare(&["sif", "new", "new.sif"]).await.ok().out,
        ""
    );
    bench
        .run_bare(&["sif", "new", "new.sif"])
        .await
        .failed(1)
        .says("already");
    let system = [
        "--datatype",
        "4",
        "--parttype",
        "1",
        "--partfs",
        "1",
        "--partarch",
        "4",
    ];
    let info = add(&bench, "text", &system).await;
    assert!(info.contains("Architecture:     arm64"), "{info}");
    assert!(info.contains("Name:             text"), "{info}");
    let named = [
        "--datatype",
        "6",
        "--groupid",
        "2",
        "--link",
        "1",
        "--filename",
        "n.json",
    ];
    let info = add(&bench, "text", &named).await;
    assert!(
        info.contains("Group ID:     2") && info.contains("Linked ID:    1"),
        "{info}"
    );
    let entity = "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84";
    let signature = ["--datatype", "5", "--signhash", "1", "--signentity", entity];
    let info = add(&bench, "text", &signature).await;
    assert!(info.contains(entity), "{info}");
    let info = add(
        &bench,
        "text",
        &["--datatype", "9", "--sbomformat", "spdx-json"],
    )
    .await;
    assert!(info.contains("spdx-json"), "{info}");
    let info = add(&bench, "text", &["--datatype", "11"]).await;
    let digest = "sha256:b94f6f125c79e3a5ffaa826f584c10d52ada669e6762051b826b55776d05aed2";
    assert!(info.contains(digest), "{info}");

    let dumped = bench.run_bare(&["sif", "dump", "2", "new.sif"]).await.ok();
    assert_eq!(dumped.out, "some text");
    bench
        .run_bare(&["sif", "setprim", "1", "new.sif"])
        .await
        .ok();
    bench.run_bare(&["sif", "del", "3", "new.sif"]).await.ok();
    let list = bench.run_bare(&["sif", "list", "new.sif"]).await.ok().out;
    assert!(list.contains("FS (Squashfs/*System/arm64)"), "{list}");
    assert_eq!(list.lines().count(), 3 + 4, "{list}");
    let header = bench
        .run_bare(&["--json", "sif", "header", "new.sif"])
        .await;
    let text = header.ok().json()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("Primary Architecture: arm64"), "{text}");
    let image = Image::open(bench.path("new.sif")).unwrap();
    assert_eq!(image.findings(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_image_takes_another_object_and_another_signature() {
    let bench = Bench::new().await;
    std::fs::write(bench.path("text"), "some text").unwrap();
    let options = CreateOptions {
        capacity: 1,
        ..CreateOptions::default()
    };
    let only = || ObjectInput::new(DataType::Generic, &b"the only one"[..]);
    Writer::create(bench.path("full.sif"), &options, vec![only()]).unwrap();
    let add = [
        "--json",
        "sif",
        "add",
        "full.sif",
        "text",
        "--datatype",
        "7",
        "--groupid",
        "1",
    ];
    assert_eq!(bench.run_bare(&add).await.ok().json()["object"], 2);
    let first = bench.run_bare(&["sif", "dump", "1", "full.sif"]).await;
    assert_eq!(first.ok().out, "the only one");

    Writer::create(bench.path("sole.sif"), &options, vec![only()]).unwrap();
    let generate = [
        "key",
        "generate",
        "Ada <ada@example.org>",
        "--no-passphrase",
    ];
    bench.run_bare(&generate).await.ok();
    let signed = bench.run_bare(&["--json", "sign", "sole.sif"]).await;
    assert_eq!(signed.ok().json()["objects"], json!([2]));
    let image = Image::open(bench.path("sole.sif")).unwrap();
    assert_eq!(image.findings(), []);
    assert_eq!(image.header().descriptors_total, 49);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_an_image_is_said_and_changes_nothing() {
    let bench = Bench::new().await;
    bench.image("a.sif", Arch::Amd64, 4096, 1);
    std::fs::write(bench.path("text"), "some text").unwrap();
    let before = std::fs::read(bench.path("a.sif")).unwrap();
    let primary = [
        "--datatype",
        "4",
        "--parttype",
        "2",
        "--partfs",
        "1",
        "--partarch",
        "2",
    ];
    let second = [&["sif", "add", "a.sif", "text"], &primary[..]].concat();
    for (arguments, words) in [
        (&["sif", "info", "9", "a.sif"][..], "object not found"),
        (&["sif", "dump", "0", "a.sif"], "invalid object ID"),
        (&["sif", "del", "9", "a.sif"], "object not found"),
        (&["sif", "setprim", "1", "a.sif"], "not a partition"),
        (&second, "already contains a primary partition"),
        (
            &["sif", "add", "a.sif", "none", "--datatype", "7"],
            "is not there",
        ),
        (&["sif", "list", "text"], "not a Singularity image"),
        (&["sif", "header", "none"], "is not there"),
    ] {
        bench.run_bare(arguments).await.failed(1).says(words);
    }
    for arguments in [
        &["sif", "add", "a.sif", "text"][..],
        &["sif", "add", "a.sif", "text", "--datatype", "12"],
        &["sif", "add", "a.sif", "text", "--datatype", "4"],
        &["sif", "add", "a.sif", "text", "--datatype", "9"],
        &[
            "sif",
            "add",
            "a.sif",
            "text",
            "--datatype",
            "5",
            "--signhash",
            "1",
            "--signentity",
            "12",
        ],
        &["sif", "info", "a.sif", "1"],
    ] {
        bench.run_bare(arguments).await.failed(2);
    }
    assert_eq!(std::fs::read(bench.path("a.sif")).unwrap(), before);
    let json = bench
        .run_bare(&["--json", "sif", "del", "9", "a.sif"])
        .await;
    let error = &json.failed(1).json()["error"]["code"];
    assert_eq!(*error, json!("cannot_change"));
}
