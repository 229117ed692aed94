//! Bytes from a stream into their place, and the way without ranges.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest as _, Sha256};

use super::Pull;
use super::flow::Flow;
use super::sum::Sum;
use crate::digest::Sha256Digest;
use crate::error::TransferError;
use crate::files::{PartFile, blocking, write_all_at};
use crate::remote::{ByteStream, RemoteError, RemoteErrorKind, RemoteResult};
use crate::run::{Stop, Tries};

/// The file's one part when it arrives in one stream.
const WHOLE: u32 = 1;

/// Why bytes stopped arriving before the end.
pub(super) enum Arrival {
    Remote(RemoteError),
    Disk(io::Error),
    /// More came than was asked for.
    TooMuch,
}

/// What ends a stream without an error of its own.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("no bytes arrived for {} seconds", after.as_secs())]
    Idle { after: std::time::Duration },
    #[error("next to nothing arrived for {} seconds", after.as_secs())]
    Trickle { after: std::time::Duration },
    #[error("the answer ended {missing} bytes early")]
    Short { missing: u64 },
}

impl From<Broken> for RemoteError {
    fn from(broken: Broken) -> Self {
        Self::new(RemoteErrorKind::Transient { retry_after: None }, broken)
    }
}

/// Writes what arrives to its place, in buffers of fixed size, and adds it up.
pub(super) struct Writer<'a, S> {
    pull: &'a Pull<'a>,
    file: Arc<File>,
    number: u32,
    /// Bytes before this are written.
    written: u64,
    end: u64,
    buffer: Vec<u8>,
    /// Away while a buffer is being written.
    sum: Option<S>,
}

impl<'a, S: Sum> Writer<'a, S> {
    pub(super) fn new(
        pull: &'a Pull<'a>,
        part_file: &PartFile,
        number: u32,
        range: Range<u64>,
    ) -> Self {
        let file = Arc::clone(&part_file.file);
        let (written, end) = (range.start, range.end);
        Self {
            pull,
            file,
            number,
            written,
            end,
            buffer: Vec::new(),
            sum: Some(S::default()),
        }
    }

    /// Where the next byte belongs.
    pub(super) fn position(&self) -> u64 {
        self.written
    }

    /// The sum of everything written.
    pub(super) fn into_sum(self) -> Option<S> {
        self.sum
    }

    /// Takes bytes until the end of the range, and tells `moved` how many as they come. What arrived before
    /// an error is written.
    pub(super) async fn take(
        &mut self,
        mut stream: ByteStream,
        moved: impl Fn(u64) + Send + Sync,
    ) -> Result<(), Arrival> {
        let result = self.fill(&mut stream, &moved).await;
        let flushed = self.flush().await.map_err(Arrival::Disk);
        result.and(flushed)
    }

    async fn fill(
        &mut self,
        stream: &mut ByteStream,
        moved: &(impl Fn(u64) + Send + Sync),
    ) -> Result<(), Arrival> {
        let options = self.pull.run.options();
        let limit = options.buffer_size.max(1);
        let mut flow = Flow::new(options, &self.pull.run.budgets().down);
        loop {
            let missing = self.end - self.written - self.buffer.len() as u64;
            if missing == 0 {
                return self.pull.ends(stream).await;
            }
            let bytes = match self.pull.next(stream).await {
                Some(Ok(bytes)) => bytes,
                Some(Err(error)) => return Err(Arrival::Remote(error)),
                None => return Err(Arrival::Remote(Broken::Short { missing }.into())),
            };
            if bytes.len() as u64 > missing {
                return Err(Arrival::TooMuch);
            }
            let count = bytes.len() as u64;
            self.keep(bytes, limit).await.map_err(Arrival::Disk)?;
            moved(count);
            if !flow.is_worth_it(count) {
                let after = options.idle_timeout;
                return Err(Arrival::Remote(Broken::Trickle { after }.into()));
            }
        }
    }

    /// Takes bytes over, as fast as the budget allows. While it does not, nothing more is read, which
    /// is how the server gets to know.
    async fn keep(&mut self, mut bytes: Bytes, limit: usize) -> io::Result<()> {
        let run = self.pull.run;
        let budget = &run.budgets().down;
        while !bytes.is_empty() {
            let piece = bytes.split_to(budget.piece(bytes.len()));
            let (number, count) = (self.number, piece.len() as u64);
            budget.take(count).await;
            if self.buffer.is_empty() && piece.len() >= limit {
                // A fast connection fills a buffer at once, which needs no copy then.
                self.write(piece).await?;
            } else {
                self.buffer.extend_from_slice(&piece);
                if self.buffer.len() >= limit {
                    self.flush().await?;
                }
            }
            run.live.change(|state| state.part_moved(number, count));
        }
        Ok(())
    }

    /// Writes what was gathered.
    async fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let gathered = std::mem::take(&mut self.buffer);
        self.buffer = self.write(gathered).await?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes bytes to their place and adds them up; gives them back.
    async fn write<B: AsRef<[u8]> + Send + 'static>(&mut self, bytes: B) -> io::Result<B> {
        let file = Arc::clone(&self.file);
        let offset = self.written;
        let mut sum = self.sum.take();
        let (bytes, sum) = blocking(move || {
            write_all_at(&file, bytes.as_ref(), offset)?;
            if let Some(sum) = &mut sum {
                sum.add(bytes.as_ref());
            }
            Ok((bytes, sum))
        })
        .await?;
        self.written += bytes.as_ref().len() as u64;
        self.sum = sum;
        Ok(bytes)
    }
}

impl Pull<'_> {
    /// Fetches everything in one stream, from the first byte after every interruption.
    pub(super) async fn fetch_stream(&self, part_file: &PartFile) -> Result<Sha256Digest, Stop> {
        // What ranges the journal has says nothing about this stream.
        self.run.save_without_parts(|_| ()).await?;
        self.run.live.change(|state| state.lay_out_parts(1, [], 0));
        let mut tries = Tries::default();
        loop {
            self.run.live.change(|state| state.part_begins(WHOLE, 0));
            let mut writer = Writer::<Sha256>::new(self, part_file, WHOLE, 0..self.size);
            let target = self.target().await;
            let arrival = match self.not_idle(self.remote.read_whole(&target)).await {
                Ok(stream) => writer.take(stream, |_| ()).await,
                Err(error) => Err(Arrival::Remote(error)),
            };
            let error = match arrival {
                Ok(()) => {
                    let sum = writer.into_sum().ok_or(TransferError::Defect)?;
                    return Ok(Sha256Digest::from_bytes(sum.finalize().into()));
                }
                Err(Arrival::TooMuch) => return Err(TransferError::BadAnswer.into()),
                Err(Arrival::Disk(error)) => return Err(self.disk_failed(error).await.into()),
                Err(Arrival::Remote(error)) => error,
            };
            self.range_failed(WHOLE, &error);
            let error = self.renewed(&target, error).await?;
            self.run.wait_after(&mut tries, error).await?;
        }
    }

    /// The next bytes, unless none come for the idle timeout.
    async fn next(&self, stream: &mut ByteStream) -> Option<Result<bytes::Bytes, RemoteError>> {
        let after = self.run.options().idle_timeout;
        match tokio::time::timeout(after, stream.next()).await {
            Ok(next) => next,
            Err(_) => Some(Err(Broken::Idle { after }.into())),
        }
    }

    /// Whether an answer that gave every byte ends there. One that breaks or hangs only now has
    /// done its duty; one that goes on is not the answer that was asked for.
    async fn ends(&self, stream: &mut ByteStream) -> Result<(), Arrival> {
        match self.next(stream).await {
            Some(Ok(bytes)) if !bytes.is_empty() => Err(Arrival::TooMuch),
            _ => Ok(()),
        }
    }

    /// Waits for an answer to begin.
    pub(super) async fn not_idle(
        &self,
        call: RemoteResult<'_, ByteStream>,
    ) -> Result<ByteStream, RemoteError> {
        let after = self.run.options().idle_timeout;
        match tokio::time::timeout(after, call).await {
            Ok(result) => result,
            Err(_) => Err(Broken::Idle { after }.into()),
        }
    }
}
