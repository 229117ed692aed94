//! Introduces accounts to the library's client: which token goes to which address.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sifter_account::{Account, AccountId, Accounts, Error, Server};
use sifter_library_client::token::BoxFuture;
use sifter_library_client::{Anonymous, Origin, TokenError, TokenSource};
use url::Url;

/// The tokens of one account, for the addresses of its own server only.
pub(crate) struct AccountTokens {
    accounts: Accounts,
    id: AccountId,
    server: Server,
}

impl AccountTokens {
    /// Tokens of `account`, or none for a stranger.
    pub(crate) fn new(
        accounts: &Accounts,
        server: Server,
        account: Option<&Account>,
    ) -> Arc<dyn TokenSource> {
        match account {
            Some(account) => Arc::new(Self {
                accounts: accounts.clone(),
                id: account.id,
                server,
            }),
            None => Arc::new(Anonymous),
        }
    }

    fn owns(&self, origin: &Origin) -> bool {
        Url::parse(&origin.to_string()).is_ok_and(|url| self.server.owns(&url))
    }
}

impl TokenSource for AccountTokens {
    fn bearer<'a>(
        &'a self,
        origin: &'a Origin,
        life: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async move {
            if !self.owns(origin) {
                return Ok(None);
            }
            self.accounts
                .access_token(self.id, life)
                .await
                .map(Some)
                .map_err(no_token)
        })
    }

    fn refresh_after_401<'a>(
        &'a self,
        origin: &'a Origin,
        rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async move {
            if !self.owns(origin) {
                return Ok(None);
            }
            self.accounts
                .token_instead_of(self.id, rejected.clone())
                .await
                .map(Some)
                .map_err(no_token)
        })
    }
}

fn no_token(error: Error) -> TokenError {
    match error {
        Error::NeedsSignIn | Error::UnknownAccount => TokenError::SignInNeeded,
        other => TokenError::Unavailable(Box::new(other)),
    }
}
