//! One opened image at work: read on a thread where that may take its time, wherever it is.

use std::sync::Arc;

use sifter_contract::UiError;
use sifter_sif::{Error, Image};

use super::Medium;
use super::open::{OpenFile, OpenPlace, OpenRemote};
use crate::app::AppCore;
use crate::errors;
use crate::remote_image::{RemoteImage, RemoteKey, blocking, find_remote, may_pass};
use crate::servers::Session;
use crate::uploads::file_name;

/// An opened image that can be read now.
#[derive(Clone)]
pub(crate) enum Subject {
    /// A file on this computer.
    File(OpenFile),
    /// An image in a library.
    Remote {
        /// Which.
        place: OpenRemote,
        /// The name of the server.
        server_name: String,
        /// What is open of it.
        image: Arc<RemoteImage>,
    },
}

impl Subject {
    /// Its name, for sentences.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(file) => file_name(&file.path),
            Self::Remote { place, .. } => place.name(),
        }
    }

    pub(crate) fn is_remote(&self) -> bool {
        matches!(self, Self::Remote { .. })
    }

    pub(crate) fn is_quarantined(&self) -> bool {
        matches!(self, Self::File(file) if file.quarantined)
    }

    /// Opens the image. Blocks.
    pub(crate) fn image(&self) -> Result<Arc<Image<Medium>>, Error> {
        match self {
            Self::File(file) => file.image().map(Arc::new),
            Self::Remote { image, .. } => Ok(image.image()),
        }
    }

    /// What went wrong with it, for a person.
    pub(crate) fn error(&self, error: &Error) -> UiError {
        match self {
            Self::File(file) => errors::contents(error, &file_name(&file.path), &file.path),
            Self::Remote { image, .. } => image.error(error),
        }
    }
}

impl AppCore {
    /// The image behind an id. One in a library that is not open any more is opened again by its digest.
    pub(crate) async fn subject(&self, file_id: &str) -> Result<Subject, UiError> {
        match self.open_place(file_id)? {
            OpenPlace::File(path) => Ok(Subject::File(OpenFile {
                quarantined: self.is_in_quarantine(&path),
                path,
            })),
            OpenPlace::Remote(place) => {
                let session = self.servers.session(&place.image.server_id).await?;
                let key = remote_key(&session, &place);
                let image = match self.remote_images.get(&key) {
                    Some(open) => open,
                    None => self.reopen(&session, key, &place).await?,
                };
                Ok(Subject::Remote {
                    server_name: session.server.name,
                    place,
                    image,
                })
            }
        }
    }

    /// Reads an opened image. When a library does not answer under the address that it named before, it is asked once for a
    /// new one: such addresses end.
    pub(crate) async fn read_opened<T: Send + 'static>(
        &self,
        file_id: &str,
        work: impl Fn(&Subject, &Image<Medium>) -> Result<T, Error> + Clone + Send + 'static,
    ) -> Result<T, UiError> {
        let subject = self.subject(file_id).await?;
        match read(subject.clone(), work.clone()).await? {
            Err(error) if may_pass(&error) && self.drop_remote(&subject).await? => {}
            done => return done.map_err(|error| subject.error(&error)),
        }
        let subject = self.subject(file_id).await?;
        let done = read(subject.clone(), work).await?;
        done.map_err(|error| subject.error(&error))
    }

    /// What an id stands for.
    pub(super) fn open_place(&self, file_id: &str) -> Result<OpenPlace, UiError> {
        let found = self.open_files.get(file_id);
        found.ok_or_else(|| errors::invalid("there is no such file"))
    }

    /// Closes an image in a library, so that the next look opens it again. False for a file.
    pub(super) async fn drop_remote(&self, subject: &Subject) -> Result<bool, UiError> {
        let Subject::Remote { place, .. } = subject else {
            return Ok(false);
        };
        let session = self.servers.session(&place.image.server_id).await?;
        self.remote_images.forget(&remote_key(&session, place));
        Ok(true)
    }

    async fn reopen(
        &self,
        session: &Session,
        key: RemoteKey,
        place: &OpenRemote,
    ) -> Result<Arc<RemoteImage>, UiError> {
        let found = find_remote(session, &place.pinned()).await?;
        if found.digest != place.digest {
            return Err(errors::gone(&session.place(place.name())));
        }
        let image = Arc::new(found.open().await?);
        self.remote_images.keep(key, Arc::clone(&image));
        Ok(image)
    }
}

/// Which bytes, and as whom.
pub(super) fn remote_key(session: &Session, place: &OpenRemote) -> RemoteKey {
    RemoteKey {
        server_id: place.image.server_id.clone(),
        account: session
            .account
            .as_ref()
            .map(|account| account.id.to_string()),
        path: place.image.path.clone(),
        digest: place.digest.clone(),
    }
}

async fn read<T: Send + 'static>(
    subject: Subject,
    work: impl FnOnce(&Subject, &Image<Medium>) -> Result<T, Error> + Send + 'static,
) -> Result<Result<T, Error>, UiError> {
    blocking(move || {
        let image = subject.image()?;
        work(&subject, &image)
    })
    .await
}
