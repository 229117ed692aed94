//! The inspector: images on this computer, opened by the person or brought by a download, and images that are still in a
//! library.

mod contents;
mod describe;
mod medium;
mod open;
mod origin;
mod subject;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use sifter_contract::requests::{ImageRef, SheetFile};
use sifter_contract::{DraftSheet, InspectionView, UiError};

use crate::app::AppCore;
use crate::errors;
use crate::remote_image::find_remote;
use crate::uploads::file_name;
use describe::describe_image;
pub use medium::Medium;
pub(crate) use open::OpenFiles;
use open::{OpenPlace, OpenRemote};
pub(crate) use subject::Subject;
use subject::remote_key;
pub(crate) use verify::Glance;

impl AppCore {
    /// Lets the person choose an image to look at.
    pub(crate) async fn choose_to_inspect(&self) -> Vec<String> {
        let chosen = self.host.choose_files().await;
        let first = chosen.into_iter().next();
        first
            .map(|path| self.open_files.add(path))
            .into_iter()
            .collect()
    }

    /// Opens what a download has brought.
    pub(crate) fn open_transfer(&self, transfer_id: &str) -> Result<String, UiError> {
        let path = self.downloaded(transfer_id)?;
        if !path.exists() {
            return Err(errors::file_missing(&file_name(&path)));
        }
        Ok(self.open_files.add(path))
    }

    /// Opens a file of an upload sheet.
    pub(crate) fn open_draft(&self, file: &SheetFile) -> Result<String, UiError> {
        let path = self.draft_path(&file.sheet_id, &file.file_id)?;
        Ok(self.open_files.add(path))
    }

    /// Opens a file of this computer, for hosts that know its path.
    #[must_use]
    pub fn open_path(&self, path: PathBuf) -> String {
        self.open_files.add(path)
    }

    /// Opens an image where it is, in its library.
    ///
    /// # Errors
    /// As [`AppCore::open_remote`].
    pub async fn open_image(&self, image: ImageRef) -> Result<String, UiError> {
        let session = self.servers.session(&image.server_id).await?;
        let found = find_remote(&session, &image).await?;
        let place = OpenRemote {
            digest: found.digest.clone(),
            image,
        };
        let key = remote_key(&session, &place);
        // What is open stays as it is: the digest says that it holds the same bytes.
        if self.remote_images.get(&key).is_none() {
            self.remote_images.keep(key, Arc::new(found.open().await?));
        }
        Ok(self.open_files.add_remote(place))
    }

    /// How many bytes of an opened image in a library have been fetched.
    pub(crate) async fn fetched(&self, file_id: &str) -> Result<u64, UiError> {
        Ok(match self.subject(file_id).await? {
            Subject::File(_) => 0,
            Subject::Remote { image, .. } => image.bytes_read(),
        })
    }

    /// What an opened image says about itself.
    pub(crate) async fn inspect(&self, file_id: &str) -> Result<InspectionView, UiError> {
        let (origin, folder) = match self.open_place(file_id)? {
            OpenPlace::File(path) => {
                let folder = path.parent().map(|folder| self.shown_path(folder));
                (self.origin_of(&path), folder)
            }
            OpenPlace::Remote(_) => (None, None),
        };
        let (origin, folder) = (Arc::new(origin), folder.unwrap_or_default());
        let id = file_id.to_owned();
        self.read_opened(file_id, move |subject, image| {
            describe_image(&id, subject, image, origin.as_ref().as_ref(), &folder)
        })
        .await
    }

    /// Shows an opened file in the file manager.
    pub(crate) fn reveal_opened(&self, file_id: &str) -> Result<(), UiError> {
        let path = self.path_here(file_id)?;
        if !path.exists() {
            return Err(errors::file_missing(&file_name(&path)));
        }
        let revealed = self.host.reveal(&path);
        revealed.map_err(|error| errors::reveal(&error))
    }

    /// Makes an upload sheet of an opened file, unless it lies in quarantine.
    pub(crate) async fn upload_opened(&self, file_id: &str) -> Result<DraftSheet, UiError> {
        let path = self.usable(file_id)?;
        Ok(self.sheet_of(vec![path]).await)
    }

    /// The path of an opened file that does not lie in quarantine.
    pub(crate) fn usable(&self, file_id: &str) -> Result<PathBuf, UiError> {
        let path = self.path_here(file_id)?;
        if self.is_in_quarantine(&path) {
            return Err(errors::in_quarantine(&file_name(&path)));
        }
        Ok(path)
    }

    /// The path of an opened file. An image in a library has none.
    fn path_here(&self, file_id: &str) -> Result<PathBuf, UiError> {
        match self.open_place(file_id)? {
            OpenPlace::File(path) => Ok(path),
            OpenPlace::Remote(_) => Err(errors::invalid("the image is not on this computer")),
        }
    }
}
