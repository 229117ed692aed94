//! A library in memory that does what it is told, including everything wrong.

mod chunks;
mod faults;
mod reading;
mod storing;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use sifter_transfer::remote::{
    Body, ChunkUpload, CompletedPart, Completion, HashPlan, ImageReference, PartReceipt,
    PartUpload, PullSpec, PullTarget, PushSession, PushSpec, RemoteResult, UploadPosition,
    WholeUpload,
};
use sifter_transfer::{
    AccountKey, Remote, RemoteError, RemoteErrorKind, RemoteFactory, ServerKey, Sha256Digest,
};

pub(crate) use faults::{Fault, Op, Script};

/// A handle to the library; it is its own remote and factory.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
}

/// One part or range under way.
struct UnderWay(Fake);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

/// An upload under way.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) digest: Sha256Digest,
    pub(crate) size: u64,
    pub(crate) parts: BTreeMap<u32, Vec<u8>>,
    /// What arrived in one row.
    pub(crate) row: Vec<u8>,
}

/// The name of an upload: what its sessions have in common.
fn id_of(session: &PushSession) -> String {
    let (id, _) = session
        .resume
        .split_once('@')
        .unwrap_or((&session.resume, ""));
    id.to_owned()
}

/// What the library holds and what happened to it.
pub(crate) struct State {
    pub(crate) script: Script,
    pub(crate) part_size: u64,
    pub(crate) multipart_above: u64,
    pub(crate) multipart: bool,
    /// Whether files go up in one row, in chunks of `part_size`.
    pub(crate) chunked: bool,
    /// Whether what arrived of a chunk that broke off counts.
    pub(crate) keeps_broken_chunks: bool,
    /// Bytes of a row that are lost when it is asked for.
    pub(crate) loses: Option<u64>,
    pub(crate) part_digests: bool,
    pub(crate) md5: bool,
    pub(crate) ranges: bool,
    pub(crate) images: HashMap<Sha256Digest, Vec<u8>>,
    pub(crate) tags: BTreeMap<String, Sha256Digest>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    pub(crate) aborted: Vec<String>,
    pub(crate) log: Vec<Event>,
    /// Parts this library acknowledged since the engine was opened.
    pub(crate) acknowledged: HashSet<(String, u32)>,
    /// How far rows were acknowledged since then.
    pub(crate) acknowledged_rows: HashMap<String, u64>,
    /// What must never happen, and did.
    pub(crate) violations: Vec<String>,
    /// The engine's journal, to see what it had recorded when it asked.
    pub(crate) journal: Option<rusqlite::Connection>,
    pub(crate) in_flight: usize,
    pub(crate) most_in_flight: usize,
    /// Calls that hang, or hung until they were dropped.
    pub(crate) hanging: usize,
    pub(crate) largest_buffer: usize,
    /// How long a part or range takes.
    pub(crate) delay: std::time::Duration,
    /// Whether those under way share the line: each takes `delay` for every one of them.
    pub(crate) narrow: bool,
    /// Tags are acknowledged but not moved.
    pub(crate) frozen_tags: bool,
    next_upload: u32,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Began,
    Part(String, u32),
    Chunk(String, u64),
    Asked,
    Whole,
    Completed,
    Tagged,
    Confirmed(Option<String>, Option<Sha256Digest>),
    Resolved,
    Range(Range<u64>),
    Stream,
}

impl Default for State {
    fn default() -> Self {
        Self {
            script: Script::default(),
            part_size: 1000,
            multipart_above: 1000,
            multipart: true,
            chunked: false,
            keeps_broken_chunks: false,
            loses: None,
            part_digests: true,
            md5: false,
            ranges: true,
            images: HashMap::new(),
            tags: BTreeMap::new(),
            uploads: BTreeMap::new(),
            aborted: Vec::new(),
            log: Vec::new(),
            acknowledged: HashSet::new(),
            acknowledged_rows: HashMap::new(),
            violations: Vec::new(),
            journal: None,
            in_flight: 0,
            most_in_flight: 0,
            hanging: 0,
            largest_buffer: 0,
            delay: std::time::Duration::ZERO,
            narrow: false,
            frozen_tags: false,
            next_upload: 0,
        }
    }
}

impl Fake {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next `op` meets `fault`.
    pub(crate) fn fail(&self, op: Op, fault: Fault) -> &Self {
        self.state().script.push(op, fault);
        self
    }

    /// Puts an image under a tag.
    pub(crate) fn publish(&self, tag: &str, bytes: &[u8]) -> Sha256Digest {
        let digest = digest_of(bytes);
        let mut state = self.state();
        state.images.insert(digest, bytes.to_vec());
        state.tags.insert(tag.to_owned(), digest);
        digest
    }

    /// How often something happened.
    pub(crate) fn count(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.state()
            .log
            .iter()
            .filter(|event| wanted(event))
            .count()
    }

    /// The fault for a call, after a turn of the scheduler, as a network would need.
    async fn meet(&self, op: Op) -> Option<Fault> {
        tokio::task::yield_now().await;
        let fault = self.state().script.next(op);
        if matches!(fault, Some(Fault::Hang)) {
            self.state().hanging += 1;
            std::future::pending::<()>().await;
        }
        fault
    }

    /// Counts a part or range as under way for as long as the answer lives, and takes the time
    /// that it takes.
    async fn under_way(&self) -> UnderWay {
        let (delay, sharing) = {
            let mut state = self.state();
            state.in_flight += 1;
            state.most_in_flight = state.most_in_flight.max(state.in_flight);
            (state.delay, if state.narrow { state.in_flight } else { 1 })
        };
        let under_way = UnderWay(self.clone());
        if !delay.is_zero() {
            tokio::time::sleep(delay * u32::try_from(sharing).unwrap()).await;
        }
        under_way
    }

    fn log(&self, event: Event) {
        self.state().log.push(event);
    }
}

impl State {
    /// Whether the engine's journal has a part with this number.
    fn is_recorded(&self, number: u32) -> bool {
        self.journal.as_ref().is_some_and(|journal| {
            journal
                .query_row(
                    "SELECT count(*) FROM parts WHERE number = ?1",
                    [number],
                    |row| row.get::<_, i64>(0),
                )
                .unwrap()
                > 0
        })
    }

    fn sent_again(&mut self, upload: &str, number: u32) {
        if self.acknowledged.contains(&(upload.to_owned(), number)) || self.is_recorded(number) {
            self.violations
                .push(format!("part {number} of {upload} was sent again"));
        }
    }
}

pub(crate) fn digest_of(bytes: &[u8]) -> Sha256Digest {
    Sha256Digest::from_bytes(Sha256::digest(bytes).into())
}

impl RemoteFactory for Fake {
    fn open<'a>(
        &'a self,
        _server: &'a ServerKey,
        _account: Option<&'a AccountKey>,
    ) -> RemoteResult<'a, Arc<dyn Remote>> {
        async move {
            match self.meet(Op::Open).await {
                Some(Fault::Error(kind)) => Err(RemoteError::from(kind)),
                _ => Ok(Arc::new(self.clone()) as Arc<dyn Remote>),
            }
        }
        .boxed()
    }
}

impl Remote for Fake {
    fn hash_plan(&self, size: u64) -> HashPlan {
        let state = self.state();
        let parts = size > state.multipart_above;
        HashPlan {
            md5: state.md5 && !parts,
            part_size: parts.then_some(state.part_size),
        }
    }

    fn begin_push<'a>(&'a self, spec: &'a PushSpec) -> RemoteResult<'a, PushSession> {
        self.begin(spec).boxed()
    }

    fn put_part<'a>(
        &'a self,
        session: &'a PushSession,
        part: PartUpload,
        body: Body,
    ) -> RemoteResult<'a, PartReceipt> {
        self.store_part(session, part, body).boxed()
    }

    fn put_whole<'a>(
        &'a self,
        session: &'a PushSession,
        whole: WholeUpload,
        body: Body,
    ) -> RemoteResult<'a, ()> {
        self.store_whole(session, whole, body).boxed()
    }

    fn put_chunk<'a>(
        &'a self,
        session: &'a PushSession,
        chunk: ChunkUpload,
        body: Body,
    ) -> RemoteResult<'a, UploadPosition> {
        self.store_chunk(session, chunk, body).boxed()
    }

    fn position<'a>(&'a self, session: &'a PushSession) -> RemoteResult<'a, UploadPosition> {
        self.tell_position(session).boxed()
    }

    fn complete<'a>(
        &'a self,
        session: &'a PushSession,
        parts: &'a [CompletedPart],
    ) -> RemoteResult<'a, Completion> {
        self.finish_upload(session, parts).boxed()
    }

    fn abort<'a>(&'a self, session: &'a PushSession) -> RemoteResult<'a, ()> {
        async move {
            if let Some(Fault::Error(kind)) = self.meet(Op::Abort).await {
                return Err(kind.into());
            }
            let mut state = self.state();
            let id = id_of(session);
            if state.uploads.remove(&id).is_none() {
                return Err(RemoteErrorKind::NotFound.into());
            }
            state.aborted.push(id);
            Ok(())
        }
        .boxed()
    }

    fn set_tags<'a>(&'a self, _: &'a PushSession, spec: &'a PushSpec) -> RemoteResult<'a, ()> {
        self.tag(spec).boxed()
    }

    fn confirm<'a>(
        &'a self,
        _: &'a PushSession,
        reference: &'a ImageReference,
    ) -> RemoteResult<'a, Option<Sha256Digest>> {
        self.show(reference).boxed()
    }

    fn resolve_pull<'a>(&'a self, spec: &'a PullSpec) -> RemoteResult<'a, PullTarget> {
        self.resolve(spec).boxed()
    }

    fn read_range<'a>(
        &'a self,
        target: &'a PullTarget,
        range: Range<u64>,
    ) -> RemoteResult<'a, sifter_transfer::remote::ByteStream> {
        self.stream_range(target, range).boxed()
    }

    fn read_whole<'a>(
        &'a self,
        target: &'a PullTarget,
    ) -> RemoteResult<'a, sifter_transfer::remote::ByteStream> {
        self.stream_whole(target).boxed()
    }
}
