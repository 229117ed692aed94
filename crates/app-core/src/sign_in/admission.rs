//! The local library opens its sign-in page to this app only.

use std::sync::Arc;

use secrecy::SecretString;
use sifter_account::{Admission, BoxFuture, Cause};

use crate::servers::Servers;

/// Gets the local library's one-time ticket for one sign-in.
pub(super) struct LocalDoor(pub(super) Arc<Servers>);

impl Admission for LocalDoor {
    fn ticket<'a>(&'a self, code_challenge: &'a str) -> BoxFuture<'a, Result<SecretString, Cause>> {
        Box::pin(async move { Ok(self.0.local_ticket(code_challenge).await?) })
    }

    fn withdraw<'a>(&'a self, code_challenge: &'a str) -> BoxFuture<'a, Result<(), Cause>> {
        Box::pin(async move { Ok(self.0.withdraw_local_ticket(code_challenge).await?) })
    }
}
