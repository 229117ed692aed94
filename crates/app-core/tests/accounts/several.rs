//! Several accounts on one server: who is in use, and switching.

use secrecy::ExposeSecret as _;
use sifter_contract::requests::{AccountRef, ServerConnect};
use sifter_contract::{Api as _, ServerView};
use sifter_library_server::{Owner, create_access_token};
use sifter_test_support::spawn_library;

use crate::stage::Stage;

fn names(server: &ServerView) -> (Option<&str>, Vec<&str>) {
    let in_use = server
        .account
        .as_ref()
        .map(|account| account.login.as_str());
    let all = server.accounts.iter().map(|account| account.login.as_str());
    (in_use, all.collect())
}

#[tokio::test]
async fn the_last_to_sign_in_is_in_use_until_another_is_chosen() {
    let library = spawn_library().await.unwrap();
    let bob = Owner {
        login: "bob".into(),
        display_name: "Bob".into(),
    };
    let bobs = create_access_token(library.folder(), &bob, "bob's").unwrap();
    let stage = Stage::open().await;
    let id = stage.connect(&library.base_url()).await.id;
    stage
        .core
        .accept_token(&id, library.token().into())
        .await
        .unwrap();
    let bobs = bobs.secret().expose_secret();
    stage.core.accept_token(&id, bobs.into()).await.unwrap();
    let server = stage.server(&id).await;
    assert_eq!(names(&server), (Some("bob"), vec!["tester", "bob"]));

    let account_id = server.accounts[0].id.clone();
    stage
        .core
        .account_use(AccountRef { account_id })
        .await
        .unwrap();
    assert_eq!(
        names(&stage.server(&id).await),
        (Some("tester"), vec!["tester", "bob"])
    );
    // Connecting the server again forgets nothing.
    let address = library.base_url();
    let request = ServerConnect {
        address,
        allow_http: false,
    };
    stage.core.server_connect(request).await.unwrap();
    assert_eq!(names(&stage.server(&id).await).0, Some("tester"));

    // When the one in use goes, the other is.
    let account_id = server.accounts[0].id.clone();
    stage
        .core
        .account_sign_out(AccountRef { account_id })
        .await
        .unwrap();
    assert_eq!(names(&stage.server(&id).await), (Some("bob"), vec!["bob"]));
    stage.core.shutdown().await;
}
