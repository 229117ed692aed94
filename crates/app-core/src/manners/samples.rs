//! Transfers as tests show them, and a desktop that notes what is asked of it.

use std::sync::Arc;

use sifter_contract::SettingsPatch;
use sifter_transfer::{
    Direction, Failure, Lane, Outcome, PartSummary, Phase, ServerKey, Snapshot, TransferError,
    TransferId, TransferView,
};
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Heard, Manners};
use crate::events::Hub;
use crate::home::Home;
use crate::host::{Host, Notice, Progress, StayAwake};
use crate::settings::Settings;

/// The same name is the same transfer.
fn id_of(name: &str) -> TransferId {
    let number = name
        .bytes()
        .fold(1, |number: u128, byte| number << 8 | u128::from(byte));
    uuid::Uuid::from_u128(number).to_string().parse().unwrap()
}

/// An upload of 100 bytes.
fn upload(name: &str, phase: Phase) -> TransferView {
    TransferView {
        id: id_of(name),
        direction: Direction::Push,
        name: name.to_owned(),
        server: ServerKey::new("lab"),
        account: None,
        reference: "ada/tools/x".to_owned(),
        tags: vec!["1.0".to_owned()],
        arch: "amd64".to_owned(),
        lane: Lane::Small,
        phase,
        bytes_total: Some(100),
        bytes_done: 0,
        bytes_in_flight: 0,
        parts: PartSummary::default(),
        without: Vec::new(),
        remark: None,
        speed: None,
        eta: None,
        trouble: None,
        notice: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        started_at: None,
        finished_at: None,
        file: None,
        folder: None,
        digest: None,
        container_url: None,
    }
}

pub(crate) fn moving(name: &str, percent: u64) -> TransferView {
    TransferView {
        bytes_done: percent / 2,
        bytes_in_flight: percent - percent / 2,
        ..upload(name, Phase::Uploading)
    }
}

pub(crate) fn done(name: &str) -> TransferView {
    let how = Outcome::Arrived;
    upload(name, Phase::Done { how })
}

pub(crate) fn paused(name: &str) -> TransferView {
    upload(name, Phase::Paused)
}

pub(crate) fn cancelled(name: &str) -> TransferView {
    upload(name, Phase::Cancelled)
}

pub(crate) fn needs_attention(name: &str) -> TransferView {
    let failure = Failure {
        error: TransferError::QuotaExceeded,
        details: Vec::new(),
    };
    upload(name, Phase::NeedsAttention { failure })
}

pub(crate) fn pulled(view: TransferView) -> TransferView {
    TransferView {
        direction: Direction::Pull,
        ..view
    }
}

/// The same, asked for some seconds after the others.
pub(crate) fn asked_later(view: TransferView, seconds: i64) -> TransferView {
    TransferView {
        created_at: view.created_at + Duration::seconds(seconds),
        ..view
    }
}

pub(crate) fn snapshot(views: impl IntoIterator<Item = TransferView>) -> Snapshot {
    Snapshot {
        transfers: views.into_iter().map(Arc::new).collect(),
    }
}

/// What a desktop was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) notices: Vec<Notice>,
    pub(crate) progress: Vec<Progress>,
    /// How many keep it awake now.
    pub(crate) awake: usize,
    pub(crate) asked_to_stay_awake: usize,
    /// It cannot be kept awake.
    pub(crate) sleepy: bool,
}

/// A desktop.
#[derive(Debug, Default)]
pub(crate) struct FakeHost(watch::Sender<Seen>);

impl FakeHost {
    pub(crate) fn seen(&self) -> Seen {
        self.0.borrow().clone()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Seen)) {
        self.0.send_modify(change);
    }

    /// Waits until it has seen what is `wanted`.
    pub(crate) async fn until(&self, wanted: impl Fn(&Seen) -> bool) {
        let mut seen = self.0.subscribe();
        let waiting = seen.wait_for(|seen| wanted(seen));
        let found = tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await;
        assert!(found.is_ok(), "never seen: {:?}", self.seen());
    }
}

/// Lets the computer sleep when it is dropped.
struct Held(watch::Sender<Seen>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.send_modify(|seen| seen.awake -= 1);
    }
}

impl Host for FakeHost {
    fn open_url(&self, _: &Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn notify(&self, notice: Notice) {
        self.change(|seen| seen.notices.push(notice));
    }
    fn show_progress(&self, progress: Progress) {
        self.change(|seen| seen.progress.push(progress));
    }
    fn stay_awake(&self) -> Option<StayAwake> {
        self.change(|seen| {
            seen.asked_to_stay_awake += 1;
            seen.awake += usize::from(!seen.sleepy);
        });
        let sleepy = self.0.borrow().sleepy;
        (!sleepy).then(|| Box::new(Held(self.0.clone())) as StayAwake)
    }
}

/// Running manners, and everything they hear of.
pub(crate) struct Stage {
    pub(crate) host: Arc<FakeHost>,
    settings: Arc<Settings>,
    hub: Hub,
    snapshots: watch::Sender<Arc<Snapshot>>,
    focus: watch::Sender<bool>,
    stop: CancellationToken,
    manners: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Arc::new(Settings::open(&Home::at(folder.path())).unwrap());
        let hub = Hub::new(settings.view());
        let snapshots = watch::Sender::new(Arc::new(Snapshot::default()));
        let focus = watch::Sender::new(false);
        let host = Arc::new(FakeHost::default());
        let stop = CancellationToken::new();
        let heard = Heard {
            snapshots: snapshots.subscribe(),
            settings: hub.settings_changes(),
            focus: focus.subscribe(),
        };
        let of_host = Arc::clone(&host) as Arc<dyn Host>;
        let manners = Manners::new(of_host, Arc::clone(&settings), &Snapshot::default());
        let manners = tokio::spawn(manners.mind(heard, stop.clone()));
        Self {
            host,
            settings,
            hub,
            snapshots,
            focus,
            stop,
            manners,
            _folder: folder,
        }
    }

    pub(crate) fn show(&self, views: impl IntoIterator<Item = TransferView>) {
        self.snapshots.send_replace(Arc::new(snapshot(views)));
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut SettingsPatch)) {
        let mut patch = SettingsPatch::default();
        change(&mut patch);
        self.settings.apply(&patch).unwrap();
        self.hub.settings(self.settings.view());
    }

    pub(crate) fn focus(&self, focused: bool) {
        self.focus.send_replace(focused);
    }

    /// Ends as the app does.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        self.manners.await.unwrap();
    }
}
