//! Signing in with an account elsewhere, at a provider with the habits of each of the real ones.

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;
use sifter_library_server::{Provider, ProviderKind, link_account};
use sifter_test_support::{Habits, IdentityProvider, Twists};
use url::Url;

use crate::browser::{Browser, Page};
use crate::harness::{Rig, hidden_fields, location};

/// A provider as an administrator would configure it.
pub(crate) fn configured(idp: &IdentityProvider, habits: Habits) -> Provider {
    let origin = Url::parse(&idp.origin()).unwrap();
    let (id, kind) = match habits {
        Habits::Plain => (
            "campus",
            ProviderKind::Oidc {
                issuer: idp.issuer(),
                endpoint_hosts: Vec::new(),
            },
        ),
        Habits::Google => (
            "google",
            ProviderKind::Google {
                issuer: idp.issuer(),
            },
        ),
        Habits::GitLab => (
            "gitlab",
            ProviderKind::GitLab {
                base: origin.join("/gitlab").unwrap(),
            },
        ),
        Habits::Microsoft => (
            "microsoft",
            ProviderKind::Microsoft {
                authority: origin,
                tenant: "common".into(),
            },
        ),
        Habits::GitHub => ("github", ProviderKind::GitHub { base: origin }),
    };
    Provider {
        id: id.into(),
        label: format!("The {id}"),
        kind,
        client_id: IdentityProvider::CLIENT_ID.into(),
        client_secret: Some(SecretString::from(IdentityProvider::CLIENT_SECRET)),
        app_client_id: None,
        app_client_secret: None,
        domain: None,
        subjects: None,
    }
}

/// A library with one provider.
pub(crate) async fn federated(habits: Habits) -> (IdentityProvider, Rig, String) {
    federated_with(habits, |_| {}).await
}

pub(crate) async fn federated_with(
    habits: Habits,
    change: impl FnOnce(&mut Provider),
) -> (IdentityProvider, Rig, String) {
    let idp = IdentityProvider::start(habits).await.unwrap();
    let mut provider = configured(&idp, habits);
    change(&mut provider);
    let id = provider.id.clone();
    let rig = Rig::start_with(|config| config.providers = vec![provider]).await;
    (idp, rig, id)
}

impl Rig {
    /// The page after the provider: consent, or why not.
    pub(crate) async fn come_back(&self, browser: &mut Browser<'_>, id: &str) -> Page {
        browser.page(&self.authorize_url(Some(id)).await).await
    }

    /// Signs in with a provider all the way; the tokens.
    pub(crate) async fn sign_in_with(&self, id: &str) -> Value {
        let mut browser = Browser::new(self);
        let page = self.come_back(&mut browser, id).await;
        let pressed = browser.press(&page, "allow").await;
        let app = browser.follow(pressed).await.err().expect("the app");
        let code = app
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned();
        let form = Self::exchange_form(&code);
        let (status, tokens) = self.post("/oauth/token", &form).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    /// Who a token belongs to.
    pub(crate) async fn login_of(&self, tokens: &Value) -> String {
        let call = self.client.get(self.url("/v1/token-status"));
        let call = call.bearer_auth(tokens["access_token"].as_str().unwrap());
        let body: Value = call.send().await.unwrap().json().await.unwrap();
        body["data"]["user"]["username"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_so_and_goes_nowhere() {
    let (idp, rig, id) = federated(Habits::Google).await;
    let url = rig.authorize_url(Some(&id)).await;
    let away = location(&rig.client.get(url).send().await.unwrap());
    // Nothing is brought along.
    let answer = rig.client.get(away).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(answer.text().await.unwrap().contains("brought no cookie"));
    assert_eq!(idp.seen("/authorize"), 0);
    // An attempt that never was is no matter of cookies.
    let never = rig.url("/oauth/sign-in?attempt=x&idp=google");
    let page = rig
        .client
        .get(never)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("has ended"), "{page}");
}

#[tokio::test]
async fn a_person_signs_in_with_each_of_the_providers() {
    for habits in [
        Habits::Plain,
        Habits::Google,
        Habits::GitLab,
        Habits::Microsoft,
        Habits::GitHub,
    ] {
        let (idp, rig, id) = federated(habits).await;
        let mut browser = Browser::new(&rig);
        let page = rig.come_back(&mut browser, &id).await;
        for text in [
            "Jane Doe",
            &format!("The {id}"),
            "Sifter on this computer",
            "see, add and delete images",
            "for the first time",
            "Continue as jane",
        ] {
            assert!(
                page.html.contains(text),
                "{habits:?}: {text} in {}",
                page.html
            );
        }
        assert!(!page.url.as_str().contains("code="), "{}", page.url);
        let pressed = browser.press(&page, "allow").await;
        let app = browser.follow(pressed).await.err().expect("the app");
        let query: std::collections::HashMap<_, _> = app.query_pairs().into_owned().collect();
        assert_eq!(
            (query["state"].as_str(), &query["iss"]),
            ("st-ate", &rig.issuer())
        );
        let (_, tokens) = rig
            .post("/oauth/token", &Rig::exchange_form(&query["code"]))
            .await;
        assert_eq!(rig.login_of(&tokens).await, "jane");

        // The second time it is the same person, whatever they call themselves by then.
        idp.visited_by(|visitor| {
            visitor.login = "roe".into();
            visitor.email = "roe@example.org".into();
        });
        let page = rig.come_back(&mut Browser::new(&rig), &id).await;
        assert!(
            page.html.contains("Continue as jane"),
            "{habits:?}: {}",
            page.html
        );
        assert!(!page.html.contains("for the first time"), "{habits:?}");
        // And somebody else with the same name is somebody else.
        idp.visited_by(|visitor| {
            visitor.subject = "99".into();
            visitor.login = "jane".into();
        });
        assert_eq!(rig.login_of(&rig.sign_in_with(&id).await).await, "jane-2");
    }
}

#[tokio::test]
async fn an_account_that_was_linked_signs_in_as_the_person_it_was_linked_to() {
    let (idp, rig, id) = federated(Habits::Plain).await;
    let link = |login| link_account(rig.folder(), login, &idp.issuer(), "583231").unwrap();
    assert!(link("ada"), "the owner, who has not signed in yet");
    assert_eq!(rig.login_of(&rig.sign_in_with(&id).await).await, "ada");
    assert!(!link("nobody"));
}

#[tokio::test]
async fn the_same_address_at_two_providers_is_two_people() {
    let google = IdentityProvider::start(Habits::Google).await.unwrap();
    let campus = IdentityProvider::start(Habits::Plain).await.unwrap();
    let providers = vec![
        configured(&google, Habits::Google),
        configured(&campus, Habits::Plain),
    ];
    let rig = Rig::start_with(|config| config.providers = providers).await;
    let first = rig.login_of(&rig.sign_in_with("google").await).await;
    let second = rig.login_of(&rig.sign_in_with("campus").await).await;
    assert_eq!((first.as_str(), second.as_str()), ("jane", "jane-2"));
}

#[tokio::test]
async fn nobody_becomes_the_owner_by_calling_themselves_so() {
    let (idp, rig, id) = federated(Habits::Plain).await;
    idp.visited_by(|visitor| visitor.login = "ada".into());
    let tokens = rig.sign_in_with(&id).await;
    assert_eq!(rig.login_of(&tokens).await, "ada-2");
    let owner = rig.tokens().await;
    assert_eq!(rig.login_of(&owner).await, "ada");
}

#[tokio::test]
async fn the_page_has_a_link_for_every_provider_and_none_otherwise() {
    let (_idp, rig, _) = federated(Habits::Google).await;
    let mut browser = Browser::new(&rig);
    let page = browser.page(&rig.authorize_url(None).await).await;
    assert!(
        page.html.contains("Continue with The google"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("Continue as"), "{}", page.html);
    let link = page.first_link();
    let consent = browser.page(&link).await;
    assert!(
        consent.html.contains("Continue as jane"),
        "{}",
        consent.html
    );
    // With a ticket, the owner may go on as well.
    let answer = rig.open(&rig.request().await).await;
    let page = answer.text().await.unwrap();
    assert!(page.contains("Continue as ada") && page.contains("Continue with The google"));

    let rig = Rig::start().await;
    let answer = rig
        .client
        .get(rig.authorize_url(None).await)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let metadata = rig.metadata().await;
    assert_eq!(metadata["federated_providers"], serde_json::json!([]));
}

impl Rig {
    async fn metadata(&self) -> Value {
        let path = "/.well-known/oauth-authorization-server";
        let answer = self.client.get(self.url(path)).send().await.unwrap();
        answer.json().await.unwrap()
    }
}

#[tokio::test]
async fn the_metadata_tells_the_app_the_providers() {
    let (idp, rig, _) = federated(Habits::Google).await;
    let metadata = rig.metadata().await;
    assert_eq!(
        metadata["federated_providers"],
        serde_json::json!([{
            "id": "google", "label": "The google", "kind": "google", "issuer": idp.issuer(),
        }])
    );
    assert!(metadata.get("token_exchange_nonce_endpoint").is_none());
}

#[tokio::test]
async fn who_declines_there_or_here_leaves_nothing_behind() {
    let (idp, rig, id) = federated(Habits::GitLab).await;
    idp.twist(Twists {
        declines: true,
        ..Twists::default()
    });
    let mut browser = Browser::new(&rig);
    let answer = browser.get(&rig.authorize_url(Some(&id)).await).await;
    let app = browser.follow(answer).await.err().expect("the app");
    assert!(app.as_str().contains("error=access_denied"), "{app}");

    idp.twist(Twists::default());
    let page = rig.come_back(&mut browser, &id).await;
    let pressed = browser.press(&page, "deny").await;
    let app = browser.follow(pressed).await.err().expect("the app");
    assert!(app.as_str().contains("error=access_denied"), "{app}");
    // No account was made.
    let page = rig.come_back(&mut browser, &id).await;
    assert!(page.html.contains("for the first time"), "{}", page.html);
}

#[tokio::test]
async fn only_who_is_on_the_list_may_come_in() {
    let (idp, rig, id) = federated_with(Habits::GitHub, |provider| {
        provider.subjects = Some(vec!["7".into()]);
    })
    .await;
    let page = rig.come_back(&mut Browser::new(&rig), &id).await;
    assert!(page.html.contains("may not sign in here"), "{}", page.html);
    idp.visited_by(|visitor| visitor.subject = "7".into());
    rig.sign_in_with(&id).await;

    let (idp, rig, id) = federated_with(Habits::Google, |provider| {
        provider.domain = Some("example.org".into());
    })
    .await;
    rig.sign_in_with(&id).await;
    idp.twist(Twists {
        claims: Some(std::sync::Arc::new(|claims| {
            claims.remove("hd");
        })),
        ..Twists::default()
    });
    let page = rig.come_back(&mut Browser::new(&rig), &id).await;
    assert!(page.html.contains("may not sign in here"), "{}", page.html);
}

#[tokio::test]
async fn the_consent_page_offers_nothing_after_the_decision() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let mut browser = Browser::new(&rig);
    let page = rig.come_back(&mut browser, &id).await;
    assert_eq!(
        browser.press(&page, "allow").await.status(),
        StatusCode::SEE_OTHER
    );
    let again = browser.press(&page, "allow").await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
    let back = browser.page(&page.url).await;
    assert!(!back.html.contains("<form"), "{}", back.html);
    assert!(hidden_fields(&back.html).is_empty());
}

#[tokio::test]
async fn a_provider_is_asked_for_its_metadata_and_keys_once() {
    let (idp, rig, id) = federated(Habits::Google).await;
    for _ in 0..3 {
        rig.sign_in_with(&id).await;
    }
    assert_eq!(idp.seen("/.well-known/openid-configuration"), 1);
    assert_eq!(idp.seen("/keys"), 1);
    assert_eq!(idp.seen("/token"), 3);
}

#[tokio::test]
async fn the_way_to_a_provider_carries_what_protects_it() {
    let (_idp, rig, id) = federated(Habits::Google).await;
    let mut browser = Browser::new(&rig);
    let begun = browser.get(&rig.authorize_url(Some(&id)).await).await;
    let sent = browser.get(&location(&begun)).await;
    let url = location(&sent);
    let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(
        query["redirect_uri"],
        format!("{}/oauth/callback/google", rig.issuer())
    );
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["code_challenge"].len(), 43);
    assert!(
        query["state"].len() >= 80 && query["nonce"].len() >= 43,
        "{url}"
    );
    assert!(!url.as_str().contains("s3cr"));
}
