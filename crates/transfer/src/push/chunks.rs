//! Sending in one row: chunk after chunk, from where the server says that it is.

use super::parts::Patience;
use super::{Push, abandon};
use crate::error::{Failure, TransferError};
use crate::remote::{ChunkUpload, PushSession, RemoteErrorKind, UploadPosition};
use crate::run::{Stop, not_idle};
use crate::view::{Notice, Phase};

/// How far the row is, and the session as the last answer left it.
struct Row {
    session: PushSession,
    chunk_size: u64,
    offset: u64,
}

impl Row {
    /// What is to be sent next of a file of `size` bytes. Chunks keep their places in the file: after one
    /// that arrived in part only the rest of it is sent.
    fn next(&self, size: u64) -> ChunkUpload {
        let index = self.offset / self.chunk_size;
        let end = index
            .saturating_add(1)
            .saturating_mul(self.chunk_size)
            .min(size);
        ChunkUpload {
            offset: self.offset,
            length: end.saturating_sub(self.offset),
        }
    }

    /// The number of the chunk that is next, counted from 1.
    fn number(&self) -> u32 {
        u32::try_from(self.offset / self.chunk_size)
            .map_or(u32::MAX, |index| index.saturating_add(1))
    }
}

impl Push<'_> {
    /// Sends what the server does not have. An upload that was begun before is asked for its position
    /// first, since the last answer may have been lost.
    pub(super) async fn send_chunks(
        &self,
        session: &PushSession,
        chunk_size: u64,
        is_new: bool,
    ) -> Result<(), Stop> {
        let size = self.source.size();
        let mut row = Row {
            session: session.clone(),
            chunk_size,
            offset: self.sent(),
        };
        self.run.live.enter(Phase::Uploading);
        self.show(&row);
        if !is_new {
            self.catch_up(&mut row).await?;
        }
        let mut patience = Patience::default();
        while row.offset < size {
            let (number, chunk) = (row.number(), row.next(size));
            self.run.live.change(|state| state.part_begins(number, 0));
            let (body, moved) = self.body(number, chunk.offset, chunk.length);
            let call = self.remote.put_chunk(&row.session, chunk, body);
            let idle = self.run.options().idle_timeout;
            match not_idle(call, &moved, chunk.length, idle).await {
                Ok(position) if position.offset <= row.offset || position.offset > size => {
                    return Err(TransferError::BadAnswer.into());
                }
                Ok(position) => {
                    self.reach(&mut row, position).await?;
                    patience = Patience::default();
                }
                Err(error) => {
                    let before = row.offset;
                    self.part_failed(number, error, &mut patience).await?;
                    self.catch_up(&mut row).await?;
                    if row.offset > before {
                        patience = Patience::default();
                    }
                }
            }
        }
        Ok(())
    }

    /// Asks the server how far the upload came. One that has less than it acknowledged, or more than the
    /// file, is as good as forgotten.
    async fn catch_up(&self, row: &mut Row) -> Result<(), Stop> {
        let asked = self
            .run
            .persist(|| self.remote.position(&row.session))
            .await;
        let position = match asked {
            Err(error)
                if matches!(
                    error.kind(),
                    RemoteErrorKind::SessionForgotten | RemoteErrorKind::NotFound
                ) =>
            {
                return Err(Stop::StartOver(Notice::SessionForgotten));
            }
            other => other?,
        };
        if position.offset < row.offset || position.offset > self.source.size() {
            abandon(self.run, row.session.clone()).await?;
            return Err(Stop::StartOver(Notice::SessionForgotten));
        }
        Ok(self.reach(row, position).await?)
    }

    /// Records how far the upload is, then shows it.
    async fn reach(&self, row: &mut Row, position: UploadPosition) -> Result<(), Failure> {
        row.offset = position.offset;
        row.session.resume = position.resume;
        let session = row.session.clone();
        self.run
            .save(|checkpoint| {
                checkpoint.change_push(|work| {
                    work.session = Some(session);
                    work.sent = position.offset;
                });
            })
            .await?;
        self.show(row);
        Ok(())
    }

    fn show(&self, row: &Row) {
        let size = self.source.size();
        let count = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
        let total = count(size.div_ceil(row.chunk_size));
        let done = if row.offset == size {
            total
        } else {
            count(row.offset / row.chunk_size)
        };
        self.run.live.change(|state| {
            state.lay_out_parts(total, 1..=done, row.offset);
            state.trouble = None;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::PushShape;

    #[test]
    fn a_chunk_ends_where_it_would_have_ended() {
        let row = |offset| Row {
            session: PushSession {
                shape: PushShape::Single,
                resume: String::new(),
                without: Vec::new(),
            },
            chunk_size: 1000,
            offset,
        };
        for (offset, number, length) in [
            (0, 1, 1000),
            (1, 1, 999),
            (999, 1, 1),
            (1000, 2, 1000),
            (2000, 3, 500),
            (2499, 3, 1),
        ] {
            let row = row(offset);
            let next = row.next(2500);
            assert_eq!((row.number(), next.length), (number, length), "{offset}");
            assert_eq!(next.offset, offset);
        }
    }
}
