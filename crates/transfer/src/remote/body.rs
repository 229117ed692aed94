//! The bytes of an upload, readable again from the start.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;

type Open = dyn Fn() -> BoxStream<'static, io::Result<Bytes>> + Send + Sync;

/// What to send: a length and a stream that can be opened more than once, so that a remote may
/// repeat a request whose first answer was "sign in again" or a redirect.
#[derive(Clone)]
pub struct Body {
    length: u64,
    open: Arc<Open>,
}

impl Body {
    /// A body of exactly `length` bytes; `open` starts it from its first byte each time.
    pub fn new(
        length: u64,
        open: impl Fn() -> BoxStream<'static, io::Result<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            length,
            open: Arc::new(open),
        }
    }

    /// Bytes to send, for `Content-Length`.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from the first to the last. Fails when the file is shorter than it was.
    #[must_use]
    pub fn stream(&self) -> BoxStream<'static, io::Result<Bytes>> {
        (self.open)()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
