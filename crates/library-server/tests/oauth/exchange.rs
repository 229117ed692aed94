//! Token exchange: what an ID token of a provider has to be to bring tokens of this library.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};
use sifter_test_support::{Habits, IdentityProvider, Signing, Twists};

use crate::federation::{federated, federated_with};
use crate::harness::{Fields, Rig, text, with};

/// What the provider calls the desktop app.
const APP: &str = "desktop-at-provider";

async fn exchanging(habits: Habits) -> (IdentityProvider, Rig) {
    let app = |provider: &mut sifter_library_server::Provider| {
        provider.app_client_id = Some(APP.to_owned());
    };
    let (idp, rig, _) = federated_with(habits, app).await;
    (idp, rig)
}

impl Rig {
    async fn nonce(&self) -> String {
        let form = vec![("client_id", "sifter-desktop".to_owned())];
        let (status, answer) = self.post("/oauth/exchange_nonce", &form).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        sifter_openid::exchange::bound_nonce(&self.issuer(), text(&answer["nonce"]))
    }

    fn exchange_fields(token: String) -> Fields<'static> {
        vec![
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange".to_owned(),
            ),
            ("client_id", "sifter-desktop".to_owned()),
            ("subject_token", token),
            (
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:id_token".to_owned(),
            ),
        ]
    }

    async fn exchange(&self, token: String) -> (StatusCode, Value) {
        self.post("/oauth/token", &Self::exchange_fields(token))
            .await
    }
}

#[tokio::test]
async fn an_id_token_made_for_the_app_brings_tokens_of_the_same_person() {
    for habits in [Habits::Google, Habits::Microsoft, Habits::GitLab] {
        let (idp, rig) = exchanging(habits).await;
        let token = idp.id_token_for(APP, &rig.nonce().await).unwrap();
        let (status, tokens) = rig.exchange(token).await;
        assert_eq!(status, StatusCode::OK, "{habits:?}: {tokens}");
        assert_eq!(
            tokens["issued_token_type"],
            "urn:ietf:params:oauth:token-type:access_token"
        );
        assert_eq!(rig.login_of(&tokens).await, "jane");
        assert_eq!(
            rig.refresh(&tokens["refresh_token"]).await.0,
            StatusCode::OK
        );
        // Through the browser it is the same person.
        let id = match habits {
            Habits::Google => "google",
            Habits::Microsoft => "microsoft",
            _ => "gitlab",
        };
        assert_eq!(rig.login_of(&rig.sign_in_with(id).await).await, "jane");
    }
}

#[tokio::test]
async fn an_id_token_is_exchanged_once() {
    let (idp, rig) = exchanging(Habits::Google).await;
    let token = idp.id_token_for(APP, &rig.nonce().await).unwrap();
    assert_eq!(rig.exchange(token.clone()).await.0, StatusCode::OK);
    let (status, answer) = rig.exchange(token).await;
    assert_eq!(
        (status, &answer["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_request"))
    );
    // Nor is another token with the same nonce, or with one that was never given out.
    let nonce = rig.nonce().await;
    assert_eq!(
        rig.exchange(idp.id_token_for(APP, &nonce).unwrap()).await.0,
        StatusCode::OK
    );
    for nonce in [nonce.as_str(), "made-up", ""] {
        let token = idp.id_token_for(APP, nonce).unwrap();
        assert_eq!(
            rig.exchange(token).await.0,
            StatusCode::BAD_REQUEST,
            "{nonce}"
        );
    }
}

#[tokio::test]
async fn a02_a_nonce_that_another_library_has_passed_on_brings_a_token_of_no_use_here() {
    let (idp, rig) = exchanging(Habits::Google).await;
    // Whoever runs a library can ask this one for a nonce, and give it to the people who sign in to his.
    let form = vec![("client_id", "sifter-desktop".to_owned())];
    let (_, answer) = rig.post("/oauth/exchange_nonce", &form).await;
    let nonce = text(&answer["nonce"]);
    let theirs = sifter_openid::exchange::bound_nonce("https://other-library.example", nonce);
    for nonce in [theirs.as_str(), nonce] {
        let token = idp.id_token_for(APP, nonce).unwrap();
        assert_eq!(rig.exchange(token).await.0, StatusCode::BAD_REQUEST);
    }
    let ours = sifter_openid::exchange::bound_nonce(&rig.issuer(), nonce);
    let token = idp.id_token_for(APP, &ours).unwrap();
    assert_eq!(rig.exchange(token).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_token_made_for_another_application_is_no_proof_here() {
    let (idp, rig) = exchanging(Habits::Google).await;
    for client in ["somebody-elses-app", IdentityProvider::CLIENT_ID] {
        let token = idp.id_token_for(client, &rig.nonce().await).unwrap();
        assert_eq!(
            rig.exchange(token).await.0,
            StatusCode::BAD_REQUEST,
            "{client}"
        );
    }
}

#[tokio::test]
async fn a08_an_id_token_that_is_exchanged_is_checked_like_any_other() {
    let (idp, rig) = exchanging(Habits::Google).await;
    let claim = |name: &'static str, value: Value| Twists {
        claims: Some(Arc::new(move |claims| {
            claims.insert(name.to_owned(), value.clone());
        })),
        ..Twists::default()
    };
    let signing = |signing| Twists {
        signing,
        ..Twists::default()
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.unwrap().as_secs();
    for twists in [
        claim("exp", json!(now - 120)),
        claim("iat", json!(now - 600)),
        claim("iss", json!("https://evil.test")),
        claim("sub", json!("")),
        claim("azp", json!("other")),
        signing(Signing::None),
        signing(Signing::ForeignKey),
        signing(Signing::PublicKeyAsSecret),
    ] {
        let nonce = rig.nonce().await;
        idp.twist(twists);
        let token = idp.id_token_for(APP, &nonce).unwrap();
        assert_eq!(rig.exchange(token).await.0, StatusCode::BAD_REQUEST);
        // A token that is no good has not spent the nonce.
        idp.twist(Twists::default());
        let token = idp.id_token_for(APP, &nonce).unwrap();
        assert_eq!(rig.exchange(token).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_request_for_an_exchange_says_what_it_brings_and_for_whom() {
    let (idp, rig) = exchanging(Habits::Google).await;
    let nonce = rig.nonce().await;
    let form = Rig::exchange_fields(idp.id_token_for(APP, &nonce).unwrap());
    let access = "urn:ietf:params:oauth:token-type:access_token";
    for (change, error) in [
        (("subject_token", ""), "invalid_request"),
        (("subject_token", "nonsense"), "invalid_request"),
        (("subject_token_type", ""), "invalid_request"),
        (("subject_token_type", access), "invalid_request"),
        (("requested_token_type", "urn:x"), "invalid_request"),
        (("actor_token", "x"), "invalid_request"),
        (("audience", "https://elsewhere.test"), "invalid_target"),
        (("resource", "https://elsewhere.test/"), "invalid_target"),
        (("scope", "admin"), "invalid_scope"),
        (("client_id", "other"), "invalid_client"),
    ] {
        let (status, answer) = rig.post("/oauth/token", &with(&form, &[change])).await;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!(error)),
            "{change:?}"
        );
    }
    let issuer = rig.issuer();
    let good = with(
        &form,
        &[
            ("audience", issuer.as_str()),
            ("requested_token_type", access),
            ("scope", "library:read"),
        ],
    );
    let (status, tokens) = rig.post("/oauth/token", &good).await;
    assert_eq!(
        (status, &tokens["scope"]),
        (StatusCode::OK, &json!("library:read"))
    );
}

#[tokio::test]
async fn without_a_name_of_the_app_at_the_provider_nothing_is_exchanged() {
    let (idp, rig, _) = federated(Habits::Google).await;
    for client in ["", IdentityProvider::CLIENT_ID] {
        let token = idp.id_token_for(client, &rig.nonce().await).unwrap();
        assert_eq!(
            rig.exchange(token).await.0,
            StatusCode::BAD_REQUEST,
            "{client}"
        );
    }
    // Where it is known, the app is told.
    let (_idp, rig) = exchanging(Habits::Google).await;
    let path = "/.well-known/oauth-authorization-server";
    let answer = rig.client.get(rig.url(path)).send().await.unwrap();
    let metadata: Value = answer.json().await.unwrap();
    let grants = metadata["grant_types_supported"].as_array().unwrap();
    let exchange = json!("urn:ietf:params:oauth:grant-type:token-exchange");
    assert!(grants.contains(&exchange), "{grants:?}");
    assert_eq!(
        metadata["token_exchange_nonce_endpoint"],
        format!("{}/oauth/exchange_nonce", rig.issuer())
    );
    assert_eq!(metadata["federated_providers"][0]["app_client_id"], APP);
}
