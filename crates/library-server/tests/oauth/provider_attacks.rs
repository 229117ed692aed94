//! Attacks by way of a provider, and providers that misbehave, named after the list in the project's
//! security notes. Each changes one thing of a sign-in that works; each must end without an account.

use reqwest::StatusCode;
use serde_json::json;
use sifter_library_server::ProviderKind;
use sifter_test_support::{Habits, IdentityProvider, Twists};
use url::Url;

use crate::browser::Browser;
use crate::federation::{configured, federated, federated_with};
use crate::harness::{Rig, location};
use crate::twisted::{comes_in, edit, metadata, set};

/// The query of a callback.
type Pairs = Vec<(String, String)>;

#[tokio::test]
async fn a10_metadata_of_somebody_else_or_with_foreign_endpoints_is_refused() {
    for (what, twists) in [
        (
            "another issuer",
            metadata(set("issuer", json!("https://evil.test"))),
        ),
        (
            "a slash behind the issuer",
            metadata(edit(|document| {
                let issuer = format!("{}/", document["issuer"].as_str().unwrap());
                document.insert("issuer".into(), json!(issuer));
            })),
        ),
        (
            "codes traded elsewhere",
            metadata(set("token_endpoint", json!("https://evil.test/token"))),
        ),
        (
            "keys from elsewhere",
            metadata(set("jwks_uri", json!("http://127.0.0.1:1/keys"))),
        ),
        (
            "people sent elsewhere",
            metadata(set("authorization_endpoint", json!("https://evil.test/a"))),
        ),
        (
            "no S256",
            metadata(set("code_challenge_methods_supported", json!(["plain"]))),
        ),
        (
            "no endpoint",
            metadata(edit(|document| drop(document.remove("token_endpoint")))),
        ),
        ("a megabyte", metadata(set("x", json!("x".repeat(1 << 20))))),
    ] {
        let (idp, rig, id) = federated(Habits::Plain).await;
        idp.twist(twists);
        assert!(!comes_in(&rig, &id).await, "{what}");
        assert_eq!(idp.seen("/authorize"), 0, "{what}");
    }
}

#[tokio::test]
async fn a11_a_token_endpoint_that_sends_us_elsewhere_is_not_followed() {
    let elsewhere = IdentityProvider::start(Habits::Plain).await.unwrap();
    let (idp, rig, id) = federated(Habits::Plain).await;
    for status in [301, 302, 303, 307, 308] {
        idp.twist(Twists {
            token_redirect: Some((status, format!("{}/token", elsewhere.origin()))),
            ..Twists::default()
        });
        assert!(!comes_in(&rig, &id).await, "{status}");
    }
    assert_eq!(elsewhere.seen("/token"), 0);
}

#[tokio::test]
async fn a12_token_answers_of_every_kind_end_in_a_page_and_not_in_an_account() {
    let json = "application/json";
    for habits in [Habits::Plain, Habits::GitHub] {
        let (idp, rig, id) = federated(habits).await;
        for (status, kind, body) in [
            (200, json, r#"{"error":"bad_verification_code"}"#.to_owned()),
            (200, json, r#"{"error":"x","access_token":"a"}"#.to_owned()),
            (
                200,
                "application/x-www-form-urlencoded",
                "access_token=a".to_owned(),
            ),
            (
                200,
                json,
                r#"{"access_token":null,"id_token":null}"#.to_owned(),
            ),
            (
                200,
                json,
                r#"{"access_token":"a","id_token":"not-a-token"}"#.to_owned(),
            ),
            (200, json, r#"{"access_token":"a"}"#.to_owned()),
            (
                200,
                json,
                format!("{{\"access_token\":\"{}\"}}", "x".repeat(5 << 20)),
            ),
            (500, "text/html", "<h1>sorry</h1>".to_owned()),
            (204, json, String::new()),
        ] {
            idp.twist(Twists {
                token_answer: Some((status, kind, body.clone())),
                ..Twists::default()
            });
            let shown: String = body.chars().take(80).collect();
            assert!(!comes_in(&rig, &id).await, "{habits:?}: {status} {shown}");
        }
    }
}

#[tokio::test]
async fn a01_a03_a_callback_counts_once_in_the_browser_and_for_the_provider_it_began_with() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let mut browser = Browser::new(&rig);
    let begun = browser.get(&rig.authorize_url(Some(&id)).await).await;
    let sent = browser.get(&location(&begun)).await;
    let at_provider = browser.get(&location(&sent)).await;
    let callback = location(&at_provider);

    let changed = |change: &dyn Fn(&mut Pairs)| {
        let mut pairs: Vec<_> = callback.query_pairs().into_owned().collect();
        change(&mut pairs);
        let mut url = callback.clone();
        url.query_pairs_mut().clear().extend_pairs(pairs);
        url
    };
    let state =
        |pairs: &[(String, String)]| pairs.iter().position(|(name, _)| name == "state").unwrap();
    let mut other_provider = callback.clone();
    other_provider.set_path("/oauth/callback/other");
    for forged in [
        changed(&|pairs| {
            let at = state(pairs);
            pairs.remove(at);
        }),
        changed(&|pairs| {
            let at = state(pairs);
            pairs[at].1.pop();
        }),
        changed(&|pairs| {
            let at = state(pairs);
            pairs[at].1 = String::new();
        }),
        changed(&|pairs| {
            let at = state(pairs);
            let twice = pairs[at].clone();
            pairs.push(twice);
        }),
        other_provider,
    ] {
        assert_eq!(
            browser.get(&forged).await.status(),
            StatusCode::FORBIDDEN,
            "{forged}"
        );
    }
    // The link in another browser: whoever follows it must not be signed in as the attacker.
    let mut victim = Browser::new(&rig);
    assert_eq!(victim.get(&callback).await.status(), StatusCode::FORBIDDEN);
    // None of it has ended the true one, and that counts once.
    assert_eq!(browser.get(&callback).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&callback).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a02_a_code_of_another_sign_in_is_of_no_use() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let mut callbacks = Vec::new();
    let (mut mine, mut theirs) = (Browser::new(&rig), Browser::new(&rig));
    for browser in [&mut mine, &mut theirs] {
        let begun = browser.get(&rig.authorize_url(Some(&id)).await).await;
        let sent = browser.get(&location(&begun)).await;
        callbacks.push(location(&browser.get(&location(&sent)).await));
    }
    let find = |url: &Url, wanted: &str| {
        let found = url.query_pairs().find(|(name, _)| name == wanted);
        found.unwrap().1.into_owned()
    };
    let mut injected = callbacks[0].clone();
    injected
        .query_pairs_mut()
        .clear()
        .append_pair("code", &find(&callbacks[1], "code"))
        .append_pair("state", &find(&callbacks[0], "state"));
    let answer = mine.get(&injected).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let page = mine.page(&rig.url("/oauth/consent")).await;
    assert!(!page.html.contains("Continue as"), "{}", page.html);
}

#[tokio::test]
async fn a05_an_answer_that_names_another_issuer_or_none_where_it_must_calls_nobody() {
    for (habits, said) in [
        (Habits::Google, ""),
        (Habits::Google, "https://evil.test"),
        (Habits::Plain, "https://evil.test"),
        (Habits::GitHub, "https://evil.test"),
        (Habits::Microsoft, "https://evil.test"),
    ] {
        let (idp, rig, id) = federated(habits).await;
        idp.twist(Twists {
            answer_issuer: Some(said.to_owned()),
            ..Twists::default()
        });
        let page = rig.come_back(&mut Browser::new(&rig), &id).await;
        assert!(!page.html.contains("Continue as"), "{habits:?} {said}");
        assert_eq!(
            idp.seen("/token") + idp.seen("/login/oauth/access_token"),
            0
        );
    }
}

#[tokio::test]
async fn a06_the_answer_of_one_provider_is_not_taken_for_that_of_another() {
    let good = IdentityProvider::start(Habits::Plain).await.unwrap();
    let evil = IdentityProvider::start(Habits::GitLab).await.unwrap();
    let providers = vec![
        configured(&good, Habits::Plain),
        configured(&evil, Habits::GitLab),
    ];
    let rig = Rig::start_with(|config| config.providers = providers).await;
    let mut browser = Browser::new(&rig);
    let begun = browser.get(&rig.authorize_url(Some("gitlab")).await).await;
    let sent = browser.get(&location(&begun)).await;
    let mut callback = location(&browser.get(&location(&sent)).await);
    callback.set_path("/oauth/callback/campus");
    assert_eq!(browser.get(&callback).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(good.seen("/token"), 0);
}

#[tokio::test]
async fn a_provider_is_never_asked_over_an_open_line() {
    let (idp, rig, id) = federated_with(Habits::Plain, |provider| {
        let port = match &provider.kind {
            ProviderKind::Oidc { issuer, .. } => Url::parse(issuer).unwrap().port().unwrap(),
            _ => unreachable!("a plain provider"),
        };
        // A name, which somebody else could answer to.
        provider.kind = ProviderKind::Oidc {
            issuer: format!("http://localhost:{port}"),
            endpoint_hosts: Vec::new(),
        };
    })
    .await;
    assert!(!comes_in(&rig, &id).await);
    assert_eq!(idp.seen("/.well-known/openid-configuration"), 0);
}

#[tokio::test]
async fn too_many_sign_ins_from_one_place_wait() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let url = rig.authorize_url(Some(&id)).await;
    for number in 0..100 {
        let answer = Browser::new(&rig).get(&url).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{number}");
    }
    let answer = Browser::new(&rig).get(&url).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
}
