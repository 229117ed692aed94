//! Downloads: the 303 and the ranges behind it.

use futures_util::future::join_all;
use reqwest::header::{ETAG, IF_NONE_MATCH, IF_RANGE, RANGE};
use reqwest::{Method, Response};
use serde_json::json;

use crate::fixture::{As, KIB, Library, data, hash, refusal, sif};

const REF: &str = "ann/tools/samtools:latest?arch=amd64";

async fn location(library: &Library, who: As<'_>) -> String {
    let answer = library.get(who, &format!("/v1/imagefile/{REF}")).await;
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_download_is_a_303_to_an_absolute_address_that_needs_no_token() {
    let library = Library::start().await;
    let bytes = sif(300 * KIB, 1);
    library.push("tools", "samtools", "latest", &bytes).await;
    let url = location(&library, As::Nobody).await;
    assert!(url.starts_with(&library.base), "{url}");
    let answer = library.http.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "accept-ranges"), "bytes");
    assert_eq!(header(&answer, "content-length"), bytes.len().to_string());
    assert_eq!(header(&answer, "content-encoding"), "");
    assert_eq!(answer.bytes().await.unwrap(), bytes);

    // The address official clients ask for the size at the same time.
    let image = library.data(&format!("/v1/images/{REF}")).await;
    assert_eq!(
        (&image["size"], &image["hash"]),
        (&json!(bytes.len()), &json!(hash(&bytes)))
    );
}

#[tokio::test]
async fn ranges_over_several_connections_make_the_file() {
    let library = Library::start().await;
    let bytes = sif(1000 * KIB, 1);
    library.push("tools", "samtools", "latest", &bytes).await;
    let url = location(&library, As::Nobody).await;
    let part = 64 * 1024;
    let fetch = async |index: usize| {
        let range = format!("bytes={}-{}", index * part, (index + 1) * part - 1);
        let answer = library
            .http
            .get(&url)
            .header(RANGE, range)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 206);
        let end = bytes.len().min((index + 1) * part);
        let expected = format!("bytes {}-{}/{}", index * part, end - 1, bytes.len());
        assert_eq!(header(&answer, "content-range"), expected);
        answer.bytes().await.unwrap()
    };
    let parts = join_all((0..bytes.len().div_ceil(part)).map(fetch)).await;
    assert_eq!(parts.concat(), bytes);
}

#[tokio::test]
async fn preconditions_and_impossible_ranges_are_honoured() {
    let library = Library::start().await;
    let bytes = sif(10 * KIB, 1);
    library.push("tools", "samtools", "latest", &bytes).await;
    let url = location(&library, As::Owner).await;
    let get = || library.http.get(&url);
    let first = get().header(RANGE, "bytes=0-0").send().await.unwrap();
    let etag = first.headers()[ETAG].clone();
    assert_eq!(first.bytes().await.unwrap(), bytes[..1]);

    let same = get()
        .header(RANGE, "bytes=5-9")
        .header(IF_RANGE, &etag)
        .send()
        .await
        .unwrap();
    assert_eq!(same.status(), 206);
    let other = get()
        .header(RANGE, "bytes=5-9")
        .header(IF_RANGE, "\"x\"")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 200);
    assert_eq!(other.bytes().await.unwrap().len(), bytes.len());
    let known = get().header(IF_NONE_MATCH, &etag).send().await.unwrap();
    assert_eq!(known.status(), 304);
    let past = get()
        .header(RANGE, format!("bytes={}-", bytes.len()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        header(&past, "content-range"),
        format!("bytes */{}", bytes.len())
    );
    assert_eq!(refusal(past).await.0, 416);
    let head = library.http.head(&url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(header(&head, "content-length"), bytes.len().to_string());
}

#[tokio::test]
async fn a_changed_or_foreign_address_is_refused() {
    let library = Library::start().await;
    let (_, first) = library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let (_, second) = library.push("tools", "bwa", "latest", &sif(KIB, 2)).await;
    let url = location(&library, As::Nobody).await;
    for changed in [
        url.replace(&first, &second),
        url.replace("expires=", "expires=9"),
        url.split('?').next().unwrap().to_owned(),
    ] {
        let answer = library.http.get(&changed).send().await.unwrap();
        assert_eq!(refusal(answer).await.0, 403, "{changed}");
    }
}

#[tokio::test]
async fn an_address_ends_with_its_image_and_with_its_time() {
    let library = Library::start().await;
    library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let url = location(&library, As::Nobody).await;
    let delete = format!("/v1/images/{REF}");
    data(
        library
            .send(As::Owner, Method::DELETE, &delete, json!({}))
            .await,
    )
    .await;
    assert_eq!(
        refusal(library.http.get(&url).send().await.unwrap())
            .await
            .0,
        404
    );

    let library = Library::start_with(|config| {
        config.download_url_lifetime = std::time::Duration::ZERO;
    })
    .await;
    library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    let url = location(&library, As::Nobody).await;
    assert_eq!(
        refusal(library.http.get(&url).send().await.unwrap())
            .await
            .0,
        403
    );
}

#[tokio::test]
async fn an_image_that_never_came_cannot_be_downloaded() {
    let library = Library::start().await;
    let container = library.container("tools", "samtools").await;
    library.image(&container, &sif(KIB, 1)).await;
    let path = format!("/v1/imagefile/ann/tools/samtools:{}", hash(&sif(KIB, 1)));
    assert_eq!(refusal(library.get(As::Owner, &path).await).await.0, 404);
}

#[tokio::test]
async fn short_names_mean_the_library_entity_or_ones_own() {
    let library = Library::start().await;
    library
        .push("default", "samtools", "latest", &sif(KIB, 1))
        .await;
    for path in [
        "/v1/imagefile/samtools:latest",
        "/v1/imagefile/default/samtools:latest",
    ] {
        assert_eq!(library.get(As::Owner, path).await.status(), 303, "{path}");
        assert_eq!(library.get(As::Nobody, path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn downloads_are_counted_and_questions_are_not() {
    let library = Library::start().await;
    library
        .push("tools", "samtools", "latest", &sif(KIB, 1))
        .await;
    location(&library, As::Nobody).await;
    let head = library.request(As::Nobody, Method::HEAD, &format!("/v1/imagefile/{REF}"));
    assert_eq!(head.send().await.unwrap().status(), 303);
    let container = library.data("/v1/containers/ann/tools/samtools").await;
    assert_eq!(container["downloadCount"], 1);
}
