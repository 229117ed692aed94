//! How much one asker, and all of them together, may ask in a minute.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use crate::fault::Fault;

/// How long a window lasts.
const WINDOW: Duration = Duration::seconds(60);

/// Requests in one window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) each: u32,
    pub(crate) in_all: u32,
}

/// Counts requests by who asks.
#[derive(Debug)]
pub(crate) struct Rate<K> {
    limits: Limits,
    window: Mutex<Window<K>>,
}

#[derive(Debug)]
struct Window<K> {
    began: OffsetDateTime,
    in_all: u32,
    askers: HashMap<K, u32>,
}

impl<K: Hash + Eq> Rate<K> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            window: Mutex::new(Window {
                began: OffsetDateTime::UNIX_EPOCH,
                in_all: 0,
                askers: HashMap::new(),
            }),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Fault::TooManyRequests`] when it is one too many; then it is not counted, so that at most `in_all` askers
    /// are remembered.
    pub(crate) fn count(&self, now: OffsetDateTime, asker: K) -> Result<(), Fault> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back begins a new window too.
        if now < window.began || now >= window.began + WINDOW {
            window.began = now;
            window.in_all = 0;
            window.askers.clear();
        }
        let here = window.askers.get(&asker).copied().unwrap_or(0);
        if here >= self.limits.each || window.in_all >= self.limits.in_all {
            let left = window.began + WINDOW - now;
            return Err(Fault::TooManyRequests {
                seconds: left.whole_seconds().max(1).unsigned_abs(),
            });
        }
        window.in_all = window.in_all.saturating_add(1);
        window.askers.insert(asker, here.saturating_add(1));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_waits_for_the_next_minute() {
        let rate = Rate::new(Limits { each: 2, in_all: 3 });
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        assert!(rate.count(now, "ada").is_ok() && rate.count(now, "ada").is_ok());
        let later = now + Duration::seconds(50);
        assert!(matches!(
            rate.count(later, "ada"),
            Err(Fault::TooManyRequests { seconds: 10 })
        ));
        assert!(rate.count(later, "bob").is_ok());
        assert!(rate.count(later, "eve").is_err(), "too many in all");
        assert!(rate.count(now + WINDOW, "ada").is_ok());
        assert!(rate.count(now, "ada").is_ok(), "the clock was set back");
    }
}
