//! How many parts go at once: more while that makes the transfer faster, fewer when requests fail.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::budget::Budget;
use crate::options::EngineOptions;

/// One more part has to make a transfer faster by this factor to be worth another one.
const GAIN: f64 = 1.05;

/// The places for the parts of one transfer.
pub(crate) struct Pace<'a> {
    places: Semaphore,
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
    /// What got through since `since`: as many parts as there are places make a measurement.
    since: Instant,
    bytes: u64,
    parts: usize,
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
            budget,
            state: Mutex::new(State {
                limit,
                most: options.most_parallel_parts.max(limit),
                surplus: 0,
                best: 0.0,
                since: Instant::now(),
                bytes: 0,
                parts: 0,
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

    /// A part of `bytes` got through.
    pub(crate) fn part_arrived(&self, bytes: u64) {
        let mut state = self.state();
        state.failing = false;
        state.bytes = state.bytes.saturating_add(bytes);
        state.parts += 1;
        if state.parts < state.limit {
            return;
        }
        let seconds = state.since.elapsed().as_secs_f64();
        let speed = state.bytes as f64 / seconds.max(f64::EPSILON);
        let waits = self.budget.waits();
        let was_limited = waits != state.waits;
        state.measure_anew(waits);
        // The speed of a limit says nothing about the line.
        if was_limited {
            return;
        }
        if speed <= state.best * GAIN {
            return;
        }
        state.best = speed;
        if state.limit < state.most {
            state.limit += 1;
            if state.surplus > 0 {
                state.surplus -= 1;
            } else {
                self.places.add_permits(1);
            }
        }
    }

    /// A try failed in a way that passes: half as many from now on.
    pub(crate) fn part_failed(&self) {
        let mut state = self.state();
        state.best = 0.0;
        state.measure_anew(self.budget.waits());
        if std::mem::replace(&mut state.failing, true) {
            return;
        }
        let fewer = state.limit - (state.limit / 2).max(1).min(state.limit);
        state.limit -= fewer;
        let forgotten = self.places.forget_permits(fewer);
        state.surplus += fewer - forgotten;
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
        self.parts = 0;
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
    use std::time::Duration;

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
            pace.part_arrived(1000);
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
        assert_eq!(limits, [2, 3, 4, 5, 5, 5, 5]);
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
        assert_eq!(pace.limit(), 3, "one more was tried and brought nothing");
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
        pace.part_arrived(1000);
        pace.part_failed();
        pace.part_arrived(1000);
        pace.part_failed();
        pace.part_arrived(1000);
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
    async fn a_limit_makes_it_neither_grow_nor_shrink() {
        let budget = Budget::new(std::num::NonZeroU64::new(4000));
        let pace = pace(&budget, 4, 12);
        for limited in [true, true, true, false, true] {
            if !limited {
                budget.set(None);
            }
            for _ in 0..pace.limit() {
                budget.take(1000).await;
            }
            round(&pace, if limited { 1 } else { 0 }).await;
            assert_eq!(pace.limit(), if limited { 4 } else { 5 });
            if !limited {
                break;
            }
        }
        for _ in 0..20 {
            round(&pace, 1).await;
        }
        assert!(
            pace.limit() > 4,
            "once it is lifted, the line is tried again"
        );
    }
}
