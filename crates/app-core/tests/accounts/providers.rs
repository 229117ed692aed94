//! Client ids of the person's own: set, kept, and used to sign in at a provider itself.

use secrecy::SecretString;
use sifter_contract::requests::SignInStart;
use sifter_contract::{
    Api as _, ErrorCode, Nothing, ProviderClient, ProviderClientRef, ProviderClientSet, ServerView,
    SignInHow, SignInPhase, SignInProviderKind, SignInWay, UiError,
};
use sifter_library_server::{Provider, ProviderKind};
use sifter_test_support::{Habits, IdentityProvider, SpawnedLibrary, spawn_library_with};
use url::Url;

use crate::stage::{Stage, browser, ended, reached};

const GITHUB: SignInProviderKind = SignInProviderKind::Github;

/// A library that takes what the app gets at a GitHub.
async fn library_of(idp: &IdentityProvider) -> SpawnedLibrary {
    let base = Url::parse(&idp.origin()).unwrap();
    let secret = |text: &str| Some(SecretString::from(text));
    let provider = Provider {
        id: "github".into(),
        label: "GitHub of the lab".into(),
        kind: ProviderKind::GitHub { base },
        client_id: IdentityProvider::CLIENT_ID.into(),
        client_secret: secret(IdentityProvider::CLIENT_SECRET),
        app_client_id: Some(IdentityProvider::APP_CLIENT_ID.into()),
        app_client_secret: secret(IdentityProvider::APP_CLIENT_SECRET),
        domain: None,
        subjects: None,
    };
    let library = spawn_library_with(|config| config.providers = vec![provider]);
    library.await.unwrap()
}

fn github(clients: &[ProviderClient]) -> &ProviderClient {
    let found = clients.iter().find(|client| client.kind == GITHUB);
    found.unwrap()
}

fn is_direct(server: &ServerView) -> bool {
    let Some(SignInWay::Browser { providers }) = server.ways.first() else {
        panic!("{:?}", server.ways);
    };
    providers[0].direct
}

impl Stage {
    async fn name_itself(
        &self,
        client_id: &str,
        address: &str,
    ) -> Result<Vec<ProviderClient>, UiError> {
        let wanted = ProviderClientSet {
            kind: GITHUB,
            client_id: client_id.into(),
            address: Some(address.into()),
            tenant: None,
        };
        self.core.provider_client_set(wanted).await
    }

    async fn go_there(&self, server: &ServerView) -> Result<sifter_contract::SignInView, UiError> {
        let start = SignInStart {
            server_id: server.id.clone(),
            how: SignInHow::Provider,
            another: false,
            provider: Some("github".into()),
            scopes: None,
        };
        self.core.sign_in_start(start).await
    }
}

#[tokio::test]
async fn with_a_client_id_the_provider_is_gone_to_directly_and_without_there_is_no_button() {
    let idp = IdentityProvider::start(Habits::GitHub).await.unwrap();
    let library = library_of(&idp).await;
    let stage = Stage::open().await;
    let server = stage.connect(&library.base_url()).await;
    assert!(!is_direct(&server));
    let refused = stage.go_there(&server).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotOffered);

    // Another app than the one the library knows leads nowhere either.
    stage.name_itself("another", &idp.origin()).await.unwrap();
    assert!(!is_direct(&stage.server(&server.id).await));
    let address = idp.origin();
    let clients = stage.name_itself(IdentityProvider::APP_CLIENT_ID, &address);
    assert!(!github(&clients.await.unwrap()).has_secret);
    assert!(is_direct(&stage.server(&server.id).await));

    // Without a secret GitHub gives a code.
    let mut events = stage.core.watch();
    let begun = stage.go_there(&server).await.unwrap();
    let waits = |view: &sifter_contract::SignInView| view.phase == SignInPhase::WaitingForCode;
    let shown = reached(&mut events, &begun.id, waits).await;
    assert_eq!(shown.code.unwrap().code, "WDJB-MJHT");
    assert_eq!(ended(&mut events, &begun.id).await.phase, SignInPhase::Done);
    let account = stage.server(&server.id).await.account.unwrap();
    assert_eq!(account.login, "jane");
    assert!(stage.host.opened.borrow().is_none());
    stage.core.shutdown().await;
}

#[tokio::test]
async fn a_client_secret_goes_from_the_clipboard_to_the_keychain_and_nowhere_else() {
    let idp = IdentityProvider::start(Habits::GitHub).await.unwrap();
    let library = library_of(&idp).await;
    let stage = Stage::open().await;
    let server = stage.connect(&library.base_url()).await;
    let address = idp.origin();
    let named = stage.name_itself(IdentityProvider::APP_CLIENT_ID, &address);
    named.await.unwrap();

    let reference = ProviderClientRef { kind: GITHUB };
    let nothing = stage.core.provider_client_paste_secret(reference).await;
    assert_eq!(nothing.unwrap_err().code, ErrorCode::NoSecretInClipboard);
    let secret = IdentityProvider::APP_CLIENT_SECRET;
    format!(" {secret}\n").clone_into(&mut stage.host.clipboard.lock().unwrap());
    let clients = stage.core.provider_client_paste_secret(reference).await;
    let clients = clients.unwrap();
    assert!(github(&clients).has_secret);
    assert!(!serde_json::to_string(&clients).unwrap().contains(secret));
    assert_eq!(stage.clipboard(), "", "the clipboard still holds it");
    let settings = stage.read("sifter/config/settings.toml");
    assert!(settings.contains(IdentityProvider::APP_CLIENT_ID));
    assert!(!settings.contains(secret));

    // With it, GitHub lets the browser come back.
    let mut events = stage.core.watch();
    let mut opened = stage.host.opened.subscribe();
    let begun = stage.go_there(&server).await.unwrap();
    let mut at = opened.wait_for(Option::is_some).await.unwrap().clone();
    while let Some(link) = at {
        let answer = browser().get(link.clone()).send().await.unwrap();
        let next = answer.headers().get(reqwest::header::LOCATION);
        at = next.map(|next| link.join(next.to_str().unwrap()).unwrap());
    }
    let end = ended(&mut events, &begun.id).await;
    assert_eq!(end.phase, SignInPhase::Done, "{:?}", end.error);

    // Another client id has another secret.
    let clients = stage.name_itself("another", &idp.origin()).await.unwrap();
    assert!(!github(&clients).has_secret);
    stage.core.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_a_client_is_refused_and_changes_nothing() {
    let stage = Stage::open().await;
    for (id, address) in [
        ("a b", "https://github.com"),
        ("x", "http://github.com"),
        ("x", "github.com"),
        ("x", "https://me:pw@github.com"),
        ("x", "https://github.com/?x=1"),
    ] {
        let refused = stage.name_itself(id, address).await;
        assert!(refused.is_err(), "{id} {address}");
    }
    let other = ProviderClientSet {
        kind: SignInProviderKind::Other,
        client_id: "x".into(),
        address: None,
        tenant: None,
    };
    assert!(stage.core.provider_client_set(other).await.is_err());
    // Microsoft takes no secret of a program.
    let microsoft = ProviderClientRef {
        kind: SignInProviderKind::Microsoft,
    };
    let refused = stage.core.provider_client_paste_secret(microsoft).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidRequest);
    let clients = stage.core.provider_clients(Nothing {}).await.unwrap();
    assert_eq!(clients.len(), 4);
    assert!(clients.iter().all(|client| client.client_id.is_empty()));
    stage.core.shutdown().await;
}
