//! Fetching ranges in parallel into their places.
//!
//! Three things go on at once in one task: ranges arrive, arrived ranges are made durable and
//! recorded (all that waited together, in one step), and the contiguous front is hashed.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Pull;
use super::fetch::{RangesStop, is_not_honoured};
use super::front::Front;
use super::stream::{Arrival, Writer};
use super::sum::Checksum;
use crate::digest::Sha256Digest;
use crate::error::{Failure, TransferError};
use crate::files::{PartFile, blocking, disk_failure};
use crate::journal::Work;
use crate::remote::CompletedPart;
use crate::run::{Pace, Stop, Tries};
use crate::view::{Notice, Phase};

/// How the ranges lie in the file. Numbers count from 1.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    range_size: u64,
    size: u64,
    pub(super) total: u32,
}

impl Layout {
    pub(super) fn range(&self, number: u32) -> Range<u64> {
        let start = u64::from(number - 1).saturating_mul(self.range_size);
        start..self.size.min(start.saturating_add(self.range_size))
    }

    fn length(&self, number: u32) -> u64 {
        let range = self.range(number);
        range.end.saturating_sub(range.start)
    }

    /// The end of the front when its first `count` ranges are there.
    fn front(&self, count: u32) -> u64 {
        if count == 0 { 0 } else { self.range(count).end }
    }
}

impl Pull<'_> {
    /// Fetches the ranges that the journal does not have; answers the hash of the whole file.
    pub(super) async fn fetch_ranges(
        &self,
        part_file: &PartFile,
    ) -> Result<Sha256Digest, RangesStop> {
        let layout = self.layout()?;
        let mut arrived = self.recorded(layout).await?;
        let missing: Vec<u32> = (1..=layout.total)
            .filter(|n| !arrived.contains(n))
            .collect();
        let mut waiting = missing.into_iter().peekable();
        let pace = Pace::new(self.run.options(), &self.run.budgets().down);
        let progress = AtomicU32::new(0);
        let mut contiguous = 0;
        let mut unrecorded = Vec::new();
        let mut front = Some(Front::new(Arc::clone(&part_file.file)));
        // The latter two never hold more than one future each.
        let mut fetching = FuturesUnordered::new();
        let mut recording = FuturesUnordered::new();
        let mut hashing = FuturesUnordered::new();
        loop {
            while fetching.len() < pace.limit() {
                let Some(number) = waiting.next() else { break };
                fetching.push(self.fetch_range(part_file, layout, number, &progress, &pace));
            }
            if fetching.is_empty() {
                self.run.live.enter(Phase::Verifying);
            }
            if recording.is_empty() && !unrecorded.is_empty() {
                let parts = std::mem::take(&mut unrecorded);
                recording.push(self.record_ranges(part_file, layout, parts));
            }
            while arrived.contains(&(contiguous + 1)) {
                contiguous += 1;
            }
            let limit = layout.front(contiguous);
            if let Some(ready) = front.take_if(|front| front.hashed() < limit) {
                hashing.push(ready.advance(limit));
            }
            tokio::select! {
                Some(result) = fetching.next() => {
                    let part = result?;
                    progress.fetch_add(1, Ordering::Relaxed);
                    pace.part_arrived();
                    arrived.insert(part.number);
                    unrecorded.push(part);
                }
                () = pace.grew(), if waiting.peek().is_some() => {}
                Some(result) = recording.next() => result?,
                Some(result) = hashing.next() => {
                    front = Some(result.map_err(|error| disk_failure(&error))?);
                }
                else => break,
            }
        }
        let front = front.ok_or(TransferError::Defect)?;
        Ok(front.finish())
    }

    pub(super) fn layout(&self) -> Result<Layout, TransferError> {
        let Work::Pull(work) = self.run.checkpoint().work else {
            return Err(TransferError::Defect);
        };
        let range_size = work.range_size.max(1);
        let total =
            u32::try_from(self.size.div_ceil(range_size)).map_err(|_| TransferError::BadAnswer)?;
        Ok(Layout {
            range_size,
            size: self.size,
            total,
        })
    }

    /// The ranges of the journal, which need not be fetched.
    async fn recorded(&self, layout: Layout) -> Result<BTreeSet<u32>, Failure> {
        let id = self.run.id;
        let parts = self.run.record(move |journal| journal.parts(id)).await?;
        let numbers: BTreeSet<u32> = parts
            .iter()
            .map(|part| part.number)
            .filter(|number| (1..=layout.total).contains(number))
            .collect();
        let done = numbers.iter().map(|number| layout.length(*number)).sum();
        self.run.live.change(|state| {
            state.lay_out_parts(layout.total, numbers.iter().copied(), done);
        });
        Ok(numbers)
    }

    /// Makes ranges durable, then records them, then shows them.
    async fn record_ranges(
        &self,
        part_file: &PartFile,
        layout: Layout,
        parts: Vec<CompletedPart>,
    ) -> Result<(), Stop> {
        let written = part_file.clone();
        let synced = blocking(move || {
            written.file.sync_data()?;
            Ok(written.is_in_place())
        });
        match synced.await {
            Ok(true) => {}
            // What is fetched into a file without its name is lost.
            Ok(false) => return Err(Stop::StartOver(Notice::PartialFileChanged)),
            Err(error) => return Err(self.disk_failed(error).await.into()),
        }
        let (id, live) = (self.run.id, Arc::clone(&self.run.live));
        let recorded = self
            .run
            .record(move |journal| {
                journal.record_parts(id, &parts)?;
                live.change(|state| {
                    for part in &parts {
                        state.part_acknowledged(part.number, layout.length(part.number));
                    }
                });
                Ok(())
            })
            .await;
        Ok(recorded?)
    }

    /// Fetches a range. Answers its number and, in the place of an upload's ETag, the checksum of what
    /// arrived.
    async fn fetch_range(
        &self,
        part_file: &PartFile,
        layout: Layout,
        number: u32,
        progress: &AtomicU32,
        pace: &Pace<'_>,
    ) -> Result<CompletedPart, RangesStop> {
        let range = layout.range(number);
        let mut writer = Writer::<Checksum>::new(self, part_file, number, range.clone());
        let mut tries = Tries::default();
        let mut seen = progress.load(Ordering::Relaxed);
        loop {
            let place = pace.place().await;
            let at = writer.position();
            let done = at - range.start;
            self.run
                .live
                .change(|state| state.part_begins(number, done));
            let target = self.target().await;
            let opened = self
                .not_idle(self.remote.read_range(&target, at..range.end))
                .await;
            let arrival = match opened {
                Ok(stream) => writer.take(stream, |bytes| pace.moved(bytes)).await,
                Err(error) => Err(Arrival::Remote(error)),
            };
            let error = match arrival {
                Ok(()) => {
                    let sum = writer.into_sum().ok_or(TransferError::Defect)?;
                    let etag = sum.finish().to_string();
                    return Ok(CompletedPart { number, etag });
                }
                Err(Arrival::TooMuch) => return Err(RangesStop::NotHonoured),
                Err(Arrival::Disk(error)) => return Err(self.disk_failed(error).await.into()),
                Err(Arrival::Remote(error)) if is_not_honoured(error.kind()) => {
                    return Err(RangesStop::NotHonoured);
                }
                Err(Arrival::Remote(error)) => error,
            };
            drop(place);
            pace.part_failed();
            self.range_failed(number, &error);
            let latest = progress.load(Ordering::Relaxed);
            if latest != seen || writer.position() > at {
                seen = latest;
                tries.reset();
            }
            let error = self.renewed(&target, error).await?;
            self.run.wait_after(&mut tries, error).await?;
        }
    }
}
