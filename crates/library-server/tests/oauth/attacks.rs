//! Attacks on the authorization request and the code, named after the list in the project's security
//! notes (A04, A07).

use reqwest::{StatusCode, header};
use serde_json::json;

use crate::harness::{CHALLENGE, Rig, query_of, with};

#[tokio::test]
async fn an_unknown_client_or_redirect_address_sends_the_browser_nowhere() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    for change in [
        ("client_id", ""),
        ("client_id", "somebody-else"),
        ("redirect_uri", ""),
        ("redirect_uri", "https://evil.test/callback"),
        ("redirect_uri", "http://127.0.0.1:50123/elsewhere"),
        ("redirect_uri", "http://evil.test@127.0.0.1:50123/callback"),
        ("redirect_uri", "http://localhost:50123/callback"),
        ("redirect_uri", "sifter://callback"),
    ] {
        let changed = with(&request, &[change]);
        for answer in [rig.open(&changed).await, rig.press(&changed, "allow").await] {
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{change:?}");
            assert!(
                answer.headers().get(header::LOCATION).is_none(),
                "{change:?}"
            );
        }
    }
    let mut twice = request.clone();
    twice.push(("redirect_uri", "http://127.0.0.1:50999/callback".into()));
    assert_eq!(rig.open(&twice).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn any_port_of_the_loopback_address_is_the_registered_one() {
    let rig = Rig::start().await;
    let fields = with(
        &rig.request().await,
        &[("redirect_uri", "http://127.0.0.1:9/callback")],
    );
    assert_eq!(rig.open(&fields).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a07_a_request_without_s256_is_refused_at_the_app() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    for changes in [
        vec![("code_challenge_method", "")],
        vec![("code_challenge_method", "plain")],
        vec![("code_challenge", "")],
        vec![("code_challenge", "too-short")],
        vec![("code_challenge", ""), ("code_challenge_method", "")],
    ] {
        let answer = rig.press(&with(&request, &changes), "allow").await;
        let query = query_of(&answer);
        assert_eq!(query["error"], "invalid_request", "{changes:?}");
        assert_eq!(
            (query["state"].as_str(), &query["iss"]),
            ("st-ate", &rig.issuer())
        );
        assert!(!query.contains_key("code"));
    }
}

#[tokio::test]
async fn a07_a_code_without_its_verifier_brings_no_token() {
    let rig = Rig::start().await;
    for (verifier, error) in [
        ("", "invalid_request"),
        (CHALLENGE, "invalid_grant"),
        ("x".repeat(42).as_str(), "invalid_grant"),
        ("x".repeat(43).as_str(), "invalid_grant"),
        ("x".repeat(129).as_str(), "invalid_grant"),
    ] {
        let form = Rig::exchange_form(&rig.code().await);
        let (status, answer) = rig
            .post("/oauth/token", &with(&form, &[("code_verifier", verifier)]))
            .await;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!(error))
        );
    }
}

#[tokio::test]
async fn a02_a_code_tried_with_a_wrong_verifier_is_spent() {
    let rig = Rig::start().await;
    let form = Rig::exchange_form(&rig.code().await);
    let wrong = "w".repeat(43);
    let (status, _) = rig
        .post("/oauth/token", &with(&form, &[("code_verifier", &wrong)]))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = rig.post("/oauth/token", &form).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_code_is_good_at_the_redirect_address_it_was_made_for_only() {
    let rig = Rig::start().await;
    let form = Rig::exchange_form(&rig.code().await);
    let other = [("redirect_uri", "http://127.0.0.1:50124/callback")];
    let (status, answer) = rig.post("/oauth/token", &with(&form, &other)).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
}

#[tokio::test]
async fn a04_a_code_used_twice_ends_every_token_that_came_of_it() {
    let rig = Rig::start().await;
    let form = Rig::exchange_form(&rig.code().await);
    let (_, tokens) = rig.post("/oauth/token", &form).await;
    assert!(rig.works(&tokens["access_token"]).await);
    let (status, answer) = rig.post("/oauth/token", &form).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    assert!(!rig.works(&tokens["access_token"]).await);
    assert_eq!(
        rig.refresh(&tokens["refresh_token"]).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn too_many_wrong_attempts_close_the_door_but_not_the_library() {
    let rig = Rig::start().await;
    let tokens = rig.tokens().await;
    let mut last = StatusCode::OK;
    for _ in 0..=60 {
        last = rig
            .post("/oauth/token", &Rig::exchange_form("guess"))
            .await
            .0;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        rig.open(&rig.request().await).await.status(),
        StatusCode::TOO_MANY_REQUESTS
    );
    assert!(rig.works(&tokens["access_token"]).await);
}
