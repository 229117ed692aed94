//! Several accounts on one server (A23).

use std::time::Duration;

use sifter_account::AccountState;

use crate::played::{Played, accounts, text};

#[tokio::test]
async fn a23_signing_one_account_out_leaves_the_other_of_the_same_server_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (accounts, keychain) = accounts(folder.path()).await;
    let played = Played::start().await;
    // Every use renews, so that the other account shows whether its refresh token still works.
    played.now().life = 1;
    let ada = played.signed_in(&accounts, "ada").await;
    let bob = played.signed_in(&accounts, "bob").await;
    assert_ne!(ada.id, bob.id);
    let before = keychain.names().len();

    let done = accounts.sign_out(ada.id).await.unwrap();
    assert!(done.revoked && done.forgotten);
    let left = accounts.list().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].id, left[0].state),
        (bob.id, AccountState::SignedIn)
    );
    assert_eq!(keychain.names().len(), before - 1);
    assert!(
        (keychain.names().iter()).all(|name| name.contains(&bob.id.to_string())),
        "{:?}",
        keychain.names()
    );
    let revoked = played.now().revoked.clone();
    assert!(
        revoked.iter().all(|token| token.contains(".ada.")),
        "{revoked:?}"
    );
    let token = accounts.access_token(bob.id, Duration::ZERO).await.unwrap();
    assert!(text(&token).starts_with("at.bob."));
}
