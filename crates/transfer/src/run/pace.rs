//! How many parts go at once: more while that makes the transfer faster, fewer when requests fail.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::budget::Budget;
use crate::options::EngineOptions;

/// More parts have to make a transfer faster by this factor to be worth their places.
const GAIN: f64 = 1.05;
/// The shortest measurement. Many round trips long, and short beside any transfer that is worth measuring.
const WINDOW: Duration = Duration::from_millis(500);

/// The places for the parts of one transfer.
pub(crate) struct Pace<'a> {
    places: Semaphore,
    grown: Notify,
    budget: &'a Budget,
    state: Mutex<State>,
}

struct State {
    limit: usize,
    most: usize,
    /// Places that are taken but shall not be given out again.
    surplus: usize,
    /// The best speed since the last failure, in bytes a second.
    best: f64,
    /// Whether growing means twice as many, until that has once brought nothing.
    doubling: bool,
    /// What the limit was before it grew, until it is known what that has brought.
    before: Option<usize>,
    /// What got through since `since`, and in how many pieces.
    since: Instant,
    bytes: u64,
    pieces: usize,
    /// What [`Budget::waits`] was at `since`.
    waits: u64,
    /// Parts that fail together count as one failure.
    failing: bool,
}

/// A place for one try of one part.
pub(crate) struct Place<'a> {
    pace: &'a Pace<'a>,
    permit: Option<SemaphorePermit<'a>>,
}

impl<'a> Pace<'a> {
    /// For bytes that count against `budget`.
    pub(crate) fn new(options: &EngineOptions, budget: &'a Budget) -> Self {
        let limit = options.parallel_parts.max(1);
        Self {
            places: Semaphore::new(limit),
            grown: Notify::new(),
            budget,
            state: Mutex::new(State {
                limit,
                most: options.most_parallel_parts.max(limit),
                surplus: 0,
                best: 0.0,
                doubling: true,
                before: None,
                since: Instant::now(),
                bytes: 0,
                pieces: 0,
                waits: budget.waits(),
                failing: false,
            }),
        }
    }

    /// Parts that may be under way now.
    pub(crate) fn limit(&self) -> usize {
        self.state().limit
    }

    /// Waits for a place. Places are given out in the order in which they were asked for.
    pub(crate) async fn place(&self) -> Place<'_> {
        // Fails only when the semaphore is closed, which nobody does.
        let permit = self.places.acquire().await.ok();
        Place { pace: self, permit }
    }

    /// Waits until there are more places than there were.
    pub(crate) async fn grew(&self) {
        self.grown.notified().await;
    }

    /// A part got through.
    pub(crate) fn part_arrived(&self) {
        self.state().failing = false;
    }

    /// A piece of `bytes` got through for good. An upload's pieces are its parts, since what a connection
    /// took may still be in its buffers. As many pieces as there are places make a measurement.
    pub(crate) fn moved(&self, bytes: u64) {
        let mut state = self.state();
        state.bytes = state.bytes.saturating_add(bytes);
        state.pieces += 1;
        let took = state.since.elapsed();
        if state.pieces < state.limit || took < WINDOW {
            return;
        }
        let speed = state.bytes as f64 / took.as_secs_f64();
        let waits = self.budget.waits();
        let was_limited = waits != state.waits;
        state.measure_anew(waits);
        // The speed of a limit says nothing about the line.
        if was_limited {
            return;
        }
        let before = state.before.take();
        if speed > state.best * GAIN {
            state.best = speed;
            self.grow(&mut state);
        } else if let Some(before) = before {
            state.doubling = false;
            self.shrink(&mut state, before);
        }
    }

    fn grow(&self, state: &mut State) {
        let wished = if state.doubling {
            state.limit * 2
        } else {
            state.limit + 1
        };
        let more = wished.min(state.most) - state.limit;
        if more == 0 {
            return;
        }
        state.before = Some(state.limit);
        state.limit += more;
        let taken = more.min(state.surplus);
        state.surplus -= taken;
        self.places.add_permits(more - taken);
        self.grown.notify_one();
    }

    fn shrink(&self, state: &mut State, to: usize) {
        let fewer = state.limit.saturating_sub(to);
        state.limit -= fewer;
        let forgotten = self.places.forget_permits(fewer);
        state.surplus += fewer - forgotten;
    }

    /// A try failed in a way that passes: half as many from now on.
    pub(crate) fn part_failed(&self) {
        let mut state = self.state();
        state.best = 0.0;
        state.doubling = false;
        state.before = None;
        state.measure_anew(self.budget.waits());
        if !std::mem::replace(&mut state.failing, true) {
            let half = (state.limit / 2).max(1);
            self.shrink(&mut state, half);
        }
    }

    /// Nothing that waits may happen while the guard lives.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn measure_anew(&mut self, waits: u64) {
        self.waits = waits;
        self.since = Instant::now();
        self.bytes = 0;
        self.pieces = 0;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        if state.surplus > 0
            && let Some(permit) = self.permit.take()
        {
            state.surplus -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(budget: &Budget, first: usize, most: usize) -> Pace<'_> {
        let options = EngineOptions {
            parallel_parts: first,
            most_parallel_parts: most,
            ..EngineOptions::default()
        };
        Pace::new(&options, budget)
    }

    /// Lets a round of parts through that takes `seconds`.
    async fn round(pace: &Pace<'_>, seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        for _ in 0..pace.limit() {
            pace.part_arrived();
            pace.moved(1000);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_grows_while_the_transfer_gets_faster_and_no_further_than_allowed() {
        let budget = Budget::new(None);
        let pace = pace(&budget, 2, 5);
        let mut limits = vec![pace.limit()];
        for _ in 0..6 {
            // Every part takes a second, however many there are.
            round(&pace, 1).await;
            limits.push(pace.limit());
        }
        assert_eq!(limits, [2, 4, 5, 5, 5, 5, 5]);
        assert_eq!(pace.places.available_permits(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn it_stays_where_more_parts_bring_no_more_speed() {
        let budget = Budget::new(None);
        let pace = pace(&budget, 2, 16);
        for _ in 0..20 {
            // The line is full: twice as many parts take twice as long.
            let seconds = pace.limit() as u64;
            round(&pace, seconds).await;
        }
        assert_eq!(pace.limit(), 2, "more were tried and brought nothing");
        assert_eq!(pace.places.available_permits(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn it_shrinks_once_for_failures_that_come_together_and_recovers() {
        let budget = Budget::new(None);
        let pace = pace(&budget, 8, 8);
        let places = [pace.place().await, pace.place().await, pace.place().await];
        for _ in 0..8 {
            pace.part_failed();
        }
        assert_eq!(pace.limit(), 4);
        pace.part_arrived();
        pace.part_failed();
        pace.part_arrived();
        pace.part_failed();
        pace.part_arrived();
        pace.part_failed();
        assert_eq!(pace.limit(), 1, "never less than one");
        drop(places);
        assert_eq!(pace.places.available_permits(), 1);
        for _ in 0..10 {
            round(&pace, 1).await;
        }
        assert_eq!((pace.limit(), pace.places.available_permits()), (8, 8));
    }

    #[tokio::test(start_paused = true)]
    async fn what_moves_in_less_than_a_moment_says_nothing() {
        let budget = Budget::new(None);
        let pace = pace(&budget, 2, 16);
        for _ in 0..4 {
            tokio::time::advance(WINDOW / 5).await;
            pace.moved(1000);
        }
        assert_eq!(pace.limit(), 2);
        tokio::time::advance(WINDOW / 5).await;
        pace.moved(1000);
        assert_eq!(pace.limit(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_makes_it_neither_grow_nor_shrink() {
        let budget = Budget::new(std::num::NonZeroU64::new(4000));
        let pace = pace(&budget, 4, 12);
        for _ in 0..3 {
            for _ in 0..pace.limit() {
                budget.take(1000).await;
            }
            round(&pace, 1).await;
            assert_eq!(pace.limit(), 4);
        }
        budget.set(None);
        round(&pace, 1).await;
        assert_eq!(
            pace.limit(),
            8,
            "once it is lifted, the line is tried again"
        );
    }
}
