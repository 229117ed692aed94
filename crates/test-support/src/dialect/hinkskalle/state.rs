//! What a Hinkskalle remembers between requests.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// The architecture whose `latest` it sets.
pub(super) const DEFAULT_ARCH: &str = "amd64";

/// A part: the upload it belongs to, and its number.
pub(super) type Part = (String, u64);

#[derive(Debug)]
pub(super) struct State {
    /// The owner's token, as clients know it.
    pub(super) token: String,
    /// The value of `Authorization` that the library behind it wants.
    pub(super) library_token: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    uploads: Vec<Upload>,
    containers: HashMap<String, String>,
    /// Container and digest of every image that was made.
    made: HashSet<(String, String)>,
}

/// How far an upload has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PartState {
    Initialized,
    Uploading,
    Uploaded,
}

/// A file, or a part of one, that has been given an address.
#[derive(Debug)]
pub(super) struct Upload {
    /// Where the bytes really go: path and query.
    pub(super) path: String,
    /// Their digest, as announced.
    pub(super) sha256: String,
    pub(super) state: PartState,
    part: Option<Part>,
    /// What the library answered them with.
    tag: String,
}

impl Upload {
    pub(super) fn new(path: String, sha256: &str, part: Option<Part>) -> Self {
        Self {
            path,
            sha256: sha256.to_owned(),
            state: PartState::Initialized,
            part,
            tag: String::new(),
        }
    }
}

impl State {
    pub(super) fn new(token: &str, library_token: &str) -> Self {
        Self {
            token: token.to_owned(),
            library_token: format!("Bearer {library_token}"),
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an upload and answers its number.
    pub(super) fn add(&self, upload: Upload) -> usize {
        let uploads = &mut self.known().uploads;
        uploads.push(upload);
        uploads.len() - 1
    }

    pub(super) fn of_part(&self, part: &Part) -> Option<usize> {
        let known = self.known();
        let mut uploads = known.uploads.iter();
        uploads.position(|upload| upload.part.as_ref() == Some(part))
    }

    /// Changes an upload; `None` when there is none.
    pub(super) fn change<T>(
        &self,
        number: usize,
        change: impl FnOnce(&mut Upload) -> T,
    ) -> Option<T> {
        self.known().uploads.get_mut(number).map(change)
    }

    /// The bytes are there; the library behind answered them with `tag`.
    pub(super) fn arrived(&self, number: usize, tag: String) {
        self.change(number, |upload| {
            upload.state = PartState::Uploaded;
            upload.tag = tag;
        });
    }

    /// The library's own tag of a part that has arrived.
    pub(super) fn tag(&self, number: usize) -> Option<String> {
        self.change(number, |upload| {
            (upload.state == PartState::Uploaded).then(|| upload.tag.clone())
        })?
    }

    pub(super) fn remember(&self, image: &Value, container: &Value) {
        if let (Some(image), Some(container)) = (image.as_str(), container.as_str()) {
            let (image, container) = (image.to_owned(), container.to_owned());
            self.known().containers.insert(image, container);
        }
    }

    pub(super) fn container_of(&self, image: &str) -> Option<String> {
        self.known().containers.get(image).cloned()
    }

    /// Whether no image of this container and digest was made before.
    pub(super) fn is_new(&self, row: &Value) -> bool {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let made = (text("container"), text("hash"));
        self.known().made.insert(made)
    }
}
