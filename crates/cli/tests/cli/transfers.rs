//! Pushing and pulling.

use sifter_sif::{Arch, CreateOptions, DataType, ObjectInput, Writer};

use crate::bench::{Bench, hash};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_comes_back_byte_for_byte() {
    let bench = Bench::new().await;
    let image = bench.image("hello.sif", Arch::Amd64, 1 << 20, 1);
    let promised = format!("sha256.{}", image.sha256);
    let pushed = bench
        .run(&[
            "push",
            "hello.sif",
            "library://tester/tools/hello:1.0,stable",
        ])
        .await
        .ok();
    assert_eq!(
        pushed.out,
        format!("{promised}  library://tester/tools/hello:1.0,stable\n")
    );
    assert_eq!(pushed.err, "", "no terminal, no progress");

    let pulled = bench
        .run(&["pull", "--arch", "amd64", "tester/tools/hello:stable"])
        .await
        .ok();
    assert_eq!(pulled.out, format!("{promised}  hello_stable.sif\n"));
    assert_eq!(hash(&bench.path("hello_stable.sif")), promised);

    let reference = format!("library://tester/tools/hello:{promised}");
    let named = bench
        .run(&["pull", "--arch", "amd64", &reference, "copies.sif"])
        .await
        .ok();
    assert!(named.out.ends_with("  copies.sif\n"), "{named:?}");
    assert_eq!(hash(&bench.path("copies.sif")), promised);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_image_goes_up_in_parts_and_comes_back_whole() {
    let bench = Bench::new().await;
    // More than the 64 MiB below which the library takes a file in one piece.
    let image = bench.image("large.sif", Arch::Amd64, 70 << 20, 2);
    let pushed = bench
        .run(&["--json", "push", "large.sif", "tester/tools/large:1"])
        .await
        .ok();
    let pushed = pushed.json();
    assert_eq!(pushed["hash"], format!("sha256.{}", image.sha256));
    assert_eq!(pushed["size"], image.size);
    bench
        .run(&["--arch=amd64", "pull", "tester/tools/large:1", "back.sif"])
        .await
        .ok();
    assert_eq!(
        hash(&bench.path("back.sif")),
        format!("sha256.{}", image.sha256)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn json_tells_what_was_done_and_nothing_else_is_printed() {
    let bench = Bench::new().await;
    let image = bench.image("hello.sif", Arch::Arm64, 4096, 3);
    let push = ["--json", "push", "hello.sif", "tester/tools/hello"];
    let pushed = bench.run(&push).await.ok();
    assert_eq!(pushed.err, "");
    let pushed = pushed.json();
    assert_eq!(pushed["reference"], "library://tester/tools/hello:latest");
    assert_eq!(pushed["tags"], serde_json::json!(["latest"]));
    assert_eq!(pushed["arch"], "arm64", "as the image says");
    assert_eq!(pushed["alreadyThere"], false);
    assert_eq!(bench.run(&push).await.ok().json()["alreadyThere"], true);

    let pull = ["--json", "--arch", "arm64", "pull", "tester/tools/hello"];
    let pulled = bench.run(&pull).await.ok().json();
    assert_eq!(pulled["reference"], "library://tester/tools/hello:latest");
    assert_eq!(pulled["file"], "hello_latest.sif");
    assert_eq!(pulled["hash"], format!("sha256.{}", image.sha256));
    assert_eq!(pulled["size"], image.size);
    assert_eq!(pulled["arch"], "arm64");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_only_with_force() {
    let bench = Bench::new().await;
    let image = bench.image("hello.sif", Arch::Amd64, 4096, 4);
    let reference = "tester/tools/hello:1";
    bench.run(&["push", "hello.sif", reference]).await.ok();
    std::fs::write(bench.path("hello_1.sif"), "precious").unwrap();
    let pull = ["--arch", "amd64", "pull", reference];
    bench.run(&pull).await.failed(1).says("--force");
    assert_eq!(
        std::fs::read(bench.path("hello_1.sif")).unwrap(),
        b"precious"
    );
    bench.run(&[&["--force"], &pull[..]].concat()).await.ok();
    assert_eq!(
        hash(&bench.path("hello_1.sif")),
        format!("sha256.{}", image.sha256)
    );
    // The same bytes are no clash.
    bench.run(&pull).await.ok();

    std::fs::create_dir(bench.path("images")).unwrap();
    let into = bench
        .run(&["--arch=amd64", "pull", reference, "images"])
        .await
        .ok();
    assert!(into.out.ends_with("images/hello_1.sif\n"), "{into:?}");
    bench
        .run(&["--arch=amd64", "pull", reference, "nowhere/x.sif"])
        .await
        .failed(1)
        .says("folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_architecture_is_chosen_and_a_wrong_one_is_not_found() {
    let bench = Bench::new().await;
    let images = [(Arch::Amd64, 5), (Arch::Arm64, 6)].map(|(arch, seed)| {
        let name = format!("{}.sif", arch.name());
        (arch.name(), bench.image(&name, arch, 4096, seed))
    });
    for (arch, _) in &images {
        let file = format!("{arch}.sif");
        bench
            .run(&["push", &file, "tester/tools/both:1"])
            .await
            .ok();
    }
    for (arch, image) in &images {
        let out = format!("{arch}-back.sif");
        bench
            .run(&["--arch", arch, "pull", "tester/tools/both:1", &out])
            .await
            .ok();
        assert_eq!(hash(&bench.path(&out)), format!("sha256.{}", image.sha256));
    }
    let pull = |arch| ["--arch", arch, "pull", "tester/tools/both:1", "none.sif"];
    bench.run(&pull("s390x")).await.failed(1).says("not found");
    bench
        .run(&pull("pdp11"))
        .await
        .failed(1)
        .says("no architecture");
    assert!(!bench.path("none.sif").exists());
    let push = [
        "--arch",
        "s390x",
        "push",
        "amd64.sif",
        "tester/tools/both:2",
    ];
    bench.run(&push).await.failed(1).says("image for amd64");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_names_no_architecture_takes_the_one_of_the_command() {
    let bench = Bench::new().await;
    let text = ObjectInput::new(DataType::Definition, &b"Bootstrap: scratch\n"[..]);
    let options = CreateOptions::default();
    Writer::create(bench.path("data.sif"), &options, vec![text]).unwrap();
    let push = ["--json", "push", "data.sif", "tester/data/set:1"];
    bench.run(&push).await.failed(1).says("with --arch");
    let bogus = [&["--arch", "pdp11"], &push[..]].concat();
    bench.run(&bogus).await.failed(1).says("no architecture");
    let pushed = bench
        .run(&[&["--arch", "arm64"], &push[..]].concat())
        .await
        .ok();
    assert_eq!(pushed.json()["arch"], "arm64");
    bench
        .run(&["--arch=arm64", "pull", "tester/data/set:1"])
        .await
        .ok();
    assert_eq!(
        hash(&bench.path("set_1.sif")),
        hash(&bench.path("data.sif"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_is_not_pushed() {
    let bench = Bench::new().await;
    std::fs::write(bench.path("notes.sif"), "just words").unwrap();
    let push = |file| ["push", file, "tester/tools/notes:1"];
    bench
        .run(&push("notes.sif"))
        .await
        .failed(1)
        .says("not a Singularity image");
    bench
        .run(&push("gone.sif"))
        .await
        .failed(1)
        .says("not there");
    bench.run(&push("tmp")).await.failed(1).says("is a folder");
}
