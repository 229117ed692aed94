//! What the engine asks of a library: the [`Remote`] trait, the values that cross it, its errors.
//!
//! Implementations speak a wire protocol (the Cloud Library today, OCI registries later). They own
//! connecting, idle timeouts, tokens and signed addresses; the engine owns files, parts, retries,
//! the journal and the verdict. No method may have a total timeout, and every future must be safe to
//! drop at any point: that is how the engine pauses and cancels.

mod body;
mod error;
mod pull;
mod push;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

pub use body::Body;
pub use error::{Feature, RemoteError, RemoteErrorKind};
pub use pull::{PullSpec, PullTarget};
pub use push::{
    ChunkUpload, CompletedPart, Completion, HashPlan, ImageReference, PartReceipt, PartUpload,
    PushSession, PushShape, PushSpec, UploadPosition, WholeUpload,
};

use crate::digest::Sha256Digest;
use crate::request::{AccountKey, ServerKey};

/// Bytes as they arrive. An item that is an error ends the stream.
pub type ByteStream = BoxStream<'static, Result<bytes::Bytes, RemoteError>>;

/// What a remote call answers.
pub type RemoteResult<'a, T> = BoxFuture<'a, Result<T, RemoteError>>;

/// A library as the engine sees it.
///
/// A remote is used by several transfers at once and keeps no state per transfer: everything needed
/// to go on after a restart lies in [`PushSession::resume`] and [`PullTarget::resume`].
pub trait Remote: Send + Sync {
    /// Which digests the remote will want for a file of `size` bytes, so that one pass over the
    /// file computes them all. Must answer without asking the network; a wrong guess only costs
    /// reading parts a second time.
    fn hash_plan(&self, size: u64) -> HashPlan;

    /// Finds or creates entity, collection, container and image, and opens an upload.
    fn begin_push<'a>(&'a self, spec: &'a PushSpec) -> RemoteResult<'a, PushSession>;

    /// Sends one part of a [`PushShape::Multipart`] upload. Returning `Ok` means the server
    /// acknowledged it: the engine will never send this part of this session again.
    fn put_part<'a>(
        &'a self,
        session: &'a PushSession,
        part: PartUpload,
        body: Body,
    ) -> RemoteResult<'a, PartReceipt>;

    /// Sends the whole file of a [`PushShape::Single`] upload.
    fn put_whole<'a>(
        &'a self,
        session: &'a PushSession,
        whole: WholeUpload,
        body: Body,
    ) -> RemoteResult<'a, ()>;

    /// Sends the next chunk of a [`PushShape::Chunked`] upload. `Ok` means that the server acknowledged
    /// everything up to the position: the engine will never send that for this session again. After
    /// any failure the engine asks for the [`position`](Self::position).
    fn put_chunk<'a>(
        &'a self,
        session: &'a PushSession,
        chunk: ChunkUpload,
        body: Body,
    ) -> RemoteResult<'a, UploadPosition>;

    /// Asks the server how far a [`PushShape::Chunked`] upload came. Fails with
    /// [`RemoteErrorKind::SessionForgotten`] when it does not know the upload, or cannot say.
    fn position<'a>(&'a self, session: &'a PushSession) -> RemoteResult<'a, UploadPosition>;

    /// Tells the server that everything was sent. `parts` is ordered by number and empty for
    /// any other upload than one in parts. May be called again when an earlier call ended without an answer.
    fn complete<'a>(
        &'a self,
        session: &'a PushSession,
        parts: &'a [CompletedPart],
    ) -> RemoteResult<'a, Completion>;

    /// Tells the server to forget the upload.
    fn abort<'a>(&'a self, session: &'a PushSession) -> RemoteResult<'a, ()>;

    /// Points every tag of `spec` at the pushed image. Called for [`PushShape::AlreadyThere`] too,
    /// and possibly more than once.
    fn set_tags<'a>(&'a self, session: &'a PushSession, spec: &'a PushSpec)
    -> RemoteResult<'a, ()>;

    /// Asks which image lies under a reference, and answers its digest, or `None` when there is
    /// none or its bytes have not arrived yet. This is the question that allows "done". It is asked
    /// by the way that the bytes of `session` went.
    fn confirm<'a>(
        &'a self,
        session: &'a PushSession,
        reference: &'a ImageReference,
    ) -> RemoteResult<'a, Option<Sha256Digest>>;

    /// Finds what a reference names and where its bytes are.
    fn resolve_pull<'a>(&'a self, spec: &'a PullSpec) -> RemoteResult<'a, PullTarget>;

    /// Reads `range` of the target. Fails with [`Feature::Range`] unsupported when the answer is
    /// anything but exactly that range (status 206 and a matching `Content-Range`), and with
    /// [`RemoteErrorKind::SessionForgotten`] when the target has to be resolved again because its
    /// address expired.
    fn read_range<'a>(
        &'a self,
        target: &'a PullTarget,
        range: std::ops::Range<u64>,
    ) -> RemoteResult<'a, ByteStream>;

    /// Reads the target from its first byte to its last.
    fn read_whole<'a>(&'a self, target: &'a PullTarget) -> RemoteResult<'a, ByteStream>;
}

/// Opens remotes by the keys that requests carry, also long after the request was made.
pub trait RemoteFactory: Send + Sync {
    /// Opens the remote of `server`, acting as `account` or as a stranger.
    ///
    /// Fails with [`RemoteErrorKind::Unauthorized`] when the account has to sign in first and with
    /// [`RemoteErrorKind::NotFound`] when the server is not known any more.
    fn open<'a>(
        &'a self,
        server: &'a ServerKey,
        account: Option<&'a AccountKey>,
    ) -> RemoteResult<'a, Arc<dyn Remote>>;
}
