//! Verifying and signing what is open in the inspector, and a glance at what is not.

use std::sync::{Mutex, PoisonError};

use sifter_contract::requests::ImageRef;
use sifter_contract::{
    ErrorCode, FileCheck, SignWith, SignedView, UiError, VerdictReason, VerificationView,
};
use tokio_util::sync::CancellationToken;

use super::Subject;
use crate::app::AppCore;
use crate::signatures::{VerifyRequest, brief};

/// The glance that is under way: the next one gives it up.
#[derive(Debug, Default)]
pub(crate) struct Glance(Mutex<CancellationToken>);

impl Glance {
    /// Begins another.
    fn next(&self) -> CancellationToken {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.cancel();
        *under_way = CancellationToken::new();
        under_way.clone()
    }
}

impl AppCore {
    /// Verifies the signatures of an opened image, and asks the key server of the library that it is from, then the usual
    /// ones. Reads all of a file, and of an image in a library what is not contents.
    pub(crate) async fn check_opened(&self, file_id: &str) -> Result<VerificationView, UiError> {
        let subject = self.subject(file_id).await?;
        let view = self.check_subject(&subject).await?;
        // An address that has ended says nothing about a signature.
        if view.reason != Some(VerdictReason::Unreadable) || !self.drop_remote(&subject).await? {
            return Ok(view);
        }
        let subject = self.subject(file_id).await?;
        self.check_subject(&subject).await
    }

    /// What the signatures of an image in a library say, in brief and without its contents. One at a time: a person looks
    /// at one.
    pub(crate) async fn glance_at(&self, image: ImageRef) -> Result<FileCheck, UiError> {
        let given_up = self.glance.next();
        let look = async {
            let file_id = self.open_image(image).await?;
            self.check_opened(&file_id).await
        };
        tokio::select! {
            biased;
            () = given_up.cancelled() => Err(UiError::new(ErrorCode::Cancelled)),
            checked = look => checked.map(|view| brief(&view)),
        }
    }

    async fn check_subject(&self, subject: &Subject) -> Result<VerificationView, UiError> {
        let server = match subject {
            Subject::File(file) => {
                let origin = self.origin_of(&file.path);
                origin.map(|origin| origin.view.server_id)
            }
            Subject::Remote { place, .. } => Some(place.image.server_id.clone()),
        };
        let library_key_server = match server {
            Some(server) => self.servers.key_server(&server).await,
            None => None,
        };
        let request = VerifyRequest {
            library_key_server,
            without_data: subject.is_remote(),
            ..VerifyRequest::default()
        };
        let name = subject.name();
        let subject = subject.clone();
        let open = move || subject.image().map_err(|error| subject.error(&error));
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
