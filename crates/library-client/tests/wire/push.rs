//! Sending an image's bytes, one request at a time.

use std::io;

use axum::response::Response;
use serde_json::json;
use sifter_library_api::ImageId;
use sifter_library_api::upload::{CompletedPart, Completion, Quota};
use sifter_library_client::{Error, MultipartUpload};

use crate::stage::{Seen, Stage, data, reply, reply_with};

const SHA: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn image() -> ImageId {
    ImageId::from("i1")
}

/// A library whose presigned addresses are its own, with `query` on them.
async fn library(query: &'static str, put: fn(&Seen) -> Response) -> Stage {
    Stage::new(move |seen| {
        let at = |path| format!("http://{}/{path}?{query}", seen.header("host").unwrap());
        match seen.line.as_str() {
            "POST /v2/imagefile/i1" => data(json!({ "uploadURL": at("single") })),
            "POST /v2/imagefile/i1/_multipart" => {
                data(json!({ "uploadID": "up", "totalParts": 2, "partSize": 4, "options": {} }))
            }
            "PUT /v2/imagefile/i1/_multipart" => data(json!({ "presignedURL": at("part") })),
            line if line.starts_with("PUT /single") || line.starts_with("PUT /part") => put(seen),
            _ => reply(
                200,
                r#"{"data":{"quota":{"quotaTotal":9,"quotaUsage":6},"containerUrl":"c"}}"#,
            ),
        }
    })
    .await
}

fn stored(_: &Seen) -> Response {
    reply_with(200, &[("etag", "\"e-1\"")], "")
}

#[tokio::test]
async fn a_single_put_carries_length_and_type_and_then_is_completed() {
    let library = library("sig=1", stored).await;
    let client = library.client();
    let url = client
        .begin_single(&image(), 6, SHA, Some("m"))
        .await
        .unwrap();
    client
        .put_single(&url, "abcdef".into(), 6, SHA)
        .await
        .unwrap();
    let done = client.complete_single(&image()).await.unwrap();
    let quota = Some(Quota {
        quota_total: 9,
        quota_usage: 6,
    });
    assert_eq!(
        done,
        Completion {
            quota,
            container_url: "c".to_owned()
        }
    );

    let seen = library.seen();
    assert_eq!(
        seen[0].json(),
        json!({ "filesize": 6, "md5sum": "m", "sha256sum": SHA })
    );
    assert_eq!(seen[1].line, "PUT /single?sig=1");
    assert_eq!(seen[1].header("content-length"), Some("6"));
    assert_eq!(
        seen[1].header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(seen[1].header("x-amz-content-sha256"), None);
    assert_eq!(seen[1].header("transfer-encoding"), None);
    assert_eq!(&seen[1].body[..], b"abcdef");
    assert_eq!(
        (seen[2].line.as_str(), seen[2].json()),
        ("PUT /v2/imagefile/i1/_complete", json!({}))
    );
}

#[tokio::test]
async fn the_sha256_header_is_sent_where_the_address_is_signed_for_it() {
    let library = library("X-Amz-SignedHeaders=host%3Bx-amz-content-sha256", stored).await;
    let client = library.client();
    let url = client.begin_single(&image(), 1, SHA, None).await.unwrap();
    client.put_single(&url, "a".into(), 1, SHA).await.unwrap();
    assert_eq!(library.seen()[1].header("x-amz-content-sha256"), Some(SHA));
}

#[tokio::test]
async fn any_success_of_the_storage_and_an_empty_completion_count() {
    let library = Stage::new(|seen| match seen.line.as_str() {
        "POST /v2/imagefile/i1" => {
            data(json!({ "uploadURL": format!("http://{}/x", seen.header("host").unwrap()) }))
        }
        "PUT /x" => reply(201, ""),
        _ => reply(204, ""),
    })
    .await;
    let client = library.client();
    let url = client.begin_single(&image(), 1, SHA, None).await.unwrap();
    client.put_single(&url, "a".into(), 1, SHA).await.unwrap();
    assert_eq!(
        client.complete_single(&image()).await.unwrap(),
        Completion::default()
    );
}

#[tokio::test]
async fn addresses_that_are_none_are_refused() {
    for address in ["", "\n", "no-scheme/x", "/relative"] {
        let library = Stage::new(move |_| data(json!({ "uploadURL": address }))).await;
        let begun = library.client().begin_single(&image(), 1, SHA, None).await;
        assert!(matches!(begun, Err(Error::Address(_))), "{address:?}");
    }
}

#[tokio::test]
async fn a_storage_that_says_no_means_the_address_and_not_the_account() {
    type Check = fn(&Error) -> bool;
    type Case = (fn(&Seen) -> Response, Check);
    let link: Check = |error| matches!(error, Error::LinkRefused { .. }) && !error.is_transient();
    let fault: Check = Error::is_transient;
    let cases: [Case; 5] = [
        (|_| reply(401, ""), link),
        (|_| reply(403, ""), link),
        (|_| reply(404, ""), link),
        (|_| reply(500, ""), fault),
        (
            |_| reply_with(503, &[("retry-after", "2")], ""),
            |error| error.retry_after() == Some(std::time::Duration::from_secs(2)),
        ),
    ];
    for (put, check) in cases {
        let library = library("sig=1", put).await;
        let client = library.client();
        let url = client.begin_single(&image(), 1, SHA, None).await.unwrap();
        let error = client
            .put_single(&url, "a".into(), 1, SHA)
            .await
            .unwrap_err();
        assert!(check(&error), "{error:?}");
    }
}

#[tokio::test]
async fn parts_are_announced_sent_and_completed_in_order() {
    let library = library("sig=1", stored).await;
    let client = library.client();
    let upload = client.begin_multipart(&image(), 6).await.unwrap().unwrap();
    let expected = MultipartUpload {
        image: image(),
        upload_id: "up".to_owned(),
        file_size: 6,
        part_size: 4,
        total_parts: 2,
        wants_part_sha256: true,
    };
    assert_eq!(upload, expected);
    let mut parts = Vec::new();
    for (number, body) in [(2, "ef"), (1, "abcd")] {
        let url = client.begin_part(&upload, number, Some(SHA)).await.unwrap();
        let length = body.len() as u64;
        let token = client
            .put_part(&url, body.into(), length, Some(SHA))
            .await
            .unwrap();
        parts.push(CompletedPart {
            part_number: number,
            token,
        });
    }
    let done = client.complete_multipart(&upload, parts).await.unwrap();
    assert_eq!(done.quota.unwrap().quota_usage, 6);

    let seen = library.seen();
    let part = |size, number| json!({ "partSize": size, "uploadID": "up", "partNumber": number, "sha256sum": SHA });
    assert_eq!(seen[0].json(), json!({ "filesize": 6 }));
    assert_eq!(seen[1].json(), part(2, 2));
    assert_eq!(seen[3].json(), part(4, 1));
    assert_eq!(seen[4].header("content-length"), Some("4"));
    assert_eq!(seen[4].header("content-type"), None);
    assert_eq!(seen[4].header("x-amz-content-sha256"), Some(SHA));
    let token = r#""e-1""#;
    assert_eq!(
        seen[5].json(),
        json!({ "uploadID": "up", "completedParts": [
            { "partNumber": 1, "token": token }, { "partNumber": 2, "token": token },
        ]})
    );
    client.abort_multipart(&upload).await.unwrap();
    let last = library.seen().pop().unwrap();
    assert_eq!(last.line, "PUT /v2/imagefile/i1/_multipart_abort");
    assert_eq!(last.json(), json!({ "uploadID": "up" }));
}

#[tokio::test]
async fn part_digests_stay_at_home_when_the_library_does_not_want_them() {
    let library = Stage::new(|seen| match seen.line.as_str() {
        "POST /v2/imagefile/i1/_multipart" => data(json!({
            "uploadID": "up", "totalParts": 2, "partSize": 4, "options": { "s3compliant": "false" },
        })),
        _ => data(json!({ "presignedURL": "http://127.0.0.1:1/x" })),
    })
    .await;
    let client = library.client();
    let upload = client.begin_multipart(&image(), 8).await.unwrap().unwrap();
    client.begin_part(&upload, 1, Some(SHA)).await.unwrap();
    assert_eq!(library.seen()[1].json()["sha256sum"], "");
    assert!(client.begin_part(&upload, 3, None).await.is_err());
    assert_eq!(library.lines().len(), 2);
}

#[tokio::test]
async fn a_library_without_parts_says_so_at_the_start_only() {
    for status in [404, 405, 501] {
        let library = Stage::new(move |_| reply(status, "")).await;
        assert_eq!(
            library.client().begin_multipart(&image(), 6).await.unwrap(),
            None
        );
    }
    for status in [400, 500] {
        let library = Stage::new(move |_| reply(status, "")).await;
        assert!(library.client().begin_multipart(&image(), 6).await.is_err());
    }
}

#[tokio::test]
async fn a_part_without_an_etag_is_not_done() {
    let library = library("sig=1", |_| reply(200, "")).await;
    let client = library.client();
    let upload = client.begin_multipart(&image(), 6).await.unwrap().unwrap();
    let url = client.begin_part(&upload, 1, None).await.unwrap();
    let put = client.put_part(&url, "abcd".into(), 4, None).await;
    assert!(matches!(put, Err(Error::InvalidAnswer { .. })));
}

#[tokio::test]
async fn a_full_storage_is_said_at_every_stage() {
    let library = Stage::new(|_| {
        reply(
            507,
            r#"{"error":{"code":507,"message":"Upload would exceed quota"}}"#,
        )
    })
    .await;
    let client = library.client();
    let single = client.begin_single(&image(), 6, SHA, None).await.map(drop);
    let multi = client.begin_multipart(&image(), 6).await.map(drop);
    let done = client.complete_single(&image()).await.map(drop);
    for found in [single, multi, done] {
        let Err(Error::QuotaExceeded(error)) = found else {
            panic!("{found:?}")
        };
        assert_eq!(error.message, "Upload would exceed quota");
    }
}

#[tokio::test]
async fn a_body_of_another_length_than_announced_fails() {
    for length in [3, 5] {
        let library = library("sig=1", stored).await;
        let client = library.client();
        let url = client
            .begin_single(&image(), length, SHA, None)
            .await
            .unwrap();
        let chunks = [Ok::<_, io::Error>("ab"), Ok("cd")];
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let put = client.put_single(&url, body, length, SHA).await;
        assert!(put.is_err(), "{length}");
    }
}

#[tokio::test]
async fn ids_that_would_change_the_path_are_never_sent() {
    let library = Stage::new(|_| data(json!({}))).await;
    let client = library.client();
    for id in ["", "..", "a/b", "a?b"] {
        assert!(client.complete_single(&ImageId::from(id)).await.is_err());
    }
    assert!(library.lines().is_empty());
}

#[tokio::test]
async fn an_old_library_takes_the_file_itself() {
    let library = Stage::of(&[("POST /v1/imagefile/i1", 200, "")]).await;
    library
        .client()
        .post_file_v1(&image(), "abc".into(), 3)
        .await
        .unwrap();
    let seen = &library.seen()[0];
    assert_eq!(seen.header("content-length"), Some("3"));
    assert!(seen.header("authorization").is_some());
    assert_eq!(&seen.body[..], b"abc");
}
