//! Which ranges are to blame when the whole has the wrong hash.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use super::Pull;
use super::front::Front;
use crate::digest::Sha256Digest;
use crate::error::Failure;
use crate::files::{PartFile, disk_failure};
use crate::view::Notice;

impl Pull<'_> {
    /// Forgets the ranges that are not on disk what they were when they arrived, so that they alone
    /// are fetched again; all of them when none differs, for then they arrived wrong. Answers
    /// whether some could be blamed.
    pub(super) async fn forget_blamed(&self, part_file: &PartFile) -> Result<bool, Failure> {
        let blamed = self.blamed(part_file).await?;
        if blamed.is_empty() {
            self.run
                .save_without_parts(|checkpoint| checkpoint.notice = Some(Notice::HashMismatch))
                .await?;
            return Ok(false);
        }
        let id = self.run.id;
        self.run
            .record(move |journal| journal.forget_parts(id, &blamed))
            .await?;
        self.run
            .save(|checkpoint| checkpoint.notice = Some(Notice::HashMismatch))
            .await?;
        Ok(true)
    }

    async fn blamed(&self, part_file: &PartFile) -> Result<BTreeSet<u32>, Failure> {
        let layout = self.layout()?;
        let id = self.run.id;
        let parts = self.run.record(move |journal| journal.parts(id)).await?;
        let mut blamed = BTreeSet::new();
        for part in parts {
            // A journal of an earlier version does not know what arrived.
            let Ok(arrived) = part.etag.parse::<Sha256Digest>() else {
                continue;
            };
            if !(1..=layout.total).contains(&part.number) {
                continue;
            }
            let found = digest_of_range(part_file, layout.range(part.number)).await;
            if found.map_err(|error| disk_failure(&error))? != arrived {
                blamed.insert(part.number);
            }
        }
        Ok(blamed)
    }
}

async fn digest_of_range(
    part_file: &PartFile,
    range: std::ops::Range<u64>,
) -> io::Result<Sha256Digest> {
    let mut front = Front::starting_at(Arc::clone(&part_file.file), range.start);
    while front.hashed() < range.end {
        front = front.advance(range.end).await?;
    }
    Ok(front.finish())
}
