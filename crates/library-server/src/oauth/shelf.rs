//! Short-lived things kept in memory: sign-ins under way, devices that wait, nonces.
//!
//! They live for minutes, hold secrets that need not reach the disk, and are asked about often. A restart
//! forgets them; people then begin again. Anybody may put something here, so the number is bounded, in all
//! and for each place it came from.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};

use crate::peer::Peer;

/// SHA-256 of the secret under which a thing is found.
pub(crate) type Key = [u8; 32];

/// Things that expire, by the hash of a secret.
pub(crate) struct Shelf<T> {
    life: Duration,
    bounds: Bounds,
    rows: Mutex<HashMap<Key, Row<T>>>,
}

/// How many things may lie there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) in_all: usize,
    pub(crate) from_one_place: usize,
}

/// There is no more room; try again when something has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

struct Row<T> {
    value: T,
    place: IpAddr,
    until: OffsetDateTime,
}

impl<T> Shelf<T> {
    pub(crate) fn new(life: Duration, bounds: Bounds) -> Self {
        Self {
            life,
            bounds,
            rows: Mutex::default(),
        }
    }

    /// Puts a thing there for the life of this shelf.
    pub(crate) fn put(
        &self,
        now: OffsetDateTime,
        from: Peer,
        key: Key,
        value: T,
    ) -> Result<(), Full> {
        let place = from.place();
        let mut rows = self.lock();
        rows.retain(|_, row| row.until > now);
        let same_place = rows.values().filter(|row| row.place == place).count();
        if rows.len() >= self.bounds.in_all || same_place >= self.bounds.from_one_place {
            return Err(Full);
        }
        let until = now + self.life;
        rows.insert(
            key,
            Row {
                value,
                place,
                until,
            },
        );
        Ok(())
    }

    /// Looks at a thing, and may change it.
    pub(crate) fn with<R>(
        &self,
        now: OffsetDateTime,
        key: &Key,
        look: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        let mut rows = self.lock();
        let row = rows.get_mut(key).filter(|row| row.until > now)?;
        Some(look(&mut row.value))
    }

    /// The key of the one thing that `is_it` recognises.
    pub(crate) fn find(&self, now: OffsetDateTime, is_it: impl Fn(&T) -> bool) -> Option<Key> {
        let rows = self.lock();
        let mut found = rows.iter().filter(|(_, row)| row.until > now);
        found
            .find(|(_, row)| is_it(&row.value))
            .map(|(key, _)| *key)
    }

    /// Takes a thing away: exactly one caller gets it.
    pub(crate) fn take(&self, now: OffsetDateTime, key: &Key) -> Option<T> {
        self.take_if(now, key, |_| true)
    }

    /// Takes a thing away if it is the right one; else it stays.
    pub(crate) fn take_if(
        &self,
        now: OffsetDateTime,
        key: &Key,
        is_right: impl FnOnce(&T) -> bool,
    ) -> Option<T> {
        let mut rows = self.lock();
        let row = rows.get(key)?;
        if row.until <= now || !is_right(&row.value) {
            return None;
        }
        rows.remove(key).map(|row| row.value)
    }

    /// How long a thing will still lie there.
    pub(crate) fn left(&self, now: OffsetDateTime, key: &Key) -> Option<Duration> {
        let left = self.lock().get(key)?.until - now;
        left.is_positive().then_some(left)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Row<T>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Shelf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        in_all: 3,
        from_one_place: 2,
    };

    fn peer(last: u8) -> Peer {
        Peer(IpAddr::from([192, 0, 2, last]))
    }

    fn shelf() -> (Shelf<u8>, OffsetDateTime) {
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        (Shelf::new(Duration::minutes(10), BOUNDS), now)
    }

    #[test]
    fn a_thing_is_there_until_it_is_taken_or_expires() {
        let (shelf, now) = shelf();
        shelf.put(now, peer(1), [1; 32], 1).unwrap();
        shelf.put(now, peer(1), [2; 32], 2).unwrap();
        assert_eq!(shelf.take_if(now, &[1; 32], |value| *value == 9), None);
        assert_eq!(shelf.take(now, &[1; 32]), Some(1));
        assert_eq!(shelf.take(now, &[1; 32]), None);
        assert_eq!(shelf.left(now, &[2; 32]), Some(Duration::minutes(10)));
        let late = now + Duration::minutes(10);
        assert_eq!(shelf.with(late, &[2; 32], |value| *value), None);
        assert_eq!(shelf.find(late, |value| *value == 2), None);
        assert_eq!(shelf.take(late, &[2; 32]), None);
    }

    #[test]
    fn one_place_cannot_take_the_room_of_all_and_room_comes_back() {
        let (shelf, now) = shelf();
        shelf.put(now, peer(1), [1; 32], 1).unwrap();
        shelf.put(now, peer(1), [2; 32], 2).unwrap();
        assert_eq!(shelf.put(now, peer(1), [3; 32], 3), Err(Full));
        shelf.put(now, peer(2), [4; 32], 4).unwrap();
        assert_eq!(shelf.put(now, peer(3), [5; 32], 5), Err(Full));
        let late = now + Duration::minutes(10);
        shelf.put(late, peer(1), [6; 32], 6).unwrap();
    }
}
