//! Secrets on the clipboard: put there when the person asks for it, and taken off after a minute.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sifter_contract::UiError;

use crate::app::AppCore;
use crate::errors;
use crate::host::Host;

/// How long a token lies on the clipboard.
const LENT: Duration = Duration::from_secs(60);

impl AppCore {
    /// Puts a secret on the clipboard for a minute, or until Sifter ends.
    pub(crate) fn lend_to_clipboard(&self, secret: SecretString) -> Result<(), UiError> {
        self.host
            .copy_text(secret.expose_secret())
            .map_err(|error| errors::clipboard(&error))?;
        let (host, stop) = (Arc::clone(&self.host), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LENT) => {}
            }
            clear_of(&*host, &secret);
        });
        Ok(())
    }
}

/// Takes a secret off the clipboard if it is still there; what was copied meanwhile stays.
pub(crate) fn clear_of(host: &dyn Host, secret: &SecretString) {
    let is_there = host
        .read_clipboard()
        .is_some_and(|text| text.expose_secret() == secret.expose_secret());
    if is_there && let Err(error) = host.copy_text("") {
        tracing::warn!(error = %error, "a token stays on the clipboard");
    }
}
