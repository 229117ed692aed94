//! The registry behind a library, for real: CNCF Distribution, with the library's side played before it.
//! Needs Debian's `docker-registry`; where it is not installed these tests say so and do nothing.

use std::sync::Arc;

use futures_util::StreamExt as _;
use reqwest::Body;
use secrecy::SecretString;
use sifter_library_api::{Arch, LibraryRef, Tag};
use sifter_library_client::oci::{Digest, OciAccess, OciRepository, SifImage};
use sifter_library_client::{Endpoints, Error, FixedToken, Http, LibraryClient, Origin};
use sifter_test_support::front::{Body as FrontBody, Request, http};
use sifter_test_support::{OciFront, Sessions, SpawnedLibrary, spawn_library};
use url::Url;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

struct Lab {
    front: OciFront,
    library: SpawnedLibrary,
}

impl Lab {
    async fn new(sessions: Sessions) -> Option<Self> {
        let library = spawn_library().await.unwrap();
        let Some(front) = OciFront::start(library.address(), sessions).await.unwrap() else {
            eprintln!("skipped: docker-registry is not installed");
            return None;
        };
        Some(Self { front, library })
    }

    async fn repository(&self, access: OciAccess) -> OciRepository {
        let base = Url::parse(&self.front.base_url()).unwrap();
        let token = SecretString::from(self.library.token());
        let tokens = FixedToken::new(Origin::of(&base).unwrap(), token);
        let endpoints = Endpoints::of_library(base);
        let client = LibraryClient::new(Http::default(), endpoints, Arc::new(tokens)).unwrap();
        let reference: LibraryRef = "tester/c/i".parse().unwrap();
        client
            .oci_repository(&reference, access)
            .await
            .unwrap()
            .unwrap()
    }

    /// What lies under a tag, as it is on the wire.
    async fn raw(&self, tag: &str) -> serde_json::Value {
        let request = Request::builder()
            .uri(format!("/v2/tester/c/i/manifests/{tag}"))
            .header(http::header::HOST, "registry")
            .header(http::header::ACCEPT, format!("{INDEX}, {MANIFEST}"))
            .body(FrontBody::empty())
            .unwrap();
        let answer = self.front.registry().send(request).await;
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Puts an index or manifest under a tag, past everything.
    async fn put_raw(&self, tag: &str, media_type: &str, document: &serde_json::Value) {
        let request = Request::builder()
            .method("PUT")
            .uri(format!("/v2/tester/c/i/manifests/{tag}"))
            .header(http::header::HOST, "registry")
            .header(http::header::CONTENT_TYPE, media_type)
            .body(FrontBody::from(document.to_string()))
            .unwrap();
        let answer = self.front.registry().send(request).await;
        assert_eq!(answer.status(), 201);
    }
}

fn image(bytes: &[u8], arch: Arch) -> SifImage {
    SifImage {
        digest: Digest::of(bytes),
        size: bytes.len() as u64,
        arch,
        description: "a test".to_owned(),
        signed: true,
        encrypted: false,
    }
}

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

/// Puts a blob up in chunks of `chunk` bytes and describes it.
async fn put(
    repository: &OciRepository,
    bytes: &'static [u8],
    chunk: usize,
    arch: Arch,
) -> SifImage {
    let mut upload = repository.begin_upload().await.unwrap();
    for piece in bytes.chunks(chunk) {
        let length = piece.len() as u64;
        upload = repository
            .send_chunk(&upload, length, || Body::from(piece))
            .await
            .unwrap();
    }
    assert_eq!(upload.offset, bytes.len() as u64);
    repository
        .finish_upload(&upload, &Digest::of(bytes))
        .await
        .unwrap();
    let image = image(bytes, arch);
    repository.describe(&image).await.unwrap();
    image
}

async fn get(repository: &OciRepository, digest: &Digest, size: u64) -> Vec<u8> {
    let location = repository.location(digest);
    let mut bytes = Vec::new();
    for range in [0..2, 2..size] {
        let mut stream = repository.get_range(&location, range, size).await.unwrap();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
    }
    bytes
}

#[tokio::test]
async fn an_image_goes_up_in_chunks_and_comes_back_in_ranges() {
    for sessions in [Sessions::Fragile, Sessions::Lasting] {
        let Some(lab) = Lab::new(sessions).await else {
            return;
        };
        let repository = lab.repository(OciAccess::Push).await;
        let bytes: &[u8] = b"a file of some length";
        assert!(!repository.has_blob(&Digest::of(bytes), 21).await.unwrap());
        let image = put(&repository, bytes, 8, Arch::Amd64).await;
        repository.tag(&image, &tag("1.0")).await.unwrap();
        assert!(repository.has_blob(&image.digest, 21).await.unwrap());

        let reading = lab.repository(OciAccess::Pull).await;
        for name in ["1.0", &image.digest.tag()] {
            let found = reading.find(name, Some(Arch::Amd64)).await.unwrap();
            assert_eq!(
                (found.digest, found.size, found.arch),
                (image.digest, 21, Some(Arch::Amd64))
            );
        }
        assert_eq!(get(&reading, &image.digest, 21).await, bytes);
        let refused = reading.begin_upload().await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_tag_keeps_its_other_architectures_and_every_size_is_right() {
    let Some(lab) = Lab::new(Sessions::Fragile).await else {
        return;
    };
    let repository = lab.repository(OciAccess::Push).await;
    let old = put(&repository, b"old amd64", 99, Arch::Amd64).await;
    let arm = put(&repository, b"the arm64", 99, Arch::Arm64).await;
    let new = put(&repository, b"new amd64", 99, Arch::Amd64).await;
    let latest = tag("latest");
    repository.tag(&old, &latest).await.unwrap();
    repository.tag(&arm, &latest).await.unwrap();
    repository.tag(&new, &latest).await.unwrap();
    // As often as one likes.
    repository.tag(&new, &latest).await.unwrap();
    let at = async |arch| repository.find("latest", Some(arch)).await.unwrap().digest;
    assert_eq!(at(Arch::Amd64).await, new.digest);
    assert_eq!(at(Arch::Arm64).await, arm.digest);
    let index = lab.raw("latest").await;
    let entries = index["manifests"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "{index}");
    assert!(
        entries.iter().all(|entry| entry["size"].as_u64() > Some(0)),
        "{index}"
    );
    assert!(
        repository.find(&old.digest.tag(), None).await.is_ok(),
        "by its hash it is still there"
    );
}

#[tokio::test]
async fn what_other_clients_left_out_of_an_index_is_put_right_and_the_rest_is_kept() {
    let Some(lab) = Lab::new(Sessions::Fragile).await else {
        return;
    };
    let repository = lab.repository(OciAccess::Push).await;
    let arm = put(&repository, b"the arm64", 99, Arch::Arm64).await;
    let s390x = put(&repository, b"the s390x", 99, Arch::S390x).await;
    let latest = tag("latest");
    repository.tag(&arm, &latest).await.unwrap();
    repository.tag(&s390x, &latest).await.unwrap();
    let mut index = lab.raw("latest").await;
    let size = index["manifests"][0]["size"].clone();
    index["manifests"][0]["size"] = 0.into();
    index["manifests"][1]
        .as_object_mut()
        .unwrap()
        .remove("platform");
    index["annotations"] = serde_json::json!({ "kept": "yes" });
    lab.put_raw("latest", INDEX, &index).await;
    let amd = put(&repository, b"the amd64", 99, Arch::Amd64).await;
    repository.tag(&amd, &latest).await.unwrap();
    let index = lab.raw("latest").await;
    assert_eq!(index["manifests"][0]["size"], size);
    assert_eq!(index["manifests"][1]["platform"]["architecture"], "s390x");
    assert_eq!(index["manifests"][2]["platform"]["architecture"], "amd64");
    assert_eq!(index["annotations"]["kept"], "yes");
}

#[tokio::test]
async fn an_image_that_lies_under_a_tag_without_an_index_keeps_its_place() {
    let Some(lab) = Lab::new(Sessions::Fragile).await else {
        return;
    };
    let repository = lab.repository(OciAccess::Push).await;
    let arm = put(&repository, b"the arm64", 99, Arch::Arm64).await;
    let amd = put(&repository, b"the amd64", 99, Arch::Amd64).await;
    let manifest = lab.raw(&arm.digest.tag()).await;
    lab.put_raw("1.0", MANIFEST, &manifest).await;
    repository.tag(&amd, &tag("1.0")).await.unwrap();
    for image in [arm, amd] {
        let found = repository.find("1.0", Some(image.arch)).await.unwrap();
        assert_eq!(found.digest, image.digest);
    }
}

#[tokio::test]
async fn bytes_that_are_not_those_announced_have_a_name() {
    let Some(lab) = Lab::new(Sessions::Fragile).await else {
        return;
    };
    let repository = lab.repository(OciAccess::Push).await;
    let upload = repository.begin_upload().await.unwrap();
    let upload = repository
        .send_chunk(&upload, 3, || Body::from("abc"))
        .await
        .unwrap();
    let error = repository
        .finish_upload(&upload, &Digest::of(b"abd"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::DamagedOnArrival(_)), "{error:?}");
}

#[tokio::test]
async fn an_upload_is_asked_how_far_it_came_and_given_up() {
    for sessions in [Sessions::Fragile, Sessions::Lasting] {
        let Some(lab) = Lab::new(sessions).await else {
            return;
        };
        let repository = lab.repository(OciAccess::Push).await;
        let begun = repository.begin_upload().await.unwrap();
        let sent = repository
            .send_chunk(&begun, 3, || Body::from("abc"))
            .await
            .unwrap();
        assert_eq!(repository.upload_status(&sent).await.unwrap().offset, 3);
        // The answer to the chunk got lost: only the address from before it is known.
        let asked = repository.upload_status(&begun).await;
        match sessions {
            Sessions::Fragile => assert!(matches!(asked, Err(Error::NotFound)), "{asked:?}"),
            Sessions::Lasting => assert_eq!(asked.unwrap().offset, 3),
        }
        repository.cancel_upload(&sent).await.unwrap();
        let asked = repository.upload_status(&sent).await;
        assert!(matches!(asked, Err(Error::NotFound)), "{asked:?}");
    }
}

#[tokio::test]
async fn a_token_that_ran_out_is_renewed_without_anybody_noticing() {
    let Some(lab) = Lab::new(Sessions::Fragile).await else {
        return;
    };
    let repository = lab.repository(OciAccess::Push).await;
    let upload = repository.begin_upload().await.unwrap();
    lab.front.expire_tokens();
    let upload = repository
        .send_chunk(&upload, 3, || Body::from("abc"))
        .await
        .unwrap();
    lab.front.expire_tokens();
    repository
        .finish_upload(&upload, &Digest::of(b"abc"))
        .await
        .unwrap();
    let offers = lab.front.seen().into_iter();
    let offers = offers
        .filter(|seen| seen.target.starts_with("/v1/oci-redirect"))
        .count();
    assert_eq!(offers, 3);
}
