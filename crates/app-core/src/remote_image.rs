//! An image that is still in a library, looked into by reading the few parts of it that are needed.

mod ranges;

use std::path::Path;
use std::sync::Arc;

use sifter_contract::requests::ImageRef;
use sifter_contract::{ErrorCode, UiError};
use sifter_library_api::Arch;
use sifter_library_client::Error;
use sifter_library_client::oci::OciAccess;
use sifter_sif::{Cached, Image, Inspection};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::app::AppCore;
use crate::errors::{self, Place};
use crate::library::image_reference;
use crate::servers::Session;

use ranges::Bytes;
pub use ranges::Ranges;

/// An image in a library, opened: its header and descriptors have been read.
pub struct RemoteImage {
    image: Arc<Image<Cached<Ranges>>>,
    place: Place,
    /// Ends a read that is under way when nobody wants the image any more.
    _stop: DropGuard,
}

impl AppCore {
    /// Opens an image where it is, reading some tens of kilobytes, whatever its size. An empty architecture stands for that
    /// of this computer.
    ///
    /// # Errors
    /// `not_offered` with `what` = `ranges` when the server sends whole files only: nothing but the image itself would
    /// do, and that is for the person to say. `not_a_sif`, `sif_damaged`, `oci_image`, and whatever keeps the image from
    /// being found.
    pub async fn open_remote(&self, wanted: &ImageRef) -> Result<RemoteImage, UiError> {
        let reference = image_reference(&wanted.path, &wanted.tag)?;
        let arch = match wanted.arch.as_str() {
            "" => Arch::of_this_machine(),
            text => Some(
                text.parse()
                    .map_err(|error| errors::name("arch", text, &error))?,
            ),
        };
        let session = self.servers.session(&wanted.server_id).await?;
        let place = session.place(format!("{}:{}", reference.path(), wanted.tag));
        let bytes = find(&session, &reference, arch)
            .await
            .map_err(|error| client_error(&error, &place))?;
        let stop = CancellationToken::new();
        let ranges = Ranges::new(bytes, stop.clone());
        let guard = stop.drop_guard();
        let opened = blocking(move || Image::load(Cached::new(ranges))).await?;
        Ok(RemoteImage {
            image: Arc::new(opened.map_err(|error| sif_error(&error, &place))?),
            place,
            _stop: guard,
        })
    }

    /// What an image in a library says about itself.
    ///
    /// # Errors
    /// As [`AppCore::open_remote`].
    pub async fn inspect_remote(&self, wanted: &ImageRef) -> Result<Inspection, UiError> {
        self.open_remote(wanted).await?.look(Image::inspect).await
    }
}

impl RemoteImage {
    /// Length of the image in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.image.size()
    }

    /// How many bytes of it have been fetched.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.image.source().inner().bytes_read()
    }

    /// Does something with the image, on a thread where that may take its time.
    ///
    /// # Errors
    /// What came of `work`, and what kept its parts from being fetched.
    pub async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Image<Cached<Ranges>>) -> Result<T, sifter_sif::Error> + Send + 'static,
    ) -> Result<T, UiError> {
        let image = Arc::clone(&self.image);
        let done = blocking(move || work(&image)).await?;
        done.map_err(|error| sif_error(&error, &self.place))
    }
}

/// Where the bytes of an image are: in the registry behind the library, where it offers one, or in the library.
async fn find(
    session: &Session,
    reference: &sifter_library_api::LibraryRef,
    arch: Option<Arch>,
) -> Result<Bytes, Error> {
    let offered = session.client.oci_repository(reference, OciAccess::Pull);
    let repository = match offered.await {
        // The library itself will say whether the account may do this.
        Err(Error::Unauthorized | Error::Forbidden(_)) => None,
        other => other?,
    };
    if let Some(repository) = repository {
        let found = repository.find(&reference.tag_or_hash(), arch).await?;
        let location = repository.location(&found.digest);
        return Ok(Bytes::Registry {
            repository,
            location,
            size: found.size,
        });
    }
    let found = session.client.resolve(reference, arch).await?;
    if found.location.ranges() == Some(false) {
        return Err(Error::RangeIgnored);
    }
    Ok(Bytes::Library {
        client: session.client.clone(),
        location: found.location,
        size: found.size,
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, UiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| errors::storage(&error))
}

fn client_error(error: &Error, place: &Place) -> UiError {
    if matches!(error, Error::RangeIgnored) {
        return UiError::new(ErrorCode::NotOffered)
            .with("server", place.server.as_str())
            .with("what", "ranges")
            .details(errors::chain(error));
    }
    errors::client(error, place)
}

/// What went wrong with an image may have gone wrong with its library.
fn sif_error(error: &sifter_sif::Error, place: &Place) -> UiError {
    let sifter_sif::Error::Read { source, .. } = error else {
        return errors::sif(error, &place.what, Path::new(""));
    };
    match source.get_ref().and_then(|cause| cause.downcast_ref()) {
        Some(cause) => client_error(cause, place),
        // It ends too early, or wants more to be read of it than any image does. No file of this computer is to blame.
        None => UiError::new(ErrorCode::SifDamaged)
            .with("name", place.what.as_str())
            .details(errors::chain(error)),
    }
}
