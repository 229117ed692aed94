//! The registry behind a library, played by small servers: where its token goes, and what is believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;
use reqwest::Body;
use serde_json::{Value, json};
use sifter_library_api::{Arch, LibraryRef};
use sifter_library_client::Error;
use sifter_library_client::error::AddressFault;
use sifter_library_client::oci::{Digest, OciAccess, OciRepository};

use crate::stage::{Seen, Stage, TOKEN, redirect, reply, reply_with};

const CONFIG: &str = "application/vnd.sylabs.sif.config.v1+json";
const LAYER: &str = "application/vnd.sylabs.sif.layer.v1.sif";
const OFFER: &str = "GET /v1/oci-redirect?accessTypes=pull%2Cpush&mapped=1&namespace=e%2Fc%2Fi";

fn reference() -> LibraryRef {
    "e/c/i".parse().unwrap()
}

/// What a library offers whose registry is itself, below `/r`.
fn offer(seen: &Seen, token: &str) -> Response {
    let url = format!("http://{}/r/", seen.header("host").unwrap());
    let body = json!({ "token": token, "url": url, "name": "mapped/i" });
    reply(200, &body.to_string())
}

/// A library that offers its registry, which answers as `registry` says.
async fn library(registry: impl Fn(&Seen) -> Response + Clone + Send + Sync + 'static) -> Stage {
    Stage::new(move |seen| match seen.line.split_once("/v1/oci-redirect") {
        Some(_) => offer(seen, "registry-token"),
        None => registry(seen),
    })
    .await
}

async fn repository(stage: &Stage) -> OciRepository {
    let found = stage
        .client()
        .oci_repository(&reference(), OciAccess::Push)
        .await;
    found.unwrap().unwrap()
}

#[tokio::test]
async fn the_library_is_asked_with_its_own_token_and_the_registry_gets_the_other() {
    let stage = library(|_| reply(404, "")).await;
    let repository = repository(&stage).await;
    assert!(!repository.has_blob(&Digest::of(b"x"), 1).await.unwrap());
    let seen = stage.seen();
    assert_eq!(seen[0].line, OFFER);
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(seen[0].header("authorization"), Some(bearer.as_str()));
    let line = format!("HEAD /r/v2/mapped/i/blobs/{}", Digest::of(b"x"));
    assert_eq!(seen[1].line, line);
    assert_eq!(
        seen[1].header("authorization"),
        Some("Bearer registry-token")
    );
    assert!(!format!("{repository:?}").contains("registry-token"));
}

#[tokio::test]
async fn a_library_without_a_registry_is_told_from_one_that_fails() {
    for (status, body) in [
        (404, ""),
        (405, ""),
        (501, ""),
        (400, r#"{"error":{"code":400,"message":"what?"}}"#),
        (410, ""),
        (200, "<!doctype html>"),
        (200, "[]"),
        (200, r#"{"error":{"code":404,"message":"no such call"}}"#),
    ] {
        let stage = Stage::new(move |_| reply(status, body)).await;
        let found = stage
            .client()
            .oci_repository(&reference(), OciAccess::Pull)
            .await;
        assert!(found.unwrap().is_none(), "{status} {body}");
    }
    let failing = |status| async move {
        let stage = Stage::new(move |_| reply(status, "")).await;
        let found = stage
            .client()
            .oci_repository(&reference(), OciAccess::Pull)
            .await;
        found.unwrap_err()
    };
    assert!(matches!(failing(401).await, Error::Unauthorized));
    assert!(matches!(failing(403).await, Error::Forbidden(_)));
    for status in [408, 429, 500, 503] {
        assert!(failing(status).await.is_transient(), "{status}");
    }
}

#[tokio::test]
async fn a_registry_that_may_not_be_used_is_refused_and_its_token_is_not_told() {
    let good = "http://127.0.0.1:1/";
    for (url, name, token) in [
        ("http://registry.example.org/", "a/b", "t"),
        ("https://user:pw@registry.example.org/", "a/b", "t"),
        ("", "a/b", "t"),
        ("/relative", "a/b", "t"),
        (good, "a/../b", "t"),
        (good, "a?b", "t"),
        (good, "a/b", "secret token"),
        (good, "a/b", "secret\r\ntoken"),
    ] {
        let body = json!({ "url": url, "name": name, "token": token }).to_string();
        let stage = Stage::new(move |_| reply(200, &body)).await;
        let found = stage
            .client()
            .oci_repository(&reference(), OciAccess::Pull)
            .await;
        let error = found.unwrap_err();
        assert!(
            matches!(error, Error::Address(_) | Error::InvalidAnswer { .. }),
            "{url} {name}: {error:?}"
        );
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    let odd = r#"{"token":{"secret":1},"url":7}"#;
    let stage = Stage::new(move |_| reply(200, odd)).await;
    let found = stage
        .client()
        .oci_repository(&reference(), OciAccess::Pull)
        .await;
    let error = format!("{:?}", found.unwrap_err());
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_and_a_second_refusal_is_final() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let stage = Stage::new(move |seen| {
        if seen.line == OFFER {
            let number = count.fetch_add(1, Ordering::Relaxed);
            return offer(seen, &format!("token-{number}"));
        }
        let fresh = seen.header("authorization") == Some("Bearer token-1");
        let accepted = fresh && seen.line.contains("/uploads/1");
        let headers = [
            ("location", "/v2/mapped/i/blobs/uploads/1"),
            ("range", "0-3"),
        ];
        reply_with(if accepted { 202 } else { 401 }, &headers, "")
    })
    .await;
    let repository = repository(&stage).await;
    let begun = repository.begin_upload().await;
    assert!(matches!(begun, Err(Error::Unauthorized)), "{begun:?}");
    // The library was asked once more, and once only.
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    let posts = stage
        .lines()
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(posts, 2);
}

#[tokio::test]
async fn a_chunk_is_sent_again_with_the_renewed_token() {
    let asked = Arc::new(AtomicUsize::new(0));
    let stage = Stage::new(move |seen| {
        if seen.line == OFFER {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            return offer(seen, &format!("token-{number}"));
        }
        let headers = [
            ("location", "/v2/mapped/i/blobs/uploads/1?_state=a"),
            ("range", "0-3"),
            ("oci-chunk-min-length", "3"),
        ];
        let stale = seen.header("authorization") == Some("Bearer token-0");
        let status = if stale && seen.line.starts_with("PATCH") {
            401
        } else {
            202
        };
        reply_with(status, &headers, "")
    })
    .await;
    let repository = repository(&stage).await;
    let begun = repository.begin_upload().await.unwrap();
    assert_eq!((begun.offset, begun.min_chunk), (0, Some(3)));
    let sent = repository
        .send_chunk(&begun, 4, || Body::from("SIF!"))
        .await
        .unwrap();
    assert_eq!(sent.offset, 4);
    let seen = stage.seen();
    let chunks: Vec<&Seen> = seen
        .iter()
        .filter(|seen| seen.line.starts_with("PATCH"))
        .collect();
    assert_eq!(chunks.len(), 2);
    assert_eq!(
        chunks[1].line,
        "PATCH /r/v2/mapped/i/blobs/uploads/1?_state=a"
    );
    assert_eq!(chunks[1].header("authorization"), Some("Bearer token-1"));
    assert_eq!(chunks[1].header("content-range"), Some("0-3"));
    assert_eq!(chunks[1].header("content-length"), Some("4"));
    assert_eq!(chunks[1].header("transfer-encoding"), None);
    assert_eq!(&chunks[1].body[..], b"SIF!");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_now_is_worth_another_try() {
    let asked = Arc::new(AtomicUsize::new(0));
    let stage = Stage::new(move |seen| {
        if seen.line != OFFER {
            return reply(401, "");
        }
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 => offer(seen, "token-0"),
            _ => reply(503, ""),
        }
    })
    .await;
    let error = repository(&stage).await.begin_upload().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn the_token_does_not_follow_a_blob_to_its_storage() {
    let storage = Stage::new(|_| {
        let headers = [("content-range", "bytes 0-3/4")];
        reply_with(206, &headers, "SIF!")
    })
    .await;
    let target = storage.base.join("blob?sig=1").unwrap();
    let stage = library(move |_| redirect(307, target.as_str())).await;
    let repository = repository(&stage).await;
    let location = repository.location(&Digest::of(b"SIF!"));
    drop(repository.get_range(&location, 0..4, 4).await.unwrap());
    // A redirect of the question whether it is there says yes; the storage is not asked.
    assert!(repository.has_blob(&Digest::of(b"SIF!"), 4).await.unwrap());
    assert_eq!(storage.lines(), ["GET /blob?sig=1"]);
    assert_eq!(storage.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn an_upload_stays_at_its_registry() {
    let elsewhere = Stage::new(|_| reply(202, "")).await;
    let target = elsewhere.base.join("upload").unwrap();
    let stage = library(move |_| reply_with(202, &[("location", target.as_str())], "")).await;
    let error = repository(&stage).await.begin_upload().await.unwrap_err();
    assert!(
        matches!(error, Error::Address(AddressFault::Redirect)),
        "{error:?}"
    );
    assert_eq!(elsewhere.lines(), [""; 0]);
    let silent = library(|_| reply(202, "")).await;
    let error = repository(&silent).await.begin_upload().await.unwrap_err();
    assert!(matches!(error, Error::InvalidAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn the_status_says_how_far_an_upload_came() {
    for (status, range, expected) in [
        (204, Some("0-41"), Some(42)),
        (204, Some("bytes=0-41"), Some(42)),
        (204, Some("0-0"), Some(0)),
        (204, None, None),
        (204, Some("nonsense"), None),
        (404, None, None),
        (416, None, None),
    ] {
        let stage = library(move |seen| {
            if seen.line.starts_with("POST") {
                return reply_with(202, &[("location", "/v2/mapped/i/blobs/uploads/1")], "");
            }
            let headers: Vec<_> = range.iter().map(|range| ("range", *range)).collect();
            reply_with(status, &headers, "")
        })
        .await;
        let repository = repository(&stage).await;
        let upload = repository.begin_upload().await.unwrap();
        let found = match repository.upload_status(&upload).await {
            Ok(upload) => Some(upload.offset),
            Err(Error::NotFound) => None,
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(found, expected, "{status} {range:?}");
    }
}

/// A registry with one image: what its tag, its manifest and its config say.
#[derive(Clone)]
struct Told {
    tag: Value,
    manifest: Value,
    config: String,
}

impl Told {
    fn new() -> Self {
        let file = Digest::of(b"SIF!");
        let config = json!({ "architecture": "amd64", "os": "linux", "rootfs": file.to_string() });
        let mut told = Self {
            tag: Value::Null,
            manifest: Value::Null,
            config: config.to_string(),
        };
        told.manifest = json!({
            "schemaVersion": 2,
            "config": { "mediaType": CONFIG, "digest": Digest::of(told.config.as_bytes()).to_string(), "size": 1 },
            "layers": [{ "mediaType": LAYER, "digest": file.to_string(), "size": 4 }],
        });
        told.index();
        told
    }

    /// The index of the official client over the manifest as it is now.
    fn index(&mut self) {
        let digest = Digest::of(self.manifest.to_string().as_bytes()).to_string();
        self.tag = json!({ "schemaVersion": 2, "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest, "size": 0,
            "platform": { "architecture": "amd64", "os": "linux" },
        }] });
    }

    async fn find(
        self,
        arch: Option<Arch>,
    ) -> Result<sifter_library_client::oci::StoredImage, Error> {
        let stage = library(move |seen| {
            let with = |text: &str| {
                let headers = [(
                    "content-type",
                    "application/vnd.oci.image.index.v1+json; charset=utf-8",
                )];
                reply_with(200, &headers, text.to_owned())
            };
            match seen.line.as_str() {
                "GET /r/v2/mapped/i/manifests/1.0" => with(&self.tag.to_string()),
                line if line.contains("/manifests/sha256:") => with(&self.manifest.to_string()),
                line if line.contains("/blobs/") => with(&self.config),
                _ => reply(404, ""),
            }
        })
        .await;
        repository(&stage).await.find("1.0", arch).await
    }
}

#[tokio::test]
async fn what_the_official_client_published_is_found_with_a_charset_and_a_size_of_nothing() {
    let found = Told::new().find(Some(Arch::Amd64)).await.unwrap();
    assert_eq!(found.digest, Digest::of(b"SIF!"));
    assert_eq!((found.size, found.arch), (4, Some(Arch::Amd64)));
    let other = Told::new().find(Some(Arch::Arm64)).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
}

#[tokio::test]
async fn an_index_without_platforms_and_a_bare_manifest_are_read() {
    let mut told = Told::new();
    told.tag["manifests"][0]
        .as_object_mut()
        .unwrap()
        .remove("platform");
    assert!(told.clone().find(Some(Arch::Amd64)).await.is_ok());
    let other = told.clone().find(Some(Arch::Arm64)).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
    told.tag = told.manifest.clone();
    assert!(told.clone().find(None).await.is_ok());
    let other = told.find(Some(Arch::Arm64)).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
}

/// What is wrong with what a registry tells.
type Change = fn(&mut Told);

#[tokio::test]
async fn what_does_not_fit_together_is_not_believed() {
    let broken: [(&str, Change); 6] = [
        ("a manifest of another digest", |told| {
            told.manifest["more"] = 1.into();
        }),
        ("a config of another digest", |told| told.config.push(' ')),
        ("two layers", |told| {
            let layer = told.manifest["layers"][0].clone();
            told.manifest["layers"] = json!([layer.clone(), layer]);
            told.index();
        }),
        ("a file of no bytes", |told| {
            told.manifest["layers"][0]["size"] = 0.into();
            told.index();
        }),
        ("a config of another file", |told| {
            told.manifest["layers"][0]["digest"] = Digest::of(b"other").to_string().into();
            told.index();
        }),
        ("an index that lies about the architecture", |told| {
            told.tag["manifests"][0]["platform"]["architecture"] = "arm64".into();
        }),
    ];
    for (name, break_it) in broken {
        let mut told = Told::new();
        break_it(&mut told);
        let arch = if name.contains("lies") {
            Arch::Arm64
        } else {
            Arch::Amd64
        };
        let found = told.find(Some(arch)).await;
        assert!(
            matches!(found, Err(Error::InvalidAnswer { .. })),
            "{name}: {found:?}"
        );
    }
    let mut told = Told::new();
    told.manifest["config"]["mediaType"] = "application/vnd.oci.image.config.v1+json".into();
    told.index();
    let found = told.find(Some(Arch::Amd64)).await;
    assert!(matches!(found, Err(Error::OciImageInstead)), "{found:?}");
}
