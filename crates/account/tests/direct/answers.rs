//! Answers of a provider that are not what they should be, before there is an ID token to look at.

use std::sync::Arc;

use serde_json::{Value, json};
use sifter_account::Error;
use sifter_test_support::{Habits, IdentityProvider, Twists};

use crate::stage::{Stage, edit, set};

fn metadata(name: &'static str, value: Value) -> Twists {
    Twists {
        metadata: set(name, value),
        ..Twists::default()
    }
}

fn code(error: &Arc<Error>) -> &'static str {
    error.code()
}

#[tokio::test]
async fn a05_an_answer_in_the_name_of_another_issuer_ends_before_any_token_is_asked_for() {
    for (habits, issuers) in [
        // Google always says it.
        (Habits::Google, vec!["", "https://evil.test"]),
        // The others never do; when it is there all the same, it must be theirs.
        (Habits::GitLab, vec!["https://evil.test"]),
        (Habits::GitHub, vec!["https://evil.test"]),
        (
            Habits::Microsoft,
            vec!["https://login.microsoftonline.com/common/v2.0"],
        ),
    ] {
        let stage = Stage::new(habits).await;
        for issuer in issuers {
            let twists = Twists {
                answer_issuer: Some(issuer.to_owned()),
                ..Twists::default()
            };
            assert_eq!(code(&stage.fails(twists).await), "iss", "{habits:?}");
        }
        for path in ["/token", "/login/oauth/access_token"] {
            assert_eq!(stage.idp.seen(path), 0, "{habits:?}");
        }
    }
}

#[tokio::test]
async fn a07_a_provider_without_s256_is_not_gone_to() {
    let stage = Stage::new(Habits::GitLab).await;
    let twists = metadata("code_challenge_methods_supported", json!(["plain"]));
    assert_eq!(code(&stage.fails(twists).await), "unsafe_server");
    assert!(!stage.has_opened().await);
}

#[tokio::test]
async fn a10_metadata_that_is_not_the_providers_own_leads_nowhere() {
    let stage = Stage::new(Habits::Google).await;
    let twists = [
        metadata("issuer", json!("https://accounts.google.com")),
        metadata("issuer", json!(format!("{}/", stage.idp.origin()))),
        metadata("token_endpoint", json!("https://evil.test/token")),
        metadata("token_endpoint", json!("http://127.0.0.1:9/token")),
        metadata("jwks_uri", json!("https://evil.test/keys")),
        metadata("authorization_endpoint", json!("http://evil.test/")),
        metadata("authorization_endpoint", json!("javascript:alert(1)")),
        Twists {
            metadata: edit(|document| drop(document.remove("jwks_uri"))),
            ..Twists::default()
        },
    ];
    for twists in twists {
        assert_eq!(code(&stage.fails(twists).await), "unsafe_server");
    }
    assert!(!stage.has_opened().await);
    let microsoft = Stage::new(Habits::Microsoft).await;
    let twists = metadata("issuer", json!("https://evil.test/{tenantid}/v2.0"));
    assert_eq!(code(&microsoft.fails(twists).await), "unsafe_server");
}

#[tokio::test]
async fn a11_a_token_endpoint_that_sends_on_gets_nothing_sent_on() {
    for habits in [Habits::Google, Habits::GitHub] {
        let stage = Stage::new(habits).await;
        let elsewhere = IdentityProvider::start(habits).await.unwrap();
        let path = match habits {
            Habits::GitHub => "/login/oauth/access_token",
            _ => "/token",
        };
        for status in [302, 307, 308] {
            let twists = Twists {
                token_redirect: Some((status, format!("{}{path}", elsewhere.origin()))),
                ..Twists::default()
            };
            assert_eq!(code(&stage.fails(twists).await), "bad_response");
        }
        assert_eq!(elsewhere.seen(path), 0);
        assert_eq!(stage.idp.seen(path), 3);
    }
}

#[tokio::test]
async fn a12_odd_token_answers_end_in_an_error_that_repeats_nothing() {
    let secret = "gho_abcdefghijklmnopqrst";
    for habits in [Habits::Google, Habits::GitHub] {
        let stage = Stage::new(habits).await;
        let json = "application/json";
        for (status, kind, body, expected) in [
            (
                200,
                json,
                r#"{"error":"bad_verification_code"}"#.into(),
                "server_rejected",
            ),
            (
                200,
                json,
                r#"{"error":"incorrect_client_credentials"}"#.into(),
                "client_refused",
            ),
            (
                400,
                json,
                r#"{"error":"invalid_client"}"#.into(),
                "client_refused",
            ),
            (
                200,
                "text/plain",
                format!("access_token={secret}"),
                "bad_response",
            ),
            (
                200,
                json,
                format!(r#"{{"access_token":["{secret}"]}}"#),
                "bad_response",
            ),
            (200, json, "null".into(), "bad_response"),
            (
                500,
                json,
                format!(r#"{{"access_token":"{secret}"}}"#),
                "bad_response",
            ),
            (200, json, "x".repeat(300 << 10), "bad_response"),
        ] {
            let twists = Twists {
                token_answer: Some((status, kind, body)),
                ..Twists::default()
            };
            let error = stage.fails(twists).await;
            assert_eq!(code(&error), expected, "{habits:?}");
            assert!(!format!("{error} {error:?}").contains(secret));
        }
    }
    let stage = Stage::new(Habits::Google).await;
    let body = r#"{"access_token":"a","token_type":"bearer","scope":"email profile"}"#;
    let twists = Twists {
        token_answer: Some((200, "application/json", body.to_owned())),
        ..Twists::default()
    };
    assert_eq!(code(&stage.fails(twists).await), "scope_missing");
}

#[tokio::test]
async fn what_a_person_or_an_organisation_decides_is_told_apart() {
    for habits in [Habits::Google, Habits::GitHub, Habits::Microsoft] {
        let stage = Stage::new(habits).await;
        let declined = Twists {
            declines: true,
            ..Twists::default()
        };
        assert_eq!(code(&stage.fails(declined).await), "denied", "{habits:?}");
    }
    let stage = Stage::new(Habits::GitHub).await;
    let address = "https://github.com/orgs/octo-lab/sso?authorization_request=AZ";
    let twists = Twists {
        single_sign_on: Some(address.to_owned()),
        ..Twists::default()
    };
    let error = stage.fails(twists).await;
    assert!(
        matches!(&*error, Error::SingleSignOn { organisation } if organisation == "octo-lab"),
        "{error:?}"
    );
}
