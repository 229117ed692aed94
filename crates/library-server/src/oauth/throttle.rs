//! A brake on guessing: wrong tickets, codes and tokens are counted, and too many in a minute close the
//! sign-in to everybody for the rest of it.
//!
//! Every secret has 256 random bits, so guessing is hopeless anyway; the brake keeps the attempt from
//! costing much and leaves a trace in the log. Answers to API requests are not touched by it.

use std::sync::{Arc, Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

/// Wrong attempts in one window before the door closes.
const ALLOWED: u32 = 60;
/// How long a window lasts.
const WINDOW: Duration = Duration::seconds(60);

/// Counts wrong attempts. Clones share the count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Throttle(Arc<Mutex<Option<Window>>>);

#[derive(Debug)]
struct Window {
    began: OffsetDateTime,
    wrong: u32,
}

impl Throttle {
    /// Whether there were too many wrong attempts just now.
    pub(crate) fn is_closed(&self, now: OffsetDateTime) -> bool {
        self.current(now, |window| window.wrong >= ALLOWED)
    }

    /// Counts a wrong attempt.
    pub(crate) fn count_wrong(&self, now: OffsetDateTime) {
        self.current(now, |window| {
            window.wrong = window.wrong.saturating_add(1);
            if window.wrong == ALLOWED {
                tracing::warn!("too many wrong sign-in attempts, closed for a minute");
            }
        });
    }

    fn current<T>(&self, now: OffsetDateTime, look: impl FnOnce(&mut Window) -> T) -> T {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = slot.get_or_insert(Window {
            began: now,
            wrong: 0,
        });
        // A clock that was set back begins a new window too.
        if now < window.began || now >= window.began + WINDOW {
            *window = Window {
                began: now,
                wrong: 0,
            };
        }
        look(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_closes_after_many_wrong_attempts_and_opens_after_a_minute() {
        let throttle = Throttle::default();
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        for _ in 0..ALLOWED {
            assert!(!throttle.is_closed(now));
            throttle.count_wrong(now);
        }
        assert!(throttle.is_closed(now + Duration::seconds(59)));
        assert!(!throttle.is_closed(now + WINDOW));
    }
}
