//! Token exchange where the provider has no ID tokens: an access token of GitHub proves something only if GitHub says
//! that it was made for our app.

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;
use sifter_test_support::{Habits, IdentityProvider};

use crate::federation::{federated, federated_with};
use crate::harness::{Fields, Rig, with};

const APP: &str = IdentityProvider::APP_CLIENT_ID;
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

async fn exchanging(subjects: Option<Vec<String>>) -> (IdentityProvider, Rig) {
    let app = |provider: &mut sifter_library_server::Provider| {
        provider.app_client_id = Some(APP.to_owned());
        provider.app_client_secret = Some(SecretString::from(IdentityProvider::APP_CLIENT_SECRET));
        provider.subjects = subjects;
    };
    let (idp, rig, _) = federated_with(Habits::GitHub, app).await;
    (idp, rig)
}

fn brought(token: &str) -> Fields<'static> {
    vec![
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange".to_owned(),
        ),
        ("client_id", "sifter-desktop".to_owned()),
        ("subject_token", token.to_owned()),
        ("subject_token_type", ACCESS_TOKEN.to_owned()),
        ("idp_hint", "github".to_owned()),
    ]
}

async fn exchange(rig: &Rig, token: &str) -> (StatusCode, Value) {
    rig.post("/oauth/token", &brought(token)).await
}

#[tokio::test]
async fn a_token_made_for_the_app_brings_tokens_of_its_person_once_and_ends() {
    let (idp, rig) = exchanging(None).await;
    let token = idp.access_token_for(APP);
    let (status, tokens) = exchange(&rig, &token).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert_eq!(tokens["issued_token_type"], ACCESS_TOKEN);
    assert_eq!(rig.login_of(&tokens).await, "jane");
    assert!(!idp.knows_access_token(&token), "the token outlived it");
    assert_eq!(exchange(&rig, &token).await.0, StatusCode::BAD_REQUEST);
    // Through the browser it is the same person.
    let again = rig.sign_in_with("github").await;
    assert_eq!(rig.login_of(&again).await, "jane");
}

#[tokio::test]
async fn a_token_made_for_another_application_is_no_proof_and_is_left_alone() {
    let (idp, rig) = exchanging(None).await;
    for client in ["somebody-elses-app", IdentityProvider::CLIENT_ID] {
        let token = idp.access_token_for(client);
        let (status, _) = exchange(&rig, &token).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{client}");
        assert!(idp.knows_access_token(&token));
    }
    // Asking whose it is would have been answered for all of them.
    assert_eq!(idp.seen("/api/v3/user"), 0);
}

#[tokio::test]
async fn whoever_is_not_on_the_list_stays_outside() {
    let (idp, rig) = exchanging(Some(vec!["1".into()])).await;
    let token = idp.access_token_for(APP);
    assert_eq!(exchange(&rig, &token).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_access_token_says_which_provider_made_it_and_only_one_that_checks_is_asked() {
    let (idp, rig) = exchanging(None).await;
    let token = idp.access_token_for(APP);
    for change in [
        ("idp_hint", ""),
        ("idp_hint", "google"),
        ("subject_token", "a b"),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:id_token",
        ),
    ] {
        let (status, _) = rig
            .post("/oauth/token", &with(&brought(&token), &[change]))
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{change:?}");
    }
    let (idp, rig, _) = federated(Habits::GitHub).await;
    let token = idp.access_token_for(APP);
    assert_eq!(exchange(&rig, &token).await.0, StatusCode::BAD_REQUEST);
    assert!(idp.knows_access_token(&token));
}
