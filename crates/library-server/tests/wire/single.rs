//! Uploads in one piece: v2 and v1.

use reqwest::Method;
use serde_json::{Value, json};
use sifter_sif::Arch;

use crate::fixture::{As, KIB, Library, data, hash, refusal, sif, sif_of};

#[tokio::test]
async fn a_push_in_one_piece_is_stored_under_its_hash() {
    let library = Library::start().await;
    let bytes = sif_of(Arch::Arm64, 300 * KIB, 1, Some([1; 20]));
    let container = library.container("tools", "samtools").await;
    let image = library.image(&container, &bytes).await;
    let completion = data(library.push_single(&image, bytes.clone()).await).await;
    assert_eq!(
        completion["quota"],
        json!({ "quotaTotal": 0, "quotaUsage": bytes.len() })
    );
    assert_eq!(completion["containerUrl"], "library/ann/tools/samtools");

    let stored = library
        .data(&format!("/v1/images/ann/tools/samtools:{}", hash(&bytes)))
        .await;
    assert_eq!(stored["uploaded"], true);
    assert_eq!(stored["size"], bytes.len());
    assert_eq!(stored["arch"], "arm64");
    assert_eq!(stored["signed"], true);
    assert_eq!(stored["encrypted"], false);
    assert_eq!(library.stored(), [&hash(&bytes)["sha256.".len()..]]);
    assert!(library.arriving().is_empty());
}

#[tokio::test]
async fn the_same_file_is_never_sent_twice() {
    let library = Library::start().await;
    let bytes = sif(KIB, 1);
    let (_, image) = library.push("tools", "samtools", "latest", &bytes).await;
    let by_hash = format!("/v1/images/ann/tools/samtools:{}?arch=amd64", hash(&bytes));
    assert_eq!(library.data(&by_hash).await["uploaded"], true);

    let other = library.container("tools", "other").await;
    let body = json!({ "hash": hash(&bytes), "container": other });
    let made = library.call(Method::POST, "/v1/images", body).await;
    assert_eq!(made["uploaded"], true);
    assert_eq!(made["arch"], "amd64");
    assert_ne!(made["id"], image.as_str());
    assert_eq!(library.stored().len(), 1);
}

#[tokio::test]
async fn completing_twice_answers_the_same() {
    let library = Library::start().await;
    let (_, image) = library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let path = format!("/v2/imagefile/{image}/_complete");
    let again = library.call(Method::PUT, &path, json!({})).await;
    assert_eq!(again["containerUrl"], "library/ann/tools/samtools");
}

#[tokio::test]
async fn completing_what_never_came_is_refused() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let image = library.image(&container, &sif(KIB, 1)).await;
    let begin = json!({ "filesize": 1000 });
    library
        .call(Method::POST, &format!("/v2/imagefile/{image}"), begin)
        .await;
    let path = format!("/v2/imagefile/{image}/_complete");
    let answer = library.send(As::Owner, Method::PUT, &path, json!({})).await;
    assert_eq!(refusal(answer).await.0, 410);
}

#[tokio::test]
async fn bytes_that_are_not_the_promised_ones_are_refused_and_leave_nothing() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let bytes = sif(KIB, 1);
    let image = library.image(&container, &bytes).await;
    let begin = format!("/v2/imagefile/{image}");
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;

    let wrong = json!({ "filesize": bytes.len(), "sha256sum": "0".repeat(64) });
    assert_eq!(
        refusal(library.send(As::Owner, Method::POST, &begin, wrong).await)
            .await
            .0,
        400
    );

    let begun = library
        .call(Method::POST, &begin, json!({ "filesize": bytes.len() }))
        .await;
    let url = begun["uploadURL"].as_str().unwrap();
    let (status, message) = refusal(library.put(url, other.clone()).await).await;
    assert_eq!((status, message.contains("SHA-256")), (400, true));
    assert_eq!(
        refusal(library.put(url, bytes[1..].to_vec()).await).await.0,
        400
    );
    assert_eq!(
        refusal(library.put(url, [&bytes[..], b"x"].concat()).await)
            .await
            .0,
        400
    );

    let md5 = json!({ "filesize": bytes.len(), "md5sum": "0".repeat(32) });
    let begun = library.call(Method::POST, &begin, md5).await;
    let answer = library
        .put(begun["uploadURL"].as_str().unwrap(), bytes.clone())
        .await;
    assert!(refusal(answer).await.1.contains("MD5"));

    let complete = format!("/v2/imagefile/{image}/_complete");
    let answer = library
        .send(As::Owner, Method::PUT, &complete, json!({}))
        .await;
    assert_eq!(refusal(answer).await.0, 410);
    assert!(library.stored().is_empty());
    let by_hash = format!("/v1/images/ann/tools/samtools:{}", hash(&bytes));
    assert_eq!(library.data(&by_hash).await["uploaded"], false);
}

#[tokio::test]
async fn a_right_md5_is_accepted() {
    use md5::Digest as _;
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let bytes = sif(KIB, 1);
    let image = library.image(&container, &bytes).await;
    let md5 = hex::encode(md5::Md5::digest(&bytes));
    let begin = json!({ "filesize": bytes.len(), "md5sum": md5 });
    let begun = library
        .call(Method::POST, &format!("/v2/imagefile/{image}"), begin)
        .await;
    let sent = library
        .put(begun["uploadURL"].as_str().unwrap(), bytes)
        .await;
    assert_eq!(sent.status(), 200);
    assert!(sent.headers().contains_key("etag"));
}

#[tokio::test]
async fn a_file_that_is_no_sif_is_refused_with_a_sentence() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let whole = sif(64 * KIB, 1);
    for bytes in [
        b"#!/bin/sh\necho hello\n".to_vec(),
        vec![0; 5000],
        whole[..whole.len() / 2].to_vec(),
    ] {
        let image = library.image(&container, &bytes).await;
        let (status, message) = refusal(library.push_single(&image, bytes).await).await;
        assert_eq!(status, 422);
        assert!(message.contains("not a usable SIF image: "), "{message}");
        assert!(library.stored().is_empty() && library.arriving().is_empty());
    }
}

#[tokio::test]
async fn a_signed_address_is_good_for_its_purpose_only() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let bytes = sif(KIB, 1);
    let image = library.image(&container, &bytes).await;
    let begin = json!({ "filesize": bytes.len() });
    let begun = library
        .call(Method::POST, &format!("/v2/imagefile/{image}"), begin)
        .await;
    let url = begun["uploadURL"].as_str().unwrap();
    assert_eq!(url.split("/signed").next().unwrap(), library.base);
    for changed in [
        url.replace("/1?", "/2?"),
        url.replace("expires=", "expires=9"),
        url.split("&sig=").next().unwrap().to_owned(),
        format!("{url}x"),
    ] {
        assert_eq!(
            refusal(library.put(&changed, bytes.clone()).await).await.0,
            403,
            "{changed}"
        );
    }
    assert_eq!(library.put(url, bytes).await.status(), 200);
}

#[tokio::test]
async fn an_upload_past_the_quota_is_refused_at_the_beginning_and_at_the_end() {
    let bytes = sif(100 * KIB, 1);
    let limit = bytes.len() as u64 + 10;
    let library = Library::start_with(|config| config.quota_bytes = Some(limit)).await;
    let container = library.container("tools", "samtools").await;
    let (first, second) = (sif(100 * KIB, 2), bytes);
    let (one, two) = (
        library.image(&container, &first).await,
        library.image(&container, &second).await,
    );
    let begin = json!({ "filesize": second.len() });
    let begun = library
        .call(Method::POST, &format!("/v2/imagefile/{two}"), begin.clone())
        .await;

    let completion = data(library.push_single(&one, first.clone()).await).await;
    assert_eq!(completion["quota"]["quotaTotal"], limit);
    let entity = library.data("/v1/entities/ann").await;
    assert_eq!(entity["quota"], limit, "the limit is told before an upload");
    assert_eq!(entity["size"], first.len());
    let url = begun["uploadURL"].as_str().unwrap();
    assert_eq!(library.put(url, second).await.status(), 200);
    let text = "Upload would exceed quota";
    let complete = format!("/v2/imagefile/{two}/_complete");
    let answer = library
        .send(As::Owner, Method::PUT, &complete, json!({}))
        .await;
    assert_eq!(refusal(answer).await, (507, text.to_owned()));
    for path in [
        format!("/v2/imagefile/{two}"),
        format!("/v2/imagefile/{two}/_multipart"),
    ] {
        let answer = library
            .send(As::Owner, Method::POST, &path, begin.clone())
            .await;
        assert_eq!(refusal(answer).await, (507, text.to_owned()));
    }
    assert_eq!(library.stored().len(), 1);
    assert!(library.arriving().is_empty());
    // A second copy of what is there takes no room.
    let other = library.container("tools", "other").await;
    let again = library.image(&other, &first).await;
    assert_eq!(library.push_single(&again, first).await.status(), 200);
}

#[tokio::test]
async fn a_file_larger_than_the_disk_is_refused_before_it_is_sent() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let image = library.image(&container, b"x").await;
    let begin = json!({ "filesize": 15_u64 << 40 });
    let path = format!("/v2/imagefile/{image}");
    let answer = library.send(As::Owner, Method::POST, &path, begin).await;
    let (status, message) = refusal(answer).await;
    assert_eq!(status, 507);
    assert!(message.contains("disk is full"), "{message}");
    for size in [0_u64, 17 << 40] {
        let begin = json!({ "filesize": size });
        let answer = library.send(As::Owner, Method::POST, &path, begin).await;
        assert_eq!(refusal(answer).await.0, 400, "{size}");
    }
}

#[tokio::test]
async fn upload_v1_takes_the_file_in_one_request() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let bytes = sif(200 * KIB, 1);
    let image = library.image(&container, &bytes).await;
    let send = async |bytes: Vec<u8>| {
        let request = library.request(As::Owner, Method::POST, &format!("/v1/imagefile/{image}"));
        request.body(bytes).send().await.unwrap()
    };
    assert_eq!(refusal(send(vec![0; 100]).await).await.0, 400);
    assert!(library.arriving().is_empty());
    assert_eq!(send(bytes.clone()).await.status(), 200);
    let by_hash = format!("/v1/images/ann/tools/samtools:{}", hash(&bytes));
    assert_eq!(library.data(&by_hash).await["uploaded"], true);
    let missing = library
        .request(As::Owner, Method::POST, "/v1/imagefile/nothing")
        .body(bytes);
    assert_eq!(refusal(missing.send().await.unwrap()).await.0, 404);
}

#[tokio::test]
async fn a_push_works_through_a_keep_alive_connection_after_a_refusal() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    let bytes = sif(KIB, 1);
    let image = library.image(&container, &bytes).await;
    let begun: Value = library
        .call(
            Method::POST,
            &format!("/v2/imagefile/{image}"),
            json!({ "filesize": bytes.len() }),
        )
        .await;
    let url = begun["uploadURL"].as_str().unwrap();
    assert_eq!(library.put(url, vec![0; bytes.len()]).await.status(), 400);
    assert_eq!(library.put(url, bytes).await.status(), 200);
}
