//! Where a file on this computer is from: the download that brought it, as long as it is in the history.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sifter_contract::{FileCheck, FileOrigin, UiError};
use sifter_transfer::{Direction, Phase, TransferView};

use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::transfers;

/// A download, as far as it says something about its file.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(super) view: FileOrigin,
    pub(super) check: Option<FileCheck>,
    pub(super) digest: Option<String>,
}

impl AppCore {
    /// The download that brought `path`, if the file is still what it brought.
    pub(super) fn origin_of(&self, path: &Path) -> Option<Origin> {
        let view = self.download_of(path)?;
        if !self.is_still_there(&view) {
            return None;
        }
        let (container, tag) = transfers::split_reference(&view.reference);
        Some(Origin {
            check: transfers::check_of(&view),
            digest: view
                .digest
                .map(|digest| format!("sha256.{}", digest.to_hex())),
            view: FileOrigin {
                transfer_id: view.id.to_string(),
                server_id: view.server.to_string(),
                server_name: self.servers.name(view.server.as_str()),
                reference: transfers::reference(&container, tag.as_deref()),
                path: container,
                tag,
                arrived: view.finished_at.and_then(rfc3339),
            },
        })
    }

    /// The key server of the library that a file is from.
    pub(crate) async fn key_server_of(&self, path: &Path) -> Option<String> {
        let origin = self.origin_of(path)?;
        self.servers.key_server(&origin.view.server_id).await
    }

    /// Whether a download has put the file into quarantine.
    pub(super) fn is_in_quarantine(&self, path: &Path) -> bool {
        self.download_of(path)
            .is_some_and(|view| transfers::is_quarantined(&view))
    }

    /// The file that a download has brought.
    pub(super) fn downloaded(&self, transfer_id: &str) -> Result<PathBuf, UiError> {
        let file = self
            .ended_downloads()
            .find(|view| view.id.to_string() == transfer_id);
        let file = file.and_then(|view| view.file.clone());
        file.ok_or_else(|| crate::errors::invalid("this transfer has brought no file"))
    }

    /// The latest download whose file is `path`.
    fn download_of(&self, path: &Path) -> Option<Arc<TransferView>> {
        self.ended_downloads()
            .find(|view| view.file.as_deref() == Some(path))
    }

    /// Latest first, as the history is.
    fn ended_downloads(&self) -> impl Iterator<Item = Arc<TransferView>> {
        let all = self.engine.snapshot().transfers.into_iter();
        all.filter(|view| {
            view.direction == Direction::Pull && matches!(view.phase, Phase::Done { .. })
        })
    }
}
