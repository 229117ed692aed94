//! Whose token is it? The library's current user says, else its token service.

use std::sync::Arc;

use secrecy::SecretString;
use sifter_account::{BoxFuture, Identify, IdentifyError, Identity};
use sifter_library_api::service::{CurrentUser, TokenStatus};
use sifter_library_client::client::{TokenVerdict, verify_token};
use sifter_library_client::{Endpoints, Error, FixedToken, Http, LibraryClient, Origin};

/// Asks one server.
pub(super) struct AskLibrary {
    http: Http,
    endpoints: Endpoints,
}

impl AskLibrary {
    pub(super) fn new(http: &Http, endpoints: &Endpoints) -> Self {
        Self {
            http: http.clone(),
            endpoints: endpoints.clone(),
        }
    }

    async fn ask(&self, token: &SecretString) -> Result<Identity, IdentifyError> {
        if let Some(user) = self.current_user(token).await? {
            return Ok(identity(user));
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
        let origin = Origin::of(&self.endpoints.library).ok_or(IdentifyError::BadResponse)?;
        let tokens = Arc::new(FixedToken::new(origin, token.clone()));
        let client = LibraryClient::new(self.http.clone(), self.endpoints.clone(), tokens)
            .map_err(sorted)?;
        match client.current_user().await {
            Ok(user) => Ok(user),
            // The token service has the last word.
            Err(Error::Forbidden(_)) => Ok(None),
            Err(error) => Err(sorted(error)),
        }
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
    }
}

fn sorted(error: Error) -> IdentifyError {
    match error {
        Error::Unauthorized | Error::Forbidden(_) => IdentifyError::Refused,
        Error::InvalidAnswer { .. } | Error::TooLarge { .. } | Error::NotFound => {
            IdentifyError::BadResponse
        }
        other => IdentifyError::Network(Box::new(other)),
    }
}
