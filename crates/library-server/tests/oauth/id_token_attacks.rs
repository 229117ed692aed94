//! ID tokens that must not let anybody in (A08, A09 of the project's security notes). Each changes one thing
//! of a token that is good.

use serde_json::json;
use sifter_test_support::{Habits, IdentityProvider, Signing, Twists};

use crate::federation::federated;
use crate::twisted::{claims, comes_in, edit, now, refuses, set};

const OTHER_TENANT: &str = "99999999-2222-3333-4444-555555555555";

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
