//! Passing on one body, and breaking it where the fault says.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use super::rule::{Direction, Fault};

/// How much is passed on at a time, in bytes. Small enough that a slow connection is slow evenly.
const CHUNK: usize = 16 << 10;
/// How long the next byte of a trickle takes.
const DRIP: Duration = Duration::from_millis(100);

/// How a body, or with it the connection, came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All of it was passed on.
    Whole,
    /// The side it came from closed its connection, which also ends a body of unknown length.
    SourceClosed,
    /// The side it went to closed its connection.
    SinkClosed,
    /// The connection is to be closed in an orderly way.
    Dropped,
    /// The connection is to be reset.
    Reset,
}

impl End {
    pub(super) fn is_reset(self) -> bool {
        self == Self::Reset
    }
}

/// What a fault means for one direction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Plan {
    /// Where to stop, and how. `None`: stay silent with the connection open.
    stop: Option<(u64, Option<End>)>,
    trickle: Option<u64>,
    flip: Option<u64>,
    bytes_per_second: Option<u64>,
}

impl Plan {
    pub(super) fn new(fault: Option<&Fault>, direction: Direction) -> Self {
        let mut plan = Self::default();
        let Some(fault) = fault else {
            return plan;
        };
        match *fault {
            Fault::DropAfter(way, bytes) if way == direction => {
                plan.stop = Some((bytes, Some(End::Dropped)));
            }
            Fault::ResetAfter(way, bytes) if way == direction => {
                plan.stop = Some((bytes, Some(End::Reset)));
            }
            Fault::StallAfter(way, bytes) if way == direction => plan.stop = Some((bytes, None)),
            Fault::TrickleAfter(way, bytes) if way == direction => plan.trickle = Some(bytes),
            Fault::FlipByte(way, position) if way == direction => plan.flip = Some(position),
            Fault::Bandwidth(rate) => plan.bytes_per_second = Some(rate.max(1)),
            Fault::Truncate(bytes) if direction == Direction::Download => {
                plan.stop = Some((bytes, Some(End::Whole)));
            }
            _ => {}
        }
        plan
    }

    /// Passes on `first` and then what `from` gives, at most `length` bytes, telling `passed` how
    /// many bytes have gone so far.
    pub(super) async fn relay(
        self,
        first: Vec<u8>,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
        length: Option<u64>,
        mut passed: impl FnMut(u64),
    ) -> End {
        let mut sent = 0;
        let mut chunk = first;
        loop {
            let left = length.map_or(u64::MAX, |length| length.saturating_sub(sent));
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let stop_here = self.stop.filter(|(at, _)| *at <= sent + chunk.len() as u64);
            if let Some((at, _)) = stop_here {
                chunk.truncate(usize::try_from(at - sent).unwrap_or(usize::MAX));
            }
            if let Some(byte) = self.flip.and_then(|at| at.checked_sub(sent)) {
                let byte = usize::try_from(byte)
                    .ok()
                    .and_then(|byte| chunk.get_mut(byte));
                byte.into_iter().for_each(|byte| *byte = !*byte);
            }
            if to.write_all(&chunk).await.is_err() {
                return End::SinkClosed;
            }
            sent += chunk.len() as u64;
            passed(sent);
            match stop_here {
                Some((_, Some(end))) => return end,
                Some((_, None)) => std::future::pending().await,
                None if length == Some(sent) => return End::Whole,
                None => {}
            }
            if let Some(rate) = self.bytes_per_second {
                sleep(Duration::from_secs_f64(chunk.len() as f64 / rate as f64)).await;
            }
            let next = match self.trickle {
                Some(after) if sent >= after => {
                    sleep(DRIP).await;
                    1
                }
                Some(after) => usize::try_from(after - sent).unwrap_or(CHUNK).min(CHUNK),
                None => CHUNK,
            };
            chunk.resize(next, 0);
            match from.read(&mut chunk).await {
                Ok(0) | Err(_) => return End::SourceClosed,
                Ok(count) => chunk.truncate(count),
            }
        }
    }
}
