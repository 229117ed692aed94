//! Certificates: refused, accepted for one host, changed; and authorities that are added.

use sifter_contract::requests::{AccountRef, ServerRef};
use sifter_contract::{
    Api as _, AuthorityRef, ErrorCode, Nothing, ServerState, ShownCertificate, TrustedHostRef,
};
use sifter_test_support::{TlsAuthority, TlsIdentity};

use super::stage::{Secured, Stage, own, shown};

#[tokio::test]
async fn a_certificate_is_accepted_by_a_person_and_then_everything_works_there() {
    let stage = Stage::open().await;
    let identity = own();
    let lab = Secured::start(identity.clone()).await;
    let refused = stage.connect(&lab.url()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CertificateUntrusted);
    let question = stage.core.certificate_show(shown(&refused)).await.unwrap();
    assert!(question.acceptable && question.accepted.is_none());
    assert_eq!(question.shown.subject, "lab server");
    assert_eq!(question.shown.names, ["localhost"]);
    assert_eq!(
        lab.front.secured(),
        0,
        "something was sent before a person has said yes"
    );

    let network = stage.trust(&refused).await.unwrap();
    assert_eq!(network.trusted[0].host, "localhost");
    assert_eq!(network.trusted[0].certificate, question.shown);
    let server = stage.connect(&lab.url()).await.unwrap();
    // The sign-in has a client of its own.
    let signed_in = stage.sign_in(&server.id, &lab.library).await;
    let account = signed_in.account.unwrap();
    assert_eq!(account.login, lab.library.entity());

    // Taken back, it is refused at once, by the library's client and by the one of sign-ins.
    let host = "localhost".to_owned();
    let network = stage
        .core
        .network_forget_host(TrustedHostRef { host })
        .await;
    assert!(network.unwrap().trusted.is_empty());
    let view = stage.refresh(&server.id).await;
    assert_eq!(view.state, ServerState::Down);
    assert_eq!(view.problem.unwrap().code, ErrorCode::CertificateUntrusted);
    let secured = lab.front.secured();
    let account_id = account.id;
    stage
        .core
        .account_sign_out(AccountRef { account_id })
        .await
        .unwrap();
    assert_eq!(
        lab.front.secured(),
        secured,
        "the token was sent to revoke it"
    );
}

#[tokio::test]
async fn transfers_go_by_what_is_trusted() {
    use sifter_contract::requests::Upload;
    use sifter_contract::{LibraryPath, Phase, UploadItem};

    let stage = Stage::open().await;
    let lab = Secured::start(own()).await;
    let server_id = stage.connect_trusting(&lab).await;
    stage.sign_in(&server_id, &lab.library).await;
    let path = stage.folder.path().join("hello.sif");
    sifter_test_support::hello_world(&path).unwrap();
    *stage.host.chosen.lock().unwrap() = Some(path);
    let sheet = stage.core.upload_choose(Nothing {}).await.unwrap();
    let item = UploadItem {
        file_id: sheet.files[0].id.clone(),
        path: LibraryPath {
            entity: lab.library.entity().to_owned(),
            collection: "default".into(),
            container: "hello".into(),
        },
        tags: vec!["latest".into()],
        description: String::new(),
        private: false,
    };
    let mut events = stage.core.watch();
    let request = Upload {
        sheet_id: sheet.id,
        server_id,
        items: vec![item],
        sign: None,
    };
    stage.core.upload_start(request).await.unwrap();
    loop {
        let event = events.next().await.unwrap();
        let sifter_contract::AppEvent::Transfers { list } = event else {
            continue;
        };
        assert!(list.attention.is_empty(), "{:?}", list.attention);
        if list
            .history
            .iter()
            .any(|row| matches!(row.phase, Phase::Done { .. }))
        {
            break;
        }
    }
}

#[tokio::test]
async fn a_changed_certificate_has_a_sentence_of_its_own_and_is_another_question() {
    let stage = Stage::open().await;
    let lab = Secured::start(own()).await;
    let refused = stage.connect(&lab.url()).await.unwrap_err();
    stage.trust(&refused).await.unwrap();
    let id = stage.connect(&lab.url()).await.unwrap().id;
    lab.front.show(own());
    let problem = loop {
        // A connection that is still open goes on until it is given up.
        let view = stage.refresh(&id).await;
        if let Some(problem) = view.problem {
            break problem;
        }
        stage
            .core
            .network_set_proxy(stage.network().await.proxy)
            .await
            .unwrap();
    };
    assert_eq!(problem.code, ErrorCode::CertificateChanged);
    let question = stage.core.certificate_show(shown(&problem)).await.unwrap();
    let before = question.accepted.unwrap().fingerprint;
    assert_eq!(before, shown(&refused).fingerprint);
    assert_ne!(before, question.shown.fingerprint);
    stage.trust(&problem).await.unwrap();
    assert_eq!(stage.refresh(&id).await.state, ServerState::Online);
}

#[tokio::test]
async fn only_what_was_refused_and_may_be_overlooked_can_be_accepted() {
    let stage = Stage::open().await;
    let ended = TlsIdentity::self_signed(&["localhost"], |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let lab = Secured::start(ended.unwrap()).await;
    let refused = stage.connect(&lab.url()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CertificateInvalid);
    assert_eq!(refused.params["reason"], "expired".into());
    let question = stage.core.certificate_show(shown(&refused)).await.unwrap();
    assert!(!question.acceptable && question.shown.ended);
    let error = stage.trust(&refused).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest);

    lab.front.show(own());
    let refused = shown(&stage.connect(&lab.url()).await.unwrap_err());
    for wrong in [
        ShownCertificate {
            host: "library.example".into(),
            ..refused.clone()
        },
        ShownCertificate {
            fingerprint: "AB".into(),
            ..refused
        },
    ] {
        let error = stage.core.certificate_trust(wrong).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequest);
    }
    assert!(stage.network().await.trusted.is_empty());
}

#[tokio::test]
async fn what_was_accepted_for_a_server_goes_with_it_and_is_there_after_a_restart() {
    let mut stage = Stage::open().await;
    let lab = Secured::start(own()).await;
    let server_id = stage.connect_trusting(&lab).await;
    stage.restart().await;
    assert_eq!(stage.network().await.trusted.len(), 1);
    assert_eq!(stage.refresh(&server_id).await.state, ServerState::Online);
    stage
        .core
        .server_remove(ServerRef { server_id })
        .await
        .unwrap();
    assert!(stage.network().await.trusted.is_empty());
}

#[tokio::test]
async fn an_authority_is_added_from_a_file_and_removed() {
    let mut stage = Stage::open().await;
    let authority = TlsAuthority::new("Lab CA").unwrap();
    let lab = Secured::start(authority.issue(&["localhost"], |_| {}).unwrap()).await;
    let refused = stage.connect(&lab.url()).await.unwrap_err();
    assert_eq!(refused.params["issuer"], "Lab CA".into());

    // Nothing changes when the person changes their mind, or chooses something else.
    let network = stage.core.network_add_authority(Nothing {}).await.unwrap();
    assert!(network.authorities.is_empty());
    stage.will_choose("leaf.pem", &own().pem());
    let error = stage
        .core
        .network_add_authority(Nothing {})
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::AuthorityUnusable);
    assert_eq!(error.params["reason"], "not_authority".into());
    stage.will_choose("notes.txt", "hello");
    let error = stage
        .core
        .network_add_authority(Nothing {})
        .await
        .unwrap_err();
    assert_eq!(error.params["reason"], "unreadable".into());

    stage.will_choose("lab.pem", authority.pem());
    let network = stage.core.network_add_authority(Nothing {}).await.unwrap();
    assert_eq!(network.authorities[0].subject, "Lab CA");
    let id = stage.connect(&lab.url()).await.unwrap().id;
    stage.restart().await;
    assert_eq!(stage.refresh(&id).await.state, ServerState::Online);
    let fingerprint = network.authorities[0].fingerprint.clone();
    let network = stage
        .core
        .network_remove_authority(AuthorityRef { fingerprint });
    assert!(network.await.unwrap().authorities.is_empty());
    assert_eq!(stage.refresh(&id).await.state, ServerState::Down);
}
