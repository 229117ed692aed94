//! The access tokens of the account, on libraries that let people make and end them (`/v1/tokens`).

use ::http::{Method, StatusCode};
use sifter_library_api::{AccessTokenInfo, MadeAccessToken, NewAccessToken, tokens};

use super::{Call, LibraryClient, open_envelope};
use crate::error::Error;
use crate::http::body;

/// More tokens than this are looked at by nobody.
const MOST: usize = 1000;

impl LibraryClient {
    /// The account's tokens, newest first. `None` when the library has no such call.
    ///
    /// # Errors
    /// Any [`Error`] but the ones that mean that the call does not exist.
    pub async fn access_tokens(&self) -> Result<Option<Vec<AccessTokenInfo>>, Error> {
        match self.get::<Vec<AccessTokenInfo>>(tokens::TOKENS, &[]).await {
            Ok(mut list) => {
                list.truncate(MOST);
                Ok(Some(list))
            }
            // Where unknown paths lead to a web page, the answer is no list.
            Err(Error::InvalidAnswer { .. }) => Ok(None),
            Err(error) if error.is_unsupported() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a token. Its text is told this once.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the account's own token may not make others; any other [`Error`].
    pub async fn make_access_token(
        &self,
        wanted: &NewAccessToken,
    ) -> Result<MadeAccessToken, Error> {
        self.post(tokens::TOKENS, wanted).await
    }

    /// Ends a token. One that is gone already is as ended as it can be.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn end_access_token(&self, id: &str) -> Result<(), Error> {
        let mut url = self.url(tokens::TOKENS, &[]);
        // As a segment, so that an id of the server's choosing names nothing else.
        let extended = url.path_segments_mut().map(|mut path| {
            path.push(id);
        });
        if extended.is_err() || id.is_empty() || id == "." || id == ".." {
            return Err(Error::NotFound);
        }
        let response = self.send(Call::new(Method::DELETE, url)).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        if !response.status().is_success() {
            return Err(body::failure(response).await);
        }
        open_envelope::<serde::de::IgnoredAny>(response)
            .await
            .map(drop)
    }
}
