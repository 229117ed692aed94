//! Keys of Sifter's own in the keyrings of the command-line tools, when the person wants them there.

use std::path::PathBuf;
use std::sync::Arc;

use sifter_contract::{KeyPlace, UiError};
use sifter_signing::Error;
use sifter_signing::openpgp::Lent;

use super::apart;
use super::keys::{KeyDesk, parse};
use crate::errors;

impl KeyDesk {
    /// Puts a key into the keyrings of a command-line tool, the secret part too when `secret` says so. Everything that is
    /// there stays. Answers with the tool's folder of keys.
    ///
    /// # Errors
    /// `key_unusable` when the key is not among Sifter's own or a keyring of the tool cannot be read,
    /// `folder_unwritable`, `invalid_request` when `tool` is Sifter itself.
    pub async fn lend(
        &self,
        fingerprint: &str,
        tool: KeyPlace,
        secret: bool,
    ) -> Result<(PathBuf, Lent), UiError> {
        let places = Arc::clone(self.places());
        let named = fingerprint.to_owned();
        apart(move |_| {
            let mut tools = places.tools.iter();
            let theirs = tools.find(|(place, _)| *place == tool);
            let (_, theirs) = theirs.ok_or_else(|| errors::invalid("not a command-line tool"))?;
            let lent = places.own.lend(&parse(&named)?, theirs, secret);
            let lent = lent.map_err(|error| match &error {
                Error::File { source, path } => errors::unwritable_file(source, path),
                Error::NoKeys => errors::signing(&error, &theirs.folder().display().to_string()),
                _ => errors::signing(&error, &named),
            })?;
            Ok((theirs.folder().to_owned(), lent))
        })
        .await
    }
}
