//! Downloads: finding an image, and reading its bytes where the library keeps them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use sifter_library_api::{Arch, LibraryRef, Target};
use sifter_library_client::oci::{OciAccess, OciRepository};
use sifter_library_client::{DownloadLocation, Error, LibraryClient};
use sifter_transfer::remote::{ByteStream, ImageReference, PullSpec, PullTarget};
use sifter_transfer::{RemoteError, RemoteErrorKind, Sha256Digest};

use super::LibraryRemote;
use super::sorted::{sort, sort_in_download};
use crate::servers::Learned;

/// The digest under a tag, or whether the digest itself is there; `None` until its bytes have arrived.
pub(super) async fn confirm(
    client: &LibraryClient,
    asked: &ImageReference,
) -> Result<Option<Sha256Digest>, RemoteError> {
    let target = match &asked.tag {
        Some(tag) => tag.clone(),
        None => format!("sha256.{}", asked.digest.to_hex()),
    };
    let reference = parse(&format!("{}:{target}", asked.path))?;
    match client.image(&reference, arch(&asked.arch)?).await {
        Ok(image) if image.is_uploaded() => Ok(image
            .hash
            .and_then(|hash| hash.sha256())
            .map(Sha256Digest::from_bytes)),
        Ok(_) | Err(Error::NotFound) => Ok(None),
        Err(error) => Err(sort(error)),
    }
}

/// Where the bytes of an image are, and who gives them.
#[derive(Clone)]
pub(super) enum Place {
    Library(DownloadLocation),
    Registry(OciRepository, DownloadLocation),
}

impl LibraryRemote {
    pub(super) async fn resolve(&self, spec: &PullSpec) -> Result<PullTarget, RemoteError> {
        let reference = parse(&spec.reference)?;
        match self.offered(&reference, OciAccess::Pull).await? {
            Some(repository) => self.resolve_in_registry(spec, &reference, repository).await,
            None => self.resolve_in_library(spec, reference).await,
        }
    }

    async fn resolve_in_library(
        &self,
        spec: &PullSpec,
        reference: LibraryRef,
    ) -> Result<PullTarget, RemoteError> {
        let found = self
            .client
            .resolve(&reference, arch(&spec.arch)?)
            .await
            .map_err(sort)?;
        // A legacy id promises nothing that a download could be compared with.
        let digest = found
            .hash
            .sha256()
            .map(Sha256Digest::from_bytes)
            .ok_or(RemoteErrorKind::Fatal)?;
        let pinned = reference.with_target(Target::Hash(found.hash));
        let key = pinned.to_string();
        if found.location.ranges() == Some(false) {
            self.learn_ranges(false).await;
        }
        let ranges = found.location.ranges().unwrap_or(true);
        self.places()
            .insert(key.clone(), Place::Library(found.location));
        Ok(PullTarget {
            digest,
            size: found.size,
            ranges,
            etag: None,
            resume: key,
        })
    }

    async fn resolve_in_registry(
        &self,
        spec: &PullSpec,
        reference: &LibraryRef,
        repository: OciRepository,
    ) -> Result<PullTarget, RemoteError> {
        let found = repository
            .find(&reference.tag_or_hash(), arch(&spec.arch)?)
            .await
            .map_err(sort)?;
        let location = repository.location(&found.digest);
        let key = format!("{}@{}", reference.path(), found.digest);
        let place = Place::Registry(repository, location);
        self.places().insert(key.clone(), place);
        Ok(PullTarget {
            digest: Sha256Digest::from_bytes(found.digest.sha256()),
            size: found.size,
            ranges: true,
            etag: None,
            resume: key,
        })
    }

    pub(super) async fn range(
        &self,
        target: &PullTarget,
        range: Range<u64>,
    ) -> Result<ByteStream, RemoteError> {
        let start = range.start;
        let stream = match self.place(target)? {
            Place::Library(from) => self.client.get_range(&from, range, target.size).await,
            Place::Registry(repository, from) => {
                repository.get_range(&from, range, target.size).await
            }
        };
        match &stream {
            // The beginning is what a server sends that understands no ranges.
            Ok(_) if start > 0 => self.learn_ranges(true).await,
            Err(Error::RangeIgnored) => self.learn_ranges(false).await,
            _ => {}
        }
        self.stream(target, stream)
    }

    pub(super) async fn whole(&self, target: &PullTarget) -> Result<ByteStream, RemoteError> {
        let stream = match self.place(target)? {
            Place::Library(from) => self.client.get_whole(&from, target.size).await,
            Place::Registry(repository, from) => repository.get_whole(&from, target.size).await,
        };
        self.stream(target, stream)
    }

    async fn learn_ranges(&self, ranges: bool) {
        let seen = |learned: &mut Learned| learned.ranges = Some(ranges);
        self.servers.learn(&self.server_id, seen).await;
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the bytes are, if the target was resolved by this remote and its address still works.
    fn place(&self, target: &PullTarget) -> Result<Place, RemoteError> {
        let place = self.places().get(&target.resume).cloned();
        place.ok_or_else(|| RemoteErrorKind::SessionForgotten.into())
    }

    fn stream(
        &self,
        target: &PullTarget,
        stream: Result<sifter_library_client::client::ByteStream, Error>,
    ) -> Result<ByteStream, RemoteError> {
        match stream {
            Ok(stream) => Ok(stream.map(|piece| piece.map_err(sort)).boxed()),
            Err(error) => {
                if matches!(error, Error::LinkRefused { .. }) {
                    self.places().remove(&target.resume);
                }
                Err(sort_in_download(error))
            }
        }
    }
}

pub(super) fn parse(reference: &str) -> Result<LibraryRef, RemoteError> {
    // Without a host: a first name with a dot is an entity here.
    format!("library:///{reference}")
        .parse()
        .map_err(|error: sifter_library_api::RefError| {
            RemoteError::new(RemoteErrorKind::Fatal, error)
        })
}

/// An architecture out of the journal, or none.
pub(super) fn arch(text: &str) -> Result<Option<Arch>, RemoteError> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|error: sifter_library_api::arch::UnknownArch| {
                RemoteError::new(RemoteErrorKind::Fatal, error)
            }),
    }
}
