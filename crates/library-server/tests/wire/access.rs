//! Who may see and change what.

use reqwest::Method;
use serde_json::json;

use crate::fixture::{As, KIB, Library, refusal, sif};

#[tokio::test]
async fn anybody_reads_what_is_public_and_nobody_else_writes() {
    let library = Library::start().await;
    let (container, image) = library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let bob = library.token_of("bob");
    let entity = library.data("/v1/entities/ann").await;
    let collection = library.data("/v1/collections/ann/tools").await;
    for who in [As::Nobody, As::Token(&bob)] {
        for path in [
            "/v1/entities/ann",
            "/v1/containers/ann/tools/samtools",
            "/v1/images/ann/tools/samtools:latest?arch=amd64",
        ] {
            assert_eq!(library.get(who, path).await.status(), 200, "{path}");
        }
        let download = "/v1/imagefile/ann/tools/samtools:latest?arch=amd64";
        assert_eq!(library.get(who, download).await.status(), 303);
        let expected = if matches!(who, As::Nobody) { 401 } else { 403 };
        for (method, path, body) in [
            (
                Method::POST,
                "/v1/entities".to_owned(),
                json!({ "name": "ann" }),
            ),
            (
                Method::POST,
                "/v1/collections".to_owned(),
                json!({ "name": "x", "entity": entity["id"] }),
            ),
            (
                Method::POST,
                "/v1/containers".to_owned(),
                json!({ "name": "x", "collection": collection["id"] }),
            ),
            (
                Method::POST,
                "/v1/images".to_owned(),
                json!({ "hash": format!("sha256.{}", "0".repeat(64)), "container": container }),
            ),
            (
                Method::POST,
                format!("/v2/tags/{container}"),
                json!({ "Arch": "amd64", "Tag": "mine", "ImageID": image }),
            ),
            (
                Method::POST,
                format!("/v2/imagefile/{image}"),
                json!({ "filesize": 10 }),
            ),
            (
                Method::POST,
                format!("/v2/imagefile/{image}/_multipart"),
                json!({ "filesize": 10 }),
            ),
            (
                Method::PUT,
                format!("/v2/imagefile/{image}/_complete"),
                json!({}),
            ),
            (
                Method::DELETE,
                "/v1/images/ann/tools/samtools:latest?arch=amd64".to_owned(),
                json!({}),
            ),
        ] {
            let answer = library.send(who, method.clone(), &path, body).await;
            assert_eq!(refusal(answer).await.0, expected, "{method} {path}");
        }
    }
    assert_eq!(library.stored().len(), 1);
}

#[tokio::test]
async fn what_is_private_is_not_there_for_others() {
    let library = Library::start().await;
    let bytes = sif(KIB, 1);
    let container = library
        .container_with("hidden", "secret", json!({ "private": true }))
        .await;
    let image = library.image(&container, &bytes).await;
    library.push_single(&image, bytes).await;
    library.tag(&container, "amd64", "latest", &image).await;
    let bob = library.token_of("bob");
    let paths = [
        "/v1/collections/ann/hidden",
        "/v1/containers/ann/hidden",
        "/v1/containers/ann/hidden/secret",
        "/v1/containers/ann/hidden/secret/images",
        "/v1/images/ann/hidden/secret:latest?arch=amd64",
        &format!("/v2/tags/{container}"),
    ];
    for path in paths {
        assert_eq!(library.get(As::Owner, path).await.status(), 200, "{path}");
        for who in [As::Nobody, As::Token(&bob)] {
            assert_eq!(refusal(library.get(who, path).await).await.0, 404, "{path}");
        }
    }
    let download = "/v1/imagefile/ann/hidden/secret:latest?arch=amd64";
    assert_eq!(library.get(As::Owner, download).await.status(), 303);
    for who in [As::Nobody, As::Token(&bob)] {
        assert_eq!(refusal(library.get(who, download).await).await.0, 404);
        for list in [
            "/v1/collections/ann",
            "/v1/search?value=secret",
            "/v1/entities/ann",
        ] {
            let text = library.get(who, list).await.text().await.unwrap();
            assert!(
                !text.contains("hidden") && !text.contains(&container),
                "{list}: {text}"
            );
        }
        let entity = library
            .get(who, "/v1/entities/ann")
            .await
            .text()
            .await
            .unwrap();
        assert!(entity.contains(r#""collections":null"#) || entity.contains(r#""collections":[]"#));
    }
    assert!(library.data("/v1/search?value=secret").await["image"][0].is_object());
}

#[tokio::test]
async fn knowing_the_hash_of_a_private_image_does_not_give_its_bytes() {
    let library = Library::start().await;
    let bytes = sif(KIB, 1);
    let hidden = library
        .container_with("hidden", "secret", json!({ "private": true }))
        .await;
    let image = library.image(&hidden, &bytes).await;
    library.push_single(&image, bytes.clone()).await;

    let bob = library.token_of("bob");
    let call = async |path: &str, body| {
        let answer = library
            .send(As::Token(&bob), Method::POST, path, body)
            .await;
        crate::fixture::data(answer).await
    };
    let entity = call("/v1/entities", json!({ "name": "bob" })).await;
    let collection = call(
        "/v1/collections",
        json!({ "name": "c", "entity": entity["id"] }),
    )
    .await;
    let body = json!({ "name": "n", "collection": collection["id"] });
    let container = call("/v1/containers", body).await;
    let body = json!({ "hash": crate::fixture::hash(&bytes), "container": container["id"] });
    assert_eq!(call("/v1/images", body.clone()).await["uploaded"], false);

    // Once the same file is public, it need not be sent again.
    let open = library.container("open", "same").await;
    library.image(&open, &bytes).await;
    assert_eq!(call("/v1/images", body).await["uploaded"], true);
}

#[tokio::test]
async fn people_make_the_entity_of_their_own_name_and_the_owner_any() {
    let library = Library::start().await;
    let bob = library.token_of("bob");
    let make = async |who, name: &str| {
        library
            .send(who, Method::POST, "/v1/entities", json!({ "name": name }))
            .await
            .status()
    };
    assert_eq!(make(As::Token(&bob), "bob").await, 200);
    assert_eq!(make(As::Token(&bob), "team").await, 403);
    assert_eq!(make(As::Owner, "team").await, 200);
    assert_eq!(make(As::Owner, "bob").await, 403);
}

#[tokio::test]
async fn a_read_only_container_takes_nothing() {
    let library = Library::start().await;
    let entity = library.data("/v1/entities/ann").await;
    let body = json!({ "name": "c", "entity": entity["id"] });
    let collection = library.call(Method::POST, "/v1/collections", body).await;
    let body = json!({ "name": "n", "collection": collection["id"], "readOnly": true });
    let container = library.call(Method::POST, "/v1/containers", body).await;
    let body =
        json!({ "hash": format!("sha256.{}", "0".repeat(64)), "container": container["id"] });
    let answer = library
        .send(As::Owner, Method::POST, "/v1/images", body)
        .await;
    assert_eq!(refusal(answer).await.0, 403);
}
