//! A brake on guessing: wrong tickets, codes and tokens are counted, and too many in a minute close the
//! sign-in to the place they came from for the rest of it, or to everybody when they come from all over.
//!
//! Most secrets have 256 random bits, so guessing is hopeless anyway; the brake keeps the attempt from
//! costing much and leaves a trace in the log. The short codes of devices do depend on it. Answers to API
//! requests are not touched by it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use crate::peer::Peer;

/// How long a window lasts.
const WINDOW: Duration = Duration::seconds(60);

/// Wrong attempts in one window before a door closes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) from_one_place: u32,
    pub(crate) in_all: u32,
}

/// Counts wrong attempts.
#[derive(Debug)]
pub(crate) struct Throttle {
    limits: Limits,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    began: OffsetDateTime,
    in_all: u32,
    places: HashMap<IpAddr, u32>,
}

impl Throttle {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            window: Mutex::new(Window::new(OffsetDateTime::UNIX_EPOCH)),
        }
    }

    /// Whether there were too many wrong attempts just now.
    pub(crate) fn is_closed(&self, now: OffsetDateTime, from: Peer) -> bool {
        self.current(now, |window| {
            let here = window.places.get(&from.place()).copied().unwrap_or(0);
            here >= self.limits.from_one_place || window.in_all >= self.limits.in_all
        })
    }

    /// Counts a wrong attempt.
    pub(crate) fn count_wrong(&self, now: OffsetDateTime, from: Peer) {
        self.current(now, |window| {
            // At most `in_all` places are remembered: after that the door is closed to all.
            if window.in_all >= self.limits.in_all {
                return;
            }
            window.in_all = window.in_all.saturating_add(1);
            let here = window.places.entry(from.place()).or_insert(0);
            *here = here.saturating_add(1);
            if *here == self.limits.from_one_place {
                tracing::warn!(place = %from.place(), "too many wrong sign-in attempts, closed for a minute");
            }
            if window.in_all == self.limits.in_all {
                tracing::warn!("too many wrong sign-in attempts in all, closed for a minute");
            }
        });
    }

    fn current<T>(&self, now: OffsetDateTime, look: impl FnOnce(&mut Window) -> T) -> T {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back begins a new window too.
        if now < window.began || now >= window.began + WINDOW {
            *window = Window::new(now);
        }
        look(&mut window)
    }
}

impl Window {
    fn new(began: OffsetDateTime) -> Self {
        Self {
            began,
            in_all: 0,
            places: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        from_one_place: 3,
        in_all: 5,
    };

    fn peer(last: u8) -> Peer {
        Peer(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn the_door_closes_to_a_place_after_many_wrong_attempts_and_opens_after_a_minute() {
        let throttle = Throttle::new(LIMITS);
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        for _ in 0..LIMITS.from_one_place {
            assert!(!throttle.is_closed(now, peer(1)));
            throttle.count_wrong(now, peer(1));
        }
        assert!(throttle.is_closed(now + Duration::seconds(59), peer(1)));
        assert!(!throttle.is_closed(now, peer(2)));
        assert!(!throttle.is_closed(now + WINDOW, peer(1)));
    }

    #[test]
    fn attempts_from_all_over_close_it_to_everybody() {
        let throttle = Throttle::new(LIMITS);
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        for place in 1..=5 {
            assert!(!throttle.is_closed(now, peer(99)));
            throttle.count_wrong(now, peer(place));
        }
        assert!(throttle.is_closed(now, peer(99)));
    }
}
