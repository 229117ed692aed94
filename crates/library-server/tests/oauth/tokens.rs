//! The token endpoint, renewal and revocation.

use reqwest::{StatusCode, header};
use serde_json::json;

use crate::harness::{Rig, text, with};

#[tokio::test]
async fn a_code_brings_tokens_the_official_command_line_accepts() {
    let rig = Rig::start().await;
    let form = Rig::exchange_form(&rig.code().await);
    let answer = rig
        .client
        .post(rig.url("/oauth/token"))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let tokens: serde_json::Value = answer.json().await.unwrap();
    assert!((200..=4096).contains(&text(&tokens["access_token"]).len()));
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 900);
    assert!(rig.works(&tokens["access_token"]).await);
    // Another secret each time.
    assert_ne!(tokens["access_token"], rig.tokens().await["access_token"]);
}

#[tokio::test]
async fn a_renewal_brings_new_tokens_and_the_old_refresh_token_leads_to_the_same_successor() {
    let rig = Rig::start().await;
    let first = rig.tokens().await;
    let (status, second) = rig.refresh(&first["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    assert!(rig.works(&second["access_token"]).await);
    // The answer may have been lost on the way.
    let (status, again) = rig.refresh(&first["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(again["refresh_token"], second["refresh_token"]);
}

#[tokio::test]
async fn a20_an_old_refresh_token_after_its_successor_was_used_ends_the_family() {
    let rig = Rig::start().await;
    let first = rig.tokens().await;
    let (_, second) = rig.refresh(&first["refresh_token"]).await;
    let (_, third) = rig.refresh(&second["refresh_token"]).await;
    let (status, answer) = rig.refresh(&first["refresh_token"]).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    assert!(!rig.works(&third["access_token"]).await);
    assert_eq!(
        rig.refresh(&third["refresh_token"]).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn one_family_that_ends_leaves_the_others_alone() {
    let rig = Rig::start().await;
    let (mine, other) = (rig.tokens().await, rig.tokens().await);
    let form = vec![
        ("client_id", "sifter-desktop".to_owned()),
        ("token", text(&mine["refresh_token"]).to_owned()),
    ];
    assert_eq!(rig.post("/oauth/revoke", &form).await.0, StatusCode::OK);
    assert!(!rig.works(&mine["access_token"]).await);
    assert!(rig.works(&other["access_token"]).await);
    assert_eq!(rig.refresh(&other["refresh_token"]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn revoking_ends_the_family_and_says_nothing_about_unknown_tokens() {
    let rig = Rig::start().await;
    let tokens = rig.tokens().await;
    let form = vec![
        ("client_id", "sifter-desktop".to_owned()),
        ("token", "unknown".to_owned()),
    ];
    assert_eq!(rig.post("/oauth/revoke", &form).await.0, StatusCode::OK);
    assert!(rig.works(&tokens["access_token"]).await);
    let form = with(&form, &[("token", text(&tokens["access_token"]))]);
    assert_eq!(rig.post("/oauth/revoke", &form).await.0, StatusCode::OK);
    assert!(!rig.works(&tokens["access_token"]).await);
    assert_eq!(
        rig.refresh(&tokens["refresh_token"]).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_token_endpoint_takes_its_own_client_and_forms_only() {
    let rig = Rig::start().await;
    let form = Rig::exchange_form(&rig.code().await);
    for (changes, error) in [
        (vec![("client_id", "")], "invalid_client"),
        (vec![("client_id", "other")], "invalid_client"),
        (vec![("client_secret", "x")], "invalid_client"),
        (vec![("grant_type", "")], "invalid_request"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![("code", "")], "invalid_request"),
        (vec![("code", "unknown")], "invalid_grant"),
    ] {
        let (status, answer) = rig.post("/oauth/token", &with(&form, &changes)).await;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!(error)),
            "{changes:?}"
        );
    }
    let mut twice = form.clone();
    twice.push(("code", "another".into()));
    assert_eq!(
        rig.post("/oauth/token", &twice).await.1["error"],
        "invalid_request"
    );
    let url = rig.url("/oauth/token");
    let call = rig
        .client
        .post(url.clone())
        .basic_auth("sifter-desktop", Some("x"))
        .form(&form);
    assert_eq!(call.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let call = rig
        .client
        .post(url.clone())
        .json(&json!({"grant_type": "authorization_code"}));
    assert_eq!(call.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let long = "x".repeat(64 << 10);
    let (status, _) = rig
        .post("/oauth/token", &with(&form, &[("code", &long)]))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    // None of this has spent the code.
    assert_eq!(rig.post("/oauth/token", &form).await.0, StatusCode::OK);
}

#[tokio::test]
async fn no_other_site_may_read_the_token_endpoint() {
    let rig = Rig::start().await;
    let form = Rig::exchange_form(&rig.code().await);
    let call = rig
        .client
        .post(rig.url("/oauth/token"))
        .header("origin", "https://evil.test");
    let answer = call.form(&form).send().await.unwrap();
    assert!(
        answer
            .headers()
            .get(header::ACCESS_CONTROL_ALLOW_ORIGIN)
            .is_none()
    );
}

#[tokio::test]
async fn a_scope_asked_for_is_granted_and_held() {
    let rig = Rig::start().await;
    let fields = with(&rig.request().await, &[("scope", "library:read")]);
    let answer = rig.press(&fields, "allow").await;
    let code = crate::harness::query_of(&answer)["code"].clone();
    let (_, tokens) = rig.post("/oauth/token", &Rig::exchange_form(&code)).await;
    assert_eq!(tokens["scope"], "library:read");
    let call = rig
        .client
        .post(rig.url("/v1/entities"))
        .bearer_auth(text(&tokens["access_token"]));
    let answer = call.json(&json!({"name": "mine"})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}
