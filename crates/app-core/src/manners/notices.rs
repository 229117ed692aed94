//! How transfers ended, gathered into few notices.

use std::collections::HashSet;
use std::time::Duration;

use sifter_transfer::{Direction, Phase, Snapshot, TransferId, TransferView};
use time::OffsetDateTime;
use tokio::time::Instant;

use super::moves;
use crate::host::Notice;
use crate::transfers::is_quarantined;

/// What ends within this time of each other is told together.
const TOGETHER: Duration = Duration::from_secs(3);

/// Transfers that were asked for within this time of each other are one batch, which is told when it is
/// over.
const BATCH: Duration = Duration::from_secs(2);

/// A transfer that ended: well, or because it needs somebody.
type End = (TransferId, bool);

/// Ends that nobody was told of yet.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    ends: Vec<Ended>,
    /// When the latest of them was heard of.
    latest: Option<Instant>,
    known: HashSet<End>,
}

#[derive(Debug)]
struct Ended {
    id: TransferId,
    name: String,
    direction: Direction,
    stopped: bool,
    asked_for: OffsetDateTime,
}

impl Gathering {
    /// Nothing that has ended in `snapshot` is news.
    pub(super) fn after(snapshot: &Snapshot) -> Self {
        Self {
            known: ends(snapshot),
            ..Self::default()
        }
    }

    /// Takes note of what ended since the last time.
    pub(super) fn hear(&mut self, snapshot: &Snapshot) {
        let now = ends(snapshot);
        for (id, stopped) in now.difference(&self.known) {
            let Some(view) = snapshot.get(*id) else {
                continue;
            };
            self.ends.retain(|end| end.id != *id);
            self.ends.push(Ended {
                id: *id,
                name: view.name.clone(),
                direction: view.direction,
                stopped: *stopped,
                asked_for: view.created_at,
            });
            self.latest = Some(Instant::now());
        }
        self.known = now;
        // What goes on again needs nobody any more.
        let known = &self.known;
        self.ends
            .retain(|end| known.contains(&(end.id, end.stopped)));
    }

    /// The person knows, or does not want to.
    pub(super) fn forget(&mut self) {
        self.ends.clear();
        self.latest = None;
    }

    /// What to tell now.
    pub(super) fn ready(&mut self, snapshot: &Snapshot) -> Option<Notice> {
        if self.due(snapshot).is_none_or(|due| due > Instant::now()) {
            return None;
        }
        let count = |wanted: &dyn Fn(&Ended) -> bool| {
            let count = self.ends.iter().filter(|end| wanted(end)).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let well = |direction| move |end: &Ended| !end.stopped && end.direction == direction;
        let notice = Notice {
            uploads: count(&well(Direction::Push)),
            downloads: count(&well(Direction::Pull)),
            stopped: count(&|end| end.stopped),
            file_name: match self.ends.as_slice() {
                [one] => Some(one.name.clone()),
                _ => None,
            },
            ..Notice::default()
        };
        self.forget();
        Some(notice)
    }

    /// When there will be something to tell, if nothing else happens.
    pub(super) fn due(&self, snapshot: &Snapshot) -> Option<Instant> {
        let latest = self.latest?;
        if self.ends.is_empty() {
            return None;
        }
        // Whoever has to do something hears of it soon.
        let urgent = self.ends.iter().any(|end| end.stopped);
        let over = !snapshot
            .transfers
            .iter()
            .any(|view| moves(view) && self.is_of_the_batch(view));
        (urgent || over).then_some(latest + TOGETHER)
    }

    fn is_of_the_batch(&self, view: &TransferView) -> bool {
        self.ends
            .iter()
            .any(|end| (end.asked_for - view.created_at).unsigned_abs() <= BATCH)
    }
}

fn ends(snapshot: &Snapshot) -> HashSet<End> {
    snapshot
        .transfers
        .iter()
        .filter_map(|view| match view.phase {
            // A file that must not be used needs somebody as well.
            Phase::Done { .. } => Some((view.id, is_quarantined(view))),
            Phase::NeedsAttention { .. } => Some((view.id, true)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manners::samples::{asked_later, done, moving, needs_attention, pulled, snapshot};

    /// Hears of `views`, waits, and answers what is told.
    async fn told(
        gathering: &mut Gathering,
        views: Vec<TransferView>,
        seconds: u64,
    ) -> Option<Notice> {
        let snapshot = snapshot(views);
        gathering.hear(&snapshot);
        tokio::time::advance(Duration::from_secs(seconds)).await;
        gathering.ready(&snapshot)
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_within_seconds_of_each_other_is_told_together() {
        let mut gathering = Gathering::after(&snapshot([done("old")]));
        let later = |name: &str| asked_later(moving(name, 1), 60);
        assert_eq!(
            told(&mut gathering, vec![done("old"), done("a"), later("b")], 2).await,
            None
        );
        let end = told(
            &mut gathering,
            vec![done("old"), done("a"), asked_later(pulled(done("b")), 60)],
            3,
        );
        let notice = end.await.unwrap();
        assert_eq!(
            (notice.uploads, notice.downloads, notice.stopped),
            (1, 1, 0)
        );
        let all = vec![done("old"), done("a"), asked_later(pulled(done("b")), 60)];
        assert_eq!(told(&mut gathering, all, 60).await, None, "it is told once");
    }

    #[tokio::test(start_paused = true)]
    async fn one_alone_is_named_and_does_not_wait_for_other_batches() {
        let mut gathering = Gathering::default();
        let views = vec![done("a"), asked_later(moving("b", 1), 60)];
        let notice = told(&mut gathering, views, 3).await.unwrap();
        assert_eq!(notice.file_name.as_deref(), Some("a"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_waits_for_its_last_but_not_with_what_needs_somebody() {
        let mut gathering = Gathering::default();
        assert_eq!(
            told(&mut gathering, vec![done("a"), moving("b", 1)], 3600).await,
            None
        );
        let views = vec![done("a"), needs_attention("b"), moving("c", 1)];
        let notice = told(&mut gathering, views, 3).await.unwrap();
        assert_eq!((notice.uploads, notice.stopped), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_goes_on_again_before_it_is_told_needs_nobody() {
        let mut gathering = Gathering::default();
        assert_eq!(
            told(&mut gathering, vec![needs_attention("a")], 1).await,
            None
        );
        assert_eq!(told(&mut gathering, vec![moving("a", 1)], 60).await, None);
        let notice = told(&mut gathering, vec![done("a")], 3).await.unwrap();
        assert_eq!((notice.uploads, notice.stopped), (1, 0));
    }
}
