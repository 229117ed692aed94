//! How transfers behave towards the computer they run on: they keep their limits, keep it awake only while
//! something moves, show how far they are on the desktop, and tell how they ended without shouting.

mod awake;
mod notices;
mod progress;
#[cfg(test)]
pub(crate) mod samples;
mod schedule;

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use sifter_contract::SettingsView;
use sifter_transfer::{Phase, Snapshot, TransferView};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::AppCore;
use crate::clock::reached;
use crate::host::{Host, Progress};
use crate::settings::Settings;
use awake::Awake;
use notices::Gathering;
use progress::Tally;
pub(crate) use schedule::Schedule;

/// The desktop is told how far transfers are at most this often.
const PROGRESS: Duration = Duration::from_secs(1);

impl AppCore {
    /// Looks after the manners of transfers for as long as the app runs.
    pub(crate) fn mind_manners(&self) {
        let schedule = Arc::clone(&self.schedule);
        let keeping = schedule.keep(self.engine.watch(), self.stop.clone());
        self.tasks.spawn(keeping);
        let manners = Manners::new(
            Arc::clone(&self.host),
            Arc::clone(&self.settings),
            &self.engine.snapshot(),
        );
        let heard = Heard {
            snapshots: self.engine.watch(),
            settings: self.hub.settings_changes(),
            focus: self.focus.subscribe(),
        };
        self.tasks.spawn(manners.mind(heard, self.stop.clone()));
    }

    /// The person looks at the window now, or does not any more.
    pub fn set_focused(&self, focused: bool) {
        self.focus.send_replace(focused);
    }
}

/// The clock of this computer.
pub(crate) fn wall_clock() -> Zoned {
    Zoned::now()
}

/// Whether a transfer is under way, or will be without anybody's doing.
pub(crate) fn moves(view: &TransferView) -> bool {
    !matches!(
        view.phase,
        Phase::Paused | Phase::Done { .. } | Phase::NeedsAttention { .. } | Phase::Cancelled
    )
}

/// What the manners hear of.
struct Heard {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    settings: watch::Receiver<SettingsView>,
    focus: watch::Receiver<bool>,
}

/// The manners that go by how transfers are.
struct Manners {
    host: Arc<dyn Host>,
    settings: Arc<Settings>,
    awake: Awake,
    tally: Tally,
    gathering: Gathering,
    /// What the desktop shows, and since when.
    shown: (Progress, Instant),
}

impl Manners {
    /// What has ended in `snapshot` is no news.
    fn new(host: Arc<dyn Host>, settings: Arc<Settings>, snapshot: &Snapshot) -> Self {
        let long_ago = Instant::now().checked_sub(PROGRESS);
        Self {
            awake: Awake::new(Arc::clone(&host)),
            host,
            settings,
            tally: Tally::after(snapshot),
            gathering: Gathering::after(snapshot),
            shown: (Progress::None, long_ago.unwrap_or_else(Instant::now)),
        }
    }

    /// Goes on until `stop`. Sleeps while nothing moves.
    async fn mind(mut self, mut heard: Heard, stop: CancellationToken) {
        loop {
            let snapshot = Arc::clone(&heard.snapshots.borrow_and_update());
            let focused = *heard.focus.borrow_and_update();
            heard.settings.mark_unchanged();
            let next = self.look(&snapshot, focused).await;
            let changed = tokio::select! {
                () = stop.cancelled() => break,
                () = reached(next) => Ok(()),
                changed = heard.snapshots.changed() => changed,
                changed = heard.settings.changed() => changed,
                changed = heard.focus.changed() => changed,
            };
            if changed.is_err() {
                break;
            }
        }
        self.awake.keep(false).await;
        self.host.show_progress(Progress::None);
    }

    /// Acts on how things are. Answers when to look again though nothing changes.
    async fn look(&mut self, snapshot: &Snapshot, focused: bool) -> Option<Instant> {
        let moving = snapshot.transfers.iter().any(|view| moves(view));
        self.awake.keep(moving && self.settings.keep_awake()).await;
        let gathered = self.notify(snapshot, focused).await;
        let shown = self.show(snapshot, focused);
        gathered.into_iter().chain(shown).min()
    }

    /// Tells how transfers ended, once that is worth telling.
    async fn notify(&mut self, snapshot: &Snapshot, focused: bool) -> Option<Instant> {
        self.gathering.hear(snapshot);
        if focused || !self.settings.notifications() {
            self.gathering.forget();
        }
        if let Some(notice) = self.gathering.ready(snapshot) {
            let host = Arc::clone(&self.host);
            // Some systems take a moment to show it. Lost only when the program ends.
            let _ = tokio::task::spawn_blocking(move || host.notify(notice)).await;
        }
        self.gathering.due(snapshot)
    }

    /// Shows how far everything is. Answers when the rest may be shown.
    fn show(&mut self, snapshot: &Snapshot, focused: bool) -> Option<Instant> {
        let progress = self.tally.progress(snapshot, focused);
        let (shown, since) = self.shown;
        if progress == shown {
            return None;
        }
        let now = Instant::now();
        if now < since + PROGRESS {
            return Some(since + PROGRESS);
        }
        self.host.show_progress(progress);
        self.shown = (progress, now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{Stage, done, moving, needs_attention, paused};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_computer_is_kept_awake_only_while_something_moves_and_the_person_wants_it() {
        let stage = Stage::open();
        let host = Arc::clone(&stage.host);
        let is_awake = |wanted: bool| {
            let host = Arc::clone(&host);
            async move { host.until(|seen| (seen.awake == 1) == wanted).await }
        };
        stage.show([moving("a", 10)]);
        is_awake(true).await;
        stage.show([moving("a", 20), moving("b", 0)]);
        stage.set(|patch| patch.keep_awake = Some(false));
        is_awake(false).await;
        stage.set(|patch| patch.keep_awake = Some(true));
        is_awake(true).await;
        stage.show([paused("a"), done("b")]);
        is_awake(false).await;
        stage.show([moving("a", 30), needs_attention("b")]);
        is_awake(true).await;
        stage.close().await;
        is_awake(false).await;
        assert_eq!(
            host.seen().asked_to_stay_awake,
            3,
            "once each time, not again and again"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_computer_that_cannot_be_kept_awake_is_not_asked_again_and_again() {
        let stage = Stage::open();
        stage.host.change(|seen| seen.sleepy = true);
        for percent in 0..50 {
            stage.show([moving("a", percent)]);
            tokio::time::sleep(PROGRESS).await;
        }
        assert_eq!(stage.host.seen().asked_to_stay_awake, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_desktop_shows_how_far_everything_is_at_most_once_a_second() {
        let stage = Stage::open();
        for tenth in 0..100 {
            stage.show([moving("a", tenth)]);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let shown = stage.host.seen().progress.len();
        assert!((9..=11).contains(&shown), "{shown} in ten seconds");
        stage.show([done("a")]);
        stage
            .host
            .until(|seen| seen.progress.last() == Some(&Progress::None))
            .await;
        let quiet = stage.host.seen().progress.len();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert_eq!(stage.host.seen().progress.len(), quiet);
    }

    #[tokio::test(start_paused = true)]
    async fn what_needs_attention_shows_until_the_person_looks() {
        let stage = Stage::open();
        stage.show([moving("a", 50), moving("b", 50)]);
        stage.show([moving("a", 50), needs_attention("b")]);
        stage
            .host
            .until(|seen| matches!(seen.progress.last(), Some(Progress::Attention(_))))
            .await;
        stage.focus(true);
        stage
            .host
            .until(|seen| matches!(seen.progress.last(), Some(Progress::Moving(_))))
            .await;
        stage.focus(false);
        stage.show([paused("a"), needs_attention("b")]);
        stage
            .host
            .until(|seen| seen.progress.last() == Some(&Progress::None))
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_ends_is_one_notice_and_none_when_the_person_looks() {
        let stage = Stage::open();
        stage.show([
            moving("a", 1),
            moving("b", 1),
            moving("c", 1),
            moving("d", 1),
        ]);
        stage.show([done("a"), moving("b", 1), moving("c", 1), moving("d", 1)]);
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert!(
            stage.host.seen().notices.is_empty(),
            "the batch is not over"
        );
        stage.show([done("a"), done("b"), done("c"), needs_attention("d")]);
        stage.host.until(|seen| seen.notices.len() == 1).await;
        let notice = stage.host.seen().notices.remove(0);
        assert_eq!(
            (notice.uploads, notice.downloads, notice.stopped),
            (3, 0, 1)
        );
        assert_eq!(notice.file_name, None);

        stage.focus(true);
        stage.show([done("a"), done("b"), done("c"), done("d")]);
        tokio::time::sleep(Duration::from_secs(600)).await;
        stage.focus(false);
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(stage.host.seen().notices.len(), 1);

        stage.set(|patch| patch.notifications = Some(false));
        stage.show([done("e")]);
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(stage.host.seen().notices.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn without_transfers_nothing_is_looked_at() {
        let stage = Stage::open();
        stage.show([moving("a", 50)]);
        stage.host.until(|seen| seen.awake == 1).await;
        stage.show([done("a"), paused("b"), needs_attention("c")]);
        stage
            .host
            .until(|seen| !seen.notices.is_empty() && seen.awake == 0)
            .await;
        stage
            .host
            .until(|seen| matches!(seen.progress.last(), Some(Progress::Attention(_))))
            .await;
        let parks = || {
            tokio::runtime::Handle::current()
                .metrics()
                .worker_park_count(0)
        };
        let before = parks();
        tokio::time::sleep(Duration::from_secs(86_400)).await;
        let idle = parks() - before;
        // The same clock in hand, to know that waking up is counted.
        let before = parks();
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_secs(864)).await;
        }
        assert!(parks() - before >= 100);
        assert!(idle <= 10, "woke up {idle} times in a day");
    }
}
