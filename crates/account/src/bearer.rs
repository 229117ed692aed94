//! An account as the library client sees it: a source of bearer tokens for its own server's
//! addresses, and of nothing for any other.

use std::time::Duration;

use secrecy::SecretString;
use sifter_library_client::token::BoxFuture;
use sifter_library_client::{Origin, TokenError, TokenSource};

use crate::account::{Account, AccountId, AccountKind};
use crate::accounts::Accounts;
use crate::error::Error;
use crate::vault::VaultError;

/// The tokens of one account.
#[derive(Clone, Debug)]
pub struct AccountTokens {
    accounts: Accounts,
    id: AccountId,
    kind: AccountKind,
    origins: Vec<Origin>,
}

impl AccountTokens {
    /// For the addresses the account's server has now; make it anew when the server has moved.
    #[must_use]
    pub fn new(accounts: Accounts, account: &Account) -> Self {
        let server = &account.server;
        let addresses = server.issuer.iter().chain(&server.origins);
        Self {
            accounts,
            id: account.id,
            kind: account.kind,
            origins: addresses.filter_map(Origin::of).collect(),
        }
    }
}

impl TokenSource for AccountTokens {
    fn bearer<'a>(
        &'a self,
        origin: &'a Origin,
        life: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async move {
            if !self.origins.contains(origin) {
                return Ok(None);
            }
            let token = self.accounts.access_token(self.id, life).await;
            token.map(Some).map_err(sorted)
        })
    }

    fn refresh_after_401<'a>(
        &'a self,
        origin: &'a Origin,
        rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async move {
            // A pasted token has no successor, and one refusal is not proof that it is dead: a
            // server may answer 401 for a right the token never had.
            if !self.origins.contains(origin) || self.kind == AccountKind::Token {
                return Ok(None);
            }
            let token = self
                .accounts
                .token_instead_of(self.id, rejected.clone())
                .await;
            token.map(Some).map_err(sorted)
        })
    }
}

fn sorted(error: Error) -> TokenError {
    match error {
        Error::NeedsSignIn | Error::UnknownAccount | Error::OtherPerson { .. } => {
            TokenError::SignInNeeded
        }
        Error::Keychain(VaultError::Closed) => TokenError::Locked,
        other => TokenError::Unavailable(other.into()),
    }
}
