//! Signing files with one of the person's keys.

use std::path::Path;

use sifter_contract::{ErrorCode, SignWith, SignedView, UiError};
use sifter_signing::openpgp::Fingerprint;

use crate::app::AppCore;
use crate::errors;
use crate::signatures::{SignRequest, VerifyRequest};

impl AppCore {
    /// Signs an image in place, and keeps the passphrase when that is wanted and it was the right one.
    pub(crate) async fn sign_file(
        &self,
        path: &Path,
        with: SignWith,
    ) -> Result<SignedView, UiError> {
        // Nothing but a fingerprint: the window names no files.
        let fingerprint: Fingerprint = with
            .fingerprint
            .parse()
            .map_err(|_| errors::key(&with.fingerprint, "not_found"))?;
        let fingerprint = fingerprint.to_string();
        let given = with.passphrase.map(|text| text.into_secret());
        let asked = given.is_some();
        let passphrase = self.passphrase_for(&fingerprint, given).await;
        let request = SignRequest {
            key: Some(fingerprint.clone()),
            passphrase: passphrase.clone(),
            ..SignRequest::default()
        };
        match self.signatures.sign(path, request).await {
            Ok(signed) => {
                if let Some(passphrase) = passphrase.filter(|_| with.keep && asked) {
                    self.keep_passphrase(&fingerprint, passphrase).await?;
                }
                Ok(signed)
            }
            Err(error) if error.code == ErrorCode::PassphraseWrong && !asked => {
                // The kept one is of no use any more, so the person is asked.
                self.forget_passphrase(&fingerprint).await?;
                Err(UiError::new(ErrorCode::PassphraseNeeded).with("name", fingerprint))
            }
            Err(error) => Err(error),
        }
    }

    /// Signs an image unless the key has signed it, as it is now, already.
    pub(crate) async fn sign_once(&self, path: &Path, with: SignWith) -> Result<(), UiError> {
        if self.has_signed(path, &with.fingerprint).await? {
            return Ok(());
        }
        self.sign_file(path, with).await.map(|_| ())
    }

    async fn has_signed(&self, path: &Path, fingerprint: &str) -> Result<bool, UiError> {
        let facts = self.inspect_file(path.to_owned()).await?;
        if !facts.signed {
            return Ok(false);
        }
        let request = VerifyRequest {
            offline: true,
            ..VerifyRequest::default()
        };
        let view = self.signatures.verify(path, request).await?;
        let mut signatures = view.signatures.iter();
        Ok(signatures
            .any(|signature| signature.ok && signature.fingerprint.as_deref() == Some(fingerprint)))
    }
}
