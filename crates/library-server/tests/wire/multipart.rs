//! Uploads in parts: out of order, in parallel, again, across a restart, and damaged ones.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::fixture::{As, KIB, Library, data, hash, refusal, sif};

/// An upload in parts as a client keeps it.
struct Upload {
    image: String,
    id: String,
    part_size: usize,
    total: u32,
    bytes: Vec<u8>,
}

impl Upload {
    async fn begin(library: &Library, bytes: Vec<u8>) -> Self {
        let container = library.container("tools", "samtools").await;
        let image = library.image(&container, &bytes).await;
        let path = format!("/v2/imagefile/{image}/_multipart");
        let begun = library
            .call(Method::POST, &path, json!({ "filesize": bytes.len() }))
            .await;
        assert_eq!(begun["options"]["s3compliant"], "true");
        Self {
            image,
            id: begun["uploadID"].as_str().unwrap().to_owned(),
            part_size: usize::try_from(begun["partSize"].as_u64().unwrap()).unwrap(),
            total: u32::try_from(begun["totalParts"].as_u64().unwrap()).unwrap(),
            bytes,
        }
    }

    fn path(&self, call: &str) -> String {
        format!("/v2/imagefile/{}/{call}", self.image)
    }

    fn part(&self, number: u32) -> &[u8] {
        self.bytes
            .chunks(self.part_size)
            .nth(number as usize - 1)
            .unwrap()
    }

    async fn address(&self, library: &Library, number: u32) -> String {
        let sha256 = hex::encode(Sha256::digest(self.part(number)));
        self.address_for(library, number, &sha256).await
    }

    async fn address_for(&self, library: &Library, number: u32, sha256: &str) -> String {
        let body = json!({ "partSize": self.part(number).len(), "uploadID": self.id,
                           "partNumber": number, "sha256sum": sha256 });
        let begun = library
            .call(Method::PUT, &self.path("_multipart"), body)
            .await;
        begun["presignedURL"].as_str().unwrap().to_owned()
    }

    /// Sends a part and answers its `ETag`, verbatim.
    async fn send(&self, library: &Library, number: u32) -> String {
        let url = self.address(library, number).await;
        let sent = library.put(&url, self.part(number).to_vec()).await;
        assert_eq!(sent.status(), 200);
        sent.headers()["etag"].to_str().unwrap().to_owned()
    }

    fn receipts(&self) -> Vec<Value> {
        let token = |part: &[u8]| format!("\"{}\"", hex::encode(Sha256::digest(part)));
        (1..=self.total)
            .map(|number| json!({ "partNumber": number, "token": token(self.part(number)) }))
            .collect()
    }

    async fn complete(&self, library: &Library) -> Response {
        let body = json!({ "uploadID": self.id, "completedParts": self.receipts() });
        library
            .send(
                As::Owner,
                Method::PUT,
                &self.path("_multipart_complete"),
                body,
            )
            .await
    }
}

#[tokio::test]
async fn parts_go_up_in_parallel_and_in_any_order() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(600 * KIB, 1)).await;
    assert!(upload.total > 8);
    assert!(upload.total as usize * upload.part_size >= upload.bytes.len());
    let sending = (1..=upload.total)
        .rev()
        .map(|number| upload.send(&library, number));
    let tokens = futures_util::future::join_all(sending).await;
    assert!(
        tokens
            .iter()
            .all(|token| token.starts_with('"') && token.ends_with('"'))
    );

    let completion = data(upload.complete(&library).await).await;
    assert_eq!(completion["quota"]["quotaUsage"], upload.bytes.len());
    assert_eq!(library.stored(), [&hash(&upload.bytes)["sha256.".len()..]]);
    assert!(library.arriving().is_empty());
    // The same again is the same answer.
    assert_eq!(data(upload.complete(&library).await).await, completion);
}

#[tokio::test]
async fn a_part_may_be_sent_again_and_the_last_one_counts() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(200 * KIB, 1)).await;
    for number in 1..=upload.total {
        upload.send(&library, number).await;
    }
    // The same bytes, announced: accepted and acknowledged alike.
    let token = upload.send(&library, 2).await;
    assert_eq!(upload.receipts()[1]["token"], token);
    // Other bytes, not announced: they count, until the right ones come again.
    let url = upload.address_for(&library, 1, "").await;
    assert_eq!(
        library.put(&url, vec![7; upload.part_size]).await.status(),
        200
    );
    let answer = upload.complete(&library).await;
    assert!(refusal(answer).await.1.starts_with("part 1: the token"));
    upload.send(&library, 1).await;
    data(upload.complete(&library).await).await;
}

#[tokio::test]
async fn a_damaged_part_is_refused_and_an_older_good_one_stays() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(200 * KIB, 1)).await;
    for number in 1..=upload.total {
        upload.send(&library, number).await;
    }
    let url = upload.address(&library, 2).await;
    let (status, message) = refusal(library.put(&url, vec![7; upload.part_size]).await).await;
    assert_eq!((status, message.contains("SHA-256")), (400, true));
    data(upload.complete(&library).await).await;
}

#[tokio::test]
async fn a_broken_off_part_can_be_sent_again() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(600 * KIB, 1)).await;
    for number in 2..=upload.total {
        upload.send(&library, number).await;
    }
    let url = upload.address(&library, 1).await;
    let (_, rest) = url.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n",
        upload.part(1).len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&upload.part(1)[..1000]).await.unwrap();
    stream.flush().await.unwrap();
    // Not even closed: the second attempt takes over at once.
    let sent = tokio::time::timeout(Duration::from_secs(20), upload.send(&library, 1)).await;
    assert!(sent.is_ok());
    let mut refused = String::new();
    stream.read_to_string(&mut refused).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    data(upload.complete(&library).await).await;
}

#[tokio::test]
async fn an_unfinished_upload_survives_a_restart() {
    let mut library = Library::start().await;
    let upload = Upload::begin(&library, sif(600 * KIB, 1)).await;
    let late = upload.address(&library, 1).await;
    for number in 2..=upload.total - 1 {
        upload.send(&library, number).await;
    }
    library.restart().await;
    // An address made before the restart still works.
    assert_eq!(
        library.put(&late, upload.part(1).to_vec()).await.status(),
        200
    );
    upload.send(&library, upload.total).await;
    data(upload.complete(&library).await).await;
    assert_eq!(library.stored().len(), 1);

    library.restart().await;
    let found = library
        .data(&format!(
            "/v1/images/ann/tools/samtools:{}",
            hash(&upload.bytes)
        ))
        .await;
    assert_eq!(found["uploaded"], true);
}

#[tokio::test]
async fn a_file_whose_hash_is_another_is_refused_and_leaves_nothing() {
    let library = Library::start().await;
    let mut upload = Upload::begin(&library, sif(200 * KIB, 1)).await;
    let right = hash(&upload.bytes);
    upload.bytes[100_000] ^= 1;
    for number in 1..=upload.total {
        upload.send(&library, number).await;
    }
    assert_eq!(refusal(upload.complete(&library).await).await.0, 400);
    assert!(library.stored().is_empty() && library.arriving().is_empty());
    let found = library
        .data(&format!("/v1/images/ann/tools/samtools:{right}"))
        .await;
    assert_eq!(found["uploaded"], false);
    // The upload is gone; a part of it answers 410, which official clients do not mistake.
    let body = json!({ "partSize": upload.part_size, "uploadID": upload.id, "partNumber": 1,
                       "sha256sum": "" });
    let answer = library
        .send(As::Owner, Method::PUT, &upload.path("_multipart"), body)
        .await;
    assert_eq!(refusal(answer).await.0, 410);
}

#[tokio::test]
async fn completing_names_the_parts_that_are_missing() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(600 * KIB, 1)).await;
    for number in (1..=upload.total).filter(|number| ![2, 5].contains(number)) {
        upload.send(&library, number).await;
    }
    let (status, message) = refusal(upload.complete(&library).await).await;
    assert_eq!((status, message.as_str()), (400, "parts missing: 2, 5"));
    for number in [2, 5] {
        upload.send(&library, number).await;
    }
    let body = json!({ "uploadID": upload.id, "completedParts": upload.receipts()[1..] });
    let path = upload.path("_multipart_complete");
    let answer = library.send(As::Owner, Method::PUT, &path, body).await;
    assert_eq!(refusal(answer).await.1, "parts missing: 1");
    data(upload.complete(&library).await).await;
}

#[tokio::test]
async fn an_aborted_upload_leaves_nothing() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(200 * KIB, 1)).await;
    let late = upload.address(&library, 2).await;
    upload.send(&library, 1).await;
    assert_eq!(library.arriving().len(), 1);
    for _ in 0..2 {
        let body = json!({ "uploadID": upload.id });
        let path = upload.path("_multipart_abort");
        data(library.send(As::Owner, Method::PUT, &path, body).await).await;
    }
    assert!(library.arriving().is_empty());
    assert_eq!(
        refusal(library.put(&late, upload.part(2).to_vec()).await)
            .await
            .0,
        410
    );
    assert_eq!(refusal(upload.complete(&library).await).await.0, 410);
}

#[tokio::test]
async fn parts_are_checked_before_an_address_is_given() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(200 * KIB, 1)).await;
    let last = upload.part(upload.total).len();
    for (number, size, sha256, status) in [
        (0, upload.part_size, "", 400),
        (upload.total + 1, upload.part_size, "", 400),
        (1, upload.part_size - 1, "", 400),
        (upload.total, last + 1, "", 400),
        (1, upload.part_size, "zz", 400),
        (upload.total, last, "", 200),
    ] {
        let body = json!({ "partSize": size, "uploadID": upload.id, "partNumber": number,
                           "sha256sum": sha256 });
        let answer = library
            .send(As::Owner, Method::PUT, &upload.path("_multipart"), body)
            .await;
        assert_eq!(answer.status().as_u16(), status, "{number} {size} {sha256}");
    }
    let other = library
        .image(&library.container("tools", "other").await, b"x")
        .await;
    let body = json!({ "partSize": upload.part_size, "uploadID": upload.id, "partNumber": 1 });
    let path = format!("/v2/imagefile/{other}/_multipart");
    assert_eq!(
        refusal(library.send(As::Owner, Method::PUT, &path, body).await)
            .await
            .0,
        410
    );
}

#[tokio::test]
async fn small_files_do_not_go_up_in_parts() {
    let library = Library::start_with(|config| config.uploads.smallest_multipart = 5 << 20).await;
    let container = library.container("tools", "samtools").await;
    let image = library.image(&container, b"x").await;
    let path = format!("/v2/imagefile/{image}/_multipart");
    let begin = json!({ "filesize": (5 << 20) - 1 });
    assert_eq!(
        refusal(library.send(As::Owner, Method::POST, &path, begin).await)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn deleting_a_promise_ends_its_upload() {
    let library = Library::start().await;
    let upload = Upload::begin(&library, sif(200 * KIB, 1)).await;
    upload.send(&library, 1).await;
    let path = format!(
        "/v1/images/ann/tools/samtools:{}?arch=amd64",
        hash(&upload.bytes)
    );
    data(
        library
            .send(As::Owner, Method::DELETE, &path, json!({}))
            .await,
    )
    .await;
    assert!(library.arriving().is_empty());
    assert_eq!(library.get(As::Owner, &path).await.status(), 404);
}
