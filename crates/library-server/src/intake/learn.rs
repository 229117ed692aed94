//! What a file says about itself, read from its header once it is whole.

use std::path::PathBuf;

use sifter_sif::{DataType, Image};

use crate::catalog::images::Learned;
use crate::error::Error;
use crate::fault::Fault;

/// Reads the header of an image, or refuses a file that is none.
pub(super) async fn learn(file: PathBuf) -> Result<Learned, Fault> {
    let read = tokio::task::spawn_blocking(move || {
        let image = Image::open(&file)?;
        let facts = image.facts()?;
        let mut fingerprints: Vec<String> = image
            .descriptors()
            .filter(|object| object.data_type() == DataType::Signature)
            .filter_map(|object| object.signature().ok()?.fingerprint)
            .map(hex::encode_upper)
            .collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        Ok(Learned {
            size: facts.size,
            arch: facts.architecture.map(|arch| arch.name()),
            signed: facts.is_signed(),
            encrypted: facts.encrypted,
            fingerprints,
        })
    });
    read.await
        .map_err(|_| Error::Stopping)?
        .map_err(Fault::NotASif)
}
