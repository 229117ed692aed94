//! What the sheet says before an upload.

use serde_json::{Value, json};
use sifter_contract::CapabilityNote::{MovesLatest, NoArchTags, NoParts, OldUpload};
use sifter_contract::requests::ContainerRef;
use sifter_contract::{Api as _, TagEffect, UploadItem};
use sifter_sif::Arch;
use sifter_test_support::front::{self, Body, Request, Upstream};
use sifter_test_support::{Dialect, SifBuilder};

use crate::stage::{Stage, is_done, place};

#[tokio::test]
async fn a_tag_that_will_move_for_every_architecture_is_said_before() {
    let stage = Stage::new(Dialect::NoArchTags).await;
    let amd64 = stage.image(SifBuilder::new(), 1);
    let arm64 = stage.image(SifBuilder::new().arch(Arch::Arm64), 2);

    let first = stage.plan(&amd64.path).await;
    assert_eq!(first.notes, [NoArchTags]);
    let tag = "1".to_owned();
    assert_eq!(first.items[0].tags, [TagEffect::New { tag: tag.clone() }]);
    assert!(is_done(&stage.push(&amd64.path).await));

    let second = stage.plan(&arm64.path).await;
    assert_eq!(
        second.items[0].tags,
        [TagEffect::MovesEverywhere {
            tag,
            from: format!("sha256.{}", amd64.sha256),
            arch: "amd64".to_owned(),
        }]
    );
    assert!(is_done(&stage.push(&arm64.path).await));

    // It did: the tag names one image, and the container shows that.
    let page = ContainerRef {
        server_id: stage.server_id.clone(),
        path: place(),
    };
    let page = stage.core.library_container(page).await.unwrap();
    assert_eq!(page.tags.len(), 1);
    let images = &page.tags[0].images;
    assert_eq!(images.len(), 1);
    assert_eq!(images[0].arch, "arm64");
    assert_eq!(images[0].digest, format!("sha256.{}", arm64.sha256));
    stage.close().await;
}

#[tokio::test]
async fn what_an_upload_has_shown_is_said_before_the_next() {
    for (dialect, before, after) in [
        (Dialect::NoMultipart(404), vec![], vec![NoParts]),
        (Dialect::Hinkskalle, vec![], vec![MovesLatest]),
        (
            Dialect::Old,
            vec![OldUpload, NoArchTags],
            vec![OldUpload, NoArchTags],
        ),
    ] {
        let stage = Stage::new(dialect).await;
        let (one, two) = (
            stage.image(SifBuilder::new(), 1),
            stage.image(SifBuilder::new(), 2),
        );
        assert_eq!(stage.plan(&one.path).await.notes, before, "{dialect:?}");
        assert!(is_done(&stage.push(&one.path).await));
        assert_eq!(stage.plan(&two.path).await.notes, after, "{dialect:?}");
        stage.close().await;
    }
}

#[tokio::test]
async fn what_goes_into_a_private_collection_is_said_to_be_private() {
    let stage = Stage::new(Dialect::NoMultipart(404)).await;
    let image = stage.image(SifBuilder::new(), 1);
    assert!(stage.plan(&image.path).await.items[0].public);

    // The entity is made by its first upload; the collection by hand, for it shall be private.
    let other = |item: &mut UploadItem| item.path.collection = "other".to_owned();
    assert!(is_done(&stage.push_as(&image.path, other).await));
    let send = async |method: &str, path: &str, body: String| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", stage.library.address().to_string())
            .header("authorization", format!("Bearer {}", stage.library.token()))
            .body(Body::from(body));
        let answer = Upstream::at(stage.library.address()).send(request.unwrap());
        let answer = answer.await;
        assert!(answer.status().is_success(), "{}", answer.status());
        let mut row = Value::Null;
        front::edit_json(answer, |json| row = json["data"].clone()).await;
        row
    };
    let entity = send("GET", "/v1/entities/tester", String::new()).await;
    let row = json!({
        "name": "dialects", "entity": entity["id"], "private": true,
    });
    send("POST", "/v1/collections", row.to_string()).await;

    let plan = stage.plan(&image.path).await;
    assert!(!plan.items[0].public, "a new container in it");
    assert!(is_done(&stage.push(&image.path).await));
    let plan = stage.plan(&image.path).await;
    assert!(!plan.items[0].public, "the container that is there now");
    // Asking for private what is private already stands in nobody's way.
    let again = stage.push_as(&image.path, |item| item.private = true).await;
    assert!(is_done(&again), "{again:#?}");
    stage.close().await;
}
