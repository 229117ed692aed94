//! What a transfer does right now: written by its run, read by whoever draws it.

mod meter;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::error::Failure;
use crate::journal::Checkpoint;
use crate::view::{PartSpan, PartState, PartSummary, Phase};
use meter::Meter;

/// The live state of one transfer and the bell that tells the engine to draw it.
pub(crate) struct Live {
    state: Mutex<LiveState>,
    changed: Arc<Notify>,
}

/// The live state itself.
pub(crate) struct LiveState {
    /// The phase while a run is active; the queue's status counts otherwise.
    pub(crate) phase: Phase,
    /// The journal's checkpoint, as last written.
    pub(crate) checkpoint: Checkpoint,
    pub(crate) bytes_done: u64,
    pub(crate) trouble: Option<Failure>,
    pub(crate) meter: Meter,
    parts: Vec<PartState>,
    in_flight: BTreeMap<u32, u64>,
    retried: u32,
}

impl Live {
    pub(crate) fn new(checkpoint: Checkpoint, changed: Arc<Notify>) -> Self {
        let state = LiveState {
            phase: Phase::Queued,
            checkpoint,
            bytes_done: 0,
            trouble: None,
            meter: Meter::default(),
            parts: Vec::new(),
            in_flight: BTreeMap::new(),
            retried: 0,
        };
        Self {
            state: Mutex::new(state),
            changed,
        }
    }

    /// Reads the state. Nothing that waits may happen while the guard lives.
    pub(crate) fn read(&self) -> MutexGuard<'_, LiveState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and has it drawn.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut LiveState) -> T) -> T {
        let result = change(&mut self.read());
        self.changed.notify_one();
        result
    }

    /// Enters a phase. Leaving a phase that moves bytes forgets its speed.
    pub(crate) fn enter(&self, phase: Phase) {
        self.change(|state| {
            if state.phase != phase {
                state.phase = phase;
                state.meter = Meter::default();
            }
        });
    }
}

impl LiveState {
    /// Lays out `total` parts, of which `acknowledged` (counted from 1) are safe already.
    pub(crate) fn lay_out_parts(
        &mut self,
        total: u32,
        acknowledged: impl IntoIterator<Item = u32>,
        bytes_done: u64,
    ) {
        self.parts = vec![PartState::Waiting; total as usize];
        self.in_flight.clear();
        self.bytes_done = bytes_done;
        for number in acknowledged {
            self.set_part(number, PartState::Acknowledged);
        }
    }

    /// A part (counted from 1) begins, or begins again, at `done` of its own bytes.
    pub(crate) fn part_begins(&mut self, number: u32, done: u64) {
        if self.part(number) == Some(PartState::Acknowledged) {
            return;
        }
        self.set_part(number, PartState::InFlight);
        self.in_flight.insert(number, done);
    }

    /// Bytes of a part moved. A connection may still read a body whose request has ended: those
    /// bytes count for nothing.
    pub(crate) fn part_moved(&mut self, number: u32, bytes: u64) {
        if let Some(moved) = self.in_flight.get_mut(&number) {
            *moved += bytes;
            self.meter.moved(bytes);
        }
    }

    /// A part has to be tried again because of `trouble`.
    pub(crate) fn part_failed(&mut self, number: u32, trouble: Failure) {
        self.set_part(number, PartState::Waiting);
        self.in_flight.remove(&number);
        self.retried += 1;
        self.trouble = Some(trouble);
    }

    /// A part of `bytes` is in the journal.
    pub(crate) fn part_acknowledged(&mut self, number: u32, bytes: u64) {
        self.set_part(number, PartState::Acknowledged);
        self.in_flight.remove(&number);
        self.bytes_done += bytes;
        self.trouble = None;
    }

    /// Nothing is in flight any more.
    pub(crate) fn settle(&mut self) {
        self.in_flight.clear();
        for part in &mut self.parts {
            if *part == PartState::InFlight {
                *part = PartState::Waiting;
            }
        }
        self.meter = Meter::default();
        self.trouble = None;
    }

    pub(crate) fn bytes_in_flight(&self) -> u64 {
        self.in_flight.values().sum()
    }

    pub(crate) fn part_summary(&self) -> PartSummary {
        let count = |wanted| self.parts.iter().filter(|part| **part == wanted).count() as u32;
        PartSummary {
            total: self.parts.len() as u32,
            acknowledged: count(PartState::Acknowledged),
            in_flight: count(PartState::InFlight),
            retried: self.retried,
            spans: self
                .parts
                .chunk_by(|a, b| a == b)
                .map(|run| PartSpan {
                    state: run[0],
                    count: run.len() as u32,
                })
                .collect(),
        }
    }

    fn part(&self, number: u32) -> Option<PartState> {
        let at = number.checked_sub(1)?;
        self.parts.get(at as usize).copied()
    }

    fn set_part(&mut self, number: u32, state: PartState) {
        if let Some(part) = number
            .checked_sub(1)
            .and_then(|at| self.parts.get_mut(at as usize))
        {
            *part = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_read_after_its_request_ended_is_not_in_flight() {
        let live = Live::new(Checkpoint::default(), Arc::default());
        live.change(|state| {
            state.lay_out_parts(2, [], 0);
            state.part_begins(1, 0);
            state.part_moved(1, 60);
            assert_eq!(state.bytes_in_flight(), 60);
            state.part_acknowledged(1, 100);
            state.part_moved(1, 40);
            state.part_begins(1, 0);
            assert_eq!(state.bytes_in_flight(), 0);
            assert_eq!(state.part_summary().acknowledged, 1);
        });
    }
}
