//! Which ranges are to blame when the whole has the wrong hash.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Pull;
use super::sum::Crc;
use crate::error::Failure;
use crate::files::{PartFile, blocking, disk_failure};
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
            let Ok(arrived) = part.etag.parse::<Crc>() else {
                continue;
            };
            if !(1..=layout.total).contains(&part.number) {
                continue;
            }
            let (file, range) = (Arc::clone(&part_file.file), layout.range(part.number));
            let found = blocking(move || Crc::of_range(&file, range)).await;
            if found.map_err(|error| disk_failure(&error))? != arrived {
                blamed.insert(part.number);
            }
        }
        Ok(blamed)
    }
}
