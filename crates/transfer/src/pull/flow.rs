//! Telling a slow line from a server that sends a byte now and then to keep a connection busy.

use std::time::Duration;

use tokio::time::Instant;

use crate::budget::Budget;
use crate::options::EngineOptions;

/// What one answer brought lately.
pub(super) struct Flow<'a> {
    budget: &'a Budget,
    period: Duration,
    least: u64,
    since: Instant,
    bytes: u64,
    waits: u64,
}

impl<'a> Flow<'a> {
    pub(super) fn new(options: &EngineOptions, budget: &'a Budget) -> Self {
        Self {
            budget,
            period: options.idle_timeout,
            least: options.least_progress,
            since: Instant::now(),
            bytes: 0,
            waits: budget.waits(),
        }
    }

    /// Bytes came. Answers whether the answer is worth waiting for.
    pub(super) fn is_worth_it(&mut self, bytes: u64) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.since.elapsed() < self.period {
            return true;
        }
        let waits = self.budget.waits();
        // Under a limit of our own nobody is to blame.
        let enough = self.bytes >= self.least || waits != self.waits;
        self.since = Instant::now();
        self.bytes = 0;
        self.waits = waits;
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    fn options() -> EngineOptions {
        EngineOptions {
            idle_timeout: Duration::from_secs(60),
            least_progress: 600,
            ..EngineOptions::default()
        }
    }

    /// Whether `bytes` a second are worth waiting for.
    async fn verdict(budget: &Budget, bytes: u64) -> bool {
        let mut flow = Flow::new(&options(), budget);
        for _ in 0..180 {
            tokio::time::advance(Duration::from_secs(1)).await;
            if !flow.is_worth_it(bytes) {
                return false;
            }
        }
        true
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_is_worth_it_and_a_trickle_is_not() {
        let budget = Budget::new(None);
        assert!(verdict(&budget, 10).await);
        assert!(!verdict(&budget, 9).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_of_our_own_is_not_held_against_a_server() {
        let budget = Budget::new(NonZeroU64::new(1));
        let mut flow = Flow::new(&options(), &budget);
        budget.take(1).await;
        budget.take(100).await;
        assert!(flow.is_worth_it(101));
    }
}
