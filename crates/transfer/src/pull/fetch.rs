//! Fetching until the hash is right, or until it is clear that it will not be.

use super::{MOST_FETCHES, Pull};
use crate::digest::Sha256Digest;
use crate::error::TransferError;
use crate::files::{PartFile, blocking, disk_failure};
use crate::journal::Work;
use crate::remote::{Feature, RemoteErrorKind};
use crate::run::Stop;
use crate::view::{Notice, Phase};

impl Pull<'_> {
    /// Fills `part_file` with the promised bytes. Removes it when only damaged data is to be had.
    pub(super) async fn fetch_verified(&self, part_file: &PartFile) -> Result<(), Stop> {
        let mut fetched = 0;
        let mut blamed = false;
        loop {
            // The last try does without ranges, in case they are what is broken.
            let with_ranges = blamed || fetched + 1 < MOST_FETCHES;
            let actual = self.fetch(part_file, with_ranges).await?;
            self.run.live.enter(Phase::Verifying);
            if actual == self.digest {
                return Ok(());
            }
            fetched += 1;
            if fetched >= MOST_FETCHES {
                self.discard(part_file).await?;
                return Err(TransferError::Damaged {
                    expected: self.digest,
                    actual,
                }
                .into());
            }
            blamed = self.forget_blamed(part_file).await?;
        }
    }

    /// Fetches what is missing and answers the hash of it all.
    async fn fetch(&self, part_file: &PartFile, with_ranges: bool) -> Result<Sha256Digest, Stop> {
        self.run.live.enter(Phase::Downloading);
        let target = self.target().await;
        if with_ranges && target.ranges {
            match self.fetch_ranges(part_file).await {
                Err(RangesStop::NotHonoured) => {
                    self.run
                        .save_without_parts(|checkpoint| {
                            checkpoint.notice = Some(Notice::RangesNotHonoured);
                            checkpoint.without = vec![Feature::Range];
                        })
                        .await?;
                }
                Err(RangesStop::Stop(stop)) => return Err(stop),
                Ok(digest) => return Ok(digest),
            }
        } else if !target.ranges {
            self.run
                .save(|checkpoint| checkpoint.without = vec![Feature::Range])
                .await?;
        }
        self.fetch_stream(part_file).await
    }

    async fn discard(&self, part_file: &PartFile) -> Result<(), Stop> {
        let identity = part_file.identity.clone();
        let removed = blocking(move || {
            PartFile::remove(&identity);
            Ok(())
        });
        removed.await.map_err(|error| disk_failure(&error))?;
        self.run
            .save_without_parts(|checkpoint| checkpoint.work = Work::NotBegun)
            .await?;
        Ok(())
    }
}

/// Why fetching by ranges ended.
#[derive(Debug)]
pub(super) enum RangesStop {
    /// The server answers something else than the range asked for.
    NotHonoured,
    Stop(Stop),
}

impl<T: Into<Stop>> From<T> for RangesStop {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

/// Whether an error says that ranges do not work here.
pub(super) fn is_not_honoured(kind: &RemoteErrorKind) -> bool {
    *kind == RemoteErrorKind::Unsupported(Feature::Range)
}
