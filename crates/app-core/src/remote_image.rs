//! An image that is still in a library, looked into by reading the few parts of it that are needed.

mod ahead;
mod kept;
mod ranges;

use std::path::Path;
use std::sync::Arc;

use sifter_contract::requests::ImageRef;
use sifter_contract::{ErrorCode, UiError};
use sifter_library_api::{Arch, LibraryRef};
use sifter_library_client::Error;
use sifter_library_client::oci::OciAccess;
use sifter_sif::{Image, Inspection};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::app::AppCore;
use crate::errors::{self, Place};
use crate::inspect::Medium;
use crate::library::image_reference;
use crate::servers::Session;

pub(crate) use ahead::Ahead;
pub(crate) use kept::{KeptImages, RemoteKey};
use ranges::{Bytes, TooMuch};
pub(crate) use ranges::{MOST, Ranges};

/// An image in a library, opened: its header and descriptors have been read.
pub struct RemoteImage {
    image: Arc<Image<Medium>>,
    place: Place,
    /// Ends a read that is under way when nobody wants the image any more.
    _stop: DropGuard,
}

/// An image that a library has, before anything of it was read.
pub(crate) struct Found {
    /// `sha256.<hex>`: what a later look has to find again.
    pub(crate) digest: String,
    place: Place,
    bytes: Bytes,
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
        let session = self.servers.session(&wanted.server_id).await?;
        find_remote(&session, wanted).await?.open().await
    }

    /// What an image in a library says about itself.
    ///
    /// # Errors
    /// As [`AppCore::open_remote`].
    pub async fn inspect_remote(&self, wanted: &ImageRef) -> Result<Inspection, UiError> {
        self.open_remote(wanted).await?.look(Image::inspect).await
    }
}

/// Asks a library for an image and for where its bytes are.
pub(crate) async fn find_remote(session: &Session, wanted: &ImageRef) -> Result<Found, UiError> {
    let reference = image_reference(&wanted.path, &wanted.tag)?;
    let arch = match wanted.arch.as_str() {
        "" => Arch::of_this_machine(),
        text => Some(
            text.parse()
                .map_err(|error| errors::name("arch", text, &error))?,
        ),
    };
    let place = session.place(format!("{}:{}", reference.path(), wanted.tag));
    match find(session, &reference, arch).await {
        Ok((bytes, digest)) => Ok(Found {
            digest,
            place,
            bytes,
        }),
        Err(error) => Err(client_error(&error, &place)),
    }
}

impl Found {
    /// Reads header and descriptors.
    pub(crate) async fn open(self) -> Result<RemoteImage, UiError> {
        let place = self.place;
        let stop = CancellationToken::new();
        let ranges = Ranges::new(self.bytes, stop.clone());
        let guard = stop.drop_guard();
        let opened = blocking(move || Image::load(Medium::remote(ranges))).await?;
        Ok(RemoteImage {
            image: Arc::new(opened.map_err(|error| sif_error(&error, &place))?),
            place,
            _stop: guard,
        })
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
        self.image.source().bytes_fetched()
    }

    /// The image, for whoever reads it on a thread where that may take its time.
    pub(crate) fn image(&self) -> Arc<Image<Medium>> {
        self.image.source().fetch_anew();
        Arc::clone(&self.image)
    }

    /// What a failed look means for a person.
    pub(crate) fn error(&self, error: &sifter_sif::Error) -> UiError {
        sif_error(error, &self.place)
    }

    /// Does something with the image, on a thread where that may take its time.
    ///
    /// # Errors
    /// What came of `work`, and what kept its parts from being fetched.
    pub async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Image<Medium>) -> Result<T, sifter_sif::Error> + Send + 'static,
    ) -> Result<T, UiError> {
        let image = self.image();
        let done = blocking(move || work(&image)).await?;
        done.map_err(|error| self.error(&error))
    }
}

/// Where the bytes of an image are, and its digest: in the registry behind the library, where it offers one, or in the
/// library.
async fn find(
    session: &Session,
    reference: &LibraryRef,
    arch: Option<Arch>,
) -> Result<(Bytes, String), Error> {
    let offered = session.client.oci_repository(reference, OciAccess::Pull);
    let repository = match offered.await {
        // The library itself will say whether the account may do this.
        Err(Error::Unauthorized | Error::Forbidden(_)) => None,
        other => other?,
    };
    if let Some(repository) = repository {
        let found = repository.find(&reference.tag_or_hash(), arch).await?;
        let location = repository.location(&found.digest);
        let digest = found.digest.to_string().replacen(':', ".", 1);
        let bytes = Bytes::Registry {
            repository,
            location,
            size: found.size,
        };
        return Ok((bytes, digest));
    }
    let found = session.client.resolve(reference, arch).await?;
    if found.location.ranges() == Some(false) {
        return Err(Error::RangeIgnored);
    }
    let bytes = Bytes::Library {
        client: session.client.clone(),
        location: found.location,
        size: found.size,
    };
    Ok((bytes, found.hash.to_string()))
}

pub(crate) async fn blocking<T: Send + 'static>(
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

/// Whether what went wrong may be over once the library is asked anew where the image is.
pub(crate) fn may_pass(error: &sifter_sif::Error) -> bool {
    let sifter_sif::Error::Read { source, .. } = error else {
        return false;
    };
    // Another address does not make it less.
    !source.get_ref().is_some_and(|cause| cause.is::<TooMuch>())
}

/// What went wrong with an image may have gone wrong with its library.
fn sif_error(error: &sifter_sif::Error, place: &Place) -> UiError {
    let sifter_sif::Error::Read { source, .. } = error else {
        return errors::contents(error, &place.what, Path::new(""));
    };
    let cause = source.get_ref();
    if let Some(cause) = cause.and_then(|cause| cause.downcast_ref::<Error>()) {
        return client_error(cause, place);
    }
    if cause.is_some_and(|cause| cause.is::<TooMuch>()) {
        return errors::fetch_limit(&place.what, MOST).details(errors::chain(error));
    }
    // It ends too early. No file of this computer is to blame.
    UiError::new(ErrorCode::SifDamaged)
        .with("name", place.what.as_str())
        .details(errors::chain(error))
}
