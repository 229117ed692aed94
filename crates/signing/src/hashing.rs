//! Digests of object data: streamed, and computed once however many signatures cover an object.

use std::collections::HashMap;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use sifter_sif::{Descriptor, Image, Source};

use crate::digest::{Digest, DigestAlgorithm, Hasher};
use crate::failure::Failure;

/// How much is read at a time, in bytes: large enough for the disk, small enough for the cache.
const CHUNK: usize = 256 << 10;

/// Told how many more bytes have been hashed; breaks to stop the work.
pub(crate) type Watch<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

/// Why there is no digest.
pub(crate) enum NoDigest {
    Failed(Failure),
    Stopped,
}

impl From<Failure> for NoDigest {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The data digests of one image.
pub(crate) struct DataDigests<'i, 'w, S> {
    image: &'i Image<S>,
    watch: Watch<'w>,
    /// By place rather than by object: many descriptors of a hostile image may share one place.
    known: HashMap<(i64, i64, DigestAlgorithm), Digest>,
    buffer: Vec<u8>,
}

impl<'i, 'w, S: Source> DataDigests<'i, 'w, S> {
    pub(crate) fn new(image: &'i Image<S>, watch: Watch<'w>) -> Self {
        Self {
            image,
            watch,
            known: HashMap::new(),
            buffer: Vec::new(),
        }
    }

    /// Asks whether to go on, where nothing is hashed for a while.
    pub(crate) fn pause(&mut self) -> Result<(), NoDigest> {
        match (self.watch)(0) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(NoDigest::Stopped),
        }
    }

    /// The digest of one object's data.
    pub(crate) fn of(
        &mut self,
        object: &Descriptor,
        algorithm: DigestAlgorithm,
    ) -> Result<Digest, NoDigest> {
        let key = (object.offset(), object.size(), algorithm);
        if let Some(digest) = self.known.get(&key) {
            return Ok(digest.clone());
        }
        let digest = self.of_all(&[object], algorithm)?;
        self.known.insert(key, digest.clone());
        Ok(digest)
    }

    /// The digest of the data of several objects, one after the other.
    pub(crate) fn of_all(
        &mut self,
        objects: &[&Descriptor],
        algorithm: DigestAlgorithm,
    ) -> Result<Digest, NoDigest> {
        self.buffer.resize(CHUNK, 0);
        let mut hasher = Hasher::new(algorithm);
        for object in objects {
            let mut reader = self
                .image
                .reader(object)
                .map_err(|cause| unreadable(object, cause))?;
            loop {
                let count = match reader.read(&mut self.buffer) {
                    Ok(0) => break,
                    Ok(count) => count,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(source) => {
                        let what = "data of an object";
                        let cause = sifter_sif::Error::Read { what, source };
                        return Err(unreadable(object, cause).into());
                    }
                };
                hasher.update(self.buffer.get(..count).unwrap_or_default());
                if (self.watch)(count as u64).is_break() {
                    return Err(NoDigest::Stopped);
                }
            }
        }
        Ok(hasher.finish())
    }
}

pub(crate) fn unreadable(object: &Descriptor, cause: sifter_sif::Error) -> Failure {
    Failure::Unreadable {
        object: object.id(),
        cause: Arc::new(cause),
    }
}
