//! Looking around and searching, on servers that list and on servers that do not.

use serde_json::json;
use sifter_library_api::Arch;
use sifter_library_client::{Error, SearchQuery, SearchTooShort};

use crate::stage::{Stage, data, reply};

#[tokio::test]
async fn rows_are_listed_where_the_server_lists_them() {
    let server = Stage::of(&[
        (
            "GET /v1/entities",
            200,
            r#"{"data":[{"id":"1","name":"ann"}]}"#,
        ),
        (
            "GET /v1/collections/ann",
            200,
            r#"{"data":[{"id":2,"name":"tools"}]}"#,
        ),
        (
            "GET /v1/containers/ann/tools",
            200,
            r#"{"data":[{"id":"3","name":"samtools"}]}"#,
        ),
        (
            "GET /v1/containers/ann/tools/samtools/images",
            200,
            r#"{"data":[{"id":"4","tags":["1.0","BAD"],"arch":"amd64"}]}"#,
        ),
    ])
    .await;
    let client = server.client();
    assert_eq!(client.entities().await.unwrap()[0].name, "ann");
    let (entity, collection) = ("ann".parse().unwrap(), "tools".parse().unwrap());
    assert_eq!(
        client.collections(&entity).await.unwrap()[0].id.as_str(),
        "2"
    );
    assert_eq!(
        client.containers(&entity, &collection).await.unwrap()[0].name,
        "samtools"
    );
    let images = client
        .images(&"ann/tools/samtools".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        (images[0].id.as_str(), &images[0].tags[..]),
        ("4", &["1.0".to_owned()][..])
    );
}

#[tokio::test]
async fn rows_are_looked_up_one_by_one_where_it_does_not() {
    let server = Stage::of(&[
        (
            "GET /v1/entities/ann",
            200,
            r#"{"data":{"id":"1","name":"ann","collections":["a","b","../x","gone"]}}"#,
        ),
        (
            "GET /v1/collections/a",
            200,
            r#"{"data":{"id":"a","name":"first","containers":["n"]}}"#,
        ),
        ("GET /v1/collections/b", 403, ""),
        (
            "GET /v1/collections/ann/first",
            200,
            r#"{"data":{"id":"a","name":"first","containers":["n"]}}"#,
        ),
        (
            "GET /v1/containers/n",
            200,
            r#"{"data":{"id":"n","name":"samtools"}}"#,
        ),
    ])
    .await;
    let client = server.client();
    let (entity, collection) = ("ann".parse().unwrap(), "first".parse().unwrap());
    let collections = client.collections(&entity).await.unwrap();
    assert_eq!(
        collections
            .iter()
            .map(|row| row.name.as_str())
            .collect::<Vec<_>>(),
        ["first"]
    );
    let containers = client.containers(&entity, &collection).await.unwrap();
    assert_eq!(containers[0].name, "samtools");
    assert!(!server.lines().iter().any(|line| line.contains("..")));
    assert!(matches!(client.entities().await, Err(Error::NotFound)));
}

#[tokio::test]
async fn images_are_found_through_tags_where_the_server_does_not_list_them() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        "GET /v1/containers/e/c/n" => data(json!({ "id": "n", "name": "n", "archTags": {
            "amd64": { "1.0": "i1", "latest": "i1", "gone": "i9", "NOT A TAG": "i1" },
            "arm64": { "1.0": "i2" },
            "pdp11": { "1.0": "i3" },
        }})),
        "GET /v1/images/e/c/n:1.0?arch=amd64" | "GET /v1/images/e/c/n:latest?arch=amd64" => {
            data(json!({ "id": "i1", "size": 5 }))
        }
        "GET /v1/images/e/c/n:1.0?arch=arm64" => data(json!({ "id": "i2", "size": 6 })),
        _ => reply(404, ""),
    })
    .await;
    let images = server
        .client()
        .images(&"e/c/n".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(images.len(), 2);
    assert_eq!(
        (images[0].arch, &images[0].tags[..]),
        (
            Some(Arch::Amd64),
            &["1.0".to_owned(), "latest".to_owned()][..]
        )
    );
    assert_eq!(
        (images[1].arch, &images[1].tags[..]),
        (Some(Arch::Arm64), &["1.0".to_owned()][..])
    );
}

#[tokio::test]
async fn a_row_that_cannot_be_named_does_not_hide_the_others() {
    let server = Stage::new(|_| {
        data(json!([
            { "id": "1", "name": "../etc" },
            { "id": "2", "name": "good" },
            { "id": "3", "name": "" },
            { "id": "4/5", "name": "bad-id" },
            { "id": "6", "name": "deleted", "deleted": true },
        ]))
    })
    .await;
    let names: Vec<_> = server
        .client()
        .entities()
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.name)
        .collect();
    assert_eq!(names, ["good"]);
}

#[tokio::test]
async fn a_single_row_that_cannot_be_used_is_an_error() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        "GET /v1/entities/odd" => data(json!({ "id": "1", "name": "<script>" })),
        "GET /v1/entities/gone" => data(json!({ "id": "1", "name": "gone", "deleted": true })),
        "GET /v1/entities/none" => reply(200, "{}"),
        "GET /v1/entities/html" => reply(200, "<html>"),
        _ => reply(200, r#"{"data":null,"error":{"code":403,"message":"no"}}"#),
    })
    .await;
    let client = server.client();
    for name in ["odd", "none", "html"] {
        let found = client.entity(&name.parse().unwrap()).await;
        assert!(
            matches!(found, Err(Error::InvalidAnswer { .. })),
            "{name}: {found:?}"
        );
    }
    assert!(matches!(
        client.entity(&"gone".parse().unwrap()).await,
        Err(Error::NotFound)
    ));
    let found = client.entity(&"envelope".parse().unwrap()).await;
    assert!(
        matches!(found, Err(Error::Forbidden(_))),
        "an error counts whatever the status says"
    );
}

#[tokio::test]
async fn the_path_of_a_base_is_kept() {
    let server = Stage::of(&[(
        "GET /base/v1/entities/ann",
        200,
        r#"{"data":{"id":"1","name":"ann","size":3,"quota":9}}"#,
    )])
    .await;
    for base in ["base", "base/"] {
        let endpoints =
            sifter_library_client::Endpoints::of_library(server.base.join(base).unwrap());
        let anonymous = std::sync::Arc::new(sifter_library_client::Anonymous);
        let client =
            sifter_library_client::LibraryClient::new(Default::default(), endpoints, anonymous);
        let quota = client
            .unwrap()
            .quota(&"ann".parse().unwrap())
            .await
            .unwrap();
        assert_eq!((quota.quota_usage, quota.limit()), (3, Some(9)));
    }
}

#[tokio::test]
async fn a_search_is_one_call_with_sorted_parameters() {
    let server = Stage::new(|_| {
        let image = |name: &str| {
            json!({ "id": "i", "entityName": "e", "collectionName": "c", "containerName": name, "tags": ["1"] })
        };
        data(json!({
            "entity": [{ "id": "1", "name": "al" }], "collection": null, "container": [],
            "image": [image("alpine"), image("../x"), { "id": "i", "tags": ["1"] }],
        }))
    })
    .await;
    let client = server.client();
    let query = SearchQuery::new(" al&p e ").unwrap();
    let found = client.search(&query).await.unwrap();
    assert_eq!((found.entity.len(), found.image.len()), (1, 1));
    client
        .search(&query.of_arch(Arch::Arm64).signed_only())
        .await
        .unwrap();
    assert_eq!(
        server.lines(),
        [
            "GET /v1/search?value=al%26p+e",
            "GET /v1/search?arch=arm64&signed=true&value=al%26p+e"
        ]
    );
    assert_eq!(SearchQuery::new("al "), Err(SearchTooShort));
}

#[tokio::test]
async fn nobody_signed_in_is_no_error() {
    for (status, body) in [(401, ""), (404, ""), (200, r#"{"username":""}"#)] {
        let server = Stage::new(move |_| reply(status, body)).await;
        assert!(
            server.client().current_user().await.unwrap().is_none(),
            "{status}"
        );
    }
    let server = Stage::new(|_| reply(500, "")).await;
    assert!(server.client().current_user().await.is_err());
}
