//! Where the token goes, and above all where it does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sifter_library_api::ImageId;
use sifter_library_client::{
    BoxFuture, Endpoints, Error, Http, LibraryClient, Origin, TokenError, TokenSource,
};

use crate::stage::{Stage, TOKEN, data, redirect, reply, reply_with};

const HASH: &str = "sha256.e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[tokio::test]
async fn authorization_goes_to_the_library() {
    let library = Stage::of(&[("GET /version", 200, r#"{"data":{"version":"1"}}"#)]).await;
    library.client().version().await.unwrap();
    library.stranger().version().await.unwrap();
    let seen = library.seen();
    assert_eq!(
        seen[0].header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(seen[1].header("authorization"), None);
    assert_eq!(
        seen[0].header("user-agent"),
        Some(sifter_library_client::http::USER_AGENT)
    );
}

#[tokio::test]
async fn a25_authorization_never_follows_a_redirect() {
    let elsewhere = Stage::new(|seen| {
        if seen.line.starts_with("GET /blob") {
            let headers = [("content-range", "bytes 0-3/4")];
            return reply_with(206, &headers, "SIF!");
        }
        data(json!({ "version": "1" }))
    })
    .await;
    let target = elsewhere.base.clone();
    let library = Stage::new(move |seen| match seen.line.as_str() {
        "GET /version" => redirect(307, target.join("version").unwrap().as_str()),
        line if line.starts_with("GET /v1/imagefile/") => {
            redirect(303, target.join("blob?sig=1").unwrap().as_str())
        }
        _ => data(json!({ "id": "i", "hash": HASH, "size": 4 })),
    })
    .await;
    let client = library.client();
    assert_eq!(client.version().await.unwrap().version, "1");
    let located = client
        .resolve(&"e/c/i".parse().unwrap(), None)
        .await
        .unwrap();
    let bytes = client.get_range(&located.location, 0..4, 4).await;
    drop(bytes.unwrap());

    assert!(
        library
            .seen()
            .iter()
            .all(|seen| seen.header("authorization").is_some())
    );
    let seen = elsewhere.seen();
    assert_eq!(elsewhere.lines(), ["GET /version", "GET /blob?sig=1"]);
    for request in seen {
        let text = format!("{} {:?}", request.line, request.headers);
        assert_eq!(request.header("authorization"), None);
        assert!(!text.contains(TOKEN), "{text}");
        assert_eq!(request.header("referer"), None);
    }
}

#[tokio::test]
async fn authorization_comes_back_when_a_redirect_stays_at_home() {
    let library = Stage::new(|seen| match seen.line.as_str() {
        "GET /version" => redirect(308, "/v/version"),
        _ => data(json!({ "version": "1" })),
    })
    .await;
    library.client().version().await.unwrap();
    assert_eq!(library.lines(), ["GET /version", "GET /v/version"]);
    assert!(library.seen()[1].header("authorization").is_some());
}

#[tokio::test]
async fn a25_authorization_never_goes_to_a_presigned_url() {
    let storage = Stage::new(|_| reply_with(200, &[("etag", "\"e\"")], "")).await;
    let target = storage.base.clone();
    // Presigned addresses at the library itself are permission enough, too.
    let library = Stage::new(move |seen| match seen.line.as_str() {
        "POST /v2/imagefile/far" => {
            data(json!({ "uploadURL": target.join("put?sig=1").unwrap().as_str() }))
        }
        "POST /v2/imagefile/near" => {
            let host = seen.header("host").unwrap();
            data(json!({ "uploadURL": format!("http://{host}/put?sig=2") }))
        }
        _ => reply(200, ""),
    })
    .await;
    let client = library.client();
    for image in ["far", "near"] {
        let url = client
            .begin_single(&ImageId::from(image), 2, "00", None)
            .await
            .unwrap();
        client.put_single(&url, "ab".into(), 2, "00").await.unwrap();
    }
    let far = &storage.seen()[0];
    assert_eq!(
        (far.line.as_str(), far.header("authorization")),
        ("PUT /put?sig=1", None)
    );
    let near = library
        .seen()
        .into_iter()
        .find(|seen| seen.line == "PUT /put?sig=2")
        .unwrap();
    assert_eq!(near.header("authorization"), None);
}

#[tokio::test]
async fn a25_a_presigned_put_follows_no_redirect() {
    let elsewhere = Stage::new(|_| reply(200, "")).await;
    let target = elsewhere.base.clone();
    let library = Stage::new(move |seen| match seen.line.as_str() {
        "POST /v2/imagefile/i" => {
            data(json!({ "uploadURL": format!("http://{}/put", seen.header("host").unwrap()) }))
        }
        _ => redirect(307, target.as_str()),
    })
    .await;
    let client = library.client();
    let url = client
        .begin_single(&ImageId::from("i"), 2, "00", None)
        .await
        .unwrap();
    let put = client.put_single(&url, "ab".into(), 2, "00").await;
    assert!(
        matches!(put, Err(Error::LinkRefused { status: 307 })),
        "{put:?}"
    );
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn a25_a_writing_request_follows_no_redirect() {
    let elsewhere = Stage::new(|_| data(json!({ "id": "i" }))).await;
    let target = elsewhere.base.clone();
    let library = Stage::new(move |_| redirect(307, target.as_str())).await;
    let begun = library
        .client()
        .begin_single(&ImageId::from("i"), 2, "00", None)
        .await;
    assert!(matches!(begun, Err(Error::Address(_))), "{begun:?}");
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let library = Stage::new(|_| redirect(302, "/version")).await;
    assert!(matches!(
        library.client().version().await,
        Err(Error::Address(_))
    ));
    assert_eq!(library.lines().len(), 6);
}

/// Hands out `t1`, and another token after each refusal.
#[derive(Default)]
struct Renewing {
    refreshes: AtomicUsize,
}

impl Renewing {
    fn token(&self) -> SecretString {
        format!("t{}", self.refreshes.load(Ordering::SeqCst) + 1).into()
    }
}

impl TokenSource for Renewing {
    fn bearer<'a>(
        &'a self,
        _: &'a Origin,
        _: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async { Ok(Some(self.token())) })
    }

    fn refresh_after_401<'a>(
        &'a self,
        _: &'a Origin,
        rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async {
            assert_eq!(rejected.expose_secret(), self.token().expose_secret());
            self.refreshes.fetch_add(1, Ordering::SeqCst);
            Ok(Some(self.token()))
        })
    }
}

fn renewing(library: &Stage) -> LibraryClient {
    let endpoints = Endpoints::of_library(library.base.clone());
    LibraryClient::new(Http::default(), endpoints, Arc::new(Renewing::default())).unwrap()
}

#[tokio::test]
async fn a26_an_expired_token_is_replaced_once_and_the_request_repeated() {
    let library = Stage::new(|seen| match seen.header("authorization") {
        Some("Bearer t2") => data(json!({ "id": "i", "name": "e" })),
        _ => reply(401, ""),
    })
    .await;
    let client = renewing(&library);
    client.entity(&"e".parse().unwrap()).await.unwrap();
    assert_eq!(library.lines().len(), 2);
    // A body of JSON is sent again as it was.
    client
        .set_arch_tag(
            &"n".into(),
            sifter_library_api::Arch::Amd64,
            &"t".parse().unwrap(),
            &"i".into(),
        )
        .await
        .unwrap();
    assert_eq!(library.seen()[2].json()["Tag"], "t");
}

#[tokio::test]
async fn a_token_that_stays_refused_is_not_tried_forever() {
    let library = Stage::new(|_| reply(401, "")).await;
    let found = renewing(&library).version().await;
    assert!(matches!(found, Err(Error::Unauthorized)));
    assert_eq!(library.lines().len(), 2);
    assert!(matches!(
        library.stranger().version().await,
        Err(Error::Unauthorized)
    ));
    assert_eq!(library.lines().len(), 3);
}

#[tokio::test]
async fn a_signed_out_account_sends_nothing() {
    struct SignedOut;
    impl TokenSource for SignedOut {
        fn bearer<'a>(
            &'a self,
            _: &'a Origin,
            _: Duration,
        ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
            Box::pin(async { Err(TokenError::SignInNeeded) })
        }

        fn refresh_after_401<'a>(
            &'a self,
            _: &'a Origin,
            _: &'a SecretString,
        ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
            Box::pin(async { Ok(None) })
        }
    }
    let library = Stage::new(|_| reply(200, "")).await;
    let endpoints = Endpoints::of_library(library.base.clone());
    let client = LibraryClient::new(Http::default(), endpoints, Arc::new(SignedOut)).unwrap();
    let found = client.version().await;
    assert!(matches!(found, Err(Error::Token(TokenError::SignInNeeded))));
    assert!(library.lines().is_empty());
}

#[tokio::test]
async fn an_error_never_shows_an_address_with_its_signature() {
    let library =
        Stage::new(|_| data(json!({ "uploadURL": "http://127.0.0.1:1/put?sig=hush" }))).await;
    let client = library.client();
    let url = client
        .begin_single(&ImageId::from("i"), 2, "00", None)
        .await
        .unwrap();
    let error = client
        .put_single(&url, "ab".into(), 2, "00")
        .await
        .unwrap_err();
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        shown.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    assert!(matches!(error, Error::Unreachable { .. }), "{shown}");
    assert!(!shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn a_download_that_the_library_itself_refuses_is_a_matter_of_the_account() {
    let library = Stage::new(|seen| match seen.line.as_str() {
        line if line.starts_with("GET /v1/images/") => {
            data(json!({ "id": "i", "hash": HASH, "size": 4 }))
        }
        line if line.starts_with("GET /v1/imagefile/") => redirect(303, "/blob"),
        _ => reply_with(401, &[], Body::empty()),
    })
    .await;
    let client = library.client();
    let located = client
        .resolve(&"e/c/i".parse().unwrap(), None)
        .await
        .unwrap();
    let found = client.get_range(&located.location, 0..4, 4).await;
    assert!(matches!(found.map(drop), Err(Error::Unauthorized)));
    assert!(
        library
            .seen()
            .last()
            .unwrap()
            .header("authorization")
            .is_some()
    );
}

#[tokio::test]
async fn a_token_that_lacks_a_scope_is_told_from_an_account_that_may_not() {
    let because = |challenge: &'static str| {
        Stage::new(move |_| {
            let body = r#"{"error":{"code":403,"message":"no"}}"#;
            reply_with(403, &[("www-authenticate", challenge)], body)
        })
    };
    let lacking = r#"Bearer error="insufficient_scope", scope="library:write""#;
    let server = because(lacking).await;
    let client = server.client();
    let found = client
        .find_or_create_container(&"u/c/n".parse().unwrap())
        .await;
    let begun = client.begin_multipart(&ImageId::from("i"), 9 << 20).await;
    for error in [found.map(drop).unwrap_err(), begun.map(drop).unwrap_err()] {
        assert!(!error.is_transient());
        let told = matches!(&error, Error::ScopeMissing { scopes } if scopes == "library:write");
        assert!(told, "{error:?}");
    }
    let server = because("Bearer").await;
    let found = server.client().version().await;
    assert!(matches!(found, Err(Error::Forbidden(_))), "{found:?}");
}
