//! Looking around, deleting, describing.

use serde_json::{Value, json};
use sifter_sif::Arch;

use crate::bench::Bench;

async fn stocked() -> Bench {
    let bench = Bench::new().await;
    bench.image("amd64.sif", Arch::Amd64, 4096, 1);
    bench.image("arm64.sif", Arch::Arm64, 4096, 2);
    for (file, reference) in [
        ("amd64.sif", "tester/tools/samtools:1.0,latest"),
        ("arm64.sif", "tester/tools/samtools:1.0"),
        ("amd64.sif", "tester/models/alphafold:3"),
    ] {
        bench.run(&["push", file, reference]).await.ok();
    }
    bench
}

fn names(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_level_is_listed() {
    let bench = stocked().await;
    let top = bench.run(&["--json", "list"]).await.ok().json();
    assert!(names(&top["entities"]).contains(&"tester"), "{top}");
    assert_eq!(names(&top["own"][0]["collections"]), ["models", "tools"]);
    let entity = bench
        .run(&["--json", "list", "library://tester"])
        .await
        .ok()
        .json();
    assert_eq!(names(&entity["collections"]), ["models", "tools"]);
    assert_eq!(entity["entity"]["name"], "tester");
    let collection = bench
        .run(&["--json", "list", "tester/tools"])
        .await
        .ok()
        .json();
    assert_eq!(names(&collection["containers"]), ["samtools"]);
    let container = bench
        .run(&["--json", "list", "tester/tools/samtools"])
        .await
        .ok()
        .json();
    assert_eq!(container["imageCount"], 2);
    assert_eq!(
        container["server"],
        json!(bench.library.address().to_string())
    );

    let text = bench.run(&["list"]).await.ok().out;
    assert!(text.contains("tester/tools   1 container"), "{text}");
    let text = bench.run(&["list", "tester/tools/samtools"]).await.ok().out;
    assert!(
        text.lines()
            .any(|line| line.starts_with("1.0") && line.contains("arm64")),
        "{text}"
    );
    bench
        .run(&["list", "tester/tools/samtools:1.0"])
        .await
        .failed(2);
    bench
        .run(&["list", "tester/nothing"])
        .await
        .failed(1)
        .says("not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds() {
    let bench = stocked().await;
    let found = bench
        .run(&["--json", "search", "samtools"])
        .await
        .ok()
        .json();
    assert_eq!(found["hits"][0]["path"]["container"], "samtools");
    assert_eq!(found["hits"].as_array().unwrap().len(), 1);
    let text = bench.run(&["search", "alpha"]).await.ok().out;
    assert!(
        text.starts_with("library://tester/models/alphafold"),
        "{text}"
    );
    let none = bench.run(&["--json", "search", "zzzz"]).await.ok().json();
    assert_eq!(none["hits"], json!([]));
    bench
        .run(&["search", "ab"])
        .await
        .failed(1)
        .says("three letters");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_wants_to_know_exactly_what() {
    let bench = stocked().await;
    let reference = "tester/tools/samtools:1.0";
    bench
        .run(&["delete", "tester/tools/samtools"])
        .await
        .failed(2)
        .says("a tag or a hash");
    bench
        .run(&["delete", "tester/tools/samtools:1,2"])
        .await
        .failed(2);
    bench
        .run(&["delete", "samtools:1"])
        .await
        .failed(2)
        .says("entity/collection/container");
    bench
        .run(&["delete", reference])
        .await
        .failed(1)
        .says("amd64, arm64");
    let gone = bench
        .run(&["--json", "--arch", "arm64", "delete", reference])
        .await
        .ok()
        .json();
    assert_eq!(gone["arch"], "arm64");
    assert_eq!(gone["reference"], "library://tester/tools/samtools:1.0");
    assert!(gone["hash"].as_str().unwrap().starts_with("sha256."));
    // One architecture is left, so it need not be named.
    bench.run(&["delete", reference]).await.ok();
    bench
        .run(&["delete", reference])
        .await
        .failed(1)
        .says("not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_says_what_it_is() {
    let bench = stocked().await;
    let report = bench
        .run_bare(&["--json", "inspect", "amd64.sif"])
        .await
        .ok()
        .json();
    assert_eq!(report["file"], "amd64.sif");
    assert_eq!(report["facts"]["arch"], "amd64");
    assert_eq!(report["labels"]["maintainer"], "Sifter");
    assert!(
        report["definition"]
            .as_str()
            .unwrap()
            .starts_with("Bootstrap")
    );
    assert_eq!(report["objects"].as_array().unwrap().len(), 3);
    let text = bench.run_bare(&["inspect", "amd64.sif"]).await.ok().out;
    for words in ["architecture", "Labels", "Bootstrap: scratch", "Objects"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    bench
        .run_bare(&["inspect", "./gone.sif"])
        .await
        .failed(1)
        .says("not there");
    std::fs::write(bench.path("words.sif"), "words").unwrap();
    bench
        .run_bare(&["inspect", "words.sif"])
        .await
        .failed(1)
        .says("not a Singularity image");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_shows_its_container_and_its_images() {
    let bench = stocked().await;
    let page = bench
        .run(&["--json", "inspect", "tester/tools/samtools"])
        .await
        .ok()
        .json();
    assert_eq!(page["reference"], "library://tester/tools/samtools");
    assert_eq!(page["images"], Value::Null);
    let reference = "library://tester/tools/samtools:1.0";
    let images = bench
        .run(&["--json", "inspect", reference])
        .await
        .ok()
        .json();
    assert_eq!(images["images"].as_array().unwrap().len(), 2);
    let one = bench
        .run(&["--json", "--arch=arm64", "inspect", reference])
        .await
        .ok()
        .json();
    assert_eq!(one["images"][0]["arch"], "arm64");
    let text = bench.run(&["inspect", reference]).await.ok().out;
    assert!(text.contains("Image for arm64"), "{text}");
    bench
        .run(&["inspect", "tester/tools/samtools:9"])
        .await
        .failed(1)
        .says("not found");
}
