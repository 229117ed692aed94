//! Whose turn it is: two lanes, each with its own places.

use super::table::{Entry, Running, Table};
use crate::journal::Status;
use crate::options::EngineOptions;
use crate::request::TransferId;
use crate::view::Lane;
use tokio_util::sync::CancellationToken;

/// A transfer whose turn has come.
pub(super) struct Turn {
    pub(super) id: TransferId,
    pub(super) stop: CancellationToken,
}

/// How many transfers run at once in each lane.
pub(super) struct Places {
    pub(super) large: usize,
    pub(super) small: usize,
}

impl Places {
    pub(super) fn of(options: &EngineOptions) -> Self {
        Self {
            large: options.large_lane,
            small: options.small_lane,
        }
    }
}

/// Gives free places to the first in the queue, and answers whose turn it is now.
pub(super) fn take_turns(table: &Table, places: &Places) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut entries = table.read();
    for (lane, places) in [(Lane::Large, places.large), (Lane::Small, places.small)] {
        let taken = entries.iter().filter(|entry| runs_in(entry, lane)).count();
        let mut free = places.max(1).saturating_sub(taken);
        for entry in entries.iter_mut() {
            let waits = entry.status == Status::Queued && entry.running.is_none();
            if free > 0 && waits && table.lane(entry) == lane {
                free -= 1;
                let stop = CancellationToken::new();
                entry.running = Some(Running {
                    lane,
                    stop: stop.clone(),
                    intent: None,
                });
                turns.push(Turn { id: entry.id, stop });
            }
        }
    }
    turns
}

fn runs_in(entry: &Entry, lane: Lane) -> bool {
    entry
        .running
        .as_ref()
        .is_some_and(|running| running.lane == lane)
}

/// Puts `id` before `before`, or at the end, and answers the new positions. `None` when either is
/// not in the list.
pub(super) fn reorder(
    table: &Table,
    id: TransferId,
    before: Option<TransferId>,
) -> Option<Vec<(TransferId, i64)>> {
    table.change(|entries| {
        let from = entries.iter().position(|entry| entry.id == id)?;
        if before.is_some_and(|before| !entries.iter().any(|entry| entry.id == before)) {
            return None;
        }
        let moved = entries.remove(from);
        let to = before.and_then(|before| entries.iter().position(|entry| entry.id == before));
        entries.insert(to.unwrap_or(entries.len()), moved);
        for (entry, position) in entries.iter_mut().zip(1..) {
            entry.position = position;
        }
        Some(
            entries
                .iter()
                .map(|entry| (entry.id, entry.position))
                .collect(),
        )
    })
}
