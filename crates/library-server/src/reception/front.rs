//! The SHA-256 of an upload, advanced while parts are still coming in.
//!
//! Parts arrive in any order; the hash covers those from the first one on without a gap. Whatever is left
//! when the upload is completed is hashed then. After a restart it begins at nothing again.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use sifter_sif::Source as _;

use crate::catalog::uploads::Upload;

/// Bytes read at a time.
const BUFFER: usize = 1 << 20;

/// A hash in progress.
#[derive(Default)]
pub(crate) struct Front {
    hasher: Sha256,
    /// Parts hashed: 1 to this number.
    hashed: u32,
    /// Parts on disk that are not hashed yet.
    waiting: BTreeSet<u32>,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front")
            .field("hashed", &self.hashed)
            .finish_non_exhaustive()
    }
}

impl Front {
    /// Notes that these parts are on disk.
    pub(crate) fn arrived(&mut self, numbers: impl IntoIterator<Item = u32>) {
        self.waiting
            .extend(numbers.into_iter().filter(|number| *number > self.hashed));
    }

    /// Notes that a part will be written again. If it was hashed, all begins anew.
    pub(crate) fn withdrawn(&mut self, number: u32) {
        if number <= self.hashed {
            self.waiting.extend(1..=self.hashed);
            self.hashed = 0;
            self.hasher = Sha256::new();
        }
        self.waiting.remove(&number);
    }

    /// Hashes what can be hashed. Blocks on the disk.
    pub(crate) fn advance(&mut self, upload: &Upload, file: &Path) -> io::Result<()> {
        if !self.waiting.contains(&self.hashed.saturating_add(1)) {
            return Ok(());
        }
        let file = File::open(file)?;
        while self.waiting.remove(&self.hashed.saturating_add(1)) {
            self.hashed += 1;
            let Some((offset, length)) = upload.part(self.hashed) else {
                break;
            };
            self.absorb(&file, offset, length)?;
        }
        Ok(())
    }

    /// The hash of the whole file, once every part has arrived. Blocks on the disk.
    pub(crate) fn finish(mut self, upload: &Upload, file: &Path) -> io::Result<String> {
        self.waiting = (self.hashed + 1..=upload.total_parts).collect();
        self.advance(upload, file)?;
        Ok(hex::encode(self.hasher.finalize()))
    }

    fn absorb(&mut self, file: &File, mut offset: u64, length: u64) -> io::Result<()> {
        let end = offset + length;
        let mut buffer = vec![0; BUFFER];
        while offset < end {
            let step = usize::try_from(end - offset).unwrap_or(BUFFER).min(BUFFER);
            let Some(bytes) = buffer.get_mut(..step) else {
                break;
            };
            file.read_exact_at(bytes, offset)?;
            self.hasher.update(bytes);
            offset += step as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> (tempfile::NamedTempFile, Upload, Vec<u8>) {
        let bytes: Vec<u8> = (0..25_u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let upload = Upload {
            id: "a".into(),
            image_id: "b".into(),
            size: 25,
            part_size: 10,
            total_parts: 3,
            md5: String::new(),
            digest: String::new(),
        };
        (file, upload, bytes)
    }

    #[test]
    fn parts_in_any_order_give_the_hash_of_the_file() {
        let (file, upload, bytes) = fixture();
        let mut front = Front::default();
        for number in [2, 1] {
            front.arrived([number]);
            front.advance(&upload, file.path()).unwrap();
        }
        assert_eq!(front.hashed, 2);
        assert_eq!(
            front.finish(&upload, file.path()).unwrap(),
            hex::encode(Sha256::digest(bytes))
        );
    }

    #[test]
    fn a_part_written_again_is_hashed_again() {
        let (file, upload, mut bytes) = fixture();
        let mut front = Front::default();
        front.arrived(1..=3);
        front.advance(&upload, file.path()).unwrap();
        front.withdrawn(2);
        bytes[12] = 99;
        std::fs::write(file.path(), &bytes).unwrap();
        front.advance(&upload, file.path()).unwrap();
        assert_eq!(front.hashed, 1);
        front.arrived([2]);
        assert_eq!(
            front.finish(&upload, file.path()).unwrap(),
            hex::encode(Sha256::digest(bytes))
        );
    }
}
