//! Sending: parts in parallel, or the file in one piece.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::{Push, Sent, hashing};
use crate::digest::Sha256Digest;
use crate::error::{Failure, TransferError};
use crate::remote::{
    Body, CompletedPart, PartUpload, PushSession, RemoteError, RemoteErrorKind, WholeUpload,
};
use crate::run::{Pace, Stop, Tries, not_idle};
use crate::view::{Notice, Phase};

/// Times a part is sent again because the server found it damaged, before the file itself is
/// suspected and hashed again.
const MOST_DAMAGED: u32 = 2;

/// The file's one part when it goes up in one piece.
const WHOLE: u32 = 1;

/// How the parts lie in the file.
struct Layout<'a> {
    part_size: u64,
    digest_needed: bool,
    /// Grows with every acknowledgement: tries are counted anew when something gets through.
    progress: AtomicU32,
    pace: Pace<'a>,
}

impl Push<'_> {
    /// Sends every part that the journal does not have.
    pub(super) async fn send_parts(
        &self,
        session: &PushSession,
        part_size: u64,
        total: u32,
        digest_needed: bool,
    ) -> Result<(), Stop> {
        let acknowledged = self.acknowledged(total).await?;
        self.check_finished_parts(&acknowledged, part_size).await?;
        let done = acknowledged
            .iter()
            .map(|number| self.part_length(*number, part_size))
            .sum();
        self.run.live.enter(Phase::Uploading);
        self.run.live.change(|state| {
            state.lay_out_parts(total, acknowledged.iter().copied(), done);
        });
        let layout = Layout {
            part_size,
            digest_needed,
            progress: AtomicU32::new(0),
            pace: Pace::new(self.run.options(), &self.run.budgets().up),
        };
        let mut waiting = (1..=total)
            .filter(|number| !acknowledged.contains(number))
            .peekable();
        let mut sending = FuturesUnordered::new();
        loop {
            while sending.len() < layout.pace.limit() {
                let Some(number) = waiting.next() else { break };
                sending.push(self.send_part(session, &layout, number));
            }
            tokio::select! {
                () = layout.pace.grew(), if waiting.peek().is_some() => {}
                sent = sending.next() => match sent {
                    Some(result) => result?,
                    None => return Ok(()),
                }
            }
        }
    }

    async fn acknowledged(&self, total: u32) -> Result<BTreeSet<u32>, Failure> {
        let id = self.run.id;
        let parts = self.run.record(move |journal| journal.parts(id)).await?;
        let numbers = parts.into_iter().map(|part| part.number);
        Ok(numbers.filter(|n| (1..=total).contains(n)).collect())
    }

    /// Reads the first and the last finished part again, where their digests are known: a file can
    /// be changed in place and look as before.
    async fn check_finished_parts(
        &self,
        acknowledged: &BTreeSet<u32>,
        part_size: u64,
    ) -> Result<(), Stop> {
        let ends: BTreeSet<_> = [acknowledged.first(), acknowledged.last()]
            .into_iter()
            .flatten()
            .collect();
        for number in ends {
            let known = self.known_digest(*number, part_size);
            let offset = u64::from(number - 1).saturating_mul(part_size);
            let length = self.part_length(*number, part_size);
            if known.is_some() && known != Some(self.read_digest(offset, length).await?) {
                return Err(Stop::StartOver(Notice::SourceChanged));
            }
        }
        Ok(())
    }

    /// What the first pass over the file computed for a part.
    fn known_digest(&self, number: u32, part_size: u64) -> Option<Sha256Digest> {
        if self.hashes.part_size != part_size {
            return None;
        }
        self.hashes.parts.get(number as usize - 1).copied()
    }

    async fn read_digest(&self, offset: u64, length: u64) -> Result<Sha256Digest, Stop> {
        match hashing::part_digest(self.run, &self.source, offset, length).await {
            Ok(digest) => Ok(digest),
            Err(_) if !self.source.is_unchanged().await => {
                Err(Stop::StartOver(Notice::SourceChanged))
            }
            Err(error) => Err(Failure::new(TransferError::SourceUnreadable, &error).into()),
        }
    }

    fn part_length(&self, number: u32, part_size: u64) -> u64 {
        let offset = u64::from(number - 1).saturating_mul(part_size);
        self.source.size().saturating_sub(offset).min(part_size)
    }

    async fn send_part(
        &self,
        session: &PushSession,
        layout: &Layout<'_>,
        number: u32,
    ) -> Result<(), Stop> {
        let length = self.part_length(number, layout.part_size);
        let offset = u64::from(number - 1) * layout.part_size;
        self.run.live.change(|state| state.part_begins(number, 0));
        let sha256 = self.digest_of_part(layout, number, offset, length).await?;
        let part = PartUpload {
            number,
            length,
            sha256,
        };
        let mut patience = Patience::default();
        let mut seen = layout.progress.load(Ordering::Relaxed);
        loop {
            let place = layout.pace.place().await;
            let (body, moved) = self.body(number, offset, length);
            let call = self.remote.put_part(session, part, body);
            match not_idle(call, &moved, length, self.run.options().idle_timeout).await {
                Ok(receipt) => {
                    self.acknowledge(number, length, receipt.etag).await?;
                    layout.pace.part_arrived();
                    layout.pace.moved(length);
                    layout.progress.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                Err(error) => {
                    drop(place);
                    layout.pace.part_failed();
                    let latest = layout.progress.load(Ordering::Relaxed);
                    if latest != seen {
                        seen = latest;
                        patience.tries.reset();
                    }
                    self.part_failed(number, error, &mut patience).await?;
                }
            }
        }
    }

    async fn digest_of_part(
        &self,
        layout: &Layout<'_>,
        number: u32,
        offset: u64,
        length: u64,
    ) -> Result<Option<Sha256Digest>, Stop> {
        if !layout.digest_needed {
            return Ok(None);
        }
        if let Some(known) = self.known_digest(number, layout.part_size) {
            return Ok(Some(known));
        }
        self.read_digest(offset, length).await.map(Some)
    }

    /// Sends the file in one piece, unless the journal says that it was.
    pub(super) async fn send_whole(&self, session: &PushSession) -> Result<Sent, Stop> {
        let size = self.source.size();
        let acknowledged = self.acknowledged(WHOLE).await?;
        let done = if acknowledged.contains(&WHOLE) {
            size
        } else {
            0
        };
        self.run.live.enter(Phase::Uploading);
        self.run.live.change(|state| {
            state.lay_out_parts(1, acknowledged.iter().copied(), done);
        });
        if acknowledged.contains(&WHOLE) {
            return Ok(Sent::Everything);
        }
        let whole = WholeUpload {
            length: size,
            sha256: self.hashes.sha256,
        };
        let mut patience = Patience::default();
        loop {
            self.run.live.change(|state| state.part_begins(WHOLE, 0));
            let (body, moved) = self.body(WHOLE, 0, size);
            let call = self.remote.put_whole(session, whole, body);
            match not_idle(call, &moved, size, self.run.options().idle_timeout).await {
                Ok(()) => {
                    self.acknowledge(WHOLE, size, String::new()).await?;
                    return Ok(Sent::Everything);
                }
                Err(error) => {
                    let all_sent = moved.load(Ordering::Relaxed) >= size;
                    let unclear = matches!(
                        error.kind(),
                        RemoteErrorKind::Transient { .. } | RemoteErrorKind::Garbled
                    );
                    if all_sent && unclear && self.is_there(session).await? {
                        return Ok(Sent::ArrivedUnasked);
                    }
                    self.run.live.enter(Phase::Uploading);
                    self.part_failed(WHOLE, error, &mut patience).await?;
                }
            }
        }
    }

    /// A body for one try of a part, and the count of bytes it handed out.
    pub(super) fn body(&self, number: u32, offset: u64, length: u64) -> (Body, Arc<AtomicU64>) {
        let moved = Arc::new(AtomicU64::new(0));
        let (opened, counted) = (Arc::clone(&moved), Arc::clone(&moved));
        let (live, live_too) = (Arc::clone(&self.run.live), Arc::clone(&self.run.live));
        let body = self.source.body(
            offset,
            length,
            self.run.options().buffer_size.max(1),
            Arc::clone(self.run.budgets()),
            move || {
                opened.store(0, Ordering::Relaxed);
                live.change(|state| state.part_begins(number, 0));
            },
            move |bytes| {
                counted.fetch_add(bytes, Ordering::Relaxed);
                live_too.change(|state| state.part_moved(number, bytes));
            },
        );
        (body, moved)
    }

    /// Records an acknowledged part, then shows it.
    async fn acknowledge(&self, number: u32, length: u64, etag: String) -> Result<(), Failure> {
        let id = self.run.id;
        let live = Arc::clone(&self.run.live);
        self.run
            .record(move |journal| {
                journal.record_parts(id, &[CompletedPart { number, etag }])?;
                live.change(|state| state.part_acknowledged(number, length));
                Ok(())
            })
            .await
    }

    /// Decides about a failed try: wait and go on, begin again, or give up.
    pub(super) async fn part_failed(
        &self,
        number: u32,
        error: RemoteError,
        patience: &mut Patience,
    ) -> Result<(), Stop> {
        self.run
            .live
            .change(|state| state.part_failed(number, Failure::from(&error)));
        if !self.source.is_unchanged().await {
            return Err(Stop::StartOver(Notice::SourceChanged));
        }
        match error.kind() {
            RemoteErrorKind::SessionForgotten => Err(Stop::StartOver(Notice::SessionForgotten)),
            RemoteErrorKind::Integrity if patience.damaged >= MOST_DAMAGED => {
                Err(Stop::StartOver(Notice::HashMismatch))
            }
            RemoteErrorKind::Integrity => {
                patience.damaged += 1;
                self.run.back_off(patience.damaged).await;
                Ok(())
            }
            _ => Ok(self.run.wait_after(&mut patience.tries, error).await?),
        }
    }
}

/// What a part may still get wrong.
#[derive(Default)]
pub(super) struct Patience {
    tries: Tries,
    damaged: u32,
}
