//! Verifying and signing what is open in the inspector.

use sifter_contract::{SignWith, SignedView, UiError, VerificationView};

use crate::app::AppCore;
use crate::errors;
use crate::signatures::VerifyRequest;
use crate::uploads::file_name;

impl AppCore {
    /// Verifies the signatures of an opened image. Reads all of it, and asks the key server of the library that it is
    /// from, then the usual ones.
    pub(crate) async fn check_opened(&self, file_id: &str) -> Result<VerificationView, UiError> {
        let file = self.open_file(file_id)?;
        let library = self.origin_of(&file.path);
        let library_key_server = match &library {
            Some(origin) => self.servers.key_server(&origin.view.server_id).await,
            None => None,
        };
        let request = VerifyRequest {
            library_key_server,
            ..VerifyRequest::default()
        };
        let name = file_name(&file.path);
        let open = move || {
            let name = file_name(&file.path);
            let failed = |error| errors::sif(&error, &name, &file.path);
            file.image().map_err(failed)
        };
        self.signatures.verify_opened(name, open, request).await
    }

    /// Signs an opened image in place.
    pub(crate) async fn sign_opened(
        &self,
        file_id: &str,
        with: SignWith,
    ) -> Result<SignedView, UiError> {
        let path = self.usable(file_id)?;
        self.sign_file(&path, with).await
    }
}
