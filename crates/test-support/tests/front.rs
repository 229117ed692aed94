//! A front passes a conversation on as it is, save for what its hook changes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use reqwest::{Client, StatusCode};
use serde_json::Value;
use sifter_test_support::front::{self, Front, Request, Upstream};
use sifter_test_support::spawn_library;

fn client() -> Client {
    // Two tests at once may try; the provider is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn a_hook_answers_itself_forwards_and_edits() {
    let library = spawn_library().await.unwrap();
    let front = Front::start(
        library.address(),
        |request: Request, upstream: Upstream| async move {
            match request.uri().path() {
                "/v1/token-status" => front::empty(418),
                "/version" => {
                    let answer = upstream.send(request).await;
                    front::edit_json(answer, |json| json["data"]["apiVersion"] = "1.0.0".into())
                        .await
                }
                _ => upstream.send(request).await,
            }
        },
    );
    let front = front.await.unwrap();
    let get = |path: &str| {
        client()
            .get(front.base_url() + path)
            .bearer_auth(library.token())
            .send()
    };
    assert_eq!(
        get("/v1/token-status").await.unwrap().status(),
        StatusCode::IM_A_TEAPOT
    );
    let version: Value = get("/version").await.unwrap().json().await.unwrap();
    assert_eq!(version["data"]["apiVersion"], "1.0.0");
    let entity = get("/v1/entities/tester").await.unwrap();
    assert_eq!(entity.status(), StatusCode::OK);
    let seen = front.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.authorized));
    assert_eq!(seen[0].status, 418);
}

#[tokio::test]
async fn a_server_names_the_address_of_its_front() {
    let library = spawn_library().await.unwrap();
    let front = Front::start(library.address(), |request: Request, upstream: Upstream| {
        upstream.send(request)
    });
    let front = front.await.unwrap();
    let discovery = client()
        .get(front.base_url() + "/assets/config/config.prod.json")
        .send()
        .await
        .unwrap();
    let services: Value = discovery.json().await.unwrap();
    let library = services["libraryAPI"]["uri"].as_str().unwrap();
    assert_eq!(library.trim_end_matches('/'), front.base_url());
}

#[tokio::test]
async fn a_server_that_is_gone_is_told() {
    let library = spawn_library().await.unwrap();
    let front = Front::start(library.address(), |request: Request, upstream: Upstream| {
        upstream.send(request)
    });
    let front = front.await.unwrap();
    library.shutdown().await;
    let answer = client().get(front.base_url() + "/version").send().await;
    assert_eq!(answer.unwrap().status(), StatusCode::BAD_GATEWAY);
}
