//! The list of transfers, shared between the task that changes it and whoever looks at it.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::journal::{Checkpoint, Record, Request, Status, Times, Work};
use crate::live::{Live, LiveState};
use crate::remote::{CompletedPart, PushSession, PushShape};
use crate::request::TransferId;
use crate::view::{Direction, Lane, Phase, Snapshot, TransferView};

/// Every transfer, in the order of the queue.
pub(super) struct Table {
    entries: Mutex<Vec<Entry>>,
    changed: Arc<Notify>,
    small_below: u64,
}

/// A transfer in the list.
pub(super) struct Entry {
    pub(super) id: TransferId,
    pub(super) position: i64,
    pub(super) status: Status,
    pub(super) times: Times,
    pub(super) request: Request,
    pub(super) live: Arc<Live>,
    pub(super) running: Option<Running>,
}

/// The run of a transfer that is active.
pub(super) struct Running {
    pub(super) lane: Lane,
    pub(super) stop: CancellationToken,
    pub(super) intent: Option<Intent>,
}

/// What becomes of a transfer whose run was told to stop, the weakest first: a transfer that is
/// being cancelled is not merely paused because somebody pauses everything meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Intent {
    Requeue,
    Pause,
    Cancel,
    Remove,
}

impl Table {
    pub(super) fn new(changed: Arc<Notify>, small_below: u64) -> Self {
        Self {
            entries: Mutex::new(Vec::new()),
            changed,
            small_below,
        }
    }

    /// Reads the list. Nothing that waits may happen while the guard lives.
    pub(super) fn read(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the list and has it drawn.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Vec<Entry>) -> T) -> T {
        let result = change(&mut self.read());
        self.changed.notify_one();
        result
    }

    /// Changes one transfer; `None` when there is none with this id.
    pub(super) fn change_entry<T>(
        &self,
        id: TransferId,
        change: impl FnOnce(&mut Entry) -> T,
    ) -> Option<T> {
        self.change(|entries| entries.iter_mut().find(|entry| entry.id == id).map(change))
    }

    /// Takes a transfer from the journal into the list. `parts` are those acknowledged.
    pub(super) fn insert(&self, record: Record, parts: &[CompletedPart]) {
        let live = Live::new(record.checkpoint, Arc::clone(&self.changed));
        live.change(|state| lay_out(state, parts));
        let entry = Entry {
            id: record.id,
            position: record.position,
            status: record.status,
            times: record.times,
            request: record.request,
            live: Arc::new(live),
            running: None,
        };
        self.change(|entries| {
            entries.push(entry);
            entries.sort_by_key(|entry| entry.position);
        });
    }

    pub(super) fn is_running(&self) -> bool {
        self.read().iter().any(|entry| entry.running.is_some())
    }

    pub(super) fn lane(&self, entry: &Entry) -> Lane {
        match entry.live.read().checkpoint.bytes_total {
            Some(total) if total < self.small_below => Lane::Small,
            _ => Lane::Large,
        }
    }

    /// Every transfer as it is now: the queue first, then the history, latest first.
    pub(super) fn snapshot(&self) -> Snapshot {
        let entries = self.read();
        let mut order: Vec<&Entry> = entries.iter().collect();
        order.sort_by_key(|entry| {
            let history = entry.status.is_history();
            let finished = entry.times.finished_at.filter(|_| history);
            (history, std::cmp::Reverse(finished), entry.position)
        });
        let transfers = order
            .into_iter()
            .map(|entry| Arc::new(self.view(entry)))
            .collect();
        Snapshot { transfers }
    }

    fn view(&self, entry: &Entry) -> TransferView {
        let lane = entry
            .running
            .as_ref()
            .map_or_else(|| self.lane(entry), |running| running.lane);
        let live = entry.live.read();
        let checkpoint = &live.checkpoint;
        let phase = entry.phase(&live);
        let done = matches!(phase, Phase::Done { .. });
        let bytes_total = checkpoint.bytes_total;
        let bytes_done = if done {
            bytes_total.unwrap_or(0)
        } else {
            live.bytes_done
        };
        let speed = live.meter.speed();
        let left = bytes_total.map(|total| {
            total
                .saturating_sub(bytes_done)
                .saturating_sub(live.bytes_in_flight())
        });
        let eta = match (left, speed) {
            (Some(left), Some(speed)) if speed > 0 => Some(Duration::from_secs(left / speed)),
            _ => None,
        };
        let facts = Facts::of(&entry.request, checkpoint);
        TransferView {
            id: entry.id,
            direction: facts.direction,
            name: facts.name,
            server: entry.request.server().clone(),
            account: entry.request.account().cloned(),
            reference: facts.reference,
            tags: facts.tags,
            arch: facts.arch,
            lane,
            phase,
            bytes_total,
            bytes_done,
            bytes_in_flight: live.bytes_in_flight(),
            parts: live.part_summary(),
            speed,
            eta,
            trouble: live.trouble.clone(),
            notice: checkpoint.notice,
            created_at: entry.times.created_at,
            started_at: entry.times.started_at,
            finished_at: entry.times.finished_at,
            file: facts.file,
            folder: facts.folder,
            digest: checkpoint.digest,
            container_url: checkpoint.container_url.clone(),
            without: checkpoint.without.clone(),
            remark: checkpoint.remark.clone(),
        }
    }
}

impl Entry {
    fn phase(&self, live: &LiveState) -> Phase {
        match &self.status {
            Status::Queued if self.running.is_some() => live.phase.clone(),
            Status::Queued => Phase::Queued,
            Status::Paused => Phase::Paused,
            Status::NeedsAttention { failure } => Phase::NeedsAttention {
                failure: failure.clone(),
            },
            Status::Done { how } => Phase::Done { how: *how },
            Status::Cancelled => Phase::Cancelled,
        }
    }
}

/// What a row says about its request.
struct Facts {
    direction: Direction,
    name: String,
    reference: String,
    tags: Vec<String>,
    arch: String,
    file: Option<std::path::PathBuf>,
    folder: Option<std::path::PathBuf>,
}

impl Facts {
    fn of(request: &Request, checkpoint: &Checkpoint) -> Self {
        let name = |name: Option<&OsStr>| name.map(|name| name.to_string_lossy().into_owned());
        match request {
            Request::Push(push) => Self {
                direction: Direction::Push,
                name: name(push.file.file_name()).unwrap_or_default(),
                reference: push.path.clone(),
                tags: push.tags.clone(),
                arch: push.arch.clone(),
                file: Some(push.file.clone()),
                folder: None,
            },
            Request::Pull(pull) => Self {
                direction: Direction::Pull,
                // In quarantine it has not got the name that it is known by.
                name: name(
                    checkpoint
                        .file
                        .as_ref()
                        .filter(|_| !checkpoint.quarantined)
                        .and_then(|file| file.file_name()),
                )
                .unwrap_or_else(|| pull.file_name.clone()),
                reference: pull.reference.clone(),
                tags: Vec::new(),
                arch: pull.arch.clone(),
                file: checkpoint.file.clone(),
                folder: Some(pull.folder.clone()),
            },
        }
    }
}

/// Shows the parts of the journal before a run does.
fn lay_out(live: &mut LiveState, parts: &[CompletedPart]) {
    let Some(total) = live.checkpoint.bytes_total else {
        return;
    };
    let part_size = match &live.checkpoint.work {
        Work::Push(work) => match &work.session {
            Some(PushSession {
                shape: PushShape::Multipart { part_size, .. },
                ..
            }) => *part_size,
            Some(PushSession {
                shape: PushShape::Single,
                ..
            }) => total,
            _ => return,
        },
        Work::Pull(work) => work.range_size,
        Work::NotBegun => return,
    };
    let part_size = part_size.max(1);
    let Ok(count) = u32::try_from(total.div_ceil(part_size)) else {
        return;
    };
    let length = |number: u32| {
        let offset = u64::from(number.saturating_sub(1)).saturating_mul(part_size);
        total.saturating_sub(offset).min(part_size)
    };
    let done = parts.iter().map(|part| length(part.number)).sum();
    live.lay_out_parts(count, parts.iter().map(|part| part.number), done);
}
