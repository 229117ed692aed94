//! The registry behind a library, played by small servers: where its token goes, and what is believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;
use reqwest::Body;
use serde_json::json;
use sifter_library_api::LibraryRef;
use sifter_library_client::error::AddressFault;
use sifter_library_client::oci::{Digest, OciAccess, OciRepository};
use sifter_library_client::{Error, TokenError};

use crate::stage::{Seen, Stage, TOKEN, redirect, reply, reply_with};

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
pub(crate) async fn library(
    registry: impl Fn(&Seen) -> Response + Clone + Send + Sync + 'static,
) -> Stage {
    Stage::new(move |seen| match seen.line.split_once("/v1/oci-redirect") {
        Some(_) => offer(seen, "registry-token"),
        None => registry(seen),
    })
    .await
}

pub(crate) async fn repository(stage: &Stage) -> OciRepository {
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
async fn a26_a_chunk_is_sent_again_with_the_renewed_token() {
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

/// The library names the registry and gives the token for it. Who the registry says should be asked for
/// another one is of no matter, however it is said.
#[tokio::test]
async fn a24_a_registry_that_names_somebody_else_for_tokens_is_not_followed() {
    let elsewhere = Stage::new(|_| reply(200, r#"{"token":"t"}"#)).await;
    let there = elsewhere.base.as_str().trim_end_matches('/');
    let (host, port) = (there.trim_start_matches("http://"), elsewhere.base.port());
    let bearer = |realm: &str| format!(r#"Bearer realm="{realm}",service="s",scope="x""#);
    let challenges: Vec<Vec<String>> = vec![
        vec![bearer(&format!("{there}/token"))],
        vec![bearer(&format!("http://user:password@{host}/token"))],
        vec![bearer(&format!("http://localhost:{}/token", port.unwrap()))],
        vec![bearer("http://registry.example.org/token")],
        vec![bearer("/token")],
        vec![bearer(&format!("{there}/{}", "x".repeat(20 << 10)))],
        vec![
            bearer("https://registry.example.org/token"),
            bearer(&format!("{there}/token")),
        ],
        vec![r#"Basic realm="registry""#.to_owned()],
        vec![r#"Bearer realm=""#.to_owned()],
    ];
    for challenge in challenges {
        let said = challenge.clone();
        let stage = library(move |_| {
            let headers: Vec<_> = said
                .iter()
                .map(|line| ("www-authenticate", line.as_str()))
                .collect();
            reply_with(401, &headers, "")
        })
        .await;
        let refused = repository(&stage).await.begin_upload().await.unwrap_err();
        assert!(matches!(refused, Error::Unauthorized), "{refused:?}");
        assert_eq!(elsewhere.lines(), [""; 0], "{challenge:?}");
        // Nothing but the two tokens of this account was sent, each to where it belongs, and no password.
        for seen in stage.seen() {
            let expected = if seen.line.contains("/v1/oci-redirect") {
                format!("Bearer {TOKEN}")
            } else {
                "Bearer registry-token".to_owned()
            };
            assert_eq!(seen.header("authorization"), Some(expected.as_str()));
        }
    }
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
async fn a_token_that_the_account_may_not_have_any_more_is_a_matter_for_its_person() {
    let asked = Arc::new(AtomicUsize::new(0));
    let stage = Stage::new(move |seen| {
        if seen.line != OFFER {
            return reply(401, "");
        }
        match asked.fetch_add(1, Ordering::Relaxed) {
            0 => offer(seen, "token-0"),
            _ => {
                let why = r#"Bearer error="insufficient_scope", scope="library:write""#;
                reply_with(403, &[("www-authenticate", why)], "")
            }
        }
    })
    .await;
    let error = repository(&stage).await.begin_upload().await.unwrap_err();
    let is_theirs = matches!(error, Error::Token(TokenError::SignInNeeded));
    assert!(is_theirs, "{error:?}");
}

#[tokio::test]
async fn a25_the_token_does_not_follow_a_blob_to_its_storage() {
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
async fn a25_an_upload_stays_at_its_registry() {
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
