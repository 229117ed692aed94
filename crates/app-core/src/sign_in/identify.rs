//! Whose token is it? The library's current user says, else its token service.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use sifter_account::{BoxFuture, Identify, IdentifyError, Identity};
use sifter_library_api::service::{CurrentUser, TokenStatus};
use sifter_library_client::client::{TokenVerdict, verify_token};
use sifter_library_client::{Endpoints, Error, FixedToken, Http, LibraryClient, Origin};
use time::OffsetDateTime;

use crate::tokens::SHORTEST_PREFIX;

/// Asks one server.
pub(super) struct AskLibrary {
    http: Http,
    endpoints: Endpoints,
    /// Also when the token ends.
    dated: bool,
}

impl AskLibrary {
    pub(super) fn new(http: &Http, endpoints: &Endpoints) -> Self {
        Self {
            http: http.clone(),
            endpoints: endpoints.clone(),
            dated: false,
        }
    }

    /// Asks for the end of the token as well, where the server keeps a list of tokens.
    pub(super) fn dated(self) -> Self {
        Self {
            dated: true,
            ..self
        }
    }

    async fn ask(&self, token: &SecretString) -> Result<Identity, IdentifyError> {
        if let Some(user) = self.current_user(token).await? {
            let expires = if self.dated {
                self.end_of(token).await
            } else {
                None
            };
            return Ok(Identity {
                expires,
                ..identity(user)
            });
        }
        let Some(service) = &self.endpoints.token else {
            return Err(IdentifyError::Refused);
        };
        match verify_token(&self.http, service, token).await {
            Ok(TokenVerdict::Valid(status)) => Ok(self.named(status)),
            Ok(TokenVerdict::Invalid) => Err(IdentifyError::Refused),
            Err(error) => Err(sorted(error)),
        }
    }

    async fn current_user(
        &self,
        token: &SecretString,
    ) -> Result<Option<CurrentUser>, IdentifyError> {
        let client = self.client(token)?;
        match client.current_user().await {
            Ok(user) => Ok(user),
            // The token service has the last word.
            Err(Error::Forbidden(_) | Error::ScopeMissing { .. }) => Ok(None),
            Err(error) => Err(sorted(error)),
        }
    }

    fn client(&self, token: &SecretString) -> Result<LibraryClient, IdentifyError> {
        let origin = Origin::of(&self.endpoints.library).ok_or(IdentifyError::BadResponse)?;
        let tokens = Arc::new(FixedToken::new(origin, token.clone()));
        LibraryClient::new(self.http.clone(), self.endpoints.clone(), tokens).map_err(sorted)
    }

    /// When the server's list says that the token ends. Not knowing it keeps nobody out.
    async fn end_of(&self, token: &SecretString) -> Option<OffsetDateTime> {
        let listed = self.client(token).ok()?.access_tokens().await.ok()??;
        let text = token.expose_secret();
        let own = listed
            .into_iter()
            .find(|info| info.prefix.len() >= SHORTEST_PREFIX && text.starts_with(&info.prefix));
        own.and_then(|info| info.expires_at.get())
    }

    /// A good token of a server that does not say whose it is: the account is called like the server.
    fn named(&self, status: TokenStatus) -> Identity {
        let name = status
            .user
            .map(|user| user.username)
            .filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| {
            self.endpoints
                .library
                .host_str()
                .unwrap_or_default()
                .to_owned()
        });
        Identity {
            subject: name.clone(),
            login: name.clone(),
            display: name,
            expires: None,
        }
    }
}

impl Identify for AskLibrary {
    fn identify<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        Box::pin(self.ask(token))
    }
}

fn identity(user: CurrentUser) -> Identity {
    let display = if user.realname.is_empty() {
        user.username.clone()
    } else {
        user.realname
    };
    Identity {
        subject: user.username.clone(),
        login: user.username,
        display,
        expires: None,
    }
}

fn sorted(error: Error) -> IdentifyError {
    match error {
        Error::Unauthorized | Error::Forbidden(_) | Error::ScopeMissing { .. } => {
            IdentifyError::Refused
        }
        Error::InvalidAnswer { .. } | Error::TooLarge { .. } | Error::NotFound => {
            IdentifyError::BadResponse
        }
        other => IdentifyError::Network(Box::new(other)),
    }
}
