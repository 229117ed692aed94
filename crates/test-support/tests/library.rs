//! A spawned library is the real one, behind a fault proxy too.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use reqwest::{Client, StatusCode};
use sifter_test_support::{Fault, FaultProxy, Rule, spawn_library};

/// How the token service refuses a token it does not know.
const UNKNOWN: StatusCode = StatusCode::NOT_FOUND;

fn client() -> Client {
    // Two tests at once may try; the provider is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn it_answers_with_its_own_token_and_refuses_others() {
    let library = spawn_library().await.unwrap();
    let status = |token: String| {
        let request = client()
            .get(library.base_url() + "/v1/token-status")
            .bearer_auth(token);
        async { request.send().await.unwrap().status() }
    };
    assert_eq!(status(library.token().to_owned()).await, StatusCode::OK);
    assert_eq!(status("made-up".to_owned()).await, UNKNOWN);
    assert!(library.folder().join("library.db").exists());
}

#[tokio::test]
async fn two_libraries_do_not_know_each_other() {
    let (first, second) = (
        spawn_library().await.unwrap(),
        spawn_library().await.unwrap(),
    );
    assert_ne!(first.address(), second.address());
    let url = second.base_url() + "/v1/token-status";
    let response = client()
        .get(url)
        .bearer_auth(first.token())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), UNKNOWN);
}

#[tokio::test]
async fn it_works_behind_the_fault_proxy() {
    let library = spawn_library().await.unwrap();
    let proxy = FaultProxy::start(library.address()).await.unwrap();
    proxy.inject(Rule::new("/v1/token-status", Fault::Status(503, None)).first(1));
    let token = library.token().to_owned();
    let request = || {
        let url = proxy.base_url() + "/v1/token-status";
        client().get(url).bearer_auth(&token).send()
    };
    assert_eq!(
        request().await.unwrap().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(request().await.unwrap().status(), StatusCode::OK);
    assert!(proxy.exchanges().iter().all(|exchange| exchange.authorized));
    library.shutdown().await;
    assert!(request().await.is_err());
}
