//! The providers that a server announces: shown in its view, and taken to by name.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "support/nobody.rs"]
mod nobody;

use std::collections::HashMap;
use std::sync::Arc;

use secrecy::SecretString;
use sifter_app_core::{AppCore, CoreConfig, Home, Secrets};
use sifter_contract::requests::{ServerConnect, SignInRef, SignInStart};
use sifter_contract::{
    Api as _, AppEvent, ErrorCode, SignInHow, SignInPhase, SignInProvider, SignInProviderKind,
    SignInWay, UiError,
};
use sifter_library_server::{Provider, ProviderKind};
use sifter_test_support::spawn_library_with;
use url::Url;

use nobody::Nobody;

fn configured(id: &str, label: &str, kind: ProviderKind) -> Provider {
    Provider {
        id: id.into(),
        label: label.into(),
        kind,
        client_id: "library".into(),
        client_secret: Some(SecretString::from("secret")),
        app_client_id: None,
        app_client_secret: None,
        domain: None,
        subjects: None,
    }
}

/// Begins a sign-in and answers the parameters of the page that the browser would get.
async fn page_of(
    core: &AppCore,
    server_id: &str,
    provider: Option<&str>,
) -> Result<HashMap<String, String>, UiError> {
    let mut events = core.watch();
    let start = SignInStart {
        server_id: server_id.to_owned(),
        how: SignInHow::Browser,
        another: false,
        provider: provider.map(str::to_owned),
        scopes: None,
    };
    let begun = core.sign_in_start(start).await?;
    let waits = |event: &AppEvent| {
        matches!(event, AppEvent::SignIn { sign_in }
            if sign_in.id == begun.id && sign_in.phase == SignInPhase::WaitingForBrowser)
    };
    while !waits(&events.next().await.unwrap()) {}
    let link: Url = core.sign_in_link(&begun.id).unwrap();
    let sign_in_id = begun.id;
    core.sign_in_cancel(SignInRef { sign_in_id }).await.unwrap();
    Ok(link.query_pairs().into_owned().collect())
}

#[tokio::test]
async fn each_announced_provider_is_in_the_view_and_can_be_gone_to_at_once() {
    let base = Url::parse("https://gitlab.example").unwrap();
    let issuer = "https://id.example".to_owned();
    let oidc = ProviderKind::Oidc {
        issuer,
        endpoint_hosts: Vec::new(),
    };
    let library = spawn_library_with(|config| {
        config.providers = vec![
            configured("lab", "GitLab", ProviderKind::GitLab { base }),
            configured("campus", "Campus", oidc),
        ];
    });
    let library = library.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = CoreConfig::new(Home::at(folder.path()), Arc::new(Nobody));
    config.secrets = Secrets::Memory;
    let core = AppCore::start(config).await.unwrap();

    let address = library.base_url();
    let connect = ServerConnect {
        address,
        allow_http: false,
    };
    let server = core.server_connect(connect).await.unwrap();
    let shown = |id: &str, label: &str, kind| SignInProvider {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        direct: false,
    };
    let providers = vec![
        shown("lab", "GitLab", SignInProviderKind::Gitlab),
        shown("campus", "Campus", SignInProviderKind::Other),
    ];
    let browser = SignInWay::Browser { providers };
    assert_eq!(server.ways.first(), Some(&browser));

    let page = page_of(&core, &server.id, Some("campus")).await.unwrap();
    assert_eq!(page["idp_hint"], "campus");
    let page = page_of(&core, &server.id, None).await.unwrap();
    assert!(!page.contains_key("idp_hint"));

    for stranger in ["google", "Campus", "campus&ticket=x", ""] {
        let refused = page_of(&core, &server.id, Some(stranger)).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotOffered, "{stranger}");
        assert_eq!(refused.params["what"], "provider".into());
    }
    core.shutdown().await;
}
