//! The inspector: images on this computer, opened by the person or brought by a download.

mod contents;
mod describe;
mod open;
mod origin;
mod verify;

use std::path::PathBuf;

use sifter_contract::{DraftSheet, InspectionView, UiError};

use crate::app::AppCore;
use crate::errors;
use crate::uploads::file_name;
use open::OpenFile;
pub(crate) use open::OpenFiles;

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

    /// What an opened image says about itself.
    pub(crate) async fn inspect(&self, file_id: &str) -> Result<InspectionView, UiError> {
        let file = self.open_file(file_id)?;
        let origin = self.origin_of(&file.path);
        let folder = file.path.parent().map(|folder| self.shown_path(folder));
        let id = file_id.to_owned();
        let read = tokio::task::spawn_blocking(move || {
            describe::describe(id, &file, origin, folder.unwrap_or_default())
        });
        read.await
            .unwrap_or_else(|error| Err(errors::storage(&error)))
    }

    /// Shows an opened file in the file manager.
    pub(crate) fn reveal_opened(&self, file_id: &str) -> Result<(), UiError> {
        let path = self.open_file(file_id)?.path;
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
    fn usable(&self, file_id: &str) -> Result<PathBuf, UiError> {
        let file = self.open_file(file_id)?;
        if file.quarantined {
            return Err(errors::in_quarantine(&file_name(&file.path)));
        }
        Ok(file.path)
    }

    fn open_file(&self, file_id: &str) -> Result<OpenFile, UiError> {
        let found = self.open_files.get(file_id);
        let path = found.ok_or_else(|| errors::invalid("there is no such file"))?;
        Ok(OpenFile {
            quarantined: self.is_in_quarantine(&path),
            path,
        })
    }
}
