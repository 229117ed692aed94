//! When the vault was last of use, for whoever locks what nobody uses.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The last use, by two clocks: one that nobody can set, and one that goes on while the computer sleeps.
pub(super) struct Uses(Mutex<(Instant, SystemTime)>);

impl Uses {
    pub(super) fn from_now() -> Self {
        Self(Mutex::new((Instant::now(), SystemTime::now())))
    }

    pub(super) fn note(&self) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (Instant::now(), SystemTime::now());
    }

    /// How long ago that was, by the clock that says more.
    pub(super) fn since(&self) -> Duration {
        let (steady, wall) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back says nothing.
        let by_wall = wall.elapsed().unwrap_or_default();
        steady.elapsed().max(by_wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_clock_that_says_more_counts() {
        let minute = Duration::from_secs(60);
        let uses = Uses::from_now();
        tokio::time::advance(minute).await;
        assert!(uses.since() >= minute);
        uses.note();
        assert!(uses.since() < minute);
        // The computer slept: the steady clock stood still.
        uses.0.lock().unwrap().1 -= 2 * minute;
        assert!(uses.since() >= 2 * minute);
        // The wall clock was set back.
        uses.0.lock().unwrap().1 += 4 * minute;
        assert!(uses.since() < minute);
    }
}
