//! What can be made to go wrong.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sifter_transfer::RemoteErrorKind;

/// The calls that can be disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Open,
    Begin,
    Part,
    Chunk,
    Position,
    Whole,
    Complete,
    Abort,
    Tag,
    Confirm,
    Resolve,
    Range,
    Stream,
}

/// How.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// No disturbance: lets one call pass.
    Pass,
    /// Refused before anything happened.
    Error(RemoteErrorKind),
    /// Everything happened, but the answer is this error.
    AnswerLost(RemoteErrorKind),
    /// The connection breaks after some bytes.
    CutAfter(usize),
    /// The stream ends early without an error.
    EndAfter(usize),
    /// A byte is wrong.
    WrongByte,
    /// More bytes than asked for.
    TooMuch,
    /// Nothing more happens, ever.
    Hang,
}

impl Fault {
    pub(crate) fn transient() -> Self {
        Self::Error(RemoteErrorKind::Transient { retry_after: None })
    }

    pub(crate) fn busy(seconds: u64) -> Self {
        let retry_after = Some(Duration::from_secs(seconds));
        Self::Error(RemoteErrorKind::Transient { retry_after })
    }

    pub(crate) fn answer_lost() -> Self {
        Self::AnswerLost(RemoteErrorKind::Transient { retry_after: None })
    }
}

/// The faults to come: scripted ones first, then random ones when there is a seed.
#[derive(Default)]
pub(crate) struct Script {
    queues: HashMap<Op, VecDeque<Fault>>,
    random: Option<StdRng>,
}

impl Script {
    pub(crate) fn push(&mut self, op: Op, fault: Fault) {
        self.queues.entry(op).or_default().push_back(fault);
    }

    /// Every third call or so fails from now on, in ways that pass.
    pub(crate) fn be_random(&mut self, seed: Option<u64>) {
        self.random = seed.map(StdRng::seed_from_u64);
    }

    /// Forgets what was to come.
    pub(crate) fn clear(&mut self) {
        self.queues.clear();
        self.random = None;
    }

    pub(crate) fn next(&mut self, op: Op) -> Option<Fault> {
        if let Some(fault) = self.queues.get_mut(&op).and_then(VecDeque::pop_front) {
            return Some(fault);
        }
        let random = self.random.as_mut()?;
        if !random.random_bool(0.3) {
            return None;
        }
        let transient = RemoteErrorKind::Transient { retry_after: None };
        Some(match random.random_range(0..12) {
            0..=2 => Fault::Error(transient),
            3 | 4 => Fault::AnswerLost(transient),
            5 | 6 => Fault::CutAfter(random.random_range(0..900)),
            7 => Fault::EndAfter(random.random_range(0..900)),
            8 => Fault::Error(RemoteErrorKind::SessionForgotten),
            9 => Fault::WrongByte,
            10 => Fault::AnswerLost(RemoteErrorKind::SessionForgotten),
            _ => Fault::Error(RemoteErrorKind::Unauthorized),
        })
    }
}
