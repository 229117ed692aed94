//! Tokens that people make: listed, made, copied without the window seeing them, revoked.

use sifter_contract::requests::{ServerRef, TokenMake, TokenRef};
use sifter_contract::{Api as _, ErrorCode, TokenRow};
use sifter_test_support::spawn_library;

use crate::stage::{Stage, browser};

impl Stage {
    pub(crate) async fn make(&self, server_id: &str, name: &str) -> TokenRow {
        let request = TokenMake {
            server_id: server_id.to_owned(),
            name: name.to_owned(),
            days: Some(30),
            read_only: false,
        };
        self.core.token_make(request).await.unwrap()
    }

    pub(crate) async fn listed(&self, server_id: &str) -> Vec<TokenRow> {
        let server_id = server_id.to_owned();
        let list = self.core.token_list(ServerRef { server_id }).await.unwrap();
        assert!(list.can_make);
        list.tokens
    }

    /// What is on the clipboard once a token was copied.
    async fn copied(&self, server_id: &str, token: &TokenRow) -> String {
        let copied = self.core.token_copy(token_ref(server_id, token)).await;
        copied.unwrap();
        self.clipboard()
    }
}

fn token_ref(server_id: &str, token: &TokenRow) -> TokenRef {
    TokenRef {
        server_id: server_id.to_owned(),
        token_id: token.id.clone(),
    }
}

/// Whether a library knows a token.
pub(crate) async fn works(library: &str, token: &str) -> bool {
    let url = format!("{library}/v1/token-status");
    let answer = browser().get(url).bearer_auth(token).send().await.unwrap();
    answer.status().is_success()
}

#[tokio::test]
async fn invariant_1_a_new_token_goes_to_the_clipboard_and_never_to_the_window() {
    let stage = Stage::open().await;
    let server = stage.signed_in_here().await;
    let made = stage.make(&server.id, "cluster").await;
    assert_eq!(
        (made.name.as_str(), made.here, made.read_only),
        ("cluster", false, false)
    );
    assert!(made.expires.is_some() && made.ending.is_none());

    let text = stage.copied(&server.id, &made).await;
    assert!(works(&server.library_url, &text).await);
    assert!(
        (200..=4096).contains(&text.len()),
        "as the command lines demand"
    );
    let rows = stage.listed(&server.id).await;
    let told = serde_json::to_string(&(&made, &rows)).unwrap();
    assert!(
        !told.contains(&text) && text.starts_with(&rows[0].prefix),
        "{told}"
    );

    // Once it was seen to, its text is gone, and with the end of Sifter it leaves the clipboard.
    stage
        .core
        .token_seen(token_ref(&server.id, &made))
        .await
        .unwrap();
    let again = stage.core.token_copy(token_ref(&server.id, &made)).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::InvalidRequest);
    stage.core.shutdown().await;
    assert_eq!(stage.clipboard(), "");
}

#[tokio::test]
async fn a_revoked_token_works_no_more() {
    let stage = Stage::open().await;
    let server = stage.signed_in_here().await;
    let made = stage.make(&server.id, "cluster").await;
    let text = stage.copied(&server.id, &made).await;
    stage
        .core
        .token_revoke(token_ref(&server.id, &made))
        .await
        .unwrap();
    assert!(!works(&server.library_url, &text).await);
    assert!(stage.listed(&server.id).await.is_empty());
    // Another window may have done it already.
    stage
        .core
        .token_revoke(token_ref(&server.id, &made))
        .await
        .unwrap();
    // Something else was copied meanwhile: it is not Sifter's to clear.
    stage
        .host
        .clipboard
        .lock()
        .unwrap()
        .replace_range(.., "a poem");
    stage.core.shutdown().await;
    assert_eq!(stage.clipboard(), "a poem");
}

#[tokio::test]
async fn a_pasted_token_knows_its_end_and_itself_and_makes_no_others() {
    let stage = Stage::open().await;
    let here = stage.signed_in_here().await;
    let made = stage.make(&here.id, "laptop").await;
    let text = stage.copied(&here.id, &made).await;
    let library = spawn_library().await.unwrap();
    let server = stage.connect(&library.base_url()).await;
    // A token of another library is refused, and leaves nothing behind.
    let refused = stage.core.accept_token(&server.id, text.into()).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::TokenRefused);
    assert_eq!(stage.server(&server.id).await.account, None);

    let request = ServerRef {
        server_id: server.id.clone(),
    };
    let stranger = stage.core.token_list(request.clone()).await.unwrap_err();
    assert_eq!(stranger.code, ErrorCode::SignInNeeded);
    stage
        .core
        .accept_token(&server.id, library.token().into())
        .await
        .unwrap();
    let list = stage.core.token_list(request).await.unwrap();
    assert!(!list.can_make);
    let own: Vec<bool> = list.tokens.iter().map(|token| token.here).collect();
    assert_eq!(own, [true], "{list:?}");
    stage.core.shutdown().await;
}
