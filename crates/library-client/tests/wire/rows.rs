//! Making rows on the way to an image, setting tags, deleting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use sifter_library_api::{Arch, ImageHash, Tag};
use sifter_library_client::Error;

use crate::stage::{Stage, data, reply};

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn hash() -> ImageHash {
    ImageHash::from_sha256_hex(HEX).unwrap()
}

#[tokio::test]
async fn what_is_missing_is_made_from_the_top_down() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        "POST /v1/entities" => data(json!({ "id": "E", "name": "u" })),
        "POST /v1/collections" => data(json!({ "id": "C", "name": "c" })),
        "POST /v1/containers" => data(json!({ "id": "N", "name": "img" })),
        "POST /v1/images" => data(json!({ "id": "I", "uploaded": false })),
        _ => reply(404, r#"{"error":{"code":404,"message":"not found"}}"#),
    })
    .await;
    let client = server.client();
    let path = "u/c/img".parse().unwrap();
    let container = client.find_or_create_container(&path).await.unwrap();
    assert_eq!(container.id.as_str(), "N");
    let image = client
        .find_or_create_image(&path, &container.id, hash(), Arch::Amd64, "desc")
        .await
        .unwrap();
    assert!(!image.is_uploaded());
    assert_eq!(
        server.lines(),
        [
            "GET /v1/entities/u".to_owned(),
            "POST /v1/entities".to_owned(),
            "GET /v1/collections/u/c".to_owned(),
            "POST /v1/collections".to_owned(),
            "GET /v1/containers/u/c/img".to_owned(),
            "POST /v1/containers".to_owned(),
            format!("GET /v1/images/u/c/img:sha256.{HEX}?arch=amd64"),
            "POST /v1/images".to_owned(),
        ]
    );
    let seen = server.seen();
    assert_eq!(seen[1].json()["name"], "u");
    assert_eq!(seen[3].json()["entity"], "E");
    assert_eq!(seen[5].json()["collection"], "C");
    assert_eq!(seen[7].json()["container"], "N");
    assert_eq!(seen[7].json()["description"], "desc");
    assert_eq!(seen[1].header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn what_is_there_is_used() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        line if line.starts_with("GET /v1/images/") => {
            data(json!({ "id": "I", "hash": format!("sha256.{HEX}"), "uploadState": "completed" }))
        }
        _ => data(json!({ "id": "x", "name": "u" })),
    })
    .await;
    let client = server.client();
    let path = "u/u/u".parse().unwrap();
    let container = client.find_or_create_container(&path).await.unwrap();
    let image = client
        .find_or_create_image(&path, &container.id, hash(), Arch::Amd64, "")
        .await;
    assert!(image.unwrap().is_uploaded());
    assert!(server.lines().iter().all(|line| line.starts_with("GET ")));
}

#[tokio::test]
async fn a_failure_on_the_way_stops_it() {
    for status in [400, 403, 500] {
        let server = Stage::new(move |_| reply(status, "")).await;
        assert!(
            server
                .client()
                .find_or_create_container(&"u/c/n".parse().unwrap())
                .await
                .is_err()
        );
        assert_eq!(server.lines(), ["GET /v1/entities/u"]);
    }
    let server = Stage::new(|seen| {
        reply(
            if seen.line.starts_with("GET") {
                404
            } else {
                403
            },
            "",
        )
    })
    .await;
    let found = server
        .client()
        .find_or_create_container(&"u/c/n".parse().unwrap())
        .await;
    assert!(matches!(found, Err(Error::Forbidden(_))));
    assert_eq!(server.lines(), ["GET /v1/entities/u", "POST /v1/entities"]);
}

#[tokio::test]
async fn a_row_somebody_else_has_just_made_is_used() {
    let made = Arc::new(AtomicBool::new(false));
    let server = Stage::new(move |seen| match seen.line.as_str() {
        "GET /v1/collections/u/c" if !made.load(Ordering::SeqCst) => reply(404, ""),
        "POST /v1/collections" => {
            made.store(true, Ordering::SeqCst);
            reply(412, r#"{"errors":[{"title":"exists"}]}"#)
        }
        "GET /v1/entities/u" => data(json!({ "id": "E", "name": "u" })),
        _ => data(json!({ "id": "x", "name": "c" })),
    })
    .await;
    server
        .client()
        .find_or_create_container(&"u/c/c".parse().unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn tags_are_set_with_capitalised_keys() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        "GET /v2/tags/N" => data(json!({ "amd64": { "latest": "I0" } })),
        "GET /v1/tags/N" => data(json!(null)),
        _ => reply(200, ""),
    })
    .await;
    let client = server.client();
    let (container, image, tag) = ("N".into(), "I".into(), Tag::latest());
    let tags = client.arch_tags(&container).await.unwrap();
    assert_eq!(tags["amd64"]["latest"].as_str(), "I0");
    client
        .set_arch_tag(&container, Arch::Arm64, &tag, &image)
        .await
        .unwrap();
    client
        .remove_arch_tag(&container, Arch::Arm64, &tag)
        .await
        .unwrap();
    client.set_tag_v1(&container, &tag, &image).await.unwrap();
    let seen = server.seen();
    assert_eq!(
        seen[1].json(),
        json!({ "Arch": "arm64", "Tag": "latest", "ImageID": "I" })
    );
    assert_eq!(
        seen[2].json(),
        json!({ "Arch": "arm64", "Tag": "latest", "ImageID": "" })
    );
    assert_eq!(seen[3].json(), json!({ "Tag": "latest", "ImageID": "I" }));
    assert_eq!(seen[3].line, "POST /v1/tags/N");
    // An empty id would remove the tag; setting never sends one.
    assert!(
        client
            .set_arch_tag(&container, Arch::Arm64, &tag, &"".into())
            .await
            .is_err()
    );
    assert_eq!(server.lines().len(), 4);
}

#[tokio::test]
async fn an_image_is_deleted_for_one_architecture() {
    let server = Stage::of(&[("DELETE /v1/images/u/c/img:v1?arch=arm64", 200, "{}")]).await;
    let client = server.client();
    client
        .delete_image(&"u/c/img:v1,v2".parse().unwrap(), Arch::Arm64)
        .await
        .unwrap();
    let found = client
        .delete_image(&"u/c/img:v9".parse().unwrap(), Arch::Arm64)
        .await;
    assert!(matches!(found, Err(Error::NotFound)));
    assert!(client.tags_v1(&"..".into()).await.is_err());
}
