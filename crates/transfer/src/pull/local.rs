//! The promised bytes may lie on this computer already: then they are copied and not fetched.

use std::io;
use std::path::Path;

use super::Pull;
use super::front::Front;
use crate::digest::Sha256Digest;
use crate::files::{PartFile, Source, blocking, clone_file};
use crate::run::Stop;
use crate::view::Phase;

impl Pull<'_> {
    /// Fills `part_file` from a file that was pushed or pulled before and still has the promised
    /// bytes. Answers whether there was one. Such files are read and nothing else.
    pub(super) async fn copy_from_here(&self, part_file: &PartFile) -> Result<bool, Stop> {
        let (id, digest) = (self.run.id, self.digest);
        let paths = self
            .run
            .record(move |journal| {
                let begun = !journal.parts(id)?.is_empty();
                if begun {
                    Ok(Vec::new()) // what is there of the download would be lost
                } else {
                    journal.files_with(&digest)
                }
            })
            .await?;
        for path in paths {
            let copied = self.copy_from(&path, part_file).await;
            self.run.live.change(|state| state.bytes_done = 0);
            self.run.live.enter(Phase::Downloading);
            match copied {
                Ok(digest) if digest == self.digest => return Ok(true),
                // Gone, changed, or no room for it: the download finds out what matters.
                Ok(_) => {}
                Err(error) => tracing::info!(%error, "cannot copy a file that is here already"),
            }
        }
        Ok(false)
    }

    /// Copies a file and answers the hash of the copy.
    async fn copy_from(&self, path: &Path, part_file: &PartFile) -> io::Result<Sha256Digest> {
        let source = Source::open(path).await.map_err(io::Error::other)?;
        if source.size() != self.size {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.run.live.enter(Phase::Hashing);
        let (from, to) = (source.file(), part_file.file.clone());
        let cloned = blocking(move || Ok(clone_file(&from, &to).is_ok())).await?;
        let mut front = if cloned {
            Front::new(part_file.file.clone())
        } else {
            Front::copying(source.file(), part_file.file.clone())
        };
        while front.hashed() < self.size {
            front = front.advance(self.size).await?;
            let hashed = front.hashed();
            self.run.live.change(|state| state.bytes_done = hashed);
        }
        Ok(front.finish())
    }
}
