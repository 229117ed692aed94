//! Attacks by way of a provider, and providers that misbehave, named after the list in the project's
//! security notes. Each changes one thing of a sign-in that works; each must end without an account.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Map, Value, json};
use sifter_library_server::ProviderKind;
use sifter_test_support::{Edit, Habits, IdentityProvider, Signing, Twists};
use url::Url;

use crate::browser::Browser;
use crate::federation::{configured, federated, federated_with};
use crate::harness::{Rig, location};

const OTHER_TENANT: &str = "99999999-2222-3333-4444-555555555555";

fn edit(change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static) -> Option<Edit> {
    Some(Arc::new(change))
}

fn set(name: &'static str, value: Value) -> Option<Edit> {
    edit(move |object| {
        object.insert(name.to_owned(), value.clone());
    })
}

fn claims(change: Option<Edit>) -> Twists {
    Twists {
        claims: change,
        ..Twists::default()
    }
}

fn metadata(change: Option<Edit>) -> Twists {
    Twists {
        metadata: change,
        ..Twists::default()
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// Tries to sign in; whether a consent page came. If not, nothing may have been left behind.
async fn comes_in(rig: &Rig, id: &str) -> bool {
    let page = rig.come_back(&mut Browser::new(rig), id).await;
    let comes_in = page.html.contains("Continue as");
    assert_eq!(
        comes_in,
        !page.html.contains("could not be checked"),
        "{}",
        page.html
    );
    comes_in
}

async fn refuses(habits: Habits, cases: Vec<(&str, Twists)>) {
    let (idp, rig, id) = federated(habits).await;
    for (what, twists) in cases {
        idp.twist(twists);
        assert!(!comes_in(&rig, &id).await, "{habits:?}: {what}");
    }
    idp.twist(Twists::default());
    assert!(comes_in(&rig, &id).await, "{habits:?}: the unchanged one");
}

#[tokio::test]
async fn a08_id_tokens_that_are_not_for_us_now_from_there_are_refused() {
    let common = || {
        vec![
            ("expired", claims(set("exp", json!(now() - 120)))),
            (
                "no expiry",
                claims(edit(|claims| drop(claims.remove("exp")))),
            ),
            ("an expiry in words", claims(set("exp", json!("tomorrow")))),
            (
                "made in the future",
                claims(set("iat", json!(now() + 3600))),
            ),
            ("made long ago", claims(set("iat", json!(now() - 86_400)))),
            (
                "valid in the future",
                claims(set("nbf", json!(now() + 3600))),
            ),
            ("for somebody else", claims(set("aud", json!("other")))),
            (
                "for us and somebody else",
                claims(set("aud", json!(["library", "other"]))),
            ),
            ("for nobody", claims(set("aud", json!([])))),
            (
                "asked for by somebody else",
                claims(set("azp", json!("other"))),
            ),
            (
                "another issuer",
                claims(set("iss", json!("https://evil.test"))),
            ),
            ("another nonce", claims(set("nonce", json!("other")))),
            (
                "no nonce",
                claims(edit(|claims| drop(claims.remove("nonce")))),
            ),
            (
                "no subject",
                claims(edit(|claims| drop(claims.remove("sub")))),
            ),
            ("an empty subject", claims(set("sub", json!("")))),
            (
                "an endless subject",
                claims(set("sub", json!("x".repeat(256)))),
            ),
            (
                "of another access token",
                claims(set("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
            ),
            (
                "a megabyte",
                claims(set("name", json!("x".repeat(1 << 20)))),
            ),
        ]
    };
    refuses(Habits::Plain, common()).await;
    refuses(Habits::Google, common()).await;
    let slash = |habits| async move {
        let (idp, rig, id) = federated(habits).await;
        let issuer = format!("{}/", idp.issuer());
        idp.twist(claims(set("iss", json!(issuer))));
        assert!(
            !comes_in(&rig, &id).await,
            "{habits:?}: a slash behind the issuer"
        );
    };
    slash(Habits::Plain).await;
    slash(Habits::GitLab).await;
}

#[tokio::test]
async fn a08_signatures_that_prove_nothing_are_refused() {
    let signing = |signing| Twists {
        signing,
        ..Twists::default()
    };
    let header = |change| Twists {
        header: change,
        ..Twists::default()
    };
    let keys = |change| Twists {
        keys: change,
        ..Twists::default()
    };
    for habits in [Habits::Plain, Habits::GitLab] {
        refuses(
            habits,
            vec![
                ("not signed", signing(Signing::None)),
                ("by a foreign key", signing(Signing::ForeignKey)),
                (
                    "the public key as a secret",
                    signing(Signing::PublicKeyAsSecret),
                ),
                ("an unknown key", header(set("kid", json!("unknown")))),
                ("the other algorithm", header(set("alg", json!("PS256")))),
                (
                    "no algorithm",
                    header(edit(|header| drop(header.remove("alg")))),
                ),
                (
                    "an extension we do not know",
                    header(set("crit", json!(["x"]))),
                ),
                (
                    "a header in words",
                    header(edit(|header| {
                        header.insert("alg".into(), json!(["ES256", "RS256"]));
                    })),
                ),
            ],
        )
        .await;
        // The keys are kept for a day, so each set of them needs a library of its own.
        for (what, twists) in [
            ("no keys", keys(set("keys", json!([])))),
            ("keys in words", keys(set("keys", json!("none")))),
            (
                "the same key twice",
                keys(edit(|set| {
                    let keys = set["keys"].as_array_mut().unwrap();
                    keys.push(keys[1].clone());
                })),
            ),
            (
                "a key for encryption only",
                keys(edit(|set| {
                    set["keys"][1]["use"] = json!("enc");
                })),
            ),
        ] {
            let (idp, rig, id) = federated(habits).await;
            idp.twist(twists);
            assert!(!comes_in(&rig, &id).await, "{habits:?}: {what}");
        }
    }
}

#[tokio::test]
async fn a08_keys_that_were_changed_are_looked_at_once_more() {
    let (idp, rig, id) = federated(Habits::Google).await;
    assert!(comes_in(&rig, &id).await);
    idp.rotate_keys().unwrap();
    assert!(comes_in(&rig, &id).await);
    assert_eq!(idp.seen("/keys"), 2);
    idp.twist(Twists {
        header: set("kid", json!("unknown")),
        ..Twists::default()
    });
    assert!(!comes_in(&rig, &id).await);
    assert_eq!(idp.seen("/keys"), 3, "once, and then it is over");
}

#[tokio::test]
async fn a09_a_token_of_another_tenant_of_microsoft_is_refused() {
    refuses(
        Habits::Microsoft,
        vec![
            (
                "another tenant than its issuer's",
                claims(set("tid", json!(OTHER_TENANT))),
            ),
            (
                "a tenant that is no id",
                claims(set("tid", json!("common"))),
            ),
            (
                "no tenant",
                claims(edit(|claims| drop(claims.remove("tid")))),
            ),
            (
                "no person",
                claims(edit(|claims| drop(claims.remove("oid")))),
            ),
            (
                "the placeholder itself",
                claims(edit(|claims| {
                    let issuer = claims["iss"].as_str().unwrap();
                    let issuer = issuer.replace(IdentityProvider::TENANT, "{tenantid}");
                    claims.insert("iss".into(), json!(issuer));
                    claims.insert("tid".into(), json!("{tenantid}"));
                })),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a09_the_same_person_of_microsoft_in_two_tenants_is_two_people() {
    let (idp, rig, id) = federated(Habits::Microsoft).await;
    assert_eq!(rig.login_of(&rig.sign_in_with(&id).await).await, "jane");
    idp.twist(claims(edit(|claims| {
        let issuer = claims["iss"].as_str().unwrap();
        let issuer = issuer.replace(IdentityProvider::TENANT, OTHER_TENANT);
        claims.insert("iss".into(), json!(issuer));
        claims.insert("tid".into(), json!(OTHER_TENANT));
    })));
    assert_eq!(rig.login_of(&rig.sign_in_with(&id).await).await, "jane-2");
}

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

    let changed = |change: &dyn Fn(&mut Vec<(String, String)>)| {
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
