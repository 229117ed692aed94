//! Images in libraries that are kept open for a while, so that the next look begins where the last one ended.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sifter_contract::LibraryPath;

use super::RemoteImage;

/// Images that are kept open: those of a comparison, and a few more for the way back. Each holds up to 4 MiB.
const MOST_OPEN: usize = 8;

/// Which bytes, and as whom they were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteKey {
    pub(crate) server_id: String,
    /// What one account may see, another may not.
    pub(crate) account: Option<String>,
    pub(crate) path: LibraryPath,
    pub(crate) digest: String,
}

/// The open ones, the latest last.
#[derive(Default)]
pub(crate) struct KeptImages(Mutex<VecDeque<(RemoteKey, Arc<RemoteImage>)>>);

impl KeptImages {
    /// The image, which is the last to be dropped now.
    pub(crate) fn get(&self, key: &RemoteKey) -> Option<Arc<RemoteImage>> {
        let mut open = self.open();
        let at = open.iter().position(|(known, _)| known == key)?;
        let (key, image) = open.remove(at)?;
        open.push_back((key, Arc::clone(&image)));
        Some(image)
    }

    /// Keeps an image, and drops the one that nobody has looked at for longest. A look at it goes on.
    pub(crate) fn keep(&self, key: RemoteKey, image: Arc<RemoteImage>) {
        let mut open = self.open();
        open.retain(|(known, _)| *known != key);
        open.push_back((key, image));
        if open.len() > MOST_OPEN {
            open.pop_front();
        }
    }

    /// Drops one that does not answer any more.
    pub(crate) fn forget(&self, key: &RemoteKey) {
        self.open().retain(|(known, _)| known != key);
    }

    fn open(&self) -> MutexGuard<'_, VecDeque<(RemoteKey, Arc<RemoteImage>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
