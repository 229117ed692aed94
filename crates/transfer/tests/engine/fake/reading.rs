//! The library's side of downloads.

use std::ops::Range;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use sifter_transfer::remote::{ByteStream, Feature, PullSpec, PullTarget};
use sifter_transfer::{RemoteError, RemoteErrorKind};

use super::{Event, Fake, Fault, Op};

/// Bytes in one item of a stream.
const GRAIN: usize = 100;

impl Fake {
    pub(super) async fn resolve(&self, spec: &PullSpec) -> Result<PullTarget, RemoteError> {
        if let Some(Fault::Error(kind) | Fault::AnswerLost(kind)) = self.meet(Op::Resolve).await {
            return Err(kind.into());
        }
        self.log(Event::Resolved);
        let state = self.state();
        let tag = spec.reference.rsplit(':').next().unwrap_or_default();
        let digest = *state.tags.get(tag).ok_or(RemoteErrorKind::NotFound)?;
        let size = state
            .images
            .get(&digest)
            .ok_or(RemoteErrorKind::NotFound)?
            .len() as u64;
        let etag = Some(format!("\"{digest}\""));
        Ok(PullTarget {
            digest,
            size,
            ranges: state.ranges,
            etag,
            resume: String::new(),
        })
    }

    pub(super) async fn stream_range(
        &self,
        target: &PullTarget,
        range: Range<u64>,
    ) -> Result<ByteStream, RemoteError> {
        {
            let mut state = self.state();
            let number = u32::try_from(range.start / state.part_size).unwrap() + 1;
            if state.is_recorded(number) {
                state
                    .violations
                    .push(format!("{range:?} was fetched again"));
            }
        }
        let _under_way = self.under_way().await;
        let fault = self.meet(Op::Range).await;
        self.log(Event::Range(range.clone()));
        if !self.state().ranges {
            return Err(RemoteErrorKind::Unsupported(Feature::Range).into());
        }
        self.bytes(target, range, fault)
    }

    pub(super) async fn stream_whole(
        &self,
        target: &PullTarget,
    ) -> Result<ByteStream, RemoteError> {
        let fault = self.meet(Op::Stream).await;
        self.log(Event::Stream);
        self.bytes(target, 0..target.size, fault)
    }

    fn bytes(
        &self,
        target: &PullTarget,
        range: Range<u64>,
        fault: Option<Fault>,
    ) -> Result<ByteStream, RemoteError> {
        if let Some(Fault::Error(kind) | Fault::AnswerLost(kind)) = fault {
            return Err(kind.into());
        }
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        let image = self.state().images.get(&target.digest).cloned().unwrap();
        let mut bytes = image[range].to_vec();
        let mut broken = None;
        match fault {
            Some(Fault::CutAfter(limit)) => {
                bytes.truncate(limit);
                broken = Some(Err(RemoteErrorKind::Transient { retry_after: None }.into()));
            }
            Some(Fault::EndAfter(limit)) => bytes.truncate(limit),
            Some(Fault::WrongByte) => bytes[0] ^= 1,
            Some(Fault::TooMuch) => bytes.extend_from_slice(b"more"),
            _ => {}
        }
        let items: Vec<Result<Bytes, RemoteError>> = bytes
            .chunks(GRAIN)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .chain(broken)
            .collect();
        Ok(stream::iter(items).boxed())
    }
}
