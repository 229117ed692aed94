//! Publishing a key on a key server, the library's own or another.

use ::http::Method;
use url::Url;

use super::{Call, LibraryClient};
use crate::error::{AddressFault, Error};
use crate::http::body;

impl LibraryClient {
    /// Sends the form that publishes a key to `address`. The account's token goes with it only where that is an
    /// address of the library itself: a key server that the library merely names does not get it.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::Unauthorized`] when the key server wants to know who publishes.
    pub async fn publish_key(&self, address: &Url, form: String) -> Result<(), Error> {
        let call = Call {
            body: Some(("application/x-www-form-urlencoded", form.into_bytes())),
            ..Call::new(Method::POST, address.clone())
        };
        let response = self.send(call).await?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Error::Address(AddressFault::Redirect));
        }
        if !status.is_success() {
            return Err(body::failure(response).await);
        }
        Ok(())
    }
}
