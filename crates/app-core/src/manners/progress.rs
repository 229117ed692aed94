//! How far everything is, as one number.

use std::collections::{HashMap, HashSet};

use sifter_transfer::{Phase, Snapshot, TransferId, TransferView};

use super::moves;
use crate::host::Progress;

/// Counts what took part since something began to move, so that the number does not jump back whenever one
/// of several transfers ends.
#[derive(Debug, Default)]
pub(super) struct Tally {
    parts: HashMap<TransferId, Part>,
    /// Transfers that stopped while this program ran and the person was not looking.
    unseen: HashSet<TransferId>,
    /// Transfers that needed attention when they were last looked at.
    stopped: HashSet<TransferId>,
}

#[derive(Debug, Clone, Copy)]
struct Part {
    done: u64,
    total: u64,
}

impl Tally {
    /// What stopped in `snapshot` is no news.
    pub(super) fn after(snapshot: &Snapshot) -> Self {
        Self {
            stopped: stopped(snapshot),
            ..Self::default()
        }
    }

    /// What the desktop should show. What needs attention is shown until the person looks.
    pub(super) fn progress(&mut self, snapshot: &Snapshot, focused: bool) -> Progress {
        self.note_stopped(snapshot, focused);
        let is_moving = snapshot.transfers.iter().any(|view| moves(view));
        if is_moving {
            self.count(snapshot);
        } else {
            self.parts.clear();
        }
        match (is_moving, self.unseen.is_empty()) {
            (true, true) => Progress::Moving(self.percent()),
            (true, false) => Progress::Attention(self.percent()),
            (false, true) => Progress::None,
            (false, false) => Progress::Attention(100),
        }
    }

    fn note_stopped(&mut self, snapshot: &Snapshot, focused: bool) {
        let stopped = stopped(snapshot);
        self.unseen.extend(stopped.difference(&self.stopped));
        self.unseen.retain(|id| stopped.contains(id));
        self.stopped = stopped;
        if focused {
            self.unseen.clear();
        }
    }

    fn count(&mut self, snapshot: &Snapshot) {
        for view in &snapshot.transfers {
            let is_counted = self.parts.contains_key(&view.id);
            let done = matches!(view.phase, Phase::Done { .. });
            if moves(view) || (done && is_counted) {
                self.parts.insert(view.id, part(view));
            } else if !done {
                // Paused, stopped or given up: it is not waited for.
                self.parts.remove(&view.id);
            }
        }
    }

    fn percent(&self) -> u8 {
        let (done, total) = self.parts.values().fold((0_u128, 0_u128), |sum, part| {
            (
                sum.0 + u128::from(part.done),
                sum.1 + u128::from(part.total),
            )
        });
        let percent = (done * 100).checked_div(total).unwrap_or(0);
        u8::try_from(percent.min(100)).unwrap_or(100)
    }
}

fn stopped(snapshot: &Snapshot) -> HashSet<TransferId> {
    snapshot
        .transfers
        .iter()
        .filter(|view| matches!(view.phase, Phase::NeedsAttention { .. }))
        .map(|view| view.id)
        .collect()
}

fn part(view: &TransferView) -> Part {
    let total = view.bytes_total.unwrap_or(0);
    let done = match view.phase {
        Phase::Done { .. } => total,
        // Reading the file moves nothing yet.
        Phase::Hashing => 0,
        _ => view
            .bytes_done
            .saturating_add(view.bytes_in_flight)
            .min(total),
    };
    Part { done, total }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manners::samples::{cancelled, done, moving, needs_attention, snapshot};

    #[test]
    fn it_does_not_jump_back_when_one_of_several_ends() {
        let mut tally = Tally::default();
        let mut show = |views: Vec<TransferView>| tally.progress(&snapshot(views), false);
        assert_eq!(show(vec![]), Progress::None);
        assert_eq!(
            show(vec![done("old"), moving("a", 80), moving("b", 20)]),
            Progress::Moving(50)
        );
        assert_eq!(
            show(vec![done("old"), done("a"), moving("b", 20)]),
            Progress::Moving(60)
        );
        assert_eq!(show(vec![done("a"), done("b")]), Progress::None);
        assert_eq!(
            show(vec![done("a"), done("b"), moving("c", 10)]),
            Progress::Moving(10)
        );
        assert_eq!(
            show(vec![moving("c", 10), moving("d", 90)]),
            Progress::Moving(50)
        );
        assert_eq!(
            show(vec![moving("c", 10), cancelled("d")]),
            Progress::Moving(10)
        );
    }

    #[test]
    fn what_stopped_before_this_program_began_is_not_shown() {
        let mut tally = Tally::after(&snapshot([needs_attention("a")]));
        assert_eq!(
            tally.progress(&snapshot([needs_attention("a")]), false),
            Progress::None
        );
        let both = snapshot([needs_attention("a"), needs_attention("b")]);
        assert_eq!(tally.progress(&both, false), Progress::Attention(100));
        assert_eq!(tally.progress(&both, true), Progress::None);
        assert_eq!(tally.progress(&both, false), Progress::None);
    }
}
