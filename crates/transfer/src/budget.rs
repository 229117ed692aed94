//! How fast bytes may go: one budget for each direction, shared by every transfer.
//!
//! Whoever wants to move bytes takes a turn. Turns are given out in the order in which they were asked
//! for, each as late as the ones before it need; nobody has to be polled for the next one to get his, so
//! that a connection that stands still holds up no other. A limit may change at any time: those who wait
//! then go on at once and count under the new limit from their next bytes on.

use std::num::NonZeroU64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// What nobody used may be caught up with for this long, so that timers that fire a little late cost no
/// speed.
const BURST: Duration = Duration::from_millis(100);

/// A limited line is used in pieces of this part of a second. Even a hundred parts at once then each move
/// something every few seconds, and no timeout takes them for dead.
const PIECES_A_SECOND: u64 = 16;

/// Smaller pieces only cost time.
const LEAST_PIECE: u64 = 1 << 10;

/// The most bytes a second that all transfers of an engine may use together; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Towards libraries.
    pub up: Option<NonZeroU64>,
    /// From libraries.
    pub down: Option<NonZeroU64>,
}

/// The budgets of an engine.
#[derive(Debug)]
pub(crate) struct Budgets {
    pub(crate) up: Budget,
    pub(crate) down: Budget,
}

impl Budgets {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            up: Budget::new(limits.up),
            down: Budget::new(limits.down),
        }
    }

    pub(crate) fn set(&self, limits: Limits) {
        self.up.set(limits.up);
        self.down.set(limits.down);
    }
}

/// The bytes of one direction.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: watch::Sender<Option<NonZeroU64>>,
    line: Mutex<Line>,
}

/// The line as if everything went over it one after the other.
#[derive(Debug)]
struct Line {
    /// When everything that was promised has gone.
    free: Instant,
    /// Counts the changes of the limit; promises of earlier ones are forgiven.
    epoch: u64,
    /// How often somebody had to wait.
    waits: u64,
}

/// A promise to somebody who waits. It is taken back when he goes away before his time.
struct Turn<'a> {
    budget: &'a Budget,
    due: Instant,
    cost: Duration,
    epoch: u64,
    taken: bool,
}

impl Budget {
    pub(crate) fn new(limit: Option<NonZeroU64>) -> Self {
        let line = Line {
            free: Instant::now(),
            epoch: 0,
            waits: 0,
        };
        Self {
            limit: watch::Sender::new(limit),
            line: Mutex::new(line),
        }
    }

    /// Changes the limit, also for those who wait.
    pub(crate) fn set(&self, limit: Option<NonZeroU64>) {
        let mut line = self.line();
        if *self.limit.borrow() == limit {
            return;
        }
        line.free = Instant::now();
        line.epoch += 1;
        self.limit.send_replace(limit);
    }

    /// Bytes that are worth taking at once, at most `most`.
    pub(crate) fn piece(&self, most: usize) -> usize {
        let limit = *self.limit.borrow();
        limit.map_or(most, |limit| {
            let piece = (limit.get() / PIECES_A_SECOND).max(LEAST_PIECE);
            usize::try_from(piece).unwrap_or(usize::MAX).min(most)
        })
    }

    /// Waits until `bytes` may go. Dropping the future gives them back.
    pub(crate) async fn take(&self, bytes: u64) {
        // Subscribed first, so that no change falls between.
        let mut limit = self.limit.subscribe();
        let Some(mut turn) = self.turn(bytes) else {
            return;
        };
        tokio::select! {
            // The sender lives as long as the budget.
            _ = limit.changed() => {}
            () = sleep_until(turn.due) => {}
        }
        turn.taken = true;
    }

    /// How often somebody had to wait so far. A speed measured while this grew is that of the limit.
    pub(crate) fn waits(&self) -> u64 {
        self.line().waits
    }

    /// Uses the line for `bytes`. Answers when, unless that is now.
    fn turn(&self, bytes: u64) -> Option<Turn<'_>> {
        let mut line = self.line();
        let limit = (*self.limit.borrow())?;
        let now = Instant::now();
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        let due = line.free.max(earliest);
        let cost = duration(bytes, limit);
        line.free = due + cost;
        if due <= now {
            return None;
        }
        line.waits += 1;
        Some(Turn {
            budget: self,
            due,
            cost,
            epoch: line.epoch,
            taken: false,
        })
    }

    /// Nothing that waits may happen while the guard lives.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.taken {
            return;
        }
        let mut line = self.budget.line();
        if line.epoch == self.epoch {
            line.free = line.free.checked_sub(self.cost).unwrap_or(line.free);
        }
    }
}

/// How long `bytes` take. A day at most, however slow the line and large the piece.
fn duration(bytes: u64, limit: NonZeroU64) -> Duration {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(limit.get());
    u64::try_from(nanos).map_or(DAY, |nanos| Duration::from_nanos(nanos).min(DAY))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use proptest::prelude::*;

    use super::*;

    fn limit(bytes: u64) -> Option<NonZeroU64> {
        NonZeroU64::new(bytes)
    }

    /// Many at once move `pieces` of `size` bytes each; answers how long that took.
    async fn moved(budget: &Arc<Budget>, movers: u32, pieces: u32, size: u64) -> Duration {
        let start = Instant::now();
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..movers {
            let budget = Arc::clone(budget);
            all.spawn(async move {
                for _ in 0..pieces {
                    budget.take(size).await;
                }
            });
        }
        all.join_all().await;
        start.elapsed()
    }

    fn on_virtual_time<T>(test: impl Future<Output = T>) -> T {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(test)
    }

    proptest! {
        #[test]
        fn together_they_never_move_more_than_the_limit_and_not_much_less(
            rate in 1_000_u64..100_000_000,
            movers in 1_u32..12,
            pieces in 1_u32..40,
            size in 1_u64..400_000,
        ) {
            let bytes = u64::from(movers) * u64::from(pieces) * size;
            let took = on_virtual_time(async {
                moved(&Arc::new(Budget::new(limit(rate))), movers, pieces, size).await
            });
            // The first pieces of an idle line go at once: what a burst holds, and one piece.
            let free = rate as f64 * BURST.as_secs_f64() + size as f64;
            let least = (bytes as f64 - free) / rate as f64;
            let most = bytes as f64 / rate as f64 + 0.002;
            let took = took.as_secs_f64();
            prop_assert!(took >= least - 0.002, "{took} s, but {least} s at the least");
            prop_assert!(took <= most, "{took} s, but {most} s at the most");
        }

        #[test]
        fn no_change_and_no_leaving_lets_more_through_than_was_asked_for(
            rates in proptest::collection::vec(1_000_u64..1_000_000, 1..6),
            leavers in 0_usize..8,
        ) {
            on_virtual_time(async {
                let budget = Budget::new(limit(rates[0]));
                budget.take(10_000).await;
                for _ in 0..leavers {
                    // Asks, waits, and goes away before it is his turn.
                    assert!(budget.take(50_000).now_or_never().is_none());
                }
                for rate in &rates {
                    budget.set(limit(*rate));
                    let start = Instant::now();
                    for _ in 0..20 {
                        budget.take(10_000).await;
                    }
                    let least = 190_000_f64 / *rate as f64 - BURST.as_secs_f64() - 0.002;
                    assert!(start.elapsed().as_secs_f64() >= least);
                }
            });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nobody_waits() {
        let budget = Arc::new(Budget::new(None));
        assert_eq!(
            moved(&budget, 8, 100, u64::MAX / 1000).await,
            Duration::ZERO
        );
        assert_eq!(budget.waits(), 0);
        assert_eq!(budget.piece(300), 300);
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_gives_back_what_was_promised() {
        let budget = Budget::new(limit(1000));
        budget.take(1000).await;
        for _ in 0..100 {
            assert!(budget.take(1000).now_or_never().is_none());
        }
        let start = Instant::now();
        budget.take(1000).await;
        assert!(start.elapsed() <= Duration::from_millis(1001));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_and_is_never_looked_at_again_holds_up_nobody() {
        let budget = Budget::new(limit(1000));
        budget.take(1000).await;
        let mut forgotten = std::pin::pin!(budget.take(1000));
        assert!((&mut forgotten).now_or_never().is_none());
        let start = Instant::now();
        budget.take(1000).await;
        budget.take(1000).await;
        assert!(start.elapsed() <= Duration::from_millis(3001));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifted_limit_lets_those_who_wait_go_at_once() {
        let budget = Arc::new(Budget::new(limit(1)));
        budget.take(1_000_000).await;
        let waiting = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.take(1).await }
        });
        tokio::task::yield_now().await;
        let start = Instant::now();
        budget.set(None);
        waiting.await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_on_the_slowest_sensible_line_each_move_every_few_seconds() {
        let budget = Arc::new(Budget::new(limit(50_000)));
        let piece = budget.piece(256 << 10) as u64;
        let mut longest = Duration::ZERO;
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let budget = Arc::clone(&budget);
            all.spawn(async move {
                let mut longest = Duration::ZERO;
                for _ in 0..5 {
                    let start = Instant::now();
                    budget.take(piece).await;
                    longest = longest.max(start.elapsed());
                }
                longest
            });
        }
        while let Some(one) = all.join_next().await {
            longest = longest.max(one.unwrap());
        }
        assert!(longest < Duration::from_secs(10), "{longest:?}");
    }
}
