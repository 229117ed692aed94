//! ID tokens that must not let anybody in. Each changes one thing of a token that is good, and is refused by the app
//! before the library hears of it.

use serde_json::{Value, json};
use sifter_account::{Error, Phase};
use sifter_test_support::{Edit, Habits, IdentityProvider, Signing, Twists};

use crate::stage::{Stage, edit, set};

const OTHER_TENANT: &str = "99999999-2222-3333-4444-555555555555";

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

fn claims(change: Option<Edit>) -> Twists {
    Twists {
        claims: change,
        ..Twists::default()
    }
}

fn without(name: &'static str) -> Twists {
    claims(edit(move |claims| drop(claims.remove(name))))
}

fn header(change: Option<Edit>) -> Twists {
    Twists {
        header: change,
        ..Twists::default()
    }
}

fn signing(signing: Signing) -> Twists {
    Twists {
        signing,
        ..Twists::default()
    }
}

fn keys(change: Option<Edit>) -> Twists {
    Twists {
        keys: change,
        ..Twists::default()
    }
}

/// Every one is refused for the reason that its name says, and the good one is taken.
async fn refuses(habits: Habits, cases: Vec<(&str, Twists)>) {
    let stage = Stage::new(habits).await;
    for (reason, twists) in cases {
        let error = stage.fails(twists).await;
        let Error::IdToken(fault) = &*error else {
            panic!("{habits:?}, {reason}: {error:?}");
        };
        let said = fault.to_string();
        assert!(said.contains(reason), "{habits:?}, {reason}: {said}");
    }
    stage.sign_in().await.unwrap();
}

#[tokio::test]
async fn a08_id_tokens_that_are_not_for_us_now_from_there_are_refused_by_the_app() {
    let app = IdentityProvider::APP_CLIENT_ID;
    let claim = |name, value: Value| claims(set(name, value));
    let cases = || {
        vec![
            ("expired", claim("exp", json!(now() - 120))),
            ("claims cannot be read", without("exp")),
            ("time has not come", claim("iat", json!(now() + 3600))),
            ("time has not come", claim("iat", json!(now() - 86_400))),
            ("time has not come", claim("nbf", json!(now() + 3600))),
            ("somebody else", claim("aud", json!("other"))),
            ("somebody else", claim("aud", json!([app, "other"]))),
            ("somebody else", claim("aud", json!([]))),
            ("somebody else", claim("azp", json!("other"))),
            ("issuer", claim("iss", json!("https://evil.test"))),
            ("nonce", claim("nonce", json!("other"))),
            ("nonce", without("nonce")),
            ("names nobody", without("sub")),
            ("names nobody", claim("sub", json!("x".repeat(256)))),
            (
                "another access token",
                claim("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            ),
            ("too long", claim("name", json!("x".repeat(20_000)))),
        ]
    };
    refuses(Habits::Google, cases()).await;
    refuses(Habits::GitLab, cases()).await;
}

#[tokio::test]
async fn a08_an_issuer_with_a_slash_behind_it_is_another() {
    let stage = Stage::new(Habits::GitLab).await;
    let issuer = format!("{}/", stage.idp.issuer());
    let error = stage.fails(claims(set("iss", json!(issuer)))).await;
    assert_eq!(error.code(), "id_token");
}

#[tokio::test]
async fn a08_signatures_that_prove_nothing_are_refused_by_the_app() {
    let cases = vec![
        ("algorithm", signing(Signing::None)),
        ("algorithm", signing(Signing::PublicKeyAsSecret)),
        ("algorithm", header(set("alg", json!("PS256")))),
        ("not a signed token", header(set("crit", json!(["x"])))),
        (
            "does not publish its key",
            header(set("kid", json!("unknown"))),
        ),
        ("does not publish its key", keys(set("keys", json!([])))),
        (
            "several keys",
            keys(edit(|set| {
                let keys = set["keys"].as_array_mut().unwrap();
                keys.push(keys[1].clone());
            })),
        ),
        (
            "does not publish its key",
            keys(edit(|set| set["keys"][1]["use"] = json!("enc"))),
        ),
    ];
    refuses(Habits::Google, cases).await;
    // A signature of another key is the same algorithm only where the provider signs with curves.
    let stage = Stage::new(Habits::Google).await;
    stage.idp.rotate_keys().unwrap();
    let error = stage.fails(signing(Signing::ForeignKey)).await;
    let Error::IdToken(fault) = &*error else {
        panic!("{error:?}");
    };
    assert_eq!(fault.to_string(), "the signature is wrong");
}

#[tokio::test]
async fn a08_keys_that_were_changed_meanwhile_are_the_ones_that_count() {
    let stage = Stage::new(Habits::Google).await;
    let sign_in = stage.begin();
    let mut progress = sign_in.progress();
    let waits = progress.wait_for(|now| matches!(now.phase, Phase::AwaitingBrowser));
    drop(waits.await.unwrap());
    stage.idp.rotate_keys().unwrap();
    stage.browse().await;
    sign_in.outcome().await.unwrap();
    // The app looked once, after the token had come; the library, which checks it too, once.
    assert_eq!(stage.idp.seen("/keys"), 2);
}

#[tokio::test]
async fn a09_a_token_of_another_tenant_of_microsoft_is_refused_by_the_app() {
    let cases = vec![
        ("issuer", claims(set("tid", json!(OTHER_TENANT)))),
        ("issuer", claims(set("tid", json!("common")))),
        ("issuer", without("tid")),
        ("names nobody", without("oid")),
        (
            "issuer",
            claims(edit(|claims| {
                let issuer = claims["iss"].as_str().unwrap();
                let issuer = issuer.replace(IdentityProvider::TENANT, "{tenantid}");
                claims.insert("iss".into(), json!(issuer));
                claims.insert("tid".into(), json!("{tenantid}"));
            })),
        ),
    ];
    refuses(Habits::Microsoft, cases).await;
}
