//! Sending a body of known length, and noticing when it stands still.
//!
//! An upload may last for hours, so only silence is bounded: the time since the last piece was handed
//! to the connection, or, once all are, since the wait for the answer began.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, RequestBuilder, Response};
use tokio::time::Instant;

use crate::error::{Error, Unreachable};

/// Pieces no larger than this count as progress. A body that comes as one large buffer is split
/// without copying; handing all of it over at once would say nothing about the pace.
const PIECE: usize = 64 << 10;

/// When a piece was last handed over, in milliseconds after the start, and whether all were.
#[derive(Debug)]
struct Pace {
    start: Instant,
    last: AtomicU64,
}

impl Pace {
    fn mark(&self) {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(elapsed, Ordering::Relaxed);
    }

    fn last(&self) -> Instant {
        self.start + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }
}

/// A body of exactly the announced length, cut into pieces.
struct Paced {
    inner: Body,
    piece: Bytes,
    left: u64,
    pace: Arc<Pace>,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        while self.piece.is_empty() {
            match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => self.piece = frame.into_data().unwrap_or_default(),
                Some(Err(source)) => return Poll::Ready(Some(Err(io::Error::other(source)))),
                None if self.left > 0 => {
                    let kind = io::ErrorKind::UnexpectedEof;
                    let error = io::Error::new(kind, "the body is shorter than announced");
                    return Poll::Ready(Some(Err(error)));
                }
                None => return Poll::Ready(None),
            }
        }
        let length = self.piece.len().min(PIECE);
        let piece = self.piece.split_to(length);
        let Some(left) = self.left.checked_sub(length as u64) else {
            let kind = io::ErrorKind::InvalidData;
            return Poll::Ready(Some(Err(io::Error::new(
                kind,
                "the body is longer than announced",
            ))));
        };
        self.left = left;
        self.pace.mark();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.piece.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Sends `body` of exactly `length` bytes and waits for the answer; `idle` bounds every silence.
pub(crate) async fn send(
    request: RequestBuilder,
    body: Body,
    length: u64,
    idle: Duration,
) -> Result<Response, Error> {
    let pace = Arc::new(Pace {
        start: Instant::now(),
        last: AtomicU64::new(0),
    });
    let paced = Paced {
        inner: body,
        piece: Bytes::new(),
        left: length,
        pace: Arc::clone(&pace),
    };
    let request = request
        .header(::http::header::CONTENT_LENGTH, length)
        .body(Body::wrap(paced))
        .send();
    within(request, idle, || pace.last()).await
}

/// Sends a request without a large body and waits up to `idle` for the answer.
pub(crate) async fn answer(request: RequestBuilder, idle: Duration) -> Result<Response, Error> {
    let start = Instant::now();
    within(request.send(), idle, || start).await
}

async fn within(
    request: impl Future<Output = Result<Response, reqwest::Error>>,
    idle: Duration,
    last: impl Fn() -> Instant,
) -> Result<Response, Error> {
    let mut request = std::pin::pin!(request);
    loop {
        let until = last() + idle;
        tokio::select! {
            answer = &mut request => return Ok(answer?),
            () = tokio::time::sleep_until(until) => if last() + idle <= Instant::now() {
                let source = io::Error::from(io::ErrorKind::TimedOut).into();
                return Err(Error::Unreachable { reason: Unreachable::Timeout, source });
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn silence_ends_a_request() {
        let start = Instant::now();
        let answer = within(std::future::pending(), IDLE, || start).await;
        assert!(matches!(
            answer,
            Err(Error::Unreachable {
                reason: Unreachable::Timeout,
                ..
            })
        ));
        assert_eq!(start.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_moves_may_last_for_a_day() {
        let start = Instant::now();
        let pace = Arc::new(Pace {
            start,
            last: AtomicU64::new(0),
        });
        let sender = Arc::clone(&pace);
        let moving = async move {
            // A piece every 50 seconds for a day, then silence.
            for _ in 0..1728 {
                tokio::time::sleep(Duration::from_secs(50)).await;
                sender.mark();
            }
            std::future::pending().await
        };
        let answer = within(moving, IDLE, || pace.last()).await;
        assert!(matches!(
            answer,
            Err(Error::Unreachable {
                reason: Unreachable::Timeout,
                ..
            })
        ));
        assert_eq!(start.elapsed().as_secs(), 1728 * 50 + 60);
    }
}
