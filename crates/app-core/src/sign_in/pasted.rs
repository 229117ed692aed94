//! A token on the clipboard: read when the person says so, shown by its owner's name, and kept after a yes.

use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use sifter_contract::{ServerView, TokenOwner, UiError};

use super::AskLibrary;
use crate::app::AppCore;
use crate::clipboard::clear_of;
use crate::clock::rfc3339;
use crate::errors::{self, Place};

/// The token that the person has shown and not yet said yes to. It is here and nowhere else.
#[derive(Debug, Default)]
pub(crate) struct PastedToken(Mutex<Option<Shown>>);

#[derive(Debug)]
struct Shown {
    server_id: String,
    token: SecretString,
}

impl PastedToken {
    fn remember(&self, server_id: &str, token: SecretString) {
        let server_id = server_id.to_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shown { server_id, token });
    }

    /// The one for this server. It is given out once.
    fn take(&self, server_id: &str) -> Option<SecretString> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        shown
            .filter(|shown| shown.server_id == server_id)
            .map(|shown| shown.token)
    }

    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl AppCore {
    /// Reads the token that lies on the clipboard and asks the server whose it is.
    pub(crate) async fn check_token(&self, server_id: &str) -> Result<TokenOwner, UiError> {
        self.pasted.forget();
        let pasted = self.token_on_clipboard(server_id)?;
        let server = self.servers.reach(server_id).await?;
        let place = Place::of(&server.name, false);
        let identify = AskLibrary::new(self.servers.http_for(&server), &server.endpoints).dated();
        let owner = self.accounts.owner_of_token(&pasted, &identify).await;
        let owner = owner.map_err(|error| errors::account(&error, &place))?;
        self.pasted.remember(server_id, pasted);
        Ok(TokenOwner {
            login: owner.login,
            expires: owner.expires.and_then(rfc3339),
        })
    }

    /// Signs in with the token that was checked, else with the one that lies on the clipboard.
    pub(crate) async fn paste_token(&self, server_id: &str) -> Result<ServerView, UiError> {
        let pasted = match self.pasted.take(server_id) {
            Some(checked) => checked,
            None => self.token_on_clipboard(server_id)?,
        };
        let view = self.accept_token(server_id, pasted.clone()).await?;
        // A token that was taken has no business on the clipboard.
        clear_of(&*self.host, &pasted);
        Ok(view)
    }

    fn token_on_clipboard(&self, server_id: &str) -> Result<SecretString, UiError> {
        self.host
            .read_clipboard()
            .filter(|text| !text.expose_secret().trim().is_empty())
            .ok_or_else(|| errors::no_token(&self.servers.name(server_id)))
    }
}
