//! One image: find it, delete it.

use ::http::Method;
use serde_json::Value;
use sifter_library_api::{Arch, Image, LibraryRef, Target};

use super::names::{clean_tags, sound};
use super::{Call, LibraryClient, open_envelope};
use crate::error::Error;

/// The path of an image in the API. The host of the reference plays no part.
fn image_path(reference: &LibraryRef) -> String {
    format!("v1/images/{}:{}", reference.path(), reference.tag_or_hash())
}

fn arch_text(arch: Option<Arch>) -> &'static str {
    arch.map_or("", Arch::as_str)
}

impl LibraryClient {
    /// The image a reference means, by its first tag or hash. Without an architecture the server
    /// chooses.
    ///
    /// # Errors
    /// [`Error::OciImageInstead`] when it is no SIF; any other [`Error`].
    pub async fn image(&self, reference: &LibraryRef, arch: Option<Arch>) -> Result<Image, Error> {
        let image: Image = sound(
            self.get(&image_path(reference), &[("arch", arch_text(arch))])
                .await?,
        )?;
        match (reference.target(), image.hash) {
            (Target::Hash(asked), Some(found)) if *asked != found => Err(Error::invalid(
                "it names another image than the one asked for",
            )),
            _ => Ok(clean_tags(image)),
        }
    }

    /// Deletes the image that the reference means for `arch`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn delete_image(&self, reference: &LibraryRef, arch: Arch) -> Result<(), Error> {
        let url = self.url(&image_path(reference), &[("arch", arch.as_str())]);
        let call = Call::new(Method::DELETE, url);
        open_envelope::<Value>(self.send(call).await?).await?;
        Ok(())
    }
}
