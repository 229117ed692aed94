//! Which way the images of a library go: through the registry behind it, where it offers one, or through the
//! library itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sifter_library_api::LibraryRef;
use sifter_library_client::Error;
use sifter_library_client::oci::{OciAccess, OciRepository};
use sifter_transfer::{RemoteError, RemoteErrorKind};

use super::LibraryRemote;
use super::sorted::sort;
use crate::servers::Learned;

/// How long a library that offers no registry is not asked for one again.
const MEMORY: Duration = Duration::from_secs(10 * 60);

/// The servers that offer no registry, as far as they have been asked.
#[derive(Debug, Default)]
pub(super) struct Offers(Mutex<HashMap<String, Instant>>);

impl Offers {
    fn none_from(&self, server_id: &str) -> bool {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked
            .get(server_id)
            .is_some_and(|asked| asked.elapsed() < MEMORY)
    }

    fn note_none(&self, server_id: &str) {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(server_id.to_owned(), Instant::now());
    }
}

/// The repositories that this remote has asked for, with their tokens.
pub(super) type Repositories = Mutex<HashMap<(String, OciAccess), OciRepository>>;

impl LibraryRemote {
    /// The registry for something that begins; `None` when it goes through the library itself.
    ///
    /// A library that refuses the account here is asked its own way: it will say there whether the account may
    /// do what it wants, and nothing has gone either way yet. A failure that may pass decides nothing.
    pub(super) async fn offered(
        &self,
        reference: &LibraryRef,
        access: OciAccess,
    ) -> Result<Option<OciRepository>, RemoteError> {
        if self.offers.none_from(&self.server_id) {
            return Ok(None);
        }
        match self.repository(reference, access).await {
            Ok(found) => {
                let is_there = Some(found.is_some());
                if found.is_none() {
                    self.offers.note_none(&self.server_id);
                }
                let seen = |learned: &mut Learned| learned.registry = is_there;
                self.servers.learn(&self.server_id, seen).await;
                Ok(found)
            }
            Err(Error::Unauthorized | Error::Forbidden(_) | Error::ScopeMissing { .. }) => Ok(None),
            other => other.map_err(sort),
        }
    }

    /// The registry for an upload that went there before. When the library offers none any more, the upload is
    /// lost.
    pub(super) async fn needed(
        &self,
        reference: &LibraryRef,
    ) -> Result<OciRepository, RemoteError> {
        let found = self.repository(reference, OciAccess::Push).await;
        found
            .map_err(sort)?
            .ok_or_else(|| RemoteErrorKind::SessionForgotten.into())
    }

    async fn repository(
        &self,
        reference: &LibraryRef,
        access: OciAccess,
    ) -> Result<Option<OciRepository>, Error> {
        let key = (reference.path(), access);
        let known = |repositories: &Repositories| {
            let repositories = repositories.lock().unwrap_or_else(PoisonError::into_inner);
            repositories.get(&key).cloned()
        };
        if let Some(repository) = known(&self.repositories) {
            return Ok(Some(repository));
        }
        let found = self.client.oci_repository(reference, access).await?;
        if let Some(repository) = &found {
            let mut repositories = self
                .repositories
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            repositories.insert(key, repository.clone());
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_is_remembered_by_itself() {
        let offers = Offers::default();
        assert!(!offers.none_from("a"));
        offers.note_none("a");
        assert!(offers.none_from("a"));
        assert!(!offers.none_from("b"));
    }
}
