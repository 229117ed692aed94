//! Addresses of services that a person enters, and puts back.

use std::sync::Arc;

use sifter_contract::requests::ServerRef;
use sifter_contract::{
    Api as _, ErrorCode, Nothing, ServerAddresses, ServerAddressesSet, ServerState, ServiceKind,
};
use sifter_test_support::front::{Request, Upstream};
use sifter_test_support::{Front, spawn_library};

use super::stage::{Stage, bad};

fn nothing_entered(server_id: &str) -> ServerAddressesSet {
    ServerAddressesSet {
        server_id: server_id.to_owned(),
        library: None,
        keys: None,
        builder: None,
        registry: None,
    }
}

fn entered(addresses: &ServerAddresses, service: ServiceKind) -> Option<String> {
    let found = addresses.services.iter().find(|row| row.service == service);
    found.unwrap().entered.clone()
}

#[tokio::test]
async fn an_address_that_is_entered_counts_until_it_is_put_back() {
    let mut stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let server = stage.connect(&library.base_url()).await.unwrap();
    let front = Front::start(
        library.address(),
        |request: Request, upstream: Upstream| async move { upstream.send(request).await },
    );
    let front = front.await.unwrap();
    let named = ServerRef {
        server_id: server.id.clone(),
    };
    let before = stage.core.server_addresses(named.clone()).await.unwrap();
    assert_eq!(before.services[0].discovered, Some(library.base_url()));
    assert!(before.services.iter().all(|row| row.entered.is_none()));

    let request = ServerAddressesSet {
        library: Some(format!(
            " {} ",
            front.base_url().trim_start_matches("http://")
        )),
        keys: Some(front.base_url()),
        ..nothing_entered(&server.id)
    };
    let after = stage.core.server_set_addresses(request).await.unwrap();
    assert_eq!(
        entered(&after, ServiceKind::Library),
        Some(front.base_url())
    );
    assert_eq!(after.services[0].discovered, Some(library.base_url()));
    let asked = front.seen().len();
    let view = stage.refresh(&server.id).await;
    assert_eq!(view.library_url, front.base_url());
    assert_eq!(view.state, ServerState::Online);
    assert!(
        front.seen().len() > asked,
        "the entered address was not asked"
    );
    assert_eq!(bad(&stage.diagnose_server(&server.id).await), []);

    stage.restart().await;
    assert_eq!(
        stage.refresh(&server.id).await.library_url,
        front.base_url()
    );
    // Connecting it once more changes nothing about what was entered.
    assert_eq!(
        stage.connect(&library.base_url()).await.unwrap().id,
        server.id
    );
    assert_eq!(
        stage.refresh(&server.id).await.library_url,
        front.base_url()
    );

    let back = stage
        .core
        .server_set_addresses(nothing_entered(&server.id))
        .await;
    assert_eq!(back.unwrap(), before);
    assert_eq!(
        stage.refresh(&server.id).await.library_url,
        library.base_url()
    );
}

#[tokio::test]
async fn an_address_where_no_such_service_answers_is_refused_and_changes_nothing() {
    let stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let server = stage.connect(&library.base_url()).await.unwrap();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = gone.local_addr().unwrap().to_string();
    drop(gone);
    let elsewhere = format!("{}/nowhere", library.base_url());
    let base = || nothing_entered(&server.id);
    let text = |text: &str| Some(text.to_owned());
    for (request, code) in [
        (
            ServerAddressesSet {
                library: text(&away),
                ..base()
            },
            ErrorCode::Unreachable,
        ),
        (
            ServerAddressesSet {
                library: text(&elsewhere),
                ..base()
            },
            ErrorCode::NotALibrary,
        ),
        (
            ServerAddressesSet {
                keys: text(&away),
                ..base()
            },
            ErrorCode::Unreachable,
        ),
        (
            ServerAddressesSet {
                builder: text(&elsewhere),
                ..base()
            },
            ErrorCode::InvalidAnswer,
        ),
        (
            ServerAddressesSet {
                registry: text(&library.base_url()),
                ..base()
            },
            ErrorCode::InvalidAnswer,
        ),
        (
            ServerAddressesSet {
                keys: text("http://keys.example"),
                ..base()
            },
            ErrorCode::NotEncrypted,
        ),
        (
            ServerAddressesSet {
                keys: text("https://ada:pw@keys.example"),
                ..base()
            },
            ErrorCode::InvalidAddress,
        ),
        (
            ServerAddressesSet {
                library: text("two words"),
                ..base()
            },
            ErrorCode::InvalidAddress,
        ),
        (
            ServerAddressesSet {
                library: text("ftp://x.example"),
                ..base()
            },
            ErrorCode::InvalidAddress,
        ),
    ] {
        let named = format!("{request:?}");
        let refused = stage.core.server_set_addresses(request).await.unwrap_err();
        assert_eq!(refused.code, code, "{named}: {refused}");
        assert!(!refused.details.contains("pw"), "{refused}");
    }
    let named = ServerRef {
        server_id: server.id.clone(),
    };
    let after = stage.core.server_addresses(named).await.unwrap();
    assert!(after.services.iter().all(|row| row.entered.is_none()));
}

#[tokio::test]
async fn a_token_does_not_follow_to_an_address_that_was_entered() {
    let stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let server = stage.connect(&library.base_url()).await.unwrap();
    library
        .token()
        .clone_into(&mut stage.host.clipboard.lock().unwrap());
    let named = ServerRef {
        server_id: server.id.clone(),
    };
    stage.core.sign_in_paste_token(named).await.unwrap();
    let front = Front::start(
        library.address(),
        |request: Request, upstream: Upstream| async move { upstream.send(request).await },
    );
    let front = front.await.unwrap();
    let request = ServerAddressesSet {
        library: Some(front.base_url()),
        ..nothing_entered(&server.id)
    };
    stage.core.server_set_addresses(request).await.unwrap();
    stage.refresh(&server.id).await;
    assert!(!front.seen().is_empty());
    assert!(front.seen().iter().all(|seen| !seen.authorized));
}

#[tokio::test]
async fn a_server_that_is_removed_meanwhile_does_not_come_back() {
    let stage = Stage::open().await;
    let library = spawn_library().await.unwrap();
    let server = stage.connect(&library.base_url()).await.unwrap();
    let named = ServerRef {
        server_id: server.id.clone(),
    };
    let core = Arc::clone(&stage.core);
    let front = Front::start(
        library.address(),
        move |request: Request, upstream: Upstream| {
            let (core, named) = (Arc::clone(&core), named.clone());
            async move {
                // The second time it is gone already.
                let _ = core.server_remove(named).await;
                upstream.send(request).await
            }
        },
    );
    let front = front.await.unwrap();
    let request = ServerAddressesSet {
        keys: Some(front.base_url()),
        ..nothing_entered(&server.id)
    };
    let refused = stage.core.server_set_addresses(request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidRequest);
    let servers = stage.core.server_list(Nothing {}).await.unwrap();
    assert!(servers.iter().all(|one| one.id != server.id));
}
