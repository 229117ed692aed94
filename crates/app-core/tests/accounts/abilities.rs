//! What a server can do, as far as it tells.

use sifter_contract::requests::ServerRef;
use sifter_contract::{Api as _, Capabilities};
use sifter_test_support::front::{self, Request, Upstream};
use sifter_test_support::{Front, spawn_library};

use crate::stage::Stage;

#[tokio::test]
async fn every_ability_is_there_missing_or_not_known() {
    let library = spawn_library().await.unwrap();
    let stage = Stage::open().await;
    let server = stage.connect(&library.base_url()).await;
    let told = server.capabilities;
    let version = told.api_version.clone();
    assert!(version.is_some_and(|version| version.starts_with("2.")));
    let expected = Capabilities {
        api_version: told.api_version.clone(),
        arch_tags: Some(true),
        // A transfer shows these.
        multipart: None,
        ranges: None,
        only_asked_tags: None,
        registry: None,
        // An account does.
        quota: None,
        search: Some(true),
        browser_sign_in: Some(true),
        keys: Some(true),
        builder: Some(false),
        tokens: Some(true),
    };
    assert_eq!(told, expected);

    library
        .token()
        .clone_into(&mut stage.host.clipboard.lock().unwrap());
    let named = ServerRef {
        server_id: server.id,
    };
    let told = stage.core.sign_in_paste_token(named).await.unwrap();
    let quota = Some(true);
    assert_eq!(told.capabilities, Capabilities { quota, ..expected });
    stage.core.shutdown().await;
}

#[tokio::test]
async fn a_server_without_a_list_of_tokens_says_so_and_one_in_trouble_says_nothing() {
    for (status, tokens) in [(404, Some(false)), (501, Some(false)), (500, None)] {
        let library = spawn_library().await.unwrap();
        let front = Front::start(
            library.address(),
            move |request: Request, upstream: Upstream| async move {
                if request.uri().path() == "/v1/tokens" {
                    return front::empty(status);
                }
                upstream.send(request).await
            },
        );
        let front = front.await.unwrap();
        let stage = Stage::open().await;
        let server = stage.connect(&front.base_url()).await;
        assert_eq!(server.capabilities.tokens, tokens, "{status}");
        stage.core.shutdown().await;
    }
}
