//! What goes well, and what is not begun.

use secrecy::ExposeSecret as _;
use sifter_account::Phase;
use sifter_test_support::{Habits, IdentityProvider, Twists};

use crate::stage::Stage;

#[tokio::test]
async fn each_provider_lets_the_app_in_and_the_library_gives_its_own_token() {
    for habits in [
        Habits::Google,
        Habits::GitLab,
        Habits::Microsoft,
        Habits::GitHub,
    ] {
        let stage = Stage::new(habits).await;
        let account = stage.sign_in().await.unwrap();
        assert_eq!(account.login, "jane", "{habits:?}");
        let life = std::time::Duration::from_secs(60);
        let token = stage.accounts.access_token(account.id, life).await.unwrap();
        assert!(!stage.idp.knows_access_token(token.expose_secret()));
        // Nothing of the provider's is kept.
        for name in stage.keychain.names() {
            let item = stage.keychain.item(&name).unwrap();
            assert!(!item.expose_secret().contains("\"token-"), "{habits:?}");
        }
        // The next sign-in is the same person's.
        let again = stage.sign_in().await.unwrap();
        assert_eq!(again.id, account.id, "{habits:?}");
        // A sign-out ends it at the library.
        assert!(stage.accounts.sign_out(account.id).await.unwrap().revoked);
    }
}

#[tokio::test]
async fn without_a_secret_github_gives_a_code_to_enter() {
    let mut stage = Stage::new(Habits::GitHub).await;
    stage.client.client_secret = None;
    let sign_in = stage.begin();
    let mut progress = sign_in.progress();
    let shown = progress.wait_for(|now| matches!(now.phase, Phase::AwaitingCode));
    let shown = shown.await.unwrap().clone();
    let code = shown.code.unwrap();
    assert_eq!(code.code, "WDJB-MJHT");
    assert!(code.page.as_str().starts_with(&stage.idp.origin()));
    assert_eq!(sign_in.outcome().await.unwrap().login, "jane");
    assert!(!stage.has_opened().await, "a code opens nothing by itself");

    stage.idp.twist(Twists {
        declines: true,
        ..Twists::default()
    });
    let declined = stage.begin().outcome().await.unwrap_err();
    assert_eq!(declined.code(), "denied");
}

#[tokio::test]
async fn nothing_begins_at_a_provider_that_the_library_would_not_take_it_from() {
    let mut stage = Stage::new(Habits::Google).await;
    stage.client.client_id = "another-app".into();
    let error = stage.sign_in().await.unwrap_err();
    assert_eq!(error.code(), "no_exchange");
    // A GitLab of the same address is another provider.
    let mut other = Stage::new(Habits::Google).await;
    other.client.kind = sifter_library_server::ProviderKind::GitLab {
        base: url::Url::parse(&other.idp.origin()).unwrap(),
    };
    let error = other.sign_in().await.unwrap_err();
    assert_eq!(error.code(), "no_exchange");
    for stage in [stage, other] {
        assert!(!stage.has_opened().await);
        assert_eq!(stage.idp.seen("/.well-known/openid-configuration"), 0);
    }
}

#[tokio::test]
async fn the_wrong_secret_is_told_apart_from_a_wrong_answer() {
    for habits in [Habits::Google, Habits::GitHub] {
        let mut stage = Stage::new(habits).await;
        stage.client.client_secret = Some("wrong".into());
        let error = stage.sign_in().await.unwrap_err();
        assert_eq!(error.code(), "client_refused", "{habits:?}");
    }
    // Microsoft refuses programs that send one at all.
    let mut stage = Stage::new(Habits::Microsoft).await;
    stage.client.client_secret = Some(IdentityProvider::CLIENT_SECRET.into());
    let error = stage.sign_in().await.unwrap_err();
    assert_eq!(error.code(), "client_refused");
}
