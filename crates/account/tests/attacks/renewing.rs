//! Renewals: once for all who ask, and never into the account of somebody else (A17, A20, A21).

use std::sync::Arc;
use std::time::Duration;

use sifter_account::vault::MemoryKeychain;
use sifter_account::{Account, AccountState, Accounts, Error};
use tokio::sync::Barrier;

use crate::played::{Played, REVOKE, TOKEN, accounts, text};

struct Stage {
    _folder: tempfile::TempDir,
    keychain: MemoryKeychain,
    accounts: Accounts,
    played: Played,
    account: Account,
}

impl Stage {
    /// Signed in as ada, with an access token that is as good as over.
    async fn open(id_token_of: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (accounts, keychain) = accounts(folder.path()).await;
        let played = Played::start().await;
        played.now().life = 1;
        played.now().id_token_of = id_token_of.map(str::to_owned);
        let account = played.signed_in(&accounts, "ada").await;
        played.now().life = 900;
        Self {
            _folder: folder,
            keychain,
            accounts,
            played,
            account,
        }
    }

    async fn token(&self) -> Result<String, Error> {
        let token = self.accounts.access_token(self.account.id, Duration::ZERO);
        token.await.map(|token| text(&token).to_owned())
    }

    async fn state(&self) -> AccountState {
        self.accounts.get(self.account.id).await.unwrap().state
    }

    /// How often tokens were asked for, the sign-in left out.
    fn renewals(&self) -> usize {
        self.played.asked(TOKEN) - 1
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a17_fifty_callers_at_once_make_one_renewal() {
    let stage = Arc::new(Stage::open(None).await);
    stage.played.hold(TOKEN);
    let start = Arc::new(Barrier::new(51));
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let (stage, start) = (Arc::clone(&stage), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                stage.token().await.unwrap()
            })
        })
        .collect();
    start.wait().await;
    stage.played.is_asked(TOKEN, 2).await;
    stage.played.release();
    let mut tokens = Vec::new();
    for caller in callers {
        tokens.push(caller.await.unwrap());
    }
    assert_eq!(stage.renewals(), 1);
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "all have the same token: {tokens:?}");
}

#[tokio::test]
async fn a17_a_caller_that_leaves_does_not_end_the_renewal_it_began() {
    let stage = Arc::new(Stage::open(None).await);
    stage.played.hold(TOKEN);
    let caller = tokio::spawn({
        let stage = Arc::clone(&stage);
        async move { stage.token().await }
    });
    stage.played.is_asked(TOKEN, 2).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    stage.played.release();
    // The server has rotated. Who asks next finds the new token stored and asks for none.
    stage.token().await.unwrap();
    assert_eq!(stage.renewals(), 1);
    assert_eq!(stage.state().await, AccountState::SignedIn);
}

#[tokio::test]
async fn a20_a_family_that_was_ended_for_a_stolen_token_is_shown_as_signed_out() {
    let stage = Stage::open(None).await;
    stage.played.now().end("ada");
    assert!(matches!(stage.token().await, Err(Error::NeedsSignIn)));
    assert_eq!(stage.state().await, AccountState::NeedsSignIn);
    assert!(
        stage.keychain.names().is_empty(),
        "the dead secret is gone: {:?}",
        stage.keychain.names()
    );
    // The server is not asked again and again for what it has refused.
    assert!(matches!(stage.token().await, Err(Error::NeedsSignIn)));
    assert_eq!(stage.renewals(), 1);
    // Signing in again gives the same account its life back.
    let again = stage.played.signed_in(&stage.accounts, "ada").await;
    assert_eq!(again.id, stage.account.id);
    assert_eq!(stage.state().await, AccountState::SignedIn);
    stage.token().await.unwrap();
}

#[tokio::test]
async fn a21_a_renewal_for_another_person_locks_the_account() {
    let stage = Stage::open(Some("1")).await;
    stage.played.now().id_token_of = Some("2".into());
    let error = stage.token().await.unwrap_err();
    assert!(matches!(error, Error::OtherPerson { .. }), "{error:?}");
    assert_eq!(stage.state().await, AccountState::NeedsSignIn);
    assert!(stage.keychain.names().is_empty());
    // The tokens of the other person are of no use to anybody.
    stage.played.is_asked(REVOKE, 1).await;
    assert!(matches!(stage.token().await, Err(Error::NeedsSignIn)));
    assert_eq!(stage.renewals(), 1);
}

#[tokio::test]
async fn a21_a_renewal_for_the_same_person_or_without_a_name_goes_on() {
    let stage = Stage::open(Some("1")).await;
    stage.token().await.unwrap();
    // A second renewal, and the server says no more who it is for.
    stage.played.now().id_token_of = None;
    let token = stage.token().await.unwrap();
    let next = (stage.accounts)
        .token_instead_of(stage.account.id, token.clone().into())
        .await
        .unwrap();
    assert_ne!(text(&next), token);
    // What was known stays known.
    stage.played.now().id_token_of = Some("2".into());
    let refused = (stage.accounts)
        .token_instead_of(stage.account.id, next)
        .await;
    assert!(matches!(refused, Err(Error::OtherPerson { .. })));
}
