//! Reading an image's bytes: every answer that is not exactly what was asked for is an error.

use futures_util::TryStreamExt;
use serde_json::json;
use sifter_library_api::Arch;
use sifter_library_client::{DownloadLocation, Error, LibraryClient};

use crate::stage::{RawStage, Seen, Stage, data, redirect, reply, reply_with};

const HASH: &str = "sha256.e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const FILE: &str = "0123456789";

/// A file with ranges, as a good storage serves it.
fn storage(seen: &Seen) -> axum::response::Response {
    let Some(range) = seen.header("range") else {
        return reply(200, FILE);
    };
    let (first, last) = range
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    let content_range = format!("bytes {first}-{last}/{}", FILE.len());
    reply_with(
        206,
        &[("content-range", &content_range)],
        &FILE[first..=last],
    )
}

/// A library that sends its clients to `target` for the bytes.
async fn library(target: &str) -> Stage {
    let target = target.to_owned();
    Stage::new(move |seen| match seen.line.as_str() {
        line if line.starts_with("GET /v1/imagefile/") => redirect(303, &target),
        line if line.starts_with("GET /v1/images/") => {
            data(json!({ "id": "i", "hash": HASH, "size": FILE.len(), "arch": "arm64" }))
        }
        _ => storage(seen),
    })
    .await
}

async fn locate(library: &Stage) -> (LibraryClient, DownloadLocation) {
    let client = library.client();
    let located = client
        .resolve(&"e/c/i:1".parse().unwrap(), Some(Arch::Arm64))
        .await
        .unwrap();
    assert_eq!(
        (located.hash.to_string().as_str(), located.size),
        (HASH, 10)
    );
    (client, located.location)
}

async fn collected(
    stream: Result<sifter_library_client::ByteStream, Error>,
) -> Result<Vec<u8>, Error> {
    stream?
        .try_fold(Vec::new(), |mut all, bytes| async move {
            all.extend_from_slice(&bytes);
            Ok(all)
        })
        .await
}

#[tokio::test]
async fn an_image_is_pinned_by_its_hash_and_read_in_ranges_behind_a_303() {
    let blobs = Stage::new(storage).await;
    let library = library(blobs.base.join("b/1?sig=x").unwrap().as_str()).await;
    let (client, location) = locate(&library).await;
    assert_eq!(location.ranges(), None);
    for (range, expected) in [(0..4, "0123"), (4..10, "456789"), (9..10, "9")] {
        let bytes = collected(client.get_range(&location, range, 10).await)
            .await
            .unwrap();
        assert_eq!(bytes, expected.as_bytes());
    }
    assert_eq!(
        collected(client.get_whole(&location, 10).await)
            .await
            .unwrap(),
        FILE.as_bytes()
    );
    assert_eq!(
        library.lines(),
        [
            "GET /v1/images/e/c/i:1?arch=arm64".to_owned(),
            format!("GET /v1/imagefile/e/c/i:{HASH}?arch=arm64"),
        ]
    );
    let ranges: Vec<_> = blobs
        .seen()
        .iter()
        .map(|seen| seen.header("range").map(str::to_owned))
        .collect();
    assert_eq!(ranges[0].as_deref(), Some("bytes=0-3"));
    assert_eq!(ranges[3], None);
}

#[tokio::test]
async fn a_relative_location_is_resolved_against_the_library() {
    let library = library("/elsewhere/blob").await;
    let (client, location) = locate(&library).await;
    assert_eq!(
        collected(client.get_range(&location, 1..3, 10).await)
            .await
            .unwrap(),
        b"12"
    );
    assert_eq!(library.lines()[2], "GET /elsewhere/blob");
}

#[tokio::test]
async fn a_library_that_sends_the_file_itself_says_whether_it_has_ranges() {
    for ranges in [true, false] {
        let library = Stage::new(move |seen| match seen.line.as_str() {
            line if line.starts_with("GET /v1/images/") => {
                data(json!({ "id": "i", "hash": HASH, "size": 10 }))
            }
            _ if ranges => storage(seen),
            _ => reply(200, FILE),
        })
        .await;
        let (client, location) = locate(&library).await;
        assert_eq!(location.ranges(), Some(ranges));
        assert_eq!(
            collected(client.get_whole(&location, 10).await)
                .await
                .unwrap(),
            FILE.as_bytes()
        );
        let part = collected(client.get_range(&location, 2..4, 10).await).await;
        match part {
            Ok(bytes) => assert!(ranges && bytes == b"23"),
            Err(error) => assert!(!ranges && matches!(error, Error::RangeIgnored), "{error}"),
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_range_is_never_handed_on() {
    type Check = fn(&Error) -> bool;
    type Case = (
        u16,
        &'static [(&'static str, &'static str)],
        &'static str,
        Check,
    );
    let invalid: Check = |error| matches!(error, Error::InvalidAnswer { .. });
    let ignored: Check = |error| matches!(error, Error::RangeIgnored);
    let refused: Check = |error| matches!(error, Error::LinkRefused { .. });
    let fault: Check = Error::is_transient;
    let cases: [Case; 10] = [
        (206, &[], "23", ignored),
        (206, &[("content-range", "bytes 0-1/10")], "01", ignored),
        (206, &[("content-range", "bytes 2-3/11")], "23", invalid),
        (206, &[("content-range", "bytes 2-3/10")], "234", invalid),
        (
            206,
            &[
                ("content-range", "bytes 2-3/10"),
                ("content-encoding", "gzip"),
            ],
            "23",
            invalid,
        ),
        (416, &[("content-range", "bytes */1")], "", invalid),
        (403, &[], "<Error>expired</Error>", refused),
        (404, &[], "", refused),
        (503, &[], "", fault),
        (429, &[("retry-after", "3")], "", fault),
    ];
    for (status, headers, body, check) in cases {
        let blobs = Stage::new(move |_| reply_with(status, headers, body)).await;
        let library = library(blobs.base.as_str()).await;
        let (client, location) = locate(&library).await;
        let error = collected(client.get_range(&location, 2..4, 10).await)
            .await
            .unwrap_err();
        assert!(check(&error), "{status} {headers:?}: {error:?}");
        let whole = collected(client.get_whole(&location, 10).await).await;
        assert!(
            whole.is_err(),
            "{status} {headers:?} was taken for the whole file"
        );
    }
}

#[tokio::test]
async fn a_range_that_ends_early_or_late_is_noticed_by_counting() {
    let head = "HTTP/1.1 206 OK\r\ncontent-range: bytes 2-5/10\r\n";
    for (answer, transient) in [
        (format!("{head}content-length: 4\r\n\r\n23"), true),
        (format!("{head}connection: close\r\n\r\n23"), true),
        (
            format!("{head}transfer-encoding: chunked\r\n\r\n2\r\n23\r\n0\r\n\r\n"),
            true,
        ),
        (
            format!("{head}transfer-encoding: chunked\r\n\r\n2\r\n23\r\n"),
            true,
        ),
        (format!("{head}connection: close\r\n\r\n234567"), false),
    ] {
        let blobs = RawStage::new(answer.clone()).await;
        let library = library(blobs.base.as_str()).await;
        let (client, location) = locate(&library).await;
        let error = collected(client.get_range(&location, 2..6, 10).await)
            .await
            .unwrap_err();
        assert_eq!(error.is_transient(), transient, "{answer}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_at_once_is_worth_another_try() {
    let blobs = RawStage::new("").await;
    let library = library(blobs.base.as_str()).await;
    let (client, location) = locate(&library).await;
    let error = collected(client.get_range(&location, 2..6, 10).await)
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_range_outside_the_file_is_not_asked_for() {
    let library = library("/blob").await;
    let (client, location) = locate(&library).await;
    let before = library.lines().len();
    for range in [3..3, 9..11] {
        assert!(client.get_range(&location, range, 10).await.is_err());
    }
    assert_eq!(library.lines().len(), before);
}

#[tokio::test]
async fn an_image_without_hash_or_size_is_not_downloaded() {
    for image in [
        json!({ "id": "i", "size": 4 }),
        json!({ "id": "i", "hash": "md5.1", "size": 4 }),
        json!({ "id": "i", "hash": HASH }),
        json!({ "id": "i", "hash": HASH, "size": 0 }),
        json!({ "hash": HASH, "size": 4 }),
    ] {
        let answer = image.clone();
        let library = Stage::new(move |_| data(answer.clone())).await;
        let found = library
            .client()
            .resolve(&"e/c/i".parse().unwrap(), None)
            .await;
        assert!(matches!(found, Err(Error::InvalidAnswer { .. })), "{image}");
        assert_eq!(library.lines().len(), 1);
    }
}

#[tokio::test]
async fn an_image_whose_upload_has_not_ended_is_not_there() {
    let row = json!({ "id": "i", "hash": HASH, "size": 10, "uploadState": "uploading" });
    let library = Stage::new(move |_| data(row.clone())).await;
    let found = library
        .client()
        .resolve(&"e/c/i".parse().unwrap(), None)
        .await;
    assert!(matches!(found, Err(Error::NotFound)));
}

#[tokio::test]
async fn another_image_than_the_hash_asked_for_is_refused() {
    let library = library("/blob").await;
    let other = format!("e/c/i:sha256.{}", "00".repeat(32));
    let found = library.client().image(&other.parse().unwrap(), None).await;
    assert!(matches!(found, Err(Error::InvalidAnswer { .. })));
}

#[tokio::test]
async fn an_oci_image_is_named_as_such() {
    let body =
        r#"{"error":{"code":415,"message":"media type application/vnd.oci.image.config.v1+json"}}"#;
    let library = Stage::new(move |_| reply(415, body)).await;
    let found = library
        .client()
        .resolve(&"e/c/i".parse().unwrap(), None)
        .await;
    assert!(matches!(found, Err(Error::OciImageInstead)));

    let hinkskalle = Stage::new(|seen| match seen.line.as_str() {
        line if line.starts_with("GET /v1/images/") => {
            data(json!({ "id": "i", "hash": HASH, "size": 4 }))
        }
        _ => reply(406, ""),
    })
    .await;
    let found = hinkskalle
        .client()
        .resolve(&"e/c/i".parse().unwrap(), None)
        .await;
    assert!(matches!(found, Err(Error::OciImageInstead)));
}

#[tokio::test]
async fn a_location_that_nobody_should_be_sent_to_is_refused() {
    for target in [
        "http://example.org/blob",
        "ftp://127.0.0.1/blob",
        "http://u:p@127.0.0.1/blob",
    ] {
        let library = library(target).await;
        let found = library
            .client()
            .resolve(&"e/c/i".parse().unwrap(), None)
            .await;
        assert!(matches!(found, Err(Error::Address(_))), "{target}");
    }
}
