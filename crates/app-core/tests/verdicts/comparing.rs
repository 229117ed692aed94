//! Two images side by side, here and in a library.

use std::path::PathBuf;

use sifter_contract::requests::Compare;
use sifter_contract::{Api, ChangeKind, ComparisonView, LineKind, ObjectKind};
use sifter_sif::{ObjectInput, SbomFormat, Stamp, Writer};
use sifter_test_support::SifBuilder;

use crate::remote::image_ref;
use crate::stage::Stage;

async fn compare(stage: &Stage, left: &str, right: &str) -> ComparisonView {
    let images = Compare {
        left: left.to_owned(),
        right: right.to_owned(),
    };
    stage.core.inspect_compare(images).await.unwrap()
}

/// An image of a version, with a list of its software.
fn image(stage: &Stage, version: &str, packages: &str) -> PathBuf {
    let path = stage.path(&format!("tool-{version}.sif"));
    let definition = format!(
        "Bootstrap: docker\nFrom: debian:bookworm-slim\n\n%post\n    install {version}\n\n%runscript\n    exec tool\n"
    );
    SifBuilder::new()
        .definition(definition)
        .label("version", version)
        .label("kept", "yes")
        .runscript(format!("exec tool --as {version}"))
        .build(&path)
        .unwrap();
    let list = format!(r#"{{"artifacts":[{packages}]}}"#);
    let list = ObjectInput::sbom(list.as_bytes(), SbomFormat::SyftJson);
    Writer::open(&path)
        .unwrap()
        .add(list, Stamp::Deterministic)
        .unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_and_a_file_are_compared_in_everything_they_say() {
    let stage = Stage::new().await;
    let old = r#"{"name":"zlib","version":"1.2"},{"name":"gone","version":"1"},{"name":"kept","version":"1"}"#;
    let new = r#"{"name":"zlib","version":"1.3"},{"name":"new","version":"1"},{"name":"kept","version":"1"}"#;
    stage.publish(&image(&stage, "1.0", old), "tool").await;
    let left = stage.core.inspect_image(image_ref(&stage, "tool"));
    let left = left.await.unwrap();
    let right = stage.opened(image(&stage, "2.0", new)).await;
    let view = compare(&stage, &left, &right).await;

    assert_eq!(view.left.name, "tool:1");
    assert_eq!(view.left.base.as_deref(), Some("debian:bookworm-slim"));
    assert!(view.left.remote.is_some() && view.right.remote.is_none());
    assert_eq!(view.right.name, "tool-2.0.sif");
    assert!(!view.same);
    let definition = view.definition.unwrap();
    assert_eq!((definition.added, definition.removed), (1, 1));
    let added = definition.lines.iter();
    let added: Vec<&str> = added
        .filter(|line| line.kind == LineKind::Added)
        .map(|line| line.text.trim())
        .collect();
    assert_eq!(added, ["install 2.0"]);
    let labels: Vec<(&str, ChangeKind)> = (view.labels.changes.iter())
        .map(|one| (one.name.as_str(), one.kind))
        .collect();
    assert_eq!(labels, [("version", ChangeKind::Changed)]);
    assert!(view.labels.same >= 1);
    let scripts = view.scripts.changes.iter().map(|one| one.name.as_str());
    assert_eq!(scripts.collect::<Vec<_>>(), ["run"]);
    assert!(view.sizes.iter().any(|row| row.kind == ObjectKind::Sbom));
    let packages = view.software.unwrap().packages.unwrap();
    let found: Vec<(&str, Option<&str>, Option<&str>)> = (packages.changes.iter())
        .map(|one| (one.name.as_str(), one.left.as_deref(), one.right.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("gone", Some("1"), None),
            ("new", None, Some("1")),
            ("zlib", Some("1.2"), Some("1.3")),
        ]
    );
    assert_eq!(packages.same, 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_list_of_software_is_counted_and_not_compared_with_none() {
    let stage = Stage::new().await;
    let with = stage.opened(image(&stage, "1", r#"{"name":"zlib"}"#)).await;
    let without = stage.opened(stage.image("plain.sif", None)).await;
    let view = compare(&stage, &without, &with).await;
    let software = view.software.unwrap();
    assert_eq!(software.packages, None);
    assert_eq!((software.left.packages, software.right.packages), (0, 1));
    let view = compare(&stage, &without, &without).await;
    assert!(view.software.is_none());
    assert!(view.definition.is_none() && view.labels.changes.is_empty());
    assert_eq!(view.definitions, [true, true]);
    assert!(view.objects.changes.is_empty() && view.objects.same > 0);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tags_of_the_same_bytes_are_the_same() {
    let stage = Stage::new().await;
    stage.publish(&stage.image("x", None), "x").await;
    let tag = stage.core.inspect_image(image_ref(&stage, "x"));
    let id = tag.await.unwrap();
    assert!(compare(&stage, &id, &id).await.same);
    stage.end().await;
}
