//! The proxy: set, signed in to, and with a password that lies in the vault only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sifter_contract::{
    Api as _, CheckKind, ErrorCode, Nothing, ProxyKind, ProxyMode, ProxyPassword, ProxySettings,
    ServerState, Storage,
};
use sifter_test_support::{ForwardProxy, TlsFront, TlsIdentity};

use super::disk::nowhere_in;
use super::stage::{Secured, Stage, bad, error, is_good};

/// A name of the world that leads nowhere without the proxy (RFC 2606).
const NAME: &str = "library.invalid";
const PASSWORD: &str = "correct horse battery";

async fn inside() -> Secured {
    let identity = TlsIdentity::self_signed(&[NAME], |_| {}).unwrap();
    let front = TlsFront::start(identity).await.unwrap();
    Secured::behind(front, "https://library.invalid").await
}

async fn proxy_to(lab: &Secured, sign_in: Option<(&str, &str)>) -> ForwardProxy {
    let ways = [("library.invalid:443", lab.front.address())];
    ForwardProxy::start(&ways, sign_in).await.unwrap()
}

fn settings(proxy: &ForwardProxy, user: &str) -> ProxySettings {
    ProxySettings {
        mode: ProxyMode::Manual,
        kind: ProxyKind::Http,
        host: proxy.address().ip().to_string(),
        port: proxy.address().port(),
        user: user.to_owned(),
        bypass: Vec::new(),
    }
}

fn password(text: &str) -> ProxyPassword {
    serde_json::from_value(serde_json::json!({ "password": text })).unwrap()
}

#[tokio::test]
async fn a_library_behind_a_proxy_is_connected_and_a_change_counts_at_once() {
    let stage = Stage::open().await;
    let lab = inside().await;
    let proxy = proxy_to(&lab, None).await;
    let unknown = stage.connect(NAME).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::HostUnknown);
    for kind in [ProxyKind::Socks5, ProxyKind::Http] {
        let settings = ProxySettings {
            kind,
            ..settings(&proxy, "")
        };
        let network = stage
            .core
            .network_set_proxy(settings.clone())
            .await
            .unwrap();
        assert_eq!(network.proxy, settings);
        assert_eq!(network.in_use, Some(proxy.address().to_string()));
        let refused = stage.connect(NAME).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::CertificateUntrusted, "{refused}");
        if kind == ProxyKind::Http {
            stage.trust(&refused).await.unwrap();
        }
    }
    let id = stage.connect(NAME).await.unwrap().id;
    assert!(stage.core.app_state(Nothing {}).await.unwrap().uses_proxy);
    let diagnosis = stage.diagnose_server(&id).await;
    assert_eq!(bad(&diagnosis), []);
    assert!(is_good(&diagnosis, CheckKind::Proxy) && is_good(&diagnosis, CheckKind::Library));

    let direct = ProxySettings {
        mode: ProxyMode::Direct,
        ..settings(&proxy, "")
    };
    let network = stage.core.network_set_proxy(direct).await.unwrap();
    assert_eq!(network.in_use, None);
    let view = stage.refresh(&id).await;
    assert_eq!(view.state, ServerState::Down);
    assert_eq!(view.problem.unwrap().code, ErrorCode::HostUnknown);
}

#[tokio::test]
async fn the_password_of_a_proxy_lies_in_the_vault_and_is_for_that_proxy_only() {
    let mut stage = Stage::open().await;
    let lab = inside().await;
    let proxy = proxy_to(&lab, Some(("ada", PASSWORD))).await;
    stage
        .core
        .network_set_proxy(settings(&proxy, "ada"))
        .await
        .unwrap();
    let trouble = stage.connect(NAME).await.unwrap_err();
    assert_eq!(trouble.code, ErrorCode::ProxyFailed);
    assert_eq!(trouble.params["reason"], "sign_in".into());
    let diagnosis = stage.diagnose_address(NAME).await;
    assert_eq!(bad(&diagnosis), [CheckKind::Proxy]);
    assert_eq!(
        error(&diagnosis, CheckKind::Proxy).params["reason"],
        "sign_in".into()
    );

    let network = stage
        .core
        .network_set_password(password(PASSWORD))
        .await
        .unwrap();
    assert!(matches!(network.password, Some(Storage::Keychain { .. })));
    let refused = stage.connect(NAME).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CertificateUntrusted, "{refused}");

    stage.restart().await;
    let refused = stage.connect(NAME).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CertificateUntrusted, "{refused}");
    assert!(stage.network().await.password.is_some());
    // In no form.
    let forms = [
        PASSWORD,
        &STANDARD.encode(PASSWORD),
        &STANDARD.encode(format!("ada:{PASSWORD}")),
        &PASSWORD.replace(' ', "%20"),
    ];
    nowhere_in(stage.folder.path(), &forms);

    // Another proxy is another matter.
    let other = proxy_to(&lab, Some(("ada", PASSWORD))).await;
    let network = stage
        .core
        .network_set_proxy(settings(&other, "ada"))
        .await
        .unwrap();
    assert_eq!(network.password, None);
    let trouble = stage.connect(NAME).await.unwrap_err();
    assert_eq!(trouble.code, ErrorCode::ProxyFailed);
    assert_eq!(
        other.asked(),
        Vec::<String>::new(),
        "the password was sent to another proxy"
    );

    stage
        .core
        .network_set_proxy(settings(&proxy, "ada"))
        .await
        .unwrap();
    assert!(stage.network().await.password.is_some());
    let network = stage
        .core
        .network_forget_password(Nothing {})
        .await
        .unwrap();
    assert_eq!(network.password, None);
    let trouble = stage.connect(NAME).await.unwrap_err();
    assert_eq!(trouble.code, ErrorCode::ProxyFailed);
    stage.restart().await;
    assert_eq!(stage.network().await.password, None);
}

#[tokio::test]
async fn a_proxy_that_makes_no_sense_is_not_taken() {
    let stage = Stage::open().await;
    let before = stage.network().await.proxy;
    let wrong = ProxySettings {
        mode: ProxyMode::Manual,
        host: "http://proxy".into(),
        port: 80,
        ..ProxySettings::default()
    };
    let error = stage.core.network_set_proxy(wrong).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidAddress);
    assert_eq!(stage.network().await.proxy, before);
}
