//! What a diagnosis says: of a server that works, and of each thing that can be wrong with one.

use sifter_contract::requests::{ServerRef, TokenRef};
use sifter_contract::{
    Api as _, AppEvent, CheckKind, CheckOutcome, Diagnose, DiagnosisRef, ErrorCode, Seen,
    SkipReason,
};
use sifter_test_support::front::{self, Request, Upstream};
use sifter_test_support::{Front, TlsFront, spawn_library};

use super::stage::{Secured, Stage, bad, error, is_good, outcome, own};

fn skipped(why: SkipReason) -> CheckOutcome {
    CheckOutcome::Skipped { why }
}

#[tokio::test]
async fn every_service_of_a_server_that_works_is_good() {
    let stage = Stage::open().await;
    let lab = Secured::start(own()).await;
    let server_id = stage.connect_trusting(&lab).await;
    let view = stage.diagnose_server(&server_id).await;
    assert_eq!(bad(&view), []);
    assert_eq!(
        outcome(&view, CheckKind::Proxy),
        &skipped(SkipReason::NoProxy)
    );
    assert_eq!(
        outcome(&view, CheckKind::Account),
        &skipped(SkipReason::SignedOut)
    );
    let CheckOutcome::Good { seen } = outcome(&view, CheckKind::Encryption) else {
        panic!("{view:?}");
    };
    assert!(matches!(seen, Seen::Secured { pinned: true, issuer, .. } if issuer == "lab server"));
    for kind in [
        CheckKind::Name,
        CheckKind::Connection,
        CheckKind::Discovery,
        CheckKind::Library,
        CheckKind::Keys,
        CheckKind::SignIn,
    ] {
        assert!(is_good(&view, kind), "{kind:?}: {view:?}");
    }

    stage.sign_in(&server_id, &lab.library).await;
    let view = stage.diagnose_server(&server_id).await;
    let seen = Seen::SignedIn {
        login: lab.library.entity().to_owned(),
    };
    assert_eq!(
        outcome(&view, CheckKind::Account),
        &CheckOutcome::Good { seen }
    );
    let diagnosis_id = view.id;
    stage
        .core
        .diagnosis_copy_report(DiagnosisRef { diagnosis_id })
        .await
        .unwrap();
    let report = stage.host.clipboard.lock().unwrap().clone();
    assert!(
        report.contains("Account: good, signed in as tester"),
        "{report}"
    );
    assert!(!report.contains(lab.library.token()));
}

#[tokio::test]
async fn a_token_that_was_revoked_is_told_from_everything_else() {
    let stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let server_id = stage.connect(&library.base_url()).await.unwrap().id;
    stage.sign_in(&server_id, &library).await;
    let named = ServerRef {
        server_id: server_id.clone(),
    };
    let tokens = stage.core.token_list(named).await.unwrap();
    let token_id = tokens.tokens[0].id.clone();
    let ended = TokenRef {
        server_id: server_id.clone(),
        token_id,
    };
    stage.core.token_revoke(ended).await.unwrap();
    let view = stage.diagnose_server(&server_id).await;
    assert_eq!(bad(&view), [CheckKind::Account]);
    let code = error(&view, CheckKind::Account).code;
    assert!(
        matches!(code, ErrorCode::TokenRefused | ErrorCode::SignInExpired),
        "{code:?}"
    );
}

#[tokio::test]
async fn an_address_of_something_else_is_told_from_a_server_that_is_away() {
    let stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let bakery = Front::start(library.address(), |_: Request, _: Upstream| async {
        front::empty(404)
    });
    let bakery = bakery.await.unwrap();
    let view = stage.diagnose_address(&bakery.base_url()).await;
    assert_eq!(bad(&view), [CheckKind::Discovery]);
    assert_eq!(
        error(&view, CheckKind::Discovery).code,
        ErrorCode::NotALibrary
    );
    assert!(is_good(&view, CheckKind::Connection));

    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap().to_string();
    drop(gone);
    let view = stage.diagnose_address(&address).await;
    assert_eq!(bad(&view), [CheckKind::Connection]);
    let refused = error(&view, CheckKind::Connection);
    assert_eq!(refused.code, ErrorCode::Unreachable);
    assert_eq!(refused.params["how"], "refused".into());
    assert_eq!(
        outcome(&view, CheckKind::Discovery),
        &skipped(SkipReason::Earlier)
    );
    assert_eq!(
        outcome(&view, CheckKind::Name),
        &skipped(SkipReason::Number)
    );

    let view = stage.diagnose_address("library.invalid").await;
    assert_eq!(bad(&view), [CheckKind::Name]);
    assert_eq!(error(&view, CheckKind::Name).code, ErrorCode::HostUnknown);
    assert_eq!(
        outcome(&view, CheckKind::Encryption),
        &skipped(SkipReason::Earlier)
    );
}

#[tokio::test]
async fn a_certificate_is_told_from_a_port_without_encryption() {
    let stage = Stage::open().await;
    let lab = Secured::start(own()).await;
    let view = stage.diagnose_address(&lab.url()).await;
    assert_eq!(bad(&view), [CheckKind::Encryption]);
    let untrusted = error(&view, CheckKind::Encryption);
    assert_eq!(untrusted.code, ErrorCode::CertificateUntrusted);
    stage.trust(untrusted).await.unwrap();
    let view = stage.diagnose_address(&lab.url()).await;
    assert_eq!(bad(&view), []);

    let plain = spawn_library().await.unwrap();
    let address = format!("https://localhost:{}", plain.address().port());
    let view = stage.diagnose_address(&address).await;
    assert_eq!(bad(&view), [CheckKind::Encryption]);
    assert_eq!(
        error(&view, CheckKind::Encryption).code,
        ErrorCode::NotSecured
    );
}

#[tokio::test]
async fn services_elsewhere_are_looked_at_where_they_are() {
    let stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = gone.local_addr().unwrap();
    drop(gone);
    let strict = TlsFront::start(own()).await.unwrap();
    let (keys, builder) = (format!("http://{away}"), strict.url());
    let lab = Front::start(
        library.address(),
        move |request: Request, upstream: Upstream| {
            let (keys, builder) = (keys.clone(), builder.clone());
            async move {
                let describes = request.uri().path().ends_with("config.prod.json");
                let answer = upstream.send(request).await;
                if !describes {
                    return answer;
                }
                front::edit_json(answer, |json| {
                    json["keystoreAPI"]["uri"] = keys.into();
                    json["builderAPI"] = serde_json::json!({ "uri": builder });
                    let here = json["libraryAPI"]["uri"].clone();
                    json["libraryAPI"]["registryUri"] = here;
                })
                .await
            }
        },
    );
    let lab = lab.await.unwrap();
    let view = stage.diagnose_address(&lab.base_url()).await;
    assert_eq!(view.hosts.len(), 3, "{view:?}");
    assert!(is_good(&view, CheckKind::Library) && is_good(&view, CheckKind::SignIn));
    // A library that names a registry where there is none.
    assert_eq!(
        error(&view, CheckKind::Registry).code,
        ErrorCode::InvalidAnswer
    );
    let by_host = |name: &str, kind| {
        let host = view.hosts.iter().find(|host| host.host == name).unwrap();
        let check = host.checks.iter().find(|check| check.kind == kind);
        check.unwrap().outcome.clone()
    };
    let name = away.to_string();
    assert!(matches!(
        by_host(&name, CheckKind::Connection),
        CheckOutcome::Bad { .. }
    ));
    assert_eq!(
        by_host(&name, CheckKind::Keys),
        skipped(SkipReason::Earlier)
    );
    let name = format!("localhost:{}", strict.address().port());
    assert!(matches!(
        by_host(&name, CheckKind::Encryption),
        CheckOutcome::Bad { .. }
    ));
    assert_eq!(
        by_host(&name, CheckKind::Builder),
        skipped(SkipReason::Earlier)
    );
}

#[tokio::test]
async fn a_diagnosis_that_is_stopped_says_so_and_another_takes_its_place() {
    let stage = Stage::open().await;
    // It takes connections and says nothing, ever.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let request = Diagnose {
        server_id: None,
        address: Some(silent.local_addr().unwrap().to_string()),
        allow_http: false,
    };
    let mut events = stage.core.watch();
    let begun = stage.core.diagnosis_start(request.clone()).await.unwrap();
    assert!(!begun.done);
    let again = stage.core.diagnosis_start(request).await.unwrap();
    let diagnosis_id = again.id.clone();
    stage
        .core
        .diagnosis_stop(DiagnosisRef { diagnosis_id })
        .await
        .unwrap();
    let mut open = vec![begun.id.clone(), again.id];
    while !open.is_empty() {
        let Some(AppEvent::Diagnosis { diagnosis }) = events.next().await else {
            continue;
        };
        if diagnosis.done {
            let discovery = outcome(&diagnosis, CheckKind::Discovery);
            assert_eq!(discovery, &skipped(SkipReason::Stopped));
            open.retain(|id| *id != diagnosis.id);
        }
    }
    let diagnosis_id = begun.id;
    let old = stage
        .core
        .diagnosis_copy_report(DiagnosisRef { diagnosis_id })
        .await;
    assert_eq!(old.unwrap_err().code, ErrorCode::InvalidRequest);
}
